"""Names of the members of a zip, whoever wrote it.

They are UTF-8 when the flag says so. Without the flag Python takes them for cp437; the bytes are got back from that and
read as UTF-8 when they are UTF-8 (macOS forgets the flag), else as GB18030 (every Chinese Windows). Where the flag says
UTF-8 and the names are none (Alipay's web export has it so), the flag is not believed.
"""

from __future__ import annotations

import io
import struct
import zipfile
from pathlib import Path
from typing import Final

_MEMBER: Final = b"PK\x03\x04"
_MEMBER_BYTES: Final = 30
_ENTRY: Final = b"PK\x01\x02"
_ENTRY_BYTES: Final = 46
_END: Final = b"PK\x05\x06"
_END_BYTES: Final = 22
_UTF8: Final = 0x08  # bit 11 of the flags, in the second of their two bytes


def open_zip(packed: Path | bytes) -> zipfile.ZipFile:
    """Open a zip with any names. Raises BadZipFile when it is damaged."""
    try:
        return zipfile.ZipFile(io.BytesIO(packed) if isinstance(packed, bytes) else packed)
    except UnicodeDecodeError:
        return zipfile.ZipFile(io.BytesIO(_unflagged(packed if isinstance(packed, bytes) else packed.read_bytes())))


def _unflagged(data: bytes) -> bytes:
    """Return the zip with no name said to be UTF-8, in directory and members."""
    end = data.rfind(_END)
    if end < 0 or len(data) < end + _END_BYTES:
        raise zipfile.BadZipFile("it has no directory")
    count, _, at = struct.unpack_from("<H2I", data, end + 10)
    plain = bytearray(data)
    for _ in range(count):
        if plain[at : at + 4] != _ENTRY or len(plain) < at + _ENTRY_BYTES:
            raise zipfile.BadZipFile("its directory is damaged")
        (member,) = struct.unpack_from("<I", plain, at + 42)
        if plain[member : member + 4] != _MEMBER or len(plain) < member + _MEMBER_BYTES:
            raise zipfile.BadZipFile("its directory is damaged")
        for flags in (at + 8, member + 6):
            plain[flags + 1] &= ~_UTF8
        at += _ENTRY_BYTES + sum(struct.unpack_from("<3H", plain, at + 28))
    return bytes(plain)


def member_name(info: zipfile.ZipInfo) -> str:
    """Name as it was meant."""
    if info.flag_bits & 0x800:
        return info.filename
    try:
        printed = info.filename.encode("cp437")
    except UnicodeEncodeError:  # an extra field told the name in Unicode
        return info.filename
    for encoding in ("utf-8", "gb18030"):
        try:
            return printed.decode(encoding)
        except UnicodeDecodeError:
            continue
    return info.filename
