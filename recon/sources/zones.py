"""Time zones as files print them: names of places, offsets, and the abbreviations that have one meaning.

    America/Los_Angeles   GMT+08:00   UTC-5   Z   PST   CEST   MESZ

An abbreviation that several zones share (CST is China, Chicago and Cuba) is none; a workspace that knows what is meant
says so. An abbreviation of summer time also tells something of the date beside it: ``07/02/2026 ... PDT`` is in July.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final
from zoneinfo import ZoneInfo

import polars as pl

_OFFSET: Final = re.compile(r"(?:GMT|UTC)?([+-])(\d{1,2})(?::?([0-5]\d))?", re.IGNORECASE)
_HOURS: Final = {
    "GMT": 0, "UTC": 0, "Z": 0, "WET": 0, "WEST": 1, "BST": 1, "WEZ": 0, "WESZ": 1,
    "CET": 1, "CEST": 2, "MEZ": 1, "MESZ": 2, "HEC": 1, "HAEC": 2,
    "EET": 2, "EEST": 3, "OEZ": 2, "OESZ": 3, "MSK": 3, "SAST": 2,
    "HKT": 8, "SGT": 8, "MYT": 8, "PHT": 8, "AWST": 8, "JST": 9, "KST": 9, "ICT": 7, "WIB": 7,
    "AEST": 10, "AEDT": 11, "NZST": 12, "NZDT": 13,
    "NDT": -2.5, "NST": -3.5, "BRT": -3, "ART": -3, "ADT": -3, "EDT": -4, "EST": -5, "CDT": -5, "MDT": -6, "MST": -7,
    "PDT": -7, "PST": -8, "AKDT": -8, "AKST": -9, "HST": -10,
}  # fmt: skip
_PLACE_OF_SUMMER: Final = {
    "PDT": "America/Los_Angeles", "MDT": "America/Denver", "CDT": "America/Chicago", "EDT": "America/New_York",
    "BST": "Europe/London", "WEST": "Europe/Lisbon", "CEST": "Europe/Berlin", "MESZ": "Europe/Berlin",
    "HAEC": "Europe/Paris", "EEST": "Europe/Athens", "AEDT": "Australia/Sydney", "NZDT": "Pacific/Auckland",
}  # fmt: skip


def zone(word: str, known: Mapping[str, str]) -> str | int | None:
    """IANA name of a place, or the offset from UTC in seconds, that a printed zone means; None when it means neither.

    ``known`` says what the workspace's own abbreviations mean, and comes first.
    """
    text = known.get(word, word).strip()
    if "/" in text:
        try:
            return ZoneInfo(text).key
        except (KeyError, ValueError, OSError):
            return None
    hours = _HOURS.get(text.upper())
    if hours is not None:
        return int(hours * 3600)
    found = _OFFSET.fullmatch(text.replace(" ", ""))
    if found is None or int(found[2]) > 14:
        return None
    seconds = int(found[2]) * 3600 + int(found[3] or 0) * 60
    return -seconds if found[1] == "-" else seconds


def moments(naive: pl.Series, words: pl.Series, known: Mapping[str, str], default: str) -> pl.DataFrame:
    """Local times (Datetime, null = none) and printed zones -> ``s``, ``is_zone``, ``is_time``, row by row.

    s: UTC epoch seconds; null where there is no local time, the zone is not known, or the clock was set at that hour.
    is_zone: whether the zone is known (a blank one is ``default``). is_time: false where a clock change skips the time;
    one that a clock change repeats is a time, but nobody knows which of the two.
    """
    frame = pl.DataFrame({"naive": naive, "word": words.str.strip_chars()})
    s = pl.lit(None, dtype=pl.Int64)
    is_time, is_zone = pl.lit(value=True), pl.lit(value=True)
    for word in frame["word"].unique():
        here, meant = pl.col("word") == word, default if word == "" else zone(word, known)
        if meant is None:
            is_zone = pl.when(here).then(pl.lit(value=False)).otherwise(is_zone)
        elif isinstance(meant, int):
            s = pl.when(here).then(pl.col("naive").dt.epoch("s") - meant).otherwise(s)
        else:
            first = pl.col("naive").dt.replace_time_zone(meant, ambiguous="earliest", non_existent="null")
            sure = pl.col("naive").dt.replace_time_zone(meant, ambiguous="null", non_existent="null")
            is_time = pl.when(here).then(first.is_not_null() | pl.col("naive").is_null()).otherwise(is_time)
            s = pl.when(here).then(sure.dt.epoch("s")).otherwise(s)
    found = frame.with_columns(s.alias("s"), is_zone.alias("is_zone"), is_time.alias("is_time"))
    return found.select("s", "is_zone", "is_time")


def in_summer(days: pl.Series, words: pl.Series) -> bool:
    """Whether every day with a zone of summer time beside it lies in summer time there (at noon)."""
    frame = pl.DataFrame({"day": days, "word": words.str.strip_chars().str.to_uppercase()}).drop_nulls("day")
    for word, place in _PLACE_OF_SUMMER.items():
        noon = frame.filter(pl.col("word") == word)["day"].cast(pl.Datetime("us")).dt.offset_by("12h")
        if (noon.dt.replace_time_zone(place).dt.dst_offset().dt.total_seconds() == 0).any():
            return False
    return True
