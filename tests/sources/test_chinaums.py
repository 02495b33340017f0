"""What the golden files of ChinaUMS's lists do not say by themselves."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recon.errors import SourceError
from recon.ingest.writing import counted
from recon.sources import Control, Reading, Settings
from recon.sources.chinaums import Chinaums
from recon.sources.piece import Piece

HERE = Path(__file__).parent / "chinaums"
LIST = (HERE / "netbank.txt").read_bytes().decode()
HEADING = LIST.split("\r\n")[:4]
ROW = LIST.split("\r\n")[4]


def read(text: str, **given: str) -> Reading:
    return Chinaums().read(Piece("list.txt", text.encode()), Settings(**given))


def listed(count: int, *below: str) -> str:
    rows = [ROW.replace("512645316965", f"51{number:010d}") for number in range(count)]
    return "\r\n".join([*HEADING, *rows, *below])


@pytest.mark.parametrize(("count", "below", "whole"), [(1000, (), False), (999, (), True), (4396, (), True)])
def test_a_list_that_ends_where_it_says_that_it_ends_may_be_cut(
    count: int, below: tuple[str, ...], whole: bool
) -> None:
    failed = [control for control in read(listed(count, *below)).controls if control.binding and not control.ok]
    assert failed == ([] if whole else [Control("仅显示1000条", "more than 1000 perhaps", "1000")])


def test_a_list_of_a_thousand_with_its_number_is_whole() -> None:
    controls = read(listed(1000, "总笔数：\t1000" + "\t" * 15)).controls
    assert controls == (Control("总笔数", "1000", "1000"),)


def test_totals_bind_only_where_no_refund_makes_their_sign_uncertain() -> None:
    refunds = (HERE / "netbank_with_refunds.txt").read_bytes().decode("gb18030")
    bound = {control.name: control.binding for control in read(refunds).controls}
    assert bound == {"总笔数": True, "交易金额": False, "结算金额": False, "手续费": False}
    assert all(control.binding for control in read(LIST).controls)


def test_a_time_without_a_day_moves_with_the_cutoff() -> None:
    two = Piece("two.xlsx", (HERE / "format_two.xlsx").read_bytes())
    times = {cut: Chinaums().read(two, Settings(unionpay_cutoff=cut)).txns for cut in ("23:00", "23:30")}
    late = {cut: rows["occurred_s"].to_list()[2:4] for cut, rows in times.items() if rows is not None}
    day_s = 86_400
    assert late["23:00"][0] + day_s == late["23:30"][0]
    assert late["23:00"][1] is None
    assert late["23:30"][1] is not None


def test_a_number_that_a_spreadsheet_has_rounded_refuses_the_list() -> None:
    with pytest.raises(SourceError, match="参考号"):
        read(LIST.replace("512645316965", "5.12645E+11"))


@settings(deadline=None, max_examples=60)
@given(data=st.data())
def test_a_damaged_list_is_refused_or_every_line_has_its_place(data: st.DataObject) -> None:
    text = LIST
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(text) - 1))
        text = text[:at] + data.draw(st.text(alphabet='0\t.,-\n总消E"', max_size=3)) + text[at + 1 :]
    try:
        reading = read(text)
    except SourceError:
        return
    counted("list", reading)
    assert reading.txns is None or reading.txns.filter(pl.col("amount_minor").is_null()).is_empty()


def test_the_query_of_the_net_bank_ends_in_its_number_and_a_list_cut_before_it_says_so() -> None:
    missing = Control("总笔数", "none: the list may have been cut", "3", binding=False)
    assert missing in read(listed(3)).controls
    assert missing not in read(listed(3, "总笔数：\t3" + "\t" * 15)).controls


def test_a_lost_first_header_of_two_lists_loses_no_row() -> None:
    whole = (HERE / "wap_two_lists.txt").read_bytes()
    lines = whole.split(b"\n")
    first = next(
        place for place, line in enumerate(lines) if line.count(b"\t") and line.startswith("清算日期".encode("gb18030"))
    )
    damaged = Chinaums().read(Piece("list.txt", b"\n".join(lines[:first] + lines[first + 1 :])), Settings())
    assert (
        damaged.rejects["reason"].to_list()
        == ["it stands above the header, which must have been printed before it, too"] * 2
    )
