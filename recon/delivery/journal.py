r"""What is about to be sent and what came of it, on disk before and after each message.

A program may be killed between sending a message and writing down that it was sent. So a line goes to the journal
before a message leaves (``sending``) and one after its answer came (``sent``, ``refused`` ...), each flushed to the
disk. Who finds a ``sending`` without an answer knows that the message may or may not have left: it is uncertain, and is
not sent again. The journal is beside the database and not in it, so that it can be written while another command holds
the database; what it says is taken over into the database when the messages are through, and then it is removed.

    {"key": "5f0c...", "event": "sending", "at_s": 1770264000, "tries": 0, "said": ""}
    {"key": "5f0c...", "event": "sent", "at_s": 1770264001, "tries": 1, "said": "200 {\"errcode\":0}"}

One process at a time sends: :class:`Journal` holds a lock on the folder while it is open.
"""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final, Self

from recon.errors import StoreError

if TYPE_CHECKING:
    from types import TracebackType

NAME: Final = ".journal.jsonl"
SENDING: Final = "sending"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """The last that is known of one message."""

    key: str
    event: str
    """``sending``, or an Outcome."""
    at_s: int
    tries: int
    said: str


class Journal:
    """The journal of one folder. Use it as a context manager. Raises StoreError when another process sends from it."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / NAME
        folder.mkdir(parents=True, exist_ok=True)
        self._lock = os.open(folder / ".lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            os.close(self._lock)
            raise StoreError(
                "another process is sending messages", place=str(folder), remedy="Wait until it has ended."
            ) from None
        self._file = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        kept = self._path.read_bytes()
        if kept and not kept.endswith(b"\n"):
            os.write(self._file, b"\n")  # a line that was cut by a crash must not swallow the next

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        os.close(self._file)
        os.close(self._lock)

    def note(self, keys: Iterable[str], event: str, *, at_s: int, tries: int = 0, said: str = "") -> None:
        """Write one line a message, and return when it is on the disk."""
        entries = [Entry(key=key, event=event, at_s=at_s, tries=tries, said=said) for key in keys]
        lines = "".join(json.dumps(asdict(entry), ensure_ascii=False) + "\n" for entry in entries)
        os.write(self._file, lines.encode())
        os.fsync(self._file)

    def entries(self) -> list[Entry]:
        """Return the last entry of each message, in the order in which they were first named.

        A line that was being written when the program was killed is not there: what it would have said is unknown.
        """
        last: dict[str, Entry] = {}
        for line in self._path.read_text(encoding="utf-8", errors="replace").splitlines():
            try:
                entry = Entry(**json.loads(line))
            except (ValueError, TypeError):
                continue
            last[entry.key] = entry
        return list(last.values())

    def forget(self) -> None:
        """Empty the journal, once what it says is kept elsewhere."""
        os.ftruncate(self._file, 0)
        os.fsync(self._file)
