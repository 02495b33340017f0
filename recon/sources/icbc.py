"""Industrial and Commercial Bank of China, account statements (工商银行账户明细), corporate and personal.

Where from: 企业网上银行 > 账户管理 > 账户明细查询 > 下载 (CSV in GB18030, or Excel); personal: 网上银行 > 我的账户 >
明细查询 > 下载 (CSV). Four layouts, told apart by their header names below a few heading lines:

    凭证号,本方账号,对方账号,交易时间,借/贷,借方发生额,贷方发生额,对方行号,摘要,用途,对方单位名称,余额,个性化信息
        (corporate, old)
    本方账号,对方账号,交易时间,借/贷,金额,凭证号,对方单位,对方行号,用途,摘要,附言,个性化信息   (corporate, new)
    日期,交易类型,凭证种类,凭证号,对方户名,对方账号,摘要,借方发生额,贷方发生额,余额   (corporate, Excel)
    交易日期,摘要,[交易详情,]交易场所,交易国家或地区简称,钞/汇, ... 记账金额(收入),记账金额(支出),记账币种,余额,
        对方户名   (personal)

    2026-02-03 <tab>,"消费   <tab>","财付通-云杉家居 <tab>", ... ,"13.40  <tab>",人民币 <tab>,"1,286.60 <tab>", ...

What comes out: one ``bank`` row per line, as recon/sources/bank_table.py says for all Chinese banks.

- amount: 记账金额 (what the account was charged), never 交易金额. The new corporate layout prints 金额 without a sign
  and 借/贷 beside it, and no balance: nothing in the file proves the direction.
- business_date = 交易日期; corporate lines print a time, personal ones do not.
- There is no serial: 凭证号 is often blank and repeats. Equal lines are told apart by counting (see recon/ingest).
- 合计金额 and 人民币合计 below the personal table are controls.

The credit card's list, which has 记账日期 and no 钞/汇, is the format ``card_bill``.

Source: anonymised personal exports and the code of programs that read the corporate ones
(formats/paypal-banks-orders-vouchers.md sections 3a and 3b, read 2026-11). The order of the columns of the Excel
layout is uncertain; they are read by name.
"""

from __future__ import annotations

from typing import ClassVar, Final

from recon.model import Book
from recon.sources import bank_table
from recon.sources.bank_layout import Layout, claims
from recon.sources.piece import Piece
from recon.sources.source import Reading, Settings, Source

_BOOKED: Final = ("记账金额(收入)", "记账金额(支出)", "记账币种", "余额")
_PERSONAL_MEMO: Final = ("摘要", "交易详情", "交易场所")
_LAYOUTS: Final = (
    Layout(
        required=("本方账号", "交易时间", "借/贷", "借方发生额", "贷方发生额", "对方单位名称", "余额"),
        day=("交易时间",),
        when=("交易时间",),
        out=("借方发生额",),
        into=("贷方发生额",),
        memo=("摘要", "用途", "个性化信息"),
    ),
    Layout(
        required=("本方账号", "交易时间", "借/贷", "金额", "对方单位"),
        day=("交易时间",),
        when=("交易时间",),
        amount=("金额",),
        flag=("借/贷",),
        memo=("摘要", "用途", "附言", "个性化信息"),
    ),
    Layout(
        required=("日期", "交易类型", "凭证种类", "凭证号", "对方户名", "摘要", "借方发生额", "贷方发生额", "余额"),
        day=("日期",),
        when=("日期",),
        out=("借方发生额",),
        into=("贷方发生额",),
        memo=("摘要", "交易类型"),
    ),
    Layout(
        required=("交易日期", "交易场所", "钞/汇", *_BOOKED),
        day=("交易日期",),
        out=("记账金额(支出)",),
        into=("记账金额(收入)",),
        currency=("记账币种",),
        memo=_PERSONAL_MEMO,
    ),
)


class Icbc(Source):
    """工商银行账户明细."""

    name: ClassVar[str] = "icbc"
    title: ClassVar[str] = "工商银行账户明细"
    raw_table: ClassVar[str] = "icbc.statement"
    book = Book.BANK
    looks_for: ClassVar[str] = "a header with 借/贷 and 对方单位名称 or 对方单位, or with 记账金额(收入)"

    def identify(self, piece: Piece) -> bool:
        """Claim a text, workbook or web page whose header has the columns of one of the layouts."""
        return claims(piece, _LAYOUTS)

    def read(self, piece: Piece, settings: Settings) -> Reading:
        """Read every row below the header. Raises SourceError when there is none, or when numbers are destroyed."""
        return bank_table.read(piece, settings, _LAYOUTS)
