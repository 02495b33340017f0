"""The books that follow from the month: what the channels moved, what the order system says, what is paid out.

:func:`channel_moves` is the channel book, a row per printed movement: ``kind`` (payment, refund, chargeback, reversal),
``channel, pay, ref, at, day, amount, settled, fee`` (signed, positive is money to the merchant; ``settled`` is the
amount less the merchant's own coupon), ``discount`` (the part of it that the channel pays), ``currency, txn_no, mno,
refund_no, refund_id, booked, extra``. Vouchers, payouts and bills are all made from it, so that what is in one book
follows in the others.

:func:`order_book` is the order system's side, with what it says wrongly. :func:`settle` adds the moves up to batches.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import polars as pl

from sample_data.contract import ALIPAY, PAYPAL, UNIONPAY, WECHAT, batch_no, business_day, payout_due, returned_fee
from sample_data.plant import NOT_IN_ORDERS, Cause

UNBOOKED_PAYMENTS: Final = (Cause.ORDER_MISSING_UNBOOKED, Cause.VOUCHER_MISSING)
UNBOOKED_REFUNDS: Final = (
    Cause.REFUND_UNBOOKED,
    Cause.REFUND_UNKNOWN_TO_BOTH,
    Cause.REFUND_OF_EARLIER_MONTH_UNKNOWN,
)
NOT_IN_ORDER_REFUNDS: Final = (
    Cause.REFUND_UNKNOWN_TO_ORDERS,
    Cause.REFUND_UNKNOWN_TO_BOTH,
    Cause.REFUND_OF_EARLIER_MONTH_UNKNOWN,
)


def is_one(column: str, causes: tuple[Cause, ...]) -> pl.Expr:
    """Whether the cause in ``column`` is one of ``causes``."""
    return pl.col(column).is_in([int(cause) for cause in causes])


def channel_moves(payments: pl.DataFrame, extra: pl.DataFrame, refunds: pl.DataFrame) -> pl.DataFrame:
    """Every movement the channels print, in order of time."""
    nothing = pl.lit(None, pl.String)
    first = payments.filter((pl.col("cause") != Cause.CHANNEL_MISSING) & ~pl.col("old")).select(
        pl.lit("payment").alias("kind"),
        "channel",
        "pay",
        pl.lit(None, pl.Int64).alias("ref"),
        "at",
        "day",
        "amount",
        (pl.col("amount") - pl.col("coupon")).alias("settled"),
        pl.col("discount"),
        (-pl.col("fee") - pl.col("fee_delta")).alias("fee"),
        "currency",
        "txn_no",
        "mno",
        nothing.alias("refund_no"),
        nothing.alias("refund_id"),
        (~is_one("cause", UNBOOKED_PAYMENTS)).alias("booked"),
        pl.lit(value=False).alias("extra"),
    )
    more = extra.join(payments.select("pay", "currency", "mno"), on="pay", how="left", maintain_order="left").select(
        "kind",
        "channel",
        "pay",
        pl.lit(None, pl.Int64).alias("ref"),
        "at",
        "day",
        _signed("amount").alias("amount"),
        _signed("amount").alias("settled"),
        pl.lit(0, pl.Int64).alias("discount"),
        (-pl.col("fee")).alias("fee"),
        "currency",
        "txn_no",
        "mno",
        nothing.alias("refund_no"),
        nothing.alias("refund_id"),
        "booked",
        pl.lit(value=True).alias("extra"),
    )
    paid = refunds.filter("paid")
    origin = payments.select("pay", "currency", "txn_no", "mno", "coupon", pl.col("amount").alias("paid_amount"))
    share = (2 * pl.col("coupon") * pl.col("amount") + pl.col("paid_amount")) // (2 * pl.col("paid_amount"))
    kept = (paid["cause"] == Cause.REFUND_FEE_KEPT).to_numpy()
    back = paid.join(origin, on="pay", how="left", maintain_order="left").select(
        pl.lit("refund").alias("kind"),
        "channel",
        "pay",
        "ref",
        "at",
        pl.Series("day", business_day(paid["channel"].to_numpy(), paid["at"].to_numpy())),
        (-pl.col("amount")).alias("amount"),
        (share - pl.col("amount")).alias("settled"),
        pl.lit(0, pl.Int64).alias("discount"),
        pl.Series("fee", np.where(kept, 0, returned_fee(paid["channel"].to_numpy(), paid["amount"].to_numpy()))),
        "currency",
        "txn_no",
        "mno",
        "refund_no",
        "refund_id",
        (~is_one("cause", UNBOOKED_REFUNDS)).alias("booked"),
        pl.lit(value=False).alias("extra"),
    )
    return pl.concat([first, more, back]).sort("at", "channel", "pay", "kind", maintain_order=True)


def _signed(column: str) -> pl.Expr:
    return pl.when(pl.col("kind") == "chargeback").then(-pl.col(column)).otherwise(pl.col(column))


def keep_batches_positive(payments: pl.DataFrame, extra: pl.DataFrame, refunds: pl.DataFrame) -> pl.DataFrame:
    """Refunds without those that would leave a trade day with nothing to pay out (a matter of very small months).

    Natural refunds of such a day are dropped; a planted one becomes a small part, paid minutes after its payment.
    """
    named = refunds.with_columns(refund_no=pl.lit(""), refund_id=pl.lit(""), ref=pl.int_range(pl.len()))
    for _ in range(10):
        moves = channel_moves(payments, extra, named).filter(pl.col("channel") != PAYPAL)
        nets = moves.group_by("channel", "day").agg(amount=pl.col("settled").sum() + pl.col("fee").sum())
        bad = moves.join(nets.filter(pl.col("amount") <= 0).select("channel", "day"), on=["channel", "day"], how="semi")
        guilty = bad.filter(pl.col("kind") == "refund")["ref"]
        if guilty.is_empty():
            break
        at_fault = pl.col("ref").is_in(guilty.to_list())
        bought = payments.select("pay", pl.col("at").alias("bought_at"))
        named = named.filter(~(at_fault & (pl.col("cause") == 0))).join(
            bought, on="pay", how="left", maintain_order="left"
        )
        small = pl.max_horizontal(pl.col("amount") // 5, 200)
        wrong = pl.col("amount") - pl.col("order_amount")
        named = named.with_columns(
            amount=pl.when(at_fault).then(small).otherwise("amount"),
            order_amount=pl.when(at_fault).then(small - wrong.clip(0, 99)).otherwise("order_amount"),
            requested_at=pl.when(at_fault).then(pl.col("bought_at") + 60).otherwise("requested_at"),
            at=pl.when(at_fault).then(pl.col("bought_at") + 90).otherwise("at"),
        ).drop("bought_at")
    return named.drop("refund_no", "refund_id", "ref")


def order_book(
    payments: pl.DataFrame, orders: pl.DataFrame, refunds: pl.DataFrame, rng: np.random.Generator
) -> pl.DataFrame:
    """The order system's lines, payments and refunds, as printed in ``orders.csv`` but with typed columns."""
    lines = _payment_lines(payments, orders, rng)
    back = _refund_lines(payments, orders, refunds, rng)
    book = pl.concat([lines, back])
    book = book.with_columns(trace_id=_trace_ids(len(book), rng))
    twice = book.filter(
        ((pl.col("record") == "payment") & is_one("cause", (Cause.ORDER_TWICE, Cause.ORDER_TWICE_LATER)))
        | ((pl.col("record") == "refund") & (pl.col("cause") == Cause.REFUND_TWICE))
    )
    later = pl.when(pl.col("cause") == Cause.ORDER_TWICE_LATER).then(7).otherwise(0)
    twice = twice.with_columns(
        created_at=pl.col("created_at") + later,
        occurred_at=pl.col("occurred_at") + later,
        trace_id=pl.when(later > 0).then(pl.col("trace_id").str.reverse()).otherwise("trace_id"),
    )
    return pl.concat([book, twice]).sort("created_at", "order_no", maintain_order=True)


def _payment_lines(payments: pl.DataFrame, orders: pl.DataFrame, rng: np.random.Generator) -> pl.DataFrame:
    columns = ("channel", "shop", "size", "currency", "base", "created_at", "order_at", "txn_no", "rate_e4", "cause")
    lines = orders.with_columns(payments.select(*columns, "order_delta", "order_rate", "old")[orders["pay"]])
    rows = len(lines)
    never_paid = is_one("cause", (Cause.STATUS_PENDING, Cause.STATUS_CLOSED))
    lines = lines.with_columns(
        forgotten=pl.Series(rng.random(rows) < 0.02) & (pl.col("cause") == 0),
        unnotified=never_paid & pl.Series(rng.random(rows) < 0.5),
        fx_rate=pl.when(pl.col("order_rate") > 0).then("order_rate").otherwise("rate_e4"),
    )
    status = (
        pl.when(pl.col("cause") == Cause.STATUS_PENDING)
        .then(pl.lit("pending"))
        .when(pl.col("cause") == Cause.STATUS_CLOSED)
        .then(pl.lit("closed"))
        .otherwise(pl.lit("success"))
    )
    one_line_lost = (pl.col("cause") == Cause.CART_LINE_MISSING) & pl.col("lead")
    mistaken = pl.col("cause") == Cause.ORDER_WRONG_CHANNEL
    other = pl.when(pl.col("channel") == ALIPAY).then(WECHAT).otherwise(ALIPAY)
    lines = lines.with_columns(
        channel=pl.when(mistaken).then(other).otherwise("channel").cast(pl.Int64),
        forgotten=pl.col("forgotten") | mistaken,  # it does not know the channel's number either
    )
    return lines.filter(~is_one("cause", NOT_IN_ORDERS) & ~pl.col("old") & ~one_line_lost).select(
        pl.lit("payment").alias("record"),
        "pay",
        pl.lit(None, pl.Int64).alias("ref"),
        "cause",
        "order_no",
        "parent_no",
        "shop",
        "channel",
        "pay_no",
        pl.when(~pl.col("forgotten") & ~pl.col("unnotified")).then("txn_no").alias("channel_txn_no"),
        pl.lit(None, pl.String).alias("refund_no"),
        (pl.col("amount") + pl.when("lead").then("order_delta").otherwise(0)).alias("amount"),
        "currency",
        "base",
        pl.when(pl.col("base").is_not_null()).then("fx_rate").alias("fx_rate"),
        status.alias("status"),
        "created_at",
        pl.when(~pl.col("unnotified")).then("order_at").alias("occurred_at"),
    )


def _refund_lines(
    payments: pl.DataFrame, orders: pl.DataFrame, refunds: pl.DataFrame, rng: np.random.Generator
) -> pl.DataFrame:
    rows = len(refunds)
    origin = payments.select("shop", "currency", "txn_no")[refunds["pay"]]
    line = orders.select("order_no", "parent_no", "pay_no")[refunds["ord"]]
    skew = np.where(rng.random(rows) < 0.08, rng.integers(1, 90, rows), 0)
    lines = pl.concat([refunds, origin, line], how="horizontal").with_columns(
        seen_at=pl.when("paid").then(pl.col("at") + pl.Series(skew)).otherwise("requested_at"),
        waiting=(~pl.col("paid") & pl.Series(rng.random(rows) < 0.6))
        | (pl.col("cause") == Cause.REFUND_PENDING_IN_ORDERS),
    )
    own_number = (pl.col("channel") >= UNIONPAY) & pl.col("paid")
    return lines.filter(~is_one("cause", NOT_IN_ORDER_REFUNDS)).select(
        pl.lit("refund").alias("record"),
        "pay",
        "ref",
        "cause",
        "order_no",
        "parent_no",
        "shop",
        "channel",
        "pay_no",
        pl.when(own_number).then("refund_id").when(pl.col("channel") < UNIONPAY).then("txn_no").alias("channel_txn_no"),
        "refund_no",
        pl.col("order_amount").alias("amount"),
        "currency",
        pl.lit(None, pl.Int64).alias("base"),
        pl.lit(None, pl.Int64).alias("fx_rate"),
        pl.when("waiting").then(pl.lit("pending")).otherwise(pl.lit("success")).alias("status"),
        pl.col("requested_at").alias("created_at"),
        pl.when(pl.col("cause") == Cause.REFUND_PENDING_IN_ORDERS)
        .then("requested_at")
        .otherwise("seen_at")
        .alias("occurred_at"),
    )


def _trace_ids(rows: int, rng: np.random.Generator) -> pl.Series:
    return pl.Series(np.frombuffer(rng.bytes(8 * rows).hex().encode(), dtype="S16").astype("U16"), dtype=pl.String)


@dataclass(frozen=True, slots=True)
class Batch:
    """One trade day of one channel that pays out by the day; amounts in fen."""

    channel: int
    day: int
    batch_no: str
    net: int
    fee: int
    due: int


def settle(moves: pl.DataFrame) -> list[Batch]:
    """Batches of Alipay, WeChat Pay and UnionPay, by channel and day; each has something to pay out."""
    sums = (
        moves.filter(pl.col("channel") != PAYPAL)
        .group_by("channel", "day")
        .agg(pl.col("settled").sum(), pl.col("fee").sum())
        .sort("channel", "day")
    )
    batches = [
        Batch(channel, day, batch_no(channel, day), settled + fee, fee, payout_due(channel, day))
        for channel, day, settled, fee in sums.iter_rows()
    ]
    negative = [batch.batch_no for batch in batches if batch.net <= 0]
    if negative:
        raise ValueError(f"these trade days have nothing to pay out: {negative}")
    return batches
