"""One proposed voucher and its lines; what every layout writes."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a voucher. Debit and credit are minor units of the base currency; red lines are negative."""

    account_code: str
    account_name: str
    debit_minor: int
    credit_minor: int
    currency: str
    fc_amount_minor: int | None
    fx_rate_e8: int | None
    channel: str
    own_channel: str
    """Channel whose account this is; blank for revenue, tax and the like."""

    @property
    def net_minor(self) -> int:
        """Debit minus credit."""
        return self.debit_minor - self.credit_minor

    def is_foreign(self, base_currency: str) -> bool:
        """Whether the line was booked in another currency than the ledger's."""
        return self.fc_amount_minor is not None and self.currency not in ("", base_currency)


@dataclass(frozen=True, slots=True)
class Voucher:
    """One proposed reversal. ``amount_minor`` is what it reverses, positive, in ``currency``."""

    voucher_no: str
    """The proposal's own number, ``冲-202602-0001``: of the month whose differences it settles."""
    number: int
    """The number it takes among the ledger's own vouchers."""
    day: dt.date
    period: str
    """Accounting period that it is booked in."""
    summary: str
    reference: str
    lines: tuple[Line, ...]
    diff_id: str
    code: str
    channel: str
    order_no: str
    original: str
    """Period and number of the voucher that it reverses, ``2026-02:记-7``."""
    currency: str
    amount_minor: int
    is_valid_refund: bool

    @property
    def is_balanced(self) -> bool:
        """Whether debit and credit are equal."""
        return sum(line.debit_minor for line in self.lines) == sum(line.credit_minor for line in self.lines)


@dataclass(frozen=True, slots=True)
class Skipped:
    """A difference for which no voucher is proposed, and why, in both languages."""

    diff_id: str
    code: str
    channel: str
    order_no: str
    reference: str
    currency: str
    amount_minor: int
    reason_zh: str
    reason_en: str


@dataclass(frozen=True, slots=True)
class Proposals:
    """What one period's reversals come to."""

    vouchers: tuple[Voucher, ...]
    skipped: tuple[Skipped, ...]
