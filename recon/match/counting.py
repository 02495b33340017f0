"""How many rows each day has, counted once: of which book, channel, currency, settlement batch and file they are.

Which days the files loaded speak for, which day has no bill, which currencies there are, on which days a batch has its
rows: all of that is asked in every run, and to ask canon.txn costs what the store costs. ``match.counted`` holds the
answer in a few rows a day and file. A run counts only the days again on which a row came or went.

The view ``counted`` is what the models read. Where match.counted is not sure to be right (files have been loaded since,
or it does not add up to as many rows as are stored) it is the count itself, made from canon.txn: slower, never wrong.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from recon.store import Store

_COUNT: Final = """
    SELECT
        t.book, t.channel, t.currency, CASE t.book WHEN 'channel' THEN t.batch_no ELSE '' END AS batch_no,
        t.business_date, t.file_id, count(*) AS entries
    FROM canon.txn AS t {of}
    GROUP BY ALL
"""
_ADDS_UP: Final = "(SELECT coalesce(sum(entries), 0) FROM match.counted) = (SELECT count(*) FROM canon.txn)"


def count(store: Store, last: int, last_file: int) -> None:
    """Bring match.counted up to the file ``last_file``; from ``last`` on, when it is right up to there.

    Then the tables ``fresh`` and ``gone`` must be there (:func:`recon.match.nearby.show_arrivals`).
    """
    known = last and store.value("SELECT count(*) FROM match.counted_state WHERE file_id = $last", {"last": last})
    if known:
        store.temp(
            "moved_day",
            "SELECT book, business_date FROM fresh UNION SELECT book, business_date FROM gone",
        )
        store.run(
            "DELETE FROM match.counted WHERE (book, business_date) IN (SELECT (book, business_date) FROM moved_day)"
        )
        store.insert("match.counted", _COUNT.format(of="SEMI JOIN moved_day USING (book, business_date)"))
    if not known or not store.value(f"SELECT {_ADDS_UP}"):
        store.run("DELETE FROM match.counted")
        store.insert("match.counted", _COUNT.format(of=""))
    store.run("DELETE FROM match.counted_state")
    store.run("INSERT INTO match.counted_state VALUES ($last)", {"last": last_file})


def show_counted(store: Store) -> None:
    """Make the view ``counted``, over match.counted if that is right for all files that are stored."""
    sound = store.value(
        f"""
        SELECT count(*) FROM match.counted_state
        WHERE file_id = (SELECT coalesce(max(file_id), 0) FROM meta.file) AND {_ADDS_UP}
        """  # noqa: S608 - a constant
    )
    rows = "SELECT * FROM match.counted" if sound else _COUNT.format(of="")
    store.run(f"CREATE OR REPLACE TEMP VIEW counted AS {rows}")
