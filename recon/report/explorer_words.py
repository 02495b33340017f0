"""Words of the explorer's page that its script needs; what stands in the page from the start is in the template."""

from __future__ import annotations

from typing import Final

from recon.report.words import Pair

WORDS: Final[dict[str, Pair]] = {
    # numbers and what they count
    "count": ("{0} 笔", "{0}"),
    "of": ("共 {0} 笔，显示 {1} 笔", "{1} of {0} differences"),
    "all": ("全部 {0} 笔差异", "All {0} differences"),
    "net": ("净额", "net"),
    "size": ("绝对额", "absolute"),
    "days": ("{0} 天", "{0} days"),
    "total": ("合计", "Total"),
    "none": ("没有符合条件的差异。", "No difference fits."),
    "nothing": ("本期没有差异。", "There are no differences in this period."),
    "clear": ("清除全部筛选", "Clear all filters"),
    "remove": ("取消筛选：{0}", "Remove filter: {0}"),
    # facets and columns
    "kind": ("性质", "Kind"),
    "leg": ("比对", "Leg"),
    "channel": ("渠道", "Channel"),
    "cause": ("原因", "Cause"),
    "currency": ("币种", "Currency"),
    "short": ("币种", "Cur."),
    "severity": ("严重程度", "Severity"),
    "state": ("状态", "State"),
    "age": ("账龄", "Age"),
    "amount": ("差额", "Difference"),
    "number": ("订单号 / 业务号", "Order / reference"),
    "day": ("业务日期", "Day"),
    "ages": ("{0}–{1} 天", "{0}–{1} days"),
    "older": ("{0} 天以上", "more than {0} days"),
    "from": ("≥ {0}", "≥ {0}"),
    "to": ("≤ {0}", "≤ {0}"),
    "search": ("搜索“{0}”", "“{0}”"),
    "cell": ("{0} × {1}：{2} 笔", "{0} × {1}: {2}"),
    "more": ("另 {0} 种", "+{0}"),
    "sort": ("按{0}排序", "Sort by {0}"),
    "printed": ("打印前 {0} 笔，共 {1} 笔。", "The first {0} of {1} are printed."),
    # one difference
    "id": ("差异编号", "Id"),
    "order": ("订单号", "Order"),
    "reference": ("业务号", "Reference"),
    "batch": ("结算批次", "Batch"),
    "clears": ("预计消除日", "Clears on"),
    "person": ("处理人", "Assignee"),
    "action": ("建议动作", "Proposed action"),
    "evidence": ("证据：打印在文件里的原文", "Evidence: as printed in the files"),
    "no_line": ("这一方没有记录。", "This side has no line."),
    "omitted": ("……另有 {0} 行未收入本页", "... and {0} lines more, not in this page"),
    "timeline": ("时间线：各账簿怎么说", "Timeline: what the books say"),
    "no_timeline": ("没有可以追踪的订单号或业务号。", "There is no number to follow."),
    "also": ("第二意见：同样成立的原因", "Second opinions: causes that hold as well"),
    "linked": ("同一业务在其他比对上的差异", "The same event on other legs"),
    "elsewhere": ("不在本页的期间内", "not of this period"),
    "decisions": ("处理记录", "Decisions"),
    "fee": ("手续费 {0}", "fee {0}"),
    "brief": (
        "本页只收入金额最大的 {0} 笔差异的原文与时间线；这一笔请运行下面的命令查看。",
        "This page holds the printed lines and timelines of the {0} largest differences; for this one run:",
    ),
    "command": ("在命令行核对", "On the command line"),
    "loading": ("正在打开……", "Opening ..."),
    "broken": (
        "无法打开数据：文件不完整，或浏览器太旧（需要 Chrome 103、Firefox 113、Safari 16.4 或更新）。",
        "The data cannot be opened: a damaged file, or a browser older than Chrome 103, Firefox 113, Safari 16.4.",
    ),
}
