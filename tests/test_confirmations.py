"""Account bills beside trade bills, from files to matches: hour by hour or at once, in any order, the same."""

from __future__ import annotations

import itertools
import json
from pathlib import Path

import pytest

from recon import ingest, match, sources
from recon.differences import proofs
from recon.store import Store, open_store
from tests.ingest.conftest import Notebook, page
from tests.ingest.test_confirming import Account, Trade, booked, charged, paid

ORDER = {"book": "order", "shop": "云杉", "account": "云杉", "batch_no": ""}


@pytest.fixture(scope="module", autouse=True)
def three_formats():
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sources, "discover", lambda: (Account(), Notebook(), Trade()))
        yield


def sold(number: str, amount: int, **more) -> dict:
    """Row of the order system."""
    return ORDER | {"native_id": number, "order_no": number, "merchant_no": number, "amount_minor": amount} | more


def settled(row: dict) -> dict:
    """Row of a channel whose day is paid out to the bank the day after."""
    return row | {"batch_no": "alipay:2088:20260203"}


def loaded(folder: Path, files: list[tuple[str, list[dict]]], *, by_the_hour: bool) -> dict[str, list[tuple]]:
    """Load the files, matching after each or only at the end; returns what stands, what matched and what is open."""
    folder.mkdir()
    with open_store(None) as store:
        for number, (heading, rows) in enumerate(files):
            path = folder / f"{number}.txt"
            path.write_bytes(page(*rows).replace(b"NOTEBOOK", heading.encode(), 1))
            (result,) = ingest.ingest([path], store, ingest.Settings(), run_id=1, at_s=0)
            assert isinstance(result, ingest.Ingested), result
            if by_the_hour:
                match.run(store, match.Settings(), run_id=number, as_of_s=0)
        match.run(store, match.Settings(), run_id=99, as_of_s=0)
        return facts(store)


def facts(store: Store) -> dict[str, list[tuple]]:
    for proof in proofs._conservation(store):
        assert proof.holds, proof
    return {
        "stands": store.rows("SELECT txn_id, amount_minor FROM canon.txn ORDER BY ALL"),
        "confirms": store.rows("SELECT txn_id, confirms_txn_id, agrees FROM canon.txn_confirmed ORDER BY ALL"),
        "matches": store.rows("SELECT match_id, leg, pass, left_minor, right_minor FROM match.match ORDER BY ALL"),
        "members": store.rows("SELECT * FROM match.member ORDER BY ALL"),
        "open": store.rows("SELECT * FROM match.pool ORDER BY ALL"),
        "batches": store.rows("SELECT batch_id, members, net_minor FROM match.batch ORDER BY ALL"),
        "review": store.rows("SELECT * FROM match.review ORDER BY ALL"),
    }


BOOKS = [
    ("NOTEBOOK", [sold("A1", 10000), sold("A2", 500), sold("A3", 77)]),
    (
        "ACCOUNT",
        [
            settled(booked("S1", "T1", 10000, merchant_no="A1")),
            settled(charged("S2", "T1", -60)),
            settled(booked("S3", "T2", 501, merchant_no="A2")),
            booked("S4", "P1", -9940, kind="payout"),
            settled(booked("S5", "T3", 77, merchant_no="A3")),
        ],
    ),
    (
        "TRADE",
        [
            settled(paid("T1", 10000, -60, merchant_no="A1")),
            settled(paid("T2", 500, -3, merchant_no="A2")),
            settled(paid("T3", 77, 0, merchant_no="B3")),  # what the account row was matched by is not there any more
        ],
    ),
    ("NOTEBOOK", [{"book": "bank", "kind": "bank_line", "native_id": "B1", "amount_minor": 10514}]),
]


@pytest.fixture(scope="module")
def at_once(tmp_path_factory) -> dict[str, list[tuple]]:
    return loaded(tmp_path_factory.mktemp("books") / "at once", BOOKS, by_the_hour=False)


def test_the_trade_bill_stands_and_the_account_bill_brings_what_only_it_has(at_once) -> None:
    assert [row[0] for row in at_once["stands"] if row[0].startswith("account")] == ["account:2088:payout:S4"]
    assert ("alipay:2088:20260203|CNY", 3, 10514) in at_once["batches"]


@pytest.mark.parametrize(
    "order",
    [
        pytest.param(order, marks=() if order in {(0, 1, 2, 3), (3, 2, 0, 1)} else pytest.mark.slow)
        for order in itertools.permutations(range(len(BOOKS)))
    ],
    ids=str,
)
def test_any_order_by_the_hour_gives_what_one_load_gives(tmp_path, at_once, order) -> None:
    assert loaded(tmp_path / "by the hour", [BOOKS[number] for number in order], by_the_hour=True) == at_once


def test_a_trade_row_restated_as_another_gives_its_account_row_back_to_matching(tmp_path) -> None:
    row = settled({**paid("T1", 10000, -60, merchant_no="A1"), "native_id": "X"})
    account = ("ACCOUNT", [settled(booked("S1", "T1", 10000, merchant_no="A1"))])
    books = [BOOKS[0], ("TRADE", [row]), account, ("TRADE", [row | {"channel_txn_no": "T9", "merchant_no": "A9"}])]
    by_the_hour = loaded(tmp_path / "by the hour", books, by_the_hour=True)
    assert by_the_hour == loaded(tmp_path / "at once", books, by_the_hour=False)
    assert json.dumps(by_the_hour["members"], default=str).count("account:2088:payment:S1") == 1
