"""How the ledger's own system wants vouchers; ``[vouchers]`` of recon.toml."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from recon.errors import UsageError

_PLAIN: Final = re.compile(
    r"(Assets|Liabilities|Equity|Income|Expenses)(:[A-Z0-9\u0080-\uffff][A-Za-z0-9\u0080-\uffff-]*)+"
)
U8_ITEMS: Final = ("部门", "职员", "客户", "供应商", "业务员", "项目")
"""Auxiliary items of a line in U8's text, in the order of their cells."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What the import files of the reversal vouchers need to know of the finance system."""

    formats: tuple[str, ...] = ("template",)
    """Import files that recon close and recon vouchers write: template (CSV), k3 (Kingdee K/3 and KIS), cloud (Kingdee
    云星空), u8 (Yonyou U8), beancount, hledger."""
    word: str = "记"
    """Voucher word (凭证字) of the reversals."""
    first_number: int = 0
    """Number of the first reversal; 0: the one after the highest that is loaded of the period with this word."""
    maker: str = ""
    """Who makes the vouchers (制单人), as the finance system knows the person."""
    k3_rate_type: str = "公司汇率"
    """Kingdee K/3: kind of exchange rate (汇率类型)."""
    cloud_book: str = ""
    """Kingdee 云星空: code of the account book (账簿编码)."""
    cloud_book_name: str = ""
    """Kingdee 云星空: name of the account book."""
    cloud_word: str = "PRE001"
    """Kingdee 云星空: code of the voucher word."""
    cloud_rate_type: str = "HLTX01_SYS"
    """Kingdee 云星空: code of the kind of exchange rate."""
    plain_opens: bool = True
    """beancount and hledger: declare the accounts, so that the file can be checked alone; false where it is included
    into a ledger that has them."""
    account_codes: Mapping[str, str] = field(default_factory=dict)
    """Accounts whose code in the import differs from the one in the books: "1012.01" = "101201"."""
    account_names: Mapping[str, str] = field(default_factory=dict)
    """Names of accounts in the import, where the books do not print them: "1012.01" = "支付宝"."""
    k3_items: Mapping[str, str] = field(default_factory=dict)
    """Kingdee K/3: auxiliary item (核算项目) of an account: "1122" = "客户---C001---云杉家居"."""
    cloud_currencies: Mapping[str, str] = field(default_factory=dict)
    """Kingdee 云星空: codes of currencies, beside "CNY" = "PRE001" and "USD" = "PRE007"."""
    cloud_dimensions: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Kingdee 云星空: dimensions (核算维度) of an account, as columns of your own import template:
    "1122" = ["FDetailID#FFlex6=C001"]."""
    u8_items: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Yonyou U8: auxiliary items of an account, of 部门 职员 客户 供应商 业务员 项目: "1122" = ["客户=C001"]."""
    plain_accounts: Mapping[str, str] = field(default_factory=dict)
    """beancount and hledger: name of an account: "1012.01" = "Assets:Alipay". Others are named by class, code, name."""

    def __post_init__(self) -> None:
        """Refuse settings that make no sense. Raises UsageError."""
        if self.first_number < 0:
            raise UsageError("is negative", place="[vouchers] first_number")
        if not self.word.strip():
            raise UsageError("is blank", place="[vouchers] word", remedy='Default: word = "记"')
        for name, value in self.plain_accounts.items():
            if not _PLAIN.fullmatch(value):
                raise UsageError(
                    f'has "{name}" = "{value}", which is no account',
                    place="[vouchers] plain_accounts",
                    remedy='It begins with Assets:, Liabilities:, Equity:, Income: or Expenses:, as "Assets:Alipay"',
                )
        for place, items in (("cloud_dimensions", self.cloud_dimensions), ("u8_items", self.u8_items)):
            for item in (each for several in items.values() for each in several):
                left, mark, right = item.partition("=")
                if not (left and mark and right) or (place == "u8_items" and left not in U8_ITEMS):
                    known = (
                        f"One of {' '.join(U8_ITEMS)}, = and a code." if place == "u8_items" else "Write COLUMN=CODE"
                    )
                    raise UsageError(f'has "{item}"', place=f"[vouchers] {place}", remedy=known)
