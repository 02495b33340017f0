"""Sending a document once to each who gets it: what the journal says was sent is not sent again.

The journal of reports is kept for good (unlike that of reminders, which goes over into the database): it is the record
of what left the house. What is known of a parcel decides:

    nothing, refused, failed    it is sent now: it certainly has not arrived
    sent                        it is not sent again, unless ``again``
    sending, uncertain          nobody knows whether it has arrived: it is not sent again, unless ``again``
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from recon.delivery.answer import Answer, Outcome
from recon.delivery.journal import SENDING, Journal
from recon.delivery.repeating import Patience, repeated

_THROUGH: Final = (SENDING, Outcome.SENT.value, Outcome.UNCERTAIN.value)
_KILLED: Final = "the program ended while it was being sent"


@dataclass(frozen=True, slots=True, kw_only=True)
class Parcel:
    """A document on its way to one recipient, and how it is handed over."""

    key: str
    way: str
    recipient: str
    send: Callable[[], Answer]


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivered:
    """What became of a parcel, now or in an earlier run."""

    way: str
    recipient: str
    state: str
    at_s: int
    tries: int
    said: str
    is_news: bool
    """Whether this run sent it."""


def key_of(document: str, period: str, way: str, recipient: str) -> str:
    """Delivery key: 32 hex digits."""
    whole = f"report\x1f{document}\x1f{period}\x1f{way}\x1f{recipient.casefold()}"
    return hashlib.sha256(whole.encode()).hexdigest()[:32]


def deliver(
    parcels: Sequence[Parcel], journal: Journal, patience: Patience, *, now: Callable[[], int], again: bool = False
) -> list[Delivered]:
    """Send what has not been sent; returns what is known of every parcel, in their order."""
    known = {entry.key: entry for entry in journal.entries()}
    done: list[Delivered] = []
    for parcel in dict.fromkeys(parcels):
        before = known.get(parcel.key)
        if before is not None and before.event in _THROUGH and not again:
            is_lost = before.event == SENDING
            done.append(
                Delivered(
                    way=parcel.way,
                    recipient=parcel.recipient,
                    state=Outcome.UNCERTAIN.value if is_lost else before.event,
                    at_s=before.at_s,
                    tries=before.tries,
                    said=_KILLED if is_lost else before.said,
                    is_news=False,
                )
            )
            continue
        journal.note([parcel.key], SENDING, at_s=now())
        answer, tries = repeated(parcel.send, patience)
        at_s = now()
        journal.note([parcel.key], answer.outcome.value, at_s=at_s, tries=tries, said=answer.said)
        done.append(
            Delivered(
                way=parcel.way,
                recipient=parcel.recipient,
                state=answer.outcome.value,
                at_s=at_s,
                tries=tries,
                said=answer.said,
                is_news=True,
            )
        )
    return done
