"""Days on which banks and channels work, and the day on which a payout is due.

Public holidays come from the ``holidays`` library, China's make-up workdays (the State Council's yearly notice) among
them. A calendar is named by a country (``CN``, ``US``), a part of one (``GB-ENG``, ``US-NY``), or a market (``ECB``:
the TARGET days of the euro); where a country knows bank holidays beside the public ones, they count. ``US+CN`` works
when both do: what leaves an American bank on a Chinese holiday does not arrive.

The notice of a year appears in the autumn before. What the library does not know yet, a workspace adds itself:

    [calendar.off]
    CN = ["2027-02-05..2027-02-11", "2027-10-01..2027-10-07"]
    [calendar.working]
    CN = ["2027-02-20"]

``due_date(day, 1, working=True)`` is the first day on which a payout of T+1 working days may be expected.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    import holidays

_DAY: Final = dt.timedelta(days=1)
_WEEKEND: Final = 5
_USUAL: Final = frozenset({"CN", "US"})
"""Countries of the contracts that recon brings: known without loading the library."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Calendar:
    """Working days by country: the library's, less ``off``, plus ``working`` (country -> days)."""

    off: Mapping[str, tuple[dt.date, ...]] = field(default_factory=dict)
    working: Mapping[str, tuple[dt.date, ...]] = field(default_factory=dict)

    def is_working_day(self, date: dt.date, country: str = "CN") -> bool:
        """Tell whether banks and channels of ``country`` work on that day. Raises ValueError for one that is none."""
        return all(self._works(date, one) for one in country.split("+"))

    def _works(self, date: dt.date, country: str) -> bool:
        if date in self.working.get(country, ()):
            return True
        return date not in self.off.get(country, ()) and bool(_library(country).is_working_day(date))

    def add_working_days(self, date: dt.date, count: int, country: str = "CN") -> dt.date:
        """Return the ``count``-th working day after ``date`` (0: the date itself)."""
        result = date
        while count > 0:
            result += _DAY
            count -= self.is_working_day(result, country)
        return result

    def due_date(self, date: dt.date, lag: int, *, working: bool, country: str = "CN") -> dt.date:
        """Day on which the payout of the trade day ``date`` is due under T+``lag`` (natural or working days)."""
        return self.add_working_days(date, lag, country) if working else date + dt.timedelta(days=lag)

    def knows(self, year: int, country: str = "CN") -> bool:
        """Tell whether the make-up workdays of ``year`` are known, where the country has any (China).

        Every year since 2007 has had some, so a year without one is a year whose notice is not known.
        """
        if "CN" not in country.split("+"):
            return True
        if any(day.year == year for day in self.working.get("CN", ())):
            return True
        days = (dt.date(year, 1, 1) + _DAY * number for number in range(365))
        return any(day.weekday() >= _WEEKEND and _library("CN").is_working_day(day) for day in days)


@lru_cache(maxsize=64)
def _library(country: str) -> holidays.HolidayBase:
    import holidays  # noqa: PLC0415 - every command loads the settings, and few of them count working days

    if country in _markets():
        return holidays.financial_holidays(country)
    code, _, part = country.partition("-")
    try:
        found = getattr(holidays, code)
        categories = tuple(name for name in ("public", "bank") if name in found.supported_categories)
        return holidays.country_holidays(code, subdiv=part or None, categories=categories)
    except (AttributeError, NotImplementedError):
        msg = f'"{country}" is no country (CN, US), part of one (GB-ENG) or market (ECB) whose holidays are known'
        raise ValueError(msg) from None


# The registry tells the names; to ask the library itself loads all countries that there are.
@lru_cache(maxsize=1)
def _codes() -> frozenset[str]:
    from holidays.registry import COUNTRIES, FINANCIAL  # noqa: PLC0415 - as in _library

    named = (*FINANCIAL.values(), *COUNTRIES.values())
    return frozenset(code for names in named for code in names[1:] if code.isupper())


@lru_cache(maxsize=1)
def _markets() -> frozenset[str]:
    from holidays.registry import FINANCIAL  # noqa: PLC0415 - as in _library

    return frozenset(code for names in FINANCIAL.values() for code in names[1:] if code.isupper())


def check_country(country: str) -> None:
    """Raise ValueError when ``country`` names no calendar."""
    for one in country.split("+"):
        if one not in _USUAL and one not in _codes():
            _library(one)


def days(texts: Iterable[str]) -> tuple[dt.date, ...]:
    """Read days as settings write them: ``2027-02-05``, or from one to another ``2027-02-05..2027-02-11``; sorted.

    Raises ValueError when a text is neither.
    """
    found: set[dt.date] = set()
    for text in texts:
        first, dots, last = text.partition("..")
        start = dt.date.fromisoformat(first.strip())
        end = dt.date.fromisoformat(last.strip()) if dots else start
        if end < start:
            msg = f"{text} ends before it begins"
            raise ValueError(msg)
        found.update(start + _DAY * number for number in range((end - start).days + 1))
    return tuple(sorted(found))
