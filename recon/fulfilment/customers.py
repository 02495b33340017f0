"""Low-activity customers (低活跃用户): who lets order after order run over its window.

A customer is a telephone number. Shop exports often print it masked (138****1234), and ten thousand numbers share such
a mask: then the name must be the same too, and the list says that the customer is not certain. Orders without a number
belong to no customer.

An order counts once it is decided: confirmed, or past its deadline. It was overdue when the deadline passed before the
confirmation, if there is one. What is still within its window says nothing yet:

    1 Feb   confirmed in time            3 orders in a row since then: with low_activity_orders = 3
    5 Feb   never confirmed, overdue     the customer is listed, with a streak of 3;
    9 Feb   confirmed too late           the next order that is confirmed in time
    13 Feb  never confirmed, overdue     ends the streak
    20 Feb  within its window            (not counted)
"""

from __future__ import annotations

from typing import Final

import polars as pl

from recon.fulfilment import parcels as parcel
from recon.fulfilment.settings import Settings
from recon.store import Store

LOW_ACTIVITY: Final[dict[str, type[pl.DataType]]] = {
    "receiver_name": pl.String,  # as printed: mask it (recon.privacy) before it leaves the house
    "receiver_phone": pl.String,  # likewise
    "is_certain": pl.Boolean,  # the number is printed in full
    "orders": pl.Int64,  # decided ones
    "overdue": pl.Int64,  # of them
    "streak": pl.Int64,  # the last ones, all overdue
    "since_s": pl.Int64,  # signature of the first order of the streak
    "last_s": pl.Int64,  # and of the last
    "order_nos": pl.String,  # of the streak, oldest first, joined by ", "
}
"""Columns of :func:`low_activity`, one row a customer."""

_MASKED: Final = r"[*＊xX]"


def customer() -> pl.Expr:
    """Key of the customer of a row with receiver_name and receiver_phone; blank when there is none."""
    phone, name = pl.col("receiver_phone").str.strip_chars(), pl.col("receiver_name").str.strip_chars()
    both = pl.when(name != "").then(pl.concat_str(phone, pl.lit("|"), name)).otherwise(pl.lit(""))
    key = pl.when(phone.str.contains(_MASKED)).then(both).otherwise(phone)
    return pl.when(phone == "").then(pl.lit("")).otherwise(key).alias("customer")


def low_activity(store: Store, settings: Settings, *, as_of_s: int) -> pl.DataFrame:
    """Return the customers whose last orders were all overdue at ``as_of_s`` (columns: :data:`LOW_ACTIVITY`).

    Longest streak first, then the latest order, then by number and name.
    """
    signed = parcel.signed(parcel.parcels(store, settings), as_of_s)
    return of_orders(parcel.orders(signed, as_of_s), settings, as_of_s=as_of_s)


def of_orders(orders: pl.DataFrame, settings: Settings, *, as_of_s: int) -> pl.DataFrame:
    """:func:`low_activity` of signed orders (``parcels.orders``)."""
    deadline = pl.col("signed_s") + pl.col("window_s")
    late = pl.coalesce(pl.col("confirmed_s"), pl.lit(as_of_s)) > deadline
    decided = (
        orders.with_columns(customer(), late.alias("late"))
        .filter((pl.col("customer") != "") & (pl.col("late") | pl.col("confirmed_s").is_not_null()))
        .sort("customer", "signed_s", "order_no")
    )
    # Of what follows the last order that was confirmed in time, all is late.
    after = pl.col("late").reverse().cast(pl.Int64).cum_prod().reverse().cast(pl.Boolean)
    marked = decided.with_columns(after.over("customer").alias("in_streak"))
    streak = pl.col("in_streak")
    found = marked.group_by("customer", maintain_order=True).agg(
        pl.col("receiver_name", "receiver_phone").last(),
        pl.len().alias("orders"),
        pl.col("late").sum().alias("overdue"),
        streak.sum().alias("streak"),
        pl.col("signed_s").filter(streak).first().alias("since_s"),
        pl.col("signed_s").filter(streak).last().alias("last_s"),
        pl.col("order_no").filter(streak).str.join(", ").alias("order_nos"),
    )
    listed = found.filter(pl.col("streak") >= settings.low_activity_orders)
    shaped = listed.with_columns((~pl.col("receiver_phone").str.contains(_MASKED)).alias("is_certain")).select(
        "customer", *(pl.col(name).cast(kind) for name, kind in LOW_ACTIVITY.items())
    )
    ordered = shaped.sort("streak", "last_s", "customer", descending=[True, True, False])
    return ordered.select(*LOW_ACTIVITY)
