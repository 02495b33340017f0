"""What might be the other side of an open row: shown to a person who asks, never matched, never stored.

The passes match what is certain. What is left over on both sides often belongs together all the same: a bank line that
two batches fit, a payout from a payer whose name no pattern knows, a payment under a mistyped number, a voucher without
a reference. For a difference that has one side only, the rows that nothing has claimed on the other side are looked
through: same currency, same channel or none, the same amount within a week; of payouts also what is nearly the amount.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from recon.differences.reading import model

if TYPE_CHECKING:
    from collections.abc import Mapping

    from recon.store import Store

LIMIT: Final = 5
DAYS: Final = 7
NEAR_PPM: Final = 20_000
"""A payout counts as nearly the amount within two per cent."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """One row that might be the other side, best first."""

    place: str
    """``file:line``; of a settlement batch, its number."""
    day: dt.date
    currency: str
    amount_minor: int
    number: str
    days_apart: int
    """Of its day from the difference's; negative: earlier."""
    gap_minor: int
    """How much it is more than the difference's side; 0: the very amount."""
    is_known: bool
    """False: a bank line of a payer that no channel's pattern recognises."""


def candidates(store: Store, difference: Mapping[str, Any]) -> list[Candidate]:
    """Rows that might be the other side of a one-sided difference (a row of ``diff.difference``); none of a pair.

    At most :data:`LIMIT`, those of the very amount first, then the nearest in days.
    """
    side, day = _side(difference), difference["business_date"]
    if not side:
        return []
    if difference["leg"] == "channel_bank" and side == "left":
        due = store.value(
            "SELECT max(b.due_date) FROM diff.member AS m JOIN match.settlement AS b ON b.batch_id = m.txn_id"
            " WHERE m.diff_id = $id",
            {"id": difference["diff_id"]},
        )
        day = due or day
    given = {
        "leg": difference["leg"],
        "side": side,
        "currency": difference["currency"],
        "channel": difference["channel"],
        "amount": difference[f"{side}_minor"],
        "day": day,
        "days": DAYS,
    }
    near = abs(given["amount"]) * NEAR_PPM // 1_000_000 if difference["leg"] == "channel_bank" else 0
    found = store.frame(model("writing/candidate"), {**given, "near": near, "limit": LIMIT})
    return [Candidate(**row) for row in found.iter_rows(named=True)]


def _side(difference: Mapping[str, Any]) -> str:
    """Name the side that a one-sided difference has; blank for a pair."""
    if difference["match_id"]:
        return ""
    left, right = difference["left_minor"], difference["right_minor"]
    return "left" if right is None and left else "right" if left is None and right else ""
