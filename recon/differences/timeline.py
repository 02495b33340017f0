"""From numbers to everything the books say of them, in time: for one number or for those of a whole month at once.

Any number a person may hold will do (order, payment, channel or refund number). The numbers that the rows found carry
are followed until no new row comes: order -> payment number -> channel number -> refund numbers -> vouchers, the batch
that settled them and the bank line that paid the batch, the parcels of the order and the reminders to its receiver.
Nothing is written.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import polars as pl

from recon.differences.reading import model
from recon.times import BEIJING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from recon.store import Store

_ORDER: Final = ("order", "channel", "bank", "ledger", "shipment")
"""Of events at the same moment."""
_ROUNDS: Final = 6  # order -> payment -> channel -> refund -> voucher; a longer chain has not been seen
_END_OF_DAY: Final = 86_399


def followed(store: Store, numbers: Iterable[str]) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Follow each number; returns the numbers that belong to it, and the rows that carry one of them or its money.

    Columns: key (the number asked for) and number; key and txn_id.
    """
    keys = sorted({number for number in numbers if number})
    asked = pl.DataFrame({"key": keys, "number": keys}, schema={"key": pl.String, "number": pl.String})
    known, reached = asked, pl.DataFrame(schema={"key": pl.String, "txn_id": pl.String})
    for _ in range(_ROUNDS):
        with store.shown("asked_number", asked):
            found = store.frame(model("writing/chain_found"))
        fresh = found.join(reached, on=["key", "txn_id"], how="anti")
        if not fresh.height:
            break
        reached = pl.concat([reached, fresh])
        with store.shown("chain_reached", fresh):
            asked = store.frame(model("writing/chain_number")).join(known, on=["key", "number"], how="anti")
        if not asked.height:
            break
        known = pl.concat([known, asked])
    with store.shown("chain_reached", reached):
        partners = store.frame(model("writing/chain_partner"))
    return known, pl.concat([reached, partners]).unique().sort("key", "txn_id")


def events(store: Store, known: pl.DataFrame, reached: pl.DataFrame, *, zone: str = BEIJING) -> pl.DataFrame:
    """Events of what :func:`followed` found, by key and in time; what has only a date stands at the end of that day.

    Columns: key, occurred_s (UTC seconds, null where only a date is printed), day (null for parcels), book (also
    ``shipment``), channel, kind, status, currency, amount_minor, fee_minor, number, name (of the file), line_no (null:
    a file of the outbox), note.
    """
    with store.shown("chain_reached", reached), store.shown("chain_followed", known):
        found = store.frame(model("writing/chain_event"))
    ends = pl.col("day").cast(pl.Datetime("us")).dt.replace_time_zone(zone).dt.epoch("s") + _END_OF_DAY
    book = pl.col("book").replace_strict({name: place for place, name in enumerate(_ORDER)}, return_dtype=pl.Int8)
    place = pl.concat_str("name", pl.lit(":"), "line_no", ignore_nulls=True)
    return found.sort(
        "key", pl.coalesce("occurred_s", ends, pl.lit(0)), book, place, "kind", "number", "amount_minor",
        nulls_last=False,
    )  # fmt: skip
