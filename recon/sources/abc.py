"""Agricultural Bank of China, account statements (农业银行账户明细), corporate and personal.

Where from: 企业网上银行 > 账户查询 > 交易明细 > 下载 (Excel, which may be a web page by content, or CSV); personal:
网上银行 > 明细查询 > 下载 (CSV). Three layouts, told apart by their header names:

    交易时间,收入金额,支出金额,账户余额,交易行名,对方省市,对方账号,对方户名,交易用途   (corporate)
    交易日期,交易时间戳,收入金额,支出金额,本次余额,手续费总额,交易方式,交易行名,交易类别,对方省市, ... 交易附言
        (corporate, old)
    交易日期,交易时间,交易摘要,交易金额,本次余额,对手信息,日 志 号,交易渠道,交易附言   (personal)

    20260203,091502,转存,+18240.55,518240.55,支付宝（中国）网络技术有限公司,369396693,超级网银,提现

What comes out: one ``bank`` row per line, as recon/sources/bank_table.py says for all Chinese banks.

- amount: 收入金额 - 支出金额; in the personal layout 交易金额 has its own sign. 手续费总额 is a statement about the
  line, not a movement of its own, and is not added.
- Personal lines leave out their last cells when these are blank; such a line is filled up, and it is a reject unless
  日志号 is a number, because cells that stand one column too far left could not be seen otherwise.
- reference = 日志号 (personal); the corporate layouts print no serial.

Source: an anonymised personal export and the code of programs that read the corporate ones
(formats/paypal-banks-orders-vouchers.md sections 3a and 3b, read 2026-11). The form of 交易时间戳 is uncertain: a
date and time with any of the usual separators is read.
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
        required=("交易时间", "收入金额", "支出金额", "账户余额", "对方省市", "对方户名"),
        day=("交易时间",),
        when=("交易时间",),
        out=("支出金额",),
        into=("收入金额",),
        memo=("交易用途", "摘要", "交易附言"),
    ),
    Layout(
        required=("交易日期", "交易时间戳", "收入金额", "支出金额", "本次余额", "对方省市", "对方户名"),
        day=("交易日期",),
        when=("交易时间戳",),
        out=("支出金额",),
        into=("收入金额",),
        memo=("交易摘要", "交易说明", "交易附言"),
    ),
    Layout(
        required=("交易日期", "交易摘要", "交易金额", "本次余额", "对手信息", "日志号"),
        day=("交易日期",),
        when=("交易时间",),
        amount=("交易金额",),
        serial=("日志号",),
        serial_form=r"^\d+$",
        memo=("交易摘要", "交易附言"),
        complete=7,
    ),
)


class AgriculturalBank(Source):
    """农业银行账户明细."""

    name: ClassVar[str] = "abc"
    title: ClassVar[str] = "农业银行账户明细"
    raw_table: ClassVar[str] = "abc.statement"
    book = Book.BANK
    looks_for: ClassVar[str] = "a header with 收入金额, 支出金额 and 对方省市, or with 日 志 号 and 本次余额"

    def identify(self, piece: Piece) -> bool:
        """Claim a text, workbook or web page whose header has the columns of one of the layouts."""
        return claims(piece, _LAYOUTS)

    def read(self, piece: Piece, settings: Settings) -> Reading:
        """Read every row below the header. Raises SourceError when there is none, or when numbers are destroyed."""
        return bank_table.read(piece, settings, _LAYOUTS)
