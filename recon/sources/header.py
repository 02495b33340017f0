"""Tables found by their header, in text or in a workbook, whatever separates the cells and wherever the header stands.

    for separator, names in header.candidates(piece):     every line that may be a header; "" = a sheet's row
        if {"订单号", "金额"} <= set(names):
            table = header.read(piece, separator, ("订单号", "金额"), {})

Cells of text may be quoted properly, guarded against spreadsheets (``="351..."``), or hold a quote by chance (a 24"
monitor); none of these costs a line.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

import polars as pl

from recon.sources import sheet
from recon.sources.piece import Piece
from recon.sources.table import Table, normal, read_table, split_header

SEPARATORS: Final = (",", "\t", ";")
WITHIN: Final = 200
"""The header stands in the first lines of the file."""
_GUARD: Final = r'(?m)(^|[,;\t])="([^",;\t\n]*)"'
_REQUOTED: Final = r'(?m)(^|[,;\t])"=""([^",;\t\n]*)"""'


def candidates(piece: Piece) -> Iterable[tuple[str, list[str]]]:
    """Lines that may be a header, each with its separator and normalised cells; it has three columns or more.

    Raises SourceError for a workbook that cannot be opened.
    """
    if sheet.is_spreadsheet(piece):
        for head in sheet.sheet_head(piece):
            for row in head[:WITHIN]:
                yield "", [normal(cell) for cell in row]
        return
    for line in piece.head_lines[:WITHIN]:
        for separator in SEPARATORS:
            if line.count(separator) >= 2:
                yield separator, split_header(line, separator)


def read(piece: Piece, separator: str, printed: Sequence[str], aliases: Mapping[str, str]) -> Table:
    """Read the table below the header that has the names ``printed``; ``separator`` ``""`` is a workbook.

    ``aliases``: header names -> the one column name used. Raises SourceError as ``read_table`` and ``read_sheet`` do.
    """
    if not separator:
        return sheet.read_sheet(piece, required=printed, aliases=aliases)
    proper = _requoted(piece)
    table = read_table(proper, required=printed, separator=separator, aliases=aliases)
    if _swallowed(proper, table):
        table = read_table(proper, required=printed, separator=separator, aliases=aliases, multiline=False)
    return _as_printed(table)


def _requoted(piece: Piece) -> Piece:
    """Put cells like ``="351..."`` into proper quotes; they stay the same cells.

    Quotes that begin inside a cell would have every line of such an export split one by one.
    """
    if '="' not in piece.text:
        return piece
    text = pl.Series([piece.text]).str.replace_all(_GUARD, '$1"=""$2"""').item()
    return Piece(piece.name, text.encode())


def _as_printed(table: Table) -> Table:
    """Show the records that could not be split as they stand in the file, not in :func:`_requoted` quotes."""
    if not table.unsplit.height:
        return table
    unsplit = table.unsplit.with_columns(pl.col("text").str.replace_all(_REQUOTED, '$1="$2"'))
    shown = unsplit.select("line_no", pl.col("text").str.head(200).alias("value"))
    rejects = table.rejects.drop("value").join(shown, on="line_no", how="left", maintain_order="left")
    return dataclasses.replace(table, unsplit=unsplit, rejects=rejects.select(table.rejects.columns))


def _swallowed(piece: Piece, table: Table) -> bool:
    """Whether a lone quote (24" monitor) has joined lines that are records of their own.

    A quoted line break stays in its cell, so that records and line breaks in cells add up to the lines of the file.
    """
    if '"' not in piece.text:
        return False
    below = piece.text.split("\n")[table.header_line :]
    lines = sum(1 for line in below if line.strip(" \t,\u3000\ufeff"))
    raw = table.raw
    if raw.height == lines:
        return False
    breaks = raw.select(pl.sum_horizontal(pl.col(pl.String).str.count_matches("\n", literal=True))).sum().item()
    return int(breaks) + raw.height < lines
