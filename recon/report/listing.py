"""差异清单: the workbook a clerk works from. An overview, and one sheet per cause with every difference of the period.

Overview: cause (a link to its sheet), leg, kind, number, amount per currency. Sheets: amounts as numbers with their
currency's decimals, dates as dates, the sentence that explains, the proposed action, the evidence (``file:line``), and
a result to choose with room for a reason, which ``recon resolve`` can take back.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator
from typing import Any, Final

import polars as pl
from openpyxl import Workbook

from recon import times
from recon.differences.rule import ACTIONS
from recon.report.bridge import SQL
from recon.report.settings import Settings
from recon.report.words import CHANNELS, CODES, KINDS, LEGS, RESULTS, STATES, Speaker
from recon.report.workbook import MOST_ROWS, Column, Link, Money, Sheet, local, saved, styles
from recon.store import Store

FIRST_ROW: Final = 2
RESULT: Final = 19
"""Column (1-based) in which a result is chosen."""


def select(store: Store, *, period: str) -> pl.DataFrame:
    """Return the differences of ``period`` that are not cleared (columns of sql/listing.sql), by code, leg, day, id."""
    first, last = times.month_bounds(period)
    return store.frame((SQL / "listing.sql").read_text(encoding="utf-8"), {"first": first, "last": last})


def write(frame: pl.DataFrame, settings: Settings, *, period: str, as_of_s: int) -> bytes:
    """Return the workbook of ``frame`` (columns of :func:`select`)."""
    say = Speaker(settings.language)
    book = Workbook(write_only=True)
    styles(book)
    groups = frame.partition_by("leg", "code", as_dict=True)
    order = {code: place for place, code in enumerate(CODES)}
    legs = list(LEGS)
    keys = sorted(
        ((str(leg), str(code)) for leg, code in groups),
        key=lambda key: (order.get(key[1], len(order)), legs.index(key[0]) if key[0] in legs else 9, key),
    )
    titles = _titles(keys, say)
    _overview(book, [(key, titles[key], groups[key]) for key in keys], settings, say, period, as_of_s)
    for key in keys:
        for part, rows in enumerate(_pieces(groups[key])):
            _sheet(book, titles[key] if not part else f"{titles[key][:27]} {part + 1}", rows, settings, say, as_of_s)
    made = dt.datetime.fromtimestamp(as_of_s, tz=dt.UTC)
    return saved(book, made, settings.merchant or "recon")


def _titles(keys: list[tuple[str, str]], say: Speaker) -> dict[tuple[str, str], str]:
    """Name the sheets: the cause, with its leg where the same name would come twice; at most 31 characters."""
    found: dict[tuple[str, str], str] = {}
    for leg, code in keys:
        title = say.cause(leg, code)[:31]
        if title in found.values():
            title = f"{say.code(code)[:20]} {say.leg(leg)}"[:31]
        found[leg, code] = title
    return found


def _pieces(frame: pl.DataFrame) -> Iterator[pl.DataFrame]:
    for start in range(0, frame.height, MOST_ROWS):
        yield frame.slice(start, MOST_ROWS)


def _overview(
    book: Workbook, groups: list[tuple[tuple[str, str], str, pl.DataFrame]], settings: Settings, say: Speaker,
    period: str, as_of_s: int,
) -> None:  # fmt: skip
    currencies = sorted(
        {str(c) for _, _, frame in groups for c in frame["currency"].unique()},
        key=lambda c: (c != settings.base_currency, c),
    )
    columns = [
        Column(say("原因", "Cause"), 26),
        Column(say("比对", "Leg"), 18),
        Column(say("性质", "Kind"), 12),
        Column(say("笔数", "Number"), 10, "count"),
        *(Column(say(f"差额 {c}", f"Net {c}"), 18) for c in currencies),
        *(Column(say(f"绝对额 {c}", f"Absolute {c}"), 18) for c in currencies),
    ]
    sheet = Sheet(book, say("总览", "Overview"), columns)
    head = say("差异清单", "Differences") + " " + say.month(period)
    sheet.add([head], style="title", height=30)
    moment = times.show_moment(as_of_s, settings.zone)[:16]
    sheet.add(
        [
            say(
                f"{settings.merchant}　数据截至 {moment}　差额 = 左账簿 − 右账簿",
                f"{settings.merchant}  as of {moment}  net = left book - right book",
            )
        ],
        style="note",
    )
    sheet.add([])
    sheet.add([column.caption for column in columns], style="header", height=22)
    net: dict[str, int] = defaultdict(int)
    size: dict[str, int] = defaultdict(int)
    number = 0
    for (leg, code), title, frame in groups:
        sums = frame.group_by("currency").agg(
            pl.col("delta_minor").sum().alias("net"), pl.col("delta_minor").abs().sum().alias("size")
        )
        found = {row[0]: (row[1], row[2]) for row in sums.iter_rows()}
        for currency, (some, whole) in found.items():
            net[currency] += some
            size[currency] += whole
        number += frame.height
        kind = say.name(KINDS, str(frame["kind"][0]))
        cells: list[object] = [Link(say.cause(leg, code), location=f"'{title}'!A1"), say.leg(leg), kind, frame.height]
        cells += [Money(found[c][0], c) if c in found else None for c in currencies]
        cells += [Money(found[c][1], c) if c in found else None for c in currencies]
        sheet.add(cells)
    total: list[object] = [say("合计", "Total"), "", "", number]
    sheet.add(total + [Money(net[c], c) for c in currencies] + [Money(size[c], c) for c in currencies], style="total")
    sheet.finish()


def _columns(say: Speaker) -> list[Column]:
    return [
        Column(say("差异编号", "Id"), 16),
        Column(say("性质", "Kind"), 9),
        Column(say("渠道", "Channel"), 11),
        Column(say("订单号", "Order"), 22),
        Column(say("业务号", "Reference"), 30),
        Column(say("结算批次", "Batch"), 34),
        Column(say("币种", "Currency"), 8),
        Column(say("左方金额", "Left"), 14),
        Column(say("右方金额", "Right"), 14),
        Column(say("差额", "Difference"), 14),
        Column(say("业务日期", "Business date"), 13, "day"),
        Column(say("首次发现", "First seen"), 17, "moment"),
        Column(say("账龄（天）", "Age (days)"), 11, "count"),
        Column(say("预计消除日", "Clears on"), 13, "day"),
        Column(say("状态", "State"), 11),
        Column(say("说明", "Because"), 60),
        Column(say("建议动作", "Proposed action"), 38),
        Column(say("证据（文件:行）", "Evidence (file:line)"), 50),
        Column(say("处理结果", "Result"), 13, "input"),
        Column(say("处理说明", "Reason"), 30, "input"),
        Column(say("关联差异", "Linked"), 18),
    ]


def _sheet(book: Workbook, title: str, frame: pl.DataFrame, settings: Settings, say: Speaker, as_of_s: int) -> None:
    sheet = Sheet(book, title, _columns(say), frozen="B2")
    sheet.header()
    today = times.local_date(as_of_s, settings.zone)
    for row in frame.iter_rows(named=True):
        sheet.add(_row(row, settings, say, today))
    words = [say.name(STATES, state) for state in RESULTS]
    caption = say("处理结果", "Result")
    sheet.choices(RESULT, FIRST_ROW, words, caption, say("请从下拉列表选择", "choose from the list"))
    sheet.finish()


def _row(row: dict[str, Any], settings: Settings, say: Speaker, today: dt.date) -> list[object]:
    currency = row["currency"]
    return [
        row["diff_id"],
        say.name(KINDS, row["kind"]),
        say.name(CHANNELS, row["channel"]),
        row["order_no"],
        row["reference"],
        row["batch_no"],
        currency,
        Money(row["left_minor"], currency),
        Money(row["right_minor"], currency),
        Money(row["delta_minor"], currency),
        row["business_date"],
        local(row["first_seen_s"], settings.zone),
        max((today - row["business_date"]).days, 0),
        row["clears_on"],
        say.name(STATES, row["state"]),
        say(row["because_zh"], row["because_en"]),
        action(row["action"], say),
        row["evidence"],
        "",
        "",
        row["linked"],
    ]


_WORDS: Final = {str(key): words for key, words in ACTIONS.items()}


def action(key: str, say: Speaker) -> str:
    """Return the words of a proposed action."""
    return say.name(_WORDS, key)
