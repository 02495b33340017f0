"""A workbook becomes the same table as a text file, with the row numbers that a person sees."""

from __future__ import annotations

import datetime as dt
import io

import openpyxl
import pytest

from recon.errors import SourceError
from recon.sources.piece import Piece
from recon.sources.sheet import is_spreadsheet, read_sheet, sheet_has


def workbook(*sheets: list[list[object]]) -> Piece:
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for rows in sheets:
        sheet = book.create_sheet()
        for row in rows:
            sheet.append(row)
    data = io.BytesIO()
    book.save(data)
    return Piece("book.xlsx", data.getvalue())


def test_the_first_sheet_that_has_the_header_is_read() -> None:
    piece = workbook([["notes"]], [["title"], [], [" 单号 ", "金额（元）"], ["A1", 12.5], [], ["A2", 3]])
    table = read_sheet(piece, required=("单号", "金额(元)"))
    assert table.frame.rows() == [(4, "A1", "12.5"), (6, "A2", "3")]
    assert (table.header, table.header_line, table.before) == (("单号", "金额(元)"), 3, ("title", ""))


def test_aliases_give_columns_one_name() -> None:
    piece = workbook([["Order", "Sum"], ["A1", "1.00"]])
    table = read_sheet(piece, required=("单号",), aliases={"Order": "单号"})
    assert table.header == ("单号", "Sum")
    assert sheet_has(piece, ("单号",), {"Order": "单号"})
    assert not sheet_has(piece, ("单号",))


def test_cells_become_the_text_that_was_meant() -> None:
    row = [0.1, 12.345, 1e20, 123456789012345, dt.date(2026, 2, 3), dt.datetime(2026, 2, 3, 9, 8, 7), True]  # noqa: DTZ001
    table = read_sheet(workbook([list("abcdefg"), row]), required=("a",))
    assert table.frame.row(0)[1:] == (
        "0.1",
        "12.345",
        "1.00000000000000E+20",
        "123456789012345",
        "2026-02-03",
        "2026-02-03 09:08:07",
        "True",
    )


def test_a_trailer_ends_the_records() -> None:
    piece = workbook([["a", "b"], ["1", "2"], ["合计", "2"], ["3", "4"]])
    table = read_sheet(piece, required=("a", "b"), trailer="^合计")
    assert table.frame.rows() == [(2, "1", "2")]
    assert table.after == ((3, "合计,2"), (4, "3,4"))


def test_text_beyond_the_header_makes_a_reject_not_a_shift() -> None:
    table = read_sheet(workbook([["a", "b"], ["1", "2", "3"], ["4", "5"]]), required=("a", "b"))
    assert table.frame.rows() == [(3, "4", "5")]
    assert table.rejects.rows() == [(2, "", "1,2,3", "the row has text beyond the 2 columns of the header")]
    assert table.raw.rows() == [(2, "1,2,3", ""), (3, "4", "5")]


def test_a_workbook_without_the_header_is_refused() -> None:
    with pytest.raises(SourceError, match="no sheet has the table header"):
        read_sheet(workbook([["x"]]), required=("a",))


@pytest.mark.parametrize("data", [b"PK\x03\x04 cut", b"a,b\n1,2", b""])
def test_other_files_are_no_workbooks(data: bytes) -> None:
    piece = Piece("file", data)
    assert not is_spreadsheet(piece)
    assert not sheet_has(piece, ("a",))


def test_a_damaged_workbook_is_an_error_of_the_file() -> None:
    piece = Piece("old.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600)
    assert is_spreadsheet(piece)
    assert not sheet_has(piece, ("a",))
    with pytest.raises(SourceError, match=r"^old\.xls: the workbook cannot be opened"):
        read_sheet(piece, required=("a",))
