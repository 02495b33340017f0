r"""Crontab lines of the jobs, ready for ``crontab -e``.

    7 * * * * /opt/recon/bin/recon -w /srv/books job hourly

cron mails what a job prints, and a job prints only what went wrong; the exit code says the same. ``%`` means a new line
to cron and is written ``\%``.
"""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from pathlib import Path

from recon.schedule.jobs import HOURS_BEFORE, JOBS, Times

_HEAD = """\
# recon: {folder}
# Install: recon schedule > recon.cron; then add it to what crontab -l prints, with crontab -e.
# Times are those of this machine's clock. What a job prints, cron mails: MAILTO=finance@example.com
# Secrets, for what is sent (a crontab is readable by its owner alone):
#   RECON_SMTP_USER=...  RECON_SMTP_PASSWORD=...  RECON_WECOM_REPORT_WEBHOOK=...
#   RECON_WECOM_WEBHOOK=...  RECON_SMS_TOKEN=...
"""


def lines(program: Sequence[str], folder: Path, when: Times) -> str:
    """Return the lines for the workspace ``folder``, run by ``program`` (absolute)."""
    hours = ",".join(map(str, when.close_hours))
    fields = {
        "hourly": f"{when.hourly} * * * *",
        "reminders": f"{when.reminders} * * * *",
        # Due from 72 hours before the end: the 26th at the earliest, the 25th elsewhere in the world.
        "month-end": "0 * 25-31 * *",
        "close": f"0 {hours} {when.close_day} * *",
    }
    more = {"month-end": f" (every hour of the last days: it is made once, {HOURS_BEFORE} hours before the end)"}
    parts = [_HEAD.format(folder=folder)]
    for job in JOBS:
        command = shlex.join([*program, "-w", str(folder), "job", job.name]).replace("%", "\\%")
        parts.append(f"\n# {job.about}{more.get(job.name, '')}\n{fields[job.name]} {command}\n")
    return "".join(parts)
