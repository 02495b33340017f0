"""差异清单: the workbook a clerk works from. An overview, and one sheet per cause with every difference of the period.

Overview: cause (a link to its sheet), leg, kind, number, how many nobody has dealt with, amount per currency. Sheets:
what a clerk needs to decide comes first and is what is printed on paper (order, amount, age, the sentence that
explains, the proposed action), then a result to choose with room for a reason, which ``recon resolve --from`` takes
back (:mod:`recon.report.answers`), then the rest of what is known and the evidence (``file:line``).

Amounts are numbers with their currency's decimals, dates are dates. Differences are read from the store in pieces and
written row by row, so that 100,000 of them need little memory.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

import polars as pl
from openpyxl import Workbook

from recon import times
from recon.differences.rule import ACTIONS
from recon.report.bridge import SQL
from recon.report.settings import Settings
from recon.report.words import CHANNELS, CODES, KINDS, LEGS, RESULTS, SEVERITIES, SIDES, STATES, Pair, Speaker
from recon.report.workbook import (
    LONGEST_TITLE,
    MOST_ROWS,
    Column,
    Link,
    Money,
    Sheet,
    local,
    place_of,
    saved,
    styles,
    titled,
)
from recon.store import Store

FIRST_ROW: Final = 2
PIECE: Final = 2_000
"""Differences read at a time."""
ID: Final[Pair] = ("差异编号", "Id")
CURRENCY: Final[Pair] = ("币种", "Currency")
DELTA: Final[Pair] = ("差额", "Difference")
STATE: Final[Pair] = ("状态", "State")
RESULT: Final[Pair] = ("处理结果", "Result")
REASON: Final[Pair] = ("处理说明", "Reason")


@dataclass(frozen=True, slots=True)
class Total:
    """Differences of one cause in one currency (sql/listing_cause.sql), amounts in minor units."""

    leg: str
    code: str
    currency: str
    kind: str
    number: int
    open: int
    net_minor: int
    size_minor: int


Causes = dict[tuple[str, str], list[Total]]
"""(leg, code) -> totals by currency, in the order of the sheets."""


def causes(store: Store, *, period: str) -> Causes:
    """Return the causes of the differences of ``period`` that are not cleared, in the order of the list."""
    first, last = times.month_bounds(period)
    grouped: Causes = {}
    for row in store.rows(_sql("listing_cause"), {"first": first, "last": last}):
        total = Total(*row)
        grouped.setdefault((total.leg, total.code), []).append(total)
    order = {code: place for place, code in enumerate(CODES)}
    legs = {leg: place for place, leg in enumerate(LEGS)}
    ordered = sorted(grouped, key=lambda key: (order.get(key[1], len(order)), legs.get(key[0], 9), key))
    return {key: grouped[key] for key in ordered}


def write(store: Store, settings: Settings, *, period: str, as_of_s: int, out: Path) -> None:
    """Write the workbook of the differences of ``period`` to the file ``out``."""
    say = Speaker(settings.language)
    book = Workbook(write_only=True)
    styles(book)
    found = causes(store, period=period)
    titles = _titles(list(found), say)
    _overview(book, found, titles, settings, say, period, as_of_s)
    for key, title in titles.items():
        ids = _ids(store, *key, period)
        for part, start in enumerate(range(0, ids.len(), MOST_ROWS)):
            named = title if not part else f"{title[: LONGEST_TITLE - 4]} {part + 1}"
            _sheet(book, named, key, _read(store, ids.slice(start, MOST_ROWS)), settings, say, as_of_s)
    made = dt.datetime.fromtimestamp(as_of_s, tz=dt.UTC)
    saved(book, made, settings.merchant or "recon", out)


@cache
def _sql(name: str) -> str:
    return (SQL / f"{name}.sql").read_text(encoding="utf-8")


def _ids(store: Store, leg: str, code: str, period: str) -> pl.Series:
    first, last = times.month_bounds(period)
    return store.frame(_sql("listing_key"), {"leg": leg, "code": code, "first": first, "last": last})["diff_id"]


def _titles(causes: list[tuple[str, str]], say: Speaker) -> dict[tuple[str, str], str]:
    """Name the sheets: the cause, with its leg where the same name would come twice; without what Excel forbids."""
    found: dict[tuple[str, str], str] = {}
    for leg, code in causes:
        title = titled(say.cause(leg, code), ())
        if title in found.values():
            title = titled(f"{say.code(code)[:20]} {say.leg(leg)}", list(found.values()))
        found[leg, code] = title
    return found


def _read(store: Store, diff_ids: pl.Series) -> Iterator[dict[str, Any]]:
    """Yield the rows of sql/listing.sql for these ids, in their order, a piece at a time."""
    chosen = diff_ids.to_frame().with_row_index("place")
    for piece in chosen.iter_slices(PIECE):
        with store.shown("listing_piece", piece):
            found = store.frame(_sql("listing"))
        yield from found.iter_rows(named=True)


# ------------------------------------------------------------------------------------------------ the overview


def _overview(
    book: Workbook, found: Causes, titles: dict[tuple[str, str], str], settings: Settings, say: Speaker,
    period: str, as_of_s: int,
) -> None:  # fmt: skip
    totals = [total for group in found.values() for total in group]
    currencies = sorted({each.currency for each in totals}, key=lambda c: (c != settings.base_currency, c))
    columns = [
        Column(say("原因", "Cause"), 26),
        Column(say("比对", "Leg"), 18),
        Column(say("性质", "Kind"), 10),
        Column(say("笔数", "Number"), 10, "count"),
        Column(say("未处理", "Open"), 10, "count"),
        *(Column(say(f"差额 {c}", f"Net {c}"), 18, "money") for c in currencies),
        *(Column(say(f"绝对额 {c}", f"Absolute {c}"), 18, "money") for c in currencies),
    ]
    sheet = Sheet(book, say("总览", "Overview"), columns)
    sheet.add([say("差异清单", "Differences") + " " + say.month(period)], style="title", height=30)
    moment = times.show_moment(as_of_s, settings.zone)[:16]
    about = say(f"数据截至 {moment}　差额 = 左账簿 − 右账簿", f"as of {moment}  net = left book - right book")
    sheet.add([f"{settings.merchant}　{about}" if settings.merchant else about], style="note")
    sheet.add([])
    sheet.add([column.caption for column in columns], style="header", height=22)
    for key, group in found.items():
        link = Link(say.cause(*key), location=place_of(titles[key]))
        sheet.add([link, say.leg(key[0]), say.name(KINDS, group[0].kind), *_sums(group, currencies)])
    number = sum(each.number for each in totals)
    sheet.add([say("合计", "Total"), "", "", *_sums(totals, currencies)], style="total")
    sheet.add([])
    for line in _how(say) if number else [say("本期没有差异。", "There are no differences.")]:
        sheet.add([line], style="note")
    sheet.finish()


def _sums(totals: list[Total], currencies: list[str]) -> list[object]:
    """Number, open ones, then net and absolute amounts, one a currency; blank where a cause does not have it."""
    there = {each.currency for each in totals}
    net, size = dict.fromkeys(currencies, 0), dict.fromkeys(currencies, 0)
    for each in totals:
        net[each.currency] += each.net_minor
        size[each.currency] += each.size_minor
    counts = [sum(each.number for each in totals), sum(each.open for each in totals)]
    return [*counts, *(Money(sums[c], c) if c in there else None for sums in (net, size) for c in currencies)]


def _how(say: Speaker) -> list[str]:
    return [
        say(
            "处理方法：在各分表的“处理结果”列选择，并在“处理说明”列写明原因，保存后运行",
            "How to answer: choose a Result in the sheets, write a Reason beside it, save, and run",
        ),
        say(
            "recon resolve --from 本文件.xlsx --dry-run（试运行，不写入），确认后去掉 --dry-run。请勿改动其他列。",
            "recon resolve --from THIS_FILE.xlsx --dry-run (changes nothing), then without --dry-run. "
            "Leave the other columns as they are.",
        ),
    ]


# ------------------------------------------------------------------------------------------------ the sheets


_FEES: Final[tuple[Pair, Pair]] = (("应收手续费", "Fee expected"), ("实收手续费", "Fee charged"))
_BASES: Final[tuple[Pair, Pair]] = (("应记本位币", "Base expected"), ("已记本位币", "Base booked"))
AMOUNTS: Final[tuple[tuple[Pair, Pair], ...]] = (*SIDES.values(), _FEES, _BASES)
"""Captions of the two amounts of a difference, left and right, as they may stand in a sheet."""


def sides(leg: str, code: str) -> tuple[Pair, Pair]:
    """Captions of the two amounts of a difference: those of the leg's two books, or of what the code compares."""
    if code == "FEE_MISMATCH":
        return _FEES
    return _BASES if leg == "channel_ledger" and code.startswith("FX_") else SIDES[leg]


def _columns(leg: str, code: str, say: Speaker) -> list[Column]:
    left, right = sides(leg, code)
    return [
        Column(say(*ID), 16),
        Column(say("渠道", "Channel"), 10, "long"),
        Column(say("订单号", "Order"), 21, "long"),
        Column(say("业务号", "Reference"), 28, "long"),
        Column(say(*CURRENCY), 9),
        Column(say(*DELTA), 16, "money"),
        Column(say("业务日期", "Day"), 12, "day"),
        Column(say("账龄", "Age"), 7, "count"),
        Column(say("严重程度", "Severity"), 9),
        Column(say("说明", "Because"), 50, "long"),
        Column(say("建议动作", "Proposed action"), 26, "long"),
        Column(say(*RESULT), 11, "input"),
        Column(say(*REASON), 26, "input"),
        Column(say(*STATE), 10),
        Column(say("处理人", "Assignee"), 10),
        Column(say("性质", "Kind"), 9),
        Column(say(*left), 16, "money"),
        Column(say(*right), 16, "money"),
        Column(say("结算批次", "Batch"), 34),
        Column(say("首次发现", "First seen"), 17, "moment"),
        Column(say("预计消除日", "Clears on"), 12, "day"),
        Column(say("关联差异", "Linked"), 18),
        Column(say("证据（文件:行）", "Evidence (file:line)"), 60),
    ]


def _sheet(
    book: Workbook, title: str, cause: tuple[str, str], rows: Iterator[dict[str, Any]], settings: Settings,
    say: Speaker, as_of_s: int,
) -> None:  # fmt: skip
    columns = _columns(*cause, say)
    sheet = Sheet(book, title, columns, frozen="D2")
    sheet.header()
    today = times.local_date(as_of_s, settings.zone)
    for row in rows:
        sheet.add(_row(row, settings, say, today))
    place = {column.caption: number for number, column in enumerate(columns, start=1)}
    result, reason = place[say(*RESULT)], place[say(*REASON)]
    words = [say.name(STATES, state) for state in RESULTS]
    sheet.choices(result, FIRST_ROW, words, say(*RESULT), say("请从下拉列表选择", "choose from the list"))
    sheet.wants(result, reason, FIRST_ROW)
    sheet.finish(printed=reason)


def _row(row: dict[str, Any], settings: Settings, say: Speaker, today: dt.date) -> list[object]:
    currency = row["currency"]
    return [
        row["diff_id"],
        say.name(CHANNELS, row["channel"]),
        row["order_no"],
        row["reference"],
        currency,
        Money(row["delta_minor"], currency),
        row["business_date"],
        max((today - row["business_date"]).days, 0),
        say.name(SEVERITIES, row["severity"]),
        say(row["because_zh"], row["because_en"]),
        action(row["action"], say),
        "",
        "",
        say.name(STATES, row["state"]),
        row["assignee"],
        say.name(KINDS, row["kind"]),
        Money(row["left_minor"], currency),
        Money(row["right_minor"], currency),
        row["batch_no"],
        local(row["first_seen_s"], settings.zone),
        row["clears_on"],
        row["linked"],
        row["evidence"],
    ]


_WORDS: Final = {str(key): words for key, words in ACTIONS.items()}


def action(key: str, say: Speaker) -> str:
    """Return the words of a proposed action."""
    return say.name(_WORDS, key)
