"""Time zones as files print them, clock changes, and what summer time tells of a date."""

from __future__ import annotations

import datetime as dt

import polars as pl
import pytest

from recon.sources import zones


@pytest.mark.parametrize(
    ("word", "meant"),
    [
        ("America/Los_Angeles", "America/Los_Angeles"),
        ("PST", -8 * 3600),
        ("cest", 2 * 3600),
        ("MESZ", 2 * 3600),
        ("GMT", 0),
        ("GMT+08:00", 8 * 3600),
        ("GMT+8", 8 * 3600),
        ("UTC-5", -5 * 3600),
        ("+0530", 19800),
        ("CST", None),  # China, Chicago, Cuba
        ("IST", None),
        ("Mars/Olympus", None),
        ("../../etc/passwd", None),
        ("GMT+99:00", None),
        ("yesterday", None),
    ],
)
def test_a_word_is_a_zone_when_it_has_one_meaning(word: str, meant: str | int | None) -> None:
    assert zones.zone(word, {}) == meant


def test_the_workspaces_own_words_come_first() -> None:
    assert zones.zone("CST", {"CST": "America/Chicago"}) == "America/Chicago"
    assert zones.zone("EST", {"EST": "Australia/Sydney"}) == "Australia/Sydney"


def moments(*rows: tuple[dt.datetime | None, str]) -> list[tuple[object, ...]]:
    naive = pl.Series([row[0] for row in rows], dtype=pl.Datetime("us"))
    return zones.moments(naive, pl.Series([row[1] for row in rows], dtype=pl.String), {}, "Asia/Shanghai").rows()


def test_a_blank_zone_is_the_workspaces() -> None:
    assert moments((dt.datetime.fromisoformat("1970-01-01T08:00"), " "), (None, "PST")) == [
        (0, True, True),
        (None, True, True),
    ]


def test_a_time_that_a_clock_change_skips_is_none_and_one_that_it_repeats_is_not_guessed() -> None:
    skipped, repeated = (dt.datetime.fromisoformat(text) for text in ("2026-03-08T02:30", "2026-11-01T01:30"))
    place = "America/Los_Angeles"
    assert moments((skipped, place), (repeated, place)) == [(None, True, False), (None, True, True)]


def test_an_unknown_zone_gives_no_moment() -> None:
    assert moments((dt.datetime.fromisoformat("2026-02-03"), "CST")) == [(None, False, True)]


def test_no_file_and_no_row_is_no_matter() -> None:
    assert moments() == []


@pytest.mark.parametrize(
    ("month", "word", "fits"), [(7, "PDT", True), (2, "PDT", False), (2, "PST", True), (7, "CST", True)]
)
def test_summer_time_is_not_printed_in_winter(month: int, word: str, fits: bool) -> None:
    assert zones.in_summer(pl.Series([None, dt.date(2026, month, 7)]), pl.Series([word, word])) is fits
