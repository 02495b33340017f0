"""What the cells of one column are: how many of them read as amounts, days, numbers, words, currencies.

    profile(frame["Paid"])  ->  filled=120, distinct=118, orders=("D/M/Y",), timed=1.0, amounts=0.0, ...
    fit(found, Holds.TIME)  ->  1.0

A share of 1.0 means every cell that is not blank. Values alone never decide what a column is called; they contradict a
name ("Total" that holds words), or pick the one column that can play a part nobody else can.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import polars as pl

from recon.sources import notation, printed_forms
from recon.sources.currency_names import CURRENCY_CODES
from recon.sources.printed_forms import DateOrder
from recon.sources.template import Holds

SAMPLE: Final = 20_000
"""Rows that are looked at to find out what a column is; the proofs look at all of them."""
SURE: Final = 0.95
_DECIMALS: Final = 2
_LONG_DIGITS: Final = r"^\d{10,}$"
_NUMBER: Final = r"^[\p{L}#_./-]*\d[\p{L}\d#_./-]*$"
_FEW_WORDS: Final = 30
_LONG_WORD: Final = 40
_CODES: Final = frozenset(CURRENCY_CODES) | {
    "AED", "ARS", "BDT", "BRL", "CLP", "COP", "CZK", "DKK", "EGP", "HUF", "IDR", "ILS", "INR", "KES", "KRW", "MOP",
    "MXN", "MYR", "NGN", "NOK", "NZD", "PEN", "PHP", "PKR", "PLN", "RON", "RUB", "SAR", "SEK", "THB", "TRY", "TWD",
    "UAH", "VND", "ZAR",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Profile:
    """Figures of one column; shares are of the cells that are not blank."""

    filled: int
    blank: int
    distinct: int
    amounts: float
    """Cells that are amounts, with one decimal mark or the other."""
    decimals: float
    """Cells with a decimal part of one or two digits: money rather than a count."""
    negative: float
    days: float
    """Cells that are days or times, in one order or another."""
    orders: tuple[DateOrder, ...]
    """Orders in which all of them are."""
    timed: float
    """Cells that print a time of day."""
    currencies: float
    numbers: float
    """Cells that look like the number of something: a digit in one word."""
    words: tuple[str, ...]
    """Distinct cells as printed, the most frequent first, where they are few and short; else nothing."""

    @property
    def unique(self) -> bool:
        """Whether no cell stands twice."""
        return self.distinct == self.filled > 0


def profile(texts: pl.Series) -> Profile:
    """Look at the cells of one column."""
    bare = printed_forms.bare(texts)
    filled = bare.filter(bare != "")
    sample = filled.head(SAMPLE)
    amounts, decimals, negative = _amounts(sample)
    read = {order: printed_forms.iso(sample, order) for order in printed_forms.ORDERS}
    days = pl.select(pl.coalesce(*read.values())).to_series()
    counts = filled.value_counts(sort=True, name="count")
    few = counts.height <= _FEW_WORDS and not (filled.str.len_chars() > _LONG_WORD).any()
    return Profile(
        filled=filled.len(),
        blank=bare.len() - filled.len(),
        distinct=filled.n_unique() if filled.len() else 0,
        amounts=amounts,
        decimals=decimals,
        negative=negative,
        days=_share(days.is_not_null()),
        orders=printed_forms.orders_that_fit(sample) if sample.len() else (),
        timed=_share(days.str.len_chars() > len("2026-02-03")),
        currencies=_share(sample.str.to_uppercase().is_in(list(_CODES)) & sample.str.contains(r"\D")),
        numbers=_share(sample.str.contains(_NUMBER)),
        words=tuple(counts[counts.columns[0]].to_list()) if few else (),
    )


def _amounts(sample: pl.Series) -> tuple[float, float, float]:
    """Shares of amounts, of amounts with decimals, of negative amounts."""
    read = [printed_forms.plain(sample, mark) for mark in printed_forms.MARKS]
    whole = pl.select(pl.coalesce(read)).to_series()
    whole = whole.set(sample.str.contains(_LONG_DIGITS), None)
    part = sample.str.contains(rf"[.,]\d{{1,{_DECIMALS}}}\D*$") & whole.is_not_null()
    return _share(whole.is_not_null()), _share(part), _share(whole.str.starts_with("-"))


def _share(holds: pl.Series) -> float:
    """Share of the cells for which it holds; 0 without cells."""
    return int(holds.fill_null(value=False).sum()) / holds.len() if holds.len() else 0.0


def fit(found: Profile, holds: Holds) -> float:  # noqa: PLR0911 - one line for each kind of column
    """How well the cells are what a column holds: 0 not at all, 1 all of them. A blank column fits half."""
    if not found.filled:
        return 0.5
    if holds is Holds.AMOUNT:
        return found.amounts if found.decimals or found.days < SURE else 0.0
    if holds is Holds.RATE:
        return found.amounts
    if holds in (Holds.TIME, Holds.DAY):
        return found.days
    if holds is Holds.CURRENCY:
        return found.currencies
    if holds is Holds.WORD:
        return 1.0 if found.words and found.amounts < SURE else 0.0
    if holds is Holds.NUMBER:
        return found.numbers if found.days < SURE or found.amounts >= SURE else 0.0
    return 1.0


def decimal_marks(columns: Sequence[tuple[str, pl.Series]]) -> notation.Found:
    """Decimal mark that the amounts of all columns prove together: one way, several (a contradiction), or none.

    ``columns``: header and cells. In ``ways`` the first cell that proves each, with its row (0 = the first).
    """
    parts = [
        pl.DataFrame({"line_no": range(cells.len()), "text": printed_forms.number_part(cells), "column": name})
        for name, cells in columns
    ]
    cells = pl.concat(parts).filter(pl.col("text").is_not_null()) if parts else pl.DataFrame()
    if not cells.height:
        return notation.Found({})
    return notation.decimal_mark(cells.with_columns(pl.lit(_DECIMALS).alias("places")))


def needs_no_mark(columns: Sequence[tuple[str, pl.Series]]) -> bool:
    """Whether no amount has a mark at all: then it does not matter which one is decimal."""
    return not any(bool(printed_forms.number_part(cells).str.contains(r"[.,]").any()) for _, cells in columns)
