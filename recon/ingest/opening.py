"""Paths -> pieces: files, folders, zips and gzips are opened here and nowhere else.

    inbox/                    every file below it, sorted; hidden files, ~$ files, *.part, *.tmp and pictures left out
    inbox/bill.csv            one piece
    inbox/bill.zip            one piece per member, named inbox/bill.zip!/20260203_业务明细.csv
    inbox/bill.csv.gz         one piece; what counts is the content, so a gzip that is named .csv is opened too
    inbox/answer.txt          an answer of UnionPay's file interface: the members of the zip in it (see file_transfer),
                              inbox/answer.txt!/898310048990001_20260204.zip!/INN26020388ZM_898310048990001
    inbox/bill.xlsx           one piece: it is a zip inside, but a document to its user

One member is in memory at a time, and of a large one only what is asked for. What cannot be opened is given as the
SourceError it is, so that the others go on.

Not everything that lies in an inbox is a bill. Refused, each with its reason: what has or unpacks to more bytes than
the limit, what unpacks to two hundred times what it is (no bill packs so well), archives in archives, zips whose
members overlap or are many thousand, devices and pipes, links that lead nowhere, folders that may not be read, and a
file that changes while it is read. Names are only names here: nothing is ever written under the name of a member, and
what would move a terminal's cursor or turn the direction of its text is spelt out.
"""

from __future__ import annotations

import gzip
import io
import os
import re
import stat
import zipfile
import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path, PurePosixPath
from typing import BinaryIO, Final, cast

from recon.errors import SourceError
from recon.ingest import file_transfer, zip_names
from recon.sources.piece import HEAD_BYTES, Piece

_ZIP: Final = (b"PK\x03\x04", b"PK\x05\x06")
_GZIP: Final = b"\x1f\x8b"
_TAR: Final = (257, b"ustar")
_AT_ONCE: Final = 16 * 1024**2
"""Bytes of a file that is simply read; a larger one is read as far as it is needed."""
_RATIO: Final = 200
_SUSPECT: Final = 64 * 1024**2
"""Bytes from which on it matters how well something is packed."""
_MEMBERS: Final = 10_000
_LOCAL_HEADER: Final = 30
_UNFINISHED: Final = frozenset({".part", ".tmp", ".crdownload", ".download"})
# Delivery proofs lie beside the shipments that name them. A picture that is named on the command line is refused.
_PICTURES: Final = frozenset({".png", ".jpg", ".jpeg", ".gif", ".webp", ".heic", ".bmp"})
_LITTER: Final = frozenset({"thumbs.db", "desktop.ini"})
_DAMAGED: Final = (zipfile.BadZipFile, zlib.error, gzip.BadGzipFile, EOFError, OSError, NotImplementedError, ValueError)
_AGAIN: Final = "Download it again; if it still fails, unpack it yourself and load the files in it."
_UNPRINTABLE: Final = re.compile("[\x00-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


def opened(paths: Sequence[Path], *, max_file_bytes: int) -> Iterator[Piece | SourceError]:
    """Yield what there is to read at ``paths``, in the order given, folders sorted by name.

    A SourceError stands for one file, member or folder that cannot be opened. ``max_file_bytes`` is the most that one
    file may have, or all members of an archive together unpack to. A piece can be read at any time, as long as its file
    is there unchanged.
    """
    for file in files(paths):
        yield from pieces(file, max_file_bytes=max_file_bytes)


def files(paths: Sequence[Path]) -> Iterator[Path | SourceError]:
    """Yield the files at ``paths``, unopened, in the order of :func:`opened`."""
    for path in paths:
        if path.is_dir():
            yield from _files(path)
        elif os.path.lexists(path):
            yield path
        else:
            yield SourceError("there is no such file or folder", path=shown(path.as_posix()))


def pieces(file: Path | SourceError, *, max_file_bytes: int) -> Iterator[Piece | SourceError]:
    """Yield what is in one of :func:`files`: itself, or the members of the archive that it is."""
    if isinstance(file, SourceError):
        yield file
    else:
        yield from _from_file(file, max_file_bytes)


def shown(name: str) -> str:
    """Name as it can be printed: controls, direction marks and what is no Unicode are spelt out."""
    return _UNPRINTABLE.sub(lambda found: ascii(found[0])[1:-1], name)


def _files(folder: Path) -> list[Path | SourceError]:
    """Files below a folder, sorted, and what of it cannot be looked at. Linked folders count; each is read once."""
    found: list[tuple[str, Path | SourceError]] = []
    seen: set[tuple[int, int]] = set()
    todo = [folder]
    while todo:
        here = todo.pop()
        try:
            status = here.stat()
            if (status.st_dev, status.st_ino) in seen:
                continue
            seen.add((status.st_dev, status.st_ino))
            entries = list(os.scandir(here))
        except OSError as error:
            what = SourceError(
                f"the folder cannot be read: {error.strerror or error}",
                path=shown(here.as_posix()),
                remedy="Nothing in it was loaded. Give the right to read it, or move it out of the inbox.",
            )
            found.append((here.relative_to(folder).as_posix(), what))
            continue
        for entry in entries:
            path = here / entry.name
            name = path.relative_to(folder)
            if _ignored(name.parts):
                continue
            if path.is_dir():
                todo.append(path)
            elif path.is_file() or entry.is_symlink():  # a link that leads nowhere is told, not left out
                found.append((name.as_posix(), path))
    return [item for _, item in sorted(found, key=lambda pair: pair[0])]


def _ignored(parts: Sequence[str]) -> bool:
    name = parts[-1].lower()
    return (
        any((part.startswith(".") and part.strip(".")) or part == "__MACOSX" for part in parts)
        or name.startswith("~$")
        or name in _LITTER
        or PurePosixPath(name).suffix in _UNFINISHED | _PICTURES
    )


class _Watched(io.RawIOBase):
    """A stream whose damage is a SourceError, as is an end beyond ``limit`` and one at which ``still`` says no.

    ``packed``: bytes that it is unpacked from, 0 for what is not packed.
    """

    def __init__(
        self, name: str, file: BinaryIO, *, what: str, limit: int, packed: int = 0, still: Callable[[], bool]
    ) -> None:
        self._name, self._file, self._what, self._still = name, file, what, still
        self._limit, self._packed, self._count = limit, packed, 0

    def read(self, size: int = -1) -> bytes:
        """Read as any file does. Raises SourceError."""
        if size < 0 and self._packed:
            return b"".join(iter(lambda: self.read(_AT_ONCE), b""))
        try:
            data = self._file.read(size)
        except _DAMAGED as error:
            reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
            raise SourceError(
                f"the {self._what} is truncated or damaged ({reason})", path=self._name, remedy=_AGAIN
            ) from None
        self._count += len(data)
        if self._count > self._limit:
            raise _too_large(self._name, self._limit)
        if self._packed and self._count > max(_SUSPECT, _RATIO * self._packed):
            raise _bomb(self._name)
        if (size < 0 or not data) and not self._still():
            raise _changed(self._name)
        return data

    def close(self) -> None:
        """Close the file below as well."""
        self._file.close()
        super().close()


@dataclass(frozen=True, slots=True)
class _File:
    """A file on disk, as it was when it was found."""

    name: str
    path: Path
    seen: os.stat_result
    limit: int

    def still(self, status: os.stat_result) -> bool:
        """Whether it is the same file with the same content, as far as the file system tells."""
        parts = ("st_dev", "st_ino", "st_size", "st_mtime_ns")
        return all(getattr(status, part) == getattr(self.seen, part) for part in parts)

    def open(self) -> BinaryIO:
        """Open it again. Raises OSError, or SourceError when it has changed since."""
        file = self.path.open("rb")
        if not self.still(os.fstat(file.fileno())):
            file.close()
            raise _changed(self.name)
        watched = _Watched(
            self.name, file, what="file", limit=self.limit, still=lambda: self.still(os.fstat(file.fileno()))
        )
        return cast("BinaryIO", watched)

    def unpacked(self) -> BinaryIO:
        """Open it as a gzip. Raises OSError."""
        packed = self.open()
        plain = cast("BinaryIO", gzip.GzipFile(fileobj=packed, mode="rb"))
        watched = _Watched(
            self.name, plain, what="gzip", limit=self.limit, packed=self.seen.st_size, still=lambda: True
        )
        return cast("BinaryIO", watched)


def _from_file(path: Path, limit: int) -> Iterator[Piece | SourceError]:
    """What is in one file: itself, or the members of the archive that it is."""
    name = shown(path.as_posix())
    try:
        seen = path.stat()
        if not stat.S_ISREG(seen.st_mode):
            yield SourceError("it is no ordinary file (a device, pipe or socket)", path=name)
            return
        if seen.st_size > limit:
            yield SourceError(
                f"it has {seen.st_size:,} bytes, more than the {limit:,} that are read",
                path=name,
                remedy="If it is a real bill, allow for it: [ingest] max_file_bytes in recon.toml",
            )
            return
        file = _File(name, path, seen, limit)
        with file.open() as opened_file:
            start = opened_file.read(HEAD_BYTES)
        if start.startswith(_GZIP):
            yield _plain(name, file.unpacked)
        elif start[:4] in _ZIP:
            yield from _members(name, path, limit)
        else:
            yield from _plain_or_answer(name, file)
    except SourceError as error:
        yield error
    except FileNotFoundError:
        yield SourceError("it is a link that leads nowhere, or was moved away", path=name)
    except OSError as error:
        yield SourceError(f"it cannot be read: {error.strerror or error}", path=name)


def _plain_or_answer(name: str, file: _File) -> Iterator[Piece | SourceError]:
    if file.seen.st_size > _AT_ONCE:
        yield Piece.on_disk(name, file.open)
        return
    with file.open() as whole:
        data = whole.read()
    inside = file_transfer.content(name, data, file.limit)
    if inside is None:
        yield Piece(name, data)
    else:
        yield from _members(shown(inside[0]), inside[1], file.limit)


def _members(name: str, packed: Path | bytes, limit: int) -> Iterator[Piece | SourceError]:
    try:
        with zip_names.open_zip(packed) as archive:
            if _is_document(archive):
                yield Piece(name, packed if isinstance(packed, bytes) else packed.read_bytes())
                return
            named = [(zip_names.member_name(info), info) for info in archive.infolist() if not info.is_dir()]
            members = sorted(
                ((shown(member), info) for member, info in named if not _ignored(PurePosixPath(member).parts or ("",))),
                key=lambda member: member[0],
            )
            if trouble := _trouble(name, archive, [info for _, info in members], limit):
                yield trouble
                return
            for member, info in members:
                yield _member(f"{name}!/{member}", archive, packed, info, limit)
    except (zipfile.BadZipFile, NotImplementedError, UnicodeDecodeError) as error:
        yield SourceError(f"the zip is truncated or damaged ({error})", path=name, remedy=_AGAIN)


def _trouble(name: str, archive: zipfile.ZipFile, members: list[zipfile.ZipInfo], limit: int) -> SourceError | None:
    """What forbids to unpack the zip, before anything is."""
    if not members:
        return SourceError("the zip holds no file", path=name, remedy="Download it again.")
    if len(members) > _MEMBERS:
        return SourceError(
            f"the zip holds {len(members):,} files, more than the {_MEMBERS:,} that are looked at",
            path=name,
            remedy="Unpack it yourself and load the bills that are in it.",
        )
    unpacked = sum(info.file_size for info in members)
    if unpacked > limit:
        return _too_large(name, limit)
    packed = sum(info.compress_size for info in members)
    places = sorted((info.header_offset, info.compress_size) for info in archive.infolist())
    overlap = any(at + _LOCAL_HEADER + size > after for (at, size), (after, _) in pairwise(places))
    if overlap or unpacked > max(_SUSPECT, _RATIO * packed):
        return _bomb(name)
    return None


def _member(
    name: str, archive: zipfile.ZipFile, packed: Path | bytes, info: zipfile.ZipInfo, limit: int
) -> Piece | SourceError:
    if info.flag_bits & 0x1:
        return SourceError(
            "it is protected by a password",
            path=name,
            remedy="Unpack the archive with its password (the channel tells it) and load the files in it.",
        )

    def opened_member() -> BinaryIO:
        try:
            # A large member may be read when the archive is closed already.
            file = cast("BinaryIO", (archive if archive.fp else zip_names.open_zip(packed)).open(info))
        except _DAMAGED as error:
            raise SourceError(f"the zip member is truncated or damaged ({error})", path=name, remedy=_AGAIN) from None
        size = max(info.compress_size, 1)
        return cast("BinaryIO", _Watched(name, file, what="zip member", limit=limit, packed=size, still=lambda: True))

    return _plain(name, opened_member)


def _plain(name: str, opener: Callable[[], BinaryIO]) -> Piece | SourceError:
    """Piece of what comes out of an archive, unless it is another archive."""
    try:
        with opener() as file:
            data = file.read(_AT_ONCE)
            is_all = not file.read(1)  # at its end it shows whether it is whole
        piece = Piece(name, data) if is_all else Piece.on_disk(name, opener)
        piece.survey  # noqa: B018 - goes to the end of a large one, and is wanted later anyway
    except SourceError as error:
        return error
    at, mark = _TAR
    nested = data.startswith(_GZIP) or data[at : at + len(mark)] == mark
    if data[:4] in _ZIP:
        try:
            with zipfile.ZipFile(io.BytesIO(piece.data)) as inner:
                nested = not _is_document(inner)
        except (zipfile.BadZipFile, NotImplementedError, UnicodeDecodeError):
            nested = True
        except SourceError as error:
            return error
    if nested:
        return SourceError(
            "it is an archive inside an archive",
            path=name,
            remedy="Unpack the outer archive and load what is in it.",
        )
    return piece


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


def _bomb(name: str) -> SourceError:
    return SourceError(
        f"it unpacks to more than {_RATIO} times what it is, or its parts overlap: no bill is packed so",
        path=name,
        remedy="Do not unpack it; download the bill again from its issuer.",
    )


def _changed(name: str) -> SourceError:
    return SourceError(
        "the file changed while it was read",
        path=name,
        remedy="Wait until whatever writes it has ended, then load it again.",
    )
