"""A month of the invented merchant before anything goes wrong: rates, payments, orders and refunds that agree.

Frames (one row each; all times local seconds, all days day numbers, all money minor units, see ``contract``):

``payments``  what was sent to a channel: ``pay, channel, shop, size, at, day, skew, order_at, order_day, created_at,
              currency, amount, rate_e4, fee, base, twin, coupon, discount, way, old, pay_no, txn_no, order_no,
              lead_amount, lead_ord, mno``. ``mno`` is the merchant order number the channel knows; ``size`` > 1 is a
              cart of several orders, of which ``order_no`` is the first; ``base`` is null when the shop does not print
              it; ``twin`` to ``old`` belong to noise (``noise``, ``noise_payments``) and say nothing without it.
``orders``    order lines: ``ord, pay, order_no, parent_no, pay_no, amount, lead``; a cart's amounts add up.
``refunds``   ``pay, ord, channel, amount, order_amount, requested_at, at, paid, cause``; :func:`name_refunds` adds
              ``ref, refund_no, refund_id``.

Payments fall on every day of the month and on the first day after it. Refunds are asked for within the month.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import polars as pl

from sample_data import noise, text
from sample_data.contract import (
    ALIPAY,
    CNY,
    DAY_S,
    EUR,
    PAYPAL,
    SHARES,
    SMALL_SHOP,
    UNIONPAY,
    USD,
    WECHAT,
    Ints,
    Plan,
    business_day,
    contract_fee,
    half_up,
)

PRICES: Final = np.array(
    [990, 1990, 2990, 3900, 4990, 5900, 6900, 8900, 9900, 12900, 15900, 19900, 25900, 29900, 39900, 69900, 129900]
)
SMALL_PRICES: Final = np.array([80, 300, 500, 900, 1290, 1590, 1990, 2590, 3500, 4800])
EXPORT_PRICES: Final = np.array([29900, 34900, 39900, 49900, 59900, 69900, 89900, 129900])
HOURS: Final = np.array([2, 1, 1, 1, 1, 1, 2, 4, 6, 8, 10, 10, 9, 8, 8, 8, 8, 8, 8, 10, 12, 13, 10, 5])
LEAST_REFUND: Final = 200
"""Refunds are at least 2.00, so that UnionPay's least fee never decides about a fee that is given back."""


@dataclass(frozen=True, slots=True)
class Rates:
    """CNY per unit in 1/10000, one per natural day from ``first_day``; rows USD and EUR."""

    first_day: int
    usd: Ints
    eur: Ints

    def of(self, currency: Ints, day: Ints) -> Ints:
        """Rate of each currency on each day; 10000 for CNY."""
        at = np.clip(day - self.first_day, 0, len(self.usd) - 1)
        return np.where(currency == USD, self.usd[at], np.where(currency == EUR, self.eur[at], 10_000))


def draw_rates(plan: Plan, rng: np.random.Generator) -> Rates:
    """Daily rates that move every day by at least 0.0060, from five days before the month to three days after."""
    days = plan.days + 8

    def walk(start: int) -> Ints:
        steps = rng.integers(60, 150, days) * rng.choice([-1, 1], days)
        return start + np.cumsum(steps)

    return Rates(plan.first_day - 5, walk(69_500), walk(81_500))


def draw_payments(plan: Plan, rates: Rates, edges: int, rng: np.random.Generator) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Payments in order of time, and the order lines they pay for.

    ``edges`` payments are put across the month's end: channel after midnight, order before; for UnionPay after 23:00.
    """
    channel = rng.choice(4, plan.orders, p=np.array(SHARES) / 100)
    cart = (rng.random(plan.orders) < 0.03) & (channel <= WECHAT)
    size = np.where(cart, rng.integers(2, 5, plan.orders), 1)
    rows = int(np.searchsorted(np.cumsum(size), plan.orders)) + 1
    channel, size = channel[:rows], size[:rows]
    size[-1] -= int(size.sum()) - plan.orders

    at, skew = _draw_times(plan, channel, size, rng)
    at, skew = _put_across_the_end(plan, channel, size, at, skew, edges, rng)
    if plan.noise:
        at, skew = noise.strange_times(plan, channel, size, at, skew)
    order = np.argsort(at, kind="stable")
    channel, size, at, skew = channel[order], size[order], at[order], skew[order]
    twin = np.zeros(rows, dtype=bool)
    if plan.noise:
        channel, at, skew, twin = noise.twins(plan, channel, size, at, skew)

    small = (channel == UNIONPAY) & (rng.random(rows) < 0.6)
    shop = np.where(small, SMALL_SHOP, np.where(channel == PAYPAL, 0, rng.integers(0, 2, rows)))
    currency = np.where(channel == PAYPAL, np.where(rng.random(rows) < 2 / 3, USD, EUR), CNY)
    day = business_day(channel, at)
    rate = rates.of(currency, day)

    pay = np.repeat(np.arange(rows), size)
    price = _draw_prices(channel[pay], shop[pay], rng)
    if plan.noise:
        shop, price = noise.price_points(plan, channel, size, shop, twin, price)
    with_base = (rng.random(rows) < 0.5) & (currency != CNY)
    first = np.cumsum(size) - size
    base = np.where(with_base, price[first], 0)
    foreign = np.where(with_base, half_up(base * 10_000, rate), price[first] // 70 * 10)
    price[first] = np.where(currency == CNY, price[first], foreign)
    amount = np.add.reduceat(price, first)

    order_at = at + skew
    payments = pl.DataFrame(
        {
            "pay": np.arange(rows),
            "channel": channel,
            "shop": shop,
            "size": size,
            "at": at,
            "day": day,
            "skew": skew,
            "order_at": order_at,
            "order_day": order_at // DAY_S,
            "created_at": _created(plan, np.minimum(at, order_at), rng),
            "currency": currency,
            "amount": amount,
            "rate_e4": rate,
            "fee": contract_fee(channel, amount),
            "twin": twin,
            "coupon": np.zeros(rows, dtype=np.int64),
            "discount": np.zeros(rows, dtype=np.int64),
            "way": np.zeros(rows, dtype=np.int64),
            "old": at < plan.first_day * DAY_S,
        }
    ).with_columns(base=pl.when(pl.Series(with_base)).then(pl.Series(base)))
    return _name(payments, pay, price, plan, rng)


def _created(plan: Plan, seen: Ints, rng: np.random.Generator) -> Ints:
    """When the order was made: up to ten minutes before it was paid, in the month if it was paid in the month."""
    created = seen - rng.integers(5, 600, len(seen))
    return np.where(seen >= plan.first_day * DAY_S, np.maximum(created, plan.first_day * DAY_S), created)


def _draw_times(plan: Plan, channel: Ints, size: Ints, rng: np.random.Generator) -> tuple[Ints, Ints]:
    """Channel time and the order system's clock skew (0 for 92 %)."""
    rows, days = len(channel), plan.days + 1
    weight = np.where((np.arange(days) + plan.first.weekday()) % 7 >= 5, 12, 10)
    weight[days // 2 : days // 2 + 8] = 7
    day = rng.choice(days, rows, p=weight / weight.sum())
    second = rng.choice(24, rows, p=HOURS / HOURS.sum()) * 3600 + rng.integers(0, 3600, rows)
    for one in range(PAYPAL):
        mine = np.flatnonzero(channel == one)[:days]
        if len(mine) == days:  # a small month, too, has every day in every bill
            day[mine], second[mine] = np.arange(days), rng.integers(8 * 3600, 20 * 3600, days)
    second = np.where((day == 0) & (second < 300), second + 300, second)
    late = (channel == UNIONPAY) & (day == plan.days) & (second >= 22 * 3600)
    at = (plan.first_day + day) * DAY_S + np.where(late, second - 7200, second)
    skew = np.where(rng.random(rows) < 0.08, rng.integers(1, 91, rows) * rng.choice([-1, 1], rows), 0)
    end = plan.after_day * DAY_S
    cart_at_the_end = (size > 1) & (at > end - 7200) & (at < end + 300)
    return np.where(cart_at_the_end, at - 6 * 3600, at), skew


def _put_across_the_end(
    plan: Plan, channel: Ints, size: Ints, at: Ints, skew: Ints, edges: int, rng: np.random.Generator
) -> tuple[Ints, Ints]:
    end = plan.after_day * DAY_S
    plain = np.flatnonzero((channel <= WECHAT) & (size == 1))[-(edges - edges // 2) :] if edges else np.array([], int)
    union = np.flatnonzero(channel == UNIONPAY)[-(edges // 2) :] if edges // 2 else np.array([], int)
    late = rng.integers(0, 45, len(plain))
    at[plain], skew[plain] = end + late, -late - rng.integers(1, 45, len(plain))
    at[union], skew[union] = end - 3600 + rng.integers(0, 3500, len(union)), 0
    return at, skew


def _draw_prices(channel: Ints, shop: Ints, rng: np.random.Generator) -> Ints:
    rows = len(channel)
    odd = np.where(rng.random(rows) < 0.5, rng.integers(0, 1_000, rows), 0)  # freight and coupons
    usual = rng.choice(PRICES, rows) * rng.choice([1, 1, 1, 2, 3], rows) + odd
    export = rng.choice(EXPORT_PRICES, rows) + odd
    return np.where(shop == SMALL_SHOP, rng.choice(SMALL_PRICES, rows), np.where(channel == PAYPAL, export, usual))


def _name(
    payments: pl.DataFrame, pay: Ints, price: Ints, plan: Plan, rng: np.random.Generator
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Numbers for payments and orders."""
    rows = len(payments)
    has_pay_no = (payments["size"] > 1) | pl.Series(rng.random(rows) < 0.15)
    stamp = text.day(pl.col("order_day"), "%y%m%d")
    payments = payments.with_columns(
        pay_no=pl.when(has_pay_no).then(pl.concat_str(pl.lit("PN"), stamp, text.number(pl.col("pay") + 1, 8))),
        txn_no=channel_numbers(payments["channel"], payments["at"], payments["pay"], plan.seed, rng),
    )
    lead = np.diff(pay, prepend=-1) > 0
    orders = pl.DataFrame({"ord": np.arange(len(pay)), "pay": pay, "amount": price, "lead": lead})
    orders = orders.with_columns(payments.select("size", "pay_no", "order_day")[pay]).select(
        "ord",
        "pay",
        "amount",
        "lead",
        pl.concat_str(pl.lit("YS"), stamp, text.number(pl.col("ord") + 1, 8)).alias("order_no"),
        pl.when(pl.col("size") > 1).then(pl.col("pay_no").str.replace("PN", "CT")).alias("parent_no"),
        "pay_no",
    )
    first = orders.filter(pl.col("lead"))
    payments = payments.with_columns(order_no=first["order_no"], lead_amount=first["amount"], lead_ord=first["ord"])
    return payments.with_columns(mno=pl.coalesce("pay_no", "order_no")), orders


def channel_numbers(
    channel: pl.Series, at: pl.Series, index: pl.Series, seed: int, rng: np.random.Generator
) -> pl.Series:
    """The channels' own transaction numbers, in the shape each of them prints."""
    long, ten, six = (pl.Series(text.scattered(index.to_numpy(), digits, seed)) for digits in (12, 10, 6))
    foreign = (channel == PAYPAL).to_numpy()
    code = text.codes(rng, int(foreign.sum()) + 1, 17).gather(np.maximum(np.cumsum(foreign) - 1, 0))
    day = text.moment(pl.col("at"), "%Y%m%d")
    short = text.number(pl.col("six") % 1_000, 3)
    frame = pl.DataFrame({"channel": channel, "at": at, "long": long, "ten": ten, "six": six, "code": code})
    return frame.select(
        pl.when(pl.col("channel") == ALIPAY)
        .then(pl.concat_str(day, pl.lit("22001490"), text.number(pl.col("long"), 12)))
        .when(pl.col("channel") == WECHAT)
        .then(pl.concat_str(pl.lit("4200002"), short, day, text.number(pl.col("ten"), 10)))
        .when(pl.col("channel") == UNIONPAY)
        .then(pl.concat_str(text.moment(pl.col("at"), "%Y%m%d%H%M%S"), text.number(pl.col("six"), 6), pl.lit("8")))
        .otherwise(pl.col("code"))
        .alias("txn_no")
    ).to_series()


def draw_refunds(payments: pl.DataFrame, plan: Plan, rng: np.random.Generator) -> pl.DataFrame:
    """Refunds nobody will complain about: 4 % of payments, whole or in part, a tenth of them in two parts.

    ``payments`` are those that may have one. A refund asked for after the month's end does not happen; one that the
    channel would pay after its last bill (the first day after the month) is not ``paid`` yet.
    """
    some = payments.filter((pl.col("lead_amount") >= 1_000) & pl.Series(rng.random(len(payments)) < 0.055))
    rows = len(some)
    whole, twice = rng.random(rows) < 0.55, rng.random(rows) < 0.10
    amount = some["lead_amount"].to_numpy()
    whole |= some["size"].to_numpy() > 1
    part = np.where(whole & ~twice, amount, np.maximum(amount * rng.integers(20, 50, rows) // 100, LEAST_REFUND))
    asked = some["at"].to_numpy() + rng.integers(3_600, 12 * DAY_S, rows)
    first = some.select("pay", pl.col("lead_ord").alias("ord"), "channel").with_columns(
        amount=pl.Series(part), requested_at=pl.Series(asked)
    )
    second = first.filter(pl.Series(twice & (some["size"].to_numpy() == 1))).with_columns(
        requested_at=pl.col("requested_at") + 2 * DAY_S + 777
    )
    both = pl.concat([first, second]).filter(pl.col("requested_at") < plan.after_day * DAY_S - 300)
    last_paid = plan.after_day * DAY_S + 23 * 3600 - 1
    at = both["requested_at"].to_numpy() + refund_delay(both["channel"].to_numpy(), rng)
    return both.select(
        "pay",
        "ord",
        "channel",
        "amount",
        pl.col("amount").alias("order_amount"),
        "requested_at",
        pl.Series("at", at),
        pl.Series("paid", at <= last_paid),
        pl.lit(0, pl.Int64).alias("cause"),
    )


def refund_delay(channel: Ints, rng: np.random.Generator) -> Ints:
    """Seconds between asking for a refund and the channel paying it."""
    rows = len(channel)
    quick = rng.integers(10, 1_800, rows)
    slow = rng.integers(2 * 3600, 40 * 3600, rows)
    return np.where(channel == UNIONPAY, slow, quick)


def name_refunds(refunds: pl.DataFrame, payments: pl.DataFrame, plan: Plan, rng: np.random.Generator) -> pl.DataFrame:
    """Refund numbers: the merchant's ``refund_no`` and the channel's own ``refund_id``.

    PayPal knows no merchant refund number; the shop keeps PayPal's transaction id as its ``refund_no``.
    """
    refunds = refunds.sort("requested_at", "pay", maintain_order=True).with_row_index("ref")
    refunds = refunds.with_columns(pl.col("ref").cast(pl.Int64))
    index = refunds["ref"] + len(payments)
    own = channel_numbers(refunds["channel"], refunds["at"], index, plan.seed, rng)
    asked = text.moment(pl.col("requested_at"), "%y%m%d")
    refunds = refunds.with_columns(own=own)
    refund_id = pl.when(pl.col("channel") == WECHAT).then(pl.concat_str(pl.lit("5030"), pl.col("own").str.slice(4)))
    refund_no = (
        pl.when(pl.col("channel") == PAYPAL)
        .then(pl.col("own"))
        .otherwise(pl.concat_str(pl.lit("RF"), asked, text.number(pl.col("ref") + 1, 7)))
    )
    return refunds.with_columns(refund_id=refund_id.otherwise(pl.col("own")), refund_no=refund_no).drop("own")
