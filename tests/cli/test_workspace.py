"""A workspace is made, looked at and checked; what is not ours is never removed."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import Result

from recon.config import default_toml, load
from recon.store import audit, open_store

Run = Callable[..., Result]


def test_init_makes_a_workspace_and_prints_where_its_settings_are(recon: Run, tmp_path: Path) -> None:
    folder = tmp_path / "books"
    found = recon("init", folder, "--merchant", "云杉家居")
    assert (found.exit_code, found.stdout) == (0, f"{folder / 'recon.toml'}\n")
    assert sorted(path.name for path in folder.iterdir()) == ["inbox", "recon.toml", "reports"]
    assert (folder / "recon.toml").read_text(encoding="utf-8") == default_toml(merchant="云杉家居")
    assert load(folder).workspace.merchant == "云杉家居"


def test_init_never_overwrites_settings(recon: Run, workspace: Path) -> None:
    (workspace / "recon.toml").write_text('[workspace]\nmerchant = "mine"\n', encoding="utf-8")
    found = recon("init", workspace)
    assert found.exit_code == 2
    assert "this is a workspace already" in found.stderr
    assert "mine" in (workspace / "recon.toml").read_text(encoding="utf-8")


def test_status_counts_what_was_loaded(recon: Run, loaded: Path) -> None:
    rows = list(csv.DictReader(io.StringIO(recon("-w", loaded, "status").stdout)))
    counts = {(row["subject"], row["item"]): row["count"] for row in rows}
    assert counts["files", "orders"] == "1"
    assert counts["book", "order alipay"] == "3"
    assert counts["book", "order wechat"] == "1"


def test_status_lists_files_as_seen_from_the_workspace(recon: Run, loaded: Path) -> None:
    rows = list(csv.DictReader(io.StringIO(recon("-w", loaded, "status", "--files").stdout)))
    assert [(row["name"], row["source"], row["rows_raw"]) for row in rows] == [
        ("inbox/orders.csv", "orders", "4"),
        ("inbox/shipments.csv", "shipments", "1"),
    ]


def test_status_lists_what_could_not_be_read(recon: Run, workspace: Path) -> None:
    text = "record,order_no,channel,amount,status,occurred_at\npayment,ORD-1,alipay,1.234,success,2026-02-01 10:00:00\n"
    text += "payment,ORD-2,alipay,1.23,success,2026-02-01 10:00:00\n"
    (workspace / "inbox" / "orders.csv").write_text(text, encoding="utf-8")
    recon("-w", workspace, "ingest", workspace / "inbox")
    (row,) = csv.DictReader(io.StringIO(recon("-w", workspace, "status", "--rejects").stdout))
    assert (row["place"], row["value"]) == ("inbox/orders.csv:2", "1.234")


def test_verify_finds_an_entry_that_was_changed(recon: Run, loaded: Path) -> None:
    with open_store(loaded / "recon.duckdb") as store:
        audit(store, at_s=0, actor="somebody", subject="file 1", action="accept-mismatch", reason="the bank says so")
    assert recon("-w", loaded, "verify").exit_code == 0
    with open_store(loaded / "recon.duckdb") as store:
        store.run("UPDATE meta.audit SET reason = 'nobody said so'")
    found = recon("-w", loaded, "verify")
    assert found.exit_code == 4
    assert "the audit chain is broken" in found.stderr
    assert "entry 1 was changed after it was written" in found.stderr


def test_verify_finds_that_the_last_entries_were_cut_off(recon: Run, loaded: Path) -> None:
    assert recon("-w", loaded, "match").exit_code == 0
    with open_store(loaded / "recon.duckdb") as store:
        audit(store, at_s=0, actor="somebody", subject="file 1", action="accept-mismatch", reason="the bank says so")
    assert not (loaded / "audit.heads").exists()
    assert recon("-w", loaded, "match").exit_code == 0  # every command that writes catches up
    (line,) = (loaded / "audit.heads").read_text(encoding="utf-8").splitlines()[1:]
    printed = line.split()[1]
    assert recon("-w", loaded, "verify", "--head", printed).stdout == "entry 1\n"
    with open_store(loaded / "recon.duckdb") as store:
        store.run("DELETE FROM meta.audit")
    found = recon("-w", loaded, "verify")
    assert found.exit_code == 4
    assert "entry 1 was noted and is gone: the chain was cut off after entry 0" in found.stderr
    (loaded / "audit.heads").unlink()
    assert recon("-w", loaded, "verify").exit_code == 0
    found = recon("-w", loaded, "verify", "--head", printed)
    assert found.exit_code == 4
    assert f"no entry has the hash {printed}" in found.stderr


def test_doctor_looks_at_everything(recon: Run, loaded: Path) -> None:
    found = recon("-w", loaded, "doctor", "--as-of", "2026-03-02")
    results = {row["check"]: row["result"] for row in csv.DictReader(io.StringIO(found.stdout))}
    assert set(results) == {
        "python", "libraries", "pdf", "fonts", "settings", "calendars", "formats", "mail", "inbox", "database",
        "audit", "disk",
    }  # fmt: skip
    depends = {"pdf", "fonts", "disk"}  # on the machine
    assert {name for name, result in results.items() if result != "ok"} <= depends


def test_doctor_tells_a_year_whose_make_up_workdays_nobody_knows(recon: Run, loaded: Path) -> None:
    found = recon("-w", loaded, "doctor", "--as-of", "2031-03-02")
    assert "calendars: the make-up workdays of 2031 are not known (CN)\n" in found.stderr
    path = loaded / "recon.toml"
    path.write_text(path.read_text(encoding="utf-8") + '\n[calendar.working]\nCN = ["2031-02-08"]\n', encoding="utf-8")
    assert "calendars" not in recon("-w", loaded, "doctor", "--as-of", "2031-03-02").stderr


def test_doctor_tells_what_is_wrong_and_goes_on(recon: Run, workspace: Path) -> None:
    (workspace / "recon.toml").write_text('[workspace]\nlangauge = "zh"\n', encoding="utf-8")
    found = recon("-w", workspace, "doctor")
    results = {row["check"]: row["result"] for row in csv.DictReader(io.StringIO(found.stdout))}
    assert found.exit_code == 2
    assert results["settings"] == "failed"
    assert results["formats"] == "ok"
    assert "Did you mean language?" in found.stderr


@pytest.mark.parametrize("name", ["letter.txt", "recon.toml"])
def test_demo_never_removes_what_is_no_demo(name: str, recon: Run, tmp_path: Path) -> None:
    (tmp_path / name).write_text("mine", encoding="utf-8")
    found = recon("demo", tmp_path)
    assert found.exit_code == 2
    assert "the folder is not empty, and it is no earlier demo" in found.stderr
    assert (tmp_path / name).read_text(encoding="utf-8") == "mine"
