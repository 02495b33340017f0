"""Payout rows of a channel whose trade days are batches already: which row only tells of which batch's own payout.

A channel that settles by the day needs no payout rows: the trade bill's rows of one day, net of fees, are what the bank
receives. Its account bill, when that is loaded too, shows the same payout once more as a row of its own (提现):

    trade bill     2026-02-03   payments and refunds of the day, net 12,723.40     -> batch alipay:A:20260203
    account bill   2026-02-04   提现 12,723.40                                       -> announces that batch

One payout must not be two. So a payout row is an *announcement* when its amount is that of one batch, of several
batches of consecutive trade days together, or with other payout rows that of one batch; always of the same channel,
account and currency, and no earlier than the trade day nor later than the batch's last day. What it says of day and
reference then belongs to the batch. A payout row that fits nothing is a payout of its own.

Equal amounts: rows and batches are paired in the order of their days when they are equally many; otherwise the rows are
announcements all the same (as many as there are batches), but of which batch is left open. Several different sums that
fit one row are left open in the same way. Pure: lists in, list out, the order of the lists means nothing.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from recon.match.subset import only_subset

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Sequence

_LONGEST: Final = 31
"""Trade days that one payout may pay: a month."""


@dataclass(frozen=True, slots=True)
class Batch:
    """One trade day's money, minor units; ``place`` is its channel, account and currency."""

    batch_id: str
    place: tuple[str, str, str]
    amount: int
    day: dt.date
    last_day: dt.date


@dataclass(frozen=True, slots=True)
class Row:
    """One payout row, its amount positive."""

    txn_id: str
    place: tuple[str, str, str]
    amount: int
    day: dt.date


Told = tuple[str, str]
"""A row's txn_id and the batch that it announces, ``""`` when it is not known which one."""


class _Place:
    """What one account has in one currency, in the order of days; what is found leaves the lists."""

    def __init__(self) -> None:
        self.days: list[Batch] = []
        self.rows: list[Row] = []

    def sort(self) -> None:
        self.days.sort(key=lambda batch: (batch.day, batch.batch_id))
        self.rows.sort(key=lambda row: (row.day, row.txn_id))

    def take(self, used: set[str]) -> None:
        self.days = [batch for batch in self.days if batch.batch_id not in used]
        self.rows = [row for row in self.rows if row.txn_id not in used]


def announced(batches: Iterable[Batch], rows: Iterable[Row]) -> list[Told]:
    """Say which rows announce which batches; a row that pays several stands once for each of them. Sorted."""
    places: dict[tuple[str, str, str], _Place] = defaultdict(_Place)
    for batch in batches:
        places[batch.place].days.append(batch)
    for row in rows:
        places[row.place].rows.append(row)
    told: list[Told] = []
    for place in places.values():
        place.sort()
        told += _one_by_one(place)
        told += _together(place)
        told += _in_parts(place)
    return sorted(told)


def _fits(batch: Batch, row: Row) -> bool:
    return batch.day <= row.day <= batch.last_day


def _one_by_one(place: _Place) -> list[Told]:
    """Rows of one batch's amount."""
    told: list[Told] = []
    used: set[str] = set()
    for amount in sorted({row.amount for row in place.rows}):
        equal_days = [batch for batch in place.days if batch.amount == amount]
        for near, equal in _clusters(equal_days, [row for row in place.rows if row.amount == amount]):
            pairs = _in_order(near, equal)
            sure = len(pairs) == len(near) == len(equal)
            told += [(row.txn_id, batch.batch_id if sure else "") for batch, row in pairs]
            used.update(name for batch, row in pairs for name in (batch.batch_id, row.txn_id))
    place.take(used)
    return told


def _clusters(days: Sequence[Batch], rows: Sequence[Row]) -> list[tuple[list[Batch], list[Row]]]:
    """Cut batches and rows of one amount into those that can mean each other; both are in the order of their days."""
    clusters: list[tuple[list[Batch], list[Row]]] = []
    for batch in days:
        near = [row for row in rows if _fits(batch, row)]
        if clusters and any(row in clusters[-1][1] for row in near):
            clusters[-1][0].append(batch)
            clusters[-1][1].extend(row for row in near if row not in clusters[-1][1])
        elif near:
            clusters.append(([batch], near))
    return clusters


def _in_order(days: Sequence[Batch], rows: Sequence[Row]) -> list[tuple[Batch, Row]]:
    """Pair the earliest row with the earliest batch that still expects one: as many pairs as there can be."""
    pairs: list[tuple[Batch, Row]] = []
    waiting = list(days)
    for row in rows:
        batch = next((one for one in waiting if _fits(one, row)), None)
        if batch:
            waiting.remove(batch)
            pairs.append((batch, row))
    return pairs


def _together(place: _Place) -> list[Told]:
    """Rows that pay consecutive trade days together."""
    runs = {row.txn_id: found for row in place.rows if (found := _runs(place.days, row))}
    wanted = [batch.batch_id for found in runs.values() if len(found) == 1 for batch in found[0]]
    told: list[Told] = []
    used: set[str] = set()
    for txn_id, found in runs.items():
        names = [batch.batch_id for batch in found[0]]
        if len(found) > 1:
            told.append((txn_id, ""))
            used.add(txn_id)
        elif all(wanted.count(name) == 1 for name in names):
            told += [(txn_id, name) for name in names]
            used.update((txn_id, *names))
    place.take(used)
    return told


def _runs(days: Sequence[Batch], row: Row) -> list[Sequence[Batch]]:
    """All stretches of two or more batches, one after the other in ``days``, that the row's amount pays."""
    found: list[Sequence[Batch]] = []
    for start in range(len(days)):
        total = 0
        for stop in range(start, min(start + _LONGEST, len(days))):
            if not _fits(days[stop], row):
                break
            total += days[stop].amount
            if total == row.amount and stop > start:
                found.append(days[start : stop + 1])
    return found


def _in_parts(place: _Place) -> list[Told]:
    """Batches that several rows pay together; each batch and each row once, or not at all."""
    parts: list[tuple[Batch, list[Row]]] = []
    for batch in place.days:
        near = [row for row in place.rows if _fits(batch, row)]
        chosen = only_subset([row.amount for row in near], batch.amount).members if len(near) > 1 else ()
        if len(chosen) > 1:
            parts.append((batch, [near[at] for at in chosen]))
    uses = [row.txn_id for _, chosen_rows in parts for row in chosen_rows]
    return [
        (row.txn_id, batch.batch_id)
        for batch, chosen_rows in parts
        if all(uses.count(row.txn_id) == 1 for row in chosen_rows)
        for row in chosen_rows
    ]
