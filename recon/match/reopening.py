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

from recon.match import items
from recon.match.nearby import CELLS, NUMBERS, bring, carried, carrying, follow
from recon.model import Leg

if TYPE_CHECKING:
    from recon.store import Store

BOOKS: Final = {
    Leg.ORDER_CHANNEL: ("order", "channel"),
    Leg.CHANNEL_LEDGER: ("channel", "ledger"),
}
# batch_no brings a day's summary voucher back when the day grows; rows are not looked up by it (the whole day).
_SAID: Final = (*NUMBERS, "batch_no")


def show_work(store: Store, leg: Leg, last_file: int) -> None:
    """Make the temporary view ``work`` (canon.txn rows that this run must match) and undo the matches it re-opens.

    ``last_file`` is the newest file the leg has already met, 0 for none: then all rows are work. Else ``fresh``,
    ``gone`` and ``known`` must be there (:mod:`recon.match.nearby`). Writes match.match, member, pool and review.
    """
    left, right = BOOKS[leg]
    if not last_file:
        store.run(f"CREATE OR REPLACE TEMP VIEW work AS SELECT * FROM canon.txn WHERE book IN ('{left}', '{right}')")  # noqa: S608
        store.run("DELETE FROM match.pool WHERE leg = $leg", {"leg": leg})
        return
    told = [(name, rows) for name in _SAID for rows in ("fresh", "gone")]
    every = " UNION ".join(f"SELECT {name} AS number FROM {rows} WHERE {name} <> ''" for name, rows in told)  # noqa: S608
    store.temp("touched", every)
    store.temp("undone", "SELECT match_id, first_date FROM match.match LIMIT 0")
    store.temp("undone_row", "SELECT * FROM match.member LIMIT 0")
    store.temp("news", "SELECT number FROM touched LIMIT 0")
    if leg == Leg.CHANNEL_LEDGER:
        items.touch_changed(store)
    _start(store, leg, last_file)
    store.temp("news", "FROM touched")
    by_day = leg == Leg.CHANNEL_LEDGER and _has(store, "voucher_day", "voucher_day_shop", "voucher_amount")
    while _spread(store, leg, by_day=by_day):
        pass
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


def _start(store: Store, leg: Leg, last_file: int) -> None:
    """Note as undone what is undone whatever the numbers say."""
    given = {"leg": leg}
    # Whether a net voucher is right depends on the fee vouchers of its day.
    net = store.temp(
        "net", "SELECT match_id, first_date FROM match.match WHERE leg = $leg AND pass = 'voucher_net'", given
    )
    if net and store.value("SELECT count(*) FROM fresh WHERE kind = 'fee'"):
        store.temp("net_member", _MEMBERS_OF.format(matches="net"), given)
        bring(store, "net_member")
        store.insert(
            "undone",
            """
            SELECT DISTINCT m.match_id, m.first_date FROM net_member AS m JOIN known AS t ON m.txn_id = t.txn_id
            WHERE t.batch_no IN (SELECT reference FROM fresh WHERE kind = 'fee')
            """,
        )
    if leg == Leg.CHANNEL_LEDGER:
        _touch_days_of_orders(store)
    # The first statement of a row has no match yet.
    _undo_of(store, leg, "(SELECT txn_id, business_date FROM fresh UNION ALL SELECT txn_id, business_date FROM gone)")
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


def _touch_days_of_orders(store: Store) -> None:
    """Touch the days of payments whose orders come or go, where a voucher books one shop's day or may do so.

    Orders say whose a payment is. One that comes late may show that another shop's sum explains the voucher as well, or
    that a row belongs to the shop's day that had been matched by its amount alone.
    """
    if not _has(store, "voucher_day_shop", "voucher_amount"):
        return
    store.temp(
        "told_order",
        " UNION ALL ".join(f"SELECT {CELLS} FROM {rows} WHERE book = 'order'" for rows in ("fresh", "gone")),  # noqa: S608
    )
    store.temp("order_number", carried("told_order"))
    store.temp("ahead", "FROM order_number")
    follow(store)
    store.insert(
        "touched",
        f"""
        SELECT DISTINCT batch_no AS number FROM known
        WHERE book = 'channel' AND batch_no <> '' AND {carrying("order_number")}
        AND batch_no NOT IN (SELECT number FROM touched)
        """,  # noqa: S608 - names are ours
    )


_MEMBERS_OF: Final = (
    "SELECT m.* FROM match.member AS m WHERE m.leg = $leg"
    " AND m.first_date IN (SELECT first_date FROM {matches}) AND m.match_id IN (SELECT match_id FROM {matches})"
)


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


def _has(store: Store, *passes: str) -> bool:
    """Whether there are matches of these passes of the ledger leg."""
    named = ", ".join(f"'{name}'" for name in passes)
    return bool(store.rows(f"SELECT 1 FROM match.match WHERE leg = 'channel_ledger' AND pass IN ({named}) LIMIT 1"))  # noqa: S608


def _spread(store: Store, leg: Leg, *, by_day: bool) -> int:
    """Add the matches whose rows share a touched number, and the numbers of all rows that do; returns how many numbers.

    ``news`` are the numbers that were touched last. Rows of every book count, open ones too: an order leads from the
    number a voucher cites to that of the payment. ``by_day``: vouchers of whole days are, or may be, in play. Their sum
    is that of what is still open of a batch, so a row that is undone brings its batch back, or one that stood open and
    may not any longer, and a batch its rows that were matched by their amount alone, after the vouchers of days had had
    their turn.
    """
    store.temp("ahead", "FROM news")
    follow(store)
    store.temp("sharing", f"SELECT {CELLS}, txn_id, business_date FROM known WHERE {carrying('news')}")  # noqa: S608 - names are ours
    _undo_of(store, leg, "sharing")
    _bring_undone(store, leg)
    by_amount = _undo_amounts(store) if leg == Leg.CHANNEL_LEDGER else 0
    if by_day:
        by_amount += _undo_amounts_of_batches(store)
    if by_amount:
        _bring_undone(store, leg)
    store.temp(
        "more",
        f"SELECT {CELLS} FROM known SEMI JOIN undone_row USING (txn_id) UNION ALL SELECT {CELLS} FROM sharing",  # noqa: S608
    )
    store.temp("news", carried("more", but="touched"))
    if by_day:
        store.insert(
            "news",
            """
            SELECT DISTINCT k.batch_no AS number FROM known AS k
            WHERE k.book = 'channel' AND k.batch_no <> '' AND k.batch_no NOT IN (SELECT number FROM touched)
            AND k.batch_no NOT IN (SELECT number FROM news)
            AND (k.txn_id IN (SELECT txn_id FROM undone_row) OR k.txn_id IN (SELECT txn_id FROM sharing))
            """,
        )
    count = store.insert("touched", "FROM news") + by_amount
    return count + (items.spread(store) if leg == Leg.CHANNEL_LEDGER else 0)


def _bring_undone(store: Store, leg: Leg) -> None:
    """Add to ``undone_row`` the members of what is undone, and to ``known`` their rows."""
    news = "SELECT match_id, first_date FROM undone WHERE match_id NOT IN (SELECT match_id FROM undone_row)"
    if store.temp("undone_news", news):
        store.temp("undone_more", _MEMBERS_OF.format(matches="undone_news"), {"leg": leg})
        store.insert("undone_row", "FROM undone_more")
        bring(store, "undone_more")


def _undo_amounts(store: Store) -> int:
    """Undo what was matched by its amount alone where a row of that amount and near its day comes, goes or is undone.

    Returns how many matches.
    """
    rows = " UNION ALL ".join(
        f"SELECT amount_minor, net_minor, fee_minor, business_date FROM {name}"  # noqa: S608 - names are ours
        for name in ("fresh", "gone", "(SELECT k.* FROM known AS k SEMI JOIN undone_row USING (txn_id))")
    )
    return store.insert(
        "undone",
        f"""
        SELECT DISTINCT k.match_id, k.first_date
        FROM (
            SELECT match_id, first_date, left_minor FROM match.match
            WHERE leg = 'channel_ledger' AND pass = 'voucher_amount' AND match_id NOT IN (SELECT match_id FROM undone)
        ) AS k
        CROSS JOIN setting AS s
        JOIN ({rows}) AS r
            ON k.left_minor IN (r.amount_minor, coalesce(r.net_minor - coalesce(r.fee_minor, 0), r.amount_minor))
            AND r.business_date BETWEEN k.first_date - CAST(s.voucher_days AS INTEGER)
            AND k.first_date + CAST(2 * s.voucher_days AS INTEGER)
        """,  # noqa: S608 - names are ours
    )


def _undo_amounts_of_batches(store: Store) -> int:
    """Undo what was matched by its amount alone of the batches among ``news``; returns how many matches."""
    if not store.temp(
        "batch_day",
        """
        SELECT DISTINCT batch_no, business_date FROM match.counted
        WHERE book = 'channel' AND batch_no IN (SELECT number FROM news)
        """,
    ):
        return 0
    return store.insert(
        "undone",
        """
        SELECT DISTINCT m.match_id, m.first_date
        FROM match.member AS m
        JOIN canon.txn AS t ON m.txn_id = t.txn_id
        WHERE m.leg = 'channel_ledger' AND m.side = 'left'
        AND m.match_id IN (SELECT match_id FROM match.match WHERE leg = 'channel_ledger' AND pass = 'voucher_amount')
        AND m.match_id NOT IN (SELECT match_id FROM undone)
        AND m.business_date IN (SELECT business_date FROM batch_day)
        AND t.business_date IN (SELECT business_date FROM batch_day)
        AND t.batch_no IN (SELECT batch_no FROM batch_day)
        """,
    )


def _undo(store: Store, leg: Leg) -> None:
    given = {"leg": leg}
    inside = "leg = $leg AND match_id IN (SELECT match_id FROM undone)"
    of_these_days = f"first_date IN (SELECT first_date FROM undone) AND {inside}"  # noqa: S608 - a constant
    for table in ("match.member", "match.match"):
        store.run(f"DELETE FROM {table} WHERE {of_these_days}", given)  # noqa: S608
    for table in ("match.review", "match.review_member"):
        store.run(f"DELETE FROM {table} WHERE {inside}", given)  # noqa: S608
    store.run("DELETE FROM match.pool WHERE leg = $leg", given)
