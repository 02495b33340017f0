"""Parcels as all files together tell of them, each with its region and the window that follows from it.

Where a region comes from (``region_by``):

    printed   the shipments file says it
    carrier   the carrier delivers within a city only (``same_city_carriers``)
    places    province and city at both ends are known (:mod:`recon.places`); where the sender is not printed it is
              ``ships_from``
    ""        not known: the window of another province holds, the longer of the two usual ones

A window is that of the carrier where ``carrier_hours`` has one, else that of the region. Times are merged over files by
taking the latest of each event (``sql/parcel.sql``), so that the order in which exports arrive makes no difference.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import Final

import polars as pl

from recon.fulfilment.settings import Settings
from recon.places import place, region
from recon.store import Store

PARCEL: Final[dict[str, type[pl.DataType]]] = {
    "order_no": pl.String,
    "waybill_no": pl.String,
    "carrier": pl.String,
    "region": pl.String,  # same_city | cross_province | remote | ""
    "region_by": pl.String,  # printed | carrier | places | ""
    "window_s": pl.Int64,  # from signature to deadline
    "outbound_s": pl.Int64,  # UTC epoch seconds, null = not yet or not known
    "first_scan_s": pl.Int64,
    "signed_s": pl.Int64,
    "confirmed_s": pl.Int64,
    "sign_proof": pl.String,
    "receiver_name": pl.String,  # as printed
    "receiver_phone": pl.String,  # as printed
    "currency": pl.String,
    "amount_minor": pl.Int64,  # of the order
}
"""Columns of :func:`parcels`, one row a parcel of an order."""


@cache
def sql(name: str) -> str:
    """Text of ``sql/NAME.sql``."""
    return (files("recon.fulfilment") / "sql" / f"{name}.sql").read_text(encoding="utf-8")


def parcels(store: Store, settings: Settings) -> pl.DataFrame:
    """Return every parcel that belongs to an order (columns: :data:`PARCEL`), in no particular order."""
    frame = store.frame(sql("parcel"))
    kinds = frame.select("carrier", "region", "sent_from", "sent_to").unique()
    told = [_told(settings, *row) for row in kinds.iter_rows()]
    judged = kinds.with_columns(
        pl.Series("told_region", [row[0] for row in told], dtype=pl.String),
        pl.Series("region_by", [row[1] for row in told], dtype=pl.String),
        pl.Series("window_s", [row[2] for row in told], dtype=pl.Int64),
    )
    joined = frame.join(judged, on=kinds.columns, how="left").with_columns(pl.col("told_region").alias("region"))
    return joined.select(pl.col(name).cast(kind) for name, kind in PARCEL.items())


def _told(settings: Settings, carrier: str, printed: str, sent_from: str, sent_to: str) -> tuple[str, str, int]:
    """Region, where it comes from, and window of parcels of one kind."""
    found, by = printed, "printed"
    if not found and any(carrier.startswith(name) for name in settings.same_city_carriers):
        found, by = "same_city", "carrier"
    if not found:
        origin = sent_from or place(settings.ships_from)
        found, by = region(origin, sent_to, settings.remote_provinces), "places"
    return found, by if found else "", settings.window_s(carrier, found)


def signed(frame: pl.DataFrame, as_of_s: int) -> pl.DataFrame:
    """Parcels of the orders all of whose parcels were signed for by ``as_of_s``."""
    waiting = frame.filter(~(pl.col("signed_s") <= as_of_s).fill_null(value=False))
    return frame.join(waiting, on="order_no", how="anti")


def orders(frame: pl.DataFrame, as_of_s: int) -> pl.DataFrame:
    """One row an order of signed parcels, with the last signature and the longest window of its parcels.

    Columns of :data:`PARCEL`; waybills, carriers and proofs joined by ", ". ``confirmed_s`` is the first confirmation
    up to ``as_of_s``: an order is confirmed when any of its parcels is.
    """
    longest_first = frame.sort("window_s", "region", "waybill_no", descending=[True, False, False])
    confirmed = pl.col("confirmed_s").filter(pl.col("confirmed_s") <= as_of_s).min().alias("confirmed_s")
    return longest_first.group_by("order_no", maintain_order=True).agg(
        *(_joined(name) for name in ("waybill_no", "carrier", "sign_proof")),
        pl.col("region", "region_by", "window_s").first(),
        confirmed,
        pl.col("signed_s", "amount_minor", "currency", "receiver_name", "receiver_phone").max(),
    )


def _joined(column: str) -> pl.Expr:
    """Different values of a column within its group, sorted, without blanks."""
    text = pl.col(column)
    return text.filter(text != "").unique().sort().str.join(", ").alias(column)
