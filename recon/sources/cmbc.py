"""China Minsheng Bank, corporate account statement (民生银行对公账户明细).

Where from: 企业网上银行 > 账户查询 > 交易明细 > 下载 (.xls). The table stands below some ten heading lines:

    交易日期,主机交易流水号,借方发生额,贷方发生额,账户余额,凭证号,摘要,对方账号,对方账号名称,对方开户行,交易时间
    20260203,31301202602030001,,18240.55,518240.55,,提现,215500690,支付宝（中国）网络技术有限公司,网联清算有限公司,
        91502

What comes out: one ``bank`` row per line, as recon/sources/bank_table.py says for all Chinese banks.

- amount: 贷方发生额 - 借方发生额. reference = 主机交易流水号.
- 交易时间 is a time of day that has lost its leading zeros: 91502 is 09:15:02, 83 is 00:00:83 and no time: a reject.

Source: the code of programs that read it (formats/paypal-banks-orders-vouchers.md section 3a, read 2026-11). No
public file with real lines is known.
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
        required=("交易日期", "主机交易流水号", "借方发生额", "贷方发生额", "账户余额"),
        day=("交易日期",),
        when=("交易时间",),
        out=("借方发生额",),
        into=("贷方发生额",),
        serial=("主机交易流水号",),
    ),
)


class MinshengBank(Source):
    """民生银行对公账户明细."""

    name: ClassVar[str] = "cmbc"
    title: ClassVar[str] = "民生银行对公账户明细"
    raw_table: ClassVar[str] = "cmbc.statement"
    book = Book.BANK
    looks_for: ClassVar[str] = "a header with 主机交易流水号, 借方发生额 and 贷方发生额"

    def identify(self, piece: Piece) -> bool:
        """Claim a text, workbook or web page whose header has the columns of one of the layouts."""
        return claims(piece, _LAYOUTS)

    def read(self, piece: Piece, settings: Settings) -> Reading:
        """Read every row below the header. Raises SourceError when there is none, or when numbers are destroyed."""
        return bank_table.read(piece, settings, _LAYOUTS)
