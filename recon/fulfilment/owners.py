"""Who looks after which overdue order, as ``[fulfilment] owners`` and ``owners_by`` say.

shop, region   the owner whose list has the order's shop or the parcel's region; the first, where two have it
hash           shared evenly: a customer's orders all go to one owner, and when an owner is added or leaves, only
the orders move that must (rendezvous hashing)
"""

from __future__ import annotations

import hashlib

import polars as pl

from recon.fulfilment.customers import customer
from recon.fulfilment.settings import Settings, shares
from recon.places import REGIONS


def owned(orders: pl.DataFrame, settings: Settings) -> pl.DataFrame:
    """Add the column ``owner`` to orders with shop, region, receiver and order_no; blank when they fall to nobody."""
    if not settings.owners:
        return orders.with_columns(pl.lit("").alias("owner"))
    if settings.owners_by == "hash":
        key = pl.when(customer() != "").then(customer()).otherwise("order_no").alias("owned_key")
        keyed = orders.with_columns(key)
        names = {text: _nearest(text, list(settings.owners)) for text in keyed["owned_key"].unique()}
        owner = pl.col("owned_key").replace_strict(names, return_dtype=pl.String)
        return keyed.with_columns(owner.alias("owner")).drop("owned_key")
    column = settings.owners_by
    of: dict[str, str] = {}
    for name, share in settings.owners.items():
        for word in shares(share):
            of.setdefault(REGIONS[word] if column == "region" else word, name)
    return orders.with_columns(pl.col(column).replace_strict(of, default="", return_dtype=pl.String).alias("owner"))


def _nearest(text: str, names: list[str]) -> str:
    return max(names, key=lambda name: hashlib.sha256(f"{name}\x1f{text}".encode()).digest())
