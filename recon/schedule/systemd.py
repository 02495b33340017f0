"""systemd timers and services of the jobs, for ``~/.config/systemd/user`` (or /etc/systemd/system).

    # recon-demo-month-end.timer
    [Timer]
    OnCalendar=*-*~03 00:00:00 Asia/Shanghai
    Persistent=true

A timer carries the workspace's zone and can count days from the end of a month (``~03`` is the last but two), so that
72 hours before the end is said exactly. ``Persistent`` runs what was missed while the machine was off.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from recon.schedule.jobs import JOBS, Job, Times

_SERVICE = """\
[Unit]
Description=recon: {about} ({folder})

[Service]
Type=oneshot
ExecStart={command}
# RECON_SMTP_USER, RECON_SMTP_PASSWORD, RECON_WECOM_REPORT_WEBHOOK, RECON_WECOM_WEBHOOK, RECON_SMS_TOKEN
EnvironmentFile=-%h/.config/recon.env
"""
_TIMER = """\
[Unit]
Description=recon: {about} ({folder})

[Timer]
OnCalendar={calendar}
Persistent=true
AccuracySec=1s

[Install]
WantedBy=timers.target
"""


def units(program: Sequence[str], folder: Path, when: Times, zone: str) -> dict[str, str]:
    """Return the text of each unit by its file name."""
    found = {}
    for job in JOBS:
        words = {
            "about": _plain(job.about),
            "folder": _plain(str(folder)),
            "calendar": f"{_calendar(job, when)} {zone}",
            "command": " ".join(map(_quoted, [*program, "-w", str(folder), "job", job.name])),
        }
        name = f"recon-{_slug(folder)}-{job.name}"
        found[f"{name}.service"] = _SERVICE.format(**words)
        found[f"{name}.timer"] = _TIMER.format(**words)
    return found


def shown(found: dict[str, str]) -> str:
    """Return all units as one text, each under its file's name."""
    names = " ".join(name for name in found if name.endswith(".timer"))
    head = (
        "# Install: recon schedule --format systemd --out ~/.config/systemd/user\n"
        f"#          systemctl --user daemon-reload; systemctl --user enable --now {names}\n"
        "#          loginctl enable-linger    # so that they run while nobody is logged in\n"
    )
    return head + "".join(f"\n# {name}\n{text}" for name, text in found.items())


def _calendar(job: Job, when: Times) -> str:
    hours = ",".join(f"{hour:02d}" for hour in when.close_hours)
    return {
        "hourly": f"*-*-* *:{when.hourly:02d}:00",
        "reminders": f"*-*-* *:{when.reminders:02d}:00",
        "month-end": "*-*~03 00:00:00",
        "close": f"*-*-{when.close_day:02d} {hours}:00:00",
    }[job.name]


def _slug(folder: Path) -> str:
    """Short name of a workspace, so that those of two do not get into each other's way."""
    return re.sub(r"[^A-Za-z0-9]+", "-", folder.name).strip("-").lower() or "books"


def _plain(text: str) -> str:
    return text.replace("%", "%%").replace("\n", " ")


def _quoted(word: str) -> str:
    """One word of a command line as systemd reads it."""
    safe = word.replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%").replace("$", "$$")
    return f'"{safe}"' if safe != word or any(letter.isspace() or letter in "'\";" for letter in word) else word
