"""When the jobs run: every line of a whole year is evaluated, as cron and systemd would."""

from __future__ import annotations

import calendar
import datetime as dt
import itertools
import re
import shutil
import subprocess
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from cronsim import CronSim

from recon.errors import UsageError
from recon.schedule import JOBS, Times, cron, month_end, systemd

FOLDER = Path("/srv/云杉/books 100%")
PROGRAM = ["/opt/re con/bin/recon"]
SHANGHAI = "Asia/Shanghai"


def fields(text: str) -> dict[str, str]:
    """Return the five time fields of each job's crontab line."""
    found = [line for line in text.splitlines() if line and not line.startswith("#")]
    return {line.rsplit(" ", 1)[1]: " ".join(line.split(" ")[:5]) for line in found}


def printed(when: Times | None = None, machine: str = SHANGHAI) -> str:
    """Return the lines for a machine whose clock shows ``machine``."""
    return cron.lines(PROGRAM, FOLDER, when or Times(), SHANGHAI, machine=ZoneInfo(machine))


LINES = fields(printed())


def fires(job: str, year: int, zone: str = SHANGHAI) -> list[dt.datetime]:
    """Every moment of a year at which cron starts a job on a machine whose clock shows ``zone``."""
    start = dt.datetime(year, 1, 1, tzinfo=ZoneInfo(zone)) - dt.timedelta(minutes=1)
    end = dt.datetime(year + 1, 1, 1, tzinfo=ZoneInfo(zone))
    found = []
    for moment in CronSim(LINES[job], start):
        if moment >= end:
            return found
        found.append(moment)
    return found


def test_every_job_has_a_line() -> None:
    assert list(LINES) == [job.name for job in JOBS]


def test_the_hourly_run_is_hourly_and_reminders_follow_half_an_hour_later() -> None:
    runs, reminders = fires("hourly", 2026), fires("reminders", 2026)
    assert len(runs) == len(reminders) == 365 * 24
    assert {moment.minute for moment in runs} == {7}
    assert {moment.minute for moment in reminders} == {37}
    assert fields(printed(Times(hourly=45)))["reminders"] == "15 * * * *"


@pytest.mark.parametrize("year", [2026, 2027, 2028])
@pytest.mark.parametrize("machine", [SHANGHAI, "UTC", "America/Los_Angeles", "Pacific/Kiritimati"])
def test_the_month_end_list_is_made_72_hours_before_the_end_of_every_month(year: int, machine: str) -> None:
    """The first start at which the job finds itself due is the one that makes the list."""
    zone = ZoneInfo(SHANGHAI)
    made: dict[str, dt.datetime] = {}
    for moment in fires("month-end", year, machine):
        period, is_due = month_end(int(moment.timestamp()), SHANGHAI)
        if is_due and period not in made:
            made[period] = moment.astimezone(zone)
    expected = {}
    for month in range(1, 13):
        last = calendar.monthrange(year, month)[1]
        expected[f"{year}-{month:02d}"] = dt.datetime(year, month, last - 2, tzinfo=zone)
    assert {period: made[period] for period in expected} == expected


def test_the_last_72_hours_begin_on_the_26th_of_an_ordinary_february_and_the_27th_of_a_leap_year() -> None:
    def due(text: str) -> bool:
        return month_end(int(dt.datetime.fromisoformat(text).timestamp()), SHANGHAI)[1]

    assert [due("2026-02-25T23:59:59+08:00"), due("2026-02-26T00:00:00+08:00")] == [False, True]
    assert [due("2028-02-26T23:59:59+08:00"), due("2028-02-27T00:00:00+08:00")] == [False, True]
    assert [due("2026-02-28T23:59:59+08:00"), due("2026-03-01T00:00:00+08:00")] == [True, False]
    assert month_end(int(dt.datetime.fromisoformat("2026-12-31T23:00:00+08:00").timestamp()), SHANGHAI) == (
        "2026-12",
        True,
    )


@pytest.mark.parametrize("machine", [SHANGHAI, "UTC", "America/Bogota", "Asia/Kolkata", "Pacific/Kiritimati"])
def test_the_close_is_tried_three_times_on_the_4th_of_the_workspace_whatever_the_machines_clock(machine: str) -> None:
    zone = ZoneInfo(machine)
    start, end = dt.datetime(2027, 12, 20, tzinfo=zone), dt.datetime(2028, 12, 20, tzinfo=zone)
    found = []
    for line in printed(machine=machine).splitlines():
        if line.endswith(" job close"):
            found += _until(CronSim(" ".join(line.split(" ")[:5]), start), end)
    there = sorted(moment.astimezone(ZoneInfo(SHANGHAI)) for moment in found)
    assert [(moment.month, moment.day, moment.hour, moment.minute) for moment in there] == [
        (month, 4, hour, 0) for month in range(1, 13) for hour in (6, 12, 18)
    ]


@pytest.mark.parametrize(
    ("machine", "expected"), [("UTC", ["0 4,10 1 * *"]), (SHANGHAI, ["0 6,12,18 1 * *"]), ("Etc/GMT+12", ["0 0 1 * *"])]
)
def test_a_close_on_the_1st_never_falls_into_the_month_before(machine: str, expected: list[str]) -> None:
    lines = [line for line in printed(Times(close_day=1), machine).splitlines() if line.endswith(" job close")]
    assert [" ".join(line.split(" ")[:5]) for line in lines] == expected


def _until(moments: CronSim, end: dt.datetime) -> list[dt.datetime]:
    return list(itertools.takewhile(lambda moment: moment < end, moments))


@pytest.mark.parametrize("wrong", [{"hourly": 60}, {"hourly": -1}, {"close_day": 5}, {"close_day": 0}])
def test_times_that_there_are_not_are_refused(wrong: dict[str, int]) -> None:
    with pytest.raises(UsageError):
        Times(**wrong)


def test_what_cron_would_read_as_a_new_line_is_escaped() -> None:
    text = printed()
    (line,) = [line for line in text.splitlines() if line.endswith("job hourly")]
    assert line == "7 * * * * '/opt/re con/bin/recon' -w '/srv/云杉/books 100\\%' job hourly"


# ------------------------------------------------------------------------------------------------ systemd


def test_systemd_has_a_timer_and_a_service_for_every_job() -> None:
    units = systemd.units(PROGRAM, FOLDER, Times(), SHANGHAI)
    assert set(units) == {f"recon-books-100-{job.name}.{kind}" for job in JOBS for kind in ("service", "timer")}
    assert (
        'ExecStart="/opt/re con/bin/recon" -w "/srv/云杉/books 100%%" job close\n'
        in units["recon-books-100-close.service"]
    )
    assert "OnCalendar=*-*~03 00:00:00 Asia/Shanghai\n" in units["recon-books-100-month-end.timer"]
    assert all("Persistent=true" in text for name, text in units.items() if name.endswith(".timer"))
    whole = systemd.shown(units)
    assert all(f"# {name}\n{text}" in whole for name, text in units.items())


needs_systemd = pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="there is no systemd-analyze here")


@needs_systemd
def test_systemd_accepts_the_units(tmp_path: Path) -> None:
    program = tmp_path / "re con"
    program.write_text("#!/bin/sh\n", encoding="utf-8")
    program.chmod(0o755)
    units = systemd.units([str(program)], FOLDER, Times(), SHANGHAI)
    for name, text in units.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    line = ["systemd-analyze", "--user", "verify", *(tmp_path / name for name in units)]
    done = subprocess.run(
        line, check=False, capture_output=True, text=True, env={"HOME": str(tmp_path), "XDG_RUNTIME_DIR": str(tmp_path)}
    )
    assert (done.returncode, [line for line in done.stderr.splitlines() if "recon-" in line]) == (0, [])


@needs_systemd
def test_systemd_runs_them_when_they_are_due() -> None:
    timers = systemd.units(PROGRAM, FOLDER, Times(), SHANGHAI)

    def elapses(job: str, since: str, number: int) -> list[str]:
        found = re.search(r"^OnCalendar=(.*)$", timers[f"recon-books-100-{job}.timer"], re.MULTILINE)
        assert found
        line = ["systemd-analyze", "calendar", f"--base-time={since}", f"--iterations={number}", found[1]]
        done = subprocess.run(line, check=True, capture_output=True, text=True, env={"TZ": SHANGHAI, "LC_ALL": "C"})
        # The first moment stands behind "Next elapse:", the others behind "Iter. #2:" and so on.
        return re.findall(r"^ *(?:Next elapse|Iter[^:]*): \w+ ([0-9-]+ [0-9:]+)", done.stdout, re.MULTILINE)

    assert elapses("month-end", "2027-12-30 00:00:00", 12) == [
        f"2028-{month:02d}-{calendar.monthrange(2028, month)[1] - 2} 00:00:00" for month in range(1, 13)
    ]
    assert elapses("month-end", "2026-02-01 00:00:00", 1) == ["2026-02-26 00:00:00"]
    assert elapses("close", "2026-03-01 00:00:00", 3) == [f"2026-03-04 {hour}:00:00" for hour in ("06", "12", "18")]
    assert elapses("hourly", "2026-03-01 00:00:00", 2) == ["2026-03-01 00:07:00", "2026-03-01 01:07:00"]
