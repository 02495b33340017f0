"""What a run has to look at: rows never seen, rows still open, and settled rows that share a number with a new one.

The passes work within the rows that share numbers. So when a new row arrives, every match that shares a number with it
is undone and its rows meet the passes again together with the new one, as if all had come at once; matches that share
nothing with it cannot change and are not read. That is why many small drops in any order give the same matches as one
load (a property test shuffles them), and why an hour costs what the hour brought.

A restated row comes under its old identity with a new file: its match is undone the same way, and so are those of a row
that another bill's row has taken the place of (canon.txn_confirmed) or has given it back (canon.txn_returned), and the
matches of the days and currencies for which exchange rates arrive.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from recon.model import Leg

if TYPE_CHECKING:
    from recon.store import Store

BOOKS: Final = {
    Leg.ORDER_CHANNEL: ("order", "channel"),
    Leg.CHANNEL_LEDGER: ("channel", "ledger"),
}
_NUMBERS: Final = ("merchant_no", "channel_txn_no", "related_no", "refund_no", "order_no", "reference", "batch_no")
# batch_no brings a day's summary voucher back when the day grows; rows are not looked up by it (the whole day).
_LOOKED_UP: Final = _NUMBERS[:-1]


def show_work(store: Store, leg: Leg, last_file: int) -> None:
    """Make the temporary view ``work`` (canon.txn rows that this run must match) and undo the matches it re-opens.

    ``last_file`` is the newest file the leg has already met, 0 for none. Writes match.match, member, pool and review.
    """
    left, right = BOOKS[leg]
    if not last_file and not store.value("SELECT count(*) FROM match.match WHERE leg = $leg", {"leg": leg}):
        store.run(f"CREATE OR REPLACE TEMP VIEW work AS SELECT * FROM canon.txn WHERE book IN ('{left}', '{right}')")  # noqa: S608
        store.run("DELETE FROM match.pool WHERE leg = $leg", {"leg": leg})
        return
    given = {"leg": leg, "last": last_file, "left": left, "right": right}
    store.temp(
        "fresh",
        """
        SELECT * FROM canon.txn
        WHERE file_id > $last OR txn_id IN (SELECT txn_id FROM canon.txn_returned WHERE returned_by > $last)
        """,
        {"last": last_file},
    )
    store.temp(
        "gone",
        """
        SELECT * EXCLUDE (superseded_by) FROM canon.txn_superseded WHERE superseded_by > $last
        UNION ALL BY NAME
        SELECT * EXCLUDE (confirms_txn_id, agrees, removed_by) FROM canon.txn_confirmed WHERE removed_by > $last
        """,
        {"last": last_file},
    )
    if leg == Leg.CHANNEL_LEDGER and store.value("SELECT count(*) FROM gone WHERE book = 'ledger'"):
        # A voucher line may be told anew because another line of its voucher changed; its row then has its old file.
        store.insert(
            "fresh",
            """
            SELECT * FROM canon.txn AS t WHERE t.book = 'ledger' AND t.txn_id NOT IN (SELECT txn_id FROM fresh)
            AND t.txn_id NOT IN (SELECT txn_id FROM match.member WHERE leg = 'channel_ledger')
            """,
        )
    store.temp(
        "work_id",
        "SELECT txn_id FROM fresh WHERE book IN ($left, $right) UNION SELECT txn_id FROM match.pool WHERE leg = $leg",
        {key: given[key] for key in ("leg", "left", "right")},
    )
    told = [(name, rows) for name in _NUMBERS for rows in ("fresh", "gone")]
    every = " UNION ".join(f"SELECT {name} AS number FROM {rows} WHERE {name} <> ''" for name, rows in told)  # noqa: S608
    store.temp("touched", every)
    store.temp(
        "undone",
        "SELECT match_id FROM match.match WHERE leg = $leg AND pass IN ('voucher_batch', 'voucher_amount')",
        {"leg": leg},
    )
    # Whether a net voucher is right depends on the fee vouchers of its day.
    store.insert(
        "undone",
        """
        SELECT DISTINCT k.match_id FROM match.match AS k JOIN match.member AS m USING (leg, match_id)
        JOIN canon.txn AS t ON m.txn_id = t.txn_id
        WHERE k.leg = $leg AND k.pass = 'voucher_net' AND t.batch_no IN (SELECT reference FROM fresh WHERE kind = 'fee')
        """,
        {"leg": leg},
    )
    store.insert(
        "undone",
        """
        SELECT DISTINCT match_id FROM match.member WHERE leg = $leg
        AND (txn_id IN (SELECT txn_id FROM fresh) OR txn_id IN (SELECT txn_id FROM gone))
        """,
        {"leg": leg},
    )
    # A rate that arrives after its day's vouchers were matched may change what those matches have to say.
    store.insert(
        "undone",
        """
        SELECT DISTINCT m.match_id FROM match.member AS m JOIN canon.txn AS t ON m.txn_id = t.txn_id
        JOIN canon.rate AS r ON t.currency = r.currency AND t.business_date = r.rate_date
        WHERE m.leg = $leg AND r.file_id > $last
        """,
        {"leg": leg, "last": last_file},
    )
    while _spread(store, leg):
        pass
    _undo(store, leg)
    store.insert("work_id", "SELECT txn_id FROM undone_member WHERE txn_id NOT IN (SELECT txn_id FROM work_id)")
    store.run("CREATE OR REPLACE TEMP VIEW work AS SELECT * FROM canon.txn SEMI JOIN work_id USING (txn_id)")


def _spread(store: Store, leg: Leg) -> int:
    """Add the matches whose rows share a touched number, and the numbers of all rows that do; returns how many numbers.

    Rows of every book count, open ones too: an order leads from the number a voucher cites to that of the payment.
    """
    by_number = " OR ".join(f"{name} IN (SELECT number FROM touched)" for name in _LOOKED_UP)  # noqa: S608 - names are ours
    store.temp("sharing", f"SELECT * FROM canon.txn WHERE {by_number}")  # noqa: S608 - names are ours
    store.insert(
        "undone",
        """
        SELECT DISTINCT match_id FROM match.member
        WHERE leg = $leg AND txn_id IN (SELECT txn_id FROM sharing) AND match_id NOT IN (SELECT match_id FROM undone)
        """,
        {"leg": leg},
    )
    store.temp(
        "more",
        """
        SELECT t.* FROM canon.txn AS t
        SEMI JOIN (SELECT txn_id FROM match.member WHERE leg = $leg AND match_id IN (SELECT match_id FROM undone)) AS m
        USING (txn_id)
        UNION ALL
        SELECT * FROM sharing
        """,
        {"leg": leg},
    )
    return sum(
        store.insert(
            "touched",
            f"SELECT DISTINCT {name} AS number FROM more"  # noqa: S608 - names are ours
            f" WHERE {name} <> '' AND {name} NOT IN (SELECT number FROM touched)",
        )
        for name in _LOOKED_UP
    )


def _undo(store: Store, leg: Leg) -> None:
    given = {"leg": leg}
    inside = "leg = $leg AND match_id IN (SELECT match_id FROM undone)"
    store.temp("undone_member", f"SELECT txn_id FROM match.member WHERE {inside}", given)  # noqa: S608
    for table in ("match.member", "match.match", "match.review"):
        store.run(f"DELETE FROM {table} WHERE {inside}", given)  # noqa: S608
    store.run("DELETE FROM match.pool WHERE leg = $leg", given)
