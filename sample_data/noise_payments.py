"""Noise of the channels (see ``noise``): ways to pay, ways to refund, and where UnionPay's day really ends."""

from __future__ import annotations

from typing import Final

import numpy as np
import polars as pl

from sample_data.contract import (
    DAY_S,
    PAYPAL,
    SMALL_SHOP,
    UNIONPAY,
    USD,
    WECHAT,
    Ints,
    Plan,
    business_day,
    contract_fee,
    lowered,
    lowered_fee,
)
from sample_data.merchant import channel_numbers, refund_delay
from sample_data.plant import Cause

IN_PARTS_ONE_VOUCHER, IN_PARTS_VOUCHER_EACH, DISPUTE_WON = 1, 2, 3
"""Values of ``way``: how a payment came in, 0 being as usual."""

CHANNEL: Final = pl.col("channel")
MAY_BE_REFUNDED: Final = (pl.col("cause") == 0) & ~pl.col("old") & (pl.col("way") == 0)
PLAIN: Final = MAY_BE_REFUNDED & ~pl.col("twin") & (pl.col("coupon") == 0) & (pl.col("discount") == 0)
CUT_S: Final = 23 * 3_600
WITH_SISTERS: Final = (
    Cause.REFUND_UNKNOWN_TO_ORDERS,
    Cause.REFUND_UNBOOKED,
    Cause.REFUND_PENDING,
    Cause.REFUND_OVERDUE,
)


def ways_to_pay(payments: pl.DataFrame, extra: pl.DataFrame, plan: Plan) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Coupons, discounts, payments in two parts, disputes that were won. Adds the movements to ``extra``.

    A payment in two parts keeps its first part as ``amount``; the order lines still say the whole.
    """
    payments = _coupons(payments, plan)
    rng = plan.dice("ways")
    rows = len(payments)
    inside = pl.col("day").is_between(plan.first_day + 1, plan.after_day - 5)
    single = PLAIN & inside & (pl.col("size") == 1) & (CHANNEL != PAYPAL) & (pl.col("shop") != SMALL_SHOP)
    two = PLAIN & inside & (pl.col("size") == 2)
    dollars = PLAIN & (pl.col("currency") == USD) & (pl.col("at") < (plan.after_day - 22) * DAY_S)
    roll, share = pl.Series(rng.random(rows)), rng.integers(10, 90, rows)
    way = (
        pl.when(single & (pl.col("amount") >= 5_000) & (roll < 0.002))
        .then(IN_PARTS_ONE_VOUCHER)
        .when(single & (pl.col("amount") >= 5_000) & (roll < 0.004))
        .then(IN_PARTS_VOUCHER_EACH)
        .when(two & (roll < 0.05))
        .then(IN_PARTS_ONE_VOUCHER)
        .when(dollars & (roll < 0.02))
        .then(DISPUTE_WON)
        .otherwise(0)
    )
    payments = payments.with_columns(way=way)
    parted = payments["way"].is_in([IN_PARTS_ONE_VOUCHER, IN_PARTS_VOUCHER_EACH]).to_numpy()
    whole, size = payments["amount"].to_numpy(), payments["size"].to_numpy()
    half = rng.random(rows) < 0.4  # two equal parts look like a payment made twice
    part = np.where(size > 1, payments["lead_amount"].to_numpy(), whole * np.where(half, 50, share) // 100)
    first = np.where(parted, part, whole)
    fee = np.where(parted, contract_fee(payments["channel"].to_numpy(), first), payments["fee"].to_numpy())
    payments = payments.with_columns(amount=pl.Series(first), fee=pl.Series(fee), rest=pl.Series(whole - part))
    more = [_second_parts(payments.filter(pl.Series(parted)), plan)]
    more += _disputes(payments.filter(pl.col("way") == DISPUTE_WON), plan)
    return payments.drop("rest"), pl.concat([extra, *(one.select(extra.columns) for one in more)])


def _coupons(payments: pl.DataFrame, plan: Plan) -> pl.DataFrame:
    """``coupon``: what the shop gave and the channel does not settle; ``discount``: what the channel pays itself.

    An order system that shows the price without the coupon is one of the ways in which amounts do not agree.
    """
    rng = plan.dice("coupons")
    rows = len(payments)
    roll, off = pl.Series(rng.random(rows)), pl.Series(rng.integers(5, 16, rows))
    able = ~pl.col("old") & ~pl.col("twin") & (pl.col("size") == 1) & (CHANNEL <= WECHAT) & (pl.col("amount") >= 3_000)
    mistaken = able & (pl.col("cause") == Cause.AMOUNT_MISMATCH) & (roll < 0.3)
    worth = pl.col("amount") * off // 100
    payments = payments.with_columns(
        coupon=pl.when(mistaken | (able & (pl.col("cause") == 0) & (roll < 0.05))).then(worth).otherwise(0),
        discount=pl.when(able & (pl.col("cause") == 0) & roll.is_between(0.05, 0.09)).then(worth).otherwise(0),
    )
    return payments.with_columns(order_delta=pl.when(mistaken).then(-pl.col("coupon")).otherwise("order_delta"))


def _second_parts(some: pl.DataFrame, plan: Plan) -> pl.DataFrame:
    """The balance of a payment in two parts: within the hour or within two days, under the same number."""
    rng = plan.dice("parts")
    rows = len(some)
    soon, late = rng.integers(30, 3_600, rows), rng.integers(3_600, 2 * DAY_S, rows)
    when = some["at"].to_numpy() + np.where(rng.random(rows) < 0.5, soon, late)
    some = some.with_columns(
        amount=pl.col("rest"),
        fee=pl.Series(contract_fee(some["channel"].to_numpy(), some["rest"].to_numpy())),
        kind=pl.lit("payment"),
        booked=pl.col("way") == IN_PARTS_VOUCHER_EACH,
    )
    return _moved(some, when, 3_000_000_000, plan)


def _disputes(some: pl.DataFrame, plan: Plan) -> list[pl.DataFrame]:
    """The chargeback and, some days later, the money back."""
    rng = plan.dice("disputes")
    rows = len(some)
    taken = some["at"].to_numpy() + rng.integers(2 * DAY_S, 6 * DAY_S, rows)
    back = taken + rng.integers(4 * DAY_S, 12 * DAY_S, rows)
    some = some.with_columns(fee=pl.lit(0, pl.Int64), booked=pl.lit(value=True))
    return [
        _moved(some.with_columns(kind=pl.lit("chargeback")), taken, 3_400_000_000, plan),
        _moved(some.with_columns(kind=pl.lit("reversal")), back, 3_600_000_000, plan),
    ]


def _moved(some: pl.DataFrame, when: Ints, start: int, plan: Plan) -> pl.DataFrame:
    """Movements of their own: at ``when``, with transaction numbers counted from ``start``."""
    channel = some["channel"].to_numpy()
    index = pl.Series(start + np.arange(len(some)))
    numbers = channel_numbers(some["channel"], pl.Series(when), index, plan.seed, plan.dice(f"numbers {start}"))
    return some.with_columns(numbers.alias("txn_no"), at=pl.Series(when), day=pl.Series(business_day(channel, when)))


def refunds(payments: pl.DataFrame, usual: pl.DataFrame, plan: Plan) -> pl.DataFrame:
    """More refunds: of earlier months' payments, three equal ones of an order, equal sisters of planted ones."""
    rng = plan.dice("refunds")
    start, end = plan.first_day * DAY_S, plan.after_day * DAY_S
    rows = len(payments)
    roll = pl.Series(rng.random(rows))
    usual = _smaller_beside_sisters(usual, payments, plan)

    old = payments.filter(pl.col("old") & (pl.col("cause") == 0) & (pl.col("amount") >= 1_000) & (roll < 0.7))
    amount = old["amount"].to_numpy()
    part = np.where(rng.random(len(old)) < 0.6, amount, amount * rng.integers(20, 90, len(old)) // 100)
    asked = rng.integers(start + 3_600, end - 300, len(old))
    parts = [_refund(old, part, asked, plan)]

    three = payments.filter(
        PLAIN & (pl.col("size") == 1) & (pl.col("amount") >= 2_000) & (pl.col("shop") != SMALL_SHOP)
        & (pl.col("day") < plan.after_day - 12) & (roll < 0.004)
        & ~pl.col("pay").is_in(usual["pay"].unique().to_list())
    )  # fmt: skip
    asked = three["at"].to_numpy() + rng.integers(3_600, 4 * DAY_S, len(three))
    quarter = three["amount"].to_numpy() // 4
    two_of_one_second = (asked, asked + 2 * DAY_S, asked + 2 * DAY_S)
    parts += [_refund(three, quarter, moment, plan) for moment in two_of_one_second]

    planted = usual.filter(pl.col("sisters")).select("pay", "amount")
    both = payments.join(planted.rename({"amount": "sister"}), on="pay", how="inner", maintain_order="left")
    for _ in range(2):
        asked = both["at"].to_numpy() + rng.integers(3_600, 5 * DAY_S, len(both))
        parts.append(_refund(both, both["sister"].to_numpy(), asked, plan))
    return pl.concat([usual.drop("sisters"), *(part.select(usual.drop("sisters").columns) for part in parts)])


def _smaller_beside_sisters(refunds: pl.DataFrame, payments: pl.DataFrame, plan: Plan) -> pl.DataFrame:
    """Half of some planted refunds shrink to a quarter of the payment, so that equal ones find room beside them."""
    roll = pl.Series(plan.dice("sisters").random(len(refunds)))
    sisters = pl.col("cause").is_in([int(cause) for cause in WITH_SISTERS]) & (roll < 0.5)
    refunds = refunds.with_columns(sisters=sisters, quarter=payments["amount"][refunds["pay"]] // 4)
    return refunds.with_columns(
        pl.when("sisters").then("quarter").otherwise(name).alias(name) for name in ("amount", "order_amount")
    ).drop("quarter")


def _refund(some: pl.DataFrame, amount: Ints, asked: Ints, plan: Plan) -> pl.DataFrame:
    """Refunds without a cause; what the channel would pay after its last bill is not paid yet."""
    at = asked + refund_delay(some["channel"].to_numpy(), plan.dice(f"delay {len(some)} {int(asked.sum())}"))
    return some.select(
        "pay",
        pl.col("lead_ord").alias("ord"),
        "channel",
        pl.Series("amount", amount),
        pl.Series("order_amount", amount),
        pl.Series("requested_at", asked),
        pl.Series("at", at),
        pl.Series("paid", at <= plan.after_day * DAY_S + CUT_S - 1),
        pl.lit(0, pl.Int64).alias("cause"),
    )


def new_terms(moves: pl.DataFrame, payments: pl.DataFrame, plan: Plan) -> pl.DataFrame:
    """WeChat Pay's fees by the terms of the payment's day; ``cheaper`` where the new ones hold.

    A refund gives back what its payment's terms say, months later too. Planted fees stay as far off as they were.
    """
    bought = payments.select("day", "fee_delta")[moves["pay"]]
    refund = (moves["kind"] == "refund").to_numpy()
    extra = moves["extra"].to_numpy()
    amount, fee = moves["amount"].to_numpy(), moves["fee"].to_numpy()
    day = np.where(refund, bought["day"].to_numpy(), moves["day"].to_numpy())
    priced = moves["kind"].is_in(["payment", "refund"]).to_numpy()
    cheaper = lowered(moves["channel"].to_numpy(), day, plan) & priced
    delta = np.where(extra, 0, bought["fee_delta"].to_numpy())
    new = np.where(refund, np.where(fee == 0, 0, lowered_fee(-amount)), -lowered_fee(amount) - delta)
    return moves.with_columns(fee=pl.Series(np.where(cheaper, new, fee)), cheaper=pl.Series(cheaper))


def unsteady_cut(moves: pl.DataFrame, plan: Plan) -> pl.DataFrame:
    """UnionPay's files change some seconds before or after 23:00, on every day another number of seconds."""
    shift = plan.dice("cut").integers(-40, 41, plan.days + 60)
    at, day = moves["at"].to_numpy(), moves["day"].to_numpy()
    natural = at // DAY_S
    cut = CUT_S + shift[np.clip(natural - plan.first_day + 1, 0, len(shift) - 1)]
    real = np.minimum(natural + (at % DAY_S >= cut), plan.after_day)
    mine = (moves["channel"] == UNIONPAY).to_numpy() & (natural >= plan.first_day)
    return moves.with_columns(day=pl.Series(np.where(mine, real, day)))
