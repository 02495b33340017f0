"""Spreadsheet -> a frame of printed cells with sheet row numbers: what :mod:`recon.sources.table` is for text.

The first sheet that has the header is read; header names are found wherever they stand and compared after
``table.normal``. ``line_no`` is the row number a person sees at the left edge of that sheet. Cells become text:

    a number     its shortest exact decimal, never an exponent (``money.cell_text``): 12.5 -> "12.5", 3.0 -> "3"
    a date       "2026-02-03"; a date with a time "2026-02-03 09:08:07"; a time "09:08:07". A workbook does not tell a
                 date from its midnight: both are "2026-02-03"
    a number of more than 15 digits  "4.00123456789012E+27": a spreadsheet keeps 15 digits, so an identifier typed or
                 opened as a number is lost; ``cells.refuse_destroyed_ids`` knows this form and refuses the file

Reads .xlsx, .xlsb, .ods and the old binary .xls (in a process of their own, recon/sources/sheet_worker.py), and XML
Spreadsheet 2003 (recon/sources/sheet_xml.py); no formula or macro is run, the stored values are read.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping, Sequence
from typing import Final, TypeAlias

import polars as pl

from recon.errors import SourceError
from recon.model import REJECT
from recon.sources import sheet_process, sheet_xml
from recon.sources.piece import Piece, once
from recon.sources.sheet_xml import is_sheet_xml
from recon.sources.table import Table, normal, unique_names
from recon.sources.workbook_extent import refuse_oversized

HEAD_ROWS: Final = 200
"""The header stands within the first 200 rows, or the file is another one."""
_OLE: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ZIP: Final = b"PK\x03\x04"
_DIGITS: Final = "0123456789"

_Row: TypeAlias = tuple[str, ...]


def is_spreadsheet(piece: Piece) -> bool:
    """Tell by the start of the file (and a zip's list of members) whether it is a workbook. Never raises."""
    if piece.start.startswith(_OLE) or is_sheet_xml(piece):
        return True
    if not piece.start.startswith(_ZIP):
        return False
    try:
        members = set(zipfile.ZipFile(io.BytesIO(piece.data)).namelist())
    except (zipfile.BadZipFile, NotImplementedError, OSError, ValueError):
        return False
    return bool(members & {"xl/workbook.xml", "xl/workbook.bin"}) or {"content.xml", "mimetype"} <= members


def sheet_has(piece: Piece, required: Sequence[str], aliases: Mapping[str, str] | None = None) -> bool:
    """Tell whether any sheet has a header row with all ``required`` names. Never raises."""
    if not is_spreadsheet(piece):
        return False
    try:
        return any(_find(head, required, aliases or {}) is not None for head in _heads(piece))
    except SourceError:
        return False


def count_sheets(piece: Piece, required: Sequence[str], aliases: Mapping[str, str] | None = None) -> int:
    """Count the sheets that have a header row with all ``required`` names. Raises SourceError."""
    return sum(_find(head, required, aliases or {}) is not None for head in _heads(piece))


def sheet_head(piece: Piece) -> tuple[tuple[_Row, ...], ...]:
    """First rows of every sheet as text, for formats that are recognised by their preamble. Raises SourceError."""
    return _heads(piece)


def read_sheet(
    piece: Piece,
    *,
    required: Sequence[str],
    aliases: Mapping[str, str] | None = None,
    trailer: str = "",
    continued: bool = False,
) -> Table:
    """Read the records below the header that contains ``required``, in the first sheet that has it.

    ``continued``: the sheets after it that have its name but for the number at its end (明细1, 明细2) go on with its
    records; their rows are numbered on, and a header that they repeat is a record like any other.

    ``aliases`` maps normalised header names to the one column name used; ``required`` may name either.
    ``trailer`` is a regular expression (Rust syntax) on a row's cells joined by commas; the first row below the header
    that it matches ends the records. Blank rows are no records. Rows with text beyond the header's last column are
    rejects.

    Raises SourceError when the file is no workbook, is protected by a password, or no sheet has the header.
    """
    heads = _heads(piece)
    for index, head in enumerate(heads):
        at = _find(head, required, aliases or {})
        if at is not None:
            rows = _rows(piece, index)
            names = _names(piece)
            for other in range(index + 1, len(heads)) if continued else ():
                if names[other].rstrip(_DIGITS) == names[index].rstrip(_DIGITS):
                    rows += [(*row, *[""] * (len(rows[at]) - len(row))) for row in _rows(piece, other)]
            return _table(rows, at, aliases or {}, trailer)
    raise SourceError(
        "no sheet has the table header; looked for a row with the columns " + ", ".join(required),
        path=piece.name,
        remedy="Download the file again and do not delete or rename its heading rows.",
    )


@once
def _opened(piece: Piece) -> tuple[tuple[str, tuple[_Row, ...]], ...]:
    """Name and first rows of every sheet. Raises SourceError."""
    if is_sheet_xml(piece):
        return tuple((name, tuple(rows[:HEAD_ROWS])) for name, rows in sheet_xml.sheets(piece))
    refuse_oversized(piece)
    return tuple((name, tuple(rows)) for name, rows in sheet_process.heads(piece, HEAD_ROWS))


def _heads(piece: Piece) -> tuple[tuple[_Row, ...], ...]:
    return tuple(rows for _, rows in _opened(piece))


def _names(piece: Piece) -> tuple[str, ...]:
    return tuple(name for name, _ in _opened(piece))


def _rows(piece: Piece, index: int) -> list[_Row]:
    """All rows of one sheet."""
    if is_sheet_xml(piece):
        return list(sheet_xml.sheets(piece)[index][1])
    return sheet_process.rows(piece, index)


def _find(head: Sequence[_Row], required: Sequence[str], aliases: Mapping[str, str]) -> int | None:
    wanted = {aliases.get(normal(name), normal(name)) for name in required}
    for index, row in enumerate(head):
        names = [normal(cell) for cell in row]
        if wanted <= {aliases.get(name, name) for name in names}:
            return index
    return None


def _table(rows: list[_Row], at: int, aliases: Mapping[str, str], trailer: str) -> Table:
    names = unique_names([normal(cell) for cell in rows[at]], aliases)
    while names and names[-1].startswith("column_"):
        names.pop()
    width = len(names)
    numbers = range(1, len(rows) + 1)
    lines = pl.DataFrame(
        {"line_no": pl.Series(numbers, dtype=pl.Int64), "text": pl.Series(map(_line, rows), dtype=pl.String)}
    )
    body = lines.slice(at + 1)
    after: tuple[tuple[int, str], ...] = ()
    ends = body["text"].str.contains(trailer) if trailer else pl.Series([False])
    if ends.any():
        end = ends.arg_max() or 0
        after = tuple(body.slice(end).filter(pl.col("text") != "").rows())
        body = body.slice(0, end)
    used = [line_no for line_no, text in body.rows() if text]
    wide = [line_no for line_no in used if any(cell.strip() for cell in rows[line_no - 1][width:])]
    good = sorted(set(used) - set(wide)) if wide else used
    cells = [rows[line_no - 1] for line_no in good]
    frame = pl.DataFrame(
        {
            "line_no": pl.Series(good, dtype=pl.Int64),
            **{name: pl.Series([row[place] for row in cells], dtype=pl.String) for place, name in enumerate(names)},
        }
    )
    reason = f"the row has text beyond the {width} columns of the header"
    rejects = pl.DataFrame([(n, "", _line(rows[n - 1])[:200], reason) for n in wide], schema=REJECT, orient="row")
    unsplit = lines.filter(pl.col("line_no").is_in(wide))
    return Table(tuple(names), at + 1, frame, tuple(map(_line, rows[:at])), after, rejects, unsplit)


def _line(row: _Row) -> str:
    """Cells of one row joined by commas, without the blank ones at the end."""
    return ",".join(row).rstrip(", \t\u3000\xa0")
