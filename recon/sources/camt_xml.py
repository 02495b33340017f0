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
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final
from xml.etree import ElementTree as ET
from xml.parsers import expat

import polars as pl

from recon.errors import SourceError
from recon.sources import garbage
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
_TOGETHER: Final = 5000
"""Entries that become columns at a time."""
_LARGEST_BYTES: Final = 16 * 1024**2
"""No entry and no tag has more."""
_MOST_NODES: Final = 1_000_000
"""Elements of the heads; a head has some dozens."""

_DEEPEST: Final = 100

_TX: Final = "NtryDtls/TxDtls"
_SAID: Final[dict[str, tuple[str, ...]]] = {
    "NtryRef": ("NtryRef",),
    "Amt": ("Amt",),
    "CdtDbtInd": ("CdtDbtInd",),
    "RvslInd": ("RvslInd",),
    "Sts": ("Sts", "Sts/Cd", "Sts/Prtry"),
    "BookgDt": ("BookgDt/Dt", "BookgDt/DtTm"),
    "ValDt": ("ValDt/Dt", "ValDt/DtTm"),
    "AcctSvcrRef": ("AcctSvcrRef",),
    "NbOfTxs": ("NtryDtls/Btch/NbOfTxs",),
}
"""Cells of which the first element that has a text counts."""
_EVERYTHING: Final[dict[str, tuple[str, ...]]] = {
    "BkTxCd": ("BkTxCd/Domn/Cd", "BkTxCd/Domn/Fmly/Cd", "BkTxCd/Domn/Fmly/SubFmlyCd", "BkTxCd/Prtry/Cd"),
    "EndToEndId": (f"{_TX}/Refs/EndToEndId",),
    "TxId": (f"{_TX}/Refs/TxId",),
    "InstrId": (f"{_TX}/Refs/InstrId",),
    "DbtrAcct": (f"{_TX}/RltdPties/DbtrAcct/Id/IBAN", f"{_TX}/RltdPties/DbtrAcct/Id/Othr/Id"),
    "CdtrAcct": (f"{_TX}/RltdPties/CdtrAcct/Id/IBAN", f"{_TX}/RltdPties/CdtrAcct/Id/Othr/Id"),
    "Ustrd": (f"{_TX}/RmtInf/Ustrd",),
    "Ref": (f"{_TX}/RmtInf/Strd/CdtrRefInf/Ref", f"{_TX}/RmtInf/Strd/CdtrRefInf/CdtrRef"),
    "AddtlTxInf": (f"{_TX}/AddtlTxInf",),
    "AddtlNtryInf": ("AddtlNtryInf",),
}
"""Cells that join the distinct texts of all elements with `` | ``: what stands once per transaction."""
_PARTIES: Final[dict[str, tuple[tuple[str, ...], ...]]] = {
    role: tuple(
        paths
        for name in (role, f"Ultmt{role}")
        for paths in (
            (f"{_TX}/RltdPties/{name}/Nm", f"{_TX}/RltdPties/{name}/Pty/Nm"),
            (f"{_TX}/RltdPties/{name}/Agt/FinInstnId/Nm",),
        )
    )
    for role in ("Dbtr", "Cdtr")
}
"""Cells that join the texts of the first group of elements that has any."""
_CURRENCY: Final = "@Ccy"
_OWN_REFERENCE: Final = f"{_TX}/Refs/AcctSvcrRef"
COLUMNS: Final = (
    "NtryRef", "Amt", "Ccy", "CdtDbtInd", "RvslInd", "Sts", "BookgDt", "ValDt", "AcctSvcrRef", "BkTxCd", "NbOfTxs",
    "EndToEndId", "TxId", "InstrId", "Dbtr", "DbtrAcct", "Cdtr", "CdtrAcct", "Ustrd", "Ref", "AddtlTxInf",
    "AddtlNtryInf",
)  # fmt: skip
"""Cells of an entry, named by its elements."""
SCHEMA: Final[dict[str, type[pl.DataType]]] = {
    "statement": pl.Int64,
    "line": pl.Int64,
    **dict.fromkeys(COLUMNS, pl.String),
}


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
    """Statements and their entries, in the order of the file; the frame has the columns of :data:`SCHEMA`.

    ``statement`` is the number of the statement (0, 1 ...), ``line`` the physical line of ``<Ntry``. Raises SourceError
    when the XML is damaged, is in another encoding than it says, has a document type, or is no statement's size.
    """
    try:
        return _Cutting(piece).read()
    except _UnsafeError:
        return _Whole(piece).read()


class _UnsafeError(Exception):
    """The entries cannot be cut out of this document."""


class _Reader:
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
        self.entries = _Entries()

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

    def run(self) -> None:
        """Feed the parser."""
        raise NotImplementedError


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


class _Wanted:
    """A place in the tree of the paths whose texts are wanted, and the texts found there so far.

    ``below`` knows children by their local names, and by their tags with a name space once they were met.
    """

    __slots__ = ("below", "is_wanted", "names", "rows", "texts")

    def __init__(self) -> None:
        self.names: dict[str, _Wanted] = {}
        self.below: dict[str, _Wanted | None] = {}
        self.is_wanted = False
        self.rows: list[int] = []
        self.texts: list[str] = []

    def met(self, tag: str) -> _Wanted | None:
        """Place of the children with a tag, None when nothing there is wanted."""
        found = self.below[tag] = self.names.get(tag.rpartition("}")[2])
        return found


def _collect(node: Node, place: _Wanted, row: int) -> None:
    """Take the wanted texts below ``node`` as those of the entry ``row``."""
    for child in node.children:
        found = place.names.get(child.name)
        if found is None:
            continue
        if found.is_wanted:
            found.rows.append(row)
            found.texts.append(child.text)
            currency = found.names.get(_CURRENCY)
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


def _gather(element: ET.Element, place: _Wanted, row: int) -> None:
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
            if found.names and _CURRENCY in found.names:
                currency = found.names[_CURRENCY]
                currency.rows.append(row)
                currency.texts.append(child.get("Ccy", ""))
        if found.names:
            _gather(child, found, row)


class _Entries:
    """Columns of the entries read so far: texts by path, and frames of those that are complete."""

    def __init__(self) -> None:
        self.frames: list[pl.DataFrame] = []
        self.wanted = _Wanted()
        self.places: dict[str, _Wanted] = {}
        groups = (*_SAID.values(), *_EVERYTHING.values(), *(paths for party in _PARTIES.values() for paths in party))
        for path in {path for paths in (*groups, (_OWN_REFERENCE, _TX, f"Amt/{_CURRENCY}")) for path in paths}:
            place = self.wanted
            for name in path.split("/"):
                place = place.names.setdefault(name, _Wanted())
            place.is_wanted = True
            self.places[path] = place
        self.statements: list[int] = []
        self.lines: list[int] = []

    @property
    def count(self) -> int:
        """Entries that are not packed yet."""
        return len(self.lines)

    def begin(self, statement: int, line: int) -> None:
        """Begin an entry: its texts are taken under the row ``count - 1``."""
        self.statements.append(statement)
        self.lines.append(line)

    def end(self) -> None:
        """Pack the entries taken so far when they are many."""
        if self.count >= _TOGETHER:
            self._pack()

    def frame(self) -> pl.DataFrame:
        """All entries."""
        self._pack()
        return pl.concat(self.frames)

    def _pack(self) -> None:
        cells = {name: self._first(*paths) for name, paths in _SAID.items()}
        cells |= {name: self._all(paths) for name, paths in _EVERYTHING.items()}
        cells |= {name: self._all(*groups) for name, groups in _PARTIES.items()}
        cells["Amt"], cells["Ccy"] = self._leading("Amt"), self._leading(f"Amt/{_CURRENCY}")
        rows = pl.Series(self.places[_TX].rows, dtype=pl.Int64)
        alone = pl.Series(range(self.count), dtype=pl.Int64).is_in(rows.filter(rows.is_unique()).implode())
        own, only = cells["AcctSvcrRef"], self._first(_OWN_REFERENCE)
        cells["AcctSvcrRef"] = own.zip_with((own != "") | ~alone, only)
        numbers = {
            "statement": pl.Series(self.statements, dtype=pl.Int64),
            "line": pl.Series(self.lines, dtype=pl.Int64),
        }
        self.frames.append(pl.DataFrame(numbers | {name: cells[name] for name in COLUMNS}))
        self.statements, self.lines = [], []
        for place in self.places.values():
            place.rows, place.texts = [], []

    def _found(self, path: str) -> pl.DataFrame:
        """Texts at a path, in order: row and text, without the white space around."""
        place = self.places[path]
        text = pl.Series(place.texts, dtype=pl.String).str.strip_chars()
        return pl.DataFrame({"row": pl.Series(place.rows, dtype=pl.Int64), "text": text})

    def _spread(self, found: pl.DataFrame) -> pl.Series:
        """Texts of rows that occur once, as a column of all entries; the others are blank."""
        if found.height == self.count:
            return found["text"]
        return pl.repeat("", self.count, dtype=pl.String, eager=True).scatter(found["row"], found["text"])

    def _leading(self, path: str) -> pl.Series:
        """The first text at a path, blank or not."""
        return self._spread(self._found(path).unique("row", keep="first", maintain_order=True))

    def _first(self, *paths: str) -> pl.Series:
        """First text that is not blank."""
        column = pl.repeat("", self.count, dtype=pl.String, eager=True)
        for path in paths:
            found = self._found(path).filter(pl.col("text") != "").unique("row", keep="first", maintain_order=True)
            if found.height:
                column = column.zip_with(column != "", self._spread(found))
        return column

    def _all(self, *groups: tuple[str, ...]) -> pl.Series:
        """Distinct texts of the first group that has any, joined."""
        column = pl.repeat("", self.count, dtype=pl.String, eager=True)
        for paths in groups:
            found = pl.concat([self._found(path) for path in paths])
            found = found.with_columns(pl.col("text").str.replace_all(r"\s+", " ")).filter(pl.col("text") != "")
            if found["row"].n_unique() < found.height:
                found = found.group_by("row", maintain_order=True).agg(pl.col("text").unique(maintain_order=True))
                found = found.with_columns(pl.col("text").list.join(" | "))
            if found.height:
                column = column.zip_with(column != "", self._spread(found.sort("row")))
        return column
