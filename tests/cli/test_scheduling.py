"""Jobs as cron starts them: one at a time, with a log, silent when all is well, and with the exit code that is true."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from typer.testing import Result

from recon.cli import documents
from recon.cli.session import Session
from recon.schedule import held
from recon.store import Store

Run = Callable[..., Result]
ORDER = """\
record,order_no,pay_no,channel,channel_txn_no,refund_no,amount,status,created_at,occurred_at
payment,ORD-2001,,wechat,,,7.00,success,2026-02-04 08:00:00,2026-02-04 08:00:01
"""


def line_of(job: str, text: str) -> str:
    """Return the command of a job's crontab line, as cron hands it to sh."""
    (line,) = [line for line in text.splitlines() if line.endswith(f"job {job}")]
    return line.split(" ", 5)[5].replace("\\%", "%")


def sh(command: str, folder: Path, **more: str) -> subprocess.CompletedProcess[str]:
    """Run a command as cron does: sh, another folder, hardly any environment."""
    environment = {"PATH": "/usr/bin:/bin", "HOME": str(folder), "LC_ALL": "C", **more}
    return subprocess.run(["sh", "-c", command], cwd="/", check=False, capture_output=True, text=True, env=environment)


def log(folder: Path) -> list[str]:
    """Return what the log says, without the moments."""
    path = folder / "logs" / "jobs.log"
    return [line[20:] for line in path.read_text(encoding="utf-8").splitlines()] if path.exists() else []


@pytest.mark.slow
def test_the_printed_hourly_line_loads_what_is_new_and_says_nothing(recon: Run, loaded: Path) -> None:
    folder = loaded.rename(loaded.parent / "100% books 云杉")
    (folder / "inbox" / "more.csv").write_text(ORDER, encoding="utf-8")
    command = line_of("hourly", recon("-w", folder, "schedule").stdout)
    done = sh(command, folder)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert (
        recon("-w", folder, "sql", "select count(*) as n from canon.txn where order_no = 'ORD-2001'").stdout == "n\n1\n"
    )
    assert log(folder)[0] == "hourly: recon run"
    assert [line for line in log(folder) if "inbox/more.csv,loaded,orders" in line] != []
    assert log(folder)[-1] == "hourly: exit code 0"


@pytest.mark.slow
def test_a_file_that_cannot_be_read_is_mailed_by_cron_and_leaves_with_3(recon: Run, loaded: Path) -> None:
    (loaded / "inbox" / "torn.csv").write_text("what,is,this\n1,2,3\n", encoding="utf-8")
    done = sh(line_of("hourly", recon("-w", loaded, "schedule").stdout), loaded)
    assert (done.returncode, done.stdout) == (3, "")
    assert "inbox/torn.csv: the format is unknown" in done.stderr
    assert log(loaded)[-1] == "hourly: exit code 3"


@pytest.mark.slow
def test_a_step_that_breaks_is_not_taken_for_differences(recon: Run, loaded: Path) -> None:
    # The outer program runs as it is; what it starts finds a module that breaks the store.
    broken = "import os, sys\nif 'run' in sys.argv[1:]:\n    import recon.ingest\n    del recon.ingest.Known\n"
    (loaded / "sitecustomize.py").write_text(broken, encoding="utf-8")
    done = sh(line_of("hourly", recon("-w", loaded, "schedule").stdout), loaded, PYTHONPATH=str(loaded))
    assert "Traceback" in done.stderr
    assert done.returncode == 70


def test_a_job_does_nothing_while_another_one_works(recon: Run, loaded: Path) -> None:
    with held(loaded / "logs", "close since 2026-03-04 06:00:00"):
        found = recon("-w", loaded, "job", "hourly")
    assert (found.exit_code, found.stdout) == (4, "")
    assert f"another job is running (close since 2026-03-04 06:00:00, process {os.getpid()})" in found.stderr
    assert log(loaded) == [
        f"hourly: not done: another job is running (close since 2026-03-04 06:00:00, process {os.getpid()})"
    ]


def test_a_lock_ends_with_the_process_that_holds_it(recon: Run, loaded: Path, steps) -> None:
    hold = (
        "import sys, time; from pathlib import Path; from recon.schedule import held\n"
        "with held(Path(sys.argv[1]), 'close'): print('held', flush=True); time.sleep(60)"
    )
    line = [sys.executable, "-c", hold, str(loaded / "logs")]
    with subprocess.Popen(line, stdout=subprocess.PIPE, text=True) as first:
        assert first.stdout is not None
        assert first.stdout.readline() == "held\n"
        found = recon("-w", loaded, "job", "hourly")
        assert (found.exit_code, f"(close, process {first.pid})" in found.stderr) == (4, True)
        assert steps == []
        first.kill()
    assert recon("-w", loaded, "job", "hourly").exit_code == 0
    assert steps == [("run",)]


def test_a_job_that_may_wait_takes_its_turn(loaded: Path) -> None:
    first = held(loaded / "logs", "hourly")
    first.__enter__()
    began = time.monotonic()
    pauses: list[float] = []

    def let_go(seconds: float) -> None:
        pauses.append(seconds)
        first.__exit__(None, None, None)

    with held(loaded / "logs", "close", wait_s=60, sleep=let_go):
        assert len(pauses) == 1
    assert time.monotonic() - began < 10


@pytest.fixture
def steps(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[tuple[str, ...]]]:
    """Return the steps that jobs would run; they are not run."""
    from recon.cli import scheduling  # noqa: PLC0415 - it is changed

    run: list[tuple[str, ...]] = []

    def noted(_session: object, _book: object, *words: str) -> int:
        run.append(words)
        return 0

    monkeypatch.setattr(scheduling, "_step", noted)
    return run  # type: ignore[return-value]


def test_the_month_end_list_is_made_once_in_the_last_72_hours(recon: Run, loaded: Path, steps) -> None:
    for moment in ("2026-02-25T23:00", "2026-02-26T00:00", "2026-02-26T01:00", "2026-02-28T23:00", "2026-03-01T00:00"):
        assert recon("-w", loaded, "--as-of", moment, "job", "month-end").exit_code == 0
    assert steps == [("report", "overdue", "--period", "2026-02")]
    assert [line for line in log(loaded) if "exit" not in line] == [
        "month-end: 2026-02: not due yet",
        "month-end: 2026-02: made already",
        "month-end: 2026-02: made already",
        "month-end: 2026-03: not due yet",
    ]
    recon("-w", loaded, "--as-of", "2026-03-29T00:00", "job", "month-end")
    assert steps[1:] == [("report", "overdue", "--period", "2026-03")]


def test_the_close_sends_the_report_where_it_is_set_up(recon: Run, loaded: Path, steps, monkeypatch) -> None:
    monkeypatch.delenv("RECON_WECOM_REPORT_WEBHOOK", raising=False)
    recon("-w", loaded, "--as-of", "2026-03-04T06:00", "job", "close")
    assert steps == [("close", "2026-02")]
    assert any("the report is not sent" in line for line in log(loaded))
    monkeypatch.setenv("RECON_WECOM_REPORT_WEBHOOK", "https://example.com/robot")
    settings = loaded / "recon.toml"
    text = settings.read_text(encoding="utf-8")
    said = '[mail]\nhost = "smtp.example.com"\nsender = "a@example.com"\nto = ["b@example.com"]\n'
    settings.write_text(text.replace("[mail]\n", said), encoding="utf-8")
    recon("-w", loaded, "--as-of", "2026-03-04T06:00", "job", "close")
    assert steps[1:] == [("close", "2026-02"), ("report", "health", "--period", "2026-02", "--email", "--wecom")]


@pytest.mark.slow
def test_a_close_that_is_done_is_not_done_again(recon: Run, loaded: Path) -> None:
    for _ in range(2):
        found = recon("-w", loaded, "--as-of", "2026-03-04T06:00", "job", "close")
        assert (found.exit_code, found.stdout) == (0, ""), found.stderr
    assert [line for line in log(loaded) if "recon close" in line] == ["close: recon close 2026-02"]
    assert "close: 2026-02 is closed already" in log(loaded)


@pytest.mark.slow
def test_a_close_into_which_another_command_slips_leaves_the_period_open(recon: Run, loaded: Path, monkeypatch) -> None:
    (loaded / "later.csv").write_text(ORDER, encoding="utf-8")
    whole = Session.writing
    opened: list[str] = []

    @contextmanager
    def writing(session: Session) -> Iterator[Store]:
        """Open as always; the second time, after the documents, somebody else was faster."""
        opened.append("")
        if len(opened) == 2:
            assert recon("-w", loaded, "ingest", loaded / "later.csv").exit_code == 0
        with whole(session) as store:
            yield store

    monkeypatch.setattr(documents, "build", lambda *_, **__: [])
    monkeypatch.setattr(Session, "writing", writing)
    closed = recon("-w", loaded, "--as-of", "2026-03-04T06:00", "close", "2026-02")
    assert (closed.exit_code, "another command changed the store" in closed.stderr) == (4, True)
    assert recon("-w", loaded, "--as-of", "2026-03-04T06:00", "close", "2026-02").exit_code == 0


def test_units_are_written_for_systemd_and_not_for_cron(recon: Run, loaded: Path, tmp_path: Path) -> None:
    found = recon("-w", loaded, "schedule", "--format", "systemd", "--out", tmp_path / "units")
    assert len(found.stdout.splitlines()) == len(list((tmp_path / "units").iterdir())) == 8
    assert recon("-w", loaded, "schedule", "--out", tmp_path).exit_code == 2
    assert recon("-w", loaded, "schedule", "--close-day", "5").exit_code == 2
