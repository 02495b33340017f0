"""What became of one file: stored, known already, or refused."""

from __future__ import annotations

from dataclasses import dataclass

from recon.errors import SourceError
from recon.sources import Control


@dataclass(frozen=True, slots=True, kw_only=True)
class Ingested:
    """A file that was stored. Counts are printed lines, as they were when the file came.

    ``rows_canon = rows_new + rows_overlap + rows_restated + rows_confirmed``.
    """

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
    rows_confirmed: int
    """Movements that another bill tells already; see recon.ingest.confirming."""
    confirmed_earlier: int
    """Rows of earlier files that now confirm rows of this one, or another row than before."""
    contradictions: int
    """Rows of this and earlier files that, as is now known, tell another amount than the row that they confirm."""
    controls: tuple[Control, ...]
    encoding: str
    totals_agree: int = 0
    """Figures between this file and another that could be compared now, and agree; see recon.ingest.totals."""
    totals_differ: int = 0
    """The same, that do not agree and were taken all the same."""


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
