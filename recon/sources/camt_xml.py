r"""The XML of a bank statement -> its entries as printed and the heads of its statements, in memory that stays flat.

A statement of a million entries is a gigabyte of XML. It is read as a stream: what stands around the entries goes
through the XML parser piece by piece and makes the heads (:class:`Node`), and the entries, cut out of the bytes, go
through it a few thousand at a time and become columns of text; nothing of them stays but these columns.

    ... <Stmt> <Id>S1</Id> <Ntry>...</Ntry> <Ntry>...</Ntry> </Stmt> ...
               \_ head __/ \______ cut out, 200 at a time ______/

Cutting is safe as long as no comment and no CDATA section can hold what looks like an entry. Where there is one, or the
entries do not parse by themselves, the whole document goes through the parser element by element, which is slower and
tells the line of what is damaged. Both give the same (a test reads every file in both ways).

Elements are known by their local names, whatever their name space. A document type declaration is refused: statements
have none, and entities are a known way to attack readers. So is what no statement holds: an element of megabytes, a
head of a million elements.
"""

from __future__ import annotations

import codecs
import re
from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final
from xml.etree import ElementTree as ET
from xml.parsers import expat

import polars as pl

from recon.errors import SourceError
from recon.sources import garbage
from recon.sources.camt_entries import CURRENCY, Entries, Wanted
from recon.sources.piece import Piece

STATEMENTS: Final = ("Stmt", "Rpt", "Ntfctn")
_MESSAGE: Final = {"BkToCstmrStmt": "camt.053", "BkToCstmrAcctRpt": "camt.052", "BkToCstmrDbtCdtNtfctn": "camt.054"}
_DECLARED: Final = re.compile(rb"<\?xml[^>]*?encoding\s*=\s*[\"']([\w.-]+)[\"']")
_NAME_SPACE: Final = re.compile(rb"\bxmlns:([\w.-]+)\s*=")
_BEGIN: Final = re.compile(rb"<(?:[\w.-]+:)?Ntry(?=[\s>/])")
_END: Final = re.compile(rb"</(?:[\w.-]+:)?Ntry\s*>")
_EMPTY: Final = re.compile(rb"<(?:[\w.-]+:)?Ntry(?:\s[^<>]*)?/>")
_CHUNK_BYTES: Final = 1024**2
_AT_ONCE: Final = 200
"""Entries that are elements at a time."""
_LARGEST_BYTES: Final = 16 * 1024**2
"""No entry and no tag has more."""
_MOST_NODES: Final = 1_000_000
"""Elements of the heads; a head has some dozens."""
_DEEPEST: Final = 100


@dataclass(slots=True)
class Node:
    """An element of a head: local name, its Ccy attribute, text and children."""

    name: str
    currency: str = ""
    text: str = ""
    children: list[Node] = field(default_factory=list)

    def all(self, path: str) -> list[Node]:
        """All elements at ``path`` (``TxsSummry/TtlNtries``)."""
        found = [self]
        for name in path.split("/"):
            found = [child for node in found for child in node.children if child.name == name]
        return found

    def said(self, *paths: str) -> str:
        """Text of the first element of the first path that has one."""
        return next((node.text.strip() for path in paths for node in self.all(path) if node.text.strip()), "")


@dataclass(frozen=True, slots=True)
class Statement:
    """One Stmt, Rpt or Ntfctn without its entries."""

    message: str
    head: Node

    @property
    def account(self) -> str:
        """IBAN, else the other identification."""
        return self.head.said("Acct/Id/IBAN", "Acct/Id/Othr/Id", "Acct/Id/PrtryAcct/Id", "Acct/Id/BBAN", "Acct/Id/UPIC")


def read(piece: Piece) -> tuple[list[Statement], pl.DataFrame]:
    """Statements and their entries, in the order of the file; the frame is as :mod:`recon.sources.camt_entries` says.

    ``statement`` is the number of the statement (0, 1 ...), ``line`` the physical line of ``<Ntry``. Raises SourceError
    when the XML is damaged, is in another encoding than it says, has a document type, or is no statement's size.
    """
    try:
        return _Cutting(piece).read()
    except _UnsafeError:
        return _Whole(piece).read()


class _UnsafeError(Exception):
    """The entries cannot be cut out of this document."""


class _Reader(ABC):
    """The XML parser, and what its handlers make of a document."""

    def __init__(self, piece: Piece) -> None:
        self.piece = piece
        self.parser = expat.ParserCreate("utf-8")
        self.parser.buffer_text = True
        self.parser.StartDoctypeDeclHandler = self.doctype
        self.parser.StartElementHandler = self.start
        self.parser.EndElementHandler = self.end
        self.parser.CharacterDataHandler = self.characters
        self.open: list[Node] = []
        self.nodes = 0
        self.fed = 0
        self.message = ""
        self.statements: list[Statement] = []
        self.entries = Entries()

    def chunks(self) -> Iterator[bytes]:
        """The document in UTF-8, piece by piece."""
        found = _DECLARED.search(self.piece.start[:200])
        encoding = found.group(1).decode().lower() if found else ""
        if b"\x00" in self.piece.start[:4]:
            byte_order = "be" if self.piece.start.startswith(b"\x00") else "le"
            marked = self.piece.start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
            encoding = "utf-16" if marked else f"utf-16-{byte_order}"
        try:
            decoder = codecs.getincrementaldecoder(encoding or "utf-8")() if encoding not in {"", "utf-8"} else None
            with self.piece.stream() as file:
                yield file.read(_CHUNK_BYTES).removeprefix(codecs.BOM_UTF8) if not decoder else b""
                while chunk := file.read(_CHUNK_BYTES):
                    yield decoder.decode(chunk).encode() if decoder else chunk
                if decoder:
                    yield decoder.decode(b"", final=True).encode()
        except (LookupError, UnicodeError):
            raise SourceError(
                f"the XML says its encoding is {encoding}, and is not",
                path=self.piece.name,
                remedy="Download the statement again; the file was converted or edited.",
            ) from None

    def feed(self, data: bytes, *, final: bool = False) -> None:
        """Give the parser the next bytes. Raises ExpatError."""
        self.parser.Parse(data, final)
        self.fed += len(data)
        if self.fed - self.parser.CurrentByteIndex > _LARGEST_BYTES:
            raise self.refused("an element of the XML is larger than any statement's")

    def refused(self, what: str) -> SourceError:
        """Return the error for a document that was not made by a bank."""
        return SourceError(
            what,
            path=self.piece.name,
            line_no=self.parser.CurrentLineNumber,
            remedy="Do not load this file; ask the bank where it comes from.",
        )

    def doctype(self, *_: object) -> None:
        """Refuse a document type declaration."""
        raise self.refused("the XML has a document type declaration, which no bank statement has")

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """Open an element; only what is inside a statement is kept."""
        local = name.rpartition(":")[2]
        if local.startswith("BkToCstmr"):
            self.message = local
        if self.open or local in STATEMENTS:
            node = Node(local, attributes.get("Ccy", ""))
            if self.open:
                self.open[-1].children.append(node)
            self.open.append(node)
            self.nodes += 1
            if self.nodes > _MOST_NODES or len(self.open) > _DEEPEST:
                raise self.refused("the XML has more elements around its entries, or in each other, than a statement")

    def characters(self, data: str) -> None:
        """Add text to the open element."""
        if len(self.open) > 1 or (self.open and not data.isspace()):  # what stands between entries is as long as they
            node = self.open[-1]
            node.text += data
            if len(node.text) > _LARGEST_BYTES:
                raise self.refused("an element of the XML is larger than any statement's")

    def end(self, _: str) -> None:
        """Close an element."""
        if not self.open:
            return
        node = self.open.pop()
        if not self.open:
            self.statements.append(Statement(_MESSAGE.get(self.message, ""), node))

    def read(self) -> tuple[list[Statement], pl.DataFrame]:
        """Read the document."""
        try:
            self.run()
        except expat.ExpatError as error:
            raise SourceError(
                f"the XML is damaged: {expat.ErrorString(error.code)}",
                path=self.piece.name,
                line_no=error.lineno,
                remedy="Download the statement again; the file was cut or edited.",
            ) from None
        if not self.statements:
            raise SourceError(
                "the message holds no statement (no element Stmt, Rpt or Ntfctn)",
                path=self.piece.name,
                remedy="Ask the bank for the statement; this file says nothing about any account.",
            )
        return self.statements, self.entries.frame()

    @abstractmethod
    def run(self) -> None:
        """Feed the parser."""


class _Whole(_Reader):
    """Every element goes through the handlers; an entry becomes cells as soon as it ends."""

    def __init__(self, piece: Piece) -> None:
        super().__init__(piece)
        self.entry = (0, 0)
        """Line of the open entry, and how many nodes there were before it."""

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """Note where an entry begins as well."""
        before = self.nodes
        super().start(name, attributes)
        if len(self.open) == 2 and self.open[-1].name == "Ntry":
            self.entry = (self.parser.CurrentLineNumber, before)

    def end(self, name: str) -> None:
        """Take an entry away from its statement."""
        node = self.open[-1] if self.open else None
        super().end(name)
        if node is not None and node.name == "Ntry" and len(self.open) == 1:
            line, self.nodes = self.entry
            self.entries.begin(len(self.statements), line)
            _collect(node, self.entries.wanted, self.entries.count - 1)
            self.entries.end()
            self.open[-1].children.pop()

    def run(self) -> None:
        """Feed the parser with everything."""
        for chunk in self.chunks():
            self.feed(chunk)
        self.feed(b"", final=True)


def _collect(node: Node, place: Wanted, row: int) -> None:
    """Take the wanted texts below ``node`` as those of the entry ``row``."""
    for child in node.children:
        found = place.names.get(child.name)
        if found is None:
            continue
        if found.is_wanted:
            found.rows.append(row)
            found.texts.append(child.text)
            currency = found.names.get(CURRENCY)
            if currency:
                currency.rows.append(row)
                currency.texts.append(child.currency)
        _collect(child, found, row)


class _Cutting(_Reader):
    """Entries are cut out of the bytes and parsed a few thousand at a time; the rest goes through the handlers."""

    def __init__(self, piece: Piece) -> None:
        super().__init__(piece)
        self.cut: list[bytes] = []
        self.cut_lines: list[int] = []
        self.line = 1
        spaces = {name for name in _NAME_SPACE.findall(piece.start) if name not in {b"xml", b"xmlns"}}
        self.opening = b"<e" + b"".join(b" xmlns:%s='x'" % name for name in sorted(spaces)) + b">"

    def run(self) -> None:
        """Walk from entry to entry, however the chunks cut them."""
        rest, last = b"", b""  # what is not dealt with yet, and the last byte
        for chunk in self.chunks():
            if b"<!" in chunk or b"<!" in last + chunk[:1]:
                raise _UnsafeError
            last = chunk[-1:]
            rest = self._walk(rest + chunk)
            if len(rest) > _LARGEST_BYTES:
                raise self.refused("an element of the XML is larger than any statement's")
        if _BEGIN.match(rest):
            raise _UnsafeError  # the other reader tells where it ends too early
        self._outside(rest)
        self._flush()
        try:
            self.feed(b"", final=True)
        except expat.ExpatError:
            raise _UnsafeError from None

    def _walk(self, data: bytes) -> bytes:
        """Deal with all that is whole; returns the rest, which begins with an entry or with a tag that is cut off."""
        at = 0
        while found := _BEGIN.search(data, at):
            self._outside(data[at : found.start()])
            at = found.start()
            end = _END.search(data, at)
            if end is None:
                return data[at:]
            if _EMPTY.match(data, at):
                raise _UnsafeError
            self._entry(data[at : end.end()])
            at = end.end()
        tag = data.rfind(b"<", at)
        whole = len(data) if tag < 0 or b">" in data[tag:] else tag
        self._outside(data[at:whole])
        return data[whole:]

    def _outside(self, data: bytes) -> None:
        """Give what stands around the entries to the parser."""
        self.line += data.count(b"\n")
        if not data or (data.isspace() and self.cut):
            return
        self._flush()
        try:
            self.feed(data)
        except expat.ExpatError:
            raise _UnsafeError from None

    def _entry(self, data: bytes) -> None:
        if len(self.open) != 1 or _BEGIN.search(data, 5):
            raise _UnsafeError  # an entry outside a statement, or in another entry
        self.cut.append(data)
        self.cut_lines.append(self.line)
        self.line += data.count(b"\n")
        if len(self.cut) == _AT_ONCE:
            self._flush()

    def _flush(self) -> None:
        """Turn the entries cut out so far into columns."""
        if not self.cut:
            return
        try:
            with garbage.paused():
                entries = ET.fromstring(b"".join([self.opening, *self.cut, b"</e>"]))  # noqa: S314 - it has no "<!"
        except ET.ParseError:
            raise _UnsafeError from None
        if len(entries) != len(self.cut):
            raise _UnsafeError
        for line, entry in zip(self.cut_lines, entries, strict=True):
            self.entries.begin(len(self.statements), line)
            _gather(entry, self.entries.wanted, self.entries.count - 1)
        self.entries.end()
        self.cut, self.cut_lines = [], []


def _gather(element: ET.Element, place: Wanted, row: int) -> None:
    """As :func:`_collect`, of a parsed element."""
    below = place.below
    for child in element:
        tag = child.tag
        found = below[tag] if tag in below else place.met(tag)
        if found is None:
            continue
        if found.is_wanted:
            text = child.text or ""
            if len(child):  # text between and after children counts, as it does for the handlers
                text += "".join([inner.tail or "" for inner in child])
            found.rows.append(row)
            found.texts.append(text)
            if found.names and CURRENCY in found.names:
                currency = found.names[CURRENCY]
                currency.rows.append(row)
                currency.texts.append(child.get("Ccy", ""))
        if found.names:
            _gather(child, found, row)
