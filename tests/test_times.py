"""Time is UTC seconds and an accounting day; a date alone is no time."""

from __future__ import annotations

import datetime as dt

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recon import times

MOMENT = 1_770_084_672  # 2026-02-03 10:11:12 in Shanghai
seconds = st.integers(0, 4_000_000_000)


def epoch(*texts: str, zone: str = times.BEIJING) -> list[int | None]:
    formats = ("%Y-%m-%d %H:%M:%S", "%Y/%m/%d %H:%M")
    return pl.DataFrame({"t": texts}).select(times.epoch_s(pl.col("t"), formats, zone)).to_series().to_list()


@pytest.mark.parametrize(
    "text", ["2026-02-03T10:11:12", "2026-02-03T10:11:12+08:00", "2026-02-03T02:11:12Z", "2026-02-03 10:11:12"]
)
def test_a_moment_is_read_in_the_zone_of_the_workspace_unless_it_says_another(text: str) -> None:
    assert times.parse_moment(text) == MOMENT


def test_a_bare_date_given_as_a_moment_is_its_midnight() -> None:
    assert times.show_moment(times.parse_moment("2026-03-02")) == "2026-03-02 00:00:00"


def test_what_is_no_moment_raises() -> None:
    with pytest.raises(ValueError, match="yesterday"):
        times.parse_moment("yesterday")


@settings(deadline=None)
@given(moment=seconds)
def test_a_moment_is_read_back_as_it_was_printed(moment: int) -> None:
    assert times.parse_moment(times.show_moment(moment)) == moment


def test_no_moment_prints_as_nothing() -> None:
    assert times.show_moment(None) == ""


def test_a_column_of_printed_times_becomes_utc_seconds() -> None:
    assert epoch("2026-02-03 10:11:12", "`2026/02/03 10:11", "\t2026-02-03 10:11:12 ") == [MOMENT, MOMENT - 12, MOMENT]


@pytest.mark.parametrize("text", ["", "2026-02-03", "2026-02-30 10:00:00", "10:11:12", "20260203101112"])
def test_a_cell_that_is_no_full_time_is_unknown_and_never_midnight(text: str) -> None:
    assert epoch(text) == [None]


@pytest.mark.parametrize("text", ["2026-03-08 02:30:00", "2026-11-01 01:30:00"])
def test_an_hour_that_the_clock_skips_or_repeats_is_not_guessed(text: str) -> None:
    assert epoch(text, zone="America/Los_Angeles") == [None]


def test_a_year_of_two_digits_is_no_day_of_the_first_century() -> None:
    frame = pl.DataFrame({"d": ["26-02-03", "0026-02-03", "1899-12-31", "1900-01-01"]})
    assert frame.select(times.day(pl.col("d"))).to_series().to_list() == [None, None, None, dt.date(1900, 1, 1)]
    assert epoch("26-02-03 10:11:12", "26/02/03 10:11") == [None, None]


def test_a_column_of_printed_dates_becomes_days() -> None:
    frame = pl.DataFrame({"d": ["2026-02-03", "2026/02/03", "20260203", "2026-02-30", ""]})
    day = dt.date(2026, 2, 3)
    assert frame.select(times.day(pl.col("d"))).to_series().to_list() == [day, day, day, None, None]


@pytest.mark.parametrize(
    ("clock", "cutoff", "date"),
    [
        ("22:59:59", "23:00", dt.date(2026, 2, 3)),
        ("23:00:00", "23:00", dt.date(2026, 2, 4)),
        ("23:59:59", "24:00", dt.date(2026, 2, 3)),
        ("00:00:00", "23:00", dt.date(2026, 2, 3)),
    ],
)
def test_the_accounting_day_turns_at_the_cutoff(clock: str, cutoff: str, date: dt.date) -> None:
    frame = pl.DataFrame({"s": [times.parse_moment(f"2026-02-03T{clock}")]})
    assert frame.select(times.business_date(pl.col("s"), cutoff=cutoff)).item() == date


@settings(deadline=None)
@given(moment=seconds)
def test_with_the_cutoff_at_midnight_the_accounting_day_is_the_calendar_day(moment: int) -> None:
    frame = pl.DataFrame({"s": [moment]})
    assert frame.select(times.business_date(pl.col("s"))).item() == times.local_date(moment)


@pytest.mark.parametrize(
    ("period", "first", "last"),
    [
        ("2026-02", dt.date(2026, 2, 1), dt.date(2026, 2, 28)),
        ("2024-02", dt.date(2024, 2, 1), dt.date(2024, 2, 29)),
        ("2025-12", dt.date(2025, 12, 1), dt.date(2025, 12, 31)),
    ],
)
def test_a_period_has_a_first_and_a_last_day(period: str, first: dt.date, last: dt.date) -> None:
    assert times.month_bounds(period) == (first, last)
    assert times.month_of(first) == times.month_of(last) == period


@pytest.mark.parametrize("text", ["2026-13", "2026", "February"])
def test_what_is_no_month_raises(text: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        times.month_bounds(text)


@given(st.integers(20_000, 90_000), st.integers(0, times.DAY_S - 1))
def test_a_serial_day_of_a_spreadsheet_is_its_second(day: int, second: int) -> None:
    text = f"{day}.{second * 10**11 // times.DAY_S:011d}"
    since_1970 = day - (dt.date(1970, 1, 1) - dt.date(1899, 12, 30)).days
    assert pl.select(times.serial_s(pl.lit(text), "UTC")).item() == since_1970 * times.DAY_S + second


@pytest.mark.parametrize("text", ["", "2026-02-03", "20260203", "4629", "46295.", "-46295.5", "46295.8a", "1e5"])
def test_what_is_no_serial_day_is_none(text: str) -> None:
    assert pl.select(times.serial_s(pl.lit(text))).item() is None
