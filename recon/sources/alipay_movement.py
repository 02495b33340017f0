"""Rows of Alipay's account bills: what moves a balance, whichever of the bills says so (account bill, web export).

Kinds, by the word of 业务类型 (account bill) or 账务类型 (web export) and by the direction of the money:

    在线支付 交易付款 交易                     in: payment      out: transfer, the merchant paid somebody
    交易退款 退款 退款（交易退款）               out: refund      in: transfer, the merchant was paid back
    收费 服务费 退费                           fee, charged or given back
    提现                                      payout
    转账 充值 红包 批量代发到账户 理财申购 ...     transfer
    其它 保证金 分账 代扣款 ... any other word    adjustment; fee if 备注 or 业务描述 names a 服务费, 佣金 or 手续费

Alipay adds words as it adds products. One that is not known here is an adjustment and no reject: its amount and
direction are certain, only what to call it is not; the word is kept in the memo.

A fee row tells the trade it was charged on in 备注, and only there:

    服务费[2026020322001458860500000001]                         charged
    花呗支付服务费[2026...];淘宝交易号[T200P1234567890123456789]    charged, a Taobao order
    服务费退回(2026020322001458860500000001)                      given back

Alipay says that 备注 is written by whoever moves the money and must not be relied on: it links a fee to its trade and
names unnamed words, and never decides an amount. A 收费 without any remark belongs to the trade in 业务流水号; a
commission (天猫佣金) is a fee of no trade, because the trade bill does not know it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

import polars as pl

from recon import money, times
from recon.model import Book, Channel, Kind, Status
from recon.sources import alipay_page, balance, cells
from recon.sources.cells import Cell
from recon.sources.source import Control

_FEES: Final = ("收费", "服务费", "退费")
KINDS: Final[Mapping[str, str]] = {
    **dict.fromkeys(("在线支付", "交易付款", "交易"), Kind.PAYMENT.value),
    **dict.fromkeys(("交易退款", "退款", "退款(交易退款)"), Kind.REFUND.value),
    **dict.fromkeys(_FEES, Kind.FEE.value),
    "提现": Kind.PAYOUT.value,
    **dict.fromkeys(
        (
            "转账",
            "充值",
            "红包",
            "红包退回",
            "批量代发到账户",
            "理财申购",
            "理财赎回",
            "基金申购",
            "基金赎回",
            "余额宝-转入",
            "余额宝-转出",
            "余额宝-自动转入",
            "余额宝-自动转出",
            "信用卡还款",
            "花呗还款",
        ),
        Kind.TRANSFER.value,
    ),
}
NO_MONEY: Final = "neither 收入 nor 支出: no money moved"
_CHARGES: Final = "服务费|佣金|手续费"
_TRADE: Final = r"服务费[^\[\](){}［］（）｛｝]*[\[({［（｛](\d{16,32})[\])}］）｝]"
_TRADE_FORM: Final = r"^20\d{26}$"
_TAOBAO: Final = r"T\d+P(\d{16,})"


def income(column: str) -> Cell:
    """收入: minor units; blank, 0 and 0.00 are none."""
    minor = money.minor_units(pl.col(column))
    return Cell(column, pl.when(minor >= 0).then(minor), "is not an amount with at most 2 decimals, without a sign")


def spending(column: str, beside: str) -> Cell:
    """支出, positive: older bills print it without a sign, newer ones negative. A row has this or 收入 (``beside``)."""
    minor, other = (money.minor_units(pl.col(name)).fill_null(0) for name in (column, beside))
    typed = pl.when((minor == 0) | (other == 0)).then(money.minor_units(pl.col(column)).abs())
    return Cell(column, typed, f"is not an amount with at most 2 decimals, or {beside} of the same row is one, too")


def word(column: str) -> Cell:
    """业务类型 with half-width signs, so that 退款（交易退款） is one word."""
    text = cells.text(column)
    return Cell(column, text.typed.str.normalize("NFKC"), text.reason)


def split_empty(typed: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Add ``amount_minor`` and take out rows that moved nothing. Returns (typed, excluded)."""
    amount = pl.col("in_minor").fill_null(0) - pl.col("out_minor").fill_null(0)
    moved = typed.with_columns(amount.alias("amount_minor"))
    nothing = moved.filter(pl.col("amount_minor") == 0).select("line_no", pl.lit(NO_MONEY).alias("reason"))
    return moved.filter(pl.col("amount_minor") != 0), nothing


TEXTS: Final = (
    "serial",
    "trade_no",
    "merchant_no",
    "word",
    "counterparty",
    "goods",
    "remark",
    "described",
    "base_order",
    "reference",
)
"""What the bills say of a movement, each in columns of its own."""


def completed(typed: pl.DataFrame) -> pl.DataFrame:
    """Add the columns that this edition of a bill does not have: texts are blank, balance and fee null."""
    amounts = dict.fromkeys(("balance_minor", "fee_minor"), pl.lit(None, dtype=pl.Int64))
    values = dict.fromkeys(TEXTS, pl.lit("")) | amounts
    return typed.with_columns(value.alias(name) for name, value in values.items() if name not in typed.columns)


def chain(moved: pl.DataFrame, account: str, amount: str = "amount_minor") -> tuple[Control, ...]:
    """The running balance of the rows. Alipay does not promise that it is continuous: a gap refuses nothing."""
    lines = moved.select(
        "line_no",
        pl.lit(account).alias("account"),
        pl.lit("CNY").alias("currency"),
        pl.col(amount).alias("amount_minor"),
        "balance_minor",
    )
    return tuple(replace(control, binding=False) for control in balance.chain(lines))


def canonical(moved: pl.DataFrame, account: str) -> pl.DataFrame:
    """Typed cells -> columns of ``model.TXN``.

    ``moved``: line_no, occurred_s, amount_minor (signed, not 0), fee_minor (signed; null where the fee is a row of its
    own), and the texts of :data:`TEXTS` (``""`` = not printed).
    """
    remark = pl.col("remark")
    rows = moved.with_columns(
        _kind(remark).alias("kind"),
        remark.str.extract(_TRADE, 1).alias("charged_on"),
        pl.when(pl.col("trade_no") == "").then(pl.col("serial")).otherwise(pl.col("trade_no")).alias("own_no"),
        times.business_date(pl.col("occurred_s")).alias("business_date"),
    )
    kind, trade_no = pl.col("kind"), pl.col("trade_no")
    fee = kind == Kind.FEE
    of_trade = kind.is_in([Kind.PAYMENT.value, Kind.REFUND.value])
    silent = (remark == "") & pl.col("word").is_in(_FEES) & trade_no.str.contains(_TRADE_FORM)
    trade_of_fee = pl.coalesce("charged_on", pl.when(silent).then(trade_no), pl.lit(""))
    merchant_no = [pl.col("merchant_no"), remark.str.extract(_TAOBAO, 1).fill_null(""), pl.col("base_order")]
    return rows.select(
        "line_no",
        pl.lit(Book.CHANNEL.value).alias("book"),
        pl.lit(Channel.ALIPAY.value).alias("channel"),
        pl.lit(account).alias("account"),
        "kind",
        pl.lit(Status.SUCCESS.value).alias("status"),
        pl.col("serial").alias("native_id"),
        pl.lit("CNY").alias("currency"),
        "amount_minor",
        "fee_minor",
        (pl.col("amount_minor") + pl.col("fee_minor").fill_null(0)).alias("net_minor"),
        "occurred_s",
        "business_date",
        pl.coalesce(*(pl.when(number != "").then(number) for number in merchant_no), pl.lit("")).alias("merchant_no"),
        pl.when(fee).then("serial").when(of_trade).then("trade_no").otherwise("own_no").alias("channel_txn_no"),
        pl.when(fee)
        .then(trade_of_fee)
        .when(kind == Kind.REFUND)
        .then("trade_no")
        .otherwise(pl.lit(""))
        .alias("related_no"),
        pl.when(of_trade | fee)
        .then(alipay_page.batch_no(account, pl.col("business_date")))
        .otherwise(pl.lit(""))
        .alias("batch_no"),
        pl.when(kind == Kind.PAYOUT).then("reference").otherwise(pl.lit("")).alias("reference"),
        "counterparty",
        _memo(sale=of_trade, named=~(of_trade | fee)).alias("memo"),
    )


def _memo(*, sale: pl.Expr, named: pl.Expr) -> pl.Expr:
    """What is said of the row, each thing once; of rows that are ``named`` also the word of their kind.

    业务描述 says the same of every ``sale``, and is left out there.
    """
    goods, remark, described = pl.col("goods"), pl.col("remark"), pl.col("described")
    notes = [
        pl.when(named & (pl.col("word") != "")).then("word"),
        pl.when(goods != "").then(goods),
        pl.when((remark != "") & (remark != goods)).then(remark),
        pl.when((described != "") & (described != remark) & ~sale).then(described),
    ]
    return pl.concat_str(notes, separator=" | ", ignore_nulls=True)


def _kind(remark: pl.Expr) -> pl.Expr:
    comes_in = pl.col("amount_minor") > 0
    known = pl.col("word").replace_strict(dict(KINDS), default=Kind.ADJUSTMENT.value, return_dtype=pl.String)
    charge = remark.str.contains(_CHARGES) | pl.col("described").str.contains(_CHARGES)
    other_way = ((known == Kind.PAYMENT) & ~comes_in) | ((known == Kind.REFUND) & comes_in)
    return (
        pl.when(other_way)
        .then(pl.lit(Kind.TRANSFER.value))
        .when((known == Kind.ADJUSTMENT) & charge)
        .then(pl.lit(Kind.FEE.value))
        .otherwise(known)
    )
