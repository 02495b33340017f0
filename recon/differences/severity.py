"""How much a difference matters: by the money at stake or by its age, whichever says more.

    high      at least ``high_minor``, or at least ``high_days`` old
    medium    at least ``medium_minor``, or at least ``medium_days`` old
    low       everything else, and every timing item: it clears by itself on its day

The money at stake is the amount that is apart, or, where none is (another state, another period), the amount that it is
about; foreign money at the newest published rate that is no later than its day, else the oldest there is, and as it
stands when no rate is known. Only compared, never rounded: both sides of the comparison are integers.
"""

from __future__ import annotations

import datetime as dt
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from recon.differences.settings import Settings

E8: Final = 10**8


class Severity(StrEnum):
    """Grades, gravest first."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


class Grader:
    """Grades differences of one judgement.

    ``rates``: (day, currency, base currency, base units per one unit times 10^8).
    """

    def __init__(self, settings: Settings, as_of: dt.date, rates: Iterable[tuple[dt.date, str, str, int]]) -> None:
        self._settings = settings
        self._as_of = as_of
        self._rates: dict[str, list[tuple[dt.date, int]]] = defaultdict(list)
        for day, currency, base, rate in sorted(rates):
            if base == settings.base_currency:
                self._rates[currency].append((day, rate))

    def grade(self, row: Mapping[str, Any]) -> Severity:
        """Grade one difference: kind, currency, left_minor, right_minor, delta_minor, business_date."""
        if row["kind"] == "timing":
            return Severity.LOW
        stake = abs(row["delta_minor"]) or max(abs(row["left_minor"] or 0), abs(row["right_minor"] or 0))
        worth = stake * self._rate(row["currency"], row["business_date"])
        age = (self._as_of - row["business_date"]).days
        for severity, minor, days in (
            (Severity.HIGH, self._settings.high_minor, self._settings.high_days),
            (Severity.MEDIUM, self._settings.medium_minor, self._settings.medium_days),
        ):
            if worth >= minor * E8 or age >= days:
                return severity
        return Severity.LOW

    def _rate(self, currency: str, day: dt.date) -> int:
        known = self._rates.get(currency)
        if currency == self._settings.base_currency or not known:
            return E8
        return known[max(bisect_right(known, day, key=lambda pair: pair[0]) - 1, 0)][1]
