"""Settlement batches: what each channel owes the bank, when it is due, and what the channel itself says of its payout.

``match.batch`` holds the sums of every batch (``sql/batch.sql``) and is brought up to date for the batches and days
that new or restated rows belong to. Two small tables beside it are made anew in every run, so that they depend on what
is stored and not on the order in which it came:

    match.announcement   payout rows that only tell of a batch's payout (:mod:`recon.match.announcing`); contracts that
                         settle ``daily`` or ``merged``
    match.held           days of a channel that settles by ``balance`` and prints its payouts: their money stays in the
                         balance until a payout row takes it out, so that they expect nothing at the bank themselves

The view ``match.settlement`` puts the three together; matching, evidence and reports read that one.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Final

import polars as pl

from recon.match.announcing import Batch, Row, announced
from recon.match.reading import model

if TYPE_CHECKING:
    from recon.match.settings import Settings
    from recon.store import Store

_ANNOUNCEMENT: Final = {"txn_id": pl.String, "batch_id": pl.String}
_DUE: Final[dict[str, type[pl.DataType]]] = {
    "channel": pl.String,
    "currency": pl.String,
    **dict.fromkeys(("business_date", "due_date", "last_date"), pl.Date),
}


def show_batches(store: Store, settings: Settings) -> None:
    """Bring match.batch, match.announcement and match.held up to date; makes the temporary view ``batch``."""
    _sum_up(store, settings)
    store.run("DELETE FROM match.held")
    store.insert("match.held", model("writing/held"))
    store.run("DELETE FROM match.announcement")
    store.temp("told", pl.DataFrame(_announcements(store), schema=_ANNOUNCEMENT, orient="row"))
    store.insert("match.announcement", model("writing/announcement"))
    store.run("CREATE OR REPLACE TEMP VIEW batch AS SELECT * FROM match.settlement")
    store.run("CREATE OR REPLACE TEMP VIEW announcement AS SELECT * FROM match.announcement")


def _sum_up(store: Store, settings: Settings) -> None:
    last = store.value("SELECT min(file_id) FROM match.progress")
    if not last:
        store.run("CREATE OR REPLACE TEMP VIEW work AS SELECT * FROM canon.txn WHERE book = 'channel'")
        store.run("DELETE FROM match.batch")
    else:
        store.temp("changed_day", model("writing/changed_day"))
        store.temp("summed_day", model("writing/summed_day"))
        store.run(
            "CREATE OR REPLACE TEMP VIEW work AS SELECT t.* FROM canon.txn AS t SEMI JOIN changed_day AS c"
            " ON t.channel = c.channel AND t.account = c.account AND t.currency = c.currency"
            " AND CASE WHEN t.batch_no <> '' AND t.kind <> 'payout' THEN t.batch_no"
            " ELSE CAST(t.business_date AS VARCHAR) END = c.name"
            " WHERE t.book = 'channel' AND t.business_date IN (SELECT business_date FROM summed_day)"
        )
        store.run(
            "DELETE FROM match.batch WHERE EXISTS (SELECT 1 FROM changed_day AS c WHERE c.channel = batch.channel"
            " AND c.account = batch.account AND c.currency = batch.currency AND c.name ="
            " CASE WHEN batch.kind = 'batch' THEN batch.batch_no ELSE CAST(batch.business_date AS VARCHAR) END)"
        )
    store.temp("new_batch", model("batch"))
    days = store.frame("SELECT DISTINCT channel, currency, business_date FROM new_batch ORDER BY ALL")
    due: list[dict[str, object]] = []
    for channel, currency, day in days.iter_rows():
        terms = settings.contract(channel)
        due_date = settings.calendar.due_date(
            day, terms.lag_days, working=terms.lag_unit == "working", country=terms.calendar_of(currency)
        )
        last_date = due_date + dt.timedelta(days=terms.grace_days)
        key = {"channel": channel, "currency": currency, "business_date": day}
        due.append(key | {"due_date": due_date, "last_date": last_date})
    store.temp("due", pl.DataFrame(due, schema=_DUE))
    store.insert(
        "match.batch",
        "SELECT b.*, d.due_date, d.last_date FROM new_batch AS b"
        " JOIN due AS d USING (channel, currency, business_date)",
    )


def _announcements(store: Store) -> list[tuple[str, str]]:
    """Payout rows and the batches that they announce (``sql/writing/day_and_payout.sql``)."""
    found = store.rows(model("writing/day_and_payout"))
    batches = [Batch(row[1], row[2:5], row[5], row[6], row[7]) for row in found if row[0] == "batch"]
    payouts = [Row(row[1], row[2:5], row[5], row[6]) for row in found if row[0] == "payout"]
    return announced(batches, payouts)
