"""What beancount and hledger texts have alike: accounts, amounts, and the first line.

    Assets:1012-01-支付宝  -100.00 CNY

An account that ``[vouchers.plain_accounts]`` names is called that. Others stand under the root that their class has in
the Chinese chart of accounts (企业会计准则): 1 assets, 2 liabilities, 3 and 4 equity, 5 costs, 6001 to 6399 income, the
rest of 6 expenses; what begins with no such digit stands under equity.
"""

from __future__ import annotations

import re
from typing import Final

from recon import money
from recon.report.vouchers.layouts.layout import Import
from recon.report.vouchers.voucher import Line

NOTE: Final = "; 冲正凭证 (reversal vouchers) proposed by recon. Nothing here is posted: check, then change ! to *.\n"
_ROOTS: Final = {"1": "Assets", "2": "Liabilities", "5": "Expenses", "6": "Expenses"}
_INCOME: Final = re.compile(r"6[0-3]")


def plain_account(content: Import, line: Line) -> str:
    """Return the full name of the line's account."""
    known = content.terms.plain_accounts.get(line.account_code)
    if known:
        return known
    code = content.account(line)
    root = "Income" if _INCOME.match(code) else _ROOTS.get(code[:1], "Equity")
    name = re.sub(r"[^A-Za-z0-9\u4e00-\u9fff]+", "-", f"{code}-{content.account_name(line)}").strip("-")
    return f"{root}:{name[:1].upper()}{name[1:]}"


def amount(content: Import, line: Line) -> str:
    """Debit minus credit, with the base amount as total price where the line is foreign."""
    base = f"{money.show(line.net_minor, content.base_currency)} {content.base_currency}"
    original = content.original_minor(line)
    if not line.is_foreign(content.base_currency) or not original:
        return base
    signed = abs(original) if line.net_minor > 0 else -abs(original)
    return f"{money.show(signed, line.currency)} {line.currency} @@ {base.removeprefix('-')}"
