"""Working days by country, and what a workspace knows that the library does not."""

from __future__ import annotations

import datetime as dt

import pytest
from holidays.registry import COUNTRIES, FINANCIAL

from recon.calendars import _USUAL, Calendar, check_country, days

LIBRARY = Calendar()


@pytest.mark.parametrize(
    ("day", "works"),
    [
        (dt.date(2026, 2, 13), True),
        (dt.date(2026, 2, 14), True),  # a make-up Saturday before the Spring Festival
        (dt.date(2026, 2, 16), False),
        (dt.date(2026, 2, 23), False),
        (dt.date(2026, 2, 24), True),
        (dt.date(2026, 2, 28), True),  # a make-up Saturday after it
        (dt.date(2026, 3, 1), False),
    ],
)
def test_chinese_working_days_know_the_spring_festival_and_its_make_up_days(day: dt.date, works: bool) -> None:
    assert LIBRARY.is_working_day(day) is works


def test_a_payout_in_working_days_waits_for_the_holiday_to_end() -> None:
    friday_before = dt.date(2026, 2, 14)
    assert LIBRARY.due_date(friday_before, 1, working=True) == dt.date(2026, 2, 24)
    assert LIBRARY.due_date(friday_before, 1, working=False) == dt.date(2026, 2, 15)
    assert LIBRARY.due_date(friday_before, 0, working=True) == friday_before


def test_three_working_days_after_a_thursday_are_the_next_tuesday() -> None:
    assert LIBRARY.add_working_days(dt.date(2026, 3, 5), 3) == dt.date(2026, 3, 10)


@pytest.mark.parametrize(
    ("country", "due"),
    [
        ("US", dt.date(2026, 7, 8)),  # the third of July is the holiday of a Saturday's fourth
        ("GB-ENG", dt.date(2026, 7, 7)),
        ("CN", dt.date(2026, 7, 7)),
        ("ECB", dt.date(2026, 7, 7)),
    ],
)
def test_banks_of_other_countries_have_other_days_off(country: str, due: dt.date) -> None:
    thursday = dt.date(2026, 7, 2)
    assert LIBRARY.add_working_days(thursday, 3, country) == due


def test_a_market_has_its_own_days_off() -> None:
    good_friday = dt.date(2026, 4, 3)
    assert not LIBRARY.is_working_day(good_friday, "ECB")
    assert LIBRARY.is_working_day(good_friday, "US")


def test_bank_holidays_count_where_a_country_has_them_beside_the_public_ones() -> None:
    assert not LIBRARY.is_working_day(dt.date(2026, 12, 31), "JP")


def test_two_countries_work_when_both_do() -> None:
    national_day, thanksgiving, monday = dt.date(2026, 10, 1), dt.date(2026, 11, 26), dt.date(2026, 11, 30)
    works = [LIBRARY.is_working_day(day, "US+CN") for day in (national_day, thanksgiving, monday)]
    assert works == [False, False, True]


def test_a_workspace_adds_the_notice_of_the_next_year() -> None:
    known = Calendar(off={"CN": days(["2027-02-05..2027-02-11"])}, working={"CN": days(["2027-02-20"])})
    assert not known.is_working_day(dt.date(2027, 2, 11))
    assert known.is_working_day(dt.date(2027, 2, 20))  # a Saturday
    assert known.due_date(dt.date(2027, 2, 4), 1, working=True) == dt.date(2027, 2, 12)
    assert known.is_working_day(dt.date(2027, 2, 11), "US")


def test_a_year_whose_notice_is_not_known_is_known_to_be_so() -> None:
    assert [LIBRARY.knows(year) for year in (2025, 2026, 2031)] == [True, True, False]
    assert LIBRARY.knows(2031, "US")
    assert Calendar(working={"CN": days(["2031-02-01"])}).knows(2031)


def test_days_are_written_one_by_one_or_from_one_to_another() -> None:
    assert days(["2027-02-06", "2027-02-01..2027-02-03"]) == tuple(dt.date(2027, 2, day) for day in (1, 2, 3, 6))


@pytest.mark.parametrize("text", ["2027-02-30", "next week", "2027-02-03..2027-02-01", "2027-02-01.."])
def test_what_is_no_day_raises(text: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        assert days([text]) == ()


@pytest.mark.parametrize("country", ["XX", "us", "GB-XXX", "", "CN+", "country_holidays"])
def test_what_names_no_calendar_raises(country: str) -> None:
    with pytest.raises(ValueError, match="is no country"):
        check_country(country)


def test_every_name_that_is_taken_without_a_look_at_the_library_names_a_calendar() -> None:
    named = [*COUNTRIES.values(), *FINANCIAL.values()]
    codes = {code for names in named for code in names[1:] if code.isupper()}
    assert codes > _USUAL
    for code in codes:
        assert Calendar().is_working_day(dt.date(2026, 2, 3), code) in {True, False}
