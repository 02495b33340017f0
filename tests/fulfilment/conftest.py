"""An empty store, and parcels put into it as files would."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import polars as pl
import pytest

from recon import model, times
from recon.store import Store, open_store

SIGNED_S = times.parse_moment("2026-02-03 10:00:00")


@pytest.fixture
def store() -> Iterator[Store]:
    with open_store(None) as opened:
        yield opened


@pytest.fixture
def load(store: Store) -> Callable[..., None]:
    """Return a function that puts parcels (and their contacts) as lines 2, 3 ... of ``shipments-<file_id>.csv``."""

    def put(*parcels: dict[str, object], file_id: int = 1) -> None:
        _put(store, *parcels, file_id=file_id)

    return put


def _put(store: Store, *parcels: dict[str, object], file_id: int = 1) -> None:
    """Put parcels (and their contacts) into the store as lines 2, 3 ... of a file ``shipments-<file_id>.csv``."""
    name = f"shipments-{file_id}.csv"
    counts = ("size_bytes", "rows_raw", "rows_canon", "rows_excluded", "rows_rejected", "ingested_s", "run_id")
    texts = ("encoding", "account", "control")
    file = {"file_id": file_id, "sha256": name, "name": name, "source": "shipments", **dict.fromkeys(texts, "")}
    grown = dict.fromkeys((*counts, "rows_new", "rows_overlap", "rows_restated"), 0)
    store.append("meta.file", pl.DataFrame([file | grown]))
    shipments, contacts = [], []
    for line_no, given in enumerate(parcels, 2):
        row = {"order_no": "ORD-1", "waybill_no": "W1", "signed_s": SIGNED_S, "currency": "CNY", "amount_minor": 12800}
        row |= {"receiver_name": "张示例", "receiver_phone": "13800001234", "line_no": line_no} | given
        if "contacted_s" in row:
            contact = {"order_no": row["order_no"], "contacted_s": row.pop("contacted_s"), "way": row.pop("way")}
            contacts.append(contact | {"line_no": line_no})
        shipments.append(row)
    for table, columns, rows in (
        ("canon.shipment", model.SHIPMENT, shipments),
        ("canon.contact", model.CONTACT, contacts),
    ):
        frame = model.shaped(pl.DataFrame(rows, infer_schema_length=None), columns) if rows else pl.DataFrame()
        store.append(table, frame.with_columns(pl.lit(file_id).alias("file_id")) if rows else frame)
