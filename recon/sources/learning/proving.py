"""What a file proves about itself: the order of day and month, the decimal mark, which lines make one order.

date_order([("Paid", cells)])    Proof("D/M/Y", "line 7: 13/02/2026")      proved by a cell that has no other reading
                                 Proof("", "")                             every date could be read both ways: ask
decimal_mark([("Sum", cells)])   Proof(",", "line 3: 1.234,50")
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

import polars as pl

from recon.sources import printed_forms
from recon.sources.learning.profiles import decimal_marks, needs_no_mark
from recon.sources.printed_forms import DateOrder

Columns: TypeAlias = Sequence[tuple[str, pl.Series]]
"""Header and cells of some columns of one table."""


@dataclass(frozen=True, slots=True)
class Proof:
    """What is proved (``""``: nothing is), and by what."""

    value: str
    because: str
    contradicts: bool = False
    """The file shows both ways."""


def date_order(columns: Columns, lines: pl.Series) -> Proof:
    """Order of day and month. ``lines``: line numbers of the rows."""
    only: dict[DateOrder, str] = {}
    open_ones = False
    for name, texts in columns:
        read = {order: _day(texts, order) for order in printed_forms.ORDERS}
        first, second = read["D/M/Y"], read["M/D/Y"]
        both: tuple[tuple[DateOrder, pl.Series, pl.Series], ...] = (("D/M/Y", first, second), ("M/D/Y", second, first))
        for order, this, other in both:
            alone = (this.is_not_null() & other.is_null()).arg_true()
            if alone.len() and order not in only:
                place = int(alone[0])
                only[order] = f"{name}, line {lines[place]}: {texts[place].strip()}"
        open_ones |= bool((first.is_not_null() & second.is_not_null() & (first != second)).any())
    if len(only) == 1:
        ((order, because),) = only.items()
        return Proof(order, f"{because} can be read in no other order")
    if only:
        return Proof("", "; ".join(f"{order}: {said}" for order, said in only.items()), contradicts=True)
    if open_ones:
        return Proof("", "every date can be read with the day first or the month first")
    return Proof("Y-M-D", "every date leaves no choice: the year stands in front, or the month is a word")


def _day(texts: pl.Series, order: DateOrder) -> pl.Series:
    return printed_forms.iso(texts, order).str.head(10).str.to_date("%Y-%m-%d", strict=False)


def decimal_mark(columns: Columns, lines: pl.Series) -> Proof:
    """Decimal mark of amounts. ``lines``: line numbers of the rows."""
    if needs_no_mark(columns):
        return Proof(".", "no amount has a mark, so that either would do")
    found = decimal_marks(columns)
    said = {mark: f"line {lines[place]}: {text}" for mark, (place, text) in found.ways.items()}
    if found.proved:
        return Proof(found.proved, f"{said[found.proved]} can be read in no other way")
    if said:
        return Proof("", "; ".join(f'"{mark}": {text}' for mark, text in said.items()), contradicts=True)
    return Proof("", "every amount can be read with either mark")
