"""The search passes: groups that no number, day or single amount names, found by :mod:`recon.match.subset`.

Bank leg, both ways: one line for several batches, one batch in several lines. Candidates are only what is still open,
of the same channel and currency, within the days in which the payout could have come.
"""

from __future__ import annotations

import logging
from collections import Counter
from typing import TYPE_CHECKING, Final, TypeAlias, TypeVar

import polars as pl

from recon.match.subset import only_subset

if TYPE_CHECKING:
    import datetime as dt

    from recon.store import Store

    _Batch: TypeAlias = tuple[str, str, str, int, dt.date, dt.date, str]
    _Line: TypeAlias = tuple[str, str, str, int, dt.date, str]
    _Row = TypeVar("_Row", _Batch, _Line)

LOG: Final = logging.getLogger(__name__)
GROUPS: Final = {"group_no": pl.String, "side": pl.String, "txn_id": pl.String}


def search_bank(store: Store) -> tuple[pl.DataFrame, int]:
    """Search ``left_open`` (batches) and ``right_open`` (bank lines).

    Returns (groups with columns group_no, side, txn_id; searches given up because the budget was used up). A solution
    that shares a row with another one is no solution, and a line that names a trade day pays for that day.
    """
    batches: list[_Batch] = store.rows(
        "SELECT txn_id, channel, currency, amount_minor, business_date, last_date, day_text"
        " FROM left_open ORDER BY txn_id"
    )
    lines: list[_Line] = store.rows(
        "SELECT txn_id, channel, currency, amount_minor, business_date, named_day FROM right_open ORDER BY txn_id"
    )
    found: list[tuple[str, list[_Batch], list[_Line]]] = []
    exhausted = 0
    for line in lines:
        chosen, given_up = _chosen([batch for batch in batches if _fits(batch, line)], line[3])
        exhausted += given_up
        if chosen:
            found.append((line[0], chosen, [line]))
    for batch in batches:
        parts, given_up = _chosen([line for line in lines if _fits(batch, line)], batch[3])
        exhausted += given_up
        if parts:
            found.append((batch[0], [batch], parts))
    uses = Counter(row[0] for _, left, right in found for row in (*left, *right))
    members: list[tuple[str, str, str]] = []
    for name, left, right in found:
        days = {batch[6] for batch in left}
        if all(uses[row[0]] == 1 for row in (*left, *right)) and all(line[5] in {"", *days} for line in right):
            members += [(name, "left", batch[0]) for batch in left]
            members += [(name, "right", line[0]) for line in right]
    return pl.DataFrame(members, schema=GROUPS, orient="row"), exhausted


def _fits(batch: _Batch, line: _Line) -> bool:
    return batch[1:3] == line[1:3] and batch[4] <= line[4] <= batch[5]


def _chosen(near: list[_Row], target: int) -> tuple[list[_Row], bool]:
    """Return the two or more rows of ``near`` that alone add up to ``target``, and whether the search was given up."""
    if len(near) < 2:  # noqa: PLR2004 - one candidate is no group
        return [], False
    outcome = only_subset([row[3] for row in near], target)
    if outcome.kind == "exhausted":
        LOG.warning("%d candidates for %d are too many to search; left open", len(near), target)
    members = outcome.members if len(outcome.members) > 1 else ()
    return [near[at] for at in members], outcome.kind == "exhausted"
