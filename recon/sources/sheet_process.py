"""Workbooks through the worker (recon/sources/sheet_worker.py): started once, watched, replaced when it dies."""

from __future__ import annotations

import atexit
import json
import os
import select
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from typing import Final, TypeAlias

from recon.errors import SourceError
from recon.sources import sheet_worker
from recon.sources.piece import Piece

MEMORY_BYTES: Final = 4 * 1024**3
"""What the worker may use: a sheet of 1,048,576 rows and 60 columns takes half of it."""
LEAST_S: Final = 60
BYTES_PER_S: Final = 200_000
"""A workbook may take a minute, and a second more for each so many bytes; ten times what a slow machine needs."""
_CHUNK_BYTES: Final = 1024**2

Rows: TypeAlias = list[tuple[str, ...]]


def heads(piece: Piece, count: int) -> list[tuple[str, Rows]]:
    """Name and first ``count`` rows of every sheet, as text. Raises SourceError when the workbook cannot be read."""
    return _WORKER.ask(piece, sheet_worker.ALL_SHEETS, count)


def rows(piece: Piece, index: int) -> Rows:
    """All rows of one sheet (0, 1 ...), as text. Raises SourceError when the workbook cannot be read."""
    ((_, found),) = _WORKER.ask(piece, index, 0)
    return found


class _DiedError(Exception):
    """The worker is gone, or is to be: it did not answer in time."""


class _Worker:
    """The one worker of this process."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._lock = threading.Lock()

    def ask(self, piece: Piece, index: int, count: int) -> list[tuple[str, Rows]]:
        """Name and rows of the sheets asked for."""
        data = piece.data
        limit_s = LEAST_S + len(data) // BYTES_PER_S
        with self._lock:
            try:
                self._send(sheet_worker.REQUEST.pack(len(data), index, count), data)
                return self._sheets(piece, time.monotonic() + limit_s)
            except (_DiedError, OSError):
                self.stop()
                raise SourceError(
                    f"the workbook is damaged: opening it takes more than {MEMORY_BYTES // 1024**3} GB of memory or "
                    f"{limit_s} seconds",
                    path=piece.name,
                    remedy="Download it again, or save the sheet as CSV and load that.",
                ) from None

    def _send(self, *parts: bytes) -> None:
        if self._process is None or self._process.poll() is not None:
            self.stop()
            program = [sys.executable, "-I", sheet_worker.__file__, str(MEMORY_BYTES)]
            self._process = subprocess.Popen(  # noqa: S603 - our own file
                program, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
            )
            atexit.register(self.stop)
        assert self._process.stdin is not None  # noqa: S101 - it was asked for
        for part in parts:
            self._process.stdin.write(part)
        self._process.stdin.flush()

    def _sheets(self, piece: Piece, deadline: float) -> list[tuple[str, Rows]]:
        found: list[tuple[str, Rows]] = []
        for kind, text in self._frames(deadline):
            if kind == b"E":
                raise SourceError(
                    f"the workbook cannot be opened ({text})",
                    path=piece.name,
                    remedy="Download it again; if it is protected by a password, save it without one.",
                )
            self._take(found, kind, text)
        return found

    @staticmethod
    def _take(found: list[tuple[str, Rows]], kind: bytes, text: str) -> None:
        """Add what a frame tells to the sheets found."""
        if kind == b"S":
            found.append((text, []))
        elif kind == b"J":
            found[-1][1].extend(map(tuple, json.loads(text)))
        else:
            lines = text.split(sheet_worker.ROW_END)[:-1]
            found[-1][1].extend([tuple(line.split(sheet_worker.CELL_END)[:-1]) for line in lines])

    def _frames(self, deadline: float) -> Iterator[tuple[bytes, str]]:
        """Frames of one answer, all of them but the last, unless that says what is wrong."""
        size = sheet_worker.FRAME.size
        while True:
            kind, length = sheet_worker.FRAME.unpack(self._read(size, deadline))
            text = self._read(length, deadline).decode("utf-8", "surrogatepass")
            if kind == b"D":
                return
            yield kind, text

    def _read(self, count: int, deadline: float) -> bytes:
        assert self._process is not None  # noqa: S101 - something was sent to it
        assert self._process.stdout is not None  # noqa: S101 - it was asked for
        pipe = self._process.stdout.fileno()
        parts: list[bytes] = []
        while count:
            left_s = deadline - time.monotonic()
            ready = left_s > 0 and select.select([pipe], [], [], left_s)[0]
            part = os.read(pipe, min(count, _CHUNK_BYTES)) if ready else b""
            if not part:
                raise _DiedError
            parts.append(part)
            count -= len(part)
        return b"".join(parts)

    def stop(self) -> None:
        """End the process, if there is one."""
        process, self._process = self._process, None
        if process is None:
            return
        atexit.unregister(self.stop)
        process.kill()
        for pipe in (process.stdin, process.stdout):
            with suppress(OSError):
                if pipe is not None:
                    pipe.close()
        process.wait()


_WORKER: Final = _Worker()
