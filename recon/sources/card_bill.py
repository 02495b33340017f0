"""信用卡账单: the bill of a credit card, of eight banks; kept as printed, no line of it is a bank line.

Where from: the bank's e-banking or mail > 信用卡 > 账单明细, as CSV or Excel, or put together from the PDF. Told by
header names, below any number of heading lines:

    中国银行   交易日,银行记账日,卡号后四位,交易描述,存入,支出,币种
    工商银行   交易日期,记账日期,摘要,交易场所, ... 记账金额(收入),记账金额(支出),记账币种,余额,对方户名
    招商银行   交易日,记账日,交易摘要,人民币金额,卡号末四位,交易地金额
    交通银行   交易日期,记账日期,交易说明,交易币种/金额,入账币种/金额
    广发银行   交易日期,入账日期,交易摘要,交易金额,交易货币,入账金额,入账货币
    中信银行   交易日期,入账日期,交易描述,卡末四位,交易币种,结算币种,交易金额,结算金额
    HSBC      Transaction date,Post date,Description,Billing amount, ... ,Merchant name, ... ,Credit / Debit
    BMO       Item #,Card #,Transaction Date,Posting Date,Transaction Amount,Description

What comes out: nothing but raw rows, each of them excluded with the reason. Channels pay out to accounts and never to
a card; what a card bill calls 支付宝 or 财付通 are purchases of the holder, and their refunds would look like payouts
that nobody can explain. So a folder of downloads may hold these bills, and they do no harm.

They could not be read all alike either: 招商银行 prints days without a year, 交通银行 amounts without a sign, and some
print what is spent as positive, some as negative.

Source: anonymised bills of these eight banks (formats/paypal-banks-orders-vouchers.md section 3b, read 2026-11).
"""

from __future__ import annotations

from typing import ClassVar, Final

import polars as pl

from recon.model import Book
from recon.sources import bank_layout
from recon.sources.bank_layout import Layout, claims
from recon.sources.piece import Piece
from recon.sources.source import Reading, Settings, Source

_REASON: Final = "a line of a credit card's bill: channels pay out to accounts, never to a card"
_LAYOUTS: Final = (
    Layout(required=("交易日", "银行记账日", "卡号后四位", "交易描述", "存入", "支出", "币种"), day=("银行记账日",)),
    Layout(
        required=("交易日期", "记账日期", "交易场所", "记账金额(收入)", "记账金额(支出)", "记账币种", "余额"),
        lacks=("钞/汇",),
        day=("记账日期",),
    ),
    Layout(required=("交易日", "记账日", "交易摘要", "人民币金额", "卡号末四位", "交易地金额"), day=("记账日",)),
    Layout(required=("交易日期", "记账日期", "交易说明", "交易币种/金额", "入账币种/金额"), day=("记账日期",)),
    Layout(
        required=("交易日期", "入账日期", "交易摘要", "交易金额", "交易货币", "入账金额", "入账货币"),
        day=("入账日期",),
    ),
    Layout(
        required=("交易日期", "入账日期", "交易描述", "卡末四位", "交易币种", "结算币种", "交易金额", "结算金额"),
        day=("入账日期",),
    ),
    Layout(
        required=("Transactiondate", "Postdate", "Description", "Billingamount", "Merchantname", "Credit/Debit"),
        day=("Postdate",),
    ),
    Layout(
        required=("Item#", "Card#", "TransactionDate", "PostingDate", "TransactionAmount", "Description"),
        day=("PostingDate",),
    ),
)
"""Header names without their white space, as ``bank_layout.bare`` gives them."""


class CardBill(Source):
    """信用卡账单."""

    name: ClassVar[str] = "card_bill"
    title: ClassVar[str] = "信用卡账单"
    raw_table: ClassVar[str] = "card.bill"
    book = Book.BANK
    looks_for: ClassVar[str] = (
        "a header of a credit card's bill: 银行记账日 and 卡号后四位, 卡号末四位, 卡末四位, 入账币种/金额, 入账货币, "
        "记账日期 and 记账金额(收入), Post date and Merchant name, or Item # and Card #"
    )

    def identify(self, piece: Piece) -> bool:
        """Claim a text, workbook or web page whose header has the columns of one of the layouts."""
        return claims(piece, _LAYOUTS)

    def read(self, piece: Piece, settings: Settings) -> Reading:
        """Keep every line below the header, and exclude it. Raises SourceError when there is no header."""
        del settings  # no cell is typed
        raw = bank_layout.printed_table(piece, _LAYOUTS).raw
        return Reading(raw=raw, excluded=raw.select("line_no", pl.lit(_REASON).alias("reason")))
