"""A web page saved as .xls becomes the text of its tables, each row on the line where it stands."""

from __future__ import annotations

from recon.sources.html_table import as_text, whole
from recon.sources.piece import Piece


def lines(page: str) -> list[str]:
    return as_text(Piece("bank.xls", page.encode("gb18030"))).text.split("\n")


def test_a_row_stands_on_the_line_of_its_tag() -> None:
    page = "<html>\n<table>\n<tr><td>日期</td><td>金额</td></tr>\n\n<tr>\n<td>20260203</td>\n<td>1,200.00</td></tr>"
    assert lines(page) == ["", "", "日期,金额", "", '20260203,"1,200.00"']


def test_rows_that_share_a_line_are_counted() -> None:
    assert lines("<table><tr><td>a</td></tr><tr><td>b</td></tr></table>") == ["a", "b"]


def test_cells_and_rows_need_not_be_closed() -> None:
    assert lines("<table><tr><td>a<td>b\n<tr><td>c") == ["a,b", "c"]


def test_a_cell_over_several_columns_is_followed_by_empty_ones() -> None:
    assert lines("<table><tr><td colspan=3>a</td><td>b</td></tr></table>") == ["a,,,b"]
    assert lines("<table><tr><td colspan=x>a</td><td>b</td></tr></table>") == ["a,b"]


def test_markup_inside_a_cell_is_dropped_and_its_text_kept() -> None:
    assert lines("<table><tr><td><b>a</b>&amp;<br>b&nbsp; c</td></tr></table>") == ["a& b c"]


def test_any_other_text_stays_as_it_is() -> None:
    for text in ("日期,金额\n20260203,<b>5</b>", "<Document/>", ""):
        piece = Piece("bank.csv", text.encode())
        assert as_text(piece) is piece


def test_a_page_that_ends_inside_its_table_was_cut() -> None:
    page = "<html><TABLE>\n<tr><td>20260203</td></tr>\n"
    controls = [whole(Piece("bank.xls", text.encode())) for text in (page, f"{page}</TABLE>", "20260203,5")]
    assert [[control.ok for control in found] for found in controls] == [[False], [True], []]
