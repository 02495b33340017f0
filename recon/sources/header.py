"""Tables found by their header, in text or in a workbook, whatever separates the cells and wherever the header stands.

    for separator, names in header.candidates(piece):     every line that may be a header; "" = a sheet's row
        if {"订单号", "金额"} <= set(names):
            table = header.read(piece, separator, ("订单号", "金额"), {})

    for separator, cells in header.first_rows(piece):     the lines above it as well, of a web page's tables too

Cells of text may be quoted properly, guarded against spreadsheets (``="351..."``), or hold a quote by chance (a 24"
monitor); none of these costs a line.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Final

import polars as pl

from recon.errors import SourceError
from recon.sources import sheet
from recon.sources.html_table import as_text
from recon.sources.piece import Piece, once
from recon.sources.table import BLANK_LINE, Table, normal, read_table, split_header

SEPARATORS: Final = (",", "\t", ";")
WITHIN: Final = 200
"""The header stands in the first lines of the file."""
FIRST_ROWS: Final = 300
_ROW_SEPARATORS: Final = (",", "\t", "|")


def candidates(piece: Piece) -> Iterable[tuple[str, list[str]]]:
    """Lines that may be a header, each with its separator and normalised cells; it has three columns or more.

    Raises SourceError for a workbook that cannot be opened.
    """
    if sheet.is_spreadsheet(piece):
        for head in sheet.sheet_head(piece):
            for row in head[:WITHIN]:
                yield "", [normal(cell) for cell in row]
        return
    yield from _of_text(piece.head)


@lru_cache(maxsize=2)  # every format is asked about the same file, one after the other
def _of_text(head: str) -> list[tuple[str, list[str]]]:
    return [
        (separator, split_header(line, separator))
        for line in head.split("\n")[:WITHIN]
        for separator in SEPARATORS
        if line.count(separator) >= 2
    ]


@once
def first_rows(piece: Piece) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """First rows of the file: separator (``""`` in a workbook) and normalised cells; all sheets, one after the other.

    A web page is its tables. Never raises: what cannot be opened has no rows.
    """
    try:
        if sheet.is_spreadsheet(piece):
            return tuple(("", tuple(map(normal, row))) for head in sheet.sheet_head(piece) for row in head[:FIRST_ROWS])
        lines = as_text(Piece(piece.name, piece.start)).head_lines[:FIRST_ROWS]
    except SourceError:
        return ()
    separators = [max(_ROW_SEPARATORS, key=line.count) for line in lines]
    return tuple((sep, tuple(split_header(line, sep))) for sep, line in zip(separators, lines, strict=True))


def read(piece: Piece, separator: str, printed: Sequence[str], aliases: Mapping[str, str]) -> Table:
    """Read the table below the header that has the names ``printed``; ``separator`` ``""`` is a workbook.

    ``aliases``: header names -> the one column name used. Raises SourceError as ``read_table`` and ``read_sheet`` do.
    """
    if not separator:
        return sheet.read_sheet(piece, required=printed, aliases=aliases)
    table = read_table(piece, required=printed, separator=separator, aliases=aliases)
    if _swallowed(piece, table):
        table = read_table(piece, required=printed, separator=separator, aliases=aliases, multiline=False)
    return table


def _swallowed(piece: Piece, table: Table) -> bool:
    """Whether a lone quote (24" monitor) has joined lines that are records of their own.

    A quoted line break stays in its cell, so that records and line breaks in cells add up to the lines of the file.
    """
    if b'"' not in piece.utf8:
        return False
    below = pl.read_lines(piece.utf8, name="text")["text"].slice(table.header_line)
    lines = int((~below.str.contains(BLANK_LINE)).sum())
    raw = table.raw
    if raw.height == lines:
        return False
    breaks = raw.select(pl.sum_horizontal(pl.col(pl.String).str.count_matches("\n", literal=True))).sum().item()
    return int(breaks) + raw.height < lines
