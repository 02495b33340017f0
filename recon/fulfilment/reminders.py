"""Reminders: who is due for which, what it says, and what became of it (``meta.message``).

An order is due for its first reminder, then for its second, then it is overdue and a person calls (``recon overdue``).
Each reminder is written once, for each of the ways that are set:

    sms     to the customer's telephone number
    wecom   into the WeCom group of the people who look after orders

The *delivery key* of a message is made from order, reminder and way and from nothing else: a second run, a later run
and a run after a crash find the message written already. Only what is still due is posted: a message that could not be
posted in time has lapsed, and a customer who has confirmed in the meantime is not reminded.

    written     stands in the outbox; not posted (yet)
    sent        accepted: the customer's last contact
    failed      could not be posted; tried again by the next run while it is due
    refused     will not be accepted: the answer says why
    uncertain   may have been accepted: not sent again; a person looks
    unsendable  there is no whole telephone number
    lapsed      was due, and is not any more
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import polars as pl

from recon import times
from recon.delivery import Entry, Outcome
from recon.delivery.journal import SENDING
from recon.fulfilment import texts
from recon.fulfilment.confirmation import State, unconfirmed
from recon.fulfilment.reminding import Reminders
from recon.fulfilment.settings import Settings
from recon.store import Store

_REMINDERS: Final = {State.FIRST_REMINDER.value: "first", State.SECOND_REMINDER.value: "second"}
_TELEPHONE: Final = r"^\+?[0-9][0-9 -]{5,18}[0-9]$"
_OPEN: Final = ("written", "failed")


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One row of ``meta.message``."""

    message_key: str
    order_no: str
    reminder: str
    way: str
    recipient: str
    text: str
    due_s: int
    made_s: int
    outbox: str
    state: str = "written"
    attempts: int = 0
    tried_s: int | None = None
    sent_s: int | None = None
    answer: str = ""


def key_of(order_no: str, reminder: str, way: str) -> str:
    """Delivery key: 32 hex digits."""
    return hashlib.sha256(f"reminder\x1f{order_no}\x1f{reminder}\x1f{way}".encode()).hexdigest()[:32]


def due(store: Store, settings: Settings, reminders: Reminders, *, as_of_s: int) -> list[Message]:
    """Return every message that is due at ``as_of_s``, written before or not, as it would be written now.

    Those whose deadline is nearest come first.
    """
    orders = unconfirmed(store, settings, as_of_s=as_of_s).filter(pl.col("state").is_in(list(_REMINDERS)))
    outbox = f"reminders-{times.local_date(as_of_s, settings.zone)}.jsonl"
    found: list[Message] = []
    for row in orders.iter_rows(named=True):
        reminder = _REMINDERS[row["state"]]
        words = texts.words_of(row, as_of_s=as_of_s, zone=settings.zone, merchant=reminders.merchant)
        found += [_message(row, reminder, way, reminders, words, (as_of_s, outbox)) for way in reminders.ways]
    return found


def _message(
    row: dict[str, Any], reminder: str, way: str, reminders: Reminders, words: dict[str, str], made: tuple[int, str]
) -> Message:
    recipient = row["receiver_phone"].strip() if way == "sms" else ""
    can_go = way != "sms" or pl.select(pl.lit(recipient).str.contains(_TELEPHONE)).item()
    return Message(
        message_key=key_of(row["order_no"], reminder, way),
        order_no=row["order_no"],
        reminder=reminder,
        way=way,
        recipient=recipient,
        text=texts.filled(reminders.text(way, reminder), words),
        due_s=row[f"{reminder}_reminder_s"],
        made_s=made[0],
        outbox=made[1],
        state="written" if can_go else "unsendable",
        answer="" if can_go else "there is no whole telephone number",
    )


def keep(store: Store, messages: Sequence[Message]) -> list[Message]:
    """Write the messages that are not written yet, and let lapse what is due no more. Returns what is to be posted.

    That is: of ``messages`` (all that are due now) those that are not through, old and new, as they are stored. The
    caller holds the transaction.
    """
    known = _stored(store, [message.message_key for message in messages])
    new = [each for each in messages if each.message_key not in known or _can_go_now(known[each.message_key], each)]
    with store.shown("new_message", pl.DataFrame({"message_key": [each.message_key for each in new]}, _KEY)):
        store.run("DELETE FROM meta.message WHERE message_key IN (SELECT message_key FROM new_message)")
    store.append("meta.message", _frame(new))
    with store.shown("due_message", pl.DataFrame({"message_key": [each.message_key for each in messages]}, _KEY)):
        store.run(
            "UPDATE meta.message SET state = 'lapsed' WHERE state IN ('written', 'failed') "
            "AND message_key NOT IN (SELECT message_key FROM due_message)"
        )
    known |= {message.message_key: message for message in new}
    return [kept for message in messages if (kept := known[message.message_key]).state in _OPEN]


def _can_go_now(before: Message, now: Message) -> bool:
    """Whether a file has brought the whole telephone number that was not there before."""
    return before.state == "unsendable" and now.state == "written"


def settle(store: Store, entries: Sequence[Entry]) -> None:
    """Take over what a journal says became of messages. The caller holds the transaction.

    A message that was being sent when the program ended is uncertain.
    """
    frame = pl.DataFrame(
        [
            (
                entry.key,
                Outcome.UNCERTAIN.value if entry.event == SENDING else entry.event,
                entry.tries,
                entry.at_s,
                entry.said or ("the program ended while it was being sent" if entry.event == SENDING else ""),
            )
            for entry in entries
        ],
        schema={"message_key": pl.String, "state": pl.String, "tries": pl.Int64, "at_s": pl.Int64, "said": pl.String},
        orient="row",
    )
    with store.shown("settled", frame):
        store.run(
            "UPDATE meta.message AS m SET state = s.state, attempts = m.attempts + greatest(s.tries, 1), "
            "tried_s = s.at_s, sent_s = CASE WHEN s.state = 'sent' THEN s.at_s ELSE m.sent_s END, answer = s.said "
            "FROM settled AS s WHERE m.message_key = s.message_key AND m.state <> 'sent'"
        )


def in_outbox(store: Store, outbox: str) -> list[Message]:
    """Return the messages that stand in one file of the outbox, by the moment they fell due."""
    sql = "SELECT * FROM meta.message WHERE outbox = $outbox AND state <> 'unsendable'"
    return _rows(store.frame(sql, {"outbox": outbox}))


def stored(store: Store, keys: Sequence[str]) -> list[Message]:
    """Return the messages with these keys as they are stored, in the order of the keys."""
    found = _stored(store, keys)
    return [found[key] for key in keys if key in found]


_KEY: Final = {"message_key": pl.String}
_FRAME: Final[dict[str, type[pl.DataType]]] = {
    **dict.fromkeys(("message_key", "order_no", "reminder", "way", "recipient", "text"), pl.String),
    **dict.fromkeys(("due_s", "made_s"), pl.Int64),
    **dict.fromkeys(("outbox", "state"), pl.String),
    **dict.fromkeys(("attempts", "tried_s", "sent_s"), pl.Int64),
    "answer": pl.String,
}


def _frame(messages: Sequence[Message]) -> pl.DataFrame:
    return pl.DataFrame([[getattr(each, name) for name in _FRAME] for each in messages], schema=_FRAME, orient="row")


def _stored(store: Store, keys: Sequence[str]) -> dict[str, Message]:
    with store.shown("wanted_message", pl.DataFrame({"message_key": list(keys)}, schema=_KEY)):
        found = store.frame("SELECT m.* FROM meta.message AS m SEMI JOIN wanted_message AS w USING (message_key)")
    return {message.message_key: message for message in _rows(found)}


def _rows(frame: pl.DataFrame) -> list[Message]:
    rows = frame.sort("due_s", "order_no", "way").select(*_FRAME).iter_rows(named=True)
    return [Message(**row) for row in rows]
