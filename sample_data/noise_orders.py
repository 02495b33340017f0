"""Noise of the order system (see ``noise``): what is not paid and never will be, second attempts, late callbacks.

Cancelled orders, payments that were tried at one channel and made at another, refunds that failed and were asked for
again: all of them stand in the export as ``closed``. Some numbers are not there, some channels stand in Chinese.
"""

from __future__ import annotations

from typing import Final

import polars as pl

from sample_data import text
from sample_data.contract import ALIPAY, CHANNELS, DAY_S, PAYPAL, WECHAT, Plan
from sample_data.plant import Cause

IN_CHINESE: Final = ("支付宝", "微信", "云闪付", "paypal")
MAY_FORGET_ITS_NUMBER: Final = (
    Cause.NONE,
    Cause.AMOUNT_MISMATCH,
    Cause.STATUS_PENDING,
    Cause.FX_RATE_ORDER,
    Cause.FX_ROUNDING_ORDER,
    Cause.DUPLICATE_ELSEWHERE,
    Cause.CART_PAID_TWICE,
    Cause.ORDER_SPLIT,
)


def order_lines(book: pl.DataFrame, plan: Plan) -> pl.DataFrame:
    """``books.order_book`` with its noise. Lines that no payment stands behind have ``pay`` and ``ref`` -1."""
    rng = plan.dice("order lines")
    rows = len(book)
    roll, late = pl.Series(rng.random(rows)), pl.Series(rng.integers(120, 1_800, rows))
    plain = pl.col("cause") == 0
    forgets = pl.col("cause").is_in([int(cause) for cause in MAY_FORGET_ITS_NUMBER]) & (roll < 0.08)
    is_late = plain & (pl.col("record") == "refund") & (pl.col("status") == "success") & roll.is_between(0.1, 0.14)
    book = book.with_columns(
        channel_txn_no=pl.when(~forgets).then("channel_txn_no"),
        occurred_at=pl.when(is_late).then(pl.col("occurred_at") + late).otherwise("occurred_at"),
    )
    roll = pl.Series(rng.random(rows))
    paid = plain & (pl.col("record") == "payment") & (pl.col("status") == "success")
    back = plain & (pl.col("record") == "refund") & (pl.col("status") == "success") & (pl.col("channel") != PAYPAL)
    nobody = {"pay": pl.lit(-1, pl.Int64), "ref": pl.lit(-1, pl.Int64), "channel_txn_no": pl.lit(None, pl.String)}
    never = pl.lit(None, pl.Int64)
    cancelled = book.filter(paid & pl.col("parent_no").is_null() & (roll < 0.012)).with_columns(
        order_no=_number("YS", 90_000_000),
        pay_no=pl.when(pl.col("pay_no").is_not_null()).then(_number("PN", 90_000_000)),
        status=pl.when(pl.int_range(pl.len()) % 5 == 0).then(pl.lit("pending")).otherwise(pl.lit("closed")),
        occurred_at=never,
        **nobody,
    )
    tried = book.filter(
        paid & (pl.col("channel") <= WECHAT) & pl.col("parent_no").is_null() & roll.is_between(0.02, 0.025)
    )
    tried = tried.with_columns(
        pay_no=_number("PN", 80_000_000),
        channel=pl.when(pl.col("channel") == ALIPAY).then(WECHAT).otherwise(ALIPAY).cast(pl.Int64),
        status=pl.lit("closed"),
        created_at=pl.col("created_at") - 90,
        occurred_at=never,
        **nobody,
    )
    failed = book.filter(back & roll.is_between(0.1, 0.2)).with_columns(
        refund_no=_number("RF", 9_000_000, 7),
        status=pl.lit("closed"),
        created_at=pl.col("created_at") - 5_400,
        occurred_at=pl.col("created_at") - 5_400,
        **nobody,
    )
    both = pl.concat([book, cancelled.select(book.columns), tried.select(book.columns), failed.select(book.columns)])
    both = both.with_columns(
        trace_id=pl.when(pl.col("pay") < 0).then(pl.col("trace_id").str.reverse()).otherwise("trace_id"),
        channel_name=pl.when(pl.Series(rng.random(len(both)) < 0.05))
        .then(text.pick(IN_CHINESE, pl.col("channel")))
        .otherwise(text.pick(CHANNELS, pl.col("channel"))),
    )
    first = plan.first_day * DAY_S
    return both.with_columns(created_at=pl.max_horizontal("created_at", pl.lit(first))).sort(
        "created_at", "order_no", maintain_order=True
    )


def _number(prefix: str, start: int, width: int = 8) -> pl.Expr:
    """Numbers of the order system's shape that no other line has."""
    return pl.concat_str(
        pl.lit(prefix), text.moment(pl.col("created_at"), "%y%m%d"), text.number(start + pl.int_range(pl.len()), width)
    )
