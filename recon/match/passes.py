"""The passes, in order. A new pass is one entry here and one SELECT in ``sql/``.

Each pass sees only what the passes before it left open and may only add. A *pairs* pass returns ``left_id,
right_id``; a *groups* pass returns ``group_no, side, txn_id`` (any number of rows on each side). ``confirmed`` means
that the amounts agree; ``paired`` means that the rows belong together and the remainder is the difference. A *search*
pass is Python (:mod:`recon.match.searching`): an exact, bounded search for what carries no number.

Within a leg everything hangs together by numbers (merchant order number, channel number, refund number, voucher's
reference), so the result is a function of the rows that share numbers, whatever the order in which they arrived: see
:mod:`recon.match.reopening`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from recon.model import Leg


@dataclass(frozen=True, slots=True)
class Pass:
    """One step of a leg.

    ``needs`` are models (``sql/NAME.sql``) that it joins, made just before it runs. ``by_number`` says that what it
    finds depends on the rows that share numbers, and on no others (of the legs that are not matched as a whole); the
    passes of a leg that do not go by number come last, see :mod:`recon.match.leftover`.
    """

    name: str
    leg: Leg
    shape: Literal["pairs", "groups", "search"]
    state: Literal["confirmed", "paired"]
    needs: tuple[str, ...] = ()
    by_number: bool = True


PASSES: Final[tuple[Pass, ...]] = (
    Pass("fingerprint", Leg.ORDER_CHANNEL, "pairs", "confirmed"),
    Pass("refund_number", Leg.ORDER_CHANNEL, "pairs", "confirmed"),
    Pass("number_amount", Leg.ORDER_CHANNEL, "pairs", "confirmed"),
    Pass("channel_number", Leg.ORDER_CHANNEL, "pairs", "confirmed"),
    Pass("cart_payment", Leg.ORDER_CHANNEL, "groups", "confirmed"),
    Pass("cart", Leg.ORDER_CHANNEL, "groups", "confirmed"),
    Pass("refund_number_only", Leg.ORDER_CHANNEL, "pairs", "paired"),
    Pass("number_only", Leg.ORDER_CHANNEL, "groups", "paired"),
    Pass("bank_reference", Leg.CHANNEL_BANK, "pairs", "confirmed"),
    Pass("bank_announced", Leg.CHANNEL_BANK, "groups", "confirmed"),
    Pass("bank_day", Leg.CHANNEL_BANK, "pairs", "confirmed"),
    Pass("bank_due_day", Leg.CHANNEL_BANK, "pairs", "confirmed"),
    Pass("bank_amount", Leg.CHANNEL_BANK, "pairs", "confirmed"),
    Pass("bank_merged", Leg.CHANNEL_BANK, "groups", "confirmed"),
    Pass("bank_subset", Leg.CHANNEL_BANK, "search", "confirmed"),
    Pass("bank_announced_only", Leg.CHANNEL_BANK, "groups", "paired"),
    Pass("bank_day_only", Leg.CHANNEL_BANK, "pairs", "paired"),
    Pass("bank_due_day_only", Leg.CHANNEL_BANK, "pairs", "paired"),
    Pass("voucher_storno", Leg.CHANNEL_LEDGER, "groups", "confirmed", needs=("bridge",)),
    Pass("voucher_number", Leg.CHANNEL_LEDGER, "pairs", "confirmed"),
    Pass("voucher_channel_number", Leg.CHANNEL_LEDGER, "pairs", "confirmed"),
    Pass("voucher_order_single", Leg.CHANNEL_LEDGER, "pairs", "confirmed", needs=("bridge",)),
    Pass("voucher_order", Leg.CHANNEL_LEDGER, "groups", "confirmed", needs=("bridge",)),
    Pass("voucher_net", Leg.CHANNEL_LEDGER, "pairs", "confirmed", needs=("fee_booked",)),
    Pass("voucher_batch", Leg.CHANNEL_LEDGER, "pairs", "confirmed", needs=("batch_item", "batch_whole")),
    Pass("voucher_number_only", Leg.CHANNEL_LEDGER, "groups", "paired", needs=("bridge",)),
    Pass("voucher_day", Leg.CHANNEL_LEDGER, "groups", "confirmed", by_number=False),
    Pass("voucher_day_shop", Leg.CHANNEL_LEDGER, "groups", "confirmed", needs=("shop",), by_number=False),
    Pass("voucher_amount", Leg.CHANNEL_LEDGER, "pairs", "confirmed", by_number=False),
)


def of_leg(leg: Leg) -> tuple[Pass, ...]:
    """Passes of one leg, in order."""
    return tuple(item for item in PASSES if item.leg == leg)
