"""The sample month end to end: every planted difference is found under its name, and nothing else is."""

from __future__ import annotations

import datetime as dt
import json
import random
from collections.abc import Iterator, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from recon import config, contract, differences, fulfilment, ingest, match, times
from recon.contract import Contract
from recon.differences import proofs
from recon.ingest import status
from recon.store import Store, open_store
from recon.store.journal import begin_run
from sample_data import days, score
from sample_data.contract import Plan
from sample_data.generate import generate

MONTH = Path(__file__).resolve().parents[1] / "sample_data" / "month"
LEDGER = {"1012.01": "alipay", "1012.02": "wechat", "1012.03": "unionpay", "1012.04": "paypal"}
TOLD = {
    "matches": "SELECT leg, match_id, pass, state, left_minor, right_minor FROM match.match",
    "members": "SELECT leg, match_id, side, txn_id FROM match.member",
    "pool": "SELECT leg, side, txn_id FROM match.pool",
    "review": "SELECT leg, match_id FROM match.review",
    "differences": "SELECT diff_id, code, leg, order_no, reference, batch_no, left_minor, right_minor, gap_minor,"
    " because_zh, holds, linked, clears_on FROM diff.difference WHERE state <> 'cleared'",
}


def files_of(month: Path) -> list[Path]:
    return sorted(path for path in (month / "inbox").rglob("*") if path.is_file())


def as_of(month: Path) -> int:
    return times.parse_moment(json.loads((month / "month.json").read_text(encoding="utf-8"))["as_of"])


def load(
    store: Store, month: Path, *drops: Sequence[Path], contracts: tuple[Contract, ...] = contract.DEFAULTS
) -> None:
    """Ingest, match and classify each drop of files, as the hourly job does."""
    settings = ingest.Settings(ledger=ingest.LedgerMap(accounts=LEDGER), contracts=contracts)
    naming = differences.Settings(contracts=contracts)
    moment = as_of(month)
    for drop in drops:
        run_id = begin_run(store, "run", moment)
        results = ingest.ingest(drop, store, settings, run_id=run_id, at_s=moment)
        assert [found for found in results if isinstance(found, ingest.Refused)] == []
        match.run(store, match.Settings(contracts=contracts), run_id=run_id, as_of_s=moment)
        differences.classify(store, naming, run_id=run_id, as_of_s=moment)


def told(store: Store) -> dict[str, list[tuple[Any, ...]]]:
    return {what: store.rows(f"{select} ORDER BY ALL") for what, select in TOLD.items()}


def scored(store: Store, month: Path, folder: Path) -> score.Score:
    shown = folder / "diffs.csv"
    differences.select(store).write_csv(shown)
    return score.score(month / "truth.csv", shown)


@pytest.fixture(scope="module")
def sample() -> Iterator[Store]:
    with open_store(None) as store:
        load(store, MONTH, files_of(MONTH))
        yield store


def test_every_planted_difference_is_found_and_nothing_else(sample: Store, tmp_path: Path) -> None:
    result = scored(sample, MONTH, tmp_path)
    assert (result.missed, result.false, result.other_amount) == ([], [], [])
    assert result.planted > 50


def test_nothing_is_left_unexplained(sample: Store) -> None:
    assert differences.select(sample, differences.Wanted(code="UNEXPLAINED")).height == 0


def shipping(store: Store, month: Path) -> tuple[set[tuple[str, ...]], set[tuple[str, ...]]]:
    """Findings about shipments, and those that were planted: kind, order, waybill."""
    found = fulfilment.truth(store, fulfilment.Settings(), as_of_s=as_of(month)).findings
    told = pl.read_csv(month / "shipping_truth.csv", schema_overrides={"waybill_no": pl.String})
    columns = ("kind", "order_no", "waybill_no")
    return set(found.select(columns).rows()), set(told.select(pl.col(columns).fill_null("")).rows())


def test_every_shipment_that_does_not_go_together_is_found_and_nothing_else(sample: Store) -> None:
    found, planted = shipping(sample, MONTH)
    assert found == planted
    assert len({kind for kind, _, _ in planted}) == 5


def test_the_buyer_who_let_three_orders_run_over_is_a_low_activity_customer(sample: Store) -> None:
    found = fulfilment.low_activity(sample, fulfilment.Settings(), as_of_s=as_of(MONTH))
    assert found.select("receiver_name", "streak").rows() == [("钟**", 3)]


@pytest.mark.parametrize("period", ["2026-02", "2026-03"])
def test_all_proofs_hold(sample: Store, period: str) -> None:
    found = proofs.prove(sample, period)
    assert {proof.name for proof in found} == {"conservation", "residual", "once"}
    assert [proof for proof in found if not proof.holds] == []


def test_the_status_counts_the_members_of_all_matches_by_the_pass_that_paired_them(sample: Store) -> None:
    stated = status.overview(sample).filter(pl.col("item").str.ends_with(" matched"))
    counted = sample.rows(
        """
        SELECT m.leg || ' matched' AS item, count(*) AS count, g.pass AS detail
        FROM match.member AS m JOIN match.match AS g ON g.match_id = m.match_id
        GROUP BY m.leg, g.pass ORDER BY item, detail
        """
    )
    assert stated.select("item", "count", "detail").rows() == counted
    kinds = {kind for (kind,) in sample.rows("SELECT DISTINCT cardinality FROM match.match")}
    assert kinds >= {"1:1", "1:N", "N:1"}


def test_the_same_files_again_change_nothing(sample: Store) -> None:
    before = told(sample), sample.rows("SELECT txn_id, version FROM canon.txn ORDER BY ALL")
    load(sample, MONTH, files_of(MONTH))
    assert (told(sample), sample.rows("SELECT txn_id, version FROM canon.txn ORDER BY ALL")) == before


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1, 2])
def test_the_files_one_by_one_in_any_order_say_what_one_load_says(sample: Store, seed: int) -> None:
    files = files_of(MONTH)
    random.Random(seed).shuffle(files)
    with open_store(None) as store:
        load(store, MONTH, *([file] for file in files))
        one_by_one = told(store)
        assert all(proof.holds for proof in proofs.prove(store, "2026-02"))
    at_once = told(sample)
    assert {what for what in TOLD if one_by_one[what] != at_once[what]} == set()


@pytest.mark.slow
def test_on_a_store_that_holds_the_weeks_before_it_the_month_is_told_as_alone(sample: Store, tmp_path: Path) -> None:
    weeks = days.draw(days.span(20, 1_000, 900, dt.date(2026, 1, 12)))
    with open_store(None) as store:
        load(store, MONTH, days.write(weeks, tmp_path / "before"))
        load(store, MONTH, files_of(MONTH))
        shown = tmp_path / "diffs.csv"
        differences.select(store).filter(pl.col("evidence").str.contains(MONTH.as_posix(), literal=True)).write_csv(
            shown
        )
        result = score.score(MONTH / "truth.csv", shown)
        assert (result.missed, result.false, result.other_amount) == ([], [], [])
        alone, here = told(sample), told(store)
        assert [what for what in TOLD if set(alone[what]) - set(here[what])] == []
        assert [proof for proof in proofs.prove(store, "2026-02") if not proof.holds] == []


@pytest.mark.slow
@pytest.mark.parametrize(("seed", "noise"), [(5, False), (11, True)])
def test_another_month_with_many_differences_is_explained_as_well(seed: int, noise: bool, tmp_path: Path) -> None:
    month = tmp_path / "month"
    generate(Plan(period="2026-02", orders=5000, seed=seed, difference_rate=Fraction(2, 100), noise=noise), month)
    with open_store(None) as store:
        # A month with noise has new fee terms of WeChat Pay from its 16th on, as a contract would say.
        new = '[[channel.wechat.fees]]\nsince = "2026-02-16"\nrate = "0.54%"\n' if noise else ""
        load(store, month, files_of(month), contracts=config.parse(new).contracts)
        result = scored(store, month, tmp_path)
        assert (result.missed, result.false) == ([], [])
        found, planted = shipping(store, month)
        assert found == planted
        assert all(proof.holds for proof in proofs.prove(store, "2026-02"))
