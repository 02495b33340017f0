"""Shanghai Pudong Development Bank, account statements (浦发银行账户明细), corporate and personal.

Where from: 企业网银 > 账户查询 > 历史明细 > 下载 (Excel or CSV); personal: 网上银行 > 账户明细 > 下载 (.xls). Two
layouts, told apart by their header names:

    交易日期,交易时间,凭证号,借方金额,贷方金额,余额,对方账号,对方户名,对方行名,交易流水号,摘要,交易附言   (corporate)
    20260203,91502,,,18240.55,518240.55,215500690,支付宝（中国）网络技术有限公司,网联清算有限公司,F2602030001,结算,
        提现

    账号,6200000000001230,账户类型,借记卡,日期范围,20260201-20260228   (personal)
    顺序号,交易日期,交易类型,存入金额,取出金额,余额,交易对手名称,交易对手账号,附言
    1,2026/02/03  14:06:51,网上支付-支付宝,,3.88,1981.33,云杉家居有限公司,12345678901236,

What comes out: one ``bank`` row per line, as recon/sources/bank_table.py says for all Chinese banks.

- amount: 贷方金额 - 借方金额, personal 存入金额 - 取出金额.
- A time of day without its leading zero (91502) is 09:15:02. Personal 交易日期 holds day and time.
- reference = 交易流水号; the personal table has none (顺序号 counts the lines of that export).

Source: an anonymised personal workbook; the corporate columns from design notes of one author only
(formats/paypal-banks-orders-vouchers.md sections 3a and 3b, read 2026-11), so their names are uncertain.
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
        required=("交易日期", "交易时间", "借方金额", "贷方金额", "余额", "对方户名", "对方行名", "交易附言"),
        day=("交易日期",),
        when=("交易时间",),
        out=("借方金额",),
        into=("贷方金额",),
        memo=("摘要", "交易附言"),
    ),
    Layout(
        required=("顺序号", "交易日期", "存入金额", "取出金额", "余额", "交易对手名称"),
        day=("交易日期",),
        when=("交易日期",),
        out=("取出金额",),
        into=("存入金额",),
        counterparty=("交易对手名称",),
        memo=("交易类型", "附言"),
    ),
)


class PudongBank(Source):
    """浦发银行账户明细."""

    name: ClassVar[str] = "spdb"
    title: ClassVar[str] = "浦发银行账户明细"
    raw_table: ClassVar[str] = "spdb.statement"
    book = Book.BANK
    looks_for: ClassVar[str] = (
        "a header with 借方金额, 贷方金额, 对方行名 and 交易附言, or with 顺序号, 存入金额 and 取出金额"
    )

    def identify(self, piece: Piece) -> bool:
        """Claim a text, workbook or web page whose header has the columns of one of the layouts."""
        return claims(piece, _LAYOUTS)

    def read(self, piece: Piece, settings: Settings) -> Reading:
        """Read every row below the header. Raises SourceError when there is none, or when numbers are destroyed."""
        return bank_table.read(piece, settings, _LAYOUTS)
