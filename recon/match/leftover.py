"""What no number settles: matches that stand on what the passes by number left open, and when they are looked at again.

A voucher of a whole day is the sum of what is still open of a batch, one of a shop's day that of the shop's part, and a
voucher without a number belongs to the only open movement of its amount. Such a match (``by_number=False`` in
:mod:`recon.match.passes`) is undone when what is open may have changed: when a row of its batch comes, goes or is
matched again, and where a row of its amount does near its day.

Its other rows have met nothing new by that. They were left open by every pass by number, and are left open by them
again, since nothing that shares a number with them has changed. So they *wait* (the temporary ``waiting``): they are
held back from those passes and their numbers touch nothing. Without that a refund would bring back the day of its
payment, that day's refunds the days of their payments, and one new day in the end the whole year.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from recon.match.nearby import bring_undone, carrying
from recon.match.passes import PASSES
from recon.model import Leg

if TYPE_CHECKING:
    from recon.store import Store

_LEFTOVER: Final = ", ".join(f"'{step.name}'" for step in PASSES if not step.by_number)


def show_leftover(store: Store) -> bool:
    """Make ``leftover`` (match_id of matches that no number settled); returns whether there are any."""
    found = store.temp(
        "leftover",
        f"SELECT match_id FROM match.match WHERE leg = 'channel_ledger' AND pass IN ({_LEFTOVER})",  # noqa: S608 - names are ours
    )
    return bool(found)


def let_meet_fees(store: Store) -> None:
    """Undo the leftover matches of batches whose fee vouchers come or go: their rows may be booked net, by number."""
    fees = " UNION ".join(
        f"SELECT reference AS batch_no FROM {rows} WHERE book = 'ledger' AND kind = 'fee' AND reference <> ''"  # noqa: S608 - names are ours
        for rows in ("fresh", "gone")
    )
    if store.temp("batch_news", fees):
        _undo_batches(store)


def settle_again(store: Store) -> None:
    """Take what is undone out of ``leftover``: its rows meet the passes by number again."""
    store.run("DELETE FROM leftover WHERE match_id IN (SELECT match_id FROM undone)")


def undo_leftover(store: Store) -> None:
    """Undo the leftover matches of all batches of which a row comes, goes or is matched again, and those by amount.

    An order that comes or goes counts, too: it says whose its payment is, and another shop's sum may then explain the
    voucher of a shop's day as well. Batches and amounts lead to each other until nothing is added.
    """
    store.temp("batch_seen", "SELECT number AS batch_no FROM touched")
    store.temp("batch_news", "FROM batch_seen")
    again = f"{carrying('touched')} OR txn_id IN (SELECT txn_id FROM undone_row)"  # noqa: S608 - names are ours
    while True:
        store.temp(
            "batch_more",
            f"""
            SELECT DISTINCT batch_no FROM known
            WHERE book = 'channel' AND batch_no <> '' AND ({again})
            AND batch_no NOT IN (SELECT batch_no FROM batch_seen)
            """,  # noqa: S608 - names are ours
        )
        for seen in ("batch_news", "batch_seen"):
            store.insert(seen, "FROM batch_more")
        if not _undo_batches(store) + _undo_amounts(store):
            return
        bring_undone(store, Leg.CHANNEL_LEDGER)
        store.run("DELETE FROM batch_news")
        again = "txn_id IN (SELECT txn_id FROM undone_more)"


def show_waiting(store: Store) -> None:
    """Make ``waiting``: rows that are matched again only from the first pass on that does not go by number."""
    store.temp(
        "waiting",
        f"""
        SELECT k.txn_id FROM known AS k
        WHERE k.txn_id IN (SELECT txn_id FROM undone_row WHERE match_id IN (SELECT match_id FROM leftover))
        AND NOT {carrying("touched")}
        """,  # noqa: S608 - names are ours
    )


def _undo_batches(store: Store) -> int:
    """Undo the leftover matches of the batches ``batch_news``; returns how many."""
    if not store.temp(
        "batch_day",
        """
        SELECT DISTINCT batch_no, business_date FROM match.counted
        WHERE book = 'channel' AND batch_no IN (SELECT batch_no FROM batch_news)
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
        AND m.match_id IN (SELECT match_id FROM leftover)
        AND m.match_id NOT IN (SELECT match_id FROM undone)
        AND m.business_date IN (SELECT business_date FROM batch_day)
        AND t.business_date IN (SELECT business_date FROM batch_day)
        AND t.batch_no IN (SELECT batch_no FROM batch_day)
        """,
    )


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
