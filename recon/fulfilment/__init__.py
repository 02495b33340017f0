"""Shipments and confirmations: orders the customer has signed for and not confirmed, and how long ago.

overdue(store, settings, as_of_s=...)       those past their window: the overdue work list
unconfirmed(store, settings, as_of_s=...)   all of them, with the state of the reminders
low_activity(store, settings, as_of_s=...)  customers whose last orders were all overdue
truth(store, settings, as_of_s=...)         were the goods really sent: 发货真实性验证
signed_days(store, as_of_s=...)             whole days since each order was signed for

Reminders, in the order in which ``recon reminders`` goes through them: ``reminding`` (settings), ``reminders`` (what is
due, and what became of it), ``texts``, ``outbox`` (the file), ``sending`` (the posts).
"""

from __future__ import annotations

from recon.fulfilment.confirmation import UNCONFIRMED, State, overdue, signed_days, unconfirmed
from recon.fulfilment.customers import LOW_ACTIVITY, low_activity
from recon.fulfilment.reminding import Reminders
from recon.fulfilment.settings import Settings
from recon.fulfilment.truth import FINDING, NOT_JUDGED, Truth, truth

__all__ = [
    "FINDING", "LOW_ACTIVITY", "NOT_JUDGED", "UNCONFIRMED", "Reminders", "Settings", "State", "Truth", "low_activity",
    "overdue", "signed_days", "truth", "unconfirmed",
]  # fmt: skip
