"""What a run must see of the past, found without reading the past.

Matching and the naming of causes look at rows that hang together by numbers. In a store of years an hour touches few
of them, but to find these few by looking through all rows costs what the store costs. So three things are kept beside
the matches:

    match.number   for every number that a row carries, a hash of eight bytes and the row's day. A look-up reads eight
                   bytes a number (through a Bloom filter) and then only the days that it names. It may name too many
                   days (a hash that two numbers share, a row that was restated), never too few.
    match.near     whole copies of the rows that every run needs: open rows, rows under review, and *all rows that hang
                   together with them by numbers*; also what is summed up by batch: bank lines, fees and payouts of
                   channels, vouchers of fees.
    dates          match.member and match.match carry the days of their rows, so that members are found by their day.

A run makes the temporary ``known`` from match.near and from what has arrived since, follows the numbers of what has
arrived through match.number, and adds the rows that it finds. The models read ``known`` under the name ``txn``.

    arrived(fresh, gone) -> numbers -> days -> rows -> their numbers -> ...

``known`` holds whole components: whoever shares a number with one of its rows that has been followed is in it, too. By
that it stands for the store, and the result is the same as if ``txn`` were the store (tests/match/test_nearby.py
compares the two row by row). The first run after everything was matched at once finds no match.near and makes it, by
the same following from the open rows.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from recon.store import HASH_PROBE

if TYPE_CHECKING:
    from recon.model import Leg
    from recon.store import Store

NUMBERS: Final = ("merchant_no", "channel_txn_no", "related_no", "refund_no", "order_no", "reference")
"""Columns of canon.txn by which rows hang together."""
CELLS: Final = ", ".join(NUMBERS)
_SUMMED_UP: Final = (
    "book = 'bank' OR (book = 'channel' AND kind IN ('fee', 'payout')) OR (book = 'ledger' AND kind = 'fee')"
)
_SEEDS: Final = "SELECT txn_id FROM match.pool UNION SELECT txn_id FROM match.review_member"
"""Rows that the next run needs whatever arrives."""


def carried(rows: str, *, but: str = "") -> str:
    """SQL of the distinct numbers that ``rows`` carry (``number``), those of the table ``but`` left out."""
    every = " UNION ".join(f"SELECT {name} AS number FROM {rows} WHERE {name} <> ''" for name in NUMBERS)  # noqa: S608 - names are ours
    return f"SELECT number FROM ({every}) ANTI JOIN {but} USING (number)" if but else every  # noqa: S608


def carrying(numbers: str) -> str:
    """SQL condition: the row carries a number of the table ``numbers``."""
    return "(" + " OR ".join(f"{name} IN (SELECT number FROM {numbers})" for name in NUMBERS) + ")"  # noqa: S608 - names are ours


def show_arrivals(store: Store, last: int) -> None:
    """Make ``fresh`` (rows of canon.txn that no run has seen as they are) and ``gone`` (what stood there before)."""
    given = {"last": last}
    store.temp(
        "fresh",
        """
        SELECT * FROM canon.txn WHERE file_id > $last
        UNION ALL
        SELECT * FROM canon.txn
        WHERE file_id <= $last AND txn_id IN (SELECT txn_id FROM canon.txn_returned WHERE returned_by > $last)
        """,
        given,
    )
    store.temp(
        "gone",
        """
        SELECT * EXCLUDE (superseded_by) FROM canon.txn_superseded WHERE superseded_by > $last
        UNION ALL BY NAME
        SELECT * EXCLUDE (confirms_txn_id, agrees, removed_by) FROM canon.txn_confirmed WHERE removed_by > $last
        """,
        given,
    )
    if store.value("SELECT count(*) FROM gone WHERE book = 'ledger'"):
        # A voucher line may be told anew because another line of its voucher changed; its row then has its old file.
        store.insert(
            "fresh",
            """
            SELECT * FROM canon.txn AS t WHERE t.book = 'ledger' AND t.txn_id NOT IN (SELECT txn_id FROM fresh)
            AND (
                t.txn_id IN (SELECT txn_id FROM gone)
                OR t.txn_id NOT IN (SELECT txn_id FROM match.member WHERE leg = 'channel_ledger')
            )
            """,
        )


def show_known(store: Store, last: int) -> None:
    """Make ``known`` and the view ``txn`` over it; needs ``fresh`` and ``gone``."""
    sound = store.value(
        f"SELECT count(*) FROM match.near_state WHERE file_id = $last AND probe = ({HASH_PROBE})",  # noqa: S608 - a constant
        {"last": last},
    )
    if sound:
        _index(store, "fresh")
        store.temp(
            "known",
            """
            SELECT n.* FROM match.near AS n
            WHERE n.txn_id NOT IN (SELECT txn_id FROM fresh) AND n.txn_id NOT IN (SELECT txn_id FROM gone)
            UNION ALL SELECT * FROM fresh
            """,
        )
        store.temp("followed", "SELECT '' AS number LIMIT 0")
    else:
        for table in ("number", "near"):
            store.run(f"DELETE FROM match.{table}")  # noqa: S608 - names are ours
        _index(store, "canon.txn")
        store.temp("seed", _SEEDS)
        store.temp(
            "known",
            f"""
            SELECT * FROM canon.txn
            WHERE {_SUMMED_UP} OR txn_id IN (FROM seed) OR txn_id IN (SELECT txn_id FROM fresh)
            """,  # noqa: S608 - constants
        )
        store.temp("followed", "SELECT '' AS number LIMIT 0")
        store.temp("ahead", carried("(SELECT k.* FROM known AS k SEMI JOIN seed USING (txn_id))"))
        follow(store)
    store.run("CREATE OR REPLACE TEMP VIEW txn AS SELECT * FROM known")


def _index(store: Store, rows: str) -> None:
    parts = " UNION ALL ".join(
        f"SELECT {name} AS number, business_date FROM {rows} WHERE {name} <> ''"  # noqa: S608 - names are ours
        + "".join(f" AND {name} <> {before}" for before in NUMBERS[:place])
        for place, name in enumerate(NUMBERS)
    )
    store.insert("match.number", f"SELECT hash(number) AS number_hash, business_date FROM ({parts})")  # noqa: S608


def follow(store: Store) -> None:
    """Add to ``known`` all rows that hang together with the numbers of the temporary ``ahead``, hop by hop."""
    store.run("DELETE FROM ahead WHERE number IN (SELECT number FROM followed)")
    while store.value("SELECT count(*) FROM ahead"):
        store.temp(
            "ahead_day",
            """
            SELECT DISTINCT business_date FROM match.number
            WHERE number_hash IN (SELECT hash(number) FROM ahead)
            """,
        )
        _add(store, f"t.business_date IN (SELECT business_date FROM ahead_day) AND {carrying('ahead')}")  # noqa: S608 - names are ours
        store.insert("followed", "FROM ahead")
        store.temp("met", f"SELECT {CELLS} FROM known WHERE {carrying('ahead')}")  # noqa: S608 - names are ours
        store.temp("ahead", carried("met", but="followed"))


def bring(store: Store, wanted: str) -> None:
    """Add to ``known`` the rows named by ``wanted`` (txn_id, business_date), and all that hang together with them."""
    rows = f"(SELECT txn_id, business_date FROM {wanted} WHERE txn_id NOT IN (SELECT txn_id FROM known))"  # noqa: S608 - names are ours
    named = f"t.business_date IN (SELECT business_date FROM {rows}) AND t.txn_id IN (SELECT txn_id FROM {rows})"  # noqa: S608
    if _add(store, named):
        store.temp("ahead", carried("found_row"))
        follow(store)


def bring_undone(store: Store, leg: Leg) -> None:
    """Add to ``undone_row`` the members of what is undone, and to ``known`` their rows; ``undone_more`` has the new."""
    news = "SELECT match_id, first_date FROM undone WHERE match_id NOT IN (SELECT match_id FROM undone_row)"
    if store.temp("undone_news", news):
        store.temp("undone_more", members_of("undone_news"), {"leg": leg})
        store.insert("undone_row", "FROM undone_more")
        bring(store, "undone_more")


def members_of(matches: str) -> str:
    """SQL of the members of ``matches`` (match_id, first_date)."""
    return (
        "SELECT m.* FROM match.member AS m WHERE m.leg = $leg"  # noqa: S608 - names are ours
        f" AND m.first_date IN (SELECT first_date FROM {matches}) AND m.match_id IN (SELECT match_id FROM {matches})"
    )


def _add(store: Store, condition: str) -> int:
    """Add to ``known`` the rows ``t`` of canon.txn that ``condition`` names; returns how many, ``found_row`` has them.

    First which rows, then their cells: all rows of a few days are asked, and a few rows are read whole.
    """
    place = "SELECT t.rowid AS place FROM canon.txn AS t WHERE"
    if not store.temp("found_at", f"{place} {condition} AND t.txn_id NOT IN (SELECT txn_id FROM known)"):  # noqa: S608 - names are ours
        return 0
    store.temp("found_row", "SELECT t.* FROM canon.txn AS t WHERE t.rowid IN (SELECT place FROM found_at)")
    return store.insert("known", "FROM found_row")


def keep(store: Store, last_file: int) -> None:
    """Make match.near from ``known``, for the run after this one: most rows stay as they stand there."""
    store.temp("kept_id", _SEEDS)
    store.temp("kept_number", carried("(SELECT k.* FROM known AS k SEMI JOIN kept_id USING (txn_id))"))
    store.temp("ahead", "FROM kept_number")
    while store.value("SELECT count(*) FROM ahead"):
        store.temp(
            "found_row",
            f"""
            SELECT txn_id, {CELLS} FROM known
            WHERE {carrying("ahead")} AND txn_id NOT IN (SELECT txn_id FROM kept_id)
            """,  # noqa: S608 - names are ours
        )
        store.insert("kept_id", "SELECT txn_id FROM found_row")
        store.temp("ahead", carried("found_row", but="kept_number"))
        store.insert("kept_number", "FROM ahead")
    store.temp("near_id", f"SELECT txn_id FROM known WHERE {_SUMMED_UP} OR txn_id IN (SELECT txn_id FROM kept_id)")  # noqa: S608 - a constant
    store.run(
        """
        DELETE FROM match.near
        WHERE txn_id NOT IN (SELECT txn_id FROM near_id)
        OR txn_id IN (SELECT txn_id FROM fresh) OR txn_id IN (SELECT txn_id FROM gone)
        """
    )
    store.insert(
        "match.near", "SELECT * FROM known SEMI JOIN near_id USING (txn_id) ANTI JOIN match.near USING (txn_id)"
    )
    store.run("DELETE FROM match.near_state")
    store.insert(
        "match.near_state", f"SELECT CAST($last AS INTEGER) AS file_id, ({HASH_PROBE}) AS probe", {"last": last_file}
    )


def forget(store: Store) -> None:
    """Everything is matched anew: what was kept of the past says nothing any more."""
    for table in ("number", "near", "near_state"):
        store.run(f"DELETE FROM match.{table}")  # noqa: S608 - names are ours


def show_near(store: Store) -> bool:
    """Make the view ``txn`` over match.near if that is right for all files that are stored, and say so."""
    sound = store.value(
        f"""
        SELECT count(*) FROM match.near_state
        WHERE file_id = (SELECT coalesce(max(file_id), 0) FROM meta.file) AND probe = ({HASH_PROBE})
        """  # noqa: S608 - a constant
    )
    if sound:
        store.run("CREATE OR REPLACE TEMP VIEW txn AS SELECT * FROM match.near")
    return bool(sound)
