"""What a layout is: a class with a name, the end of a file's name, and a way to write vouchers."""

from __future__ import annotations

import datetime as dt
from abc import ABC, abstractmethod
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar, Final

from recon import money
from recon.report.voucher_terms import Terms
from recon.report.vouchers.voucher import Line, Voucher
from recon.sources.currency_names import CURRENCY_CODES

_NAMES: Final = {code: name for name, code in reversed(CURRENCY_CODES.items()) if name.isalpha() and not name.isascii()}
LONGEST_SUMMARY: Final = 255
"""Characters of a summary that Kingdee's tables hold."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Import:
    """What one import file is made of."""

    vouchers: tuple[Voucher, ...]
    terms: Terms
    base_currency: str
    made: dt.datetime
    """The moment the file speaks for; it stands in a workbook's properties."""

    def __post_init__(self) -> None:
        """Raise ValueError when a voucher does not balance: such a one must never have been proposed."""
        if crooked := [voucher.voucher_no for voucher in self.vouchers if not voucher.is_balanced]:
            msg = f"vouchers do not balance: {', '.join(crooked)}"
            raise ValueError(msg)

    def account(self, line: Line) -> str:
        """Code of the line's account in the finance system."""
        return self.terms.account_codes.get(line.account_code, line.account_code)

    def account_name(self, line: Line) -> str:
        """Name of the line's account in the finance system."""
        return self.terms.account_names.get(line.account_code, line.account_name)

    def currency(self, line: Line) -> str:
        """ISO code of the currency that the line is booked in."""
        return line.currency if line.is_foreign(self.base_currency) else self.base_currency

    def original_minor(self, line: Line) -> int:
        """Amount in the line's own currency, with the sign of its debit or credit."""
        if line.fc_amount_minor is None or not line.is_foreign(self.base_currency):
            return line.debit_minor or line.credit_minor
        sign = -1 if (line.debit_minor or line.credit_minor) < 0 else 1
        return sign * abs(line.fc_amount_minor)

    def rate_e8(self, line: Line) -> int:
        """Exchange rate times 10^8: the printed one, else what the line's amounts come to; 1 in the base currency."""
        if not line.is_foreign(self.base_currency):
            return money.RATE_SCALE
        original = abs(self.original_minor(line))
        if line.fx_rate_e8 is not None or not original:
            return line.fx_rate_e8 or money.RATE_SCALE
        here, there = (10 ** money.exponent(code) for code in (self.base_currency, line.currency))
        return money.half_up(abs(line.net_minor) * money.RATE_SCALE * there, original * here)


def currency_name(code: str) -> str:
    """Name of a currency as Kingdee prints it, the code where none is known: CNY is 人民币."""
    return "人民币" if code == "CNY" else _NAMES.get(code, code)


class Layout(ABC):
    """One form in which a finance system takes vouchers."""

    name: ClassVar[str]
    """As ``--format`` and recon.toml say it."""
    title: ClassVar[str]
    suffix: ClassVar[str]
    """End of the file's name, after ``vouchers-2026-02``."""

    @abstractmethod
    def write(self, content: Import, out: Path) -> None:
        """Write the vouchers to ``out``: the same bytes for the same content."""
