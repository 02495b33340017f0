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

_SAMPLE: Final = 4096
_BLANK: Final = " \t\r\n'`\ufeff\u3000\xa0"
SURROUNDING: Final = " \t\r\n\"'`\ufeff\u3000\xa0"
_EDGE: Final = f"^[{SURROUNDING}=]|[{SURROUNDING}]$"
BLANKS: Final = ("", "-", "--", "/", "null", "NULL", "#N/A", "暂无数据")
_TOKENS: Final = [token for token in BLANKS if token]
DESTROYED: Final = r"^\d(\.\d+)?[Ee]\+\d+$"
SECONDS: Final = ("%Y-%m-%d %H:%M:%S", "%Y/%m/%d %H:%M:%S", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M", "%Y/%m/%d %H:%M")


def printed(column: str) -> pl.Expr:
    """Cell without what surrounds it: blanks, tabs, quotes, back-ticks, the ``="..."`` guard of spreadsheets."""
    return pl.col(column).map_batches(_printed, return_dtype=pl.String, is_elementwise=True)


def _printed(texts: pl.Series) -> pl.Series:
    """Cells of most columns have nothing around them; then the column itself is returned and no text is copied."""
    if not texts.str.contains(_EDGE).any():
        return texts
    # Three plain strips instead of one regular expression: this runs over every cell of a bill, twice as fast.
    return texts.str.strip_chars(_BLANK).str.strip_prefix('="').str.strip_chars(SURROUNDING)


@dataclass(frozen=True, slots=True)
class Cell:
    """One wanted cell: the printed column it comes from, how it is typed, and what is said when that fails."""

    column: str
    typed: pl.Expr
    """Element by element: what it gives for a row depends on the cells of that row alone."""
    reason: str
    required: bool = False


def text(column: str, *, required: bool = False) -> Cell:
    """Text without surroundings; a blank token (``-``, ``/``, ``null``) becomes ``""``."""
    typed = pl.col(column).map_batches(_text, return_dtype=pl.String, is_elementwise=True)
    return Cell(column, typed, "is blank", required)


def _text(texts: pl.Series) -> pl.Series:
    bare = _printed(texts)
    return bare.replace(_TOKENS, [""] * len(_TOKENS)) if bare.is_in(_TOKENS).any() else bare


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
    typed = _typed(frame, cells)
    bad_columns: list[pl.Series] = []
    found: list[pl.DataFrame] = []
    for name, cell in cells.items():
        missing = typed[name].is_null() | ((typed[name] == "") if typed[name].dtype == pl.String else False)
        if not missing.any():
            continue
        # Blank cells are the rule in many columns, and all of them are one of a few tokens.
        known = frame.select(pl.col(cell.column).filter(missing).unique())
        blanks = known.filter(printed(cell.column).is_in(BLANKS).fill_null(value=True))
        if blanks.height == known.height and not cell.required:
            continue
        blank = frame[cell.column].is_in(blanks[cell.column].implode(), nulls_equal=True)
        bad = missing if cell.required else missing & ~blank
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


def _typed(frame: pl.DataFrame, cells: Mapping[str, Cell]) -> pl.DataFrame:
    """``line_no`` and the typed cells. A column of few distinct texts (words, days, rates) is typed text by text."""
    typed = frame.select(
        "line_no", *(cell.typed.alias(name) for name, cell in cells.items() if not _repeats(frame, cell))
    )
    for name, cell in cells.items():
        if name in typed.columns:
            continue
        texts = frame[cell.column]
        if (texts == texts[0]).all():  # one account, one currency, nothing at all
            one = frame.head(1).select(cell.typed.alias(name))[name]
            typed = typed.with_columns(one.new_from_index(0, frame.height).alias(name))
            continue
        known = frame.select(pl.col(cell.column).unique())
        values = known.select(cell.typed.alias("typed"))["typed"]
        column = texts.replace_strict(known[cell.column], values, return_dtype=values.dtype)
        typed = typed.with_columns(column.alias(name))
    return typed.select("line_no", *cells)


def _repeats(frame: pl.DataFrame, cell: Cell) -> bool:
    """Whether the cell depends on its own column alone, and that column's texts repeat (judged by a sample of it)."""
    if frame.height < _SAMPLE or set(cell.typed.meta.root_names()) != {cell.column} or frame[cell.column].null_count():
        return False
    return frame[cell.column].gather_every(frame.height // _SAMPLE).n_unique() < _SAMPLE // 4


def refuse_destroyed_ids(path: str, frame: pl.DataFrame, columns: Sequence[str], *, last_resort: str = "") -> None:
    """Raise SourceError at the first identifier that a spreadsheet turned into ``4.00123E+27``.

    ``last_resort`` says what to do where the file cannot be downloaded again.
    """
    for column in columns:
        # Hardly a cell has an E+ in it; what surrounds a cell is taken off of those only.
        near = frame.filter(pl.col(column).str.contains(r"[Ee]\+")).select("line_no", column)
        hits = near.filter(printed(column).str.contains(DESTROYED)).head(1)
        if hits.height:
            line_no, value = hits.row(0)
            raise SourceError(
                "is a number that a spreadsheet rounded; the identifier is lost and nothing can be matched by it",
                path=path,
                line_no=line_no,
                column=column,
                value=value.strip(SURROUNDING),
                remedy="Download the bill again and load it as it comes, "
                "without opening and saving it in Excel or WPS." + (f"\n{last_resort}" if last_resort else ""),
            )
