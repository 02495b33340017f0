"""Facts of which the newest statement holds: parcels, contacts, exchange rates.

They are no movements of money, so no versions are kept: a later file's statement under the same key takes the place of
the earlier one (raw keeps both). A cell that the later statement leaves blank keeps what was known: a carrier's push
tells one event, not the parcel's whole life. Within one file the last line of a key holds. A statement equal to the
stored one changes nothing, not even its provenance.
"""

from __future__ import annotations

from typing import Final

import polars as pl

from recon import fingerprint
from recon.ingest.identity import CROWDED, forget, fresh_outcomes
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
    key_hash, field_hash = fingerprint.sql(key, "k"), fingerprint.sql(fields, "f")
    keyed = f"(SELECT *, {key_hash} AS key_hash FROM incoming)"  # noqa: S608 - names and expressions are ours
    with store.shown("incoming", frame):
        store.temp("fresh_base", f"SELECT line_no, {key_hash} AS base_id FROM incoming")  # noqa: S608
        store.temp(
            "stored_key",
            f"SELECT {key_hash} AS base_id, {field_hash} AS field_hash FROM {table} "  # noqa: S608
            "WHERE base_id IN (SELECT base_id FROM fresh_base)",
        )
        store.temp("crowded", CROWDED)
        store.temp(
            "staged",
            f"""
            SELECT k.*, {field_hash} AS field_hash,
                row_number() OVER (PARTITION BY k.key_hash ORDER BY k.line_no DESC, field_hash) AS age
            FROM {keyed} AS k
            SEMI JOIN crowded AS c ON c.base_id = k.key_hash
            """,  # noqa: S608 - names and expressions are ours
        )
        store.insert(
            table,
            f"""
            SELECT k.* EXCLUDE (key_hash), CAST($file_id AS INTEGER) AS file_id
            FROM {keyed} AS k
            ANTI JOIN crowded AS c ON c.base_id = k.key_hash
            """,  # noqa: S608 - names and expressions are ours
            {"file_id": file_id},
        )
    store.temp(
        "judged",
        """
        SELECT n.*, CASE
            WHEN n.age > 1 OR o.field_hash = n.field_hash THEN 'overlap'
            WHEN o.field_hash IS NULL THEN 'new'
            ELSE 'restated'
            END AS outcome
        FROM staged AS n
        LEFT JOIN stored_key AS o ON o.base_id = n.key_hash
        """,
    )
    if store.value("SELECT count(*) FROM judged WHERE outcome = 'restated'"):
        _keep_what_stays_blank(store, table, key, fields)
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
    store.temp("resolved", "SELECT line_no, outcome FROM judged")
    outcomes = fresh_outcomes(store, resolved=True)
    forget(store, "fresh_base", "crowded", "stored_key", "staged", "judged", "resolved")
    return outcomes


def _keep_what_stays_blank(store: Store, table: str, key: tuple[str, ...], fields: tuple[str, ...]) -> None:
    """Fill blank cells of the restated rows of ``judged`` with those of the row that they replace."""
    filled = ", ".join(
        f"CASE WHEN n.{name} IS NULL OR CAST(n.{name} AS VARCHAR) = '' THEN coalesce(o.{name}, n.{name}) "
        f"ELSE n.{name} END AS {name}"
        for name in fields
        if name not in key
    )
    same = " AND ".join(f"o.{name} IS NOT DISTINCT FROM n.{name}" for name in key)
    store.temp(
        "completed",
        f"SELECT n.* REPLACE ({filled}) FROM judged AS n "  # noqa: S608 - names are ours
        f"LEFT JOIN {table} AS o ON n.outcome = 'restated' AND {same}",
    )
    store.temp("judged", "SELECT * FROM completed")
