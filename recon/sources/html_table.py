"""A web page saved as .xls: many e-banking sites send an HTML table under a spreadsheet's name.

:func:`as_text` turns such a file into the comma-separated text that it shows, so that the readers of text tables read
it. A table row becomes the line on which its ``<tr>`` stands in the file, and line numbers stay those of the file;
only where several rows share a line (HTML without line breaks) a line is the row's place in the file.

    <tr><td>20260203</td><td>1,200.00</td></tr>   ->   20260203,"1,200.00"

No script runs and nothing is fetched: tags are dropped, the text of the cells stays. A cell over several columns is
followed by as many empty ones. A page that was cut off ends inside a table: :func:`whole` tells.
"""

from __future__ import annotations

import csv
import io
from html.parser import HTMLParser

from recon.sources.piece import Piece, once
from recon.sources.source import Control

_WIDEST = 200  # columns; a page that says more is no statement


@once
def as_text(piece: Piece) -> Piece:
    """Return the file itself, or the text of its tables if it is a web page. Raises SourceError as ``Piece.text``."""
    if not _is_page(piece):
        return piece
    page = _Page()
    page.feed(piece.text)
    page.close()
    page.end_row()
    places = [line for line, _ in page.rows]
    shared = len(set(places)) < len(places)
    lines = [""] * (len(places) if shared else max(places, default=0))
    for row, (place, cells) in enumerate(page.rows):
        lines[row if shared else place - 1] = _line(cells)
    return Piece(piece.name, "\n".join(lines).encode())


def whole(piece: Piece) -> tuple[Control, ...]:
    """Control of a web page: as many tables are closed as are opened. Nothing for other files."""
    if not _is_page(piece):
        return ()
    text = piece.text.lower()
    opened, closed = (str(text.count(tag)) for tag in ("<table", "</table"))
    return (Control("tables of the page, opened and closed", opened, closed),)


def _is_page(piece: Piece) -> bool:
    return piece.head.lstrip("\ufeff \t\n").startswith("<") and "<table" in piece.head.lower()


def _line(cells: list[str]) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator="").writerow(cells)
    return out.getvalue()


class _Page(HTMLParser):
    """Collects the rows of all tables: (physical line of ``<tr>``, texts of the cells)."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.rows: list[tuple[int, list[str]]] = []
        self._row: list[str] | None = None
        self._cell: list[str] | None = None
        self._wide = 1

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Open a row or a cell; both may be left unclosed in HTML."""
        if tag == "tr":
            self.end_row()
            self._row = []
            self.rows.append((self.getpos()[0], self._row))
        elif tag in {"td", "th"} and self._row is not None:
            self._end_cell()
            self._cell = []
            span = dict(attrs).get("colspan") or "1"
            self._wide = min(int(span), _WIDEST) if span.isascii() and span.isdigit() else 1
        elif tag == "br" and self._cell is not None:
            self._cell.append(" ")

    def handle_endtag(self, tag: str) -> None:
        """Close a row or a cell."""
        if tag in {"td", "th"}:
            self._end_cell()
        elif tag in {"tr", "table"}:
            self.end_row()

    def handle_data(self, data: str) -> None:
        """Add text to the open cell."""
        if self._cell is not None:
            self._cell.append(data)

    def end_row(self) -> None:
        """Close the row that is open, if one is."""
        self._end_cell()
        self._row = None

    def _end_cell(self) -> None:
        if self._cell is not None and self._row is not None:
            text = " ".join("".join(self._cell).split())
            self._row += [text, *[""] * (self._wide - 1)]
        self._cell = None
