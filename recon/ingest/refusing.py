"""Files that are no bill, called by their name: what a failed download, a mail gateway or a wrong save leaves behind.

:func:`refuse` comes before identification and holds for every format. :func:`failed_download` and :func:`misfit`
explain better than "the format is unknown" why no format claims a file; they are asked only then, because a few banks
do issue HTML and XML.
"""

from __future__ import annotations

import re
from typing import Final

from recon.errors import NoTradesError, SourceError
from recon.ingest import file_transfer
from recon.ingest.answering import answer
from recon.sources import misfits
from recon.sources.piece import Piece
from recon.sources.sheet import is_spreadsheet, sheet_head

_UNIT_SEPARATOR: Final = "\x1f"
_NOTHING: Final = b" \t\r\n\x00\xef\xbb\xbf\xff\xfe"
_OLE: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_WORKBOOKS: Final = (_OLE, b"PK\x03\x04")
LINE_BYTES: Final = 16 * 1024**2
"""A record that is longer is none: the longest of a bill has a few thousand."""
DOCUMENT_BYTES: Final = 256 * 1024**2
"""What is not a table of lines is read as a whole (but for formats that stream): a workbook, a page, JSON."""
_MAGIC: Final = (
    (b"Rar!\x1a\x07", "a RAR archive", "Unpack it and load the files in it."),
    (b"7z\xbc\xaf\x27\x1c", "a 7z archive", "Unpack it and load the files in it."),
    (b"BZh", "a bzip2 file", "Unpack it and load the file in it."),
    (b"\xfd7zXZ\x00", "an xz file", "Unpack it and load the file in it."),
    (b"%PDF-", "a PDF document", "Download the statement as CSV, text or XML instead."),
    (b"\x89PNG\r\n", "a picture", "Download the bill as a file instead of a screenshot."),
    (b"\xff\xd8\xff", "a picture", "Download the bill as a file instead of a screenshot."),
)
_HTML: Final = re.compile(
    r"\s*(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html|head|body|script|meta|title)\b", re.IGNORECASE | re.DOTALL
)
_TITLE: Final = re.compile(r"<title[^>]*>(.*?)</title>", re.IGNORECASE | re.DOTALL)
_NO_HEADING: Final = re.compile(r"INN\d{8}ZME?_")


def refuse(piece: Piece) -> None:
    """Raise SourceError for a file that no format could read.

    Empty, another kind of archive, protected, U+001F, a document that is too large, lines that are no lines.
    """
    if piece.survey.is_blank:
        raise _empty(piece)
    for magic, what, remedy in _MAGIC:
        if piece.start.startswith(magic):
            raise SourceError(f"it is {what}, not a bill", path=piece.name, remedy=remedy)
    if piece.start.startswith(_WORKBOOKS):
        refuse_large(piece)
        if piece.start.startswith(_OLE) and "EncryptedPackage".encode("utf-16-le") in piece.data:
            raise SourceError(
                "the spreadsheet is protected by a password",
                path=piece.name,
                remedy="Open it with its password, save it without one, and load that.",
            )
    elif piece.survey.longest_line > LINE_BYTES and not _is_document(piece):
        raise SourceError(
            f"the line has more than {LINE_BYTES:,} bytes: it is no table of records",
            path=piece.name,
            line_no=piece.survey.longest_line_no,
            remedy="Download the file again and load it as it comes.",
        )
    if piece.survey.has_separator:
        _refuse_separator(piece)


def _empty(piece: Piece) -> SourceError:
    """Return the error for an empty file. UnionPay's files have no heading, and one in a zip was not cut off."""
    if not _NO_HEADING.search(piece.name):
        remedy = "Download it again. A day without any movement still has a heading in the real bill."
        return SourceError("the file is empty", path=piece.name, remedy=remedy)
    if "!/" in piece.name:
        return NoTradesError(
            "the file is empty, because UnionPay had no such transaction on that day",
            path=piece.name,
            remedy="Nothing to load.",
        )
    return SourceError(
        "the file is empty",
        path=piece.name,
        remedy="If UnionPay had no transaction on that day, nothing is missing: its RD says 0. "
        "Otherwise download the file again.",
    )


def refuse_large(piece: Piece) -> None:
    """Raise SourceError for a document (a workbook, XML, HTML, JSON) too large to be read as a whole."""
    if piece.size > DOCUMENT_BYTES and (piece.start.startswith(_WORKBOOKS) or _is_document(piece)):
        raise SourceError(
            f"the document has {piece.size:,} bytes, more than the {DOCUMENT_BYTES:,} that are read as one",
            path=piece.name,
            remedy="Download shorter periods, or the same bill as text (CSV).",
        )


def _is_document(piece: Piece) -> bool:
    """Tell XML, HTML and JSON, which need no line ends, from a table of records."""
    return piece.start.lstrip(_NOTHING).startswith((b"<", b"{", b"["))


def _refuse_separator(piece: Piece) -> None:
    try:
        lines = piece.text.split("\n")
    except SourceError:  # a spreadsheet may hold the byte by chance; its cells are looked at once they are read
        return
    for line_no, line in enumerate(lines, 1):
        if _UNIT_SEPARATOR in line:
            raise separator_found(piece.name, line_no, line)


def separator_found(path: str, line_no: int, text: str) -> SourceError:
    """Return the error for a cell that holds U+001F, which separates the fields of a fingerprint."""
    shown = text.replace(_UNIT_SEPARATOR, "␟")[:200]
    return SourceError(
        "the control character U+001F stands in the text; no bill prints it",
        path=path,
        line_no=line_no,
        excerpt=f"{line_no} | {shown}",
        remedy="Download the file again; do not edit it.",
    )


def failed_download(piece: Piece) -> SourceError | None:
    """Return the error for a page or an API's refusal that was saved under the name of a bill, None when it is none."""
    start = piece.head[:4000]
    if _HTML.match(start):
        title = _TITLE.search(piece.head)
        said = " ".join(title[1].split()) if title else ""
        return SourceError(
            "it is a web page, not a bill" + (f' (its title: "{said}")' if said else ""),
            path=piece.name,
            remedy="The login or the download had expired and the page was saved instead. Log in and download again.",
        )
    refusal = file_transfer.failed(start)
    if refusal:
        return SourceError(
            f'it is the answer of a failed bill download: "{refusal}"',
            path=piece.name,
            remedy="Ask UnionPay for the file again; from about 9:00 on there is the day before. "
            "A day without transactions has none.",
        )
    return answer(piece)


def misfit(piece: Piece, unknown: SourceError) -> SourceError | None:
    """Return what an unidentified file is, when that can be said: another's file, a spreadsheet, XML, JSON; else None.

    ``unknown`` is what identification said; the list of what it looked for goes into the remedy.
    """
    another = misfits.named(piece)
    if another:
        return another
    if is_spreadsheet(piece) or piece.start.startswith(b"PK\x03\x04"):
        try:
            sheet_head(piece)
        except SourceError as damaged:
            return damaged
        return SourceError(
            "it is a spreadsheet, and none of its sheets has the columns of a known format",
            path=piece.name,
            remedy=unknown.remedy,
        )
    start = piece.head.lstrip("\ufeff \t\n")
    for opening, what in (("<", "XML"), ("{", "JSON"), ("[", "JSON")):
        if start.startswith(opening):
            return SourceError(
                f"it is {what} that no format claims; perhaps an error message instead of a bill",
                path=piece.name,
                excerpt="\n".join(start[:300].splitlines()[:5]),
                remedy=unknown.remedy,
            )
    return None
