"""Reminders written and posted, each once, whatever becomes of the run. Posts go to a real server on this machine."""

from __future__ import annotations

import csv
import io
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import Result

import recon as package

Run = Callable[..., Result]
FIRST = "2026-02-03T07:00:00+08:00"  # of the seed's parcel: same city, signed on the 2nd at 11:30
SECOND = "2026-02-03T10:00:00+08:00"
OVERDUE = "2026-02-03T12:00:00+08:00"
OK = (200, '{"errcode":0,"errmsg":"ok"}')


@pytest.fixture
def posting(loaded: Path, gateway, monkeypatch) -> Callable[..., Path]:
    """Return a function that sets up what is posted in the workspace, and returns the workspace."""
    monkeypatch.setenv("RECON_WECOM_WEBHOOK", f"{gateway.url}/robot?key=s3cret")
    monkeypatch.setenv("RECON_SMS_TOKEN", "t0k")

    def set_up(*ways: str, **more: object) -> Path:
        lines = {"post": list(ways), "sms_url": f"{gateway.url}/sms", "pause_s": 0, "read_s": 1} | more
        settings = loaded / "recon.toml"
        text = settings.read_text(encoding="utf-8")
        said = "\n".join(f"{name} = {json.dumps(value)}" for name, value in lines.items())
        settings.write_text(text.replace("[reminders]\n", f"[reminders]\n{said}\n"), encoding="utf-8")
        return loaded

    return set_up


def table(found: Result, code: int = 0) -> list[tuple[str, str, str, str]]:
    assert found.exit_code == code, found.stderr
    rows = list(csv.DictReader(io.StringIO(found.stdout)))
    return [(row["reminder"], row["way"], row["state"], row["attempts"]) for row in rows]


def remind(
    recon: Run, folder: Path, moment: str = FIRST, *options: str, code: int = 0
) -> list[tuple[str, str, str, str]]:
    return table(recon("-w", folder, "--as-of", moment, "reminders", *options), code)


def outbox(folder: Path) -> list[dict[str, str]]:
    files = sorted((folder / "outbox").glob("*.jsonl"))
    return [
        json.loads(line)
        for file in files
        for line in file.read_text(encoding="utf-8").splitlines()
        if file.name[0] != "."
    ]


# ------------------------------------------------------------------------------------------------ the outbox


def test_a_reminder_that_is_due_is_written_in_every_way(recon: Run, loaded: Path) -> None:
    found = recon("-w", loaded, "--as-of", FIRST, "reminders")
    assert table(found) == [("first", "sms", "written", "0"), ("first", "wecom", "written", "0")]
    assert "138****1234" in found.stdout
    assert "13800001234" not in found.stdout
    sms, wecom = outbox(loaded)
    assert sms == {
        "key": sms["key"],
        "due": "2026-02-03 06:42:00",
        "order_no": "ORD-1001",
        "reminder": "first",
        "way": "sms",
        "recipient": "13800001234",
        "text": "您的订单ORD-1001已于2026-02-02 11:30签收，请在2026-02-03 11:30前确认收货。如有问题请联系客服。",
    }
    assert wecom["text"] == (
        "【确认提醒】订单ORD-1001 韵达YD0001\n2026-02-02 11:30签收，截止2026-02-03 11:30，剩余4.5小时。"
        "收货人张* 138****1234"
    )
    (file,) = (loaded / "outbox").glob("reminders-*")
    assert file.name == "reminders-2026-02-03.jsonl"
    assert file.stat().st_mode & 0o077 == 0


def test_a_second_run_writes_nothing_again(recon: Run, loaded: Path) -> None:
    remind(recon, loaded)
    (file,) = (loaded / "outbox").glob("reminders-*")
    before = file.read_bytes()
    remind(recon, loaded, "2026-02-03T08:00:00+08:00")
    assert file.read_bytes() == before
    remind(recon, loaded, SECOND)
    assert [(row["reminder"], row["way"]) for row in outbox(loaded)] == [
        ("first", "sms"), ("first", "wecom"), ("second", "sms"), ("second", "wecom"),
    ]  # fmt: skip


@pytest.mark.parametrize("moment", ["2026-02-03T06:41:59+08:00", OVERDUE])
def test_before_and_after_the_window_of_reminders_nothing_is_due(recon: Run, loaded: Path, moment: str) -> None:
    assert remind(recon, loaded, moment) == []
    assert outbox(loaded) == []


def test_a_dry_run_shows_what_is_due_and_leaves_no_trace(recon: Run, posting, gateway) -> None:
    folder = posting("sms", "wecom")
    assert len(remind(recon, folder, FIRST, "--dry-run")) == 2
    assert gateway.requests == []
    assert not (folder / "outbox").exists()
    assert recon("-w", folder, "sql", "select count(*) as n from meta.message").stdout == "n\n0\n"


def test_a_number_that_is_not_whole_gets_no_message(recon: Run, loaded: Path) -> None:
    text = (loaded / "inbox" / "shipments.csv").read_text(encoding="utf-8")
    (loaded / "inbox" / "masked.csv").write_text(text.replace("13800001234", "138****1234"), encoding="utf-8")
    assert recon("-w", loaded, "ingest", loaded / "inbox" / "masked.csv").exit_code == 0
    assert remind(recon, loaded) == [("first", "sms", "unsendable", "0"), ("first", "wecom", "written", "0")]
    assert [row["way"] for row in outbox(loaded)] == ["wecom"]
    (loaded / "inbox" / "whole.csv").write_text(text.replace("13800001234", "13800005678"), encoding="utf-8")
    assert recon("-w", loaded, "ingest", loaded / "inbox" / "whole.csv").exit_code == 0
    assert remind(recon, loaded)[0] == ("first", "sms", "written", "0")


# ------------------------------------------------------------------------------------------------ the posts


def test_both_ways_are_posted_once_and_are_then_the_last_contact(recon: Run, posting, gateway) -> None:
    folder = posting("sms", "wecom")
    gateway.answers = [OK]
    assert remind(recon, folder) == [("first", "sms", "sent", "1"), ("first", "wecom", "sent", "1")]
    (sms_path, headers, sms), (robot_path, _, robot) = gateway.requests
    assert (sms_path, robot_path) == ("/sms", "/robot?key=s3cret")
    assert headers["Authorization"] == "Bearer t0k"
    assert json.loads(sms) == {
        "mobile": "13800001234", "content": outbox(folder)[0]["text"], "id": headers["Idempotency-Key"],
    }  # fmt: skip
    assert json.loads(robot)["text"]["content"] == outbox(folder)[1]["text"]
    assert remind(recon, folder) == [("first", "sms", "sent", "1"), ("first", "wecom", "sent", "1")]
    assert len(gateway.requests) == 2
    (row,) = csv.DictReader(io.StringIO(recon("-w", folder, "overdue").stdout))
    assert row["last_contact_by"] in ("sms", "wecom")
    assert row["last_contact"] > "2026"


def test_reminders_that_were_sent_stand_on_the_orders_timeline(recon: Run, posting, gateway) -> None:
    folder = posting("sms", "wecom")
    gateway.answers = [OK, "hang", OK]
    remind(recon, folder, code=6)
    rows = list(csv.DictReader(io.StringIO(recon("-w", folder, "trace", "ORD-1001").stdout)))
    sent = [row for row in rows if row["event"] == "reminder"]
    assert [(row["book"], row["status"], row["number"], row["file:line"], row["note"]) for row in sent] == [
        ("shipment", "sent", "ORD-1001", "outbox/reminders-2026-02-03.jsonl", "first reminder, sms 138****1234"),
        ("shipment", "uncertain", "ORD-1001", "outbox/reminders-2026-02-03.jsonl", "first reminder, wecom"),
    ]
    assert all(row["time"] > "2026-02-03" for row in sent)


def test_a_reminder_that_only_stands_in_the_outbox_has_not_reached_anybody(recon: Run, loaded: Path) -> None:
    remind(recon, loaded)
    assert "reminder" not in recon("-w", loaded, "trace", "ORD-1001").stdout


def test_what_fails_is_tried_again_until_it_is_accepted(recon: Run, posting, gateway) -> None:
    folder = posting("sms")
    gateway.answers = [(503, ""), (500, ""), OK]
    assert remind(recon, folder)[0] == ("first", "sms", "sent", "3")
    assert len({headers["Idempotency-Key"] for _, headers, _ in gateway.requests}) == 1


def test_what_failed_in_one_run_is_tried_again_by_the_next_one(recon: Run, posting, gateway) -> None:
    folder = posting("sms", attempts=2)
    gateway.answers = [(503, "")]
    assert remind(recon, folder, code=6)[0] == ("first", "sms", "failed", "2")
    gateway.answers = [OK]
    assert remind(recon, folder)[0] == ("first", "sms", "sent", "3")


def test_a_refusal_is_told_and_not_repeated(recon: Run, posting, gateway) -> None:
    folder = posting("sms", "wecom")
    gateway.answers = [
        (400, "number 13800001234 is blocked"),
        (200, '{"errcode":93000,"errmsg":"invalid webhook url"}'),
    ]
    found = recon("-w", folder, "--as-of", FIRST, "reminders")
    assert table(found, 6) == [("first", "sms", "refused", "1"), ("first", "wecom", "refused", "1")]
    assert "400 number 138****1234 is blocked" in found.stdout
    assert "errcode 93000" in found.stdout
    assert "2 of 2 reminders did not arrive for certain" in found.stderr
    assert "13800001234" not in found.output
    assert "s3cret" not in found.output
    remind(recon, folder, code=6)
    assert len(gateway.requests) == 2


def test_an_answer_that_never_came_is_uncertain_and_not_repeated(recon: Run, posting, gateway) -> None:
    folder = posting("sms", "wecom")
    gateway.answers = ["hang", "hang", OK]
    assert remind(recon, folder, code=6) == [("first", "sms", "uncertain", "1"), ("first", "wecom", "uncertain", "1")]
    assert remind(recon, folder, code=6) == [("first", "sms", "uncertain", "1"), ("first", "wecom", "uncertain", "1")]
    assert len(gateway.requests) == 2


def test_a_gateway_that_recognises_the_delivery_key_is_asked_again(recon: Run, posting, gateway) -> None:
    folder = posting("sms", sms_is_idempotent=True)
    gateway.answers = ["hang", OK]
    assert remind(recon, folder)[0] == ("first", "sms", "sent", "2")
    first, second = gateway.requests
    assert first[2] == second[2]


def test_a_run_that_is_killed_while_a_message_is_on_its_way_does_not_send_it_twice(
    recon: Run, posting, gateway
) -> None:
    folder = posting("sms", read_s=30)
    gateway.answers = ["hang", OK]
    line = [sys.executable, "-m", "recon", "-w", folder, "--as-of", FIRST, "reminders"]
    environment = os.environ | {"PYTHONPATH": str(Path(package.__file__).parents[1])}
    with subprocess.Popen(line, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        for _ in range(600):
            if gateway.requests:
                break
            time.sleep(0.1)
        process.kill()
    assert len(gateway.requests) == 1
    assert remind(recon, folder, code=6)[0] == ("first", "sms", "uncertain", "1")
    assert len(gateway.requests) == 1


def test_a_customer_who_has_confirmed_meanwhile_is_not_reminded(recon: Run, posting, gateway) -> None:
    folder = posting("sms", attempts=1)
    gateway.answers = [(503, "")]
    remind(recon, folder, code=6)
    text = (folder / "inbox" / "shipments.csv").read_text(encoding="utf-8")
    head, row = text.splitlines()
    (folder / "inbox" / "confirmed.csv").write_text(
        f"{head},confirmed_at\n{row},2026-02-03 07:30:00\n", encoding="utf-8"
    )
    recon("-w", folder, "ingest", folder / "inbox" / "confirmed.csv")
    gateway.answers = [OK]
    assert remind(recon, folder, "2026-02-03T08:00:00+08:00") == []
    assert len(gateway.requests) == 1
    states = recon("-w", folder, "sql", "select way, state from meta.message order by way").stdout
    assert states == "way,state\nsms,lapsed\nwecom,lapsed\n"


def test_a_secret_that_is_missing_is_told_before_anything_is_written(recon: Run, posting, monkeypatch) -> None:
    folder = posting("wecom")
    monkeypatch.delenv("RECON_WECOM_WEBHOOK")
    found = recon("-w", folder, "--as-of", FIRST, "reminders")
    assert found.exit_code == 2
    assert "RECON_WECOM_WEBHOOK is not set" in found.stderr
    assert outbox(folder) == []


@pytest.mark.parametrize(
    ("setting", "told"),
    [
        ('sms_first = "订单{单号}"', "which is no word of a reminder"),
        ('sms_first = "订单{订单号"', "cannot be read"),
        ('sms_first = "{订单号.__class__}"', "which is no word of a reminder"),
        ('ways = ["pigeon"]', 'has "pigeon"'),
        ('ways = ["sms"]\npost = ["wecom"]', "which is not written"),
        ('post = ["sms"]', "there is no sms_url"),
        ("sms_body = '{'", "is no JSON"),
        ('sms_url = "sms.example"', "is no address"),
        ("attempts = 0", "is not above zero"),
    ],
)
def test_settings_that_cannot_work_are_refused_with_their_line(
    recon: Run, loaded: Path, setting: str, told: str
) -> None:
    settings = loaded / "recon.toml"
    text = settings.read_text(encoding="utf-8")
    settings.write_text(text.replace("[reminders]\n", f"[reminders]\n{setting}\n"), encoding="utf-8")
    found = recon("-w", loaded, "reminders")
    assert found.exit_code == 2
    assert told in found.stderr
    assert "recon.toml:" in found.stderr
