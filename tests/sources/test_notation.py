"""What amounts and dates of a file prove about how they are written, and what they do not."""

from __future__ import annotations

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recon import money
from recon.sources import notation


def mark(*texts: str, places: int = 2) -> notation.Found:
    lines = range(2, 2 + len(texts))
    frame = pl.DataFrame({"line_no": lines, "text": texts, "places": [places] * len(texts)})
    return notation.decimal_mark(frame)


def order(*texts: str) -> notation.Found:
    return notation.date_order(pl.DataFrame({"line_no": range(2, 2 + len(texts)), "text": texts}))


@pytest.mark.parametrize(
    ("text", "proved"),
    [
        ("1.234,56", ","),
        ("-1,234.56", "."),
        ("1 234,56", ","),
        ("1\u202f234,5", ","),
        ("1'234.50", "."),
        ("1\u2019234.50", "."),
        ("-15,00", ","),
        ("84.00", "."),
        (".50", "."),
        ("0,125", ","),  # no group begins with a nought
        ("1234.567", "."),  # a group has three digits, and four stand before
        ("1.234.567", ","),
        ("1,234,567", "."),
        ("1.234", ","),  # of two decimals: three digits are a group
        ("1234", ""),
        ("", ""),
        ("12.34.56", ""),
        ("n/a", ""),
    ],
)
def test_one_amount_proves_its_decimal_mark_or_nothing(text: str, proved: str) -> None:
    assert mark(text).proved == proved


def test_three_digits_after_a_mark_prove_nothing_where_the_currency_has_three_decimals() -> None:
    assert mark("1.234", places=3).ways == {}


def test_a_sure_amount_outweighs_one_that_may_be_a_slip() -> None:
    assert mark("12.345", "12.34").ways == {".": (3, "12.34")}


def test_amounts_with_both_marks_contradict_each_other() -> None:
    assert mark("12.34", "5", "12,34").ways == {".": (2, "12.34"), ",": (4, "12,34")}


@pytest.mark.parametrize(
    ("texts", "proved"),
    [
        (["01/02/2026", "13/02/2026"], "D/M/Y"),
        (["01/02/2026", "02/13/2026"], "M/D/Y"),
        (["1-2-2026", "31-1-2026"], "D/M/Y"),
        (["01.02.2026"], "D/M/Y"),
        (["2026-02-01", "2026/2/3", "2026年2月3日"], "Y-M-D"),
        (["01/02/2026", "12/12/2026"], ""),
        (["45/45/2026", "30/30/2026", "soon", ""], ""),
        (["29/02/2025"], ""),  # neither a day first nor a month first is a day
    ],
)
def test_dates_prove_their_order_or_nothing(texts: list[str], proved: str) -> None:
    assert order(*texts).proved == proved


def test_dates_of_two_orders_contradict_each_other() -> None:
    assert order("13/02/2026", "02/13/2026").ways == {"D/M/Y": (2, "13/02/2026"), "M/D/Y": (3, "02/13/2026")}
    assert order("2026-02-13", "02/03/2026").ways == {
        "D/M/Y or M/D/Y": (3, "02/03/2026"),
        "Y-M-D": (2, "2026-02-13"),
    }


WAYS = [(".", ","), (",", "."), (",", " "), (",", "\u202f"), (",", "\u00a0"), (".", "'"), (".", ""), (",", "")]


@given(
    st.lists(st.integers(-(10**12), 10**12), min_size=1, max_size=8),
    st.sampled_from(WAYS),
    st.sampled_from(["USD", "JPY", "KWD"]),
)
def test_what_is_proved_reads_every_amount_as_it_was_meant(
    amounts: list[int], way: tuple[str, str], currency: str
) -> None:
    decimal, group = way
    plain = [money.show(amount, currency, grouped=True) for amount in amounts]
    texts = [text.translate(str.maketrans({",": group, ".": decimal})) for text in plain]
    places = money.exponent(currency)
    found = mark(*texts, places=places)
    assert len(found.ways) < 2
    if found.proved:
        frame = pl.DataFrame({"text": texts})
        read = frame.select(money.minor_units(notation.pointed(pl.col("text"), found.proved), places)).to_series()
        assert read.to_list() == amounts
