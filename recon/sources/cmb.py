"""China Merchants Bank, account statements (招商银行账户明细), corporate and personal.

Where from: 企业银行 U-BANK / CBS > 账户管理 > 交易查询 > 导出 (Excel or CSV); personal: 个人网银 > 交易查询 > 下载
(CSV in GB18030). The corporate table has 32 columns below some heading lines of pairs (公司名称, 银行帐号, 查询日期),
or 36, whose names for the other side differ:

    交易日,交易时间,起息日,交易类型,借方金额,贷方金额,余额,摘要,流水号,流程实例号,业务名称,用途,业务参考号, ...
        收/付方名称, ...
    交易日,交易时间, ... ,收(付)方名称,收(付)方账号, ...
    20260203,091502,20260203,汇入汇款,,18240.55,518240.55,结算款,K2602030001, ... ,支付宝（中国）网络技术有限公司, ...

    记账日期,货币,交易金额,联机余额,交易摘要,对手信息,客户摘要   (personal)

What comes out: one ``bank`` row per line, as recon/sources/bank_table.py says for all Chinese banks.

- amount: 贷方金额 - 借方金额; personal: 交易金额 with its sign. 冲帐标志 marks a line that takes another
  one back: its amount is negative on the side of that one.
- business_date = 交易日, not the value day (起息日). reference = 流水号.
- Personal 对手信息 glues name and account number together; the number is left off the counterparty.

The credit card bill (招商银行信用卡对账单) is the format ``card_bill``.

Source: an anonymised personal table and the code of programs that read the corporate ones
(formats/paypal-banks-orders-vouchers.md sections 3a and 3b, read 2026-11). The 36 column header is known in part.
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
        required=("交易日", "交易时间", "起息日", "借方金额", "贷方金额", "余额", "流水号", "业务参考号"),
        day=("交易日",),
        when=("交易时间",),
        out=("借方金额",),
        into=("贷方金额",),
        serial=("流水号",),
        counterparty=("收/付方名称", "收(付)方名称"),
        memo=("摘要", "用途", "业务摘要", "其它摘要", "扩展摘要"),
    ),
    Layout(
        required=("记账日期", "货币", "交易金额", "联机余额", "交易摘要", "对手信息"),
        day=("记账日期",),
        amount=("交易金额",),
        counterparty_form=r"^(.*?\D)\s*[\d*]{6,}$",
        memo=("交易摘要", "客户摘要"),
    ),
)


class MerchantsBank(Source):
    """招商银行账户明细."""

    name: ClassVar[str] = "cmb"
    title: ClassVar[str] = "招商银行账户明细"
    raw_table: ClassVar[str] = "cmb.statement"
    book = Book.BANK
    looks_for: ClassVar[str] = "a header with 交易日, 借方金额, 贷方金额 and 业务参考号, or with 联机余额 and 对手信息"

    def identify(self, piece: Piece) -> bool:
        """Claim a text, workbook or web page whose header has the columns of one of the layouts."""
        return claims(piece, _LAYOUTS)

    def read(self, piece: Piece, settings: Settings) -> Reading:
        """Read every row below the header. Raises SourceError when there is none, or when numbers are destroyed."""
        return bank_table.read(piece, settings, _LAYOUTS)
