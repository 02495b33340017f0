"""The health report leaves the house: by mail and as a summary, once, whatever becomes of the run."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from email import message_from_bytes, policy
from pathlib import Path

import pytest
from typer.testing import Result

Run = Callable[..., Result]
pytestmark = [
    pytest.mark.slow,  # a PDF each
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),  # of the PDF's libraries
]
AS_OF = "2026-03-02T10:00:00+08:00"
OK = (200, '{"errcode":0,"errmsg":"ok"}')
BUSY = (200, '{"errcode":-1,"errmsg":"system busy"}')


@pytest.fixture
def posting(loaded: Path, mail_server, gateway, monkeypatch, recon: Run) -> Path:
    """Return a matched workspace that is set up to mail and to post."""
    monkeypatch.setenv("RECON_SMTP_USER", "recon")
    monkeypatch.setenv("RECON_SMTP_PASSWORD", "s3cret")
    monkeypatch.setenv("RECON_WECOM_WEBHOOK", f"{gateway.url}/robot?key=orders")
    monkeypatch.setenv("RECON_WECOM_REPORT_WEBHOOK", f"{gateway.url}/robot?key=cfo")
    lines = {
        "host": "127.0.0.1", "port": mail_server.port, "ca_file": str(mail_server.ca_file), "timeout_s": 20,
        "sender": "recon@example.com", "to": ["cfo@example.com"], "attempts": 3, "pause_s": 0,
    }  # fmt: skip
    settings = loaded / "recon.toml"
    text = settings.read_text(encoding="utf-8")
    said = "\n".join(f"{name} = {json.dumps(value)}" for name, value in lines.items())
    text = text.replace("[mail]\n", f"[mail]\n{said}\n").replace("[reminders]\n", "[reminders]\nread_s = 1\n")
    settings.write_text(text.replace('merchant = ""', 'merchant = "云杉家居"'), encoding="utf-8")
    assert recon("-w", loaded, "--as-of", AS_OF, "match").exit_code == 0
    gateway.answers = [OK]
    return loaded


def told(found: Result, code: int = 0) -> list[tuple[str, str, str]]:
    """Return way, state and attempts of each message; the first line is the report's path."""
    assert found.exit_code == code, found.stderr
    path, table = found.stdout.split("\n", 1)
    assert Path(path).read_bytes().startswith(b"%PDF")
    return [(row["way"], row["state"], row["attempts"]) for row in csv.DictReader(io.StringIO(table))]


def send(recon: Run, folder: Path, *words: str) -> Result:
    return recon("-w", folder, "--as-of", AS_OF, "report", "health", "--period", "2026-02", *words)


def test_report_is_mailed_and_posted_once(recon: Run, posting: Path, mail_server, gateway) -> None:
    found = send(recon, posting, "--email", "--wecom")
    assert told(found) == [("email", "sent", "1"), ("wecom", "sent", "1")]
    assert "s3cret" not in found.stdout + found.stderr
    assert "cfo@example.com" not in found.stdout  # masked as everything else
    ((recipient, content),) = mail_server.letters
    read = message_from_bytes(content, policy=policy.default)
    assert recipient == "cfo@example.com"
    assert read["Subject"].startswith("【对账健康度报告】云杉家居 2026-02：")
    text = read.get_body(("plain",)).get_content()
    assert "健康度：" in text
    assert "全文见附件 对账健康度报告-2026-02.pdf" in text
    (pdf,) = read.iter_attachments()
    assert pdf.get_filename() == "对账健康度报告-2026-02.pdf"
    assert pdf.get_content() == Path(found.stdout.split("\n", 1)[0]).read_bytes()
    ((path, _, body),) = gateway.requests
    assert path == "/robot?key=cfo"
    assert json.loads(body)["msgtype"] == "markdown"
    marked = json.loads(body)["markdown"]["content"]
    assert marked.startswith("**对账健康度报告** 云杉家居 2026-02\n> ")
    assert "健康度：**" in marked

    assert told(send(recon, posting, "--email", "--wecom")) == [("email", "sent", "1"), ("wecom", "sent", "1")]
    assert (len(mail_server.letters), len(gateway.requests)) == (1, 1)
    assert told(send(recon, posting, "--email", "--again")) == [("email", "sent", "1")]
    assert (len(mail_server.letters), len(gateway.requests)) == (2, 1)


def test_report_goes_to_those_whom_the_command_names_in_english(recon: Run, posting: Path, mail_server) -> None:
    found = send(recon, posting, "--email", "a@example.com", "b@example.com", "--lang", "en")
    assert told(found) == [("email", "sent", "1"), ("email", "sent", "1")]
    assert [recipient for recipient, _ in mail_server.letters] == ["a@example.com", "b@example.com"]
    read = message_from_bytes(mail_server.letters[0][1], policy=policy.default)
    assert read["Subject"].startswith("Reconciliation health report 云杉家居 2026-02: score ")
    assert "Health score: " in read.get_body(("plain",)).get_content()


def test_a_refused_address_is_told_and_leaves_with_6(recon: Run, posting: Path, mail_server) -> None:
    mail_server.rcpt = ["550 no such user"]
    found = send(recon, posting, "--email")
    assert told(found, 6) == [("email", "refused", "1")]
    assert "1 of 1 messages did not arrive for certain" in found.stderr
    mail_server.rcpt = []
    assert told(send(recon, posting, "--email")) == [("email", "sent", "1")]


def test_a_temporary_refusal_is_tried_again(recon: Run, posting: Path, mail_server) -> None:
    mail_server.rcpt = ["451 greylisted", "250 OK"]
    assert told(send(recon, posting, "--email")) == [("email", "sent", "2")]
    assert len(mail_server.letters) == 1


def test_a_mail_whose_fate_nobody_knows_leaves_with_6_and_is_not_sent_again(recon, posting, mail_server) -> None:
    mail_server.data = ["hang", "250 OK"]
    settings = posting / "recon.toml"
    settings.write_text(settings.read_text(encoding="utf-8").replace("timeout_s = 20", "timeout_s = 2"), "utf-8")
    assert told(send(recon, posting, "--email"), 6) == [("email", "uncertain", "1")]
    again = send(recon, posting, "--email")
    assert told(again, 6) == [("email", "uncertain", "1")]
    assert "--again" in again.stderr
    assert len(mail_server.letters) == 1
    assert told(send(recon, posting, "--email", "--again")) == [("email", "sent", "1")]


@pytest.mark.parametrize(
    ("answers", "code", "state", "requests"),
    [
        ([(500, ""), OK], 0, "sent", 2),
        ([BUSY, BUSY, OK], 0, "sent", 3),
        ([(503, "")], 6, "failed", 3),
        ([(200, '{"errcode":93000,"errmsg":"invalid webhook url"}')], 6, "refused", 1),
        (["hang", OK], 6, "uncertain", 1),
    ],
)
def test_summary_is_posted_again_only_where_it_was_not_accepted(
    recon: Run, posting: Path, gateway, answers, code, state, requests
) -> None:
    gateway.answers = answers
    assert told(send(recon, posting, "--wecom"), code)[0][:2] == ("wecom", state)
    assert len(gateway.requests) == requests
    if state == "uncertain":
        assert told(send(recon, posting, "--wecom"), 6)[0][:2] == ("wecom", "uncertain")
        assert len(gateway.requests) == 1


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("health", "--email", "nobody"), '"nobody" is no mail address'),
        (("health", "cfo@example.com"), "nothing is sent"),
        (("health", "--again"), "nothing is sent"),
        (("diffs", "--email"), "diffs is not sent"),
        (("health", "a@example.com", "--wecom"), "addresses without --email"),
    ],
)
def test_what_makes_no_sense_is_told_and_nothing_is_sent(recon: Run, posting, mail_server, words, said) -> None:
    found = recon("-w", posting, "report", *words, "--period", "2026-02")
    assert (found.exit_code, said in found.stderr) == (2, True), found.stderr
    assert mail_server.commands == []


def test_what_is_not_set_is_told_before_the_report_is_written(recon: Run, posting, monkeypatch) -> None:
    assert 'mail,ok,"127.0.0.1:' in recon("-w", posting, "doctor").stdout
    monkeypatch.delenv("RECON_SMTP_PASSWORD")
    assert "environment: RECON_SMTP_USER is set and RECON_SMTP_PASSWORD is not" in recon("-w", posting, "doctor").stderr
    assert "RECON_SMTP_PASSWORD is not" in send(recon, posting, "--email").stderr
    monkeypatch.delenv("RECON_WECOM_WEBHOOK")
    monkeypatch.delenv("RECON_WECOM_REPORT_WEBHOOK")
    assert "RECON_WECOM_REPORT_WEBHOOK is not set" in send(recon, posting, "--wecom").stderr
    assert not (posting / "reports").exists() or not list((posting / "reports").glob("*.pdf"))


def test_months_may_be_named_as_seen_from_today(recon: Run, posting: Path) -> None:
    found = recon("-w", posting, "--as-of", AS_OF, "report", "diffs", "--period", "last-month")
    assert Path(found.stdout.strip()).name == "differences-2026-02.xlsx"
    wrong = recon("-w", posting, "--as-of", AS_OF, "report", "diffs", "--period", "this-month")
    assert 'no book has anything in "2026-03"' in wrong.stderr
