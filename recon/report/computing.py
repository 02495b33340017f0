"""From the store to :class:`Figures`: every number of the documents, once.

The sums are SQL (``sql/*.sql``, one question each); what is done here is small: shares, ranks, base-currency
equivalents. Definitions stand at the top of ``figures``.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import polars as pl

from recon import money, times
from recon.differences import proofs
from recon.report import bridge
from recon.report.bridge import Books, select
from recon.report.figures import (
    MILLION,
    AgeClass,
    Cause,
    Cell,
    ChannelFigures,
    Conserved,
    Figures,
    History,
    Large,
    Month,
    Part,
    Rate,
    Share,
    ShippingFigures,
    Timing,
)
from recon.report.settings import Settings
from recon.store import Store, journal

MONTHS: Final = 12
AGES: Final = (7, 15, 30, 60)
"""Last day of each age class but the open one."""
WEIGHTS: Final = {"match": 30, "rate": 30, "unexplained": 20, "payout": 20}
TARGET_LATE_PPM: Final = 20_000
"""Payouts late or short, of those due: 2 %."""


@dataclass(frozen=True, slots=True)
class Exchange:
    """Base-currency equivalents."""

    base_currency: str
    rates: dict[str, int]

    def base(self, minor: int, currency: str) -> int:
        """Equivalent in minor units of the base currency, half up; 0 for a currency without a rate."""
        if currency == self.base_currency:
            return minor
        shift = money.exponent(self.base_currency) - money.exponent(currency)
        numerator = minor * self.rates.get(currency, 0) * 10 ** max(shift, 0)
        return money.half_up(numerator, money.RATE_SCALE * 10 ** max(-shift, 0))


def compute(
    store: Store, settings: Settings, *, period: str, as_of_s: int, shipping: ShippingFigures | None = None
) -> Figures:
    """Compute all figures of ``period`` (``YYYY-MM``) as they stood at ``as_of_s`` (UTC epoch seconds).

    ``shipping`` is taken over as it is.

    Reads canon, match, diff and meta.metric; writes nothing. Raises ValueError when ``period`` is no month.
    """
    first, last = times.month_bounds(period)
    params: dict[str, object] = {
        "first": first,
        "last": last,
        "period": period,
        "since": _months_before(period, MONTHS - 1),
        "base_currency": settings.base_currency,
        "repeat_reasons": list(settings.repeat_reasons),
        "most": settings.largest,
    }
    rates = tuple(Rate(*row) for row in select(store, "rates", params))
    exchange = Exchange(settings.base_currency, {rate.currency: rate.rate_e8 for rate in rates})
    names = ("orders", "movements", "receipts", "differences", "across")
    books = Books(*(select(store, name, params) for name in names))
    scope = [_Scope(*row) for row in select(store, "scope", params)]
    earlier = _Earlier(select(store, "metrics", params))

    currencies = books.currencies() | {row[4] for row in books.differences}
    orders = {c: exchange.base(sum(abs(row[3]) for row in books.orders if row[1] == c), c) for c in currencies}
    ordered = sorted(currencies, key=lambda c: (c != settings.base_currency, -orders[c], c))
    bridges = tuple(bridge.build(books, currency) for currency in ordered)
    matrix = _matrix(books, exchange)
    causes = _causes(matrix)
    rate = _difference_rate(books, scope)
    match = Share(sum(s.matched for s in scope), sum(s.row_count - s.excluded - s.in_transit for s in scope))
    residual = sum(abs(exchange.base(found.residual_minor, found.currency)) for found in bridges)
    unexplained = residual + sum(cause.base_minor for cause in causes if cause.code == "UNEXPLAINED")
    break_base = sum(cause.base_minor for cause in causes)
    batches, in_transit, late = select(store, "payouts", params)[0]
    parts = (
        _part("match", Share(match.whole - match.part, match.whole), MILLION - settings.target_match_ppm),
        _part("rate", rate, settings.target_rate_ppm),
        _part("unexplained", Share(unexplained, break_base + residual), settings.target_unexplained_ppm),
        _part("payout", Share(late, max(batches - in_transit, late)), TARGET_LATE_PPM),
    )
    now = {
        "order_base": sum(exchange.base(row[3], row[1]) for row in books.orders),
        "bank_base": sum(exchange.base(row[3], row[1]) for row in books.receipts),
        "rate": rate.ppm,
        "break_base": break_base,
        "match": match.ppm,
        "residual_base": residual,
    }
    return Figures(
        period=period,
        first=first,
        last=last,
        as_of_s=as_of_s,
        base_currency=settings.base_currency,
        rates=rates,
        unconverted=tuple(c for c in ordered if c != settings.base_currency and c not in exchange.rates),
        score=money.half_up(sum(part.points * part.weight for part in parts), 100),
        parts=parts,
        trend=(*earlier.trend(), Month(period, rate)),
        kpis=tuple(History(key, (*earlier.kpi(key), value)) for key, value in now.items()),
        rate=rate,
        match=match,
        breaks=sum(cause.count for cause in causes),
        break_base_minor=break_base,
        timing_count=sum(row[6] for row in books.differences if row[2] == "timing"),
        unexplained_base_minor=unexplained,
        residual_base_minor=residual,
        causes=causes,
        channels=_channels(books, scope, matrix, exchange, earlier),
        matrix=matrix,
        bridges=bridges,
        ages=_ages(select(store, "ageing", params), exchange, times.local_date(as_of_s, settings.zone)),
        timing=tuple(Timing(*row) for row in select(store, "timing", params)),
        largest=_largest(store, params, settings, exchange, as_of_s),
        conservation=_conservation(scope),
        residuals=tuple(proofs.residuals(store, period)),
        audit=journal.head(store, beside=("lock", "reopen")),
        shipping=shipping,
    )


def metrics(figures: Figures) -> pl.DataFrame:
    """Return rows for ``meta.metric`` (period, name, currency, channel, value) that a later period's trend reads.

    The close appends them; all values are counts or minor units.
    """
    rows: list[tuple[str, str, str, str, int]] = [
        (figures.period, "compared", "", "", figures.rate.whole),
        (figures.period, "breaks", "", "", figures.rate.part),
        (figures.period, "scoped", "", "", figures.match.whole),
        (figures.period, "matched", "", "", figures.match.part),
        *((figures.period, kpi.key, figures.base_currency, "", kpi.now) for kpi in figures.kpis),
        *((figures.period, "residual", b.currency, "", b.residual_minor) for b in figures.bridges),
        *((figures.period, "channel_compared", "", c.channel, c.accuracy.whole) for c in figures.channels),
        *((figures.period, "channel_clean", "", c.channel, c.accuracy.part) for c in figures.channels),
    ]
    schema = {"period": pl.String, "name": pl.String, "currency": pl.String, "channel": pl.String, "value": pl.Int64}
    return pl.DataFrame(rows, schema=schema, orient="row")


@dataclass(frozen=True, slots=True)
class _Scope:
    """One row of scope.sql."""

    leg: str
    side: str
    book: str
    channel: str
    currency: str
    row_count: int
    excluded: int
    matched: int
    open: int
    broken: int
    waiting: int
    clean: int
    in_transit: int
    amount_minor: int
    excluded_minor: int
    matched_minor: int
    open_minor: int


class _Earlier:
    """Figures of earlier periods from meta.metric."""

    def __init__(self, rows: Sequence[tuple[Any, ...]]) -> None:
        self._values: dict[tuple[str, str, str], int] = {(row[0], row[1], row[3]): row[4] for row in rows}
        self._periods = sorted({row[0] for row in rows if row[1] == "compared"})

    def trend(self) -> list[Month]:
        return [
            Month(p, Share(self._values.get((p, "breaks", ""), 0), self._values[p, "compared", ""]))
            for p in self._periods
        ]

    def kpi(self, key: str) -> list[int]:
        return [self._values[p, key, ""] for p in self._periods if (p, key, "") in self._values]

    def accuracy(self, channel: str) -> int | None:
        if not self._periods:
            return None
        last = self._periods[-1]
        whole = self._values.get((last, "channel_compared", channel), 0)
        return Share(self._values.get((last, "channel_clean", channel), 0), whole).ppm if whole else None


def _months_before(period: str, count: int) -> str:
    months = int(period[:4]) * 12 + int(period[5:]) - 1 - count
    return f"{months // 12:04d}-{months % 12 + 1:02d}"


def _part(key: str, wrong: Share, target_ppm: int) -> Part:
    """Judge the share of what is wrong: 100 points at none, 85 at the target, in proportion down to 0."""
    lost = money.half_up(15 * wrong.ppm, target_ppm) if wrong.whole else 0
    return Part(key, max(0, 100 - lost), WEIGHTS[key], wrong, target_ppm)


def _difference_rate(books: Books, scope: list[_Scope]) -> Share:
    breaks = sum(row[6] for row in books.differences if row[0] == "order_channel" and row[2] == "break")
    leg = [s for s in scope if s.leg == "order_channel"]
    orders = sum(s.row_count - s.excluded for s in leg if s.side == "left")
    return Share(breaks, orders + sum(s.open for s in leg if s.side == "right"))


def _matrix(books: Books, exchange: Exchange) -> tuple[Cell, ...]:
    """Breaks by channel, leg and code, largest first."""
    sums: dict[tuple[str, str, str], list[int]] = defaultdict(lambda: [0, 0])
    for leg, code, kind, channel, currency, _, number, _, size in books.differences:
        if kind == "break":
            sums[channel, leg, code][0] += number
            sums[channel, leg, code][1] += exchange.base(size, currency)
    cells = [Cell(*key, *value) for key, value in sums.items()]
    return tuple(sorted(cells, key=lambda c: (-c.base_minor, -c.count, c.channel, c.leg, c.code)))


def _causes(matrix: tuple[Cell, ...]) -> tuple[Cause, ...]:
    grouped: dict[tuple[str, str], list[Cell]] = defaultdict(list)
    for cell in matrix:
        grouped[cell.leg, cell.code].append(cell)
    causes = [
        Cause(
            *key,
            sum(cell.count for cell in cells),
            sum(cell.base_minor for cell in cells),
            cells[0].channel,
            cells[0].base_minor,
        )
        for key, cells in grouped.items()
    ]
    return tuple(sorted(causes, key=lambda c: (-c.base_minor, -c.count, c.leg, c.code)))


def _channels(
    books: Books, scope: list[_Scope], matrix: tuple[Cell, ...], exchange: Exchange, earlier: _Earlier
) -> tuple[ChannelFigures, ...]:
    """Channels by accuracy, best first."""
    found = []
    for channel in sorted({s.channel for s in scope if s.leg == "order_channel"}):
        rows = [s for s in scope if s.leg == "order_channel" and s.channel == channel]
        waiting = sum(s.waiting for s in rows)
        share = Share(sum(s.clean for s in rows), sum(s.row_count - s.excluded for s in rows) - waiting)
        gross = sum(
            exchange.base(row[5], row[1]) for row in books.movements if row[0] == channel and bridge.is_compared(row)
        )
        cells = [cell for cell in matrix if cell.channel == channel]
        if share.whole or cells:
            found.append(
                ChannelFigures(
                    channel,
                    share,
                    earlier.accuracy(channel),
                    waiting,
                    gross,
                    sum(cell.count for cell in cells),
                    sum(cell.base_minor for cell in cells),
                )
            )
    return tuple(sorted(found, key=lambda c: (-c.accuracy.ppm, -c.gross_base_minor, c.channel)))


def _ages(rows: Sequence[tuple[Any, ...]], exchange: Exchange, today: dt.date) -> tuple[AgeClass, ...]:
    bounds = [*zip((0, *(age + 1 for age in AGES)), (*AGES, None), strict=True)]
    sums = [[0, 0] for _ in bounds]
    for day, currency, number, size in rows:
        age = max((today - day).days, 0)
        place = sum(age > last for last in AGES)
        sums[place][0] += number
        sums[place][1] += exchange.base(size, currency)
    return tuple(AgeClass(first, last, *total) for (first, last), total in zip(bounds, sums, strict=True))


def _largest(
    store: Store, params: dict[str, object], settings: Settings, exchange: Exchange, as_of_s: int
) -> tuple[Large, ...]:
    today = times.local_date(as_of_s, settings.zone)
    found = [
        Large(*(*row[:9], exchange.base(row[8], row[7]), max((today - row[9]).days, 0), row[10], row[11]))
        for row in select(store, "largest", params)
    ]
    return tuple(sorted(found, key=lambda d: (-abs(d.base_minor), d.diff_id))[: settings.largest])


def _conservation(scope: list[_Scope]) -> tuple[Conserved, ...]:
    grouped: dict[tuple[str, str, str], list[_Scope]] = defaultdict(list)
    for row in scope:
        grouped[row.leg, row.side, row.book].append(row)
    result = []
    for (leg, side, book), rows in grouped.items():
        sums: dict[str, list[int]] = defaultdict(lambda: [0, 0])
        for row in rows:
            sums[row.currency][0] += row.amount_minor
            sums[row.currency][1] += row.amount_minor - row.excluded_minor - row.matched_minor - row.open_minor
        result.append(
            Conserved(
                leg,
                side,
                book,
                sum(row.row_count for row in rows),
                sum(row.matched for row in rows),
                sum(row.open for row in rows),
                sum(row.excluded for row in rows),
                tuple((currency, sums[currency][0], sums[currency][1]) for currency in sorted(sums)),
            )
        )
    order = {leg: place for place, leg in enumerate(("order_channel", "channel_bank", "channel_ledger"))}
    return tuple(sorted(result, key=lambda c: (order.get(c.leg, 9), c.side)))
