"""hledger journal: every proposal is one transaction, pending (``!``) because nobody has checked it.

    2026-02-28 ! (冲-202602-0001) 冲正 2026-02 记-0123；退款 RF1001  ; reversal:
        ; original: 2026-02 记-0123
        ; reference: RF1001
        Assets:1012-01-支付宝    -100.00 CNY  ; side: debit
        Income:6001-收入    100.00 CNY  ; side: credit

Foreign lines have their base amount as total price, as in beancount. ``hledger check --strict`` accepts the file alone;
``plain_opens = false`` leaves the declarations of accounts and currencies away, for a journal that includes it.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import ClassVar

from recon import money
from recon.report.vouchers.layouts.layout import Import, Layout
from recon.report.vouchers.layouts.plain_text import NOTE, amount, plain_account
from recon.report.vouchers.voucher import Voucher


class Hledger(Layout):
    """An hledger journal."""

    name: ClassVar[str] = "hledger"
    title: ClassVar[str] = "hledger"
    suffix: ClassVar[str] = ".journal"

    def write(self, content: Import, out: Path) -> None:
        """Write the text."""
        parts = [NOTE]
        if content.terms.plain_opens:
            lines = [line for voucher in content.vouchers for line in voucher.lines]
            currencies = sorted({content.base_currency, *(content.currency(line) for line in lines)})
            parts.append("".join(f"commodity {_example(code)} {code}\n" for code in currencies))
            accounts = sorted({plain_account(content, line) for line in lines})
            parts.append("".join(f"account {account}\n" for account in accounts))
        parts += [_transaction(content, voucher) for voucher in content.vouchers]
        out.write_bytes("\n".join(part for part in parts if part).encode())


def _transaction(content: Import, voucher: Voucher) -> str:
    facts = {
        "original": voucher.original.replace(":", " "),
        "reference": voucher.reference,
        "order": voucher.order_no,
        "period": voucher.period,
        "difference": voucher.diff_id,
    }
    lines = [f"{voucher.day} ! ({voucher.voucher_no}) {_worded(voucher.summary)}  ; reversal:"]
    lines += [f"    ; {name}: {_worded(value)}" for name, value in facts.items() if value]
    lines += [
        f"    {plain_account(content, line)}  {amount(content, line)}"
        f"  ; side: {'debit' if line.debit_minor else 'credit'}"
        for line in voucher.lines
    ]
    return "\n".join(lines) + "\n"


def _example(currency: str) -> str:
    """Amount that shows the decimals of a currency; hledger wants the point even where none follow."""
    shown = money.show(100_000, currency)
    return shown if "." in shown else f"{shown}."


def _worded(text: str) -> str:
    """Text that ends neither the description nor a tag's value."""
    return re.sub(r"\s+", " ", text.replace(";", "；").replace("|", "｜").replace(",", "，"))
