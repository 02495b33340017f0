"""Fees and payouts as finance books them (``sql/batch_item.sql``), and which of them a run must compare again.

An item is a sum, no row: the fees of a trade day, a payout. It has one or more numbers that a voucher may cite (batch,
payout row, bank reference), and may be a part of another item (a day of a merged payout). It is compared again when it
is not what it was in the last run (``match.item``), or when one of its numbers is touched; then all its numbers are
touched, and those of its parts and wholes, so that whatever was matched with them is undone together. All other items
keep their vouchers and are not offered again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from recon.match.reading import model

if TYPE_CHECKING:
    from recon.store import Store

MODELS = ("batch_item", "batch_whole")


def show_items(store: Store) -> None:
    """Make ``batch_item`` and ``batch_whole``, and ``item``: each item once for each of its numbers."""
    for name in MODELS:
        store.temp(name, model(name))
    store.temp(
        "item",
        "SELECT DISTINCT item_id, channel, class, currency, amount_minor, number FROM batch_item WHERE number <> ''",
    )


def touch_changed(store: Store) -> None:
    """Add to ``touched`` the numbers of items that are new, gone or changed since the last run."""
    show_items(store)
    store.temp(
        "changed_item",
        """
        SELECT item_id, number FROM ((FROM item EXCEPT FROM match.item) UNION ALL (FROM match.item EXCEPT FROM item))
        """,
    )
    store.temp(
        "changed_part",
        """
        (FROM batch_whole EXCEPT FROM match.item_part) UNION ALL (FROM match.item_part EXCEPT FROM batch_whole)
        """,
    )
    store.insert(
        "touched",
        """
        SELECT number FROM changed_item
        UNION
        SELECT number FROM (FROM item UNION FROM match.item)
        WHERE item_id IN (SELECT whole_id FROM changed_part) OR item_id IN (SELECT part_id FROM changed_part)
        """,
    )
    spread(store)


def spread(store: Store) -> int:
    """Add to ``touched`` and ``news`` all numbers of the items that have a touched one; returns how many."""
    count = 0
    while True:
        store.temp("touched_item", "SELECT DISTINCT item_id FROM item WHERE number IN (SELECT number FROM touched)")
        store.insert(
            "touched_item",
            """
            SELECT part_id AS item_id FROM batch_whole WHERE whole_id IN (SELECT item_id FROM touched_item)
            UNION
            SELECT whole_id FROM batch_whole WHERE part_id IN (SELECT item_id FROM touched_item)
            """,
        )
        store.temp(
            "item_number",
            """
            SELECT DISTINCT number FROM item
            WHERE item_id IN (SELECT item_id FROM touched_item) AND number NOT IN (SELECT number FROM touched)
            """,
        )
        more = store.insert("touched", "FROM item_number")
        if not more:
            return count
        store.insert("news", "FROM item_number")
        count += more


def leave_touched(store: Store) -> None:
    """Take out of ``batch_item`` what this run does not compare again."""
    store.run("DELETE FROM batch_item WHERE item_id NOT IN (SELECT item_id FROM touched_item)")


def keep(store: Store) -> None:
    """Store the items, for the run after this one."""
    store.run("DELETE FROM match.item")
    store.insert("match.item", "FROM item")
    store.run("DELETE FROM match.item_part")
    store.insert("match.item_part", "SELECT whole_id, part_id FROM batch_whole")
