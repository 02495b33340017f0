"""What a run has to look at: rows never seen, rows still open, and settled rows that share a number with a new one.

The passes work within the rows that share numbers. So when a new row arrives, every match that shares a number with it
is undone and its rows meet the passes again together with the new one, as if all had come at once; matches that share
nothing with it cannot change and are not read. That is why many small drops in any order give the same matches as one
load (a property test shuffles them), and why an hour costs what the hour brought.

A restated row comes under its old identity with a new file: its match is undone the same way, and so are those of a row
that another bill's row has taken the place of (canon.txn_confirmed) or has given it back (canon.txn_returned), and the
matches of the days and currencies for which exchange rates arrive. What no number settles, the vouchers of whole days
and those without a number, has rules of its own: :mod:`recon.match.leftover`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from recon.match import items
from recon.match.leftover import let_meet_fees, settle_again, show_leftover, show_waiting, undo_leftover
from recon.match.nearby import CELLS, NUMBERS, bring, bring_undone, carried, carrying, follow, members_of
from recon.model import Leg

if TYPE_CHECKING:
    from recon.store import Store

BOOKS: Final = {
    Leg.ORDER_CHANNEL: ("order", "channel"),
    Leg.CHANNEL_LEDGER: ("channel", "ledger"),
}
# batch_no brings back what cites a day, and its items, when the day grows; rows are not looked up by it.
_SAID: Final = (*NUMBERS, "batch_no")


def show_work(store: Store, leg: Leg, last_file: int) -> None:
    """Make the temporary view ``work`` (canon.txn rows that this run must match) and undo the matches it re-opens.

    ``last_file`` is the newest file the leg has already met, 0 for none: then all rows are work. Else ``fresh``,
    ``gone`` and ``known`` must be there (:mod:`recon.match.nearby`). Writes match.match, member, pool and review.
    """
    left, right = BOOKS[leg]
    store.temp("waiting", "SELECT '' AS txn_id LIMIT 0")
    if not last_file:
        store.run(f"CREATE OR REPLACE TEMP VIEW work AS SELECT * FROM canon.txn WHERE book IN ('{left}', '{right}')")  # noqa: S608
        store.run("DELETE FROM match.pool WHERE leg = $leg", {"leg": leg})
        return
    told = [(name, rows) for name in _SAID for rows in ("fresh", "gone")]
    every = " UNION ".join(f"SELECT {name} AS number FROM {rows} WHERE {name} <> ''" for name, rows in told)  # noqa: S608
    store.temp("touched", every)
    store.temp("undone", "SELECT match_id, first_date FROM match.match LIMIT 0")
    store.temp("undone_row", "SELECT * FROM match.member LIMIT 0")
    store.temp("leftover", "SELECT match_id FROM match.match LIMIT 0")
    store.temp("news", "SELECT number FROM touched LIMIT 0")
    any_leftover = False
    if leg == Leg.CHANNEL_LEDGER:
        any_leftover = show_leftover(store)
        items.touch_changed(store)
    _start(store, leg, last_file, any_leftover=any_leftover)
    store.temp("news", "FROM touched")
    while _spread(store, leg):
        pass
    if any_leftover:
        undo_leftover(store)
        show_waiting(store)
    store.temp(
        "work_id",
        "SELECT txn_id FROM fresh WHERE book IN ($left, $right) UNION SELECT txn_id FROM match.pool WHERE leg = $leg",
        {"leg": leg, "left": left, "right": right},
    )
    if leg == Leg.CHANNEL_LEDGER:
        items.leave_touched(store)
    _undo(store, leg)
    store.insert("work_id", "SELECT txn_id FROM undone_row WHERE txn_id NOT IN (SELECT txn_id FROM work_id)")
    lost = store.rows(
        """
        SELECT txn_id FROM work_id AS w
        WHERE txn_id NOT IN (SELECT txn_id FROM known) AND txn_id NOT IN (SELECT txn_id FROM gone)
        AND txn_id NOT IN (SELECT item_id FROM match.item) LIMIT 5
        """
    )
    if lost:
        msg = f"rows that must be matched again were not found: {lost}"
        raise AssertionError(msg)
    store.temp("work_row", "SELECT k.* FROM known AS k SEMI JOIN work_id USING (txn_id)")
    store.run("CREATE OR REPLACE TEMP VIEW work AS SELECT * FROM work_row")


def _start(store: Store, leg: Leg, last_file: int, *, any_leftover: bool) -> None:
    """Note as undone what is undone whatever the numbers say."""
    given = {"leg": leg}
    # Whether a net voucher is right depends on the fee vouchers of its day.
    net = store.temp(
        "net", "SELECT match_id, first_date FROM match.match WHERE leg = $leg AND pass = 'voucher_net'", given
    )
    if net and store.value("SELECT count(*) FROM fresh WHERE kind = 'fee'"):
        store.temp("net_member", members_of("net"), given)
        bring(store, "net_member")
        store.insert(
            "undone",
            """
            SELECT DISTINCT m.match_id, m.first_date FROM net_member AS m JOIN known AS t ON m.txn_id = t.txn_id
            WHERE t.batch_no IN (SELECT reference FROM fresh WHERE kind = 'fee')
            """,
        )
    if any_leftover:
        let_meet_fees(store)
    # A rate that arrives after its day's vouchers were matched may change what those matches have to say.
    if store.temp(
        "new_rate", "SELECT DISTINCT currency, rate_date FROM canon.rate WHERE file_id > $last", {"last": last_file}
    ):
        store.temp(
            "rated",
            """
            SELECT t.txn_id, t.business_date FROM canon.txn AS t
            WHERE t.business_date IN (SELECT rate_date FROM new_rate)
            AND (t.currency, t.business_date) IN (SELECT (currency, rate_date) FROM new_rate)
            """,
        )
        _undo_of(store, leg, "rated")
    settle_again(store)
    # The first statement of a row has no match yet.
    _undo_of(store, leg, "(SELECT txn_id, business_date FROM fresh UNION ALL SELECT txn_id, business_date FROM gone)")


def _undo_of(store: Store, leg: Leg, rows: str) -> None:
    """Note as undone the matches of ``rows`` (txn_id, business_date)."""
    store.insert(
        "undone",
        f"""
        SELECT DISTINCT match_id, first_date FROM match.member
        WHERE leg = $leg AND business_date IN (SELECT business_date FROM {rows})
        AND txn_id IN (SELECT txn_id FROM {rows}) AND match_id NOT IN (SELECT match_id FROM undone)
        """,  # noqa: S608 - names are ours
        {"leg": leg},
    )


def _spread(store: Store, leg: Leg) -> int:
    """Add the matches whose rows share a touched number, and the numbers of all rows that do; returns how many numbers.

    ``news`` are the numbers that were touched last. Rows of every book count, open ones too: an order leads from the
    number a voucher cites to that of the payment. What else belongs to a match that no number settled touches nothing.
    """
    store.temp("ahead", "FROM news")
    follow(store)
    store.temp("sharing", f"SELECT {CELLS}, txn_id, business_date FROM known WHERE {carrying('news')}")  # noqa: S608 - names are ours
    _undo_of(store, leg, "sharing")
    bring_undone(store, leg)
    store.temp(
        "more",
        f"""
        SELECT {CELLS} FROM known
        WHERE txn_id IN (SELECT txn_id FROM undone_row WHERE match_id NOT IN (SELECT match_id FROM leftover))
        UNION ALL
        SELECT {CELLS} FROM sharing
        """,  # noqa: S608 - names are ours
    )
    store.temp("news", carried("more", but="touched"))
    count = store.insert("touched", "FROM news")
    return count + (items.spread(store) if leg == Leg.CHANNEL_LEDGER else 0)


def _undo(store: Store, leg: Leg) -> None:
    given = {"leg": leg}
    inside = "leg = $leg AND match_id IN (SELECT match_id FROM undone)"
    of_these_days = f"first_date IN (SELECT first_date FROM undone) AND {inside}"  # noqa: S608 - a constant
    for table in ("match.member", "match.match"):
        store.run(f"DELETE FROM {table} WHERE {of_these_days}", given)  # noqa: S608
    for table in ("match.review", "match.review_member"):
        store.run(f"DELETE FROM {table} WHERE {inside}", given)  # noqa: S608
    store.run("DELETE FROM match.pool WHERE leg = $leg", given)
