"""The search passes: groups that no number, day or single amount names, found by :mod:`recon.match.subset`.

Bank leg, both ways: one line for several batches, one batch in several lines. Candidates are only what is still open,
of the same channel and currency, within the days in which the payout could have come.

Two budgets bound the work: one of each search (:data:`recon.match.subset.BUDGET`) and one of the whole run
(:data:`RUN_BUDGET`), spent on the searches with the fewest candidates first. A search that is given up is said so: its
row stays open, and the list of them (``match.given_up``) tells with how many candidates.
"""

from __future__ import annotations

import logging
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, TypeAlias, TypeVar

import polars as pl

from recon.match.subset import BUDGET, only_subset

if TYPE_CHECKING:
    import datetime as dt

    from recon.store import Store

    _Batch: TypeAlias = tuple[str, str, str, int, dt.date, dt.date, str]
    _Line: TypeAlias = tuple[str, str, str, int, dt.date, str]
    _Row = TypeVar("_Row", _Batch, _Line)

LOG: Final = logging.getLogger(__name__)
RUN_BUDGET: Final = 10 * BUDGET
"""Sums that all searches of one run together may write down: some seconds."""
GROUPS: Final = {"group_no": pl.String, "side": pl.String, "txn_id": pl.String}
GIVEN_UP: Final = {"txn_id": pl.String, "candidates": pl.Int64}


@dataclass(slots=True)
class _Searches:
    """What a run's searches have found, given up, and may still write down."""

    left: int
    given_up: list[tuple[str, int]] = field(default_factory=list)

    def chosen(self, name: str, near: list[_Row], target: int) -> list[_Row]:
        """Return the two or more rows of ``near`` that alone add up to ``target``; none when there are no such rows."""
        if len(near) < 2:  # noqa: PLR2004 - one candidate is no group
            return []
        outcome = only_subset([row[3] for row in near], target, budget=min(BUDGET, self.left))
        self.left -= outcome.sums
        if outcome.kind == "exhausted":
            LOG.warning("%d candidates for %d are too many to search; left open", len(near), target)
            self.given_up.append((name, len(near)))
        return [near[at] for at in outcome.members] if len(outcome.members) > 1 else []


def search_bank(store: Store, *, run_budget: int = RUN_BUDGET) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Search ``left_open`` (batches) and ``right_open`` (bank lines).

    Returns (groups with columns group_no, side, txn_id; searches given up with columns txn_id, candidates). A solution
    that shares a row with another one is no solution, and a line that names a trade day pays for that day.
    """
    batches: list[_Batch] = store.rows(
        "SELECT txn_id, channel, currency, amount_minor, business_date, last_date, day_text"
        " FROM left_open ORDER BY txn_id"
    )
    lines: list[_Line] = store.rows(
        "SELECT txn_id, channel, currency, amount_minor, business_date, named_day FROM right_open ORDER BY txn_id"
    )
    searches = _Searches(run_budget)
    found: list[tuple[str, list[_Batch], list[_Line]]] = []
    for_lines = [(line, [batch for batch in batches if _fits(batch, line)]) for line in lines]
    for line, near in sorted(for_lines, key=lambda pair: (len(pair[1]), pair[0][0])):
        if chosen := searches.chosen(line[0], near, line[3]):
            found.append((line[0], chosen, [line]))
    for_batches = [(batch, [line for line in lines if _fits(batch, line)]) for batch in batches]
    for batch, near_lines in sorted(for_batches, key=lambda pair: (len(pair[1]), pair[0][0])):
        if parts := searches.chosen(batch[0], near_lines, batch[3]):
            found.append((batch[0], [batch], parts))
    uses = Counter(row[0] for _, left, right in found for row in (*left, *right))
    members: list[tuple[str, str, str]] = []
    for name, left, right in found:
        days = {batch[6] for batch in left}
        if all(uses[row[0]] == 1 for row in (*left, *right)) and all(line[5] in {"", *days} for line in right):
            members += [(name, "left", batch[0]) for batch in left]
            members += [(name, "right", line[0]) for line in right]
    return (
        pl.DataFrame(members, schema=GROUPS, orient="row"),
        pl.DataFrame(sorted(searches.given_up), schema=GIVEN_UP, orient="row"),
    )


def _fits(batch: _Batch, line: _Line) -> bool:
    return batch[1:3] == line[1:3] and batch[4] <= line[4] <= batch[5]
