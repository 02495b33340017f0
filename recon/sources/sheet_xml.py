"""XML Spreadsheet 2003: a workbook that is one XML text. Web sites send it under the name .xls.

    <Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet" xmlns:ss="urn:...">
      <Worksheet ss:Name="账务组合查询1"><Table>
        <Row><Cell ss:MergeAcross="1"><Data ss:Type="String">#账号：…</Data></Cell></Row>
        <Row ss:Index="3"><Cell><Data ss:Type="String">入账时间</Data></Cell><Cell ss:Index="3">…</Cell></Row>
      </Table></Worksheet></Workbook>

Rows and cells that an ``Index`` jumps over are blank, and so are the columns that a merged cell covers. Numbers keep
their printed digits unless they are written with an exponent or have more than 15 of them: a spreadsheet does not hold
those exactly, and they come out in the destroyed form that ``recon.sources.sheet`` describes.

A document type declaration is refused: no spreadsheet has one, and entities are a known way to attack readers.
"""

from __future__ import annotations

import re
from typing import Final, TypeAlias
from xml.parsers import expat

from recon import money
from recon.errors import SourceError
from recon.sources.piece import Piece, once

Sheets: TypeAlias = tuple[tuple[str, list[tuple[str, ...]]], ...]
"""Name and rows of each sheet; the rows of a sheet are all as long as its longest."""

_NAMESPACE: Final = "urn:schemas-microsoft-com:office:spreadsheet"
_ROOT: Final = re.compile(r"<(?:\w+:)?Workbook\b")
_MOST_ROWS: Final = 1_048_576  # of a sheet, as spreadsheets have them
_MOST_COLUMNS: Final = 16_384
_MOST_BLANK: Final = 10_000_000  # cells that no Row and no Cell stands for: an Index far away is an attack
_EXACT: Final = re.compile(r"[+-]?\d*\.?\d*")
_EXACT_DIGITS: Final = 15


def is_sheet_xml(piece: Piece) -> bool:
    """Tell by the root element and its name space. Never raises."""
    return _NAMESPACE in piece.head and _ROOT.search(piece.head) is not None


@once
def sheets(piece: Piece) -> Sheets:
    """All sheets. Raises SourceError when the XML is damaged, has a document type, or is no spreadsheet's size."""
    builder = _Builder(piece)
    try:
        builder.parser.Parse(piece.utf8, True)  # noqa: FBT003 - the parser takes no name for it
    except expat.ExpatError as error:
        raise SourceError(
            f"the workbook's XML is damaged ({expat.errors.messages.get(error.code, 'unknown error')})",
            path=piece.name,
            line_no=error.lineno,
            remedy="Download it again.",
        ) from None
    return tuple((name, _rectangular(rows)) for name, rows in builder.sheets)


def _rectangular(rows: list[list[str]]) -> list[tuple[str, ...]]:
    width = max(map(len, rows), default=0)
    return [(*row, *[""] * (width - len(row))) for row in rows]


class _Builder:
    """Handlers of the XML parser: elements are known by their local names."""

    def __init__(self, piece: Piece) -> None:
        self.piece = piece
        self.parser = expat.ParserCreate("utf-8")  # the text was decoded already, whatever the declaration says
        self.parser.buffer_text = True
        self.parser.StartDoctypeDeclHandler = self.doctype
        self.parser.StartElementHandler = self.start
        self.parser.EndElementHandler = self.end
        self.parser.CharacterDataHandler = self.characters
        self.sheets: list[tuple[str, list[list[str]]]] = []
        self.path: list[str] = []
        self.row: list[str] | None = None
        self.data: list[str] | None = None
        self.kind = ""
        self.covered = 0
        self.blank = 0

    def doctype(self, *_: object) -> None:
        """Refuse a document type declaration."""
        self.refuse("the XML has a document type declaration, which no spreadsheet has")

    def refuse(self, message: str) -> None:
        """Raise SourceError at the place where the parser is."""
        raise SourceError(
            message,
            path=self.piece.name,
            line_no=self.parser.CurrentLineNumber,
            remedy="Do not load this file; download the bill again from its issuer.",
        )

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """Open a sheet, row, cell or its data."""
        name = name.rpartition(":")[2]
        above = self.path[-1] if self.path else ""
        self.path.append(name)
        said = {key.rpartition(":")[2]: value for key, value in attributes.items()}
        if name == "Worksheet":
            self.sheets.append((said.get("Name", ""), []))
        elif name == "Row" and above == "Table" and self.sheets:
            rows = self.sheets[-1][1]
            rows += [[] for _ in range(self.skipped(len(rows), said, _MOST_ROWS))]
            self.row = []
            rows.append(self.row)
        elif name == "Cell" and above == "Row" and self.row is not None:
            self.row += [""] * (self.skipped(len(self.row), said, _MOST_COLUMNS) + 1)
            self.covered = self.number(said.get("MergeAcross", "0"), _MOST_COLUMNS)
        elif name == "Data" and above == "Cell" and self.row:
            self.data, self.kind = [], said.get("Type", "")

    def skipped(self, length: int, said: dict[str, str], most: int) -> int:
        """How many rows or cells ``Index`` jumps over; refuses what no spreadsheet holds."""
        place = self.number(said.get("Index", "0"), most)
        missing = max(place - 1 - length, 0)
        self.blank += missing
        if length + missing >= most or self.blank > _MOST_BLANK:
            self.refuse("the workbook has more rows or columns than a spreadsheet holds")
        return missing

    def number(self, text: str, most: int) -> int:
        """Read an attribute that counts."""
        number = int(text) if text.isascii() and text.isdigit() and len(text) < len(str(most)) + 2 else -1
        if not 0 <= number <= most:
            self.refuse(f'"{text[:40]}" is no number of rows or columns')
        return number

    def end(self, name: str) -> None:
        """Close a row, a cell or its data."""
        name = name.rpartition(":")[2]
        self.path.pop()
        above = self.path[-1] if self.path else ""
        if name == "Data" and above == "Cell" and self.row and self.data is not None:
            self.row[-1] = _text("".join(self.data), self.kind)
            self.data = None
        elif name == "Cell" and above == "Row" and self.row is not None:
            self.blank += self.covered
            self.row += [""] * self.covered
            self.covered = 0
        elif name == "Row":
            self.row = None

    def characters(self, text: str) -> None:
        """Add text to the open cell, whatever formatting it stands in."""
        if self.data is not None:
            self.data.append(text)


def _text(printed: str, kind: str) -> str:
    if kind == "DateTime":
        day, _, clock = printed.strip().partition("T")
        clock = clock.partition(".")[0]
        return f"{day} {clock}" if clock.strip("0:") else day
    return money.number_text(printed) if kind == "Number" and not _is_exact(printed.strip()) else printed


def _is_exact(number: str) -> bool:
    return bool(_EXACT.fullmatch(number)) and sum(map(str.isdigit, number)) <= _EXACT_DIGITS
