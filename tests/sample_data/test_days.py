"""Books that come day by day: every file is taken, every figure that one prints about another agrees, rows meet."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from recon import match
from recon.ingest import Ingested, Settings, ingest
from recon.ingest.settings import LedgerMap
from recon.store import Store, open_store
from sample_data import days

ACCOUNTS = LedgerMap(accounts={"1012.01": "alipay", "1012.02": "wechat", "1012.03": "unionpay"})


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    plan = days.span(6, 150, 7, dt.date(2025, 1, 29))
    return days.write(days.draw(plan), tmp_path_factory.mktemp("days"), hours=1)


@pytest.fixture(scope="module")
def store(folders: list[Path]) -> Store:
    store = open_store(None)
    settings = Settings(ledger=ACCOUNTS)
    for number, folder in enumerate(folders, 1):
        for outcome in ingest([folder], store, settings, run_id=number, at_s=0):
            assert isinstance(outcome, Ingested), outcome
            assert outcome.totals_differ == 0
        match.run(store, match.Settings(), run_id=number, as_of_s=0)
    return store


def test_a_folder_a_day_and_one_for_the_hour_of_the_last(folders: list[Path]) -> None:
    assert [folder.name for folder in folders] == [
        "2025-01-29", "2025-01-30", "2025-01-31", "2025-02-01", "2025-02-02", "2025-02-03T10",
    ]  # fmt: skip


def test_no_number_of_a_day_restates_that_of_another(store: Store) -> None:
    assert store.value("SELECT count(*) FROM canon.txn_superseded") == 0
    assert store.value("SELECT sum(rows_restated) FROM meta.file") == 0


def test_day_by_day_the_books_match_all_but_what_is_planted_or_on_its_way(store: Store) -> None:
    share = store.value(
        """
        SELECT count(DISTINCT m.txn_id) / count(DISTINCT t.txn_id) FROM canon.txn AS t
        LEFT JOIN match.member AS m ON m.leg = 'order_channel' AND m.txn_id = t.txn_id
        WHERE t.book = 'order' AND t.business_date < DATE '2025-02-03'
        """
    )
    assert share > 0.9
