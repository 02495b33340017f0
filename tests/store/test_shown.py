"""Frames that SQL reads: as often as it likes, and not held a moment longer."""

from __future__ import annotations

import gc
import weakref

import polars as pl
import pytest

from recon.errors import StoreError
from recon.store import open_store
from recon.store.database import _Shown


def test_a_frame_is_read_by_several_statements_in_parts_of_any_size() -> None:
    rows = 300_000
    frame = pl.DataFrame({"number": range(rows), "text": [f"a text of some length {number}" for number in range(rows)]})
    with open_store(None) as store, store.shown("incoming", frame):
        assert store.rows("SELECT count(*), sum(number) FROM incoming") == [(rows, rows * (rows - 1) // 2)]
        assert store.rows("SELECT text FROM incoming WHERE number = 299999") == [("a text of some length 299999",)]


@pytest.mark.parametrize("rows", [1, 300_000])
def test_a_frame_is_let_go_before_its_transaction_ends(rows: int) -> None:
    shown = _Shown(pl.DataFrame({"text": ["a text of some length"] * rows}))
    held = weakref.ref(shown._rows)
    shown.let_go()
    gc.collect()
    assert held() is None


@pytest.mark.parametrize("rows", [0, 3, 300_000])
def test_a_column_that_nobody_gave_a_type_to_is_read(rows: int) -> None:
    frame = pl.DataFrame({"number": range(rows), "nothing": [None] * rows})
    with open_store(None) as store, store.shown("incoming", frame):
        assert store.rows("SELECT count(*), count(nothing) FROM incoming") == [(rows, 0)]


def test_the_name_of_a_frame_is_gone_afterwards() -> None:
    with open_store(None) as store:
        with store.transaction(), store.shown("incoming", pl.DataFrame({"number": [1]})):
            assert store.value("SELECT number FROM incoming") == 1
        with pytest.raises(StoreError, match="incoming"):
            store.value("SELECT number FROM incoming")
