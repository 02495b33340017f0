"""Noise of the clerks (see ``noise``): what they write where, and what they put right again.

A voucher may cite the order, the payment or the channel's number, or nothing but a sentence with the number in it; one
in two thousand not even that. A cart may be one voucher. A mistake is cancelled by a red voucher and booked again.
"""

from __future__ import annotations

from typing import Final

import polars as pl

from sample_data import text
from sample_data.contract import CHANNEL_NAMES, WECHAT, Plan
from sample_data.noise_payments import IN_PARTS_ONE_VOUCHER, IN_PARTS_VOUCHER_EACH
from sample_data.plant import Cause

NAME: Final = text.pick(CHANNEL_NAMES, pl.col("channel"))
NUMBER: Final = pl.col("number")


def as_clerks_book(lines: pl.DataFrame, plan: Plan) -> pl.DataFrame:
    """Sales as they are booked: what was settled, carts in one voucher, payments in two parts; ``blank`` references.

    ``lines`` has a row for each order line, ``amount`` its gross, ``paid`` what the channel's first payment was.
    """
    rng = plan.dice("sales vouchers")
    lines = lines.with_columns(
        amount=pl.when(pl.col("way") == IN_PARTS_VOUCHER_EACH)
        .then("paid")
        .otherwise(pl.col("amount") - pl.col("coupon")),
        number=pl.when(pl.col("way") == IN_PARTS_VOUCHER_EACH)
        .then("txn_no")
        .when((pl.col("way") == IN_PARTS_ONE_VOUCHER) & (pl.col("size") == 1))
        .then("order_no")
        .otherwise("number"),
    )
    together = (pl.col("cause") == Cause.CART_LINE_MISSING) | (
        (pl.col("cause") == 0) & (pl.col("size") > 1) & (pl.col("way") == 0) & (pl.col("pay") * 7_919 % 10 < 3)
    )
    lines = lines.with_columns(
        amount=pl.when(together).then(pl.col("amount").sum().over("pay")).otherwise("amount"),
        number=pl.when(together).then("mno").otherwise("number"),
    ).filter(~together | pl.col("pay").is_first_distinct())
    rows = len(lines)
    roll = pl.Series(rng.random(rows))
    plain = (pl.col("cause") == 0) & (pl.col("way") == 0)
    alone = pl.len().over("channel", "amount") == 1
    speechless = plain & (pl.col("channel") <= WECHAT) & (pl.col("size") == 1) & alone & (roll > 0.998)
    return lines.with_columns(
        blank=pl.col("blank") | (plain & (roll < 0.12)) | speechless,
        number=pl.when(~speechless).then("number"),
        wording=pl.Series(rng.integers(0, 4, rows)),
    )


def summary_with_number() -> pl.Expr:
    """A sentence with the number somewhere in it, where the reference is blank."""
    sentences = [
        pl.concat_str(pl.lit("收"), NAME, pl.lit("货款（单号："), NUMBER, pl.lit("）")),
        pl.concat_str(NAME, pl.lit("到账"), NUMBER, pl.lit("，客户付款")),
        pl.concat_str(NUMBER, pl.lit(" "), NAME, pl.lit("销售")),
        pl.concat_str(pl.lit("销售收款 "), NAME, pl.lit(" "), NUMBER),
    ]
    wording = pl.col("wording")
    said = pl.when(wording == 0).then(sentences[0]).when(wording == 1).then(sentences[1])
    return (
        said.when(wording == 2)
        .then(sentences[2])
        .otherwise(sentences[3])
        .fill_null(pl.concat_str(NAME, pl.lit("销售收款")))
    )


def second_thoughts(heads: pl.DataFrame, plan: Plan) -> pl.DataFrame:
    """Mistakes cancelled by a red voucher and booked again; and second vouchers that cite another number."""
    roll = pl.Series(plan.dice("second thoughts").random(len(heads)))
    again = (pl.col("cause") == 0) & (pl.col("way") == 0) & pl.col("reference").is_not_null() & (roll < 0.001)
    heads = heads.with_columns(again=again)
    redone = heads.filter("again")
    red = redone.with_columns(
        at=pl.col("at") + 600, amount=-pl.col("amount"), summary=pl.concat_str(pl.lit("红冲 "), "summary")
    )
    right = redone.with_columns(at=pl.col("at") + 700, summary=pl.concat_str(pl.lit("重开 "), "summary"))
    other = pl.when(pl.col("number") == pl.col("txn_no")).then("order_no").otherwise("txn_no")
    otherwise = heads.filter(pl.col("cause") == Cause.VOUCHER_TWICE_OTHERWISE).with_columns(
        at=pl.col("at") + 26 * 3_600,
        day=pl.min_horizontal(pl.col("day") + 1, pl.lit(plan.after_day - 1)),
        reference=other,
        summary=pl.concat_str(pl.lit("收款 "), NAME),
    )
    return pl.concat([heads, red, right, otherwise]).drop("again")


def red_vouchers(heads: pl.DataFrame, plan: Plan) -> pl.DataFrame:
    """Refunds' vouchers: one in ten cites the payment's number, some say the refund's in a sentence."""
    rng = plan.dice("red vouchers")
    roll = pl.Series(rng.random(len(heads)))
    refund = pl.col("plain") & (pl.col("kind") == "refund")
    by_payment = refund & (roll < 0.1)
    by_words = refund & roll.is_between(0.1, 0.2)
    sentence = pl.concat_str(pl.lit("退"), NAME, pl.lit("货款（退款单"), "refund_no", pl.lit("）"))
    return heads.with_columns(
        reference=pl.when(by_payment).then("mno").when(~by_words).then("reference"),
        summary=pl.when(by_words)
        .then(sentence)
        .when(by_payment)
        .then(pl.concat_str(pl.lit("销售退款 "), NAME))
        .otherwise("summary"),
    )
