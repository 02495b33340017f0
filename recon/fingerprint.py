r"""Canonical row -> SHA-256. The same on both sides of a leg, so equal fingerprints are an exact match.

The text that is hashed is, in this order, each field after its one-character mark, fields closed by U+001F (which no
bill prints; a cell that holds it is refused at ingest):

    v1 | amount_minor | currency | occurred_s | merchant_no | channel | kind

A null is the field ``N``, a value is ``V`` + its text, so null, the empty text and the word "N" never share a hash, and
no two different rows share a text. The version tag is part of it: a change of the recipe changes every fingerprint.

:func:`of_row` is the definition in Python; :data:`SQL` is the same as an expression over ``canon.txn`` columns for the
store, which hashes millions of rows; a test holds the two equal.

Identity is another thing (:data:`IDENTITY`): which row of which source this is, whatever it says. Same identity with
other content is a restatement.
"""

from __future__ import annotations

import hashlib
from typing import Final

VERSION: Final = "v1"
SEPARATOR: Final = "\x1f"
FIELDS: Final = ("amount_minor", "currency", "occurred_s", "merchant_no", "channel", "kind")

CONTENT_FIELDS: Final = (
    "book", "channel", "kind", "status", "currency", "amount_minor", "fee_minor", "net_minor", "base_amount_minor",
    "fx_rate_e8", "occurred_s", "business_date", "period", "order_no", "merchant_no", "channel_txn_no", "related_no",
    "refund_no", "batch_no", "reference",
)  # fmt: skip
"""Cells whose change makes a row a restatement. Memo and counterparty texts are left out: re-exports reword them."""


def of_row(
    *,
    amount_minor: int,
    currency: str,
    occurred_s: int | None,
    merchant_no: str,
    channel: str,
    kind: str,
) -> bytes:
    """Return the 32 bytes of one row's fingerprint."""
    values: tuple[object | None, ...] = (amount_minor, currency, occurred_s, merchant_no, channel, kind)
    fields = ["N" if value is None else f"V{value}" for value in values]
    return hashlib.sha256(SEPARATOR.join([VERSION, *fields]).encode()).digest()


def sql(fields: tuple[str, ...], tag: str) -> str:
    """SQL expression (DuckDB) that hashes ``fields`` to a 32-byte BLOB; column names are ours, never input."""
    marked = [f"coalesce('V' || {field}, 'N')" for field in fields]
    # concat() builds the text in one go, a chain of || one piece after the other; no part of it is ever null.
    return "unhex(sha256(concat(" + ", chr(31), ".join([f"'{tag}'", *marked]) + ")))"


SQL: Final = sql(FIELDS, VERSION)
CONTENT_SQL: Final = sql(CONTENT_FIELDS, "c1")
