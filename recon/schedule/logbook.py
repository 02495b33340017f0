"""What each job did: ``logs/jobs.log`` of the workspace.

    2026-03-04 06:00:00 close: begins
    2026-03-04 06:00:00 close: recon close last-month
    2026-03-04 06:00:41 close:   reports/differences-2026-02.xlsx
    2026-03-04 06:00:41 close: exit code 0

The file is put aside when it has grown to 5 MB (``jobs.log.1`` ... ``jobs.log.5``).
"""

from __future__ import annotations

import logging
from logging.handlers import RotatingFileHandler
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from recon import times

NAME: Final = "jobs.log"
_LARGEST: Final = 5_000_000
_KEPT: Final = 5


class Logbook:
    """The log of one job. Use it as a context manager."""

    def __init__(self, folder: Path, job: str, zone: str) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.path = folder / NAME
        self._job, self._zone = job, zone
        self._file = RotatingFileHandler(self.path, maxBytes=_LARGEST, backupCount=_KEPT, encoding="utf-8")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()

    def note(self, text: str) -> None:
        """Write the lines of ``text``, each with the moment and the job."""
        moment = times.show_moment(times.now_s(), self._zone)
        for line in text.splitlines():
            message = f"{moment} {self._job}: {line}"
            self._file.emit(logging.LogRecord(NAME, logging.INFO, "", 0, message, None, None))
