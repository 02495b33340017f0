"""The report's sentences, each built from the same sorted figures as the chart beside it.

A superlative is the first item of the list that the chart shows; a number is said once, by ``Speaker``, from the
integer that the table prints. Each function says what it has when there is nothing to say: no differences, one
channel, the first month. HTML: only ``<b>`` is used, every name is escaped.
"""

from __future__ import annotations

from html import escape
from typing import Final

from recon.report.charts import HEALTHY, POOR
from recon.report.figures import Cause, Figures, History
from recon.report.settings import Settings
from recon.report.vouchers import Proposals
from recon.report.words import Speaker

NAMED: Final = 3
"""How many channels a sentence names before it counts the others."""


def verdict(figures: Figures, settings: Settings, say: Speaker) -> str:
    """One sentence for the reader who reads only one."""
    if not figures.rate.whole:
        return say(
            "本月没有可以比对的订单或渠道流水，不作判断。", "There was nothing to compare this month; no judgement."
        )
    state = (
        say("对账状况健康", "Reconciliation is healthy")
        if figures.score >= HEALTHY
        else say("对账状况需要关注", "Reconciliation needs attention")
        if figures.score >= POOR
        else say("对账状况不佳，需要专项整改", "Reconciliation is in poor shape")
    )
    rate = say.share(figures.rate.part, figures.rate.whole)
    good = figures.rate.ppm <= settings.target_rate_ppm
    against = say("优于目标", "within the target") if good else say("超出目标", "above the target")
    below = [c.channel for c in reversed(figures.channels) if c.accuracy.ppm < settings.target_accuracy_ppm]
    if not figures.breaks:
        tail = say("没有发现差异。", "no difference was found.")
    elif below:
        names, more = say.joined([say.channel(channel) for channel in below[:NAMED]]), len(below) - NAMED
        some = say(f"等 {len(below)} 个渠道", f" and {more} more") if more > 0 else ""
        tail = say(f"{names}{some}准确率未达标。", f"{names}{some} missed the accuracy target.")
    else:
        tail = say("各渠道准确率全部达标。", "every channel met the accuracy target.")
    return say(
        f"{state}：差异率 {rate}，{against} {say.ppm(settings.target_rate_ppm)}；{tail}",
        f"{state}: difference rate {rate}, {against} of {say.ppm(settings.target_rate_ppm)}; {tail}",
    )


def change(kpi: History, say: Speaker, *, more_is_good: bool | None, is_share: bool) -> tuple[str, str]:
    """Month-on-month change of a headline figure and its tone: ``good``, ``bad`` or ``""``."""
    if kpi.before is None:
        return say("首期，无环比", "first period"), ""
    step = kpi.now - kpi.before
    if not step:
        return say("环比持平", "unchanged"), ""
    arrow = "▲" if step > 0 else "▼"
    tone = "" if more_is_good is None else "good" if (step > 0) == more_is_good else "bad"
    if is_share:
        size = say.points(step)
    elif kpi.before > 0 and kpi.now >= 0:
        size = say.share(abs(step), kpi.before, 1)
    else:
        return say("环比不可比", "not comparable"), ""
    return say(f"环比 {arrow} {size}", f"{arrow} {size} on last month"), tone


def three_points(figures: Figures, proposals: Proposals, say: Speaker) -> list[str]:
    """Up to three things that deserve the reader's attention, the largest first."""
    base = figures.base_currency
    points = []
    if figures.matrix:
        top = figures.matrix[0]
        place = f"{escape(say.channel(top.channel))} × {say.cause(top.leg, top.code)}"
        points.append(
            say(
                f"<b>{place}</b> 是金额最大的一处差异：{say.count(top.count)} 笔、{say.money(top.base_minor, base)}，"
                f"占全部差异金额的 {say.share(top.base_minor, figures.break_base_minor, 1)}。",
                f"<b>{place}</b> is where most money differs: {say.count(top.count)} of "
                f"{say.count(figures.breaks)} breaks, {say.money(top.base_minor, base)}, "
                f"{say.share(top.base_minor, figures.break_base_minor, 1)} of all.",
            )
        )
    left = [found for found in figures.bridges if found.residual_minor]
    if left:
        rest = say.joined([f"{found.currency} {say.exact(found.residual_minor, found.currency)}" for found in left])
        points.append(
            say(
                f"<b>资金桥尚有余额未能解释</b>：{rest}，见第 2 节。",
                f"<b>The bridge has an unexplained residual</b>: {rest}; see section 2.",
            )
        )
    old = [age for age in figures.ages if age.first > 30 and age.count]  # noqa: PLR2004 - days
    late = [cause for cause in figures.causes if cause.code in ("PAYOUT_MISSING", "PAYOUT_AMOUNT_MISMATCH")]
    if late:
        count, total = sum(cause.count for cause in late), sum(cause.base_minor for cause in late)
        points.append(
            say(
                f"<b>{say.count(count)} 个结算批次未按期足额到账</b>，合计 {say.money(total, base)}，请联系渠道。",
                f"<b>{say.things(count, 'settlement batch is', 'settlement batches are')} late or short</b>, "
                f"{say.money(total, base)}; ask the channel.",
            )
        )
    if proposals.vouchers:
        valid = sum(voucher.is_valid_refund for voucher in proposals.vouchers)
        points.append(
            say(
                f"<b>建议冲正 {len(proposals.vouchers)} 张凭证</b>，其中有效退款 {valid} 张；复核后导入财务系统即可。",
                f"<b>{say.things(len(proposals.vouchers), 'reversal voucher is', 'reversal vouchers are')} proposed"
                f"</b>, {valid} of them valid refunds; review, then import.",
            )
        )
    if old:
        count, total = sum(age.count for age in old), sum(age.base_minor for age in old)
        points.append(
            say(
                f"<b>{say.count(count)} 笔差异已超过 30 天</b>，合计 {say.money(total, base)}。",
                f"<b>{say.things(count, 'difference is', 'differences are')} older than 30 days</b>, "
                f"{say.money(total, base)}.",
            )
        )
    if figures.timing_count:
        points.append(
            say(
                f"<b>{say.count(figures.timing_count)} 项时间性差异</b>预计自行消除，日期见第 4 节，无需处理。",
                f"<b>{say.things(figures.timing_count, 'timing item is', 'timing items are')} expected to clear</b> "
                "without anybody's doing; section 4 says when.",
            )
        )
    if figures.bridges and not left:
        points.append(
            say(
                "<b>资金桥逐分相符</b>：订单总额到银行实收之间没有未解释的金额。",
                "<b>The bridge adds up to the cent</b>: nothing between orders and bank is left without a cause.",
            )
        )
    return points[:3] or [say("没有需要特别关注的事项。", "Nothing needs particular attention.")]


def trend(figures: Figures, settings: Settings, say: Speaker) -> str:
    """What the difference rate did."""
    if not figures.rate.whole:
        return say("本月没有可以比对的订单或渠道流水。", "There was nothing to compare this month.")
    now = f"<b>{say.share(figures.rate.part, figures.rate.whole)}</b>"
    counts = say(
        f"{say.count(figures.rate.whole)} 笔比对中有 {say.count(figures.rate.part)} 笔差异",
        f"{say.things(figures.rate.part, 'break', 'breaks')} in {say.count(figures.rate.whole)} compared",
    )
    if len(figures.trend) == 1:
        return say(
            f"本月差异率 {now}（{counts}）。这是第一个有记录的月份，趋势从下月起形成。",
            f"The difference rate is {now} ({counts}). This is the first month on record; the trend starts next month.",
        )
    before = figures.trend[-2]
    step = figures.rate.ppm - before.rate.ppm
    move = (
        say("与上一期持平", "as in the period before")
        if not step
        else say("较上一期上升 ", "up by ") + say.points(step)
        if step > 0
        else say("较上一期下降 ", "down by ") + say.points(step)
    )
    run = 0
    for month in reversed(figures.trend):
        if month.rate.ppm > settings.target_rate_ppm:
            break
        run += 1
    goal = say.ppm(settings.target_rate_ppm)
    streak = (
        say(f"，连续 {run} 期达到 {goal} 的目标", f", within the target of {goal} for {run} periods") if run > 1 else ""
    )
    return say(
        f"本月差异率 {now}（{counts}），{move}{streak}。", f"The difference rate is {now} ({counts}), {move}{streak}."
    )


def causes(figures: Figures, say: Speaker) -> str:
    """Where the largest causes come from."""
    return say("", " ").join(_driver(cause, figures.base_currency, say) for cause in figures.causes[:3])


def _driver(cause: Cause, base: str, say: Speaker) -> str:
    name, total = say.cause(cause.leg, cause.code), say.money(cause.base_minor, base)
    channel = escape(say.channel(cause.channel))
    if cause.channel_base_minor == cause.base_minor:
        return say(f"<b>{name}</b>（{total}）全部在{channel}。", f"<b>{name}</b> ({total}) is all at {channel}.")
    part = say.share(cause.channel_base_minor, cause.base_minor, 1)
    if 2 * cause.channel_base_minor <= cause.base_minor:
        return say(
            f"<b>{name}</b>（{total}）分散在各渠道，最多的是{channel}，占 {part}。",
            f"<b>{name}</b> ({total}) is spread; most of it, {part}, at {channel}.",
        )
    return say(
        f"<b>{name}</b>（{total}）主要在{channel}，占 {part}。", f"<b>{name}</b> ({total}): {part} of it at {channel}."
    )


def bridge(figures: Figures, say: Speaker) -> str:
    """What lies between the order total and the bank receipts, and whether all of it is explained."""
    parts = []
    for found in figures.bridges:
        orders, bank = found.total("order_total"), found.total("bank_receipts")
        parts.append(
            say(
                f"{found.currency} 订单净额 <b>{say.money(orders, found.currency)}</b>，"
                f"渠道来款 <b>{say.money(bank, found.currency)}</b>",
                f"{found.currency}: orders <b>{say.money(orders, found.currency)}</b>, "
                f"bank <b>{say.money(bank, found.currency)}</b>",
            )
        )
    if not parts:
        return say("本月没有资金往来。", "No money moved this month.")
    left = [found for found in figures.bridges if found.residual_minor]
    end = say(
        "两者之间的每一分都有去向，未解释余额为 <b>0.00</b>。",
        "Every cent between them is explained; the residual is <b>0.00</b>.",
    )
    if left:
        rest = say.joined([f"{found.currency} {say.exact(found.residual_minor, found.currency)}" for found in left])
        end = say(
            f"尚有 <b class='bad'>{rest}</b> 未能解释，如实列示。",
            f"<b class='bad'>{rest}</b> remains unexplained and is shown as it is.",
        )
    return say("；", "; ").join(parts[:3]) + say("。", ". ") + end


def channels(figures: Figures, settings: Settings, say: Speaker) -> str:
    """Which channel agrees best, which least, and how many meet the target."""
    ranked = figures.channels
    if not ranked:
        return say("本月没有渠道流水。", "There was no channel this month.")
    goal = say.ppm(settings.target_accuracy_ppm, 1)
    best, worst = ranked[0], ranked[-1]
    first, last = escape(say.channel(best.channel)), escape(say.channel(worst.channel))
    top, bottom = say.ppm(best.accuracy.ppm), say.ppm(worst.accuracy.ppm)
    if len(ranked) == 1:
        return say(
            f"本月只有一个渠道：<b>{first}</b>，准确率 {top}（目标 {goal}）。",
            f"One channel this month: <b>{first}</b>, accuracy {top} (target {goal}).",
        )
    met = sum(channel.accuracy.ppm >= settings.target_accuracy_ppm for channel in ranked)
    if top == bottom:
        return say(
            f"{len(ranked)} 个渠道中 {met} 个达到 {goal} 的目标，准确率都是 <b>{top}</b>。",
            f"{met} of {len(ranked)} channels met the target of {goal}; the accuracy of all of them is <b>{top}</b>.",
        )
    step = "" if worst.before_ppm is None else _step(worst.accuracy.ppm - worst.before_ppm, say)
    return say(
        f"{len(ranked)} 个渠道中 {met} 个达到 {goal} 的目标。"
        f"<b>{first}</b>最好（{top}），<b>{last}</b>最低（{bottom}{step}）。",
        f"{met} of {len(ranked)} channels met the target of {goal}. "
        f"<b>{first}</b> is best ({top}), <b>{last}</b> last ({bottom}{step}).",
    )


def _step(ppm: int, say: Speaker) -> str:
    if not ppm:
        return say("，与上期持平", ", unchanged")
    return (say("，上升 ", ", up ") if ppm > 0 else say("，下降 ", ", down ")) + say.points(ppm)


def heat(figures: Figures, say: Speaker) -> str:
    """How far the differences sit in few fields of the matrix."""
    if not figures.matrix:
        return say("本月没有差异，矩阵为空。", "No differences this month; the matrix is empty.")
    top = figures.matrix[:3]
    total = sum(cell.base_minor for cell in top)
    names = say.joined([f"{escape(say.channel(cell.channel))} × {say.cause(cell.leg, cell.code)}" for cell in top])
    return say(
        f"共有 {len(figures.matrix)} 格出现差异，金额最大的 {len(top)} 格（{names}）"
        f"合计 {say.money(total, figures.base_currency)}，"
        f"占 {say.share(total, figures.break_base_minor, 1)}。",
        f"{say.things(len(figures.matrix), 'field holds', 'fields hold')} differences; "
        f"the {len(top)} largest ({names}) come to "
        f"{say.money(total, figures.base_currency)}, {say.share(total, figures.break_base_minor, 1)} of all.",
    )


def ages(figures: Figures, say: Speaker) -> str:
    """How old the open breaks are."""
    count, total = sum(age.count for age in figures.ages), sum(age.base_minor for age in figures.ages)
    if not count:
        return say("没有未结差异。", "No break is open.")
    young = sum(age.base_minor for age in figures.ages if age.last is not None and age.last <= 30)  # noqa: PLR2004 - days
    old = sum(age.count for age in figures.ages if age.last is None or age.last > 30)  # noqa: PLR2004
    tail = (
        say(f"超过 30 天的有 {say.count(old)} 笔。", f"{say.things(old, 'is', 'are')} older.")
        if old
        else say("没有超过 30 天的差异。", "None is older.")
    )
    return say(
        f"截至期末尚未了结的差异共 {say.count(count)} 笔、{say.money(total, figures.base_currency)}（含以前期间），"
        f"其中 <b>{say.share(young, total, 1)}</b> 在 30 天以内；{tail}",
        f"{say.things(count, 'break is', 'breaks are')} open, {say.money(total, figures.base_currency)} "
        "(earlier periods included); "
        f"<b>{say.share(young, total, 1)}</b> of the money is younger than 31 days. {tail}",
    )


def largest(figures: Figures, say: Speaker) -> str:
    """How much of all differences the list of the largest ones holds."""
    if not figures.largest:
        return say("本月没有未结差异。", "No break of this month is open.")
    total = sum(abs(item.base_minor) for item in figures.largest)
    return say(
        f"以下 {len(figures.largest)} 笔差异的绝对值合计 {say.money(total, figures.base_currency)}，"
        f"占本月全部差异金额的 <b>{say.share(total, figures.break_base_minor, 1)}</b>。",
        ("This difference comes" if len(figures.largest) == 1 else f"These {len(figures.largest)} differences come")
        + f" to {say.money(total, figures.base_currency)} in absolute amounts, "
        f"<b>{say.share(total, figures.break_base_minor, 1)}</b> of this month's.",
    )


def proof(figures: Figures, say: Speaker) -> str:
    """Whether every row and all money between two books is accounted for."""
    rows, lost = sum(book.rows for book in figures.conservation), sum(book.lost for book in figures.conservation)
    left = [found for found in figures.residuals if found.residual_minor]
    if not lost and not left:
        return say(
            f"三条比对共 {say.count(rows)} 行，每一行都有下落；两本账之间的差额都有去向，余数为 <b>0.00</b>。",
            f"Each of {say.count(rows)} rows on three legs has its fate; the whole distance between two books is "
            "explained, the remainder is <b>0.00</b>.",
        )
    rest = say.joined([f"{found.currency} {say.exact(found.residual_minor, found.currency)}" for found in left])
    return say(
        f"有 {say.count(lost)} 行没有下落，余数 {rest or '0.00'}：这是程序的错误，不是账的错误。",
        f"{say.things(lost, 'row is', 'rows are')} lost, the remainder is {rest or '0.00'}: "
        "the program is wrong, not the books.",
    )


def vouchers(proposals: Proposals, say: Speaker) -> str:
    """How many reversals are proposed and how many could not be."""
    if not proposals.vouchers and not proposals.skipped:
        return say("本月没有需要冲正的凭证。", "Nothing needs reversing this month.")
    valid = sum(voucher.is_valid_refund for voucher in proposals.vouchers)
    text = say(
        f"共建议 {len(proposals.vouchers)} 张冲正凭证，其中有效退款（签收已超过时限）{valid} 张；"
        "逐张借贷平衡，与原凭证同科目、同方向、负数金额。",
        f"{say.things(len(proposals.vouchers), 'reversal is', 'reversals are')} proposed, {valid} of them valid "
        "refunds; each balances and repeats its original's accounts and direction with negative amounts.",
    )
    if proposals.skipped:
        text += say(
            f"另有 {len(proposals.skipped)} 笔不能自动生成，原因见表。",
            f" {len(proposals.skipped)} could not be made; the table says why.",
        )
    return text


def shipping(figures: Figures, say: Speaker) -> str:
    """How many parcels and orders were looked at, and how many of them do not go together."""
    found = figures.shipping
    if found is None:
        return ""
    looked = say(
        f"核查包裹 {say.count(found.parcels)} 件、已付款订单 {say.count(found.orders)} 单",
        f"{say.count(found.parcels)} parcels and {say.count(found.orders)} paid orders were looked at",
    )
    total = sum(kind.count for kind in found.kinds)
    if total:
        looked += say(
            f"，发现 {say.count(total)} 项异常，其中 {say.count(found.audit)} 件进入审核队列；"
            "明细与证据见发货真实性核查表。",
            f": {say.count(total)} findings, {say.count(found.audit)} of them in the audit queue; "
            "lines and evidence are in the shipping workbook.",
        )
    else:
        looked += say("，没有发现异常。", ": nothing was found.")
    if found.not_judged:
        looked += say(
            f"另有 {say.count(found.not_judged)} 项因资料不足未判定。",
            f" {say.count(found.not_judged)} could not be judged from the files loaded.",
        )
    return looked
