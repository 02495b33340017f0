"""The bridge from the order total to the bank receipts, per currency, with what it cannot explain.

    order total
      - differences between orders and channels, by cause        (gap_minor of diff.difference)
      - orders that are not compared, items across the period's ends, rows that wait for their other side
      - unexplained residual of this half
    = channel gross
      + fees, chargebacks and other movements the order leg does not compare, deductions printed on the bill
    = channel net
      + conversions between currencies, - what stays in a channel's balance
      + matches within the tolerance, when the settings allow one
      - payouts in transit, missing, of another amount; + receipts nobody can place
      - batches of this period paid after it, + batches of earlier periods paid in it
      - unexplained residual of this half
    = bank receipts from channels

Every step is read from the books on its own; only the two residuals are remainders, and they are printed whatever they
are. They are 0.00 when the differences found account for the whole distance between the books, which is the proof that
the program owes its user. Signs: each step is what is added to reach the next total.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from typing import Any, Final

from recon.store import Store

SQL: Final = files("recon.report") / "sql"


@dataclass(frozen=True, slots=True)
class Step:
    """One line of the bridge. ``key`` says what it is; ``code`` the difference code, movement kind or direction."""

    key: str
    code: str
    amount_minor: int
    count: int

    @property
    def is_total(self) -> bool:
        """Whether the line is a book's total rather than a step between two."""
        return self.key in TOTALS


@dataclass(frozen=True, slots=True)
class Bridge:
    """All lines of one currency, in order."""

    currency: str
    steps: tuple[Step, ...]

    def total(self, key: str) -> int:
        """Sum of the lines with this key, in minor units; 0 when there is none."""
        return sum(step.amount_minor for step in self.steps if step.key == key)

    @property
    def residual_minor(self) -> int:
        """What no line explains, both halves together."""
        return self.total("residual_order") + self.total("residual_bank")


TOTALS: Final = ("order_total", "channel_gross", "channel_net", "bank_receipts")
RESIDUALS: Final = ("residual_order", "residual_bank")


def select(store: Store, name: str, params: Mapping[str, object]) -> list[tuple[Any, ...]]:
    """Rows of ``sql/NAME.sql`` with those of ``params`` that the text mentions."""
    text = (SQL / f"{name}.sql").read_text(encoding="utf-8")
    return store.rows(text, {key: value for key, value in params.items() if f"${key}" in text})


@dataclass(frozen=True, slots=True)
class Books:
    """The sums that bridges are built from, as the SQL files return them."""

    orders: Sequence[tuple[Any, ...]]
    movements: Sequence[tuple[Any, ...]]
    receipts: Sequence[tuple[Any, ...]]
    differences: Sequence[tuple[Any, ...]]
    across: Sequence[tuple[Any, ...]]

    def currencies(self) -> set[str]:
        """Every currency in which any book moved money."""
        return {row[1] for book in (self.orders, self.movements, self.receipts) for row in book}


def build(books: Books, currency: str) -> Bridge:
    """Bridge of one currency."""
    first = _orders_to_gross(books, currency)
    gross = _gross(books, currency)
    second = _gross_to_net(books, currency)
    net = Step("channel_net", "", gross.amount_minor + sum(step.amount_minor for step in second), 0)
    third = _net_to_bank(books, currency)
    receipts = [row for row in books.receipts if row[1] == currency]
    bank = Step("bank_receipts", "", sum(row[3] for row in receipts), sum(row[2] for row in receipts))
    left = Step("residual_order", "", gross.amount_minor - sum(step.amount_minor for step in first), 0)
    right = Step(
        "residual_bank", "", bank.amount_minor - net.amount_minor - sum(step.amount_minor for step in third), 0
    )
    return Bridge(currency, (*first, left, gross, *second, net, *third, right, bank))


def _orders_to_gross(books: Books, currency: str) -> list[Step]:
    orders = [row for row in books.orders if row[1] == currency]
    steps = [Step("order_total", "", sum(row[3] for row in orders), sum(row[2] for row in orders))]
    steps += _gaps(books, "order_channel", currency, "difference")
    steps += _across(books, "order_channel", currency, "order_across")
    apart = Step("orders_apart", "", -sum(row[5] for row in orders), sum(row[4] for row in orders))
    return [*steps, *([apart] if apart.count else [])]


def _gross(books: Books, currency: str) -> Step:
    rows = [row for row in books.movements if row[1] == currency and is_compared(row)]
    return Step("channel_gross", "", sum(row[5] for row in rows), sum(row[4] for row in rows))


def _gross_to_net(books: Books, currency: str) -> list[Step]:
    compared = [row for row in books.movements if row[1] == currency and is_compared(row)]
    fees = sum(row[6] for row in compared)
    printed = sum(row[7] - row[5] - row[6] for row in compared)
    steps = [Step("fees", "", fees, sum(row[4] for row in compared if row[6]))]
    other: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for row in books.movements:
        if row[1] == currency and not is_compared(row) and row[2] not in ("payout", "conversion"):
            other[row[2]][0] += row[7]
            other[row[2]][1] += row[4]
    steps += [Step("movement", kind, *other[kind]) for kind in sorted(other)]
    return [*steps, *([Step("deductions", "", printed, len(compared))] if printed else [])]


def is_compared(row: tuple[Any, ...]) -> bool:
    """Whether a row of movements.sql belongs to the channel's gross: compared, and no transfer between own pockets."""
    return bool(row[3]) and row[2] not in ("payout", "conversion", "fee")


def _net_to_bank(books: Books, currency: str) -> list[Step]:
    rows = [row for row in books.movements if row[1] == currency]
    exchanged = [row for row in rows if row[2] == "conversion"]
    # What is in no batch stays in a balance; payout rows that the bank leg compares take it out again.
    kept = [row for row in rows if (row[2] == "payout") == bool(row[8])]
    steps = []
    if exchanged:
        steps.append(Step("conversion", "", sum(row[7] for row in exchanged), sum(row[4] for row in exchanged)))
    if kept:
        steps.append(Step("balance_kept", "", -sum(row[7] for row in kept), sum(row[4] for row in kept)))
    steps += _gaps(books, "channel_bank", currency, "payout")
    return [*steps, *_across(books, "channel_bank", currency, "bank_across")]


def _gaps(books: Books, leg: str, currency: str, key: str) -> list[Step]:
    """Return one step a code whose differences move money between the two books, largest first."""
    sums: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for row in books.differences:
        if row[0] == leg and row[4] == currency and row[7]:
            sums[row[1]][0] -= row[7]
            sums[row[1]][1] += row[6]
    return [Step(key, code, *sums[code]) for code in sorted(sums, key=lambda code: (-abs(sums[code][0]), code))]


def _across(books: Books, leg: str, currency: str, key: str) -> list[Step]:
    return [Step(key, row[2], -row[4], row[3]) for row in books.across if row[0] == leg and row[1] == currency]
