"""The search passes: groups that no number, day or single amount names, found by :mod:`recon.match.subset`.

Bank leg, both ways: one line for several batches, one batch in several lines. Candidates are only what is still open,
of the same channel and currency, within the days in which the payout could have come.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Final

import polars as pl

from recon.match.subset import only_subset

if TYPE_CHECKING:
    import datetime as dt

    from recon.store import Store

LOG: Final = logging.getLogger(__name__)
GROUPS: Final = {"group_no": pl.String, "side": pl.String, "txn_id": pl.String}


def search_bank(store: Store) -> tuple[pl.DataFrame, int]:
    """Search ``left_open`` (batches) and ``right_open`` (bank lines).

    Returns (groups with columns group_no, side, txn_id; searches given up because the budget was used up).
    """
    batches = store.rows(
        "SELECT txn_id, channel, currency, amount_minor, business_date, last_date FROM left_open ORDER BY txn_id"
    )
    lines = store.rows("SELECT txn_id, channel, currency, amount_minor, business_date FROM right_open ORDER BY txn_id")
    taken: set[str] = set()
    members: list[tuple[str, str, str]] = []
    exhausted = 0

    def fits(batch: tuple[str, str, str, int, dt.date, dt.date], line: tuple[str, str, str, int, dt.date]) -> bool:
        return batch[1:3] == line[1:3] and batch[4] <= line[4] <= batch[5]

    for one, many, one_side in ((lines, batches, "right"), (batches, lines, "left")):
        for item in one:
            if item[0] in taken:
                continue
            near = [
                other
                for other in many
                if other[0] not in taken and (fits(other, item) if one_side == "right" else fits(item, other))
            ]
            if len(near) < 2:  # noqa: PLR2004 - one candidate is no group
                continue
            outcome = only_subset([other[3] for other in near], item[3])
            if outcome.kind == "exhausted":
                exhausted += 1
                LOG.warning("%s: %d candidates are too many to search; left open", item[0], len(near))
            if outcome.kind != "found" or len(outcome.members) < 2:  # noqa: PLR2004
                continue
            other_side = "left" if one_side == "right" else "right"
            members.append((item[0], one_side, item[0]))
            members += [(item[0], other_side, near[at][0]) for at in outcome.members]
            taken |= {item[0], *(near[at][0] for at in outcome.members)}
    return pl.DataFrame(members, schema=GROUPS, orient="row"), exhausted
