"""What lies between PayPal's files, in a store: movements told in several formats, and reports in several files."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from recon.ingest import Ingested, Known, Refused, Settings, ingest
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
GOLDEN = Path(__file__).parent / "paypal_stl"
UNMOVED = 2  # one denied, one pending; the authorisation is no row at all


def load(folder: Path, pages: Sequence[bytes]) -> tuple[Store, list[Ingested | Known | Refused]]:
    paths = []
    for number, page in enumerate(pages, 1):
        path = folder / f"{number}.csv"
        path.write_bytes(page)
        paths.append(path)
    store = open_store(folder / "recon.duckdb", read_only=False)
    return store, [outcome for path in paths for outcome in ingest([path], store, Settings(), run_id=1, at_s=0)]


def loaded(folder: Path, names: list[str]) -> Store:
    store, outcomes = load(folder, [FILES[name] for name in names])
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


def part(number: int) -> bytes:
    return (GOLDEN / f"part_{number}.csv").read_bytes()


@pytest.mark.parametrize("order", [(1, 2), (2, 1)], ids=["first part first", "second part first"])
def test_the_totals_of_a_report_are_those_of_all_its_parts(tmp_path: Path, order: tuple[int, int]) -> None:
    store, outcomes = load(tmp_path, [part(number) for number in order])
    with store:
        assert [type(outcome) for outcome in outcomes] == [Ingested, Ingested]
        figures = store.rows("SELECT name, state, printed, computed FROM meta.total ORDER BY rowid")
        assert figures == [
            ("SF USD rows", "agrees", 3, 3),
            ("SF USD gross credits", "agrees", 15000, 15000),
            ("SF USD gross debits", "agrees", -5000, -5000),
            ("SF USD fee credits", "agrees", 170, 170),
            ("SF USD fee debits", "agrees", -570, -570),
            ("SF USD end less begin balance", "agrees", 9600, 9600),
        ]


def test_the_totals_of_a_report_wait_for_all_its_parts(tmp_path: Path) -> None:
    store, outcomes = load(tmp_path, [part(2)])
    with store:
        assert [type(outcome) for outcome in outcomes] == [Ingested]
        assert store.rows("SELECT state FROM meta.total WHERE name = 'SF USD rows'") == [("waiting",)]
        assert store.rows("SELECT count(*) FROM meta.total WHERE state = 'differs'") == [(0,)]


@pytest.mark.parametrize("order", [(1, 2), (2, 1)], ids=["first part first", "second part first"])
def test_parts_that_do_not_add_up_to_the_totals_are_refused(tmp_path: Path, order: tuple[int, int]) -> None:
    pages = {1: part(1).replace(b'"CR",5000,"USD"', b'"CR",5001,"USD"'), 2: part(2)}
    assert pages[1] != part(1)
    store, outcomes = load(tmp_path, [pages[number] for number in order])
    with store:
        assert [type(outcome) for outcome in outcomes] == [Ingested, Refused]
        assert "SF USD gross credits" in outcomes[1].error.text()
