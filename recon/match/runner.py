"""Run the passes of the three legs and write what they found; the only writer of ``match.*``.

For each leg: the rows to look at become two temporary tables, ``left_open`` and ``right_open``; every pass is one SELECT
over them; what it finds leaves them; what no pass finds goes to ``match.pool`` and waits for the next file.
"""

from __future__ import annotations

import datetime as dt
import logging
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

import polars as pl

from recon import times
from recon.match.passes import Pass, of_leg
from recon.match.reopening import show_work
from recon.model import Leg

if TYPE_CHECKING:
    from recon.match.settings import Settings
    from recon.store import Store

LOG: Final = logging.getLogger(__name__)
_NO_LIMIT: Final = 2**53


@dataclass(frozen=True, slots=True)
class Found:
    """What one pass did."""

    leg: str
    name: str
    groups: int


@dataclass(frozen=True, slots=True)
class Matched:
    """What one run did: groups per pass, and rows still open per leg."""

    found: tuple[Found, ...]
    open_rows: dict[str, int]

    @property
    def groups(self) -> int:
        """All groups of this run."""
        return sum(item.groups for item in self.found)


@cache
def model(name: str) -> str:
    """Text of ``sql/NAME.sql``."""
    return (files("recon.match") / "sql" / f"{name}.sql").read_text(encoding="utf-8")


def run(store: Store, settings: Settings, *, run_id: int, as_of_s: int) -> Matched:
    """Match everything that has arrived since the last run, all three legs, in one transaction.

    ``as_of_s`` is kept with the run; matching itself does not look at the clock (classification does).
    """
    LOG.debug("matching as of %s", as_of_s)
    found: list[Found] = []
    with store.transaction():
        last_file = int(store.value("SELECT coalesce(max(file_id), 0) FROM meta.file") or 0)
        show_settings(store, settings)
        _batches(store, settings)
        for leg in (Leg.ORDER_CHANNEL, Leg.CHANNEL_BANK, Leg.CHANNEL_LEDGER):
            found += _match_leg(store, leg, run_id)
        store.run("DELETE FROM match.progress")
        for leg in Leg:
            store.run("INSERT INTO match.progress VALUES ($leg, $file)", {"leg": leg, "file": last_file})
    counts = store.rows("SELECT leg, count(*) FROM match.pool GROUP BY leg ORDER BY leg")
    return Matched(tuple(found), {leg: int(rows) for leg, rows in counts})


def show_settings(store: Store, settings: Settings) -> None:
    """Make the temporary tables ``setting`` (one row) and ``contract`` (a row a channel) and the views ``txn``, ``rate``."""
    offset = dt.datetime(2026, 1, 1, tzinfo=ZoneInfo(settings.zone)).utcoffset() or dt.timedelta()
    store.temp(
        "setting",
        pl.DataFrame(
            {
                "window_s": [settings.window_s],
                "near_payout_ppm": [settings.near_payout_ppm],
                "base_currency": [settings.base_currency],
                "zone_offset_s": [int(offset.total_seconds())],
            }
        ),
    )
    store.temp(
        "contract",
        pl.DataFrame(
            [
                {
                    "channel": item.channel,
                    "fee_rate_ppm": item.fee_rate_ppm,
                    "fee_fixed_minor": item.fee_fixed_minor,
                    "fee_min_minor": item.fee_min_minor,
                    "fee_max_minor": item.fee_max_minor or _NO_LIMIT,
                    "fee_on": item.fee_on,
                    "refund_fee": item.refund_fee,
                    "settle": item.settle,
                    "lag_s": item.lag_hours * 3600,
                    "early_s": times.DAY_S - _cutoff_s(item.cutoff),
                }
                for item in settings.contracts
            ]
        ),
    )
    store.run("CREATE OR REPLACE TEMP VIEW txn AS SELECT * FROM canon.txn")
    # A day published twice (two origins) must not double a row: the smallest rate is as good as another, and stable.
    store.temp(
        "rate",
        "SELECT rate_date, currency, base_currency, min(rate_e8) AS rate_e8 FROM canon.rate GROUP BY rate_date, currency, base_currency",
    )


def _cutoff_s(cutoff: str) -> int:
    hour, minute = (int(part) for part in cutoff.split(":"))
    return hour * 3600 + minute * 60


def _batches(store: Store, settings: Settings) -> None:
    """Bring match.batch up to date: sums of the batches and days that new or restated channel rows belong to."""
    last = store.value("SELECT min(file_id) FROM match.progress")
    if last is None:
        store.run("CREATE OR REPLACE TEMP VIEW work AS SELECT * FROM canon.txn WHERE book = 'channel'")
        store.run("DELETE FROM match.batch")
    else:
        store.temp(
            "changed_day",
            """
            SELECT DISTINCT channel, account, currency, business_date FROM (
                SELECT channel, account, currency, business_date FROM canon.txn WHERE book = 'channel' AND file_id > $last
                UNION ALL
                SELECT channel, account, currency, business_date FROM canon.txn_superseded
                WHERE book = 'channel' AND superseded_by > $last
            )
            """,
            {"last": last},
        )
        store.run(
            "CREATE OR REPLACE TEMP VIEW work AS SELECT * FROM canon.txn SEMI JOIN changed_day"
            " USING (channel, account, currency, business_date) WHERE book = 'channel'"
        )
        store.run(
            "DELETE FROM match.batch WHERE EXISTS (SELECT 1 FROM changed_day AS d WHERE d.channel = batch.channel"
            " AND d.account = batch.account AND d.currency = batch.currency AND d.business_date = batch.business_date)"
        )
    store.temp("new_batch", model("batch"))
    days = store.frame("SELECT DISTINCT channel, business_date FROM new_batch ORDER BY channel, business_date")
    due: list[dict[str, object]] = []
    for channel, day in days.iter_rows():
        terms = settings.contract(channel)
        due_date = times.due_date(day, terms.lag_days, working=terms.lag_unit == "working", country=terms.country)
        last_date = due_date + dt.timedelta(days=terms.grace_days)
        due.append({"channel": channel, "business_date": day, "due_date": due_date, "last_date": last_date})
    schema = {"channel": pl.String, "business_date": pl.Date, "due_date": pl.Date, "last_date": pl.Date}
    store.temp("due", pl.DataFrame(due, schema=schema))
    store.insert("match.batch", "SELECT b.*, d.due_date, d.last_date FROM new_batch AS b JOIN due AS d USING (channel, business_date)")
    store.run("CREATE OR REPLACE TEMP VIEW batch AS SELECT * FROM match.batch")


def _match_leg(store: Store, leg: Leg, run_id: int) -> list[Found]:
    if leg == Leg.CHANNEL_BANK:
        # A few hundred batches a month: matched anew as a whole, so that a late line can never hang on an old guess.
        for table in ("match", "member", "pool", "review"):
            store.run(f"DELETE FROM match.{table} WHERE leg = $leg", {"leg": leg})  # noqa: S608
        store.temp("left_side", model("batch_side"))
        store.temp("right_side", model("bank_side"))
    else:
        last = store.value("SELECT file_id FROM match.progress WHERE leg = $leg", {"leg": leg})
        show_work(store, leg, int(last or 0))
        store.temp("original", model("original"))
        if leg == Leg.ORDER_CHANNEL:
            store.temp("left_side", model("order_side"))
            store.temp("right_side", model("channel_side"))
        else:
            store.temp("left_side", model("channel_side"))
            store.temp("right_side", model("ledger_side"))
    for side in ("left", "right"):
        store.run(f"CREATE OR REPLACE TEMP VIEW {side}_open AS SELECT * FROM {side}_side")  # noqa: S608
    store.temp("pair", "SELECT '' AS pass, '' AS left_id, '' AS right_id LIMIT 0")
    store.temp("grouped", "SELECT '' AS pass, '' AS group_no, '' AS side, '' AS txn_id LIMIT 0")
    found = [Found(leg, step.name, _run_pass(store, step)) for step in of_leg(leg)]
    _write(store, leg, run_id)
    return found


def _run_pass(store: Store, step: Pass) -> int:
    """Run one pass, set aside what it found, and take it out of the open rows; returns the number of groups."""
    for name in step.needs:
        store.temp(name, model(name))
    hits = store.temp("hit", model(step.name))
    LOG.debug("pass %s: %d", step.name, hits)
    if not hits:
        return 0
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
    return groups


_STATES: Final = "CASE WHEN pass IN ({paired}) THEN 'paired' ELSE 'confirmed' END"


def _write(store: Store, leg: Leg, run_id: int) -> None:
    """Write matches, members, review and pool of one leg from ``pair``, ``grouped`` and the open rows."""
    paired = ", ".join(f"'{step.name}'" for step in of_leg(leg) if step.state == "paired")
    given = {"leg": str(leg), "run": run_id}
    # voucher_batch pairs have items of batches on the left, which are no rows of left_side.
    lefts = "left_side" if leg != Leg.CHANNEL_LEDGER else _LEFT_WITH_ITEMS
    store.temp(
        "pair_id",
        "SELECT pass, left_id, right_id, 'M' || left(sha256($leg || '|' || left_id || '|' || right_id), 16) AS match_id FROM pair",
        {"leg": str(leg)},
    )
    store.temp(
        "group_id",
        """
        SELECT pass, group_no, 'M' || left(sha256($leg || '|' || string_agg(txn_id, '|' ORDER BY side, txn_id)), 16) AS match_id
        FROM grouped GROUP BY pass, group_no
        """,
        {"leg": str(leg)},
    )
    facts = _FACTS[leg]
    store.temp(
        "pairing",
        f"""
        SELECT p.match_id, p.pass, 1 AS left_n, 1 AS right_n, {facts.single}
        FROM pair_id AS p JOIN {lefts} AS l ON l.txn_id = p.left_id JOIN right_side AS r ON r.txn_id = p.right_id
        UNION ALL
        SELECT l.match_id, l.pass, l.left_n, r.right_n, {facts.joined}
        FROM (
            SELECT i.match_id, i.pass, count(*) AS left_n, {facts.left_sums}
            FROM grouped AS g JOIN group_id AS i ON g.pass = i.pass AND g.group_no = i.group_no JOIN left_side AS s ON s.txn_id = g.txn_id
            WHERE g.side = 'left' GROUP BY i.match_id, i.pass
        ) AS l
        JOIN (
            SELECT i.match_id, count(*) AS right_n, {facts.right_sums}
            FROM grouped AS g JOIN group_id AS i ON g.pass = i.pass AND g.group_no = i.group_no JOIN right_side AS s ON s.txn_id = g.txn_id
            WHERE g.side = 'right' GROUP BY i.match_id
        ) AS r ON l.match_id = r.match_id
        """,  # noqa: S608 - all text is ours
    )
    store.insert(
        "match.match",
        f"""
        SELECT match_id, $leg AS leg, pass,
            CASE WHEN left_n = 1 THEN '1' ELSE 'N' END || ':' || CASE WHEN right_n = 1 THEN '1' WHEN left_n = 1 THEN 'N' ELSE 'M' END AS cardinality,
            {_STATES.format(paired=paired)} AS state, currency, left_minor, right_minor, left_minor - right_minor AS delta_minor, $run AS run_id
        FROM pairing
        """,  # noqa: S608
        given,
    )
    store.insert(
        "match.member",
        """
        SELECT $leg AS leg, left_id AS txn_id, 'left' AS side, match_id FROM pair_id
        UNION ALL SELECT $leg, right_id, 'right', match_id FROM pair_id
        UNION ALL SELECT $leg, g.txn_id, g.side, i.match_id FROM grouped AS g JOIN group_id AS i ON g.pass = i.pass AND g.group_no = i.group_no
        """,
        {"leg": str(leg)},
    )
    if facts.review:
        store.insert("match.review", f"SELECT $leg AS leg, match_id FROM ({model(facts.review)})", {"leg": str(leg)})  # noqa: S608
    else:
        store.insert("match.review", "SELECT $leg AS leg, match_id FROM pairing WHERE left_minor <> right_minor", {"leg": str(leg)})
    store.insert(
        "match.pool",
        """
        SELECT $leg AS leg, 'left' AS side, txn_id FROM left_open UNION ALL SELECT $leg AS leg, 'right' AS side, txn_id FROM right_open
        """,
        {"leg": str(leg)},
    )


_LEFT_WITH_ITEMS: Final = """(
    SELECT txn_id, currency, amount_minor, business_date, rate_e8 FROM left_side
    UNION ALL
    SELECT DISTINCT item_id, currency, amount_minor, business_date, CAST(NULL AS BIGINT) FROM batch_item
)"""


@dataclass(frozen=True, slots=True)
class _Facts:
    """Columns of ``pairing`` for a leg: of a single pair, of a joined group, and the sums of each side."""

    single: str
    joined: str
    left_sums: str
    right_sums: str
    review: str = ""


_SUM: Final = "CAST(sum(s.amount_minor) AS BIGINT)"
_FACTS: Final[dict[Leg, _Facts]] = {
    Leg.ORDER_CHANNEL: _Facts(
        single="""l.currency, l.amount_minor AS left_minor, r.amount_minor AS right_minor, l.status AS left_status,
            l.business_date AS left_date, r.business_date AS right_date, coalesce(r.expected_fee_minor - r.fee_minor, 0) AS fee_gap_minor""",
        joined="l.currency, l.left_minor, r.right_minor, l.left_status, l.left_date, r.right_date, r.fee_gap_minor",
        left_sums=f"""min(s.currency) AS currency, {_SUM} AS left_minor, min(s.business_date) AS left_date,
            CASE WHEN min(s.status) = max(s.status) THEN min(s.status) ELSE 'pending' END AS left_status""",
        right_sums=f"""{_SUM} AS right_minor, min(s.business_date) AS right_date,
            CAST(sum(abs(coalesce(s.expected_fee_minor - s.fee_minor, 0))) AS BIGINT) AS fee_gap_minor""",
        review="order_review",
    ),
    Leg.CHANNEL_BANK: _Facts(
        single="l.currency, l.amount_minor AS left_minor, r.amount_minor AS right_minor",
        joined="l.currency, l.left_minor, r.right_minor",
        left_sums=f"min(s.currency) AS currency, {_SUM} AS left_minor",
        right_sums=f"{_SUM} AS right_minor",
    ),
    Leg.CHANNEL_LEDGER: _Facts(
        single="""l.currency, l.amount_minor AS left_minor, r.amount_minor AS right_minor,
            strftime(l.business_date, '%Y-%m') AS left_period, r.period AS right_period_first, r.period AS right_period_last,
            r.base_amount_minor, coalesce(l.rate_e8, r.rate_e8) AS left_rate_e8, r.rate_e8 AS right_rate_e8""",
        joined="l.currency, l.left_minor, r.right_minor, l.left_period, r.right_period_first, r.right_period_last, r.base_amount_minor, coalesce(l.rate_e8, r.rate_e8), r.rate_e8",
        left_sums=f"min(s.currency) AS currency, {_SUM} AS left_minor, strftime(min(s.business_date), '%Y-%m') AS left_period, min(s.rate_e8) AS rate_e8",
        right_sums=f"""{_SUM} AS right_minor, min(s.period) AS right_period_first, max(s.period) AS right_period_last,
            CAST(sum(s.base_amount_minor) AS BIGINT) AS base_amount_minor, min(s.rate_e8) AS rate_e8""",
        review="ledger_review",
    ),
}
