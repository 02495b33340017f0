"""The jobs of a workspace and when they run.

    hourly      recon run                                          every hour
    reminders   recon reminders                                    every hour, half an hour later
    month-end   recon report overdue --period this-month           once, from 72 hours before the month ends
    close       recon close last-month, then the report is sent    on the 4th, tried thrice; what is done is done

cron cannot say "72 hours before the end of the month". So its line runs every hour of the last days, and the job itself
knows whether it is due (:func:`month_end`) and whether it has been done: right in every month and every zone, and it is
caught up on after a night without power.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from recon import times
from recon.errors import UsageError

HOURS_BEFORE: Final = 72
_LAST_DAY_OF_CLOSE: Final = 4
_MINUTES: Final = 60
_HALF: Final = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One job."""

    name: str
    about: str
    wait_s: int
    """How long it waits for another job to end. The hourly one does not: the next hour comes by itself."""


JOBS: Final = (
    Job(name="hourly", about="load the inbox and match", wait_s=0),
    Job(name="reminders", about="remind customers who have not confirmed", wait_s=1_500),
    Job(name="month-end", about=f"the overdue list, {HOURS_BEFORE} hours before the month ends", wait_s=1_800),
    Job(name="close", about="close last month, and send the health report", wait_s=7_200),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Times:
    """When the jobs run; hours and days are those of the workspace's zone."""

    hourly: int = 7
    """Minute of the hour."""
    close_day: int = 4
    close_hours: tuple[int, ...] = (6, 12, 18)

    def __post_init__(self) -> None:
        """Refuse times that there are not. Raises UsageError."""
        if not 0 <= self.hourly < _MINUTES:
            raise UsageError(f"{self.hourly} is no minute", place="--hourly", remedy="0 to 59")
        if not 1 <= self.close_day <= _LAST_DAY_OF_CLOSE:
            raise UsageError(
                f"{self.close_day} is not before the 5th",
                place="--close-day",
                remedy="1 to 4",
            )

    @property
    def reminders(self) -> int:
        """Minute of the hour at which customers are reminded."""
        return (self.hourly + _HALF) % _MINUTES


def month_end(now_s: int, zone: str) -> tuple[str, bool]:
    """Return the month that ``now_s`` lies in, and whether its last 72 hours have begun."""
    period = times.month_of(times.local_date(now_s, zone))
    end_s = times.parse_moment(f"{times.month_after(period)}-01T00:00:00", zone)
    return period, now_s >= end_s - HOURS_BEFORE * 3_600
