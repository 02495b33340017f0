"""What runs without anyone remembering: the jobs, their lock and log, and the lines for cron and systemd.

jobs      which jobs there are, what each does, and when the month's last days begin
lock      one job at a time in a workspace
logbook   what each job did, in a file that does not grow for ever
cron      crontab lines
systemd   timers and services

Nothing here knows the store; the commands that a job runs are those that a person would type.
"""

from __future__ import annotations

from recon.schedule.jobs import HOURS_BEFORE, JOBS, Job, Times, month_end
from recon.schedule.lock import held
from recon.schedule.logbook import Logbook

__all__ = ["HOURS_BEFORE", "JOBS", "Job", "Logbook", "Times", "held", "month_end"]
