"""For which days the loaded files speak: outside of them nothing is missing, it is only not loaded.

A book speaks from its first day to its last, or to the last day that one of its files says it covers. A sparse book (a
few entries a day) speaks for whole months: there, a day without any is ordinary. In a dense one it is not: a channel
or an order system that has dozens of rows every day and none on the fourteenth has a bill that nobody loaded, unless a
file says that it covers that day. What hangs on such a day waits for its file instead of being three hundred false
alarms.
The ledger rests on days off and is never taken to have such a hole; nor is a bank.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from typing import TYPE_CHECKING, Any, Final

import polars as pl

from recon import times
from recon.differences.reading import model

if TYPE_CHECKING:
    from recon.differences.settings import Settings
    from recon.store import Store

SPARSE_PER_DAY: Final = 5
"""Below this many entries a day, a day without any is ordinary and does not mean that its bill is not loaded."""
DENSE_PER_DAY: Final = 20
"""From this many entries a day on, a day without any inside the loaded days means that its bill is not loaded."""
_DAY: Final = dt.timedelta(days=1)
_MISSING: Final[dict[str, type[pl.DataType]]] = {
    **dict.fromkeys(("book", "channel"), pl.String),
    **dict.fromkeys(("day", "last_date"), pl.Date),
    "start_s": pl.Int64,
}


def show_coverage(store: Store, settings: Settings) -> None:
    """Make the temporary tables ``coverage`` and ``missing_day``; needs ``counted`` (:mod:`recon.match.counting`)."""
    store.run("CREATE OR REPLACE TEMP VIEW file AS SELECT * FROM meta.file")
    store.temp("printed_span", model("printed_span"))
    store.temp("coverage", _coverage(store))
    store.temp("missing_day", pl.DataFrame(_missing_days(store, settings), schema=_MISSING))


def show_refund_due(store: Store, settings: Settings) -> None:
    """Make the temporary table ``refund_due`` for the days of the refunds in ``item_txn``."""
    store.temp("refund_due", _refund_due(store, settings))


def _coverage(store: Store) -> pl.DataFrame:
    """Days for which the loaded files speak (``sql/coverage.sql``); a sparse book speaks for the months it touches."""
    rows = store.frame(model("coverage")).to_dicts()
    for row in rows:
        days = (row["until_date"] - row["from_date"]).days + 1
        if row["entries"] < SPARSE_PER_DAY * days and row["book"] != "bank":
            row["from_date"] = times.month_bounds(times.month_of(row["from_date"]))[0]
            row["until_date"] = times.month_bounds(times.month_of(row["until_date"]))[1]
    bills = [row for row in rows if row["book"] == "channel"]
    if bills:  # an order that names no channel may have been paid through any of them
        first, last = max(row["from_date"] for row in bills), min(row["until_date"] for row in bills)
        shared = {"from_date": first, "until_date": last}
        rows.append({"book": "channel", "channel": "", "currency": "", "entries": 0} | shared)
    schema: dict[str, type[pl.DataType]] = {
        **dict.fromkeys(("book", "channel", "currency"), pl.String),
        **dict.fromkeys(("from_date", "until_date"), pl.Date),
        "entries": pl.Int64,
    }
    return pl.DataFrame(rows, schema=schema)


def _missing_days(store: Store, settings: Settings) -> list[dict[str, Any]]:
    """Days of orders and channels whose bills are not loaded, though those before and after are.

    ``start_s`` is the day's midnight as local seconds since 1970; ``last_date`` the last day on which a payout of it
    may arrive (the day itself for orders).
    """
    counts: dict[tuple[str, str], dict[dt.date, int]] = defaultdict(dict)
    for book, channel, day, rows in store.rows(
        "SELECT book, CASE book WHEN 'channel' THEN channel ELSE '' END, business_date, CAST(sum(entries) AS BIGINT)"
        " FROM counted WHERE book IN ('order', 'channel') GROUP BY ALL"
    ):
        counts[book, channel][day] = rows
    spans = store.rows("SELECT book, channel, period_start, period_end FROM printed_span")
    found: list[dict[str, Any]] = []
    for (book, channel), days in sorted(counts.items()):
        first, last = min(days), max(days)
        if sum(days.values()) < DENSE_PER_DAY * ((last - first).days + 1):
            continue
        said = [(start, end) for one, other, start, end in spans if (one, other) == (book, channel)]
        for number in range((last - first).days):
            day = first + _DAY * number
            if day in days or any(start <= day <= end for start, end in said):
                continue
            found.append(
                {
                    "book": book,
                    "channel": channel,
                    "day": day,
                    "last_date": _last_date(settings, channel, day) if book == "channel" else day,
                    "start_s": (day - times.EPOCH).days * times.DAY_S,
                }
            )
    return found


def _last_date(settings: Settings, channel: str, day: dt.date) -> dt.date:
    terms = next((each for each in settings.contracts if each.channel == channel), None)
    if terms is None:
        return day
    working = terms.lag_unit == "working"
    due = settings.calendar.due_date(day, terms.lag_days, working=working, country=terms.country)
    return due + _DAY * terms.grace_days


def _refund_due(store: Store, settings: Settings) -> pl.DataFrame:
    """Last day on which a refund of each day may still be on its way: the settings' working days after it."""
    days = store.frame(
        "SELECT DISTINCT business_date AS day FROM item_txn WHERE book = 'order' AND kind = 'refund' ORDER BY 1"
    )["day"]
    due = [settings.calendar.add_working_days(day, settings.refund_days) for day in days]
    return pl.DataFrame({"day": days, "due_date": pl.Series(due, dtype=pl.Date)})
