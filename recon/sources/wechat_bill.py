"""What WeChat Pay's bills for merchants have in common: back-ticked cells and two lines of sums at the end.

    交易时间,公众账号ID,商户号,…                            names, seldom back-ticked too
    `2026-02-03 10:00:00,`wx00…,`1900012345,…           a back-tick before every value, so that Excel leaves it alone
    总交易单数,应结订单总金额,…                             the last two lines: names of sums
    `1,`60.00,…                                         and the sums

A cell may hold commas and quotes (a shop types what it likes), so cells are cut where comma and back-tick stand
together. The same bill is read when a spreadsheet has saved it: as text with tabs, with quotes around cells that hold a
comma, or as a workbook. Without the back-ticks such a file has usually lost its long numbers; that is for the formats
to decide (:func:`destroyed`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import polars as pl

from recon.sources import cells, sheet
from recon.sources.source import Control
from recon.sources.table import Table, layout, read_table, split_header

if TYPE_CHECKING:
    from recon.sources.piece import Piece

MARK: Final = "`"
NO_SUMS: Final = Control("汇总行", "无", "有")
"""The control of a bill without its last two lines: the download was cut."""
_BLANK: Final = ' \t,`"\ufeff\u3000'


@dataclass(frozen=True, slots=True)
class Bill:
    """Records of one bill, and the sums that stand below them."""

    table: Table
    figures: Mapping[str, str] | None
    """Normalised name -> figure as printed; None when the two lines are not there."""


def is_bill(piece: Piece, editions: Sequence[Sequence[str]], aliases: Mapping[str, str]) -> bool:
    """Tell whether a line of the text or a row of a sheet has all columns of an edition. Never raises."""
    if sheet.is_spreadsheet(piece):
        return any(sheet.sheet_has(piece, required, aliases) for required in editions)
    return layout(piece.head_lines, editions) is not None


def read_bill(
    piece: Piece, editions: Sequence[Sequence[str]], *, first_sum: str, aliases: Mapping[str, str] | None = None
) -> Bill:
    """Read the records of the first edition whose columns the header has.

    ``first_sum`` is the name that the line of names of sums begins with; ``aliases``: normalised header names -> the
    one column name used. Raises SourceError when there is no such header.
    """
    trailer = rf'^["{MARK}\ufeff]*{first_sum}'
    if sheet.is_spreadsheet(piece):
        known = [required for required in editions if sheet.sheet_has(piece, required, aliases)]
        required = known[0] if known else editions[0]
        table = sheet.read_sheet(piece, required=required, aliases=aliases, trailer=trailer)
        return Bill(table, _figures(table, ","))
    required, separator = layout(piece.head_lines, editions) or (editions[0], ",")
    ticked = any(line.lstrip('\ufeff"').startswith(MARK) for line in piece.head_lines)
    table = read_table(
        piece,
        required=required,
        separator=separator,
        trailer=trailer,
        aliases=aliases,
        multiline=False,
        cell_mark=MARK if ticked else "",
    )
    return Bill(table, _figures(table, separator))


def _figures(table: Table, separator: str) -> dict[str, str] | None:
    lines = [line for _, line in table.after if line.strip(_BLANK)]
    if len(lines) < 2:
        return None
    names, figures = (split_header(line, separator) for line in lines[:2])
    return {name: figure for name, figure in zip(names, figures, strict=False) if name}


def destroyed(frame: pl.DataFrame, columns: Sequence[str]) -> bool:
    """Tell whether a spreadsheet has rounded a number of ``columns`` (``4.00123E+27``)."""
    rounded = [cells.printed(column).str.contains(cells.DESTROYED) for column in columns]
    return frame.height > 0 and bool(frame.select(pl.any_horizontal(pl.lit(value=False), *rounded).any()).item())
