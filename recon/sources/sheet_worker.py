"""The process in which workbooks are opened: a damaged one may take it down, and nothing else.

The library that reads workbooks believes what they say. A binary workbook of 5 KB in which one byte was changed makes
it ask for 8 GB or for a terabyte; when it does not get them the process is aborted, which no ``except`` can catch. So
:mod:`recon.sources.sheet` has it work here, with a limit on memory, and waits for the answer a limited time. A worker
serves one file after the other, so an ordinary workbook costs the way through a pipe and not the start of a process.

This file is run by its path and imports nothing of recon: every library loaded would count against the limit.

    request    three numbers of 8 bytes: length of the workbook, which sheet (0, 1 ...; ALL_SHEETS), how many rows of
               each (0: all); then the workbook
    answer     frames of 1 byte kind, 4 bytes length and a text in UTF-8:
                   S  name of the next sheet
                   R  rows of it: cells end with U+001F, rows with U+001E
                   J  rows of it as JSON, when a cell holds one of the two
                   E  why the workbook cannot be opened (the answer then ends)
                   D  done
"""

from __future__ import annotations

import datetime as dt
import io
import json
import struct
import sys
from collections.abc import Iterable, Iterator
from contextlib import suppress
from itertools import islice
from typing import BinaryIO, Final

from python_calamine import CalamineSheet, CalamineWorkbook

REQUEST: Final = struct.Struct("<QQQ")
ALL_SHEETS: Final = 2**32
FRAME: Final = struct.Struct("<cI")
CELL_END: Final = "\x1f"
ROW_END: Final = "\x1e"
EXACT_BELOW: Final = 10**15
_ROWS: Final = 2000


def cell_text(value: object) -> str:
    """Text of one cell, as ``recon.sources.sheet`` describes it."""
    if value is None:
        return ""
    if isinstance(value, float | int) and not isinstance(value, bool) and abs(value) >= EXACT_BELOW:
        return f"{value:.14E}"
    if isinstance(value, float):
        return _plain(value)
    if isinstance(value, dt.datetime):
        return value.isoformat(sep=" ", timespec="seconds")
    return str(value)


def _plain(number: float) -> str:
    """Shortest text that reads back as ``number``, without an exponent: 1e-07 is 0.0000001."""
    digits, _, power = repr(number).removesuffix(".0").partition("e")
    if not power:
        return digits
    sign, digits = ("-", digits[1:]) if digits.startswith("-") else ("", digits)
    whole, _, part = digits.partition(".")  # below 10^15 only small numbers have an exponent
    return f"{sign}0.{(whole + part).rjust(len(part) - int(power), '0')}"


def main() -> None:
    """Serve requests until the input ends."""
    _limit(int(sys.argv[1]))
    incoming, outgoing = sys.stdin.buffer, sys.stdout.buffer
    book = _Book(b"")
    while head := incoming.read(REQUEST.size):
        length, index, count = REQUEST.unpack(head)
        data = incoming.read(length)
        book = book if book.data == data else _Book(data)  # its head is asked for first, then a sheet
        for kind, text in _answer(book, None if index == ALL_SHEETS else index, count or None):
            _send(outgoing, kind, text)
        outgoing.flush()


def _limit(memory_bytes: int) -> None:
    # A system may not know the limit (Windows) or not keep it (macOS); the limit of time is then the only one.
    with suppress(ImportError, ValueError, OSError):
        import resource  # noqa: PLC0415

        resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))


def _send(outgoing: BinaryIO, kind: bytes, text: str) -> None:
    data = text.encode("utf-8", "surrogatepass")
    outgoing.write(FRAME.pack(kind, len(data)))
    outgoing.write(data)


class _Book:
    """A workbook and those of its sheets that were looked at; opened when it is asked for something."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self._book: CalamineWorkbook | None = None
        self._sheets: dict[int, CalamineSheet] = {}

    def sheets(self, index: int | None) -> Iterator[CalamineSheet]:
        """One sheet, or all."""
        if self._book is None:
            self._book = CalamineWorkbook.from_filelike(io.BytesIO(self.data))
        for number in range(len(self._book.sheet_names)) if index is None else (index,):
            if number not in self._sheets:
                self._sheets[number] = self._book.get_sheet_by_index(number)
            yield self._sheets[number]


def _answer(book: _Book, index: int | None, count: int | None) -> Iterator[tuple[bytes, str]]:
    try:
        for sheet in book.sheets(index):
            yield b"S", sheet.name
            # The sheet itself gives its rows from the first one on, but without the blank columns on its left.
            blank: list[object] = [None] * (sheet.start[1] if sheet.start else 0)
            yield from _rows([*blank, *row] for row in islice(sheet.iter_rows(), count))
        yield b"D", ""
    except BaseException as error:  # noqa: BLE001 - the library's panics are no Exceptions; whatever it is, it is said
        yield b"E", "it is damaged" if type(error).__name__ == "PanicException" else str(error)


def _rows(rows: Iterable[list[object]]) -> Iterator[tuple[bytes, str]]:
    part: list[list[str]] = []
    for row in rows:
        part.append([cell_text(cell) for cell in row])
        if len(part) == _ROWS:
            yield _frame(part)
            part = []
    if part:
        yield _frame(part)


def _frame(rows: list[list[str]]) -> tuple[bytes, str]:
    text = "".join([CELL_END.join(row) + CELL_END + ROW_END for row in rows])
    if text.count(CELL_END) != sum(map(len, rows)) or text.count(ROW_END) != len(rows):
        return b"J", json.dumps(rows)
    return b"R", text


if __name__ == "__main__":
    main()
