"""UnionPay's files of a sample month, however they are packed; nothing of the program is used to open them."""

from __future__ import annotations

import base64
import io
import zipfile
import zlib
from pathlib import Path


def members(inbox: Path) -> dict[str, bytes]:
    """Name and bytes of every ZM, ZME and RD, sorted by name: unpacked, in zips, and in the interface's answers."""
    found: dict[str, bytes] = {}
    for path in (inbox / "unionpay").iterdir():
        data = path.read_bytes()
        if path.name.endswith(".answer.txt"):
            data = answered(data)
        elif path.suffix != ".zip":
            found[path.name] = data
            continue
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            found |= {name: archive.read(name) for name in archive.namelist()}
    return dict(sorted(found.items()))


def answered(data: bytes) -> bytes:
    """The zip in an answer of the file interface."""
    cells = dict(cell.split("=", 1) for cell in data.decode().split("&"))
    return zlib.decompress(base64.b64decode(cells["fileContent"]))


def zm(inbox: Path) -> dict[str, bytes]:
    """Name and bytes of every ZM, sorted by name, which is by day."""
    return {name: data for name, data in members(inbox).items() if "ZM_" in name}
