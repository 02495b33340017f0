"""发货真实性核查: parcels and orders whose events do not go together, one sheet a kind; the first is the audit queue.

What was found comes from ``recon.fulfilment.truth`` (:class:`Shipping`; report and fulfilment do not know each other).
The health report shows the same figures (:func:`figures`).
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import polars as pl
from openpyxl import Workbook

from recon import times
from recon.report.figures import ShippingFigures, ShippingKind
from recon.report.settings import Settings
from recon.report.words import SHIPPING, Speaker
from recon.report.workbook import Column, Link, Money, Sheet, local, place_of, saved, styles, titled


@dataclass(frozen=True, slots=True, kw_only=True)
class Shipping:
    """What the fulfilment stage found about one period."""

    findings: pl.DataFrame
    """Columns of ``recon.fulfilment.FINDING``."""
    not_judged: pl.DataFrame
    """Columns of ``recon.fulfilment.NOT_JUDGED``."""
    parcels: int
    orders: int


def figures(found: Shipping) -> ShippingFigures:
    """Count the findings, kind by kind."""
    kinds = []
    for kind in SHIPPING:
        rows = found.findings.filter(pl.col("kind") == kind)
        sums = rows.filter(pl.col("amount_minor").is_not_null()).group_by("currency").agg(pl.col("amount_minor").sum())
        if rows.height:
            kinds.append(ShippingKind(kind, rows.height, tuple(sorted(sums.iter_rows()))))
    left_out = int(found.not_judged["number"].sum())
    return ShippingFigures(found.parcels, found.orders, int(found.findings["is_audit"].sum()), tuple(kinds), left_out)


def write(found: Shipping, settings: Settings, *, period: str, as_of_s: int, out: Path) -> None:
    """Write the workbook to the file ``out``."""
    say = Speaker(settings.language)
    book = Workbook(write_only=True)
    styles(book)
    widths = (Column("", 30), Column("", 12, "count"), Column("", 18, "money"), Column("", 8), Column("", 62))
    overview = Sheet(book, say("总览", "Overview"), widths)
    titles: dict[str, str] = {}
    for each in figures(found).kinds:
        titles[each.kind] = titled(say.name(SHIPPING, each.kind), [overview.title, *titles.values()])
        _sheet(book, titles[each.kind], found.findings.filter(pl.col("kind") == each.kind), settings, say)
    _overview(overview, found, titles, settings, say, (period, as_of_s))
    saved(book, dt.datetime.fromtimestamp(as_of_s, tz=dt.UTC), settings.merchant or "recon", out)


def _overview(
    sheet: Sheet, found: Shipping, titles: dict[str, str], settings: Settings, say: Speaker, moment: tuple[str, int]
) -> None:
    period, as_of_s = moment
    sheet.add([say("发货真实性核查", "Shipping truth") + " " + say.month(period)], style="title", height=30)
    counted = figures(found)
    about = say(
        f"数据截至 {times.show_moment(as_of_s, settings.zone)[:16]}，核查包裹 {say.count(found.parcels)} 件、"
        f"已付款订单 {say.count(found.orders)} 单",
        f"as of {times.show_moment(as_of_s, settings.zone)[:16]}: {say.count(found.parcels)} parcels, "
        f"{say.count(found.orders)} paid orders",
    )
    sheet.add([f"{settings.merchant}　{about}" if settings.merchant else about], style="note")
    sheet.add([])
    sums = (("订单金额", "Order amount"), ("币种", "Currency"))
    heads = (("核查项", "Finding"), ("数量", "Number"), *sums, ("判定口径", "Holds when"))
    sheet.add([say(*head) for head in heads], style="header", height=22)
    for each in counted.kinds:
        name = Link(say.name(SHIPPING, each.kind), location=place_of(titles[each.kind]))
        amounts: list[tuple[object, str]] = [(Money(minor, unit), unit) for unit, minor in each.amounts]
        amounts = amounts or [("", "")]
        sheet.add([name, each.count, *amounts[0], say(*_HOLDS[each.kind])])
        for amount in amounts[1:]:
            sheet.add(["", None, *amount])
    if not counted.kinds:
        sheet.add([say("没有发现异常。", "Nothing was found.")])
    if found.not_judged.height:
        sheet.add([])
        heads = (
            ("未判定", "Not judged"),
            ("数量", "Number"),
            *(("", ""), ("", "")),
            ("店铺 / 渠道与原因", "Shop / channel, reason"),
        )
        sheet.add([say(*head) for head in heads], style="header", height=22)
        for row in found.not_judged.iter_rows(named=True):
            reason = say(row["reason_zh"], row["reason_en"])
            sheet.add([say.name(SHIPPING, row["kind"]), row["number"], "", "", f"{row['what']}　{reason}".strip()])
    sheet.finish()


_HOLDS: Final = {
    "late_first_scan": (
        "出库到首扫 48 小时及以上，或至今未扫：进入审核队列",
        "48 hours or more from outbound to first scan, or not scanned yet",
    ),
    "signed_before_outbound": ("签收时间早于出库时间", "signed for before it left the house"),
    "scan_out_of_order": (
        "首扫早于出库一小时以上，或签收早于首扫",
        "scanned an hour or more before outbound, or signed before scanned",
    ),
    "waybill_reused": ("同一运单号出现在多个订单", "one waybill, several orders"),
    "paid_not_shipped": (
        "已付款未退清，超过时限仍无发货记录",
        "paid, not paid back in full, and nothing left the house in time",
    ),
    "delivered_without_order": (
        "包裹已签收，订单系统没有对应订单",
        "delivered, and the order book knows no order for it",
    ),
}


def _sheet(book: Workbook, title: str, rows: pl.DataFrame, settings: Settings, say: Speaker) -> None:
    captions = [
        Column(say("订单号", "Order"), 24, "long"),
        Column(say("运单号", "Parcel"), 20),
        Column(say("承运商", "Carrier"), 12),
        Column(say("店铺", "Shop"), 16, "long"),
        Column(say("订单金额", "Amount"), 14, "money"),
        Column(say("币种", "Currency"), 8),
        Column(say("付款时间", "Paid"), 17, "moment"),
        Column(say("出库时间", "Outbound"), 17, "moment"),
        Column(say("首扫时间", "First scan"), 17, "moment"),
        Column(say("签收时间", "Signed"), 17, "moment"),
        Column(say("小时", "Hours"), 8, "count"),
        Column(say("说明", "Because"), 44, "long"),
        Column(say("核查结果", "Result"), 13, "input"),
        Column(say("备注", "Remark"), 24, "input"),
        Column(say("证据（文件:行）", "Evidence (file:line)"), 44),
    ]
    place = {column.caption: number for number, column in enumerate(captions, start=1)}
    sheet = Sheet(book, title, captions, frozen="C2")
    sheet.header()
    for row in rows.iter_rows(named=True):
        sheet.add(_row(row, settings, say))
    words = say(
        "发货属实,虚假发货,合并发货,补发货,时间记录有误,待查",
        "truly sent,not sent,packed together,sent since,wrong clock,open",
    ).split(",")
    result = say("核查结果", "Result")
    sheet.choices(place[result], 2, words, result, say("请从下拉列表选择", "choose from the list"))
    sheet.finish(printed=place[say("备注", "Remark")])


def _row(row: dict[str, Any], settings: Settings, say: Speaker) -> list[object]:
    currency = row["currency"] or settings.base_currency
    return [
        row["order_no"],
        row["waybill_no"],
        row["carrier"],
        row["shop"],
        Money(row["amount_minor"], currency),
        currency if row["amount_minor"] is not None else "",
        *(local(row[name], settings.zone) for name in ("paid_s", "outbound_s", "first_scan_s", "signed_s")),
        row["hours"],
        say(row["because_zh"], row["because_en"]),
        "",
        "",
        row["evidence"],
    ]
