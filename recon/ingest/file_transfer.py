"""The answer of UnionPay's file interface (文件传输, txnType 76), saved as it came over the wire: a zip is inside.

    accessType=0&bizType=000000&...&fileContent=eJwL8GZmEWHg4OBg...&fileName=898310048990001_20260203.zip&respCode=00&...

``fileContent`` is Base64 of zlib of ``{merId}_{YYYYMMDD}.zip``. Programs save the answer whole (percent-encoded or
not), the Base64 text alone, or what Base64 gives, still deflated; all three are opened. An answer without
``fileContent`` says by ``respCode`` and ``respMsg`` why there is no file.

Source: UnionPay's demo code in four languages, which takes the answer apart in this way.
"""

from __future__ import annotations

import base64
import re
import zlib
from typing import Final
from urllib.parse import unquote, unquote_to_bytes

from recon.errors import SourceError

HEAD_BYTES: Final = 65_536
_CONTENT: Final = re.compile(rb"(?:^|[&?\s{])fileContent=([^&,}]*)")
_NAME: Final = re.compile(rb"(?:^|[&?\s{])fileName=([\w.-]{1,100})")
_CODE: Final = re.compile(r"(?:^|[&?\s{])respCode=(\w{2})(?=[&,\s}]|$)")
_SAID: Final = re.compile(r"(?:^|[&?\s{])respMsg=([^&,}\n]*)")
_DEFLATED: Final = (b"x\x01", b"x\x5e", b"x\x9c", b"x\xda")
_BASE64: Final = re.compile(rb"e[AFJN][A-Za-z0-9+/\r\n]{98,}={0,2}\s*")
"""Base64 of something deflated; shorter texts could be words."""
_ZIP: Final = (b"PK\x03\x04", b"PK\x05\x06")
_AGAIN: Final = "Ask the interface for the file again, or download the zip from merchant.unionpay.com."


def content(name: str, data: bytes, limit: int) -> tuple[str, bytes] | None:
    """Return (name, bytes) of the zip inside, None when the file is no such answer.

    ``limit``: most bytes that it may unpack to. Raises SourceError when it is damaged, or too large.
    """
    bare = data.startswith(_DEFLATED)
    text = None if bare else _base64(data)
    if not bare and text is None:
        return None
    try:
        unpacked = _inflated(data if text is None else base64.b64decode(text, validate=True), limit)
    except ValueError as error:
        if bare:
            return None  # a text that begins with an x
        raise SourceError(f"fileContent is cut or damaged ({error})", path=name, remedy=_AGAIN) from None
    if len(unpacked) > limit:
        raise SourceError(f"fileContent unpacks to more than {limit:,} bytes", path=name, remedy=_AGAIN)
    if not unpacked.startswith(_ZIP):
        raise SourceError("fileContent holds no zip", path=name, remedy=_AGAIN)
    inner = _NAME.search(data)
    return (f"{name}!/{inner[1].decode()}" if inner else name), unpacked


def _inflated(packed: bytes, limit: int) -> bytes:
    """Unpack, at most one byte more than ``limit``. Raises ValueError when it is no zlib stream or ends too early."""
    reader = zlib.decompressobj()
    try:
        unpacked = reader.decompress(packed, limit + 1)
    except zlib.error as error:
        raise ValueError(str(error)) from None
    if not reader.eof and len(unpacked) <= limit:
        msg = "it ends too early"
        raise ValueError(msg)
    return unpacked


def _base64(data: bytes) -> bytes | None:
    """Text of ``fileContent``, None when there is none. A plus sign that a form turned into a blank is put back."""
    if b"fileContent=" in data[:HEAD_BYTES]:
        found = _CONTENT.search(data)
        text = b"".join(found[1].splitlines()).strip() if found else b""
        return unquote_to_bytes(text.replace(b" ", b"+")) or None
    return b"".join(data.split()) if _BASE64.fullmatch(data) else None


def failed(head: str) -> str:
    """Return what an answer without a file says (``98 文件不存在``), ``""`` when ``head`` is no such answer."""
    code = _CODE.search(head)
    if code is None or code[1] == "00":
        return ""
    said = _SAID.search(head)
    return f"{code[1]} {unquote(said[1]) if said else ''}".strip()
