"""beancount text: every proposal is one transaction, flagged ``!`` because nobody has checked it.

    2026-02-28 ! "冲正 2026-02 记-0123；退款 RF1001" #reversal ^D1B4E1D1138E
      voucher-no: "冲-202602-0001"
      original: "2026-02 记-0123"
      Assets:1012-01-支付宝  -100.00 CNY
        side: "debit"
      Income:6001-收入  100.00 CNY
        side: "credit"

beancount knows no debit and credit, only signs: ``side`` says on which side the red entry stands. A foreign line has
its own amount, and the base amount as its total price (``-5.00 USD @@ 35.00 CNY``). ``bean-check`` accepts the file
alone; ``plain_opens = false`` leaves the ``open`` lines away, for a ledger that includes it.
"""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

from recon.report.vouchers.layouts.layout import Import, Layout
from recon.report.vouchers.layouts.plain_text import NOTE, amount, plain_account
from recon.report.vouchers.voucher import Voucher


class Beancount(Layout):
    """A beancount ledger."""

    name: ClassVar[str] = "beancount"
    title: ClassVar[str] = "beancount"
    suffix: ClassVar[str] = ".beancount"

    def write(self, content: Import, out: Path) -> None:
        """Write the text."""
        parts = [NOTE]
        if content.terms.plain_opens:
            parts.append(f'option "operating_currency" "{content.base_currency}"\n')
            first = min((voucher.day for voucher in content.vouchers), default=None)
            accounts = sorted({plain_account(content, line) for each in content.vouchers for line in each.lines})
            parts.append("".join(f"{first} open {account}\n" for account in accounts))
        parts += [_transaction(content, voucher) for voucher in content.vouchers]
        out.write_bytes("\n".join(part for part in parts if part).encode())


def _transaction(content: Import, voucher: Voucher) -> str:
    facts = {
        "voucher-no": voucher.voucher_no,
        "original": voucher.original.replace(":", " "),
        "reference": voucher.reference,
        "order-no": voucher.order_no,
        "period": voucher.period,
    }
    lines = [f"{voucher.day} ! {_quoted(voucher.summary)} #reversal ^{voucher.diff_id}"]
    lines += [f"  {name}: {_quoted(value)}" for name, value in facts.items() if value]
    for line in voucher.lines:
        lines.append(f"  {plain_account(content, line)}  {amount(content, line)}")
        lines.append(f'    side: "{"debit" if line.debit_minor else "credit"}"')
    return "\n".join(lines) + "\n"


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", " ")
    return f'"{escaped}"'
