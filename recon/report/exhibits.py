"""Figures as the report shows them: each chart with its labels and alternative text, and the lines of the bridge.

What is chosen here is only how much fits: nine causes and twelve channels in the matrix (the rest stands together),
three causes in the ranking, one column in the waterfall for all differences between orders and channels.
"""

from __future__ import annotations

from typing import Any, Final

from markupsafe import Markup

from recon.report import charts
from recon.report.bridge import RESIDUALS, Bridge, Step
from recon.report.figures import AgeClass, Figures
from recon.report.settings import Settings
from recon.report.words import MOVEMENTS, Speaker, Unit

HEAT_COLUMNS: Final = 9
HEAT_ROWS: Final = 12
OLD: Final = 30
"""Days after which a difference is drawn in a warning colour."""


def drawn(figures: Figures, settings: Settings, say: Speaker) -> dict[str, Any]:
    """All charts, and the units and totals that their captions name, under the names that the template uses."""
    base = figures.base_currency
    months = [
        (say.month_short(m.period), m.period[:4] if i == 0 or m.period.endswith("-01") else "", m.rate.ppm)
        for i, m in enumerate(figures.trend)
    ]
    largest_cause = max([0, *(cause.base_minor for cause in figures.causes)])
    unit, named = say.unit(largest_cause, base), [say.cause(cause.leg, cause.code) for cause in figures.causes]
    top = [
        (name, _cause_remark(figures, place, say), cause.base_minor, cause.count)
        for place, (name, cause) in enumerate(zip(named, figures.causes, strict=True))
    ][:3]
    age_unit = say.unit(max(a.base_minor for a in figures.ages), base)
    ages = [
        (_age(a, say), say(f"{say.count(a.count)} 笔", say.count(a.count)), a.base_minor, a.first > OLD)
        for a in figures.ages
    ]
    ranked = [(say.channel(c.channel), c.accuracy.ppm, c.before_ppm) for c in figures.channels]
    shares = [(name, cause.base_minor) for name, cause in zip(named, figures.causes, strict=True)]

    def titled(zh: str, en: str, items: list[str]) -> str:
        return say(f"{zh}：", f"{en}: ") + say.joined(items)

    score = figures.score if figures.rate.whole else None
    rates = titled("差异率", "Difference rate", [f"{m[0]} {say.ppm(m[2])}" for m in months])
    amounts = titled("前三大原因", "Top causes", [f"{row[0]} {say.money(row[2], base)}" for row in top])
    accuracies = titled("渠道准确率", "Accuracy", [f"{row[0]} {say.ppm(row[1])}" for row in ranked])
    classes = titled("账龄", "Ages", [f"{row[0]} {row[1]}" for row in ages])
    scored = say(f"健康分 {figures.score}，满分 100", f"score {figures.score} of 100")
    pictures = {
        "c_gauge": charts.gauge(score, scored, say("满分 100", "of 100")),
        "c_trend": charts.trend(months, settings.target_rate_ppm, say, rates),
        "c_causes": charts.bars(top, figures.break_base_minor, unit, say, amounts),
        "c_strip": charts.strip(shares, say, say("全部原因的构成", "All causes")),
        "c_ranking": charts.ranking(ranked, settings.target_accuracy_ppm, say, accuracies),
        "c_ages": charts.columns(ages, age_unit, classes),
    }
    result: dict[str, Any] = {name: Markup(chart) for name, chart in pictures.items()}  # noqa: S704 - drawn here
    result["cause_unit"], result["age_unit"] = unit.label, age_unit.label
    result["top_share"] = say.share(sum(row[2] for row in top), figures.break_base_minor, 1)
    result |= _heat(figures, say)
    result["c_bridges"] = [_waterfall(found, say, is_first=place == 0) for place, found in enumerate(figures.bridges)]
    return result


def _age(age: AgeClass, say: Speaker) -> str:
    if age.last is None:
        return say(f"{age.first - 1} 天以上", f"over {age.first - 1} d")
    return say(f"{age.first}–{age.last} 天", f"{age.first}–{age.last} d")


def _cause_remark(figures: Figures, place: int, say: Speaker) -> str:
    cause = figures.causes[place]
    return say(
        f"{say.count(cause.count)} 笔 · {say.channel(cause.channel)}最多",
        f"{say.count(cause.count)} · most at {say.channel(cause.channel)}",
    )


def _heat(figures: Figures, say: Speaker) -> dict[str, Any]:
    """The matrix with at most HEAT_COLUMNS causes; the rest stand together."""
    kinds = [(cause.leg, cause.code) for cause in figures.causes]
    shown = kinds if len(kinds) <= HEAT_COLUMNS else kinds[: HEAT_COLUMNS - 1]
    columns = [say.cause(*kind) for kind in shown] + ([say("其他", "Other")] if len(kinds) > len(shown) else [])
    order = [c.channel for c in figures.channels] + sorted(
        {c.channel for c in figures.matrix} - {c.channel for c in figures.channels}
    )
    rows = order if len(order) <= HEAT_ROWS else order[: HEAT_ROWS - 1]
    names = [say.channel(channel) for channel in rows] + ([say("其他渠道", "Other")] if len(order) > len(rows) else [])
    amounts = [[0] * len(columns) for _ in names]
    counts = [[0] * len(columns) for _ in names]
    for cell in figures.matrix:
        i = rows.index(cell.channel) if cell.channel in rows else len(rows)
        kind = (cell.leg, cell.code)
        j = shown.index(kind) if kind in shown else len(shown)
        amounts[i][j] += cell.base_minor
        counts[i][j] += cell.count
    unit = say.unit(max([0, *(value for row in amounts for value in row)]), figures.base_currency)
    title = say("渠道与差异原因热力图", "Channels and causes")
    chart = charts.heatmap(names, columns, amounts, counts, unit, say, title) if columns and names else ""
    return {"c_heat": Markup(chart), "heat_unit": unit.label}  # noqa: S704 - drawn here


def step_name(step: Step, say: Speaker) -> str:
    """Name of one line of the bridge."""
    if step.key in ("difference", "payout"):
        return say.code(step.code)
    if step.key == "movement":
        return say.name(MOVEMENTS, step.code)
    if step.key in ("order_across", "bank_across"):
        return say(*_STEPS[f"{step.key}_{step.code}"])
    return say(*_STEPS[step.key])


_STEPS: Final = {
    "order_total": ("订单净额", "Orders, net"),
    "order_across_earlier": ("以前期间订单本期到渠道", "Orders of earlier periods"),
    "order_across_later": ("本期订单期后到渠道", "Paid after the period"),
    "order_across_tolerated": ("容差内差额", "Within the tolerance"),
    "order_across_waiting": ("待对方单据", "Waiting for the other side"),
    "orders_apart": ("不参与比对的订单", "Orders not compared"),
    "residual_order": ("未解释余额（订单—渠道）", "Unexplained (orders – channels)"),
    "channel_gross": ("渠道交易净额", "Channels, gross"),
    "fees": ("手续费", "Fees"),
    "deductions": ("账单所印其他扣减", "Other deductions printed"),
    "channel_net": ("渠道应结净额", "Channels, net"),
    "conversion": ("渠道内换汇", "Conversions"),
    "balance_kept": ("留存渠道余额", "Kept in the balance"),
    "bank_across_earlier": ("以前批次本期到账", "Earlier batches paid now"),
    "bank_across_later": ("本期批次期后到账", "Paid after the period"),
    "bank_across_tolerated": ("容差内差额", "Within the tolerance"),
    "bank_across_waiting": ("待对方单据", "Waiting for the other side"),
    "residual_bank": ("未解释余额（渠道—银行）", "Unexplained (channels – bank)"),
    "bank_receipts": ("银行渠道来款", "Bank receipts"),
}
_SOURCES: Final = {
    "order_total": ("订单系统成功收款与退款 {count} 笔", "{count} successful rows of the order book"),
    "difference": ("差异清单 {count} 笔", "{count} in the list of differences"),
    "order_across": ("跨期配对 {count} 组", "{count} matches across the period's end"),
    "order_across_tolerated": ("容差内配对 {count} 组", "{count} matches within the tolerance"),
    "order_across_waiting": ("未载入或无须对方 {count} 笔", "{count} rows, the other side not loaded or not expected"),
    "orders_apart": ("比对规则排除 {count} 笔", "{count} excluded with a reason"),
    "residual_order": ("余数，应为 0.00", "the remainder; should be 0.00"),
    "channel_gross": ("渠道账单交易 {count} 笔", "{count} rows of channel bills"),
    "fees": ("渠道账单所印，{count} 笔", "as printed on {count} rows"),
    "movement": ("渠道账单 {count} 笔", "{count} rows of channel bills"),
    "deductions": ("渠道账单所印净额", "net amounts as printed"),
    "channel_net": ("按渠道账单应结金额", "what the bills say is to be paid"),
    "conversion": ("渠道账单 {count} 笔", "{count} rows of channel bills"),
    "balance_kept": ("本期余额变动的相反数", "the change of the balance, reversed"),
    "payout": ("差异清单 {count} 笔", "{count} in the list of differences"),
    "bank_across": ("跨期结算 {count} 组", "{count} payouts across the period's end"),
    "bank_across_tolerated": ("容差内到账 {count} 组", "{count} payouts within the tolerance"),
    "bank_across_waiting": ("未载入或无须对方 {count} 笔", "{count} rows, the other side not loaded or not expected"),
    "residual_bank": ("余数，应为 0.00", "the remainder; should be 0.00"),
    "bank_receipts": ("银行流水 {count} 笔", "{count} bank lines"),
}


def table(found: Bridge, say: Speaker) -> list[dict[str, Any]]:
    """Lines of the bridge as the table prints them; a residual of zero is printed too."""
    total = found.total("order_total")
    rows = []
    for step in found.steps:
        zh, en = _SOURCES.get(f"{step.key}_{step.code}") or _SOURCES[step.key]
        rows.append(
            {
                "name": step_name(step, say),
                "amount": say.exact(step.amount_minor, found.currency),
                "share": say.share(step.amount_minor, total) if total > 0 else "–",
                "source": say(zh.format(count=say.count(step.count)), en.format(count=say.count(step.count))),
                "tone": "sum" if step.is_total else "res" if step.key in RESIDUALS else "",
                "bad": step.key in RESIDUALS and step.amount_minor != 0,
                "id": f"b-{found.currency}-{step.code}" if step.key in ("difference", "payout") else "",
            }
        )
    return rows


def _waterfall(found: Bridge, say: Speaker, *, is_first: bool) -> dict[str, Any]:
    """The bridge as a chart: order differences together, residuals only when there are any, nothing that is zero."""
    groups: list[tuple[str, int, bool]] = []
    merged = 0
    for step in found.steps:
        if step.key in ("difference", "order_across", "orders_apart"):
            merged += step.amount_minor
            continue
        if merged and step.key in ("residual_order", "channel_gross"):
            groups.append((say("订单与渠道差异", "Order differences"), merged, False))
            merged = 0
        if step.is_total or step.amount_minor:
            name = say("未解释", "Unexplained") if step.key in RESIDUALS else step_name(step, say)
            groups.append((name, step.amount_minor, step.is_total))
    unit = say.unit(max(abs(minor) for _, minor, _ in groups), found.currency)
    title = say(f"{found.currency} 资金桥：", f"Bridge in {found.currency}: ")
    title += say.joined([f"{name} {say.exact(minor, found.currency)}" for name, minor, _ in groups])
    columns = [(name, minor, is_total, _printed(minor, unit, found.currency, say)) for name, minor, is_total in groups]
    chart, is_cut = charts.waterfall(columns, title, height=236 if is_first else 150)
    return {"chart": Markup(chart), "is_cut": is_cut, "unit": unit.label}  # noqa: S704 - drawn here


def _printed(minor: int, unit: Unit, currency: str, say: Speaker) -> str:
    """Print an amount in the chart's unit, exactly where that unit would show nothing of it."""
    shown = unit.show(minor)
    if minor and not shown.strip("−0.,"):
        return say.exact(minor, currency) + say("元" if currency == "CNY" else "", "")
    return shown
