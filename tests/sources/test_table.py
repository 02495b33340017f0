"""Delimited text in columns: the same cells as a reader that goes record by record, whatever is quoted or torn."""

from __future__ import annotations

import csv
import io

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recon.sources import cells
from recon.sources.piece import Piece
from recon.sources.table import Table, read_table

HEADER = "number,text,amount"
printable = st.text(alphabet="ab 1.,\"'`\t支付宝\u3000=", max_size=8)


def table(text: str, **options: object) -> Table:
    return read_table(Piece("file.csv", text.encode()), required=("number", "text"), **options)  # type: ignore[arg-type]


def written(rows: list[list[str]], quoting: int) -> str:
    lines = io.StringIO()
    csv.writer(lines, lineterminator="\n", quoting=quoting).writerows(rows)
    return f"{HEADER}\n{lines.getvalue()}"


@settings(deadline=None, max_examples=50)
@given(
    rows=st.lists(st.tuples(st.integers(0, 9).map(str), printable, printable).map(list), min_size=1, max_size=6),
    quoting=st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
)
def test_what_was_written_is_read_back_cell_by_cell(rows: list[list[str]], quoting: int) -> None:
    found = table(written(rows, quoting))
    assert [list(row[1:]) for row in found.frame.rows()] == rows
    assert found.rejects.height == 0


@settings(deadline=None, max_examples=50)
@given(
    lines=st.lists(st.text(alphabet='a1,"=', min_size=1, max_size=10).filter(lambda line: line.strip(",")), max_size=8)
)
def test_torn_quotes_give_the_cells_that_one_record_alone_gives(lines: list[str]) -> None:
    together = table("\n".join([HEADER, *lines]), multiline=False)
    alone = [table(f"{HEADER}\n{line}", multiline=False) for line in lines]
    assert [row[1:] for row in together.frame.rows()] == [row[1:] for part in alone for row in part.frame.rows()]
    assert together.rejects["value"].to_list() == [text for part in alone for text in part.rejects["value"]]
    for line, part in zip(lines, alone, strict=True):
        read = next(csv.reader([line]), [])
        if len(read) == 3:
            assert [list(row[1:]) for row in part.frame.rows()] == [read]


def test_a_quoted_line_keeps_its_place_among_plain_ones() -> None:
    found = table(f'{HEADER}\n1,plain,2\n2,"a, b",3\n3,"24"" monitor",\n4,24" monitor,5\n')
    assert found.frame.rows() == [
        (2, "1", "plain", "2"),
        (3, "2", "a, b", "3"),
        (4, "3", '24" monitor', ""),
        (5, "4", '24" monitor', "5"),
    ]


def test_a_cell_that_a_line_break_cuts_is_one_record() -> None:
    found = table(f'{HEADER}\n1,"two\nlines",2\n2,b,3\n')
    assert found.frame.rows() == [(2, "1", "two\nlines", "2"), (4, "2", "b", "3")]


def test_blank_lines_do_not_move_line_numbers() -> None:
    assert table(f"{HEADER}\n1,a,2\n\n,,\n2,b,3\n\n").frame["line_no"].to_list() == [2, 5]


def test_what_stands_below_the_records_is_kept_by_line() -> None:
    found = table(f"heading\n{HEADER}\n1,a,2\n#total,1,2,3,4\n#end\n", trailer="^#")
    assert found.frame.rows() == [(3, "1", "a", "2")]
    assert found.before == ("heading",)
    assert found.after == ((4, "#total,1,2,3,4"), (5, "#end"), (6, ""))


@pytest.mark.parametrize("line", ["1,a", "1,a,2,x"])
def test_a_record_of_another_width_is_a_reject_and_moves_no_cell(line: str) -> None:
    found = table(f"{HEADER}\n1,a,2\n{line}\n2,b,3\n")
    assert found.frame["line_no"].to_list() == [2, 4]
    assert found.rejects.select("line_no", "value").rows() == [(3, line)]
    assert found.raw["line_no"].to_list() == [2, 3, 4]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("ends", ["\n", "\r\n", "\r"])
def test_every_encoding_and_line_end_gives_the_same_cells(encoding: str, ends: str) -> None:
    text = f"{HEADER}\n1,支付宝,2\n2,微信,3\n".replace("\n", ends)
    piece = Piece("file.csv", text.encode(encoding))
    assert piece.encoding == encoding
    assert piece.text == f"{HEADER}\n1,支付宝,2\n2,微信,3\n"
    found = read_table(piece, required=("number", "text"))
    assert found.frame.rows() == [(2, "1", "支付宝", "2"), (3, "2", "微信", "3")]


def test_a_clean_utf8_file_is_read_from_its_own_bytes() -> None:
    piece = Piece("file.csv", f"{HEADER}\n1,支付宝,2\n".encode())
    assert piece.utf8 is piece.data


@pytest.mark.parametrize("copies", [1, 5000], ids=["each cell by itself", "each distinct text once"])
def test_a_column_that_repeats_is_typed_as_one_that_does_not(copies: int) -> None:
    texts = [" a\t", "-", "null", '="0012"', "", "b"] * copies
    amounts = ["1.20", "-3.4", "￥5", "x", "", "1,000.00"] * copies
    frame = pl.DataFrame({"line_no": range(len(texts)), "text": texts, "amount": amounts})
    wanted = {"text": cells.text("text"), "minor": cells.amount("amount", required=False)}
    typed, rejects = cells.read_cells(frame, wanted)
    assert typed.drop("line_no").rows() == [("a", 120), ("", -340), ("", 500), ("", None), ("b", 100_000)] * copies
    assert rejects.drop("line_no").unique().rows() == [
        ("amount", "x", "is not an amount with at most the decimals of its currency")
    ]
    assert rejects.height == copies


def test_an_inch_mark_swallows_no_record() -> None:
    text = 'a,b,c\n1,24" lamp,x\n2,ok,y\n3,27" tv,z\n4,"two\nlines",v\n5,"never closed,w\n6,q,r\n'
    table = read_table(Piece("x.csv", text.encode()), required=("a", "b"))
    assert table.frame["a"].to_list() == ["1", "2", "3", "4", "5", "6"]
    assert table.frame["b"].to_list() == ['24" lamp', "ok", '27" tv', "two\nlines", '"never closed', "q"]
    assert table.frame["line_no"].to_list() == [2, 3, 4, 5, 7, 8]


def test_a_blank_line_inside_a_quoted_cell_stays() -> None:
    table = read_table(Piece("x.csv", b'a,b\n1,"x\n\ny"\n\n2,z\n'), required=("a", "b"))
    assert table.frame["b"].to_list() == ["x\n\ny", "z"]
    assert table.frame["line_no"].to_list() == [2, 6]


marked_cell = st.text(alphabet="ab 1.,\"'\t支付宝=", max_size=8).filter(lambda cell: not cell.startswith("`"))


@settings(deadline=None, max_examples=50)
@given(
    rows=st.lists(st.lists(marked_cell, min_size=3, max_size=3), max_size=6),
    torn=st.sampled_from([[], ["`1,`short"]]),
    below=st.sampled_from([[], ["sums", "`1,`2,`3"]]),
)
def test_cells_that_begin_with_a_mark_are_cut_at_the_marks(
    rows: list[list[str]], torn: list[str], below: list[str]
) -> None:
    lines = [",".join(f"`{cell}" for cell in row) for row in rows]
    found = table("\n".join([HEADER, *lines, *torn, *below]), trailer="^sums", cell_mark="`", multiline=False)
    assert [list(row[1:]) for row in found.frame.rows()] == rows
    assert found.unsplit["text"].to_list() == torn
    assert found.rejects["value"].to_list() == [line.removeprefix("`") for line in torn]
    assert [text for _, text in found.after] == below


def test_cells_guarded_against_spreadsheets_stay_as_printed_in_every_way_to_read_them() -> None:
    guarded = f'{HEADER}\n="0012","a, b",1\n="0013","c",2\n'
    cells = [(2, '="0012"', "a, b", "1"), (3, '="0013"', "c", "2")]
    assert table(guarded).frame.rows() == cells
    assert table(guarded + 'x,5" lamp,3\n').frame.rows() == [*cells, (4, "x", '5" lamp', "3")]
    assert table(f'{HEADER}\n="0,12","a",1\n').rejects["reason"].to_list() == ["the record has 4 cells, the header 3"]


def test_a_cell_longer_than_a_csv_reader_takes_is_a_reject_and_no_failure() -> None:
    endless = '5" ' + "x" * 200_000
    found = table(f'{HEADER}\n1,a,2\n"{endless},b\n3,c,4\n', multiline=False)
    assert found.frame["number"].to_list() == ["1", "3"]
    assert found.rejects["line_no"].to_list() == [3]


def test_records_above_a_header_printed_on_every_page_are_rejects_when_the_first_header_is_lost() -> None:
    page = f"{HEADER}\n1,a,2\n2,b,3\n"
    found = table(f"Statement,of February,\nPage 1 of 2\n{page}{page}".replace(HEADER, "", 1))
    assert found.header_line == 6
    assert found.rejects.select("line_no", "value").rows() == [(4, "1,a,2"), (5, "2,b,3")]
    assert found.raw["line_no"].to_list() == [4, 5, 7, 8]
