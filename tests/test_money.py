"""Money is an integer of minor units: read exactly, printed exactly, never rounded in silence."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recon import money
from recon.money import MoneyError

amounts = st.integers(-(10**15), 10**15)
currencies = st.sampled_from(["CNY", "USD", "JPY", "KWD", "KRW"])


@settings(deadline=None)
@given(minor=amounts, currency=currencies, grouped=st.booleans())
def test_an_amount_is_read_back_as_it_was_printed(minor: int, currency: str, grouped: bool) -> None:
    assert money.parse(money.show(minor, currency, grouped=grouped), currency) == minor


@settings(deadline=None)
@given(minors=st.lists(st.tuples(amounts, currencies), min_size=1, max_size=8), grouped=st.booleans())
def test_a_column_is_read_as_its_cells_are(minors: list[tuple[int, str]], grouped: bool) -> None:
    frame = pl.DataFrame(
        {
            "text": [money.show(minor, currency, grouped=grouped) for minor, currency in minors],
            "currency": [currency for _, currency in minors],
        }
    )
    read = frame.select(money.minor_units(pl.col("text"), money.exponents(pl.col("currency"))))
    assert read.to_series().to_list() == [minor for minor, _ in minors]


@pytest.mark.parametrize(
    ("text", "currency", "minor"),
    [
        ("1,234.50", "CNY", 123450),
        ("+10", "CNY", 1000),
        ("-71.89", "CNY", -7189),
        ("－5", "CNY", -500),
        ("￥5", "CNY", 500),
        ("¥0.10", "CNY", 10),
        ("12.00元", "CNY", 1200),
        ("12.3400", "CNY", 1234),
        (".5", "CNY", 50),
        ("5.", "CNY", 500),
        ("`60.00", "CNY", 6000),
        ("\t60.00 ", "CNY", 6000),
        ("15000", "JPY", 15000),
        ("15000.00", "JPY", 15000),
        ("1.234", "KWD", 1234),
        ("０．０１", "CNY", 1),
        ("-0.00", "CNY", 0),
        ("(3.00)", "CNY", -300),
        ("(￥1,003.00元)", "CNY", -100300),
        ("-￥5.00", "CNY", -500),
        ("￥ -5.00", "CNY", -500),
        ("￥ 5.00 元", "CNY", 500),
        ("92233720368547758.07", "CNY", 2**63 - 1),
    ],
)
def test_printed_forms_are_understood_in_cells_and_columns(text: str, currency: str, minor: int) -> None:
    assert money.parse(text, currency) == minor
    assert column(text, places=money.exponent(currency)) == [minor]


@pytest.mark.parametrize("text", ["12.345", "0.001", "1,234.567", "(0.001)"])
def test_more_decimals_than_the_currency_has_are_refused(text: str) -> None:
    with pytest.raises(MoneyError, match="has more decimals than CNY allows"):
        money.parse(text, "CNY")
    assert column(text) == [None]


NO_AMOUNTS = (
    "| - | . | 元 | abc | 1.2.3 | NaN | Infinity | --5 | 12 元 3 | 12元3 | 1￥2 | 1'2 | 1_000 | ٣ | 1e5 | 1,2 | 1,23"
    " | 12,34.00 | 4.00123E+27 | (5 | (-5) | -(5) | -￥-5 | 5\n.00 | 5 00"
)


@pytest.mark.parametrize("text", [text.strip(" ") for text in NO_AMOUNTS.split("|")])
def test_what_is_no_number_is_refused(text: str) -> None:
    with pytest.raises(MoneyError, match="is not an amount"):
        money.parse(text, "CNY")
    assert column(text) == [None]


def column(*texts: str, places: int = 2) -> list[int | None]:
    return pl.select(money.minor_units(pl.lit(pl.Series(texts)), places)).to_series().to_list()


@pytest.mark.parametrize("text", ["9" * 20, "92233720368547758.08", "-92233720368547758.08"])
def test_what_64_bits_do_not_hold_is_refused(text: str) -> None:
    with pytest.raises(MoneyError, match="is more than an amount can be"):
        money.parse(text, "CNY")
    assert column(text) == [None]


def test_a_column_reads_the_printed_forms_too() -> None:
    assert column("1,234.50", "－5", "￥5", "12.00元", "`60.00", "\t7", "") == [
        123450,
        -500,
        500,
        1200,
        6000,
        700,
        None,
    ]


@settings(deadline=None)
@given(numerator=st.integers(-(10**12), 10**12), denominator=st.integers(-(10**6), 10**6).filter(bool))
def test_half_up_rounds_half_away_from_zero(numerator: int, denominator: int) -> None:
    exact = (Decimal(numerator) / Decimal(denominator)).quantize(Decimal(1), ROUND_HALF_UP)
    assert money.half_up(numerator, denominator) == int(exact)


@pytest.mark.parametrize(("numerator", "rounded"), [(5, 1), (-5, -1), (4, 0), (-4, 0), (15, 2), (0, 0)])
def test_a_half_cent_goes_away_from_zero(numerator: int, rounded: int) -> None:
    assert money.half_up(numerator, 10) == rounded


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        (0.1, "0.1"),
        (12.345, "12.345"),
        (3.0, "3"),
        (1e16, "10000000000000000"),
        (1e-7, "0.0000001"),
        (None, ""),
        (5, "5"),
        ("x", "x"),
    ],
)
def test_a_spreadsheet_cell_becomes_its_shortest_exact_text(cell: object, text: str) -> None:
    assert money.cell_text(cell) == text


@settings(deadline=None)
@given(minor=st.integers(-(10**12), 10**12))
def test_an_amount_survives_a_spreadsheet(minor: int) -> None:
    cell = float(money.decimal(minor, "CNY"))
    assert money.parse(money.cell_text(cell), "CNY") == minor


@pytest.mark.parametrize(
    ("minor", "currency", "shown"),
    [(0, "CNY", "0.00"), (-5, "CNY", "-0.05"), (1234567, "CNY", "12345.67"), (7, "JPY", "7"), (None, "CNY", "")],
)
def test_an_amount_is_printed_with_the_decimals_of_its_currency(minor: int | None, currency: str, shown: str) -> None:
    assert money.show(minor, currency) == shown


def test_thousands_are_grouped_when_asked_for() -> None:
    assert money.show(-123456789, "CNY", grouped=True) == "-1,234,567.89"
    assert money.show(1234567, "JPY", grouped=True) == "1,234,567"


def test_a_rate_is_an_integer_of_eight_decimals() -> None:
    frame = pl.DataFrame({"rate": ["6.9532", "0.00000001", "1.123456789", ""]})
    assert frame.select(money.rate_e8(pl.col("rate"))).to_series().to_list() == [695_320_000, 1, None, None]


digits = st.text(alphabet="0123456789", min_size=1, max_size=12)


@settings(deadline=None, max_examples=200)
@given(
    texts=st.lists(
        st.one_of(
            st.text(alphabet="019,.+-¥元 \t'", max_size=9),
            st.builds(
                "{}{},{}.{}{}".format,
                st.sampled_from(["", "+", "-", "\t"]),
                digits,
                digits,
                digits,
                st.sampled_from(["", "\t", "元"]),
            ),
            st.builds("{}.{}".format, digits, digits),
        ),
        min_size=1,
        max_size=8,
    ),
    places=st.integers(0, 8),
)
def test_a_column_of_anything_is_read_as_its_cells_are(texts: list[str], places: int) -> None:
    def alone(text: str) -> int | None:
        try:
            return money.scaled(text, places)
        except money.MoneyError:
            return None

    column = pl.Series("printed", texts).to_frame().select(money.minor_units(pl.col("printed"), places)).to_series()
    assert column.to_list() == [alone(text) for text in texts]
