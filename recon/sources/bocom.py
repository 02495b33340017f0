"""Bank of Communications, account statements (交通银行账户明细), corporate and personal.

Where from: 企业网上银行 > 账户查询 > 明细查询 > 下载 (Excel); personal: 网上银行 > 账户查询 > 交易明细 (CSV). Above
the corporate table stands one line with account and name; three layouts, told apart by their header names:

    账号,310000000000000123,户名,云杉家居有限公司
    交易时间,摘要,凭证种类,凭证号码,发生额,余额,借贷标志,对方账号,对方户名,对方行名,核心流水号,币种   (corporate)
    交易时间,摘要, ... ,借方发生额（支出）,贷方发生额（收入）,账户余额, ... ,对方户名, ...   (corporate, two columns)
    序号,交易日期,交易时间,交易类型,借贷,交易金额,余额,对方账号,对方户名,交易地点,摘要   (personal)
    1,2026-02-03,09:15:02,网络转账,贷 Cr,18240.55,518240.55,215500690,支付宝（中国）网络技术有限公司,网络支付,提现

What comes out: one ``bank`` row per line, as recon/sources/bank_table.py says for all Chinese banks.

- amount: 发生额 or 交易金额 without a sign, with 借 or 贷 beside it (``借 Dr``, ``贷 Cr``).
- reference = 核心流水号; the personal table has none (序号 counts the lines of that export).

The credit card bill (交易币种/金额) is the format ``card_bill``.

Source: an anonymised personal table and the code of programs that read the corporate ones
(formats/paypal-banks-orders-vouchers.md sections 3a and 3b, read 2026-11). The order of the corporate columns is
uncertain; they are read by name.
"""

from __future__ import annotations

from typing import ClassVar, Final

from recon.model import Book
from recon.sources import bank_table
from recon.sources.bank_layout import Layout, claims
from recon.sources.piece import Piece
from recon.sources.source import Reading, Settings, Source

_LAYOUTS: Final = (
    Layout(
        required=("交易时间", "发生额", "余额", "借贷标志", "核心流水号"),
        day=("交易时间",),
        when=("交易时间",),
        amount=("发生额",),
        flag=("借贷标志",),
        memo=("摘要", "备注", "附言"),
    ),
    Layout(
        required=("交易时间", "借方发生额(支出)", "贷方发生额(收入)", "账户余额", "对方户名"),
        day=("交易时间",),
        when=("交易时间",),
        out=("借方发生额(支出)",),
        into=("贷方发生额(收入)",),
        memo=("摘要", "备注", "附言"),
    ),
    Layout(
        required=("序号", "交易日期", "交易类型", "借贷", "交易金额", "余额", "交易地点"),
        day=("交易日期",),
        when=("交易时间",),
        amount=("交易金额",),
        flag=("借贷",),
        memo=("交易类型", "摘要", "交易地点"),
    ),
)


class BankOfCommunications(Source):
    """交通银行账户明细."""

    name: ClassVar[str] = "bocom"
    title: ClassVar[str] = "交通银行账户明细"
    raw_table: ClassVar[str] = "bocom.statement"
    book = Book.BANK
    looks_for: ClassVar[str] = (
        "a header with 借贷标志, 发生额 and 核心流水号, with 借方发生额(支出), or with 借贷, 交易金额 and 交易地点"
    )

    def identify(self, piece: Piece) -> bool:
        """Claim a text, workbook or web page whose header has the columns of one of the layouts."""
        return claims(piece, _LAYOUTS)

    def read(self, piece: Piece, settings: Settings) -> Reading:
        """Read every row below the header. Raises SourceError when there is none, or when numbers are destroyed."""
        return bank_table.read(piece, settings, _LAYOUTS)
