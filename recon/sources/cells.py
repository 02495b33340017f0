"""Printed cells -> typed cells, with one reject rule for all formats.

A format declares what it wants as a dict of :class:`Cell`; :func:`read_cells` types them all at once. The rule: *a cell
that is not blank as printed and null once typed is a reject*, with line, column, value and reason, and its row stays
out of canon; so is a required cell that is blank. Identifiers that a spreadsheet has destroyed (``4.00123E+27``) are
no identifiers any more: :func:`refuse_destroyed_ids` refuses the file.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import polars as pl

from recon import money, times
from recon.errors import SourceError
from recon.model import REJECT

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_BLANK: Final = " \t\r\n'`\ufeff\u3000\xa0"
SURROUNDING: Final = " \t\r\n\"'`\ufeff\u3000\xa0"
BLANKS: Final = ("", "-", "--", "/", "null", "NULL", "#N/A", "暂无数据")
DESTROYED: Final = r"^\d(\.\d+)?[Ee]\+\d+$"
SECONDS: Final = ("%Y-%m-%d %H:%M:%S", "%Y/%m/%d %H:%M:%S", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M", "%Y/%m/%d %H:%M")


def printed(column: str) -> pl.Expr:
    """Cell without what surrounds it: blanks, tabs, quotes, back-ticks, the ``="..."`` guard of spreadsheets."""
    # Three plain strips instead of one regular expression: this runs over every cell of a bill, twice as fast.
    return pl.col(column).str.strip_chars(_BLANK).str.strip_prefix('="').str.strip_chars(SURROUNDING)


@dataclass(frozen=True, slots=True)
class Cell:
    """One wanted cell: the printed column it comes from, how it is typed, and what is said when that fails."""

    column: str
    typed: pl.Expr
    reason: str
    required: bool = False


def text(column: str, *, required: bool = False) -> Cell:
    """Text without surroundings; a blank token (``-``, ``/``, ``null``) becomes ``""``."""
    return Cell(column, printed(column).replace(dict.fromkeys(BLANKS, "")), "is blank", required)


def amount(column: str, places: int | pl.Expr = 2, *, required: bool = True) -> Cell:
    """Minor units, Int64."""
    reason = "is not an amount with at most the decimals of its currency"
    return Cell(column, money.minor_units(pl.col(column), places), reason, required)


def rate(column: str, *, required: bool = False) -> Cell:
    """Exchange rate times 10^8, Int64."""
    return Cell(column, money.rate_e8(pl.col(column)), "is not a rate with at most 8 decimals", required)


def moment(column: str, zone: str, formats: Sequence[str] = SECONDS, *, required: bool = True) -> Cell:
    """UTC epoch seconds of a printed local time."""
    return Cell(column, times.epoch_s(pl.col(column), formats, zone), "is not a time of the expected form", required)


def date(column: str, formats: Sequence[str] = ("%Y-%m-%d", "%Y/%m/%d", "%Y%m%d"), *, required: bool = True) -> Cell:
    """Calendar day."""
    return Cell(column, times.day(pl.col(column), formats), "is not a date of the expected form", required)


def word(column: str, words: Mapping[str, str], *, required: bool = True) -> Cell:
    """One of a closed set of printed words, translated; anything else is a reject."""
    typed = printed(column).replace_strict(dict(words), default=None, return_dtype=pl.String)
    return Cell(column, typed, "is none of " + ", ".join(dict.fromkeys(words)), required)


def read_cells(frame: pl.DataFrame, cells: Mapping[str, Cell]) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Type all ``cells`` of ``frame`` (``line_no`` + printed String columns).

    Returns (typed, rejects): typed has ``line_no`` and one column per key of ``cells`` for the rows without a reject,
    order kept; rejects has the columns of ``model.REJECT``, one row per bad cell, by line and column.
    """
    typed = frame.select("line_no", *(cell.typed.alias(name) for name, cell in cells.items()))
    bad_columns: list[pl.Series] = []
    found: list[pl.DataFrame] = []
    for name, cell in cells.items():
        missing = typed[name].is_null() | ((typed[name] == "") if typed[name].dtype == pl.String else False)
        if not missing.any():
            continue
        blank = frame.select(printed(cell.column).is_in(BLANKS).fill_null(value=True).alias("blank"))["blank"]
        bad = missing if cell.required else missing & ~blank
        if not bad.any():
            continue
        bad_columns.append(bad)
        reason = pl.when(blank.filter(bad)).then(pl.lit("is blank")).otherwise(pl.lit(cell.reason))
        found.append(
            frame.filter(bad).select(
                "line_no",
                pl.lit(cell.column).alias("column"),
                pl.col(cell.column).fill_null("").alias("value"),
                reason.alias("reason"),
            )
        )
    if not found:
        return typed, pl.DataFrame(schema=REJECT)
    any_bad = bad_columns[0]
    for bad in bad_columns[1:]:
        any_bad = any_bad | bad
    return typed.filter(~any_bad), pl.concat(found).sort("line_no", "column")


def refuse_destroyed_ids(path: str, frame: pl.DataFrame, columns: Sequence[str]) -> None:
    """Raise SourceError at the first identifier that a spreadsheet turned into ``4.00123E+27``."""
    for column in columns:
        hits = frame.filter(printed(column).str.contains(DESTROYED)).select("line_no", column).head(1)
        if hits.height:
            line_no, value = hits.row(0)
            raise SourceError(
                "is a number that a spreadsheet rounded; the identifier is lost and nothing can be matched by it",
                path=path,
                line_no=line_no,
                column=column,
                value=value.strip(SURROUNDING),
                remedy="Download the bill again and load it as it comes, "
                "without opening and saving it in Excel or WPS.",
            )
