"""Columns of integers -> printed text: money, times, padded numbers. Everything here is a polars expression.

Only whole-column work: a million orders are printed without a loop over rows.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

import numpy as np
import polars as pl

from sample_data.contract import DAY_S, Ints

ALPHABET = np.frombuffer(b"0123456789ABCDEFGHJKLMNPQRSTUVWXYZ", dtype=np.uint8)


def money(minor: pl.Expr) -> pl.Expr:
    """Minor units -> ``-12.34``; null stays null."""
    sign = pl.when(minor < 0).then(pl.lit("-")).otherwise(pl.lit(""))
    size = minor.abs()
    return pl.concat_str(sign, (size // 100).cast(pl.String), pl.lit("."), number(size % 100, 2))


def number(value: pl.Expr, width: int) -> pl.Expr:
    """Integer, padded with zeros to ``width``."""
    return value.cast(pl.String).str.zfill(width)


def rate(rate_e4: pl.Expr) -> pl.Expr:
    """Rate of exchange in 1/10000 -> ``7.0321``; null stays null."""
    return pl.concat_str((rate_e4 // 10_000).cast(pl.String), pl.lit("."), number(rate_e4 % 10_000, 4))


def moment(local_s: pl.Expr, form: str = "%Y-%m-%d %H:%M:%S") -> pl.Expr:
    """Local seconds -> text; null stays null."""
    return pl.from_epoch(local_s, time_unit="s").dt.strftime(form)


def day(day_number: pl.Expr, form: str = "%Y-%m-%d") -> pl.Expr:
    """Day number -> text; null stays null."""
    return pl.from_epoch(day_number * DAY_S, time_unit="s").dt.strftime(form)


def pick(names: Sequence[str], index: pl.Expr) -> pl.Expr:
    """Name at each index."""
    return index.replace_strict(list(range(len(names))), list(names), return_dtype=pl.String)


def codes(rng: np.random.Generator, rows: int, width: int) -> pl.Series:
    """Random identifiers of capital letters and digits; with 13 and more characters none repeats in practice."""
    letters = ALPHABET[rng.integers(0, len(ALPHABET), (rows, width), dtype=np.int8)]
    return pl.Series(letters.view(f"S{width}").ravel().astype(f"U{width}"), dtype=pl.String)


def scattered(index: Ints, digits: int, salt: int) -> Ints:
    """Different numbers of up to ``digits`` digits for different indexes below a million million; they look drawn."""
    modulus = 10**digits
    return (index * 7_368_787 + salt * 104_729) % modulus


def write_csv(path: Path, frame: pl.DataFrame) -> None:
    """A table of text with a header line, UTF-8, quoted where needed, LF; blank and null are the same nothing."""
    path.parent.mkdir(parents=True, exist_ok=True)
    blanks_to_null(frame).write_csv(path)


def blanks_to_null(frame: pl.DataFrame) -> pl.DataFrame:
    """Empty text as null, which prints as nothing (an empty text would print as two quotes)."""
    words = pl.col(pl.String)
    return frame.with_columns(pl.when(words != "").then(words))


def lines(frame: pl.DataFrame, separator: str, end: str) -> bytes:
    """Rows of text joined as they are: no header, no quoting, UTF-8."""
    rows = frame.select(pl.concat_str(pl.all(), separator=separator))
    buffer = io.BytesIO()
    rows.write_csv(buffer, include_header=False, quote_style="never", line_terminator=end)
    return buffer.getvalue()


def fraction(value: Fraction) -> str:
    """A fraction of at most six decimals -> ``0.003``."""
    whole, part = divmod(round(value * 1_000_000), 1_000_000)
    return f"{whole}.{part:06d}".rstrip("0").rstrip(".")
