"""银联全渠道商户交易汇总表 RD: what a merchant's ZM of one day adds up to; checked and kept, no transactions.

Where: beside the ZM (see unionpay_zm) in the zip ``{merId}_{YYYYMMDD}.zip``, as ``RD2010{YYMMDD}{nn}_{merId}``; a page
in GBK as it would be printed:

                                                        中国银联全渠道商户交易汇总表
    商户代码:898310048990001                                        清算币种:人民币
    收单机构:48022901                                               清算日期:20260203
    商户名称:云杉家居                                               生成日期:20260204

    交易类型      交易笔数        交易金额                     费用                     资金清算差额
                                 借          贷          借          贷              借              贷
    ________________________________________________________________________________________________
    自助消费             8     0.00    13227.00       79.36        0.00            0.00        13147.64
    ________________________________________________________________________________________________
    总计                 8     0.00    13227.00       79.36        0.00            0.00        13147.64

and the same once more by 卡性质 (借记卡, 贷记卡, 准贷记卡, 其他卡). UnionPay speaks of the merchant's account: 贷 is
money to him, 借 money from him.

What comes out: nothing canonical. The lines repeat the money of the ZM, so every line is excluded with that reason.

Controls, in the file: each figure of 总计 against the lines above it; the two tables against each other; 资金清算差额
against 交易金额 and 费用. A table without its line 总计 was cut off. Of the ZM: 总计 of the first table, 贷 less 借,
against the rows of that merchant and day (number, amount, fee and net), once both are loaded. These bind where nothing
stands under 借 of 交易金额; on other days they are noted, because it is not known how the page counts refunds and
disputes.

Source: the one in UnionPay's own sample zip (8 transactions). Names of other 交易类型 are not known and not needed.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, ClassVar, Final

import polars as pl

from recon import money, times
from recon.errors import SourceError
from recon.model import REJECT
from recon.sources.currency_names import CURRENCY_CODES
from recon.sources.source import Control, Measure, Reading, Settings, Source, Total

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator

    from recon.sources.piece import Piece

TITLE: Final = "商户交易汇总表"
_COUNT: Final = "交易笔数"
_SUMS: Final = ("交易金额 借", "交易金额 贷", "费用 借", "费用 贷", "资金清算差额 借", "资金清算差额 贷")
_COLUMNS: Final = ("表", "名称", _COUNT, *_SUMS)
_TOTAL: Final = "总计"
_REASON: Final = "a sum of the merchant file (ZM), which has the transactions themselves"
_ROW: Final = re.compile(r"(\S.*?)\s+(\d[\d,]*)" + r"\s+(-?[\d,]+\.\d+)" * len(_SUMS))
_TABLE: Final = re.compile(rf"(\S+)\s+{_COUNT}\s")
_HEADING: Final = re.compile(r"(商户代码|清算币种|收单机构|清算日期|商户名称|生成日期)\s*[:：]\s*(\S*)")
_LONGEST: Final = 500
"""Characters of a line; longer ones are none of this page and are not looked at closely."""
_NO_ROW: Final = re.compile(r"[\s_\x1a]*|(\s*[借贷])+\s*|.*商户交易汇总表\s*")


class UnionpayRd(Source):
    """银联全渠道商户交易汇总表 RD."""

    name: ClassVar[str] = "unionpay_rd"
    title: ClassVar[str] = "银联商户交易汇总表 RD"
    raw_table: ClassVar[str] = "unionpay.rd"
    looks_for: ClassVar[str] = "the title 中国银联全渠道商户交易汇总表, and 清算日期 and 资金清算差额 below it"

    def identify(self, piece: Piece) -> bool:
        """Tell by the title and two captions."""
        return TITLE in piece.head and "清算日期" in piece.head and "资金清算差额" in piece.head

    def read(self, piece: Piece, settings: Settings) -> Reading:
        """Read the sums. Raises SourceError when 商户代码 or 清算日期 is not there, or the currency is not known."""
        del settings  # the page says its day and currency itself
        lines = piece.text.split("\n")
        heading = dict(pair for line in lines for pair in _HEADING.findall(line))
        day, currency = _day(piece, heading), _currency(piece, heading)
        raw, rejects = _rows(lines)
        figures = _figures(raw, currency)
        return Reading(
            raw=raw,
            account=heading["商户代码"],
            period_start=day,
            period_end=day,
            rejects=rejects,
            excluded=raw.join(rejects, on="line_no", how="anti").select("line_no", pl.lit(_REASON).alias("reason")),
            controls=tuple(_controls(figures, currency)),
            totals=tuple(_totals(figures, account=heading["商户代码"], day=day, currency=currency)),
        )


def _day(piece: Piece, heading: dict[str, str]) -> dt.date:
    """Settlement day. Raises SourceError when the page does not say it, or whose it is."""
    printed = pl.lit(heading.get("清算日期", ""))
    day: dt.date | None = pl.select(times.day(printed, ("%Y%m%d", "%Y-%m-%d"))).item()
    if day is None or not heading.get("商户代码"):
        raise SourceError(
            "商户代码 or 清算日期 is not there",
            path=piece.name,
            remedy="Download the file again and load it as it comes, without opening and saving it in an editor.",
        )
    return day


def _currency(piece: Piece, heading: dict[str, str]) -> str:
    name = heading.get("清算币种", "人民币")
    if name not in CURRENCY_CODES:
        raise SourceError(f"清算币种 {name} is no currency known here", path=piece.name)
    return CURRENCY_CODES[name]


def _rows(lines: list[str]) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Lines of the two tables. Returns (raw: line_no and ``_COLUMNS``, rejects: lines that are none and no heading)."""
    table = ""
    rows: list[tuple[int | str, ...]] = []
    bad: list[tuple[int, str, str, str]] = []
    for line_no, whole in enumerate(lines, 1):
        line = whole.strip()
        short = line if len(line) <= _LONGEST else ""
        row, begun = _ROW.fullmatch(short), _TABLE.match(short)
        if begun:
            table = begun[1]
        elif row and table:
            rows.append((line_no, table, *row.groups()))
        elif line and not (short and (_NO_ROW.fullmatch(short) or _HEADING.match(short))):
            rows.append((line_no, table, line, *[""] * (len(_COLUMNS) - 2)))
            bad.append((line_no, "", line[:200], "is no line of the tables: a name, a number and six sums"))
    schema: dict[str, type[pl.DataType]] = {"line_no": pl.Int64, **dict.fromkeys(_COLUMNS, pl.String)}
    return pl.DataFrame(rows, schema=schema, orient="row"), pl.DataFrame(bad, schema=REJECT, orient="row")


def _figures(raw: pl.DataFrame, currency: str) -> pl.DataFrame:
    """Lines as numbers: table, name, count and the six sums in minor units; lines that are none are left out."""
    places = money.exponent(currency)
    return raw.select(
        "表",
        "名称",
        money.minor_units(pl.col(_COUNT), 0).alias(_COUNT),
        *(money.minor_units(pl.col(name), places).alias(name) for name in _SUMS),
    ).drop_nulls()


def _controls(figures: pl.DataFrame, currency: str) -> Iterator[Control]:
    totals: list[dict[str, int]] = []
    if not figures.height:  # a day without any transaction has its 总计 of 0 as well
        yield Control(_TOTAL, "no such line: the file is cut off", "0 lines")
    for (table,), rows in figures.group_by("表", maintain_order=True):
        total, parts = (rows.filter((pl.col("名称") == _TOTAL) == wanted) for wanted in (True, False))
        if total.height != 1:
            yield Control(f"{table} {_TOTAL}", "no such line: the file is cut off", f"{parts.height} lines")
            continue
        printed, computed = (part.select(_COUNT, *_SUMS).sum().row(0, named=True) for part in (total, parts))
        for name in (_COUNT, *_SUMS):
            stated, added = _shown(name, printed[name], currency), _shown(name, computed[name], currency)
            yield Control(f"{table} {_TOTAL} {name}", stated, added)
        moved = sum(_sides(printed, name) for name in ("交易金额", "费用"))
        due = _sides(printed, "资金清算差额")
        yield Control(f"{table} {_TOTAL} 资金清算差额 贷 - 借", money.show(due, currency), money.show(moved, currency))
        totals.append(printed)
    for other in totals[1:]:
        pairs = [
            (_shown(name, other[name], currency), _shown(name, totals[0][name], currency)) for name in (_COUNT, *_SUMS)
        ]
        yield Control(
            f"{_TOTAL} of both tables", " ".join(pair[0] for pair in pairs), " ".join(pair[1] for pair in pairs)
        )


def _totals(figures: pl.DataFrame, *, account: str, day: dt.date, currency: str) -> Iterator[Total]:
    """What the first table's line 总计 says of the ZM; nothing when there are none or several."""
    lines = figures.filter(pl.col("名称") == _TOTAL)
    first = lines.filter(pl.col("表") == lines["表"][0]) if lines.height else lines
    if first.height != 1:
        return
    printed = first.row(0, named=True)
    measures: tuple[tuple[str, Measure, int], ...] = (
        (_COUNT, "rows", printed[_COUNT]),
        ("交易金额", "amount_minor", _sides(printed, "交易金额")),
        ("费用", "fee_minor", _sides(printed, "费用")),
        ("资金清算差额", "net_minor", _sides(printed, "资金清算差额")),
    )
    for name, measure, figure in measures:
        yield Total(
            name=f"{_TOTAL} {name}",
            source="unionpay_zm",
            account=account,
            first=day,
            last=day,
            measure=measure,
            printed=figure,
            currency=currency,
            binding=printed["交易金额 借"] == 0,
        )


def _sides(row: dict[str, int], name: str) -> int:
    return row[f"{name} 贷"] - row[f"{name} 借"]


def _shown(name: str, figure: int, currency: str) -> str:
    return str(figure) if name == _COUNT else money.show(figure, currency)
