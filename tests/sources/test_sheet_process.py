"""Workbooks are opened in a process of their own: what takes it down takes down that file alone."""

from __future__ import annotations

import io
import struct
import zipfile
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recon import money
from recon.errors import SourceError
from recon.sources import sheet, sheet_process, sheet_worker
from recon.sources.piece import Piece
from recon.sources.sheet_worker import EXACT_BELOW, cell_text

OLD = Path(__file__).parent / "spdb" / "personal.xls"


def workbook(**sheets: dict[str, object]) -> Piece:
    """Sheets by name, each as cells by place."""
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, cells in sheets.items():
        page = book.create_sheet(name)
        for place, value in cells.items():
            page[place] = value
    buffer = io.BytesIO()
    book.save(buffer)
    return Piece("orders.xlsx", buffer.getvalue())


GOOD = {"A1": "订单号", "B1": "金额", "A2": "1001", "B2": 12.5}


def bent(at: int) -> Piece:
    """An old workbook whose four bytes at ``at`` are not what they were."""
    data = bytearray(OLD.read_bytes())
    struct.pack_into("<I", data, at, 0x7FFFFFFF)
    return Piece("bent.xls", bytes(data))


@pytest.mark.parametrize("at", [1919, 1922])
def test_a_workbook_for_which_the_library_takes_gigabytes_is_refused_and_the_next_is_read(at: int) -> None:
    with pytest.raises(SourceError, match=r"the workbook is damaged: opening it takes more than 4 GB of memory or"):
        sheet.sheet_head(bent(at))
    assert sheet.sheet_head(workbook(one=GOOD)) == ((("订单号", "金额"), ("1001", "12.5")),)


def test_a_workbook_that_takes_too_long_is_refused_and_the_next_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(sheet_process, "LEAST_S", -1)
        with pytest.raises(SourceError, match="the workbook is damaged"):
            sheet.sheet_head(workbook(one=GOOD))
    assert len(sheet.sheet_head(workbook(one=GOOD))) == 1


def test_a_worker_that_died_meanwhile_is_replaced() -> None:
    sheet.sheet_head(workbook(one=GOOD))
    process = sheet_process._WORKER._process
    assert process is not None
    process.kill()
    process.wait()
    assert sheet.sheet_head(workbook(one=GOOD))[0][1] == ("1001", "12.5")


def test_a_sheet_that_begins_below_and_beside_its_corner_keeps_its_places() -> None:
    (rows, nothing) = sheet.sheet_head(workbook(one={"C3": "x", "D4": 1}, two={}))
    assert rows == (("", "", "", ""), ("", "", "", ""), ("", "", "x", ""), ("", "", "", "1"))
    assert nothing == ()


def test_more_rows_than_the_head_are_read_when_the_sheet_is() -> None:
    cells = {"A1": "订单号", "B1": "金额"} | {f"A{number}": f"N{number}" for number in range(2, 5003)}
    table = sheet.read_sheet(workbook(one=cells), required=["订单号", "金额"])
    assert table.frame.height == 5001
    assert table.frame.row(-1) == (5002, "N5002", "")


@pytest.mark.parametrize("text", ["a\x1fb", "\x1e", "a\nb", "😀"])
def test_a_cell_comes_through_whatever_stands_in_it(text: str) -> None:
    kind, frame = sheet_worker._frame([[text, "x"], ["y", ""]])
    assert kind == (b"J" if set(text) & {"\x1e", "\x1f"} else b"R")
    found: list[tuple[str, sheet_process.Rows]] = [("", [])]
    sheet_process._WORKER._take(found, kind, frame)
    assert found == [("", [(text, "x"), ("y", "")])]


@given(number=st.one_of(st.floats(allow_nan=False, allow_infinity=False), st.integers(-(10**18), 10**18)))
def test_a_number_is_written_as_money_writes_it(number: float) -> None:
    if abs(number) < EXACT_BELOW:
        assert cell_text(number) == money.cell_text(number)
    else:
        assert cell_text(number) == f"{number:.14E}"


@pytest.mark.parametrize(
    "entity",
    [
        '<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;">',
        '<!ENTITY c SYSTEM "file:///etc/hostname">',
    ],
    ids=["a multiplying entity", "an entity outside"],
)
def test_an_entity_is_neither_multiplied_nor_looked_up(entity: str) -> None:
    plain, changed = workbook(one=GOOD), io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(plain.data)) as old, zipfile.ZipFile(changed, "w") as new:
        for name in old.namelist():
            text = old.read(name).decode()
            new.writestr(name, text.replace("<worksheet", f"<!DOCTYPE x [{entity}]><worksheet").replace("1001", "&c;"))
    with pytest.raises(SourceError, match="unrecognized entity"):
        sheet.sheet_head(Piece("laughs.xlsx", changed.getvalue()))
