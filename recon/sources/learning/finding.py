"""Where the table of an unknown file stands: its header, its records, its lines of totals.

A header is a line of at least three cells, mostly filled, none of which is a number or a day, with a line below it. Of
several such lines the one wins whose names are known best; then the one with the most names; then the first.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import polars as pl

from recon.errors import SourceError
from recon.sources import header, printed_forms
from recon.sources.learning.aliases import bare_name, names_of, totals
from recon.sources.mapping import TEMPLATES
from recon.sources.piece import Piece
from recon.sources.table import Table

_FEWEST = 3
_FILLED = 0.6
_VALUE = re.compile(
    r"^[^A-Za-z\u00c0-\uffff]*$"  # no letter: a number, a day
    r"|^\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}|^\d{4}年|^\d{1,2}[ .-]+[A-Za-zä]{3,9}[ .-]+\d{2,4}"
    r"|^[-+(]?(?:[A-Z]{2,3}\$?|[$€£¥￥])?\s*[-+]?\d[\d.,' ]*(?:元|[A-Z]{3}|[€£])?\)?$",
    re.MULTILINE,
)
"""A cell that is a value and no name."""


@dataclass(frozen=True, slots=True)
class Found:
    """The table of a file."""

    table: Table
    headers: tuple[str, ...]
    """Header names, without columns that have none."""
    records: pl.DataFrame
    """Cells as printed, without lines of totals."""
    totals: str
    """The word with which its lines of totals begin; ``""`` without any."""


def find(piece: Piece) -> Found:
    """Find the table. Raises SourceError when no line is a header, or nothing stands below it."""
    best: tuple[tuple[int, int], str, list[str]] | None = None
    for separator, names in header.candidates(piece):
        filled = [name for name in names if name]
        if len(filled) < _FEWEST or len(filled) < _FILLED * len(names) or _VALUE.search("\n".join(filled)):
            continue
        rank = (_known(filled), len(filled))
        if best is None or rank > best[0]:
            best = rank, separator, names
    if best is None:
        raise SourceError(
            "no line of the file looks like a header: names of columns, three at least",
            path=piece.name,
            remedy="Put a line with the names of the columns above the table, or use an import template: "
            "recon sources show orders",
        )
    _, separator, names = best
    table = header.read(piece, separator, [name for name in names if name], {})
    if not table.frame.height:
        raise SourceError(
            "nothing stands below the header " + ", ".join(filter(None, names)),
            path=piece.name,
            line_no=table.header_line,
            remedy="Export a file with some records: what the columns hold is learnt from them.",
        )
    headers = tuple(name for name in table.header if not name.startswith("column_"))
    word = _totals_word(table.frame)
    records = table.frame.filter(~_begins(table.frame, word)) if word else table.frame
    return Found(table, headers, records, word)


def _known(names: list[str]) -> int:
    """How many of the names the template knows that knows them best."""
    bare = {bare_name(name) for name in names}
    return max(sum(bool(bare & set(known)) for known in names_of(template).values()) for template in TEMPLATES)


def _first_cells(frame: pl.DataFrame) -> pl.Series:
    """The first cell of each line that is not blank, in small letters."""
    cells = [printed_forms.bare(frame[name]) for name in frame.columns[1:]]
    first = pl.select(pl.coalesce([pl.when(cell != "").then(cell) for cell in cells])).to_series()
    return first.fill_null("").str.to_lowercase()


def _begins(frame: pl.DataFrame, word: str) -> pl.Series:
    return _first_cells(frame).str.starts_with(word.casefold())


def _totals_word(frame: pl.DataFrame) -> str:
    """Word of the last lines that begin like totals and are mostly blank; as printed."""
    last = frame.tail(3)
    for place, first in enumerate(_first_cells(last)):
        blanks = sum(not str(cell).strip() for cell in last.row(place)[1:])
        for word in totals():
            if first.startswith(word) and blanks * 2 >= len(frame.columns) - 1:
                shown = next(str(cell).strip() for cell in last.row(place)[1:] if str(cell).strip())
                return shown[: len(word)]
    return ""
