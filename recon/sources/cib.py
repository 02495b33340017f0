"""Industrial Bank, account statements (兴业银行账户明细), corporate and personal.

Where from: 企业网银 > 账户查询 > 交易明细 > 下载 (Excel); personal: 网上银行 > 交易明细 > 下载 (.xlsx). Two layouts,
told apart by their header names; the personal one has ten heading lines (账户账号, 卡内账户, 起始日期, 截止日期 ...):

    银行流水号,账号,户名,凭证代号,现/转,借方金额,贷方金额,账户余额,摘要,对方账号,对方户名,对方行号,用途,记账日期,
        交易时间,唯一流水编号
    交易时间,记账日,支出,收入,账户余额,摘要,对方户名,对方银行,对方账号,用途,交易渠道,备注   (personal)
    2026-02-03 09:15:02,2026-02-03,,18240.55,518240.55,汇款汇入,支付宝（中国）网络技术有限公司,网联清算,215500690,
        提现,其他,

What comes out: one ``bank`` row per line, as recon/sources/bank_table.py says for all Chinese banks.

- amount: 贷方金额 - 借方金额, personal 收入 - 支出; 冲账 prints a negative amount on the side it takes back.
- currency: corporate 币种 if there is one; personal from 卡内账户 (``002 活期储蓄存款 港币 现汇``). One card holds
  several such accounts under one number; each currency is an own balance.
- business_date = 记账日期 or 记账日. reference = 唯一流水编号, else 银行流水号.

Source: edited personal workbooks; the corporate columns from design notes of one author only
(formats/paypal-banks-orders-vouchers.md sections 3a and 3b, read 2026-11), so their order is uncertain.
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
        required=("银行流水号", "账号", "现/转", "借方金额", "贷方金额", "账户余额"),
        day=("记账日期",),
        when=("交易时间",),
        out=("借方金额",),
        into=("贷方金额",),
        serial=("唯一流水编号", "银行流水号"),
    ),
    Layout(
        required=("交易时间", "记账日", "支出", "收入", "账户余额", "对方银行", "交易渠道"),
        day=("记账日",),
        when=("交易时间",),
        out=("支出",),
        into=("收入",),
        heading_currency=r"卡内账户[\s:,]+\d*\s*\S+\s+([^\s,]+)",
    ),
)


class IndustrialBank(Source):
    """兴业银行账户明细."""

    name: ClassVar[str] = "cib"
    title: ClassVar[str] = "兴业银行账户明细"
    raw_table: ClassVar[str] = "cib.statement"
    book = Book.BANK
    looks_for: ClassVar[str] = "a header with 银行流水号, 现/转 and 唯一流水编号, or with 记账日, 对方银行 and 交易渠道"

    def identify(self, piece: Piece) -> bool:
        """Claim a text, workbook or web page whose header has the columns of one of the layouts."""
        return claims(piece, _LAYOUTS)

    def read(self, piece: Piece, settings: Settings) -> Reading:
        """Read every row below the header. Raises SourceError when there is none, or when numbers are destroyed."""
        return bank_table.read(piece, settings, _LAYOUTS)
