"""Files that need no look: they are as they were when all that is in them had been loaded.

An inbox grows by some files a day and is looked through every hour. To know a file by its bytes it has to be read and
hashed, and a year of bills is gigabytes. So meta.inbox keeps what the file system told of each file of which everything
was loaded: device, inode, size, and the times of its last change. As long as it tells the same, the file is known by
that alone; when anything differs, it is read, and its bytes decide as before.

A file that was refused, wholly or in part, is read again each time: settings may have changed. So is one that was
written less than two seconds before: a file system's clock may be too coarse to show a second writing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import polars as pl

from recon import times
from recon.ingest.opening import shown
from recon.ingest.result import Ingested, Known, Refused
from recon.store import Store

SETTLED_S: Final = 2
_NS: Final = 1_000_000_000
_SCHEMA: Final[dict[str, type[pl.DataType]]] = {
    **dict.fromkeys(("path", "state", "member"), pl.String),
    "file_id": pl.Int32,
}


class Remembered:
    """What a store remembers of the file system, and what this run adds to it."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._kept: dict[str, list[tuple[str, str, int]]] = defaultdict(list)
        for path, *told in store.rows("SELECT path, state, member, file_id FROM meta.inbox ORDER BY ALL"):
            self._kept[path].append((told[0], told[1], told[2]))
        self._new: dict[str, list[tuple[str, str, int]]] = {}

    def known(self, path: Path) -> list[Known]:
        """What is in the file if it is as it was; nothing if it has to be read."""
        kept = self._kept.get(str(path.resolve()), [])
        if not kept:
            return []
        now = state_of(path)
        if any(state != now for state, _, _ in kept):
            return []
        return [Known(shown(path.as_posix()) + member, file_id) for _, member, file_id in kept]

    def note(self, path: Path, state: str, results: Sequence[Ingested | Known | Refused]) -> None:
        """Remember a file of which all was loaded, now or before. ``state``: as it was before it was read."""
        name = shown(path.as_posix())
        loaded = [result for result in results if not isinstance(result, Refused)]
        if not state or not loaded or len(loaded) < len(results) or not _settled(path):
            return
        self._new[str(path.resolve())] = [(state, result.name.removeprefix(name), result.file_id) for result in loaded]

    def keep(self) -> None:
        """Store what is new."""
        rows = [(path, *told) for path, every in self._new.items() for told in every]
        if not rows:
            return
        with self._store.transaction():
            frame = pl.DataFrame(rows, schema=_SCHEMA, orient="row")
            with self._store.shown("remembered", frame):
                self._store.run("DELETE FROM meta.inbox WHERE path IN (SELECT path FROM remembered)")
                self._store.insert("meta.inbox", "FROM remembered")


def state_of(path: Path) -> str:
    """What the file system tells of a file, blank when it tells nothing."""
    try:
        told = path.stat()
    except OSError:
        return ""
    return f"{told.st_dev}:{told.st_ino}:{told.st_size}:{told.st_mtime_ns}:{told.st_ctime_ns}"


def _settled(path: Path) -> bool:
    try:
        told = path.stat()
    except OSError:
        return False
    return max(told.st_mtime_ns, told.st_ctime_ns) // _NS + SETTLED_S < times.now_s()
