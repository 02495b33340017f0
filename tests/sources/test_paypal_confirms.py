"""PayPal's five formats in one store: each movement is one transaction, in whatever order the files come."""

from __future__ import annotations

from pathlib import Path

import pytest

from recon.ingest import Refused, Settings, ingest
from recon.store import Store, open_store
from tests.sources import paypal_books as books

FILES = {
    "paypal_stl": books.stl(books.MONTH, books.FEBRUARY),
    "paypal_trr": books.trr(books.MONTH, books.FEBRUARY),
    "paypal_activity": books.activity(books.MONTH, books.GERMAN),
    "paypal_statement": books.statement(books.MONTH, books.AMERICAN),
    "paypal_json": books.search(books.MONTH, books.FEBRUARY),
}
ORDERS = [
    list(FILES),
    list(reversed(FILES)),
    ["paypal_activity", "paypal_json", "paypal_stl", "paypal_statement", "paypal_trr"],
]
MOVED = sum(event.moves for event in books.MONTH)
UNMOVED = 2  # one denied, one pending; the authorisation is no row at all


def loaded(folder: Path, names: list[str]) -> Store:
    paths = []
    for number, name in enumerate(names):
        path = folder / f"{number}-{name}"
        path.write_bytes(FILES[name])
        paths.append(path)
    store = open_store(folder / "recon.duckdb", read_only=False)
    outcomes = [outcome for path in paths for outcome in ingest([path], store, Settings(), run_id=1, at_s=0)]
    assert [outcome.error for outcome in outcomes if isinstance(outcome, Refused)] == []
    return store


@pytest.mark.parametrize("names", ORDERS, ids=lambda names: "-".join(name.removeprefix("paypal_") for name in names))
def test_each_movement_is_one_transaction_and_the_strongest_report_tells_it(tmp_path: Path, names: list[str]) -> None:
    with loaded(tmp_path, names) as store:
        standing = store.rows(
            "SELECT source, count(*), sum(amount_minor) FROM canon.txn GROUP BY source ORDER BY source"
        )
        assert [row[:2] for row in standing] == [("paypal_stl", MOVED), ("paypal_trr", UNMOVED)]
        confirming = store.rows(
            "SELECT source, count(*), bool_and(agrees) FROM canon.txn_confirmed GROUP BY source ORDER BY source"
        )
        assert confirming == [
            ("paypal_activity", MOVED + UNMOVED, True),
            ("paypal_json", MOVED + UNMOVED, True),
            ("paypal_statement", MOVED, True),
            ("paypal_trr", MOVED, True),
        ]


@pytest.mark.parametrize("alone", list(FILES))
def test_each_report_serves_alone(tmp_path: Path, alone: str) -> None:
    with loaded(tmp_path, [alone]) as store:
        rest = UNMOVED if alone in {"paypal_trr", "paypal_activity", "paypal_json"} else 0
        assert store.rows("SELECT source, count(*) FROM canon.txn GROUP BY source") == [(alone, MOVED + rest)]
