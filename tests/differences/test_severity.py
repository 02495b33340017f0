"""How much a difference matters: the money at stake or its age, whichever says more."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from recon.differences import Settings
from recon.differences.severity import Grader

AS_OF = dt.date(2026, 3, 2)
E8 = 10**8
RATES = [
    (dt.date(2026, 2, 1), "USD", "CNY", 7 * E8),
    (dt.date(2026, 2, 20), "USD", "CNY", 8 * E8),
    (dt.date(2026, 2, 1), "USD", "EUR", 1),
]


def grade(*, currency: str = "CNY", day: str = "2026-03-01", kind: str = "break", **minor: int | None) -> str:
    row: dict[str, Any] = {"kind": kind, "currency": currency, "business_date": dt.date.fromisoformat(day)}
    row |= {"left_minor": None, "right_minor": None, "delta_minor": 0} | minor
    settings = Settings(high_minor=100_000, high_days=30, medium_minor=10_000, medium_days=7)
    return str(Grader(settings, AS_OF, RATES).grade(row))


@pytest.mark.parametrize(
    ("minor", "severity"), [(9_999, "low"), (-10_000, "medium"), (99_999, "medium"), (-100_000, "high")]
)
def test_money_decides(minor: int, severity: str) -> None:
    assert grade(delta_minor=minor) == severity


@pytest.mark.parametrize(("day", "severity"), [("2026-02-24", "low"), ("2026-02-23", "medium"), ("2026-01-31", "high")])
def test_so_does_age(day: str, severity: str) -> None:
    assert grade(delta_minor=1, day=day) == severity


def test_where_no_money_is_apart_the_amount_it_is_about_counts() -> None:
    assert grade(left_minor=250_000, right_minor=250_000) == "high"


def test_what_clears_by_itself_is_low() -> None:
    assert grade(kind="timing", delta_minor=10**9, day="2025-01-01") == "low"


@pytest.mark.parametrize(
    ("day", "cents", "severity"),
    [
        ("2026-03-01", 12_499, "medium"),  # at 8.00
        ("2026-03-01", 12_500, "high"),
        ("2026-02-24", 12_500, "high"),
        ("2026-01-31", 14_286, "high"),
    ],
)
def test_foreign_money_is_weighed_at_the_newest_rate_of_its_day(day: str, cents: int, severity: str) -> None:
    assert grade(currency="USD", day=day, delta_minor=cents) == severity


def test_a_day_before_all_rates_takes_the_first_one() -> None:
    settings = Settings(high_minor=70_000, high_days=10_000, medium_days=10_000)
    row = {"kind": "break", "currency": "USD", "business_date": dt.date(2026, 1, 5)}
    grader = Grader(settings, AS_OF, RATES)
    sides = {"left_minor": None, "right_minor": None}
    assert [str(grader.grade(row | sides | {"delta_minor": minor})) for minor in (9_999, 10_000)] == ["medium", "high"]


def test_without_a_rate_the_figure_counts_as_it_stands() -> None:
    assert grade(currency="GBP", delta_minor=100_000) == "high"
