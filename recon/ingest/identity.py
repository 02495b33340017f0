"""Which row is which: identity, copies, overlaps, restatements; decided for a whole file at once.

``txn_id = source:account:kind:native id``. Rows without a native id take the first 16 hex digits of their content hash
instead, so equal rows share an identity and different ones do not. ``%`` and ``#`` in the parts are written ``%25`` and
``%23``; a ``#`` in a txn_id is therefore always the ordinal of a further row with the same identity:

    orders:云杉:payment:SO1/1/SO1       the first
    orders:云杉:payment:SO1/1/SO1#2     the same id once more in one file: a duplicate entry, or a true twin

A new file's rows meet the stored rows of the same identity, all of them at once (sql/resolve.sql):

1. equal content meets equal content, copy by copy: overlap, nothing happens. Two twins in one file and the same two in
   an overlapping file are two rows; three in the overlapping file are three. Two files that do not overlap and hold one
   twin each cannot be told from an overlap and make one row: formats without ids leave no better choice.
2. what is left of the new meets what is left of the stored, in order of content and ordinal: a restatement. The stored
   row moves to canon.txn_superseded and the new one takes its txn_id with the next version.
   (Stored rows are those of canon.txn and of canon.txn_confirmed, see recon.ingest.confirming.)
3. what is then left is new, with the next free ordinals.

*The later ingested statement wins*, also when it is the older export: bills carry no reliable date of their making, and
the order of loading is the one order that a user can choose and see (meta.file.file_id). Files that do not contradict
each other give the same rows in any order; only which of two different rows of one identity is called ``#2`` may differ
when they first appear in different files.

canon.identity tells on which days an identity was stored (a hash of eight bytes, which may lie, but only by naming a
day too many): a file of new rows asks it and reads no stored row at all, and one that overlaps reads the days it names.
"""

from __future__ import annotations

from importlib.resources import files
from typing import Final

import polars as pl

from recon import fingerprint
from recon.store import HASH_PROBE, Store

RESOLVE: Final = (files("recon.ingest") / "sql" / "resolve.sql").read_text(encoding="utf-8")


def escaped(expression: str) -> str:
    """SQL of a text that is part of an identity: no ``#`` is left in it."""
    return f"replace(replace({expression}, '%', '%25'), '#', '%23')"


def key_parts(name: str) -> str:
    """SQL of the two parts of the identity ``name``: base_id, and ordinal (1 unless ``#2`` ... follows)."""
    ordinal = f"CASE WHEN contains({name}, '#') THEN CAST(split_part({name}, '#', 2) AS BIGINT) ELSE 1 END"
    return f"split_part({name}, '#', 1) AS base_id, {ordinal} AS ordinal"


_BASE: Final = (
    escaped("$source || ':' || account || ':' || kind || ':'")
    + f" || CASE WHEN native_id = '' THEN lower(hex({fingerprint.CONTENT_SQL}))[:16] ELSE {escaped('native_id')} END"
)
_KEYED: Final = f"(SELECT *, {_BASE} AS base_id FROM incoming)"  # noqa: S608 - the expressions are ours
_HASHED: Final = f"{fingerprint.SQL} AS fingerprint, {fingerprint.CONTENT_SQL} AS content"
CROWDED: Final = """
    SELECT base_id FROM fresh_base GROUP BY base_id HAVING count(*) > 1
    UNION
    SELECT base_id FROM stored_key
    """
"""Identities that need to be looked at: several times in the file, or stored. All other rows are new as they stand."""
_FRESH_OUTCOMES: Final = """
    SELECT f.line_no, 'new' AS outcome FROM fresh_base AS f ANTI JOIN crowded AS c ON c.base_id = f.base_id
    """
_RESOLVED_OUTCOMES: Final = "UNION ALL SELECT line_no, outcome FROM resolved"


def resolve(store: Store) -> None:
    """Make ``resolved`` (rid, line_no, txn_id, version, outcome) from the temporary ``fresh_key`` and ``stored_key``.

    fresh_key has rid (unique), line_no, base_id, content; stored_key has txn_id (unique), base_id, ordinal, content,
    version of the stored rows whose base_id occurs in fresh_key.
    """
    count = store.temp("resolved", RESOLVE)
    expected = store.value("SELECT count(*) FROM fresh_key")
    if count != expected:
        msg = f"{expected} rows came to be identified, {count} came back"
        raise AssertionError(msg)


def load_txns(store: Store, txns: pl.DataFrame, *, source: str, file_id: int) -> pl.DataFrame:
    """Store the rows of ``txns`` (exactly the columns of model.TXN) that are new or restated.

    Returns line_no and outcome ('new' | 'overlap' | 'restated'), one row per row of ``txns``.
    """
    with store.shown("incoming", txns):
        of_source = {"source": source}
        store.temp("fresh_base", f"SELECT line_no, business_date, {_BASE} AS base_id FROM incoming", of_source)  # noqa: S608
        _show_stored_days(store)
        store.temp(
            "stored_key",
            f"""
            SELECT txn_id, version, content, {key_parts("txn_id")}
            FROM (
                SELECT txn_id, version, content, source, business_date FROM canon.txn
                UNION ALL
                SELECT txn_id, version, content, source, business_date FROM canon.txn_confirmed
            )
            WHERE business_date IN (SELECT business_date FROM stored_day) AND source = $source
            AND split_part(txn_id, '#', 1) IN (SELECT base_id FROM fresh_base)
            """,  # noqa: S608 - the expression is ours
            of_source,
        )
        crowded = store.temp("crowded", CROWDED)
        if crowded:
            store.temp(
                "staged",
                f"SELECT k.*, {_HASHED} FROM {_KEYED} AS k SEMI JOIN crowded AS c ON c.base_id = k.base_id",  # noqa: S608
                of_source,
            )
        store.insert(
            "canon.txn",
            f"""
            SELECT k.base_id AS txn_id, 1 AS version, CAST($source AS VARCHAR) AS source,
                CAST($file_id AS INTEGER) AS file_id, k.* EXCLUDE (native_id, base_id), {_HASHED}
            FROM {_KEYED} AS k
            ANTI JOIN crowded AS c ON c.base_id = k.base_id
            """,  # noqa: S608 - the expressions are ours
            {"source": source, "file_id": file_id},
        )
    store.insert(
        "canon.identity",
        """
        SELECT hash(f.base_id) AS identity_hash, f.business_date
        FROM fresh_base AS f ANTI JOIN crowded AS c ON c.base_id = f.base_id
        """,
    )
    if crowded:
        _place_crowded(store, source=source, file_id=file_id)
    outcomes = fresh_outcomes(store, resolved=crowded > 0)
    forget(store, "fresh_base", "crowded", "staged", "fresh_key", "stored_key", "stored_day", "resolved", "superseded")
    return outcomes


def fresh_outcomes(store: Store, *, resolved: bool) -> pl.DataFrame:
    """Return line_no and outcome of every row of ``fresh_base``; not ``resolved``: none of them needed to be."""
    return store.frame(_FRESH_OUTCOMES + _RESOLVED_OUTCOMES if resolved else _FRESH_OUTCOMES)


def _place_crowded(store: Store, *, source: str, file_id: int) -> None:
    """Store the rows of ``staged`` that are new or restated."""
    store.temp("fresh_key", "SELECT rowid AS rid, line_no, base_id, content FROM staged")
    resolve(store)
    store.temp("superseded", "SELECT txn_id FROM resolved WHERE outcome = 'restated'")
    supersede(store, file_id=file_id)
    store.insert(
        "canon.txn",
        """
        SELECT r.txn_id, r.version, CAST($source AS VARCHAR) AS source, CAST($file_id AS INTEGER) AS file_id,
            s.* EXCLUDE (native_id, base_id)
        FROM staged AS s
        JOIN resolved AS r ON r.rid = s.rowid
        WHERE r.outcome <> 'overlap'
        """,
        {"source": source, "file_id": file_id},
    )
    store.insert(
        "canon.identity",
        """
        SELECT hash(s.base_id) AS identity_hash, s.business_date
        FROM staged AS s JOIN resolved AS r ON r.rid = s.rowid WHERE r.outcome <> 'overlap'
        """,
    )


def _show_stored_days(store: Store) -> None:
    """Make ``stored_day``: the days on which rows of the identities in ``fresh_base`` may be stored."""
    if not store.value(f"SELECT count(*) FROM canon.identity_state WHERE probe = ({HASH_PROBE})"):  # noqa: S608 - a constant
        for table in ("identity", "identity_state"):
            store.run(f"DELETE FROM canon.{table}")  # noqa: S608 - names are ours
        store.insert(
            "canon.identity",
            """
            SELECT DISTINCT hash(split_part(txn_id, '#', 1)) AS identity_hash, business_date
            FROM (
                SELECT txn_id, business_date FROM canon.txn WHERE book <> 'ledger'
                UNION ALL SELECT txn_id, business_date FROM canon.txn_confirmed
            )
            """,
        )
        store.insert("canon.identity_state", f"SELECT ({HASH_PROBE}) AS probe")
    store.temp(
        "stored_day",
        """
        SELECT DISTINCT business_date FROM canon.identity
        WHERE identity_hash IN (SELECT hash(base_id) FROM fresh_base)
        """,
    )


def supersede(store: Store, *, file_id: int) -> int:
    """Move the rows named by the temporary ``superseded`` (txn_id) to canon.txn_superseded; returns their number."""
    if not store.value("SELECT count(*) FROM superseded"):
        return 0
    moved = 0
    for table, cells in (
        ("canon.txn", "*"),
        ("canon.txn_confirmed", "* EXCLUDE (confirms_txn_id, agrees, removed_by)"),
    ):
        store.insert(
            "canon.txn_superseded",
            f"SELECT {cells}, CAST($file_id AS INTEGER) AS superseded_by "  # noqa: S608 - names are ours
            f"FROM {table} WHERE txn_id IN (SELECT txn_id FROM superseded)",
            {"file_id": file_id},
        )
        moved += store.run(f"DELETE FROM {table} WHERE txn_id IN (SELECT txn_id FROM superseded)")  # noqa: S608
    return moved


def forget(store: Store, *names: str) -> None:
    """Drop temporary tables, so that the next file finds the memory free."""
    for name in names:
        store.run(f"DROP TABLE IF EXISTS {name}")
