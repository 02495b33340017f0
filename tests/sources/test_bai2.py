"""What the golden files of BAI2 do not say by themselves."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recon.errors import SourceError
from recon.ingest.writing import counted
from recon.sources import Reading, Settings
from recon.sources.bai2 import Bai2
from recon.sources.piece import Piece

HERE = Path(__file__).parent / "bai2"
REPORT = (HERE / "previous_day.bai2").read_text(encoding="utf-8")


def read(text: str) -> Reading:
    return Bai2().read(Piece("report.bai2", text.encode()), Settings())


def entry(text: str) -> str:
    """A report of one entry, whose sums are left out."""
    head = "01,1,2,260204,0612,1,80,,2/\n02,2,1,1,260203,2359,USD,2/\n03,123,,010,0,,/\n"
    return f"{head}{text}\n49,0,3/\n98,0,1,5/\n99,0,1,7/\n"


@pytest.mark.parametrize(
    ("kind", "minor"),
    [("100", 5), ("399", 5), ("920", 5), ("959", 5), ("400", -5), ("699", -5), ("960", -5), ("999", -5)],
)
def test_the_type_says_which_way_the_money_goes(kind: str, minor: int) -> None:
    rows = read(entry(f"16,{kind},5,Z,,,TEXT/")).txns
    assert rows is not None
    assert rows["amount_minor"].to_list() == [minor]


@pytest.mark.parametrize("kind", ["", "099", "700", "899", "900", "919", "1000", "x42", "１４２"])
def test_a_type_that_tells_no_direction_is_a_reject(kind: str) -> None:
    assert read(entry(f"16,{kind},5,Z,,,TEXT/")).rejects["column"].to_list() == ["Type"]


@pytest.mark.parametrize(
    ("printed", "reference", "memo"),
    [
        ("16,142,5,Z,B1,C1,A TEXT/", "B1", "A TEXT"),
        ("16,142,5,,,C1,A TEXT", "C1", "A TEXT"),
        ("16,142,5,V,260203,,B1,C1,A, TEXT/", "B1", "A, TEXT"),
        ("16,142,5,S,1,2,2,B1,,A TEXT/", "B1", "A TEXT"),
        ("16,142,5,D,2,0,3,1,2,B1,,A TEXT/", "B1", "A TEXT"),
        ("16,142,5,D,x,B1,,A TEXT/", "B1", "A TEXT"),
        ("16,142,5,Z,B1/\n88,C1,A TEXT/\n88,MORE/", "B1", "A TEXT | MORE"),
        ("16,142,5,Z,B1,,A TEXT / 16 BOXES/", "B1", "A TEXT / 16 BOXES"),
        ("16,142,5,Z,B1,,A TEXT\nTHAT GOES ON/", "B1", "A TEXT THAT GOES ON"),
        ("16,142,5", "", ""),
    ],
)
def test_references_and_text_stand_behind_what_the_funds_type_brings(printed: str, reference: str, memo: str) -> None:
    rows = read(entry(printed)).txns
    assert rows is not None
    assert rows.select("reference", "memo").rows() == [(reference, memo)]


def test_a_record_that_goes_on_for_many_lines_is_put_together_once() -> None:
    rows = read(entry("16,142,5,Z,B1,,A TEXT\n" + "MORE\n" * 200_000)).txns
    assert rows is not None
    assert len(rows["memo"][0]) == len("A TEXT") + 200_000 * len(" MORE")


def test_counts_of_records_bind_nothing_but_sums_do() -> None:
    failed = [control for control in read(entry("16,142,5,Z,,,TEXT/")).controls if not control.ok]
    assert {control.name: control.binding for control in failed} == {
        "123 260203 49 sum": True,
    }
    noted = read(REPORT.replace("49,500,5/", "49,500,9/")).controls
    assert [control.binding for control in noted if not control.ok] == [False]


FIGURES = [
    at
    for at, sign in enumerate(REPORT)
    if sign.isdigit()
    and REPORT.rfind("\n", 0, at) == REPORT.rfind("\n16,", 0, at)
    and REPORT.count(",", REPORT.rfind("\n", 0, at), at) == 2
]


@settings(deadline=None, max_examples=60)
@given(at=st.sampled_from(FIGURES), digit=st.sampled_from("0123456789"))
def test_no_digit_of_an_amount_can_change_unnoticed(at: int, digit: str) -> None:
    changed = REPORT[:at] + digit + REPORT[at + 1 :]
    assert (changed == REPORT) == all(control.ok for control in read(changed).controls)


@settings(deadline=None, max_examples=100)
@given(data=st.data())
def test_a_damaged_report_is_refused_or_every_entry_has_its_place(data: st.DataObject) -> None:
    text = REPORT
    for _ in range(data.draw(st.integers(1, 5))):
        at = data.draw(st.integers(0, len(text) - 1))
        text = text[:at] + data.draw(st.text(alphabet="0189,/\n VSD-", max_size=4)) + text[at + 1 :]
    try:
        counted("report", read(text))
    except SourceError:
        return
