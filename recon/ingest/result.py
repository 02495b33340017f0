"""What became of one file: stored, known already, or refused."""

from __future__ import annotations

from dataclasses import dataclass

from recon.errors import SourceError
from recon.sources import Control


@dataclass(frozen=True, slots=True, kw_only=True)
class Ingested:
    """A file that was stored. Counts are printed lines; ``rows_canon = rows_new + rows_overlap + rows_restated``."""

    name: str
    source: str
    file_id: int
    rows_raw: int
    """= rows_canon + rows_excluded + rows_rejected."""
    rows_canon: int
    rows_excluded: int
    rows_rejected: int
    rows_new: int
    rows_overlap: int
    """Said already by another file; nothing happened."""
    rows_restated: int
    """Known rows that this file states differently; its version took their place."""
    controls: tuple[Control, ...]
    encoding: str


@dataclass(frozen=True, slots=True)
class Known:
    """The same bytes were loaded before, as ``file_id``; nothing changed."""

    name: str
    file_id: int


@dataclass(frozen=True, slots=True)
class Refused:
    """The file could not be read; nothing of it is stored."""

    name: str
    error: SourceError
