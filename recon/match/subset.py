"""The only subset of some amounts that adds up to a target, found exactly or not at all.

For what carries no number: one bank line that pays several trade days together, or a batch that is paid in several
lines. Exact integers, a bounded amount of work, and an honest end: a solution counts only when the search was complete
and there is no other one.

    only_subset([500, 300, 100], 600)        -> found, positions (0, 2)
    only_subset([500, 300, 200, 100], 600)   -> ambiguous: 500 + 100 and 300 + 200 + 100

The amounts are cut in two halves; all sums of each half are written down, each with how many ways lead to it and one of
them; then every sum of one half asks for its complement in the other. That costs the square root of trying all subsets,
and at most ``budget`` sums are written down: when they are more, the outcome is ``exhausted`` and nothing is matched.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

if TYPE_CHECKING:
    from collections.abc import Sequence

BUDGET: Final = 200_000


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
    half = len(amounts) // 2
    first = _sums(amounts[:half], budget)
    second = _sums(amounts[half:], budget - len(first)) if first else {}
    written = len(first) + len(second)
    if not first or not second:
        return Outcome("exhausted", (), budget)
    ways = 0
    chosen = 0
    for total, (count, mask) in second.items():
        if (partner := first.get(target - total)) is None:
            continue
        both = partner[1] | mask << half
        ways += count * partner[0]
        chosen = both
    if ways == 1:
        return Outcome("found", tuple(at for at in range(len(amounts)) if chosen >> at & 1), written)
    return Outcome("ambiguous" if ways else "none", (), written)


def _sums(amounts: Sequence[int], budget: int) -> dict[int, tuple[int, int]]:
    """All sums of subsets -> (ways that lead to it, one of them as a bit mask); empty when they exceed the budget."""
    found = {0: (1, 0)}
    for at, amount in enumerate(amounts):
        grown = dict(found)
        for total, (ways, mask) in found.items():
            known = grown.get(total + amount)
            grown[total + amount] = (ways, mask | 1 << at) if known is None else (ways + known[0], known[1])
        if len(grown) > budget:
            return {}
        found = grown
    return found
