"""Ping An Bank, corporate account statement (平安银行对公账户明细).

Where from: 企业网银 > 账户管理 > 明细查询 > 导出 (Excel). The header stands in the first row; newer exports have more
columns:

    交易日期,账号,借,贷,账户余额,对方账户,对方账户名称,交易流水号,摘要,用途
    2026-02-03 09:15:02,15000000000123,,18240.55,518240.55,215500690,支付宝（中国）网络技术有限公司,P26020300001,提现,
        结算款

What comes out: one ``bank`` row per line, as recon/sources/bank_table.py says for all Chinese banks.

- amount: 贷 - 借. reference = 交易流水号. 交易日期 may hold a time, or 交易时间 stand beside it.

Source: the code of programs that read it (formats/paypal-banks-orders-vouchers.md section 3a, read 2026-11). No
public file with real lines is known; of the newer 20 columns only these are.
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
        required=("交易日期", "账号", "借", "贷", "账户余额", "对方账户名称"),
        day=("交易日期",),
        when=("交易时间", "交易日期"),
        out=("借",),
        into=("贷",),
    ),
)


class PingAnBank(Source):
    """平安银行对公账户明细."""

    name: ClassVar[str] = "pingan"
    title: ClassVar[str] = "平安银行对公账户明细"
    raw_table: ClassVar[str] = "pingan.statement"
    book = Book.BANK
    looks_for: ClassVar[str] = "a header with 交易日期, 账号, 借, 贷, 账户余额 and 对方账户名称"

    def identify(self, piece: Piece) -> bool:
        """Claim a text, workbook or web page whose header has the columns of one of the layouts."""
        return claims(piece, _LAYOUTS)

    def read(self, piece: Piece, settings: Settings) -> Reading:
        """Read every row below the header. Raises SourceError when there is none, or when numbers are destroyed."""
        return bank_table.read(piece, settings, _LAYOUTS)
