"""The verb of this stage: files in, one result per file out; a file that fails touches neither store nor others."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

import polars as pl

from recon import sources
from recon.errors import SourceError
from recon.ingest import opening, refusing
from recon.ingest.remembering import Remembered, state_of
from recon.ingest.result import Ingested, Known, Refused
from recon.ingest.settings import Settings
from recon.ingest.writing import Counts, Draft, counted, write
from recon.sources import Reading, Source
from recon.sources.piece import Piece
from recon.store import Store

_SHOWN_REJECTS: Final = 3
log = logging.getLogger(__name__)


def ingest(
    paths: Sequence[Path],
    store: Store,
    settings: Settings,
    *,
    run_id: int,
    at_s: int,
    source: str = "",
    progress: Callable[[str], None] | None = None,
) -> list[Ingested | Known | Refused]:
    """Load the files at ``paths`` (files, folders, zips, gzips), each one in a transaction of its own.

    ``source`` forces the format of all of them; without it each file's content tells. ``at_s`` is the moment of loading
    (UTC epoch seconds). ``progress`` is called with each name before the file is read. Results come in the order of
    reading: paths as given, folders and zips sorted by name.

    Raises UsageError for an unknown ``source``; a file that cannot be read is a Refused, not an exception.
    """
    forced = sources.by_name(source, settings.sources.mappings) if source else None
    results: list[Ingested | Known | Refused] = []
    remembered = Remembered(store)

    def load(file: Path | SourceError) -> Iterator[Ingested | Known | Refused]:
        for found in opening.pieces(file, max_file_bytes=settings.max_file_bytes):
            if isinstance(found, SourceError):
                yield Refused(found.path, found)
                continue
            if progress:
                progress(found.name)
            name = found.name
            try:
                file_id = store.value("SELECT file_id FROM meta.file WHERE sha256 = $sha256", {"sha256": found.sha256})
                if file_id is not None:
                    yield Known(name, int(file_id))
                    continue
                draft, counts = _read(found, forced, settings)
                del found  # the bytes and the text of a large bill are not needed while its rows are stored
                yield write(store, draft, counts, settings, run_id=run_id, at_s=at_s)
            except SourceError as error:
                log.info("refused %s: %s", name, error)
                yield Refused(name, error)

    for file in opening.files(paths):
        if isinstance(file, SourceError):
            results += load(file)
        elif known := remembered.known(file):
            results += known
        else:
            before = state_of(file)
            found = list(load(file))
            remembered.note(file, before, found)
            results += found
    remembered.keep()
    return results


def _read(piece: Piece, forced: Source | None, settings: Settings) -> tuple[Draft, Counts]:
    refusing.refuse(piece)
    source = _format_of(piece, forced, settings.sources)
    if not source.streams:
        refusing.refuse_large(piece)
    reading, damaged = _reading(piece, source, settings)
    counts = counted(piece.name, reading)
    odd = damaged or _refuse_mismatch(piece.name, reading, accept=bool(settings.accept_mismatch))
    _refuse_rejects(piece.name, reading.rejects, counts, settings)
    draft = Draft(
        name=piece.name,
        sha256=piece.sha256,
        size_bytes=piece.size,
        encoding=_encoding(piece, source),
        source=source.name,
        raw_table=source.raw_table,
        raw=reading.raw,
        reading=replace(reading, raw=reading.raw.clear()),
        odd=odd,
    )
    return draft, counts


def _reading(piece: Piece, source: Source, settings: Settings) -> tuple[Reading, bool]:
    """Read the file; one that is damaged only if the user takes it, and then say so."""
    try:
        return source.read(piece, settings.sources), False
    except SourceError:
        if not settings.accept_mismatch:
            raise
    return source.read(piece, replace(settings.sources, accept_damaged=True)), True


def _format_of(piece: Piece, forced: Source | None, settings: sources.Settings) -> Source:
    if forced is not None:
        page = refusing.failed_download(piece)
        if page is not None and not forced.identify(piece):
            raise page
        return forced
    try:
        return sources.identify(piece, settings.mappings)
    except SourceError as error:
        if any(source.identify(piece) for source in sources.known(settings.mappings)):
            raise  # more than one format claims the file; that is what must be said
        raise refusing.failed_download(piece) or refusing.misfit(piece, error) or error from None


def _encoding(piece: Piece, source: Source) -> str:
    """Encoding of the text, ``""`` for a spreadsheet and for a format that decodes its bytes as it goes."""
    try:
        return "" if source.streams else piece.encoding
    except SourceError:
        return ""


def _refuse_mismatch(name: str, reading: Reading, *, accept: bool) -> bool:
    """Raise SourceError when the file does not agree with itself; True when it does not and the user takes it."""
    odd = [control for control in reading.controls if control.binding and not control.ok]
    if not odd or accept:
        return bool(odd)
    raise SourceError(
        "the totals that the file prints are not those of its rows",
        path=name,
        excerpt="\n".join(f"{item.name}: printed {item.printed}, computed {item.computed}" for item in odd),
        remedy="The file is incomplete or was edited: download it again. To load it as it is: --accept-mismatch REASON",
    )


def _refuse_rejects(name: str, rejects: pl.DataFrame, counts: Counts, settings: Settings) -> None:
    """Raise SourceError when more rows cannot be read than the settings allow, or none can."""
    few = counts.rejected <= settings.max_rejects
    small = counts.rejected * 100 <= counts.raw * settings.max_reject_percent
    if not counts.rejected or (few and small and counts.canon):
        return
    first = rejects.sort("line_no").head(_SHOWN_REJECTS).iter_rows(named=True)
    shown = [
        f"line {row['line_no']}: "
        + (f"column {row['column']}: " if row["column"] else "")
        + f'"{row["value"]}" {row["reason"]}'
        for row in first
    ]
    raise SourceError(
        f"{counts.rejected} of {counts.raw} rows cannot be read",
        path=name,
        excerpt="\n".join(shown),
        remedy="Load the file as it was downloaded; if its layout has changed, report it or use an import template.\n"
        "How many are too many: [ingest] max_rejects and max_reject_percent in recon.toml",
    )
