"""Dates and amounts of other countries in the one form that the templates read; never a reading that was not told."""

from __future__ import annotations

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recon.sources import printed_forms


def iso(text: str, order: str) -> str | None:
    return printed_forms.iso(pl.Series([text]), order).item()


def plain(text: str, mark: str) -> str | None:
    return printed_forms.plain(pl.Series([text]), mark).item()


@pytest.mark.parametrize(
    ("text", "order", "day"),
    [
        ("3.2.26", "D/M/Y", "2026-02-03"),
        ("03/02/2026 4:05 PM", "D/M/Y", "2026-02-03 16:05:00"),
        ("2/3/2026 12:00 a.m.", "M/D/Y", "2026-02-03 00:00:00"),
        ("02-03-2026 12:30 pm", "M/D/Y", "2026-02-03 12:30:00"),
        ("03/02/2026, 16:05:09", "D/M/Y", "2026-02-03 16:05:09"),
        ("2026-02-03T10:11:12.345Z", "D/M/Y", "2026-02-03 10:11:12+00:00"),
        ("2026/2/3 9:08", "Y-M-D", "2026-02-03 09:08:00"),
        ("2026年2月3日", "M/D/Y", "2026-02-03"),
        ("20260203", "D/M/Y", "2026-02-03"),
        ("3 Feb 2026", "M/D/Y", "2026-02-03"),
        ("03-Feb-26 10:00", "Y-M-D", "2026-02-03 10:00:00"),
        ("Feb 3rd, 2026", "D/M/Y", "2026-02-03"),
        ("3. März 2026", "D/M/Y", "2026-03-03"),
        ("", "D/M/Y", ""),
        ("-", "D/M/Y", ""),
    ],
)
def test_a_date_is_read_in_the_order_that_is_told(text: str, order: str, day: str) -> None:
    assert iso(text, order) == day


@pytest.mark.parametrize(
    ("text", "order"),
    [("03/02/2026", "Y-M-D"), ("26-02-03", "Y-M-D"), ("tomorrow", "D/M/Y"), ("3/2", "D/M/Y"), ("3 Foo 2026", "D/M/Y")],
)
def test_what_is_no_date_in_that_order_is_nothing(text: str, order: str) -> None:
    assert iso(text, order) is None


@pytest.mark.parametrize(
    ("text", "mark", "amount"),
    [
        ("1.234,56", ",", "1234.56"),
        ("-5,00 €", ",", "-5.00"),
        ("1 234 567,5", ",", "1234567.5"),
        ("1\u202f234,5", ",", "1234.5"),
        ("1.234,56-", ",", "-1234.56"),
        ("(3,00)", ",", "-3.00"),
        ("EUR 7", ",", "7"),
        ("CNY 123,18", ",", "123.18"),
        ("1,234.56", ".", "1234.56"),
        ("US$ 5.00", ".", "5.00"),
        ("-$5.00", ".", "-5.00"),
        ("$ -5.00", ".", "-5.00"),
        ("12.00元", ".", "12.00"),
        ("￥５", ".", "5"),
        ("−5", ".", "-5"),
        ("1'234.50", ".", "1234.50"),
        (".5", ".", ".5"),
        ("", ",", ""),
        ("--", ",", ""),
    ],
)
def test_an_amount_is_read_with_the_mark_that_is_told(text: str, mark: str, amount: str) -> None:
    assert plain(text, mark) == amount


@pytest.mark.parametrize(
    ("text", "mark"), [("1.23", ","), ("1,23", "."), ("1.2.3", ","), ("1,23,456.78", "."), ("abc", "."), ("12-3", ".")]
)
def test_an_amount_that_does_not_fit_the_mark_is_nothing(text: str, mark: str) -> None:
    assert plain(text, mark) is None


@given(st.integers(-(10**12), 10**12), st.sampled_from([".", ","]), st.booleans())
def test_an_amount_is_read_back_as_it_was_printed(minor: int, mark: str, grouped: bool) -> None:
    whole, part = divmod(abs(minor), 100)
    other = "," if mark == "." else "."
    digits = f"{whole:,}".replace(",", other) if grouped else str(whole)
    text = f"{'-' if minor < 0 else ''}{digits}{mark}{part:02d}"
    assert plain(text, mark) == f"{'-' if minor < 0 else ''}{whole}.{part:02d}"


@pytest.mark.parametrize(
    ("texts", "orders"),
    [
        (["01/02/2026"], ("D/M/Y", "M/D/Y")),
        (["01/02/2026", "13/02/2026"], ("D/M/Y",)),
        (["01/02/2026", "02/13/2026"], ("M/D/Y",)),
        (["13/02/2026", "02/13/2026"], ()),
        (["2026-01-02", "3 Feb 2026", ""], ("Y-M-D", "D/M/Y", "M/D/Y")),
    ],
)
def test_texts_allow_the_orders_in_which_all_of_them_are_days(texts: list[str], orders: tuple[str, ...]) -> None:
    assert printed_forms.orders_that_fit(pl.Series(texts)) == orders
