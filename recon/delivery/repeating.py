"""Trying again: only what failed, with pauses that double, as long as the other side asks where it does.

    attempt 1   failed (503)          pause 2 s
    attempt 2   failed (not reached)  pause 4 s
    attempt 3   sent

What is refused is not tried again, and what is uncertain only where the other side recognises a repeated message
(``is_idempotent``): a customer who gets no reminder is better served than one who gets two.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field

from recon.delivery.answer import Answer, Outcome


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """How often and how long to try."""

    attempts: int = 4
    pause_s: float = 2
    """Before the second attempt; doubled before each further one."""
    longest_s: float = 60
    sleep: Callable[[float], None] = field(default=time.sleep)


def repeated(send: Callable[[], Answer], patience: Patience, *, is_idempotent: bool = False) -> tuple[Answer, int]:
    """Send until it is accepted or nothing is to be hoped for; returns the last answer and the number of attempts."""
    pause_s = patience.pause_s
    attempt = 1
    while True:
        answer = send()
        again = answer.outcome is Outcome.FAILED or (is_idempotent and answer.outcome is Outcome.UNCERTAIN)
        if not again or attempt >= patience.attempts:
            return answer, attempt
        patience.sleep(min(max(pause_s, answer.wait_s), patience.longest_s))
        pause_s *= 2
        attempt += 1
