"""Bills of Alipay beside each other: which of them is the transaction, whichever comes first, and what only one has."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import permutations
from pathlib import Path

import pytest

from recon.ingest import Ingested, Refused, Settings, ingest
from recon.store import Store, open_store

HERE = Path(__file__).parent
TRADE = HERE / "alipay_trade" / "day.csv"
ACCOUNT = HERE / "alipay_account" / "202602_part_1.csv"
SUMS = HERE / "alipay_account_summary" / "day.csv"
WEB = HERE / "alipay_account_web" / "result.csv"
PERSONAL = HERE / "alipay_personal" / "app_2023.csv"
FIRST, SECOND = (f"202602032200145886050000000{number}" for number in (1, 2))


@pytest.fixture
def store() -> Iterator[Store]:
    with open_store(None) as opened:
        yield opened


def load(store: Store, *paths: Path) -> list[Ingested]:
    outcomes = ingest(list(paths), store, Settings(), run_id=1, at_s=1_770_000_000)
    assert all(isinstance(outcome, Ingested) for outcome in outcomes)
    return [outcome for outcome in outcomes if isinstance(outcome, Ingested)]


def standing(store: Store) -> list[tuple]:
    """Rows that stand: source, kind, number, amount."""
    return store.rows("SELECT source, kind, channel_txn_no, amount_minor FROM canon.txn ORDER BY ALL")


def told_again(store: Store) -> list[tuple]:
    return store.rows("SELECT source, kind, amount_minor, agrees FROM canon.txn_confirmed ORDER BY ALL")


def test_the_account_bill_confirms_sales_and_their_fees_and_brings_the_rest(store: Store) -> None:
    load(store, TRADE, ACCOUNT)
    assert told_again(store) == [
        ("alipay_account", "fee", -2861, True),
        ("alipay_account", "fee", -59, True),
        ("alipay_account", "payment", 9900, True),
        ("alipay_account", "payment", 476800, True),
    ]
    own = store.rows("SELECT kind, count(*) FROM canon.txn WHERE source = 'alipay_account' GROUP BY kind ORDER BY kind")
    assert own == [("adjustment", 2), ("fee", 2), ("payment", 1), ("payout", 2), ("refund", 1), ("transfer", 4)]


@pytest.mark.parametrize("order", [*permutations([TRADE, ACCOUNT, WEB])])
def test_the_order_of_the_files_does_not_matter(order: tuple[Path, ...], store: Store) -> None:
    load(store, *order)
    rows, again = standing(store), told_again(store)
    with open_store(None) as other:
        load(other, TRADE, ACCOUNT, WEB)
        assert (rows, again) == (standing(other), told_again(other))


def test_the_webs_export_confirms_every_row_of_the_account_bill_that_it_repeats(store: Store) -> None:
    load(store, ACCOUNT, WEB)
    again = [row for row in told_again(store) if row[0] == "alipay_account_web"]
    assert len(again) == 8
    # the one number under which the two files tell of different withdrawals
    assert [row[1:] for row in again if not row[3]] == [("payout", -100000, False)]
    # a commission that the account bill has under another number
    assert [row[1:] for row in standing(store) if row[0] == "alipay_account_web"] == [
        ("fee", "5000000000000012", -1980)
    ]


def test_a_personal_bill_of_the_same_trades_confirms_them(store: Store) -> None:
    load(store, TRADE, PERSONAL)
    assert ("alipay_personal", "payment", 9900, True) in told_again(store)
    assert ("alipay_personal", "fee", -59, True) in told_again(store)


@pytest.mark.parametrize("order", [(SUMS, ACCOUNT), (ACCOUNT, SUMS)])
def test_the_sums_are_compared_with_the_rows_whichever_comes_first(order: tuple[Path, ...], store: Store) -> None:
    load(store, *order)
    assert store.rows("SELECT DISTINCT state FROM meta.total") == [("agrees",)]
    assert store.value("SELECT count(*) FROM meta.total") == 4


def test_sums_of_other_rows_refuse_the_file_that_comes_second(store: Store, tmp_path: Path) -> None:
    text = SUMS.read_bytes().decode("gb18030")
    other = tmp_path / "sums.csv"
    other.write_bytes(text.replace("500.00", "600.00").replace("10220.13", "10320.13").encode("gb18030"))
    load(store, ACCOUNT)
    (refused,) = ingest([other], store, Settings(), run_id=1, at_s=1)
    assert isinstance(refused, Refused)
    assert "合计 收入金额(+元): printed 10320.13 " in refused.error.excerpt
    assert "computed 10220.13 " in refused.error.excerpt
