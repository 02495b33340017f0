"""A workbook that reaches too far is refused before the library makes room for it."""

from __future__ import annotations

import io
import struct
import zipfile
from pathlib import Path

import openpyxl
import pytest

from recon.errors import SourceError
from recon.sources import discover, sheet, workbook_extent
from recon.sources.piece import Piece

OLD = Path(__file__).parent / "spdb" / "personal.xls"


def workbook(reference: str, quote: str = '"') -> bytes:
    """A workbook of three cells; the last one is written as standing where ``reference`` says."""
    book = openpyxl.Workbook()
    book.active.append(["订单号", "金额"])
    book.active.append(["1001"])
    plain, changed = io.BytesIO(), io.BytesIO()
    book.save(plain)
    with zipfile.ZipFile(plain) as old, zipfile.ZipFile(changed, "w") as new:
        for name in old.namelist():
            text = old.read(name).decode()
            new.writestr(name, text.replace('r="A2"', f"r={quote}{reference}{quote}"))
    return changed.getvalue()


@pytest.mark.parametrize("reference", ["XFD1048576", "ZZ999999", "A99999999", "ZZZZZZZZ1"])
@pytest.mark.parametrize("quote", ['"', "'"])
def test_a_far_cell_is_refused(reference: str, quote: str) -> None:
    with pytest.raises(SourceError, match=r"has a sheet of [\d,]+ rows and [\d,]+ columns"):
        sheet.sheet_head(Piece("orders.xlsx", workbook(reference, quote)))


def test_no_format_opens_it_to_recognise_it() -> None:
    piece = Piece("orders.xlsx", workbook("XFD1048576"))
    assert [source.name for source in discover() if source.identify(piece)] == []


@pytest.mark.parametrize("reference", ["A2", "C2", "AZ200000", "A1048576"])
def test_a_sheet_as_large_as_a_spreadsheet_allows_is_looked_at(reference: str) -> None:
    workbook_extent.refuse_oversized(Piece("orders.xlsx", workbook(reference)))


def test_a_reference_that_a_chunk_cuts_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbook_extent, "_CHUNK_BYTES", 7)
    with pytest.raises(SourceError):
        workbook_extent.refuse_oversized(Piece("cut.xlsx", workbook("XFD1048576")))


def test_parts_that_unpack_to_too_much_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbook_extent, "MAX_UNPACKED_BYTES", 3000)
    with pytest.raises(SourceError, match="unpacks to more than 3,000 bytes"):
        workbook_extent.refuse_oversized(Piece("bomb.xlsx", workbook("A3")))


def records(data: bytes, kind: int) -> list[int]:
    """Places of the records of one kind in a binary workbook whose stream lies in one piece."""
    found, at = [], data.index(struct.pack("<HH", 0x0809, 16)[:2], 512)
    while at + 4 <= len(data) and struct.unpack_from("<H", data, at) != (0,):
        here, size = struct.unpack_from("<HH", data, at)
        found += [at + 4] if here == kind else []
        at += 4 + size
    return found


@pytest.mark.parametrize(
    ("kind", "place", "form", "value"),
    [(0x0200, 4, "<I", 3_000_000_000), (0x0200, 10, "<H", 60_000), (0x00FD, 2, "<H", 60_000)],
    ids=["rows said", "columns said", "a far cell"],
)
def test_a_binary_workbook_that_reaches_too_far_is_refused(kind: int, place: int, form: str, value: int) -> None:
    data = bytearray(OLD.read_bytes())
    struct.pack_into(form, data, records(bytes(data), kind)[0] + place, value)
    with pytest.raises(SourceError, match=r"has a sheet of [\d,]+ rows and [\d,]+ columns"):
        sheet.sheet_head(Piece(OLD.name, bytes(data)))


@pytest.mark.parametrize("what", ["tables", "a stream"])
def test_a_binary_workbook_with_parts_longer_than_itself_is_refused(what: str) -> None:
    data = bytearray(OLD.read_bytes())
    directory = (struct.unpack_from("<I", data, 48)[0] + 1) * 512
    struct.pack_into("<I", data, 44 if what == "tables" else directory + 128 + 120, 0x7FFFFFFF)
    with pytest.raises(SourceError, match="says that a part of it has"):
        sheet.sheet_head(Piece(OLD.name, bytes(data)))


def test_a_binary_workbook_whose_table_of_sectors_runs_in_a_circle_comes_to_an_end() -> None:
    data = bytearray(OLD.read_bytes())
    first = struct.unpack_from("<I", data, 76)[0]
    for number in range(40):
        struct.pack_into("<I", data, (first + 1) * 512 + number * 4, 0)
    with pytest.raises(SourceError):
        sheet.sheet_head(Piece(OLD.name, bytes(data)))


@pytest.mark.parametrize("length", range(8, 5632, 97))
def test_a_binary_workbook_that_is_cut_is_refused_or_whole(length: int) -> None:
    cut = Piece(OLD.name, OLD.read_bytes()[:length])
    with pytest.raises(SourceError, match="the workbook"):
        sheet.sheet_head(cut)
