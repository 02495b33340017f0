"""What runs without anyone remembering: ``schedule`` (lines for cron and systemd) and ``job`` (what they run)."""

from __future__ import annotations

import os
import subprocess
import sys
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from recon.cli import printing
from recon.cli.session import Session, command
from recon.errors import StoreError, UsageError

if TYPE_CHECKING:
    from recon.schedule import Logbook

_PANEL = "Work"
_STORE_WAIT_S: Final = 600
"""A step waits this long for a database that a person uses."""
CRASHED: Final = 70
"""Exit code of a job of which a step ended with an error of the program itself."""


class Scheduler(StrEnum):
    """What runs the jobs."""

    CRON = "cron"
    SYSTEMD = "systemd"


class JobName(StrEnum):
    """The jobs; as ``recon.schedule.JOBS``."""

    HOURLY = "hourly"
    REMINDERS = "reminders"
    MONTH_END = "month-end"
    CLOSE = "close"


def schedule(
    session: Session,
    form: Annotated[Scheduler, typer.Option("--format", help="For crontab -e, or timers and services.")] = (
        Scheduler.CRON
    ),
    hourly: Annotated[
        int, typer.Option("--hourly", metavar="MINUTE", help="Minute of the hour at which the inbox is loaded.")
    ] = 7,
    close_day: Annotated[
        int,
        typer.Option("--close-day", metavar="DAY", help="Day on which the last month is closed: 1 to 4."),
    ] = 4,
    out: Annotated[
        Path | None,
        typer.Option("--out", metavar="DIR", help="With systemd: write the units there.", show_default=False),
    ] = None,
) -> None:
    """Print what makes cron or systemd run this workspace: the hourly run, reminders, month-end list, and the close.

    The month's overdue list is made 72 hours before the month ends, the close with its report on the 4th. Nothing is
    installed.
    """
    from recon.schedule import Times, cron, systemd

    if out and form is not Scheduler.SYSTEMD:
        raise UsageError("cron has no units", place="--out", remedy="recon schedule > recon.cron")
    folder, when = session.folder.resolve(), Times(hourly=hourly, close_day=close_day)
    zone = session.config.workspace.zone
    if form is Scheduler.CRON:
        printing.text(cron.lines(program(), folder, when, zone).rstrip("\n"))
        return
    units = systemd.units(program(), folder, when, zone)
    if out is None:
        printing.text(systemd.shown(units).rstrip("\n"))
        return
    out.mkdir(parents=True, exist_ok=True)
    for name, text in units.items():
        (out / name).write_text(text, encoding="utf-8")
        printing.text(str(out / name))


def program() -> list[str]:
    """Return the words that run recon, whatever the current folder and PATH are."""
    beside = Path(sys.executable).with_name("recon")
    return [str(beside)] if beside.exists() else [sys.executable, "-m", "recon"]


def job(session: Session, name: Annotated[JobName, typer.Argument(help="As recon schedule says it.")]) -> None:
    """Do what is scheduled: one job at a time, with a log in logs/jobs.log. Prints only what went wrong.

    Leaves with the code of the step that failed; with 4 when another job is running; with 70 when the program broke.
    """
    from recon.schedule import JOBS, Logbook, held
    from recon.times import now_s, show_moment

    found = next(each for each in JOBS if each.name == name.value)
    logs, zone = session.folder / "logs", session.config.workspace.zone
    since = show_moment(now_s(), zone)
    with Logbook(logs, found.name, zone) as book:
        try:
            with held(
                logs, f"{found.name} since {since}", wait_s=found.wait_s if session.wait_s is None else session.wait_s
            ):
                code = _done(session, name, book)
        except StoreError as error:
            book.note(f"not done: {error.explanation}")
            raise
        book.note(f"exit code {code}")
    if code:
        raise typer.Exit(code)


def _done(session: Session, name: JobName, book: Logbook) -> int:
    """Run the steps of a job that are to be done; returns the exit code of the first that failed, else 0."""
    if name is JobName.HOURLY:
        return _step(session, book, "run")
    if name is JobName.REMINDERS:
        return _step(session, book, "reminders")
    if name is JobName.MONTH_END:
        return _month_end(session, book)
    return _close(session, book)


def _month_end(session: Session, book: Logbook) -> int:
    """Write the overdue list once in the last 72 hours of a month."""
    from recon.schedule import month_end

    period, is_due = month_end(session.as_of_s, session.config.workspace.zone)
    mark = session.folder / "logs" / "month-end.done"
    if not is_due or (mark.exists() and mark.read_text(encoding="utf-8").strip() == period):
        book.note(f"{period}: {'made already' if is_due else 'not due yet'}")
        return 0
    code = _step(session, book, "report", "overdue", "--period", period)
    if not code:
        mark.write_text(f"{period}\n", encoding="utf-8")
    return code


def _close(session: Session, book: Logbook) -> int:
    """Close the last month where it is open, then send the report where it is set up."""
    from recon.differences import states

    period = session.period("last-month")
    is_closed = False
    if session.database.exists():
        with session.reading() as store:
            is_closed = states.is_locked(store, period)
    if is_closed:
        book.note(f"{period} is closed already")
    elif code := _step(session, book, "close", period):
        return code
    mail = session.config.mail
    ways = [
        *(["--email"] if mail.host and mail.to else []),
        *(["--wecom"] if os.environ.get("RECON_WECOM_REPORT_WEBHOOK") else []),
    ]
    if not ways:
        book.note("the report is not sent: neither [mail] nor RECON_WECOM_REPORT_WEBHOOK is set")
        return 0
    return _step(session, book, "report", "health", "--period", period, *ways)


def _step(session: Session, book: Logbook, *words: str) -> int:
    """Run one command as a person would; what it says goes to the log, and to stderr when it failed."""
    more = ["--as-of", session.as_of] if session.as_of else []
    line = [sys.executable, "-m", "recon", "-w", str(session.folder), "--wait", str(_STORE_WAIT_S), *more, *words]
    book.note(f"recon {' '.join(words)}")
    done = subprocess.run(  # noqa: S603 - our own command
        line,
        check=False,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        errors="replace",
        env={**os.environ, "PYTHONUTF8": "1"},
    )
    for text in (done.stdout, done.stderr):
        book.note("".join(f"  {line}\n" for line in text.splitlines()))
    if not done.returncode:
        return 0
    printing.complaint(done.stderr.rstrip("\n") or f"recon {' '.join(words)}: exit code {done.returncode}")
    if done.returncode < 0:
        return 128 - done.returncode
    # A step is never asked to judge the differences (1), so 1 is Python's own code for an error nobody foresaw.
    return CRASHED if done.returncode == 1 else done.returncode


def add_to(app: typer.Typer) -> None:
    """Add this family's commands."""
    for function in (schedule, job):
        app.command(rich_help_panel=_PANEL)(command(function))
