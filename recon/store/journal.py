"""Who did what when: runs of the program, and state changes in a chain that shows every later edit.

Each entry of meta.audit carries the hash of the entry before it, so an entry that is changed, removed or slipped in
breaks the chain from there on (:func:`verify`). The chain shows tampering, it does not prevent it: who rewrites all
later entries as well, or cuts off the last ones, leaves an intact chain. Heads noted elsewhere close that gap
(:mod:`recon.store.anchors`).

    hash = sha256(previous U+001F seq U+001F at_s U+001F actor U+001F subject U+001F action U+001F reason)
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Final

import polars as pl

import recon
from recon.store.database import Store
from recon.times import now_s

if TYPE_CHECKING:
    from collections.abc import Sequence

_SEPARATOR: Final = "\x1f"
_ENTRY: Final = "seq, at_s, actor, subject, action, reason, previous, hash"


def begin_run(store: Store, command: str, as_of_s: int) -> int:
    """Open one execution of ``command``, speaking for the moment ``as_of_s``; returns its run_id (1, 2 ...)."""
    run_id = int(store.value("SELECT coalesce(max(run_id), 0) + 1 FROM meta.run"))
    store.run(
        "INSERT INTO meta.run (run_id, command, started_s, as_of_s, version) "
        "VALUES ($run_id, $command, $started_s, $as_of_s, $version)",
        {
            "run_id": run_id,
            "command": command,
            "started_s": now_s(),
            "as_of_s": as_of_s,
            "version": recon.__version__,
        },
    )
    return run_id


def end_run(store: Store, run_id: int) -> None:
    """Note that the run came to its end; a run without an end was killed or failed."""
    store.run("UPDATE meta.run SET ended_s = $ended_s WHERE run_id = $run_id", {"ended_s": now_s(), "run_id": run_id})


def audit(store: Store, *, at_s: int, actor: str, subject: str, action: str, reason: str) -> None:
    """Add one entry: ``actor`` did ``action`` (``open>resolved``, ``lock``) to ``subject`` for ``reason``."""
    last = store.rows("SELECT seq, hash FROM meta.audit ORDER BY seq DESC LIMIT 1")
    seq, previous = last[0] if last else (0, "")
    fields = (seq + 1, at_s, actor, subject, action, reason)
    store.run(
        f"INSERT INTO meta.audit ({_ENTRY}) "  # noqa: S608 - a constant
        "VALUES ($seq, $at_s, $actor, $subject, $action, $reason, $previous, $hash)",
        {
            "seq": seq + 1,
            "at_s": at_s,
            "actor": actor,
            "subject": subject,
            "action": action,
            "reason": reason,
            "previous": previous,
            "hash": _hash(previous, fields),
        },
    )


def audit_all(store: Store, entries: Sequence[tuple[int, str, str, str, str]]) -> None:
    """Add many entries ``(at_s, actor, subject, action, reason)`` in their order, in one go."""
    if not entries:
        return
    last = store.rows("SELECT seq, hash FROM meta.audit ORDER BY seq DESC LIMIT 1")
    seq, previous = last[0] if last else (0, "")
    rows: list[tuple[object, ...]] = []
    for entry in entries:
        seq += 1
        stated = _hash(previous, (seq, *entry))
        rows.append((seq, *entry, previous, stated))
        previous = stated
    store.append("meta.audit", pl.DataFrame(rows, schema=_ENTRY.split(", "), orient="row"))


def head(store: Store, *, beside: Sequence[str] = ()) -> tuple[int, str]:
    """Return the last entry's number and hash, (0, "") of an empty chain; entries of the actions ``beside`` aside."""
    found = store.rows(
        "SELECT seq, hash FROM meta.audit WHERE NOT list_contains($beside, action) ORDER BY seq DESC LIMIT 1",
        {"beside": list(beside)},
    )
    return (int(found[0][0]), str(found[0][1])) if found else (0, "")


def standing(store: Store) -> tuple[int, int]:
    """Return the last run and the last entry of the audit chain; where both are the same again nothing was changed."""
    return int(store.value("SELECT coalesce(max(run_id), 0) FROM meta.run")), head(store)[0]


def verify(store: Store, noted: Sequence[tuple[int, str]] = ()) -> list[str]:
    """Walk the chain; returns one sentence per broken entry, in order. Empty: the chain is intact.

    ``noted``: heads (number, hash) that the chain once had and that were noted outside of it.
    """
    broken: list[str] = []
    before, before_seq = "", 0
    hashes: dict[int, str] = {}
    for *fields, previous, stated in store.rows(f"SELECT {_ENTRY} FROM meta.audit ORDER BY seq"):  # noqa: S608
        seq = int(fields[0])
        if seq != before_seq + 1:
            broken.append(f"entry {seq} follows entry {before_seq}: entries in between are missing")
        elif previous != before:
            broken.append(f"entry {seq} does not continue entry {before_seq}: one of them was changed or removed")
        if _hash(previous, tuple(fields)) != stated:
            broken.append(f"entry {seq} was changed after it was written")
        before, before_seq = stated, seq
        hashes[seq] = stated
    last = max(hashes, default=0)
    if cut := [seq for seq, _ in noted if seq > last]:
        broken.append(f"entry {max(cut)} was noted and is gone: the chain was cut off after entry {last}")
    broken += [
        f"entry {seq} is not the one that was noted"
        for seq, stated in noted
        if seq <= last and hashes.get(seq, stated) != stated
    ]
    return broken


def _hash(previous: str, fields: tuple[object, ...]) -> str:
    return hashlib.sha256(_SEPARATOR.join([previous, *map(str, fields)]).encode()).hexdigest()
