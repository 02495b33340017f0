"""Paths -> pieces: files, folders, zips and gzips are opened here and nowhere else.

    inbox/                    every file below it, sorted; hidden files, ~$ files, *.part, *.tmp and pictures left out
    inbox/bill.csv            one piece
    inbox/bill.zip            one piece per member, named inbox/bill.zip!/20260203_业务明细.csv
    inbox/bill.csv.gz         one piece; what counts is the content, so a gzip that is named .csv is opened too
    inbox/answer.txt          an answer of UnionPay's file interface: the members of the zip in it (see file_transfer),
                              inbox/answer.txt!/898310048990001_20260203.zip!/INN26020388ZM_898310048990001
    inbox/bill.xlsx           one piece: it is a zip inside, but a document to its user

One member is in memory at a time. What cannot be opened is given as the SourceError it is, so that the others go on.
"""

from __future__ import annotations

import gzip
import io
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from pathlib import Path, PurePosixPath
from typing import BinaryIO, Final, cast

from recon.errors import SourceError
from recon.ingest import file_transfer, zip_names
from recon.sources.piece import Piece

_ZIP: Final = (b"PK\x03\x04", b"PK\x05\x06")
_GZIP: Final = b"\x1f\x8b"
_TAR: Final = (257, b"ustar")
_CHUNK_BYTES: Final = 16 * 1024**2
_UNFINISHED: Final = frozenset({".part", ".tmp", ".crdownload", ".download"})
# Delivery proofs lie beside the shipments that name them. A picture that is named on the command line is refused.
_PICTURES: Final = frozenset({".png", ".jpg", ".jpeg", ".gif", ".webp", ".heic", ".bmp"})
_LITTER: Final = frozenset({"thumbs.db", "desktop.ini"})
_DAMAGED: Final = (zipfile.BadZipFile, zlib.error, gzip.BadGzipFile, EOFError, OSError, NotImplementedError, ValueError)
_AGAIN: Final = "Download it again; if it still fails, unpack it yourself and load the files in it."


def opened(paths: Sequence[Path], *, max_unpacked_bytes: int) -> Iterator[Piece | SourceError]:
    """Yield what there is to read at ``paths``, in the order given, folders sorted by name.

    A SourceError stands for one file or member that cannot be opened.
    """
    for path in paths:
        if path.is_dir():
            for file in _files(path):
                yield from _pieces(file, max_unpacked_bytes)
        elif path.exists():
            yield from _pieces(path, max_unpacked_bytes)
        else:
            yield SourceError("there is no such file or folder", path=path.as_posix())


def _files(folder: Path) -> list[Path]:
    found = [path for path in folder.rglob("*") if path.is_file() and not _ignored(path.relative_to(folder).parts)]
    return sorted(found, key=lambda path: path.relative_to(folder).as_posix())


def _ignored(parts: Sequence[str]) -> bool:
    name = parts[-1].lower()
    return (
        any(part.startswith(".") or part == "__MACOSX" for part in parts)
        or name.startswith("~$")
        or name in _LITTER
        or PurePosixPath(name).suffix in _UNFINISHED | _PICTURES
    )


def _pieces(path: Path, limit: int) -> Iterator[Piece | SourceError]:
    name = path.as_posix()
    try:
        with path.open("rb") as file:
            start = file.read(4)
        if start.startswith(_GZIP):
            yield _unpacked(name, path, limit)
        elif start in _ZIP:
            yield from _members(name, path, limit)
        else:
            yield from _plain_or_answer(name, path.read_bytes(), limit)
    except OSError as error:
        yield SourceError(f"it cannot be read: {error.strerror or error}", path=name)


def _unpacked(name: str, path: Path, limit: int) -> Piece | SourceError:
    try:
        with gzip.open(path) as file:
            data = _read(cast("BinaryIO", file), limit)
    except _DAMAGED as error:
        return SourceError(f"the gzip is truncated or damaged ({error})", path=name, remedy=_AGAIN)
    return _too_large(name, limit) if data is None else _plain(name, data)


def _read(file: BinaryIO, limit: int) -> bytes | None:
    """Return all bytes, or None as soon as there are more than ``limit``: what a packed file claims is not believed."""
    chunks: list[bytes] = []
    size = 0
    while chunk := file.read(_CHUNK_BYTES):
        size += len(chunk)
        if size > limit:
            return None
        chunks.append(chunk)
    return b"".join(chunks)


def _plain_or_answer(name: str, data: bytes, limit: int) -> Iterator[Piece | SourceError]:
    try:
        inside = file_transfer.content(name, data, limit)
    except SourceError as error:
        yield error
        return
    if inside is None:
        yield Piece(name, data)
    else:
        yield from _members(inside[0], inside[1], limit)


def _members(name: str, packed: Path | bytes, limit: int) -> Iterator[Piece | SourceError]:
    try:
        with zip_names.open_zip(packed) as archive:
            if _is_document(archive):
                yield Piece(name, packed if isinstance(packed, bytes) else packed.read_bytes())
                return
            named = [(zip_names.member_name(info), info) for info in archive.infolist() if not info.is_dir()]
            members = sorted(
                ((shown, info) for shown, info in named if not _ignored(PurePosixPath(shown).parts)),
                key=lambda member: member[0],
            )
            if not members:
                yield SourceError("the zip holds no file", path=name, remedy="Download it again.")
            elif sum(info.file_size for _, info in members) > limit:
                yield _too_large(name, limit)
            else:
                for shown, info in members:
                    yield _member(f"{name}!/{shown}", archive, info, limit)
    except (zipfile.BadZipFile, NotImplementedError, UnicodeDecodeError) as error:
        yield SourceError(f"the zip is truncated or damaged ({error})", path=name, remedy=_AGAIN)


def _member(name: str, archive: zipfile.ZipFile, info: zipfile.ZipInfo, limit: int) -> Piece | SourceError:
    if info.flag_bits & 0x1:
        return SourceError(
            "it is protected by a password",
            path=name,
            remedy="Unpack the archive with its password (the channel tells it) and load the files in it.",
        )
    try:
        with archive.open(info) as file:
            data = _read(cast("BinaryIO", file), limit)
    except _DAMAGED as error:
        return SourceError(f"the zip member is truncated or damaged ({error})", path=name, remedy=_AGAIN)
    return _too_large(name, limit) if data is None else _plain(name, data)


def _plain(name: str, data: bytes) -> Piece | SourceError:
    """Piece of what came out of an archive, unless it is another archive."""
    at, mark = _TAR
    nested = data.startswith(_GZIP) or data[at : at + len(mark)] == mark
    if data[:4] in _ZIP:
        try:
            with zipfile.ZipFile(io.BytesIO(data)) as inner:
                nested = not _is_document(inner)
        except (zipfile.BadZipFile, NotImplementedError, UnicodeDecodeError):
            nested = True
    if nested:
        return SourceError(
            "it is an archive inside an archive",
            path=name,
            remedy="Unpack the outer archive and load what is in it.",
        )
    return Piece(name, data)


def _is_document(archive: zipfile.ZipFile) -> bool:
    """Tell a spreadsheet (xlsx, ods), which is a zip inside, from a zip of files."""
    names = set(archive.namelist())
    return "[Content_Types].xml" in names or {"mimetype", "content.xml"} <= names


def _too_large(name: str, limit: int) -> SourceError:
    return SourceError(
        f"it unpacks to more than {limit:,} bytes",
        path=name,
        remedy="Unpack it yourself and look at it; if it is a real bill, load the unpacked file.",
    )
