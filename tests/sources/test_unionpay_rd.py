"""What the golden files of UnionPay's summary RD do not say by themselves."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recon.errors import SourceError
from recon.ingest.writing import counted
from recon.sources import Reading, Settings
from recon.sources.piece import Piece
from recon.sources.unionpay_rd import UnionpayRd
from recon.sources.unionpay_zm import UnionpayZm

HERE = Path(__file__).parent
PAGE = (HERE / "unionpay_rd" / "RD201026020301_898310048990001.txt").read_bytes().decode("gb18030")


def read(text: str) -> Reading:
    return UnionpayRd().read(Piece("RD201026020301_898310048990001", text.encode("gb18030")), Settings())


@pytest.mark.parametrize("torn", [" " * 200_000 + "x", "自助消费" + " " * 200_000 + "8", "借" * 200_000])
def test_a_line_of_any_length_is_looked_at_only_once(torn: str) -> None:
    """A pattern with several runs of blanks would try them in millions of ways."""
    reading = read(PAGE.replace("退货", f"{torn}\n退货", 1))
    assert reading.rejects["line_no"].to_list() == [12]


def test_an_unknown_currency_refuses_the_page() -> None:
    with pytest.raises(SourceError, match="清算币种 泰铢 is no currency known here"):
        read(PAGE.replace("人民币", "泰铢"))


def test_its_totals_are_those_of_the_zm_of_the_day() -> None:
    path = HERE / "unionpay_zm" / "INN26020388ZM_898310048990001.txt"
    rows = UnionpayZm().read(Piece(path.name, path.read_bytes()), Settings()).txns
    assert rows is not None
    totals = read(PAGE).totals
    assert {(total.source, total.account, total.first, total.last) for total in totals} == {
        ("unionpay_zm", "898310048990001", dt.date(2026, 2, 3), dt.date(2026, 2, 3))
    }
    assert {total.measure: total.printed for total in totals} == {
        "rows": rows.height,
        **{name: rows[name].sum() for name in ("amount_minor", "fee_minor", "net_minor")},
    }


def test_its_totals_bind_only_on_a_day_of_payments() -> None:
    payments = PAGE.replace("17.00", " 0.00")
    assert {total.binding for total in read(PAGE).totals} == {False}
    assert {total.binding for total in read(payments).totals} == {True}


def test_a_page_without_its_line_of_totals_tells_nothing_of_the_zm() -> None:
    assert read(PAGE.replace("总计", "合计")).totals == ()


FIGURES = [at for at, sign in enumerate(PAGE) if sign.isdigit() and at > PAGE.index("____")]


@settings(deadline=None, max_examples=100)
@given(at=st.sampled_from(FIGURES), digit=st.sampled_from("0123456789"))
def test_no_digit_of_the_tables_can_change_unnoticed(at: int, digit: str) -> None:
    reading = read(PAGE[:at] + digit + PAGE[at + 1 :])
    assert (digit == PAGE[at]) == all(control.ok for control in reading.controls)


@settings(deadline=None, max_examples=60)
@given(data=st.data())
def test_a_damaged_page_is_refused_or_every_line_has_its_place(data: st.DataObject) -> None:
    text = PAGE
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(text) - 1))
        text = text[:at] + data.draw(st.text(alphabet="0 .,-\n借贷总x", max_size=3)) + text[at + 1 :]
    try:
        counted("RD", read(text))
    except SourceError:
        return


def test_a_page_cut_above_its_tables_says_so() -> None:
    heading = PAGE[: PAGE.index("资金清算差额")]
    controls = read(heading + "资金清算差额").controls
    assert [(control.name, control.ok) for control in controls] == [("总计", False)]
