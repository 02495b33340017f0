"""China Construction Bank, personal account statement (建设银行个人账户明细).

Where from: 个人网上银行 > 账户查询 > 交易明细 > 下载 (.xls in the old binary form, amounts as numbers). Two layouts,
told apart by their header names, which are padded to a fixed width:

    账　　号：,6217000000000000123
    记账日,交易日期,交易时间,支出,收入,账户余额,币种,摘要,对方账号,对方户名,交易地点
    20260203,20260203,09:15:02,0.0,18240.55,518240.55,人民币,提现,215500690,支付宝（中国）网络技术有限公司,网络支付

    摘要,币别,交易日期,交易金额,账户余额,交易地点/附言,对方账号与户名   (hqmx_20260228101112.xls)

What comes out: one ``bank`` row per line, as recon/sources/bank_table.py says for all Chinese banks.

- amount: 收入 - 支出; in the second layout 交易金额 has its own sign. The corporate statement is the format ``ccb``.
- business_date = 记账日. The time is that of 交易日期, which may be an earlier day.
- counterparty: of 对方账号与户名 (``215500690/支付宝``) the name. There is no serial.

Source: an edited personal workbook and the code of a program that reads the second layout
(formats/paypal-banks-orders-vouchers.md section 3b, read 2026-11).
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
        required=("记账日", "交易日期", "支出", "收入", "账户余额", "交易地点"),
        day=("记账日",),
        when=("交易时间",),
        clock_day=("交易日期",),
        out=("支出",),
        into=("收入",),
        memo=("摘要", "交易地点"),
    ),
    Layout(
        required=("摘要", "币别", "交易日期", "交易金额", "账户余额", "交易地点/附言", "对方账号与户名"),
        day=("交易日期",),
        when=("交易日期",),
        amount=("交易金额",),
        counterparty=("对方账号与户名",),
        counterparty_form=r"^[^/]*/(.*)$",
        memo=("摘要", "交易地点/附言"),
    ),
)


class CcbPersonal(Source):
    """建设银行个人账户明细."""

    name: ClassVar[str] = "ccb_personal"
    title: ClassVar[str] = "建设银行个人账户明细"
    raw_table: ClassVar[str] = "ccb.personal"
    book = Book.BANK
    looks_for: ClassVar[str] = "a header with 记账日, 支出, 收入 and 交易地点, or with 交易地点/附言 and 对方账号与户名"

    def identify(self, piece: Piece) -> bool:
        """Claim a text, workbook or web page whose header has the columns of one of the layouts."""
        return claims(piece, _LAYOUTS)

    def read(self, piece: Piece, settings: Settings) -> Reading:
        """Read every row below the header. Raises SourceError when there is none, or when numbers are destroyed."""
        return bank_table.read(piece, settings, _LAYOUTS)
