"""Facts of which the newest statement holds: parcels, contacts, exchange rates.

They are no movements of money, so no versions are kept: a later file's statement under the same key takes the place of
the earlier one (raw keeps both). Within one file the last line of a key holds. A statement equal to the stored one
changes nothing, not even its provenance.
"""

from __future__ import annotations

from typing import Final

import polars as pl

from recon import fingerprint
from recon.ingest.identity import forget
from recon.store import Store

PARCEL_KEY: Final = ("order_no", "waybill_no")
CONTACT_KEY: Final = ("order_no", "contacted_s", "way")
RATE_KEY: Final = ("rate_date", "currency", "base_currency")


def replace(store: Store, table: str, frame: pl.DataFrame, key: tuple[str, ...], *, file_id: int) -> pl.DataFrame:
    """Store the rows of ``frame`` in ``table``, one per ``key``; all its columns but line_no are compared.

    Returns line_no and outcome ('new' | 'overlap' | 'restated'), one row per row of ``frame``; a line that a later line
    of the same file outdates is 'overlap'.
    """
    fields = tuple(name for name in frame.columns if name != "line_no")
    hashes = f"{fingerprint.sql(key, 'k')} AS key_hash, {fingerprint.sql(fields, 'f')} AS field_hash"
    with store.shown("incoming", frame):
        store.temp(
            "staged",
            f"""
            SELECT *, {hashes}, row_number() OVER (PARTITION BY key_hash ORDER BY line_no DESC, field_hash) AS age
            FROM incoming
            """,  # noqa: S608 - names and expressions are ours
        )
    store.temp(
        "judged",
        f"""
        SELECT n.*, CASE
            WHEN n.age > 1 OR o.field_hash = n.field_hash THEN 'overlap'
            WHEN o.field_hash IS NULL THEN 'new'
            ELSE 'restated'
            END AS outcome
        FROM staged AS n
        LEFT JOIN (SELECT {hashes} FROM {table}) AS o ON o.key_hash = n.key_hash
        """,  # noqa: S608 - names and expressions are ours
    )
    if store.value("SELECT count(*) FROM judged WHERE outcome = 'restated'"):
        store.run(
            f"DELETE FROM {table} WHERE {fingerprint.sql(key, 'k')} IN "  # noqa: S608 - names and expressions are ours
            "(SELECT key_hash FROM judged WHERE outcome = 'restated')"
        )
    store.insert(
        table,
        "SELECT * EXCLUDE (key_hash, field_hash, age, outcome), CAST($file_id AS INTEGER) AS file_id FROM judged "
        "WHERE outcome <> 'overlap'",
        {"file_id": file_id},
    )
    outcomes = store.frame("SELECT line_no, outcome FROM judged")
    forget(store, "staged", "judged")
    return outcomes
