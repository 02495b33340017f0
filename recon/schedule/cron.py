r"""Crontab lines of the jobs, ready for ``crontab -e``.

    7 * * * * /opt/recon/bin/recon -w /srv/books job hourly

cron mails what a job prints, and a job prints only what went wrong; the exit code says the same. ``%`` means a new line
to cron and is written ``\%``.
"""

from __future__ import annotations

import datetime as dt
import shlex
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from zoneinfo import ZoneInfo

from recon.schedule.jobs import HOURS_BEFORE, JOBS, Times

_LATEST_DAY = 5
_HEAD = """\
# recon: {folder}
# Install: recon schedule > recon.cron; then add it to what crontab -l prints, with crontab -e.
# Times are those of this machine's clock. What a job prints, cron mails: MAILTO=finance@example.com
# Secrets, for what is sent (a crontab is readable by its owner alone):
#   RECON_SMTP_USER=...  RECON_SMTP_PASSWORD=...  RECON_WECOM_REPORT_WEBHOOK=...
#   RECON_WECOM_WEBHOOK=...  RECON_SMS_TOKEN=...
"""


def lines(program: Sequence[str], folder: Path, when: Times, zone: str, *, machine: dt.tzinfo | None = None) -> str:
    """Return the lines for the workspace ``folder``, run by ``program`` (absolute).

    cron goes by the clock of the machine (``machine``; None: this one's), so the hours of the close, which are meant in
    the workspace's ``zone``, are written as that clock shows them.
    """
    fields: dict[str, list[str]] = {
        "hourly": [f"{when.hourly} * * * *"],
        "reminders": [f"{when.reminders} * * * *"],
        # Due from 72 hours before the end: the 26th at the earliest, the 25th elsewhere in the world.
        "month-end": ["0 * 25-31 * *"],
        "close": _on_the_clock(when, zone, machine),
    }
    more = {"month-end": f" (every hour of the last days: it is made once, {HOURS_BEFORE} hours before the end)"}
    parts = [_HEAD.format(folder=folder)]
    for job in JOBS:
        command = shlex.join([*program, "-w", str(folder), "job", job.name]).replace("%", "\\%")
        parts.append(f"\n# {job.about}{more.get(job.name, '')}\n")
        parts += [f"{field} {command}\n" for field in fields[job.name]]
    return "".join(parts)


def _on_the_clock(when: Times, zone: str, machine: dt.tzinfo | None) -> list[str]:
    """Time fields of the close: one line a day of the machine's clock; in summer time an hour earlier or later.

    What would fall on the last day of the month before is left away: cron does not know which day that is.
    """
    found: dict[tuple[int, int], list[int]] = defaultdict(list)
    for hour in when.close_hours:
        there = dt.datetime(2026, 1, when.close_day, hour, tzinfo=ZoneInfo(zone)).astimezone(machine)
        if there.day <= _LATEST_DAY:
            found[there.day, there.minute].append(there.hour)
    if not found:
        found[when.close_day, 0] = [0]
    return [f"{minute} {','.join(map(str, hours))} {day} * *" for (day, minute), hours in found.items()]
