"""The blocks that benchmarks/speed.py is built of do what the tables say; how fast they are is no matter here."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks import speed, speed_programs
from recon.store import open_store


def test_a_size_and_no_size() -> None:
    assert speed.numbers("100000,1000000") == [100_000, 1_000_000]
    assert speed.numbers("") == []


def test_the_cost_of_stages_in_turn_is_their_sum_and_the_larger_peak() -> None:
    assert speed.Cost(1, 2, 300) + speed.Cost(4, 5, 200) == speed.Cost(5, 7, 300)


def test_a_command_that_fails_ends_the_benchmark_and_a_peer_that_fails_does_not(tmp_path: Path) -> None:
    failing = [sys.executable, "-c", "raise SystemExit(3)"]
    with pytest.raises(SystemExit, match="ended with 3"):
        speed.cost_of(failing, tmp_path)
    said, cost = speed.cost_of(failing, tmp_path, must=False)
    assert (said, cost.cpu_s > 0, cost.peak_mb > 1) == ("", True, True)


def test_the_peak_of_a_command_is_its_own_and_not_that_of_the_program_that_starts_it(tmp_path: Path) -> None:
    held = bytearray(b"x" * 300_000_000)
    _, cost = speed.cost_of([sys.executable, "-S", "-c", "pass"], tmp_path)
    assert 1 < cost.peak_mb < 100 < len(held) / 1024**2


def test_two_stores_are_compared_row_by_row(tmp_path: Path) -> None:
    stores = [tmp_path / "grown.duckdb", tmp_path / "again.duckdb"]
    for place, run_id in zip(stores, (7, 8), strict=True):
        with open_store(place) as store:
            store.run(
                "INSERT INTO match.pool VALUES ('channel_ledger', 'left', 'c1'), ('channel_ledger', 'left', 'c2')"
            )
            store.run(f"INSERT INTO match.pool VALUES ('channel_ledger', 'right', 'v{run_id}')")
    command = [sys.executable, "-c", speed_programs.APART, *map(str, stores)]
    assert speed.cost_of(command, tmp_path)[0].strip() == "2 of 3 rows apart"


def test_the_typed_query_by_hand_tells_the_causes_of_two_text_tables(tmp_path: Path) -> None:
    orders = "record,order_no,channel,pay_no,amount,status\n"
    orders += "payment,A1,wechat,,10.00,success\npayment,A2,wechat,,5.00,success\npayment,A3,wechat,,7.00,pending\n"
    orders += "payment,A4,alipay,,1.00,success\n"
    bill = "交易时间,商户订单号,交易状态,订单金额\n"
    bill += "`x,`A1,`SUCCESS,`10.00\n`x,`A2,`SUCCESS,`5.01\n`x,`A3,`SUCCESS,`7.00\n`x,`B9,`SUCCESS,`3.00\n"
    (tmp_path / "wechat").mkdir()
    (tmp_path / "orders.csv").write_text(orders, encoding="utf-8")
    (tmp_path / "wechat" / "bill.csv").write_text(bill, encoding="utf-8")
    bare = str(tmp_path / "bare.duckdb")
    tables = [str(tmp_path / "orders.csv"), str(tmp_path / "wechat" / "bill.csv")]
    subprocess.run([sys.executable, "-c", speed.BARE, bare, *tables], check=True, capture_output=True)
    done = subprocess.run(
        [sys.executable, "-c", speed_programs.TYPED, bare], check=True, capture_output=True, text=True
    )
    assert done.stdout.strip() == "[('missing in orders', 1), ('one cent', 1), ('status', 1)]"
