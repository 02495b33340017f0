"""Time is an integer: ``occurred_s`` is UTC epoch seconds; ``business_date`` is the source's own accounting day.

A source that prints only a date leaves ``occurred_s`` null; midnight is never invented. UnionPay's accounting day turns
at about 23:00, so the business date of 23:00:00 and later is the next day (:func:`business_date`). This module is the
only one that asks what time it is (:func:`now_s`); every command takes ``--as-of`` so that a run can be replayed.

Working days, holidays and the day on which a payout is due are in :mod:`recon.calendars`.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

import polars as pl

if TYPE_CHECKING:
    from collections.abc import Sequence

BEIJING: Final = "Asia/Shanghai"
DAY_S: Final = 86_400
EPOCH: Final = dt.date(1970, 1, 1)
_SERIAL_EPOCH: Final = 25_569
"""1970-01-01 as a spreadsheet counts days."""
_SERIAL_PLACES: Final = 11
_PROBE: Final = 50
_FIRST: Final = dt.datetime(1900, 1, 1)  # noqa: DTZ001 - local times are compared with it, before they get a zone
"""No bill is older: ``26-02-03`` read as a year, a month and a day would be a day of the year 26."""
_SURROUNDING: Final = " \t`'\"\u3000\xa0"
_EDGE: Final = f"^[{_SURROUNDING}]|[{_SURROUNDING}]$"


def now_s() -> int:
    """Return the present moment in UTC epoch seconds; the only place where the program asks for it."""
    return int(dt.datetime.now(tz=dt.UTC).timestamp())


def parse_moment(text: str, zone: str = BEIJING) -> int:
    """Read an ISO date or date-time (``2026-03-02``, ``2026-03-02T10:00``, with or without offset) as epoch seconds.

    Without an offset the text is in ``zone``; a bare date is its midnight. Raises ValueError when it is neither.
    """
    moment = dt.datetime.fromisoformat(text)
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=ZoneInfo(zone))
    return int(moment.timestamp())


def show_moment(occurred_s: int | None, zone: str = BEIJING) -> str:
    """Print epoch seconds as ``YYYY-MM-DD HH:MM:SS`` in ``zone``; blank for None."""
    if occurred_s is None:
        return ""
    return dt.datetime.fromtimestamp(occurred_s, tz=ZoneInfo(zone)).strftime("%Y-%m-%d %H:%M:%S")


def local_date(occurred_s: int, zone: str = BEIJING) -> dt.date:
    """Calendar day of a moment in ``zone``."""
    return dt.datetime.fromtimestamp(occurred_s, tz=ZoneInfo(zone)).date()


def epoch_s(column: pl.Expr, formats: Sequence[str], zone: str = BEIJING) -> pl.Expr:
    """Column of printed local times -> Int64 UTC epoch seconds; null where no format fits (never guessed).

    Formats are tried in order per cell, e.g. ``("%Y-%m-%d %H:%M:%S", "%Y/%m/%d %H:%M")``. Date-only text gives null.
    A local time that a clock change skips or repeats gives null as well: it is rejected rather than guessed.
    """
    return column.map_batches(
        lambda texts: _read_moments(texts.cast(pl.String), tuple(formats), zone),
        return_dtype=pl.Int64,
        is_elementwise=True,
    )


def _read_moments(texts: pl.Series, formats: tuple[str, ...], zone: str) -> pl.Series:
    """Epoch seconds. A file prints its times in one form: each form is tried on what those before it could not read."""
    naive = pl.Series(texts.name, [None], dtype=pl.Datetime("us")).new_from_index(0, texts.len())
    if texts.str.contains(_EDGE).any():
        texts = texts.str.strip_chars(_SURROUNDING)
    rest, left = (texts != "").fill_null(value=False).arg_true(), texts
    for number, form in enumerate(_likely_first(texts.gather(rest.head(_PROBE)), formats)):
        if not rest.len():
            break
        if number == 0:
            naive = left.str.to_datetime(form, time_unit="us", strict=False)
        else:
            naive = naive.scatter(rest, left.str.to_datetime(form, time_unit="us", strict=False))
        rest = (naive.is_null() & (texts != "")).arg_true()
        left = texts.gather(rest)
    naive = naive.set(naive < _FIRST, None)
    return naive.dt.replace_time_zone(zone, ambiguous="null", non_existent="null").dt.epoch("s")


def _likely_first(sample: pl.Series, formats: tuple[str, ...]) -> list[str]:
    """Forms that read nothing of a sample come last; no text is read by two forms in two ways."""
    fits = {form: sample.str.to_datetime(form, time_unit="us", strict=False).count() > 0 for form in formats}
    return sorted(formats, key=lambda form: not fits[form])


def serial_s(column: pl.Expr, zone: str = BEIJING) -> pl.Expr:
    """Column of a spreadsheet's serial days (``46295.84104166667``: days since 1899-12-30, local) -> UTC epoch seconds.

    Rounded to the second, which is exact for what a clock showed; null where the text is no number of five digits
    before the point (1927 to 2173).
    """
    whole = column.str.extract(r"^(\d{5})(?:\.\d+)?$", 1).cast(pl.Int64)
    part = column.str.extract(r"^\d{5}\.(\d+)$", 1).fill_null("").str.slice(0, _SERIAL_PLACES)
    scaled = part.str.pad_end(_SERIAL_PLACES, "0").cast(pl.Int64) * DAY_S
    local = (whole - _SERIAL_EPOCH) * DAY_S + (scaled + 10**_SERIAL_PLACES // 2) // 10**_SERIAL_PLACES
    naive = pl.from_epoch(local, time_unit="s")
    return naive.dt.replace_time_zone(zone, ambiguous="null", non_existent="null").dt.epoch("s")


def day(column: pl.Expr, formats: Sequence[str] = ("%Y-%m-%d", "%Y/%m/%d", "%Y%m%d")) -> pl.Expr:
    """Column of printed dates -> Date; null where no format fits."""
    text = column.cast(pl.String).str.strip_chars(_SURROUNDING)
    found = pl.coalesce([text.str.to_date(form, strict=False) for form in formats])
    return pl.when(found >= _FIRST.date()).then(found)


def business_date(occurred: pl.Expr, zone: str = BEIJING, cutoff: str = "24:00") -> pl.Expr:
    """Column of epoch seconds -> accounting Date when the day turns at ``cutoff`` (``"24:00"`` = midnight)."""
    hour, minute = (int(part) for part in cutoff.split(":"))
    early_s = DAY_S - (hour * 3600 + minute * 60)
    moment = pl.from_epoch(occurred + early_s, time_unit="s").dt.replace_time_zone("UTC")
    return moment.dt.convert_time_zone(zone).dt.date()


def month_of(date: dt.date) -> str:
    """Accounting period ``YYYY-MM`` of a day."""
    return f"{date:%Y-%m}"


def month_before(period: str) -> str:
    """Period before ``YYYY-MM``."""
    return month_of(month_bounds(period)[0] - dt.timedelta(days=1))


def month_after(period: str) -> str:
    """Period after ``YYYY-MM``."""
    return month_of(month_bounds(period)[1] + dt.timedelta(days=1))


def month_bounds(period: str) -> tuple[dt.date, dt.date]:
    """First and last day of the period ``YYYY-MM``. Raises ValueError when the text is no month."""
    first = dt.date.fromisoformat(f"{period}-01")
    after = dt.date(first.year + first.month // 12, first.month % 12 + 1, 1)
    return first, after - dt.timedelta(days=1)
