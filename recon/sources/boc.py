"""Bank of China, account statements (中国银行账户明细), corporate and personal.

Where from: 企业网上银行 > 账户管理 > 交易查询 > 下载, as CSV, as text with ``|`` between the cells, or as Excel;
personal: 手机银行 or 网上银行 > 交易明细 (CSV made from it). Every corporate header name may carry its English in
brackets:

    查询账号[ Inquirer account number ]|200000000321|
    总笔数[ Total number ]|2|
    交易类型[ Transaction Type ]|业务类型[ Business type ]| ... |交易日期[ Transaction Date ]|交易时间[ Transaction
        time ]| ...
    来账|国际汇款|||AE0000000000000000000|BUYER ONE LIMITED| ... |20260203|10:18:11|USD|+129646.38|+162074.70| ...

    记账日期,记账时间,币别,金额,余额,交易名称,渠道,网点名称,附言,对方账户名,对方卡号/账号,对方开户行,借记卡号
        (personal)

What comes out: one ``bank`` row per line, as recon/sources/bank_table.py says for all Chinese banks.

- amount: 交易金额 with its sign, + is money in. Counterparty: the payer (付款人) of 来账, the payee (收款人) of 往账;
  a line that says neither goes by its sign. 汇率 is the bank's rate per 100 units on that day, no conversion, and is
  not read.
- account: 查询账号 of the heading; without a heading the payee's of 来账, the payer's of 往账.
- Personal: 金额 is signed, but lines called 冲正 print it with the opposite sign; the balance chain shows it. The
  newest line stands first.
- reference = 交易流水号. Cells drawn as ``-------------------`` are blank.
- 总笔数, 借方/贷方发生总笔数 and 总额 of the heading are controls.

The credit card bill is the format ``card_bill``.

Source: one masked corporate text of 2017, an anonymised personal table, and the code of programs that read them
(formats/paypal-banks-orders-vouchers.md sections 3a and 3b, read 2026-11).
"""

from __future__ import annotations

from typing import ClassVar, Final

from recon.model import Book
from recon.sources import bank_table
from recon.sources.bank_layout import Layout, Sides, claims
from recon.sources.piece import Piece
from recon.sources.source import Reading, Settings, Source

_LAYOUTS: Final = (
    Layout(
        required=(
            "交易类型",
            "付款人账号",
            "付款人名称",
            "收款人账号",
            "收款人名称",
            "交易日期",
            "交易金额",
            "交易后余额",
        ),
        day=("交易日期",),
        when=("交易时间",),
        amount=("交易金额",),
        sides=Sides(
            way="交易类型",
            payer="付款人名称",
            payer_account="付款人账号",
            payee="收款人名称",
            payee_account="收款人账号",
        ),
        memo=("业务类型", "摘要", "用途", "交易附言", "备注"),
    ),
    Layout(
        required=("记账日期", "记账时间", "币别", "金额", "余额", "交易名称", "对方账户名", "对方卡号/账号"),
        day=("记账日期",),
        when=("记账时间",),
        amount=("金额",),
        turned=("交易名称", "冲正"),
        account=("借记卡号",),
        counterparty=("对方账户名",),
        memo=("交易名称", "附言"),
    ),
)


class BankOfChina(Source):
    """中国银行账户明细."""

    name: ClassVar[str] = "boc"
    title: ClassVar[str] = "中国银行账户明细"
    raw_table: ClassVar[str] = "boc.statement"
    book = Book.BANK
    looks_for: ClassVar[str] = "a header with 付款人名称, 收款人名称 and 交易后余额, or with 记账时间 and 对方卡号/账号"

    def identify(self, piece: Piece) -> bool:
        """Claim a text, workbook or web page whose header has the columns of one of the layouts."""
        return claims(piece, _LAYOUTS)

    def read(self, piece: Piece, settings: Settings) -> Reading:
        """Read every row below the header. Raises SourceError when there is none, or when numbers are destroyed."""
        return bank_table.read(piece, settings, _LAYOUTS)
