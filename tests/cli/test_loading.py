"""Files in: what is loaded, known, refused, and what a manual says."""

from __future__ import annotations

import csv
import inspect
import io
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import Result

from recon import sources
from recon.sources import orders
from recon.sources.piece import Piece
from tests.ingest.conftest import Notebook, page

Run = Callable[..., Result]


def table(found: Result) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(found.stdout)))


def test_a_file_again_changes_nothing(recon: Run, loaded: Path) -> None:
    rows = table(recon("-w", loaded, "ingest", loaded / "inbox" / "orders.csv"))
    assert [(row["file"], row["result"]) for row in rows] == [("inbox/orders.csv", "known")]


def test_a_refused_file_does_not_keep_the_others_out(recon: Run, loaded: Path) -> None:
    (loaded / "inbox" / "a-page.csv").write_text("<!DOCTYPE html><html><body>502</body></html>", encoding="utf-8")
    more = "record,order_no,channel,amount,status,occurred_at\npayment,ORD-9,alipay,1.00,success,2026-02-01 10:00:00\n"
    (loaded / "inbox" / "more.csv").write_text(more, encoding="utf-8")
    found = recon("-w", loaded, "ingest", loaded / "inbox")
    assert found.exit_code == 3
    assert {row["file"]: row["result"] for row in table(found)} == {
        "inbox/a-page.csv": "refused",
        "inbox/more.csv": "loaded",
        "inbox/orders.csv": "known",
        "inbox/shipments.csv": "known",
    }
    assert found.stderr.startswith("recon: inbox/a-page.csv")


NO_TRADES = '{"code":"NO_STATEMENT_EXIST","message":"请求的账单文件不存在"}'


def test_a_day_without_trades_fails_no_job_and_is_no_news_every_hour(recon: Run, loaded: Path) -> None:
    (loaded / "inbox" / "20260204.csv").write_text(NO_TRADES, encoding="utf-8")
    found = recon("-w", loaded, "ingest", loaded / "inbox" / "20260204.csv")
    assert found.exit_code == 0
    assert [(row["file"], row["result"], row["rows"]) for row in table(found)] == [
        ("inbox/20260204.csv", "no trades", "")
    ]
    found = recon("-w", loaded, "run")
    assert (found.exit_code, found.stdout) == (0, "")


def test_a_file_that_is_not_there_is_refused(recon: Run, workspace: Path) -> None:
    found = recon("-w", workspace, "ingest", workspace / "inbox" / "none.csv")
    assert found.exit_code == 3
    assert found.stderr == "recon: inbox/none.csv: there is no such file or folder\n"


def test_a_format_that_is_not_there_is_refused_before_the_store_is_made(recon: Run, workspace: Path) -> None:
    found = recon("-w", workspace, "ingest", workspace / "inbox", "--source", "alypay")
    assert found.exit_code == 2
    assert 'there is no format "alypay"' in found.stderr
    assert not (workspace / "recon.duckdb").exists()


def test_a_relative_path_is_taken_from_where_the_command_was_started(
    recon: Run, workspace: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = "record,order_no,channel,amount,status,occurred_at\npayment,ORD-9,alipay,1.00,success,2026-02-01 10:00:00\n"
    (tmp_path / "orders.csv").write_text(text, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    (row,) = table(recon("-w", "books", "ingest", "orders.csv"))
    assert (row["file"], row["result"], row["new"]) == ("../orders.csv", "loaded", "1")
    assert (workspace / "recon.duckdb").exists()


def test_sources_lists_every_format(recon: Run) -> None:
    rows = table(recon("sources"))
    assert sorted(row["name"] for row in rows) == [source.name for source in sources.discover()]
    assert all(row["title"] and row["recognised by"] for row in rows)


def test_the_manual_of_a_format_is_its_docstring(recon: Run) -> None:
    assert recon("sources", "show", "orders").stdout == f"{inspect.getdoc(orders)}\n"


def test_the_manual_of_an_unknown_format_names_those_there_are(recon: Run) -> None:
    found = recon("sources", "show", "alypay")
    assert found.exit_code == 2
    assert "Known formats: " in found.stderr


class TradeBill(Notebook):
    name = "trade"
    raw_table = "notebook.trade"

    def identify(self, piece: Piece) -> bool:
        return piece.head.startswith("NOTEBOOK\n") and '"T1"' in piece.head and '"S1"' not in piece.head


class AccountBill(Notebook):
    name = "account"
    raw_table = "notebook.account"
    confirms = ("trade",)

    def identify(self, piece: Piece) -> bool:
        return piece.head.startswith("NOTEBOOK\n") and '"S1"' in piece.head


def test_two_bills_that_tell_a_movement_with_two_amounts_are_named(
    recon: Run, workspace: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sources, "discover", lambda: (AccountBill(), TradeBill()))
    trade, account = workspace / "inbox" / "1-trade.txt", workspace / "inbox" / "2-account.txt"
    trade.write_bytes(page({"native_id": "T1", "channel_txn_no": "T1", "amount_minor": 10000}))
    account.write_bytes(page({"native_id": "S1", "channel_txn_no": "T1", "amount_minor": 9990}))
    found = recon("-w", workspace, "ingest", workspace / "inbox")
    assert [(row["new"], row["confirmed"]) for row in table(found)] == [("1", "0"), ("0", "1")]
    said = "inbox/2-account.txt: 1 movement is told with another amount by another bill: recon status --contradictions"
    assert found.stderr == f"recon: {said}\n"
    (row,) = table(recon("-w", workspace, "status", "--contradictions"))
    assert (row["number"], row["told"], row["stands"]) == ("T1", "99.90", "100.00")
    assert (row["told_at"], row["stands_at"]) == ("inbox/2-account.txt:2", "inbox/1-trade.txt:2")


def test_a_file_that_is_taken_all_the_same_keeps_who_said_why(
    recon: Run, workspace: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sources, "discover", lambda: (Notebook(),))
    monkeypatch.setenv("LOGNAME", "hanmeimei")
    bill = workspace / "inbox" / "bill.txt"
    bill.write_bytes(page({"native_id": "T1", "amount_minor": 10000}, {"control": ["合计", "100.01", "100.00"]}))
    refused = recon("-w", workspace, "ingest", bill)
    assert refused.exit_code == 3
    assert "--accept-mismatch REASON" in refused.stderr
    (row,) = table(recon("-w", workspace, "ingest", bill, "--accept-mismatch", " the shop confirmed it "))
    assert (row["result"], row["totals"]) == ("loaded", "0/1")
    (file,) = table(recon("-w", workspace, "status", "--files"))
    assert (file["accepted"], file["accepted_by"], file["adds_up"]) == ("the shop confirmed it", "hanmeimei", "true")
    assert file["odd"] == "合计: printed 100.01, computed 100.00"
    (figure,) = table(recon("-w", workspace, "status", "--totals"))
    assert (figure["file"], figure["state"], figure["binding"]) == ("inbox/bill.txt", "differs", "true")
    assert recon("-w", workspace, "verify").exit_code == 0


def test_a_blank_reason_is_none(recon: Run, workspace: Path) -> None:
    found = recon("-w", workspace, "ingest", workspace / "inbox", "--accept-mismatch", " ")
    assert found.exit_code == 2
    assert "--accept-mismatch: the reason is blank" in found.stderr
    assert not (workspace / "recon.duckdb").exists()
