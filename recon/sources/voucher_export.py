"""Voucher files of finance systems, entry by entry: their cells under the names of the voucher template.

A finance system prints the same facts as the template 凭证 (recon/sources/vouchers.py) under captions of its own,
some in two columns. A format makes the template's columns out of its own and hands them to :func:`entries`, so that
what an entry means (red entries, foreign currency, empty entries) is said in one place.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Final

import polars as pl

from recon.sources import cells
from recon.sources.source import Reading, Settings
from recon.sources.vouchers import Vouchers

_TEMPLATE: Final = Vouchers()


def entries(frame: pl.DataFrame, printed: Mapping[str, str], settings: Settings) -> Reading:
    """Read voucher entries. ``frame``: line_no and any of the template's columns (String; missing ones are blank).

    ``printed`` names, for rejects, the file's own column behind a column of the template. Returns a reading as
    ``Vouchers.canonical`` does.
    """
    names = [column.name for column in _TEMPLATE.columns]
    absent = [pl.lit("").alias(name) for name in names if name not in frame.columns]
    reading = _TEMPLATE.canonical(frame.with_columns(absent), settings)
    rejects = reading.rejects.with_columns(pl.col("column").replace(dict(printed)))
    return dataclasses.replace(reading, rejects=rejects)


def number(word: str, count: str) -> pl.Expr:
    """Number of a voucher as people say it, ``记-12``; blank without a number, so that it is a reject."""
    counted = cells.printed(count)
    return pl.when(counted != "").then(pl.concat_str(cells.printed(word), counted, separator="-").str.strip_prefix("-"))


def period(year: str, month: str) -> pl.Expr:
    """Accounting period out of two columns, ``2026-2``; blank (the month of the date) when both are."""
    both = pl.concat_str(cells.printed(year), cells.printed(month), separator="-")
    return pl.when(both != "-").then(both).otherwise(pl.lit(""))


def rate(column: str) -> pl.Expr:
    """Exchange rate; the 1 that entries in base currency print is no rate."""
    bare = cells.printed(column)
    return pl.when(bare.str.contains(r"^1(\.0*)?$")).then(pl.lit("")).otherwise(bare)
