"""What the Excel work lists share: cells, styles, links, lists to choose from, and the same bytes for the same content.

Workbooks are written row by row (openpyxl's write-only mode) and straight to disk, so that 100,000 differences need
little memory. Numbers are numbers with the decimals of their currency, dates are dates, and every text is text: a cell
that starts with ``= + - @`` or a control character cannot become a formula, not even after somebody edited it (quote
prefix).
"""

from __future__ import annotations

import datetime as dt
import re
import shutil
import tempfile
import zipfile
from collections.abc import Sequence
from copy import copy
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.formatting.rule import FormulaRule
from openpyxl.styles import Alignment, Border, Font, NamedStyle, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.hyperlink import Hyperlink

from recon import money

FAMILY: Final = "微软雅黑"
RISKY: Final = ("=", "+", "-", "@", "\t", "\r", "\n")
MOST_ROWS: Final = 1_048_575
"""Rows of a sheet below its header."""
LONGEST_TITLE: Final = 31
"""Characters that the name of a sheet may have."""
EMU: Final = 9_525
"""Office's unit of drawings, per pixel."""
LINE_HEIGHT: Final = 14.0
MOST_LINES: Final = 12
_WIDE: Final = 0x2E7F
"""Characters above this one are two wide."""
_WIDEST: Final = 60
_INK: Final = "14253D"
_EPOCH: Final = (1980, 1, 1, 0, 0, 0)


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a sheet: caption, width in characters, and the style of its cells."""

    caption: str
    width: float
    style: str = "text"


@dataclass(frozen=True, slots=True)
class Money:
    """An amount cell."""

    minor: int | None
    currency: str


@dataclass(frozen=True, slots=True)
class Link:
    """A text that leads to another sheet (``'Sheet'!A1``) or to a file beside the workbook."""

    text: str
    location: str = ""
    target: str = ""


def styles(book: Workbook) -> None:
    """Add the named styles that :class:`Column` refers to."""
    base, line = Font(name=FAMILY, size=10, color=_INK), Border(bottom=Side(style="thin", color="E4E8EE"))

    def add(
        name: str,
        font: Font = base,
        fill: str = "",
        horizontal: str = "left",
        form: str = "General",
        *,
        wrap: bool = False,
        ruled: bool = True,
    ) -> None:
        style = NamedStyle(name)
        style.font, style.number_format = font, form
        if ruled:
            style.border = line
        # A text that stands left gets a little room, so that it does not touch a number that stands right before it.
        indent = 1 if horizontal == "left" and ruled else 0
        style.alignment = Alignment(vertical="center", horizontal=horizontal, wrap_text=wrap, indent=indent)
        if fill:
            style.fill = PatternFill("solid", fgColor=fill)
        book.add_named_style(style)

    add("title", Font(name=FAMILY, size=15, bold=True, color=_INK), ruled=False)
    add("note", Font(name=FAMILY, size=9, color="667085"), ruled=False)
    for side in ("left", "center", "right"):
        add(f"header_{side}", Font(name=FAMILY, size=10, bold=True, color="FFFFFF"), _INK, side)
    add("text", form="@")
    add("long", form="@", wrap=True)
    add("count", horizontal="right", form="#,##0")
    add("day", horizontal="center", form="yyyy-mm-dd")
    add("moment", horizontal="center", form="yyyy-mm-dd hh:mm")
    add("link", Font(name=FAMILY, size=10, color="1D5FAE", underline="single"))
    add("input", fill="FFF8E6", form="@")
    add("money", horizontal="right", form="@")  # a column of amounts where it has none
    for places in (0, 2, 3):
        form = "#,##0" + ("." + "0" * places if places else "")
        add(f"money{places}", horizontal="right", form=f"{form};[Red]-{form}")
        add(
            f"total{places}",
            Font(name=FAMILY, size=10, bold=True, color=_INK),
            horizontal="right",
            form=f"{form};[Red]-{form}",
        )
    add("total", Font(name=FAMILY, size=10, bold=True, color=_INK), horizontal="right", form="#,##0")
    add("total_text", Font(name=FAMILY, size=10, bold=True, color=_INK), form="@")


_SIDES: Final = {"count": "right", "money": "right", "day": "center", "moment": "center"}
"""Where the caption of a column stands: above what is in it."""


def _lines(text: str, width: float) -> int:
    """Lines that a text takes in a column of so many characters, broken at blanks; a Chinese character is two wide."""
    if 2 * len(text) <= width and "\n" not in text:
        return 1
    lines = 0
    for part in text.split("\n"):
        lines, used = lines + 1, 0.0
        for word in part.split(" "):
            size = sum(2 if ord(char) > _WIDE else 1 for char in word)
            is_wide = size > len(word)  # Chinese is broken between any two characters
            if used and used + 1 + size > width and not is_wide:
                lines, used = lines + 1, 0.0
            used += size + (1 if used else 0)
            if used > width:
                more = int((used - 1) // width)
                lines, used = lines + more, used - more * width
    return lines


class Sheet:
    """A sheet that is filled from the top, row by row."""

    def __init__(self, book: Workbook, title: str, columns: Sequence[Column], *, frozen: str = "") -> None:
        self.title = title
        self.columns = columns
        self.rows = 0
        self._styles: dict[str, Any] = {}
        self._sheet: Any = book.create_sheet(title)
        self._sheet.sheet_view.showGridLines = False
        self._sheet.page_setup.orientation, self._sheet.page_setup.paperSize = "landscape", 9
        self._sheet.page_setup.fitToWidth, self._sheet.page_setup.fitToHeight = 1, 0
        margins = self._sheet.page_margins
        margins.left = margins.right = margins.header = margins.footer = 0.3
        margins.top = margins.bottom = 0.5
        self._sheet.sheet_properties.pageSetUpPr.fitToPage = True
        self._sheet.oddFooter.center.text = "&P / &N"
        for place, column in enumerate(columns, start=1):
            self._sheet.column_dimensions[get_column_letter(place)].width = column.width
        if frozen:
            self._sheet.freeze_panes = frozen

    def header(self) -> None:
        """Write the captions, and make them stay in sight and filter what is below."""
        self.add([column.caption for column in self.columns], style="header", height=21)
        last = get_column_letter(len(self.columns))
        self._filter = f"A{self.rows}:{last}"

    def add(self, values: Sequence[object], *, style: str = "", height: float = 0) -> None:
        """Write one row; each cell in its column's style unless ``style`` is given."""
        self.rows += 1
        height = max(height, 0 if style else self._height(values))
        if height:
            self._sheet.row_dimensions[self.rows].height = height
        self._sheet.append([self._cell(value, place, style) for place, value in enumerate(values)])
        if height:  # it is written; 100,000 rows need not be remembered
            del self._sheet.row_dimensions[self.rows]

    def _height(self, values: Sequence[object]) -> float:
        """Height that the longest wrapped text needs; 0 where one line is enough."""
        lines = 1
        for place, value in enumerate(values[: len(self.columns)]):
            column = self.columns[place]
            if column.style == "long" and isinstance(value, str):
                lines = max(lines, _lines(value, column.width - 2))
        return LINE_HEIGHT * min(lines, MOST_LINES) + 4 if lines > 1 else 0

    def _cell(self, value: object, place: int, style: str) -> Any:
        column = self.columns[place].style if place < len(self.columns) else "text"
        named = style or column
        if style == "header":
            named = f"header_{_SIDES.get(column, 'left')}"
        elif style == "total" and isinstance(value, str):
            named = "total_text"
        if isinstance(value, Money):
            places = money.exponent(value.currency)
            number = None if value.minor is None else money.decimal(value.minor, value.currency)
            return self._styled(number, f"{'total' if named == 'total' else 'money'}{places}")
        if isinstance(value, Link):
            cell = self._styled(_clean(value.text), "link")
            where = f"{get_column_letter(place + 1)}{self.rows}"
            # A write-only cell does not know where it stands, so its link is told.
            cell._hyperlink = Hyperlink(ref=where, location=value.location or None, target=value.target or None)  # noqa: SLF001
            return cell
        if isinstance(value, str):
            cell = self._styled(_clean(value), named)
            if value.startswith(RISKY):
                cell._style = copy(cell._style)  # noqa: SLF001 - the other cells share it
                cell.quotePrefix = True
            return cell
        return self._styled(value, named)

    def _styled(self, value: object, style: str) -> Any:
        """Make a cell; cells of one style share its record (setting it by name for each takes half of the time)."""
        cell: Any = WriteOnlyCell(self._sheet, value=value)  # type: ignore[arg-type]
        if isinstance(value, str):
            cell.data_type = "s"
        if style not in self._styles:
            cell.style = style
            self._styles[style] = cell._style  # noqa: SLF001
        cell._style = self._styles[style]  # noqa: SLF001
        return cell

    def picture(self, picture: Any, place: int) -> None:
        """Put a picture into the last row, column ``place`` (1-based)."""
        from openpyxl.drawing.spreadsheet_drawing import AnchorMarker, OneCellAnchor  # noqa: PLC0415 - only where pictures are
        from openpyxl.drawing.xdr import XDRPositiveSize2D  # noqa: PLC0415

        start = AnchorMarker(col=place - 1, colOff=6 * EMU, row=self.rows - 1, rowOff=4 * EMU)
        size = XDRPositiveSize2D(picture.width * EMU, picture.height * EMU)
        picture.anchor = OneCellAnchor(_from=start, ext=size)
        self._sheet.add_image(picture)

    def choices(self, place: int, first_row: int, words: Sequence[str], caption: str, error: str) -> None:
        """Let column ``place`` (1-based) take one of ``words`` from ``first_row`` to the last row."""
        if self.rows < first_row:
            return
        joined = ",".join(words)
        check = DataValidation(
            "list", formula1=f'"{joined}"', allow_blank=True, showErrorMessage=True, errorTitle=caption, error=error
        )
        letter = get_column_letter(place)
        check.add(f"{letter}{first_row}:{letter}{self.rows}")
        self._sheet.data_validations.append(check)

    def wants(self, chosen: int, reason: int, first_row: int) -> None:
        """Mark column ``reason`` (1-based) where column ``chosen`` has something in it and the reason is blank."""
        if self.rows < first_row:
            return
        what, why = get_column_letter(chosen), get_column_letter(reason)
        rule = FormulaRule(  # type: ignore[no-untyped-call]
            formula=[f'AND(${what}{first_row}<>"",TRIM(${why}{first_row})="")'],
            fill=PatternFill("solid", bgColor="FAD9D5"),
        )
        self._sheet.conditional_formatting.add(f"{why}{first_row}:{why}{self.rows}", rule)

    def finish(self, *, printed: int = 0) -> None:
        """Set what depends on the number of rows. ``printed`` columns go onto paper, all when 0."""
        if printed and self.rows:
            self._sheet.print_area = f"A1:{get_column_letter(printed)}{self.rows}"
        if hasattr(self, "_filter"):
            self._sheet.auto_filter.ref = f"{self._filter}{self.rows}"
            self._sheet.print_title_rows = "1:1"


def plain(book: Workbook, title: str, rows: Sequence[Sequence[object]], *, frozen: str = "") -> None:
    """Add a sheet that another program reads and a clerk looks at first: values, no looks but the width of columns.

    A text is text, whatever it begins with; a blank one is an empty cell.
    """
    sheet: Any = book.create_sheet(title)
    if frozen:
        sheet.freeze_panes = frozen
    for place, cells in enumerate(zip(*rows, strict=True), start=1):
        widest = max(_size(cell) for cell in cells)
        sheet.column_dimensions[get_column_letter(place)].width = min(max(widest + 2, 8), _WIDEST)
    for row in rows:
        sheet.append([_plain_cell(sheet, value) for value in row])


def _size(value: object) -> int:
    text = money.show(value.minor, value.currency) if isinstance(value, Money) else str(value)
    return sum(2 if ord(char) > _WIDE else 1 for char in text)


def _plain_cell(sheet: Any, value: object) -> Any:
    if value == "":
        return None
    if isinstance(value, Money):
        number = None if value.minor is None else money.decimal(value.minor, value.currency)
        cell: Any = WriteOnlyCell(sheet, value=number)  # type: ignore[arg-type]
        places = money.exponent(value.currency)
        cell.number_format = "0" + ("." + "0" * places if places else "")
        return cell
    cell = WriteOnlyCell(sheet, value=_clean(value) if isinstance(value, str) else value)  # type: ignore[arg-type]
    if isinstance(value, str):
        cell.data_type = "s"
        if value.startswith(RISKY):
            cell.quotePrefix = True
    return cell


def titled(wanted: str, taken: Sequence[str]) -> str:
    """Name of a sheet: without what Excel forbids, of at most 31 characters, and none of those taken."""
    plain = re.sub(r"[\[\]:*?/\\]", "_", _clean(wanted)).strip("' ")[:LONGEST_TITLE] or "_"
    known = {name.casefold() for name in taken}
    number, title = 2, plain
    while title.casefold() in known:
        title = f"{plain[: LONGEST_TITLE - 1 - len(str(number))]} {number}"
        number += 1
    return title


def place_of(title: str) -> str:
    """Address of a sheet's first cell, for a :class:`Link`."""
    return "'{}'!A1".format(title.replace("'", "''"))


def _clean(text: str) -> str:
    """Text without the control characters that a spreadsheet cannot hold."""
    return ILLEGAL_CHARACTERS_RE.sub("\ufffd", text)


def local(occurred_s: int | None, zone: str) -> dt.datetime | None:
    """Moment as the wall clock of ``zone`` shows it; a spreadsheet knows no zones."""
    if occurred_s is None:
        return None
    return dt.datetime.fromtimestamp(occurred_s, tz=ZoneInfo(zone)).replace(tzinfo=None)


def saved(book: Workbook, made: dt.datetime, author: str, out: Path) -> None:
    """Write the workbook to ``out``, the same bytes every time: openpyxl stamps the present into it, which is undone.

    Its parts are copied piece by piece, so that a large sheet is never in memory as a whole.
    """
    book.properties.created = book.properties.modified = made.replace(tzinfo=None)
    book.properties.creator = author
    stamp = made.strftime("%Y-%m-%dT%H:%M:%SZ").encode()
    with tempfile.TemporaryDirectory(dir=out.parent, prefix=".workbook-") as folder:
        raw = Path(folder) / "stamped.xlsx"
        book.save(raw)
        with zipfile.ZipFile(raw) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
            for item in old.infolist():
                entry = zipfile.ZipInfo(item.filename, _EPOCH)
                entry.compress_type, entry.external_attr = zipfile.ZIP_DEFLATED, 0o600 << 16
                entry.file_size = item.file_size
                with old.open(item) as content, new.open(entry, "w") as copied:
                    if item.filename == "docProps/core.xml":
                        told = re.sub(rb"(<dcterms:modified[^>]*>)[^<]*", rb"\g<1>" + stamp, content.read())
                        copied.write(told)
                    else:
                        shutil.copyfileobj(content, copied, 1 << 20)
