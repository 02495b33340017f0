"""Files of fixed width are cut as bytes: whatever text stands in a field, the others stay in their places."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recon.errors import SourceError
from recon.ingest.writing import counted
from recon.sources import Reading, Settings, by_name, discover
from recon.sources.piece import Piece
from recon.sources.unionpay_records import cut, name_day, width, year, year_before

HERE = Path(__file__).parent
FIELDS = (("code", 3), ("note", 12), ("amount", 5))
DAYS = {
    "unionpay_zm": HERE / "unionpay_zm" / "INN26020388ZM_898310048990001.txt",
    "unionpay_zme": HERE / "unionpay_zme" / "INN26020588ZME_898310048990001.txt",
}
notes = st.text(alphabet="ab 1账户充值㐂𠮷\u3000", max_size=6).map(lambda text: text.encode("gb18030")[:12].ljust(12))


def piece(lines: list[bytes], end: bytes = b"\r\n", name: str = "INN26020388ZM_1") -> Piece:
    return Piece(name, end.join(lines) + end)


def read(source: str, data: bytes) -> Reading:
    return by_name(source).read(Piece(DAYS[source].name, data), Settings())


@settings(deadline=None, max_examples=60)
@given(found=st.lists(notes, min_size=1, max_size=5), end=st.sampled_from([b"\r\n", b"\n", b"\r"]))
def test_chinese_text_moves_no_other_field(found: list[bytes], end: bytes) -> None:
    lines = [b"S22 %s %05d" % (note, number) for number, note in enumerate(found)]
    frame = cut(piece(lines, end), FIELDS, "ZM")
    assert frame["code"].to_list() == ["S22"] * len(found)
    assert frame["amount"].to_list() == [f"{number:05d}" for number in range(len(found))]
    assert frame["note"].to_list() == [note.decode("gb18030", errors="replace") for note in found]


def test_blank_lines_are_no_records_and_keep_the_numbers_of_the_others() -> None:
    lines = [
        b"S22 %s 00001" % "账".encode("gb18030").ljust(12),
        b"",
        b"S22 %s 00002" % "户".encode("gb18030").ljust(12),
    ]
    frame = cut(piece(lines), FIELDS, "ZM")
    assert frame["line_no"].to_list() == [1, 3]
    assert [note.strip() for note in frame["note"]] == ["账", "户"]


def test_the_last_line_needs_no_end_and_an_empty_file_has_no_records() -> None:
    assert cut(Piece("x", b"S22 123456789012 00001"), FIELDS, "ZM").height == 1
    assert cut(Piece("x", b""), FIELDS, "ZM").height == 0


def test_the_length_of_a_record_counts_the_blanks_between_its_fields() -> None:
    assert width(FIELDS) == len("S22 123456789012 00001")


@pytest.mark.parametrize(
    ("name", "day"),
    [
        ("INN26020388ZM_898310048990001", dt.date(2026, 2, 3)),
        ("INN26020300ZME_898310048990001.txt", dt.date(2026, 2, 3)),
        ("in/898310048990001_20260203.zip!/INN26020388ZM_898310048990001", dt.date(2026, 2, 3)),
        ("INN26023088ZM_898310048990001", None),
        ("RD201026020301_898310048990001", None),
    ],
)
def test_the_day_of_a_file_is_in_its_name(name: str, day: dt.date | None) -> None:
    assert name_day(name) == day


@pytest.mark.parametrize(
    ("moment", "day", "nearest", "before"),
    [
        ("0203215916", dt.date(2026, 2, 3), "2026", "2026"),
        ("1231235959", dt.date(2026, 1, 1), "2025", "2025"),
        ("0101000001", dt.date(2025, 12, 31), "2026", "2025"),
        ("0701000000", dt.date(2026, 1, 5), "2026", "2025"),
        ("0204000000", dt.date(2026, 2, 3), "2026", "2025"),
    ],
)
def test_a_printed_day_has_the_year_nearest_to_the_file_or_the_last_one_before_it(
    moment: str, day: dt.date, nearest: str, before: str
) -> None:
    told = pl.select(year(pl.lit(moment), day).alias("nearest"), year_before(pl.lit(moment), day).alias("before"))
    assert told.row(0) == (nearest, before)


@pytest.mark.parametrize("source", DAYS)
@settings(deadline=None, max_examples=60)
@given(data=st.data())
def test_damaged_bytes_are_refused_or_rejected_and_no_row_is_lost(source: str, data: st.DataObject) -> None:
    whole = bytearray(DAYS[source].read_bytes())
    for _ in range(data.draw(st.integers(1, 6))):
        whole[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))
    end = data.draw(st.sampled_from([len(whole), len(whole) - 1, len(whole) // 2]))
    try:
        reading = read(source, bytes(whole[:end]))
    except SourceError:
        return
    assert counted(source, reading).raw == len([line for line in bytes(whole[:end]).splitlines() if line])


@pytest.mark.parametrize("source", DAYS)
def test_a_file_with_line_feeds_says_the_same(source: str) -> None:
    data = DAYS[source].read_bytes()
    frames = [read(source, text).txns for text in (data, data.replace(b"\r\n", b"\n"))]
    assert frames[0] is not None
    assert frames[0].equals(frames[1], null_equal=True)


def test_a_file_saved_as_utf8_with_a_mark_is_still_known_and_refused() -> None:
    saved = DAYS["unionpay_zm"].read_bytes().decode("gb18030", errors="replace").encode("utf-8-sig")
    assert [source.name for source in discover() if source.identify(Piece("x", saved))] == ["unionpay_zm"]
    with pytest.raises(SourceError, match="the line has 610 bytes, a ZM record has 607"):
        read("unionpay_zm", saved)
