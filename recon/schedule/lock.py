"""One job at a time in a workspace.

The store has a lock of its own, but a job is several commands: between the steps of a close the store is free, and an
hourly run must not slip in. The lock is one on an open file, so that it ends with the process that holds it, whatever
ends that; what is written in the file only says to the second who the first is.
"""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from recon.errors import StoreError

NAME: Final = ".lock"
_ASK_EVERY_S: Final = 0.5


@contextmanager
def held(folder: Path, said: str, *, wait_s: float = 0, sleep: Callable[[float], None] = time.sleep) -> Iterator[None]:
    """Hold the lock of ``folder`` for the block. ``said`` tells others who holds it.

    Raises StoreError, which says who holds it, when it is not free within ``wait_s``.
    """
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / NAME
    handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        until = time.monotonic() + wait_s
        while not _taken(handle):
            if time.monotonic() >= until:
                holder = os.pread(handle, 200, 0).decode("utf-8", errors="replace").strip() or "unknown"
                raise StoreError(
                    f"another job is running ({holder})",
                    place=str(path),
                    remedy="Nothing was done. Wait until it has ended, or let this one wait: --wait SECONDS",
                )
            sleep(_ASK_EVERY_S)
        os.ftruncate(handle, 0)
        os.pwrite(handle, f"{said}, process {os.getpid()}".encode(), 0)
        yield
    finally:
        os.close(handle)


def _taken(handle: int) -> bool:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
