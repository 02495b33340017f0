"""The only subset of some amounts that adds up to a target, found exactly or not at all.

For what carries no number: one bank line that pays several trade days together, or a batch that is paid in several
lines. Exact integers, a bounded amount of work, and an honest end: a solution counts only when the search was complete
and there is no other one.

    only_subset([500, 300, 100], 600)        -> found, positions (0, 2)
    only_subset([500, 300, 200, 100], 600)   -> ambiguous: 500 + 100 and 300 + 200 + 100

The amounts are dealt out to two halves, the largest first; all sums of each half are written down that the rest could
still bring to the target, each with how many ways lead to it and one of them; then every sum of one half asks for its
complement in the other. That costs the square root of trying all subsets, and at most ``budget`` sums are written down,
counted anew for every amount that is added: when they would be more, the outcome is ``exhausted`` and nothing is
matched. (To count the different sums alone bounds nothing: two hundred round amounts have few different sums, and to
write them down a hundred times took a minute.) A target that the amounts' common divisor
does not divide, or that all of them together do not reach, is none without any search.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import gcd
from typing import TYPE_CHECKING, Final, Literal

if TYPE_CHECKING:
    from collections.abc import Sequence

BUDGET: Final = 600_000
"""Sums that one search may write down: half a second. All subsets of about 34 unlike amounts."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """``members`` are positions in the amounts given (ascending), empty unless ``kind`` is ``found``."""

    kind: Literal["found", "none", "ambiguous", "exhausted"]
    members: tuple[int, ...]
    sums: int
    """Sums written down, at most the budget."""


def only_subset(amounts: Sequence[int], target: int, *, budget: int = BUDGET) -> Outcome:
    """Find the one subset of ``amounts`` (minor units, signed) whose sum is ``target``, which is not 0.

    Equal amounts are interchangeable, so a solution that could take another copy of the same amount is ambiguous.
    """
    least, most = _reach(amounts)
    if not least <= target <= most or target % (gcd(*amounts) or 1):
        return Outcome("none", (), 0)
    order = sorted(range(len(amounts)), key=lambda at: -abs(amounts[at]))
    halves = order[::2], order[1::2]
    first, spent = _sums(amounts, halves[0], target, _reach([amounts[at] for at in halves[1]]), budget)
    second, more = _sums(amounts, halves[1], target, _reach([amounts[at] for at in halves[0]]), budget - spent)
    if first is None or second is None:
        return Outcome("exhausted", (), budget)
    ways = 0
    chosen = 0
    for total, (count, mask) in second.items():
        if (partner := first.get(target - total)) is None:
            continue
        chosen = partner[1] | mask
        ways += count * partner[0]
    written = spent + more
    if ways == 1:
        return Outcome("found", tuple(at for at in range(len(amounts)) if chosen >> at & 1), written)
    return Outcome("ambiguous" if ways else "none", (), written)


def _reach(amounts: Sequence[int]) -> tuple[int, int]:
    """Return the smallest and the largest sum that some of the amounts can have."""
    return sum(amount for amount in amounts if amount < 0), sum(amount for amount in amounts if amount > 0)


def _sums(
    amounts: Sequence[int], places: Sequence[int], target: int, other: tuple[int, int], budget: int
) -> tuple[dict[int, tuple[int, int]] | None, int]:
    """Sums of subsets of one half that can still become ``target``, ``other`` being what the other half can add.

    Returns (sum -> ways that lead to it, one of them as a bit mask over all amounts; how many were written down). The
    first is None when they would exceed the budget.
    """
    found = {0: (1, 0)}
    written = 0
    least, most = _reach([amounts[at] for at in places])
    for at in places:
        amount = amounts[at]
        least, most = least - min(amount, 0), most - max(amount, 0)
        if written + 2 * len(found) > budget:
            return None, written
        low, high = target - other[1] - most, target - other[0] - least
        grown = {total: ways for total, ways in found.items() if low <= total <= high}
        for total, (ways, mask) in found.items():
            more = total + amount
            if low <= more <= high:
                known = grown.get(more)
                grown[more] = (ways, mask | 1 << at) if known is None else (ways + known[0], known[1])
        written += len(grown)
        found = grown
    return found, written
