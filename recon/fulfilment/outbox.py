"""The outbox: a file a day with the reminders written that day, for whatever sends messages outside this program.

    {"key": "9d1f...", "due": "2026-02-03 06:42:00", "order_no": "ORD-1001", "reminder": "first", "way": "sms",
     "recipient": "13800001234", "text": "您的订单ORD-1001已于2026-02-02 11:30签收 ..."}

One JSON document a line, by the moment it fell due. A message stands in one file once, however often the program runs;
the file is made from what is stored, so a run after a crash writes what the earlier one could not. It holds telephone
numbers in full and can be read by its owner alone.
"""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from pathlib import Path

from recon import times
from recon.fulfilment.reminders import Message


def write(path: Path, messages: Sequence[Message], *, zone: str) -> None:
    """Write (or replace) one file of the outbox, whole or not at all."""
    lines = [
        json.dumps(
            {
                "key": message.message_key,
                "due": times.show_moment(message.due_s, zone),
                "order_no": message.order_no,
                "reminder": message.reminder,
                "way": message.way,
                "recipient": message.recipient,
                "text": message.text,
            },
            ensure_ascii=False,
        )
        for message in messages
    ]
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.part")
    part.unlink(missing_ok=True)
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        file.write("".join(f"{line}\n" for line in lines))
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)
