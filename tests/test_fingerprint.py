"""A fingerprint is the same in Python and in the store, and two different rows never share one."""

from __future__ import annotations

import datetime as dt
import hashlib

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recon import fingerprint
from recon.model import TXN, shaped
from recon.store import Store, open_store

text = st.text(st.characters(blacklist_characters="\x1f\x00", blacklist_categories=("Cs",)), max_size=12)
row = st.fixed_dictionaries(
    {
        "amount_minor": st.integers(-(2**63), 2**63 - 1),
        "currency": st.sampled_from(["CNY", "USD", "JPY"]),
        "occurred_s": st.none() | st.integers(-(2**40), 2**40),
        "merchant_no": text | st.sampled_from(["", "N", "VN", "单号 1"]),
        "channel": st.sampled_from(["", "alipay", "N"]),
        "kind": st.sampled_from(["payment", "refund"]),
    }
)


@pytest.fixture(scope="module")
def store():
    with open_store(None) as store:
        yield store


def in_sql(store: Store, rows: list[dict], expression: str) -> list[bytes]:
    frame = shaped(pl.DataFrame(rows, schema={name: TXN[name] for name in rows[0]}), TXN).with_row_index("place")
    with store.shown("rows", frame):
        return [cell for (cell,) in store.rows(f"SELECT {expression} FROM rows ORDER BY place")]


@settings(deadline=None)
@given(rows=st.lists(row, min_size=1, max_size=5))
def test_the_store_hashes_as_python_does(store: Store, rows: list[dict]) -> None:
    assert in_sql(store, rows, fingerprint.SQL) == [fingerprint.of_row(**each) for each in rows]


@settings(deadline=None)
@given(one=row, other=row)
def test_different_rows_have_different_fingerprints(one: dict, other: dict) -> None:
    assert (fingerprint.of_row(**one) == fingerprint.of_row(**other)) == (one == other)


BASE = {
    "amount_minor": 1250,
    "currency": "CNY",
    "occurred_s": 1_770_000_000,
    "merchant_no": "SO1",
    "channel": "alipay",
    "kind": "payment",
}


def test_the_recipe_is_written_down_byte_for_byte() -> None:
    text = "v1\x1fV1250\x1fVCNY\x1fV1770000000\x1fVSO1\x1fValipay\x1fVpayment"
    assert fingerprint.of_row(**BASE) == hashlib.sha256(text.encode()).digest()


def test_unknown_blank_and_the_word_for_unknown_are_three_things() -> None:
    unknown = fingerprint.of_row(**{**BASE, "occurred_s": None})
    assert len({unknown, fingerprint.of_row(**BASE), fingerprint.of_row(**{**BASE, "occurred_s": 0})}) == 3
    blank, word = ({**BASE, "merchant_no": cell} for cell in ("", "N"))
    assert fingerprint.of_row(**blank) != fingerprint.of_row(**word)


def test_where_a_field_ends_makes_a_difference() -> None:
    split = {**BASE, "merchant_no": "SO1a", "channel": "b"}
    other = {**BASE, "merchant_no": "SO1", "channel": "ab"}
    assert fingerprint.of_row(**split) != fingerprint.of_row(**other)


@pytest.mark.parametrize("field", [name for name in fingerprint.CONTENT_FIELDS if name not in ("book", "kind")])
def test_content_changes_with_each_of_its_cells(store: Store, field: str) -> None:
    before = {**BASE, "business_date": dt.date(2026, 2, 3), "book": "channel"}
    values = {pl.String: "changed", pl.Int64: 7, pl.Date: dt.date(2026, 2, 4)}
    after = {**before, field: values[TXN[field]]}
    names = dict.fromkeys((*before, field))
    one, two = (
        {name: each.get(name, "" if TXN[name] is pl.String else None) for name in names} for each in (before, after)
    )
    first, second = in_sql(store, [one, two], fingerprint.CONTENT_SQL)
    assert first != second
    assert len(first) == 32


@pytest.mark.parametrize("field", ["memo", "counterparty"])
def test_content_does_not_change_with_reworded_texts(store: Store, field: str) -> None:
    rows = [{**BASE, "business_date": dt.date(2026, 2, 3), field: text} for text in ("a", "b")]
    first, second = in_sql(store, rows, fingerprint.CONTENT_SQL)
    assert first == second
