"""What came of a message.

    sent        the other side has accepted it
    refused     it has not, and will not when asked again
    failed      it has not, and may later
    uncertain   it may have

Apart from what sends: every command loads the settings of delivery, few send anything, and what speaks HTTP and SMTP
takes longer to load than the rest of the settings together.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

SHOWN: Final = 200
"""Characters of an answer that are kept."""
_DIGITS: Final = re.compile(r"(?<!\d)(\d{3})\d{4,12}(\d{4})(?!\d)")


class Outcome(StrEnum):
    """What came of a message."""

    SENT = "sent"
    REFUSED = "refused"
    FAILED = "failed"
    UNCERTAIN = "uncertain"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What the other side said, in words that may be logged."""

    outcome: Outcome
    said: str
    """Status and beginning of the answer, long numbers masked; or why there is none."""
    body: str = ""
    """The answer as it came."""
    wait_s: int = 0
    """The other side asks to be left alone for this long; 0: it does not say."""


def shown(text: str) -> str:
    """Beginning of an answer on one line, its long numbers masked: a gateway likes to repeat the telephone number."""
    return _DIGITS.sub(r"\1****\2", " ".join(text.split()))[:SHOWN]
