"""Signed but not confirmed: what the carrier delivered and the customer has not yet said yes to.

An order is *signed* when all its parcels are, at the time of the last signature. From then the customer has a
reasonable window to confirm, by region: same city 24 hours, another province 48, remote 72 (an order with parcels to
several regions has the longest of them). The first reminder is due when 20 % of the window remains, the second 2 hours
before its end. A carrier may have windows of its own (``carrier_hours``); where no region is printed it follows from
the parcel's places or is not known (:mod:`recon.fulfilment.parcels`):

    signed 2026-02-03 10:00, cross_province
    within_window     until 02-05 00:24
    first_reminder    from  02-05 00:24   (9.6 of 48 hours remain)
    second_reminder   from  02-05 08:00
    overdue           after 02-05 10:00   (the deadline itself is still in time)

An order is confirmed when any of its parcels is. All is seen as of one moment: what is later has not happened yet. A
drop in a locker or at a station is no signature.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Final

import polars as pl

from recon import times
from recon.fulfilment import parcels as parcel
from recon.fulfilment.customers import customer, of_orders
from recon.fulfilment.owners import owned
from recon.fulfilment.settings import HOUR_S, Settings
from recon.store import Store


class State(StrEnum):
    """Where an unconfirmed order stands in its window."""

    WITHIN_WINDOW = "within_window"
    FIRST_REMINDER = "first_reminder"
    SECOND_REMINDER = "second_reminder"
    OVERDUE = "overdue"


UNCONFIRMED: Final[dict[str, type[pl.DataType]]] = {
    "order_no": pl.String,
    "waybill_no": pl.String,  # of all parcels, joined by ", "
    "carrier": pl.String,  # likewise
    "region": pl.String,  # the one whose window holds; "" = not known
    "region_by": pl.String,  # printed | carrier | places | ""
    "shop": pl.String,  # as the order book has it
    "signed_s": pl.Int64,  # last signature, UTC epoch seconds
    "window_hours": pl.Int64,
    "deadline_s": pl.Int64,
    "first_reminder_s": pl.Int64,  # when it is due
    "second_reminder_s": pl.Int64,
    "state": pl.String,  # State
    "overdue_s": pl.Int64,  # as of - deadline; negative: seconds that remain
    "overdue_hours": pl.Int64,  # whole hours past the deadline, 0 before it
    "last_contact_s": pl.Int64,  # null: never contacted
    "last_contact_by": pl.String,
    "receiver_name": pl.String,  # as printed: mask it (recon.privacy) before it leaves the house
    "receiver_phone": pl.String,  # likewise
    "currency": pl.String,
    "amount_minor": pl.Int64,  # of the order; null: not printed
    "sign_proof": pl.String,  # picture paths as printed, joined by ", "
    "is_low_activity": pl.Boolean,  # of a low-activity customer
    "owner": pl.String,  # who looks after it; "" = nobody
    "evidence": pl.String,  # file:line items joined by "; "
}
"""Columns of :func:`unconfirmed` and :func:`overdue`, one row an order."""


def overdue(store: Store, settings: Settings, *, as_of_s: int) -> pl.DataFrame:
    """Return the orders signed but not confirmed whose window has passed (columns: :data:`UNCONFIRMED`).

    Longest overdue first, then by order number.
    """
    return unconfirmed(store, settings, as_of_s=as_of_s).filter(pl.col("state") == State.OVERDUE.value)


def unconfirmed(store: Store, settings: Settings, *, as_of_s: int) -> pl.DataFrame:
    """Return all orders signed but not confirmed at ``as_of_s`` (columns: :data:`UNCONFIRMED`).

    Longest overdue first, those with the least time left next, then by order number.
    """
    signed = parcel.signed(parcel.parcels(store, settings), as_of_s)
    all_orders = parcel.orders(signed, as_of_s)
    orders = all_orders.filter(pl.col("confirmed_s").is_null())
    orders = _with_states(orders, settings, as_of_s)
    with store.shown("fulfilment_order", orders.select("order_no")):
        contacts = store.frame(parcel.sql("contact"))
        lines = store.frame(parcel.sql("line"))
        shops = store.frame(parcel.sql("shop"))
    idle = of_orders(all_orders, settings, as_of_s=as_of_s).select(customer()).with_columns(is_low_activity=True)
    last = (
        contacts.filter(pl.col("contacted_s") <= as_of_s)
        .sort("order_no", "contacted_s", "way", descending=[False, True, False])
        .unique("order_no", keep="first")
        .select("order_no", pl.col("contacted_s").alias("last_contact_s"), pl.col("way").alias("last_contact_by"))
    )
    where = pl.format("{}:{}", "file_name", "line_no").str.join("; ").alias("evidence")
    evidence = lines.unique().sort("file_name", "line_no").group_by("order_no", maintain_order=True).agg(where)
    found = (
        orders.with_columns(customer())
        .join(last, on="order_no", how="left")
        .join(evidence, on="order_no", how="left")
        .join(shops, on="order_no", how="left")
        .join(idle, on="customer", how="left")
        .with_columns(
            pl.col("last_contact_by", "evidence", "shop").fill_null(""),
            pl.col("is_low_activity").fill_null(value=False),
        )
    )
    shaped = owned(found, settings).select(pl.col(name).cast(kind) for name, kind in UNCONFIRMED.items())
    return shaped.sort("overdue_s", "order_no", descending=[True, False])


def signed_days(store: Store, *, as_of_s: int) -> pl.DataFrame:
    """Whole days since each order was signed for in full: ``order_no``, ``signed_s`` (Int64), ``days`` (Int64).

    Sorted by order number. Orders with a parcel still under way are not there. More than ``valid_refund_days`` of them
    make a refund that finance has not booked a valid refund (有效退款).
    """
    orders = (
        parcel.signed(store.frame(parcel.sql("parcel")), as_of_s).group_by("order_no").agg(pl.col("signed_s").max())
    )
    return orders.with_columns(((as_of_s - pl.col("signed_s")) // times.DAY_S).alias("days")).sort("order_no")


def _with_states(orders: pl.DataFrame, settings: Settings, as_of_s: int) -> pl.DataFrame:
    deadline, first, second = pl.col("deadline_s"), pl.col("first_reminder_s"), pl.col("second_reminder_s")
    return (
        orders.with_columns(
            (pl.col("signed_s") + pl.col("window_s")).alias("deadline_s"),
            (pl.col("window_s") // HOUR_S).alias("window_hours"),
        )
        .with_columns(
            (deadline - pl.col("window_s") * settings.first_reminder_percent // 100).alias("first_reminder_s"),
            (deadline - settings.second_reminder_hours * HOUR_S).alias("second_reminder_s"),
            (as_of_s - deadline).alias("overdue_s"),
        )
        .with_columns(pl.max_horizontal(first, second).alias("second_reminder_s"))
        .with_columns(
            (pl.col("overdue_s").clip(0) // HOUR_S).alias("overdue_hours"),
            pl.when(as_of_s > deadline)
            .then(pl.lit(State.OVERDUE.value))
            .when(as_of_s >= second)
            .then(pl.lit(State.SECOND_REMINDER.value))
            .when(as_of_s >= first)
            .then(pl.lit(State.FIRST_REMINDER.value))
            .otherwise(pl.lit(State.WITHIN_WINDOW.value))
            .alias("state"),
        )
    )
