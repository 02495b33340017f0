"""Columns of money and time: the quick way that almost every cell takes gives what the one cell alone gives."""

from __future__ import annotations

import datetime as dt

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recon import money, times

FORMATS = ("%Y-%m-%d %H:%M:%S", "%Y/%m/%d %H:%M:%S", "%Y-%m-%d %H:%M")
CURRENCY_OF = {0: "JPY", 2: "CNY", 3: "KWD"}

digits = st.text(alphabet="0123456789", max_size=21)
marks = st.sampled_from(["", "", "-", "+", "￥", "¥", "-￥", "￥-", "(", " ", "\u3000", "－", "'", "`", "元"])
ends = st.sampled_from(["", "", "元", " 元", ")", "元)", " ", "\t", '"', "\n", "-"])
near_amounts = st.one_of(
    st.builds("{}{}{}{}{}".format, marks, digits, st.sampled_from(["", ".", ",", "．"]), digits, ends),
    st.builds("{}{:,}.{:02}{}".format, marks, st.integers(0, 10**9), st.integers(0, 999), ends),
    st.text(alphabet="0123456789.,-+ ￥元()e_\u0663\xa0\x00", max_size=10),
    st.text(max_size=4),
)


def parsed(text: str, places: int) -> int | None:
    try:
        return money.scaled(text, places)
    except money.MoneyError:
        return None


@settings(deadline=None, max_examples=150)
@given(texts=st.lists(near_amounts, min_size=1, max_size=12), places=st.sampled_from([0, 2, 3, 5, 8]))
def test_a_whole_column_of_amounts_is_read_as_each_cell_alone(texts: list[str], places: int) -> None:
    column = pl.DataFrame({"text": texts})
    together = column.select(money.minor_units(pl.col("text"), places)).to_series().to_list()
    # A column of exponents has no quick way: every cell takes the long one.
    long_way = column.select(money.minor_units(pl.col("text"), pl.lit(places, dtype=pl.Int64))).to_series().to_list()
    assert together == long_way == [parsed(text, places) for text in texts]


@settings(deadline=None, max_examples=50)
@given(minors=st.lists(st.integers(-(10**15), 10**15), min_size=1, max_size=12), places=st.sampled_from([0, 2, 3]))
def test_a_column_of_printed_amounts_is_exact(minors: list[int], places: int) -> None:
    texts = pl.DataFrame({"text": [money.show(minor, CURRENCY_OF[places]) for minor in minors]})
    assert texts.select(money.minor_units(pl.col("text"), places)).to_series().to_list() == minors


@settings(deadline=None, max_examples=50)
@given(
    moments=st.lists(
        st.tuples(st.integers(0, 2**31).map(lambda s: dt.datetime.fromtimestamp(s, dt.UTC)), st.sampled_from(FORMATS)),
        max_size=8,
    ),
    noise=st.lists(st.text(alphabet="0123456789-/: ", max_size=19), max_size=4),
)
def test_a_column_of_mixed_times_is_read_form_by_form(moments: list[tuple[dt.datetime, str]], noise: list[str]) -> None:
    texts = [moment.strftime(form) for moment, form in moments] + noise
    together = pl.DataFrame({"text": texts}, schema={"text": pl.String}).select(times.epoch_s(pl.col("text"), FORMATS))
    alone = [pl.select(times.epoch_s(pl.lit(text), FORMATS)).item() for text in texts]
    assert together["text"].to_list() == alone


@pytest.mark.parametrize("text", ["2026-02-03 10:00:03\t", "`2026-02-03 10:00:03", "\u30002026/02/03 10:00:03"])
def test_what_surrounds_a_time_is_taken_off(text: str) -> None:
    both = pl.DataFrame({"text": [text, "2026-02-03 10:00:03"]}).select(times.epoch_s(pl.col("text"), FORMATS))
    assert both["text"].n_unique() == 1
