r"""How far a workbook's cells reach, found out before the library that reads it makes room for them.

The library keeps a sheet as a full rectangle, from its first cell to its last. A file of two cells, one of them in
XFD1048576, is 1 KB on the disk and half a terabyte in memory: the process is killed, and with it all the other files.
So :func:`refuse_oversized` looks first, without the library:

    .xlsx, .xlsm   the references of cells and rows in the XML of its parts (r="XFD1048576"), and how large the parts
                   are when they are unpacked
    .xls           the records of the binary stream: what its DIMENSIONS and its cells say; 65,536 rows of 256 columns;
                   and the lengths of the streams, none of which is longer than the file

What is allowed is far more than any bill has (:data:`MAX_CELLS`, :data:`MAX_UNPACKED_BYTES`). Other damage is let pass
here: the library says better what is wrong.

Not looked at: .xlsb and .ods, in which no bill is issued.
"""

from __future__ import annotations

import io
import re
import struct
import zipfile
import zlib
from collections.abc import Iterator
from typing import Final

from recon.errors import SourceError
from recon.sources.piece import Piece, once

MAX_CELLS: Final = 64 * 1024**2
"""Rows times columns of one sheet: 1,048,576 rows of 64 columns, 2 GB in memory."""
MAX_UNPACKED_BYTES: Final = 2 * 1024**3

_OLE: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ZIP: Final = b"PK\x03\x04"
_CHUNK_BYTES: Final = 16 * 1024**2
_OVERLAP_BYTES: Final = 64  # a reference that the end of a chunk cut is seen whole in the next
# Only far references are picked out, which is fast: a sheet is taken to reach to Z99999 at least. References that are
# written in another way than all spreadsheets write them take the slow patterns.
_FAR_COLUMN, _FAR_ROW = (re.compile(form) for form in (rb' r="([A-Za-z]{2,})\d', rb' r="[A-Za-z]*(\d{6,})'))
_ODD_MARKS: Final = tuple(b"r" + mark for mark in (b"='", b" =", b"\t=", b"\n=", b"\r=", b"= ", b"=\t", b"=\n", b"=\r"))
_ODD_COLUMN, _ODD_ROW = (
    re.compile(rb"\br\s*=\s*[\"']" + form) for form in (rb"([A-Za-z]{2,})\d", rb"[A-Za-z]*(\d{6,})")
)
_NEAR: Final = (99_999, 26)

_SECTOR_FREE: Final = 0xFFFFFFFA  # this number and those above it are marks, not sectors
_XLS_ROWS: Final = 65_536
_XLS_COLUMNS: Final = 256
_BIFF_BOF: Final = 0x0809
_BIFF_DIMENSIONS: Final = 0x0200
_BIFF_CELLS: Final = frozenset(
    {0x0006, 0x007E, 0x00BD, 0x00BE, 0x00D6, 0x00FD, 0x0201, 0x0203, 0x0204, 0x0205, 0x027E, 0x0406}
)


def refuse_oversized(piece: Piece) -> None:
    """Raise SourceError when the cells of a sheet reach further than any bill's, or its parts unpack to too much."""
    if found := _trouble(piece):
        raise SourceError(
            f"the workbook {found}",
            path=piece.name,
            remedy="It is damaged or was made to do harm: download it again, or save the sheet as CSV and load that.",
        )


@once
def _trouble(piece: Piece) -> str:
    """What is too large, ``""`` when nothing is."""
    if piece.start.startswith(_ZIP):
        return _of_parts(piece.data)
    return _of_records(piece.data) if piece.start.startswith(_OLE) else ""


def _sheet_of(rows: int, columns: int) -> str:
    return f"has a sheet of {rows:,} rows and {columns:,} columns"


# -- xlsx --------------------------------------------------------------------------------------------------------------


def _of_parts(data: bytes) -> str:
    unpacked = 0
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            for info in archive.infolist():
                rows, columns = _NEAR
                for chunk in _chunks(archive, info):
                    unpacked += len(chunk) - _OVERLAP_BYTES
                    if unpacked > MAX_UNPACKED_BYTES:
                        return f"unpacks to more than {MAX_UNPACKED_BYTES:,} bytes"
                    odd = any(mark in chunk for mark in _ODD_MARKS)
                    far_column, far_row = (_ODD_COLUMN, _ODD_ROW) if odd else (_FAR_COLUMN, _FAR_ROW)
                    columns = max(columns, *(_column(name) for name in set(far_column.findall(chunk))), 0)
                    rows = max(rows, *(int(row[:10]) for row in set(far_row.findall(chunk))), 0)
                    if rows * columns > MAX_CELLS:
                        return _sheet_of(rows, columns)
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError, ValueError):
        pass  # the library says better what is wrong
    return ""


def _chunks(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> Iterator[bytes]:
    """Unpacked bytes of one part, each chunk with the end of the one before in front of it."""
    before = b" " * _OVERLAP_BYTES
    with archive.open(info) as part:
        while chunk := part.read(_CHUNK_BYTES):
            yield before + chunk
            before = chunk[-_OVERLAP_BYTES:].rjust(_OVERLAP_BYTES)


def _column(letters: bytes) -> int:
    """Number of the column ``AB``: 28."""
    number = 0
    for letter in letters.upper()[:8]:
        number = number * 26 + letter - 64
    return number


# -- xls ---------------------------------------------------------------------------------------------------------------


def _of_records(data: bytes) -> str:
    """Look at the lengths of all streams, and at every record that says where a cell stands."""
    try:
        for length, stream in _streams(data):
            if length > len(data):
                return f"says that a part of it has {length:,} bytes, and has {len(data):,} itself"
            for rows, columns in _reaches(stream):
                if rows > _XLS_ROWS or columns > _XLS_COLUMNS:
                    return _sheet_of(rows, columns)
    except EOFError:  # the library does not expect this one
        return "is cut off"
    except struct.error:
        pass  # the library says better what is wrong
    return ""


def _reaches(stream: bytes) -> Iterator[tuple[int, int]]:
    """How many rows and columns each record of a stream asks for."""
    for kind, at, size in _records(stream):
        if kind == _BIFF_DIMENSIONS and size >= 12:
            first, last, left, right = struct.unpack_from("<IIHH", stream, at)
            yield last if last > first else 0, right if right > left else 0
        elif kind in _BIFF_CELLS and size >= 4:
            row, column = struct.unpack_from("<HH", stream, at)
            yield row + 1, column + 1


def _records(stream: bytes) -> Iterator[tuple[int, int, int]]:
    """Records of a BIFF stream as (kind, place of the content, size); nothing when it is another stream."""
    at = 0
    while at + 4 <= len(stream):
        kind, size = struct.unpack_from("<HH", stream, at)
        if at == 0 and kind != _BIFF_BOF:
            return
        if at + 4 + size > len(stream):
            return
        yield kind, at + 4, size
        at += 4 + size


def _streams(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Streams of a compound file: the length that the file states, and the bytes.

    A file is a row of sectors; a table says which sector follows which. Streams of less than 4,096 bytes lie in sectors
    of 64 bytes inside a stream of their own, with a table of their own. The tables are given first. Raises struct.error
    or EOFError where the file ends too early.
    """
    shift, directories, count, directory, small, small_count, more_count = struct.unpack_from("<30xH8xIII8xII4xI", data)
    size = 1 << min(shift, 12)
    yield max(directories, count, small_count, more_count) * size, b""
    sectors = data[size:]  # the header takes the room of one
    table = _table(data, sectors, size, count)
    entries = _chain(sectors, size, table, directory)
    if len(entries) % 128:
        raise EOFError
    small_table = _numbers(_chain(sectors, size, table, small))
    inner = b""
    for at in range(0, len(entries) - 127, 128):
        kind, start, length = struct.unpack_from("<66xB49xIQ", entries, at)
        length = length if size > 512 else length & 0xFFFFFFFF
        if kind == 5:
            inner = _chain(sectors, size, table, start)
        is_small = kind == 2 and length < 4096
        whole = _chain(inner, 64, small_table, start) if is_small else _chain(sectors, size, table, start)
        yield length, whole[:length]
        if kind in (2, 5) and len(whole) < length:
            raise EOFError


def _table(data: bytes, sectors: bytes, size: int, count: int) -> list[int]:
    """Return the number of the sector that follows each sector."""
    numbers = list(struct.unpack_from("<109I", data, 76))
    more = struct.unpack_from("<I", data, 68)[0]
    seen: set[int] = set()
    while more < _SECTOR_FREE and more not in seen and len(numbers) < count:
        seen.add(more)
        *further, more = _numbers(_sector(sectors, size, more)) or [_SECTOR_FREE]
        numbers += further
    parts = [_sector(sectors, size, number) for number in numbers[:count] if number < _SECTOR_FREE]
    return _numbers(b"".join(parts))


def _numbers(data: bytes) -> list[int]:
    return list(struct.unpack_from(f"<{len(data) // 4}I", data))


def _chain(sectors: bytes, size: int, table: list[int], start: int) -> bytes:
    """Bytes of a chain of sectors, each taken once. Raises EOFError as :func:`_sector` does."""
    parts: list[bytes] = []
    seen: set[int] = set()
    while start < len(table) and start not in seen:
        seen.add(start)
        parts.append(_sector(sectors, size, start))
        start = table[start]
    return b"".join(parts)


def _sector(sectors: bytes, size: int, number: int) -> bytes:
    """Bytes of one sector; the last one of a file may be short. Raises EOFError when the file ends before it."""
    if number * size >= len(sectors):
        raise EOFError
    return sectors[number * size : (number + 1) * size]
