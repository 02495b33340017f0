"""Run the passes of the three legs and write what they found; the only writer of ``match.*``.

For each leg: the rows to look at become two temporary views, ``left_open`` and ``right_open``; every pass is one
SELECT over them; what it finds leaves them; what no pass finds goes to ``match.pool`` and waits for the next file.
"""

from __future__ import annotations

import hashlib
import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import polars as pl

from recon.match import counting, items, nearby
from recon.match.batching import show_batches
from recon.match.passes import Pass, of_leg
from recon.match.reading import model
from recon.match.reopening import show_work
from recon.match.searching import search_bank
from recon.match.terms import show_fees, show_settings
from recon.model import Leg

if TYPE_CHECKING:
    from recon.match.settings import Settings
    from recon.store import Store

LOG: Final = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Found:
    """What one pass did."""

    leg: str
    name: str
    groups: int
    exhausted: int = 0
    """Searches that ended with their budget; what they looked at stays open."""


@dataclass(frozen=True, slots=True)
class Matched:
    """What one run did: groups per pass, and rows still open per leg."""

    found: tuple[Found, ...]
    open_rows: dict[str, int]

    @property
    def groups(self) -> int:
        """All groups of this run."""
        return sum(item.groups for item in self.found)

    @property
    def exhausted(self) -> int:
        """Searches given up in this run."""
        return sum(item.exhausted for item in self.found)


def run(store: Store, settings: Settings, *, run_id: int, as_of_s: int) -> Matched:
    """Match everything that has arrived since the last run, all three legs, in one transaction.

    ``as_of_s`` is kept with the run; matching itself does not look at the clock (classification does). When the
    settings are no longer those of the last run, everything is matched anew: a fee or a calendar that changed changes
    old months too.
    """
    LOG.debug("matching as of %s", as_of_s)
    found: list[Found] = []
    with store.transaction():
        last_file = int(store.value("SELECT coalesce(max(file_id), 0) FROM meta.file") or 0)
        terms = hashlib.sha256(repr(settings).encode()).hexdigest()
        if store.value("SELECT count(*) FROM match.progress WHERE settings <> $terms", {"terms": terms}):
            for table in ("match", "member", "pool", "review", "review_member", "batch", "progress"):
                store.run(f"DELETE FROM match.{table}")  # noqa: S608
        last = int(store.value("SELECT min(file_id) FROM match.progress") or 0)
        if last:
            nearby.show_arrivals(store, last)
        counting.count(store, last, last_file)
        show_settings(store, settings)
        if last:
            nearby.show_known(store, last)
        else:
            nearby.forget(store)
        store.run("UPDATE meta.zone SET offset_s = (SELECT zone_offset_s FROM setting)")
        show_batches(store, settings)
        for leg in (Leg.ORDER_CHANNEL, Leg.CHANNEL_BANK, Leg.CHANNEL_LEDGER):
            found += _match_leg(store, leg, run_id, last)
        if last:
            nearby.keep(store, last_file)
        store.run("DELETE FROM match.progress")
        for leg in Leg:
            store.run(
                "INSERT INTO match.progress VALUES ($leg, $file, $terms)",
                {"leg": leg, "file": last_file, "terms": terms},
            )
    counts = store.rows("SELECT leg, count(*) FROM match.pool GROUP BY leg ORDER BY leg")
    return Matched(tuple(found), {leg: int(rows) for leg, rows in counts})


def _match_leg(store: Store, leg: Leg, run_id: int, last: int) -> list[Found]:
    """Match one leg; ``last`` is the newest file that was met before, 0: everything is matched at once."""
    if leg == Leg.CHANNEL_BANK:
        # A few hundred batches a month: matched anew as a whole, so that a late line can never hang on an old guess.
        for table in ("match", "member", "pool", "review", "review_member"):
            store.run(f"DELETE FROM match.{table} WHERE leg = $leg", {"leg": leg})  # noqa: S608
        store.temp("left_side", model("batch_side"))
        store.temp("right_side", model("bank_side"))
    else:
        show_work(store, leg, last)
        show_fees(store)
        if leg == Leg.ORDER_CHANNEL:
            store.temp("named_channel", model("named_channel"))
            store.temp("left_side", model("order_side"))
            store.temp("right_side", model("channel_side"))
        else:
            if not last:
                items.show_items(store)
            items.keep(store)
            store.temp("movement", model("channel_side"))
            store.temp("left_side", model("booked_side"))
            store.temp("right_side", model("ledger_side"))
    held_back = leg != Leg.CHANNEL_BANK and bool(store.value("SELECT count(*) FROM waiting"))
    where = "WHERE txn_id NOT IN (SELECT txn_id FROM waiting)" if held_back else ""
    for side in ("left", "right"):
        store.run(f"CREATE OR REPLACE TEMP VIEW {side}_open AS SELECT * FROM {side}_side {where}")  # noqa: S608
    store.temp("pair", "SELECT '' AS pass, '' AS left_id, '' AS right_id LIMIT 0")
    store.temp("grouped", "SELECT '' AS pass, '' AS group_no, '' AS side, '' AS txn_id LIMIT 0")
    found = []
    for step in of_leg(leg):
        if held_back and not step.by_number:
            _let_in(store)
            held_back = False
        found.append(Found(leg, step.name, *_run_pass(store, step)))
    _write(store, leg, run_id)
    return found


def _let_in(store: Store) -> None:
    """Add the rows that wait (:mod:`recon.match.leftover`) to what the passes by number left open."""
    for side in ("left", "right"):
        store.temp(
            f"{side}_let_in",
            f"FROM {side}_open UNION ALL SELECT * FROM {side}_side WHERE txn_id IN (SELECT txn_id FROM waiting)",  # noqa: S608
        )
        store.run(f"CREATE OR REPLACE TEMP VIEW {side}_open AS SELECT * FROM {side}_let_in")  # noqa: S608


def _run_pass(store: Store, step: Pass) -> tuple[int, int]:
    """Run one pass, set aside what it found, and take it out of the open rows; returns groups and searches given up."""
    for name in step.needs:
        if name not in items.MODELS:  # these are there already, of the items that this run compares
            store.temp(name, model(name))
    exhausted = 0
    if step.shape == "search":
        groups_found, given_up = search_bank(store)
        exhausted = given_up.height
        store.run("DELETE FROM match.given_up")
        store.append("match.given_up", given_up)
        hits = store.temp("hit", groups_found)
    else:
        hits = store.temp("hit", model(step.name))
    LOG.debug("pass %s: %d", step.name, hits)
    if not hits:
        return 0, exhausted
    if step.shape == "pairs":
        store.insert("pair", "SELECT $pass AS pass, left_id, right_id FROM hit", {"pass": step.name})
        left, right = "SELECT left_id AS txn_id FROM hit", "SELECT right_id AS txn_id FROM hit"
        groups = hits
    else:
        store.insert("grouped", "SELECT $pass AS pass, group_no, side, txn_id FROM hit", {"pass": step.name})
        left = "SELECT txn_id FROM hit WHERE side = 'left'"
        right = "SELECT txn_id FROM hit WHERE side = 'right'"
        groups = int(store.value("SELECT count(DISTINCT group_no) FROM hit") or 0)
    for side, taken in (("left", left), ("right", right)):
        # The view moves from one table to the next; nothing is updated in place.
        rest = f"{side}_after_{step.name}"
        store.temp(rest, f"SELECT o.* FROM {side}_open AS o ANTI JOIN ({taken}) AS h ON o.txn_id = h.txn_id")  # noqa: S608
        store.run(f"CREATE OR REPLACE TEMP VIEW {side}_open AS SELECT * FROM {rest}")  # noqa: S608
    return groups, exhausted


_PAIRING: Final = {
    Leg.ORDER_CHANNEL: ("writing/pairing_order", "order_review"),
    Leg.CHANNEL_BANK: ("writing/pairing_bank", "bank_review"),
    Leg.CHANNEL_LEDGER: ("writing/pairing_ledger", "ledger_review"),
}


def _write(store: Store, leg: Leg, run_id: int) -> None:
    """Write matches, members, review and pool of one leg from ``pair``, ``grouped`` and the open rows."""
    given = {"leg": str(leg)}
    pairing, review = _PAIRING[leg]
    store.temp("pair_id", model("writing/pair_id"), given)
    store.temp("group_id", model("writing/group_id"), given)
    store.temp("pairing", model(pairing))
    states = [{"pass": step.name, "state": step.state} for step in of_leg(leg)]
    store.temp("pass_state", pl.DataFrame(states))
    store.temp("new_member", model("writing/member_row"), given)
    store.insert("match.match", model("writing/match_row"), given | {"run": run_id})
    store.insert("match.member", "FROM new_member")
    store.temp("reviewed", model(review))
    store.insert("match.review", "SELECT $leg AS leg, match_id FROM reviewed", given)
    store.insert("match.review_member", "SELECT m.* FROM new_member AS m SEMI JOIN reviewed USING (match_id)")
    store.insert("match.pool", model("writing/pool_row"), given)
