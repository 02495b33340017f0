"""All figures of the documents of one period, in one tree of frozen records (``computing.compute`` fills it).

Nothing downstream computes: a chart, the sentence beside it and the table under it read the same record, in the same
order. ``to_json`` prints the tree for tests and for other programs. Amounts are integers of minor units, shares are
pairs of integers; amounts of several currencies are added only as base-currency equivalents at the last known day
rate of the period (``rates``), and what has no rate is listed in ``unconverted`` instead of being added as something
else.

Definitions, printed in the report as well:

    compared      rows of the order book that the order leg compares, plus channel rows that no order explains
    rate          breaks of the order leg / compared
    auto-match    rows matched by the program / rows in scope, over all legs, items in transit left out
    accuracy      of a channel: rows matched without a break / rows compared, items in transit left out
    score         0.3 auto-match + 0.3 rate + 0.2 unexplained + 0.2 payouts on time; each part is 100 when nothing is
                  wrong, 85 when its target is just met, and falls in proportion from there to 0
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
from dataclasses import dataclass
from typing import Final

from recon import money
from recon.differences.proofs import Residual
from recon.report.bridge import Bridge

MILLION: Final = 1_000_000


@dataclass(frozen=True, slots=True)
class Rate:
    """Rate at which a currency is shown in base currency."""

    currency: str
    rate_e8: int
    day: dt.date
    origin: str


@dataclass(frozen=True, slots=True)
class Share:
    """A part of a whole; ``part`` and ``whole`` are counts."""

    part: int
    whole: int

    @property
    def ppm(self) -> int:
        """Parts per million, half up; 0 when there is no whole."""
        return money.half_up(self.part * MILLION, self.whole) if self.whole else 0


@dataclass(frozen=True, slots=True)
class Part:
    """One part of the health score: its points (0..100), its weight in per cent, and the share it judges."""

    key: str
    points: int
    weight: int
    share: Share
    target_ppm: int


@dataclass(frozen=True, slots=True)
class Month:
    """One point of the trend."""

    period: str
    rate: Share


@dataclass(frozen=True, slots=True)
class History:
    """A headline figure with its values in earlier periods (oldest first, the present last)."""

    key: str
    values: tuple[int, ...]

    @property
    def now(self) -> int:
        """Value of this period."""
        return self.values[-1]

    @property
    def before(self) -> int | None:
        """Value of the period before, None in the first period."""
        return self.values[-2] if len(self.values) > 1 else None


@dataclass(frozen=True, slots=True)
class Cause:
    """Breaks of one code on one leg. ``base_minor`` is the sum of absolute amounts in base currency."""

    leg: str
    code: str
    count: int
    base_minor: int
    channel: str
    """The channel with most of the money."""
    channel_base_minor: int


@dataclass(frozen=True, slots=True)
class Cell:
    """One field of the channel x cause matrix."""

    channel: str
    leg: str
    code: str
    count: int
    base_minor: int


@dataclass(frozen=True, slots=True)
class ChannelFigures:
    """One channel: how exactly it agrees with the orders, and how much money that is."""

    channel: str
    accuracy: Share
    before_ppm: int | None
    waiting: int
    gross_base_minor: int
    breaks: int
    break_base_minor: int


@dataclass(frozen=True, slots=True)
class AgeClass:
    """Open breaks whose age in days lies between ``first`` and ``last`` (None: no end)."""

    first: int
    last: int | None
    count: int
    base_minor: int


@dataclass(frozen=True, slots=True)
class Timing:
    """Items of one kind that are expected to clear on one day."""

    leg: str
    code: str
    channel: str
    currency: str
    clears_on: dt.date | None
    count: int
    delta_minor: int


@dataclass(frozen=True, slots=True)
class Large:
    """One of the largest differences."""

    diff_id: str
    leg: str
    code: str
    channel: str
    order_no: str
    reference: str
    batch_no: str
    currency: str
    delta_minor: int
    base_minor: int
    age_days: int
    state: str
    evidence: str


@dataclass(frozen=True, slots=True)
class Conserved:
    """What became of the rows of one book on one leg: rows = matched + open + excluded + lost, and lost must be 0."""

    leg: str
    side: str
    book: str
    rows: int
    matched: int
    open: int
    excluded: int
    money: tuple[tuple[str, int, int], ...]
    """Currency, amount_minor of all rows, and the part that is neither matched, open nor excluded."""

    @property
    def lost(self) -> int:
        """Rows without a stated fate."""
        return self.rows - self.matched - self.open - self.excluded


@dataclass(frozen=True, slots=True)
class ShippingKind:
    """Findings of one kind about shipments: their number, and the sum of their orders by currency."""

    kind: str
    count: int
    amounts: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class ShippingFigures:
    """发货真实性: what was looked at in the period, and what does not go together."""

    parcels: int
    orders: int
    audit: int
    """Parcels in the audit queue."""
    kinds: tuple[ShippingKind, ...]
    not_judged: int
    """Parcels and orders about which the files loaded cannot tell."""


@dataclass(frozen=True, slots=True)
class Figures:
    """Everything the documents of one period say."""

    period: str
    first: dt.date
    last: dt.date
    as_of_s: int
    base_currency: str
    rates: tuple[Rate, ...]
    unconverted: tuple[str, ...]
    score: int
    parts: tuple[Part, ...]
    trend: tuple[Month, ...]
    kpis: tuple[History, ...]
    rate: Share
    match: Share
    breaks: int
    break_base_minor: int
    timing_count: int
    unexplained_base_minor: int
    residual_base_minor: int
    causes: tuple[Cause, ...]
    channels: tuple[ChannelFigures, ...]
    matrix: tuple[Cell, ...]
    bridges: tuple[Bridge, ...]
    ages: tuple[AgeClass, ...]
    timing: tuple[Timing, ...]
    largest: tuple[Large, ...]
    conservation: tuple[Conserved, ...]
    residuals: tuple[Residual, ...]
    audit: tuple[int, str]
    """Last entry of the audit chain, number and hash; (0, "") when nothing was ever decided. Closing and opening again
    are no decisions: a month closed twice prints the same."""
    shipping: ShippingFigures | None = None
    """None: no parcels are loaded."""

    def kpi(self, key: str) -> History:
        """Return the headline figure of this name."""
        return next(kpi for kpi in self.kpis if kpi.key == key)

    def to_json(self) -> str:
        """The tree as JSON, keys sorted; dates as ISO text."""
        return json.dumps(dataclasses.asdict(self), default=str, ensure_ascii=False, sort_keys=True, indent=1)
