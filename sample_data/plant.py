"""What goes wrong, and to whom: one cause for a payment, drawn so that no cause disturbs another.

Each :class:`Cause` says how often it happens (a weight), how often at least, and which payments it may befall. Causes
befall *calm* payments only: single orders (but for carts), on both books well inside the month, so that a planted
difference never meets a month's edge. :func:`assign` writes the cause and its size into the payments; the books read
them there. The sizes:

``order_delta``    the order line says this much more than the channel took
``order_rate``     the order line was converted at this rate instead of the day's (1/10000)
``voucher_delta``  the voucher says this much more, CNY
``voucher_rate``   the voucher was converted at this rate
``fee_delta``      the channel took this much more fee

Refund causes make a refund of their own (:func:`draw_planted_refunds`). Duplicate payments and chargebacks are further
movements at the channel (:func:`draw_extra_moves`).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum, auto
from typing import Final

import numpy as np
import polars as pl

from sample_data.contract import (
    ALIPAY,
    DAY_S,
    PAYPAL,
    SMALL_SHOP,
    UNIONPAY,
    USD,
    WECHAT,
    Plan,
    business_day,
    contract_fee,
)
from sample_data.merchant import Rates, channel_numbers, refund_delay


class Cause(IntEnum):
    """Why a payment or its refund will be a difference; 0 is a payment without one."""

    NONE = 0
    FX_ROUNDING_ORDER = auto()
    FX_RATE_ORDER = auto()
    FX_ROUNDING_LEDGER = auto()
    FX_RATE_LEDGER = auto()
    CHARGEBACK = auto()
    ORDER_SPLIT = auto()
    DUPLICATE_ON_UNIONPAY = auto()
    ORDER_MISSING = auto()  # the voucher was booked from the channel's bill
    ORDER_MISSING_UNBOOKED = auto()
    CHANNEL_MISSING = auto()
    DUPLICATE_ELSEWHERE = auto()  # paid again on another channel; both booked
    DUPLICATE_UNBOOKED = auto()
    ORDER_TWICE = auto()
    AMOUNT_MISMATCH = auto()
    STATUS_PENDING = auto()
    STATUS_CLOSED = auto()
    FEE_MISMATCH = auto()
    REFUND_UNKNOWN_TO_ORDERS = auto()
    REFUND_UNKNOWN_TO_BOTH = auto()
    REFUND_PENDING_IN_ORDERS = auto()  # the channel paid it
    REFUND_UNBOOKED = auto()
    REFUND_PENDING = auto()
    REFUND_OVERDUE = auto()
    REFUND_AMOUNT = auto()
    REFUND_TWICE = auto()
    VOUCHER_MISSING = auto()
    VOUCHER_AMOUNT = auto()
    WRONG_PERIOD = auto()
    VOUCHER_TWICE = auto()
    # only in a month with noise: each of these looks like another one
    CART_PAID_TWICE = auto()
    CART_LINE_MISSING = auto()  # one order of three or four is not in the order system
    VOUCHER_TWICE_OTHERWISE = auto()  # the second voucher cites another number, on another day
    ORDER_TWICE_LATER = auto()  # the callback came twice
    REFUND_FEE_KEPT = auto()
    REFUND_OF_EARLIER_MONTH_UNKNOWN = auto()
    VOUCHER_WRONG_ACCOUNT = auto()  # booked on the account of another channel: one lacks it, one has it too much
    ORDER_WRONG_CHANNEL = auto()  # the order system says another channel than the one that was paid
    REFUND_BOOKED_TWICE = auto()


UNPAID_REFUNDS: Final = (Cause.REFUND_PENDING, Cause.REFUND_OVERDUE)
REFUND_CAUSES: Final = tuple(cause for cause in Cause if cause.name.startswith("REFUND_"))
NEEDS_TIME: Final = frozenset({*REFUND_CAUSES, Cause.CHARGEBACK})
NOT_IN_ORDERS: Final = (Cause.ORDER_MISSING, Cause.ORDER_MISSING_UNBOOKED)
DUPLICATES: Final = (
    Cause.DUPLICATE_ON_UNIONPAY,
    Cause.DUPLICATE_ELSEWHERE,
    Cause.DUPLICATE_UNBOOKED,
    Cause.CART_PAID_TWICE,
)


@dataclass(frozen=True, slots=True)
class Happens:
    """How often a cause happens, and to which payments."""

    weight: int
    least: int
    whom: pl.Expr


CHANNEL: Final = pl.col("channel")
SINGLE: Final = pl.col("size") == 1
YUAN: Final = SINGLE & (CHANNEL != PAYPAL)
BIG_SHOPS: Final = SINGLE & (pl.col("shop") != SMALL_SHOP)
ONE_VOUCHER: Final = SINGLE & (CHANNEL <= WECHAT)
"""UnionPay's open vouchers stay out, so that what is left of a day is exactly the small shop's daily voucher."""
PRICED_IN_CNY: Final = SINGLE & pl.col("base").is_not_null()
REFUNDABLE: Final = BIG_SHOPS & (pl.col("amount") >= 1_000)

HAPPENS: Final[dict[Cause, Happens]] = {
    Cause.FX_ROUNDING_ORDER: Happens(3, 2, PRICED_IN_CNY & (pl.col("base") * 10_000 % pl.col("rate_e4") != 0)),
    Cause.FX_RATE_ORDER: Happens(3, 2, PRICED_IN_CNY & (pl.col("amount") >= 4_500)),
    Cause.FX_ROUNDING_LEDGER: Happens(3, 2, (CHANNEL == PAYPAL) & (pl.col("amount") * pl.col("rate_e4") % 10_000 != 0)),
    Cause.FX_RATE_LEDGER: Happens(3, 2, (CHANNEL == PAYPAL) & (pl.col("amount") >= 2_000)),
    Cause.CHARGEBACK: Happens(3, 2, (CHANNEL == PAYPAL) & (pl.col("currency") == USD)),
    Cause.ORDER_SPLIT: Happens(3, 2, pl.col("size") > 1),
    Cause.DUPLICATE_ON_UNIONPAY: Happens(2, 1, BIG_SHOPS & (CHANNEL == UNIONPAY)),
    Cause.ORDER_MISSING: Happens(5, 1, BIG_SHOPS),
    Cause.ORDER_MISSING_UNBOOKED: Happens(3, 1, ONE_VOUCHER),
    Cause.CHANNEL_MISSING: Happens(6, 2, SINGLE),
    Cause.DUPLICATE_ELSEWHERE: Happens(4, 1, ONE_VOUCHER),
    Cause.DUPLICATE_UNBOOKED: Happens(2, 1, ONE_VOUCHER),
    Cause.ORDER_TWICE: Happens(5, 1, SINGLE),
    Cause.AMOUNT_MISMATCH: Happens(8, 3, YUAN & (pl.col("amount") >= 500)),
    Cause.STATUS_PENDING: Happens(4, 1, SINGLE),
    Cause.STATUS_CLOSED: Happens(3, 1, SINGLE),
    Cause.FEE_MISMATCH: Happens(7, 2, SINGLE & (pl.col("amount") >= 500)),
    Cause.REFUND_UNKNOWN_TO_ORDERS: Happens(6, 1, REFUNDABLE),
    Cause.REFUND_UNKNOWN_TO_BOTH: Happens(5, 2, REFUNDABLE),
    Cause.REFUND_PENDING_IN_ORDERS: Happens(4, 1, REFUNDABLE),
    Cause.REFUND_UNBOOKED: Happens(6, 2, REFUNDABLE),
    Cause.REFUND_PENDING: Happens(4, 2, REFUNDABLE),
    Cause.REFUND_OVERDUE: Happens(4, 2, REFUNDABLE),
    Cause.REFUND_AMOUNT: Happens(4, 2, REFUNDABLE),
    Cause.REFUND_TWICE: Happens(2, 1, REFUNDABLE),
    Cause.VOUCHER_MISSING: Happens(8, 2, ONE_VOUCHER | (SINGLE & (CHANNEL == PAYPAL))),
    Cause.VOUCHER_AMOUNT: Happens(7, 2, ONE_VOUCHER & (pl.col("amount") >= 500)),
    Cause.WRONG_PERIOD: Happens(6, 2, BIG_SHOPS & (CHANNEL != PAYPAL)),
    Cause.VOUCHER_TWICE: Happens(5, 2, BIG_SHOPS & (CHANNEL != PAYPAL)),
}
OUTSIDE_WEIGHT: Final = 12
"""Causes that are not about one payment: edges of the month, orphan vouchers, payouts."""


def counts(plan: Plan) -> dict[Cause, int]:
    """How many payments each cause befalls."""
    total = sum(one.weight for one in HAPPENS.values()) + OUTSIDE_WEIGHT
    return {cause: max(one.least, share(plan, one.weight, total)) for cause, one in HAPPENS.items()}


def outside_count(plan: Plan, weight: int, least: int, name: str) -> int:
    """How often something happens that is not about one payment. With noise the rate counts, and ``least`` does not."""
    total = sum(one.weight for one in HAPPENS.values()) + OUTSIDE_WEIGHT
    if plan.noise:
        return share_by_dice(plan, weight, total + NOISE_WEIGHT, name)
    return max(least, share(plan, weight, total))


def share_by_dice(plan: Plan, weight: int, total: int, name: str) -> int:
    """As :func:`share`, but what is left of a whole happens with that probability."""
    wanted = plan.orders * plan.difference_rate * weight / total
    return int(wanted) + int(plan.dice(name).random() < float(wanted - int(wanted)))


def share(plan: Plan, weight: int, total: int) -> int:
    """The part of all differences that falls to a weight; 0 when the rate is 0."""
    return int(plan.orders * plan.difference_rate * weight / total)


def assign(payments: pl.DataFrame, rates: Rates, plan: Plan, rng: np.random.Generator) -> pl.DataFrame:
    """Payments with ``cause`` and its sizes. With a difference rate of 0 nothing befalls anybody."""
    calm = pl.all_horizontal(
        pl.col(day).is_between(plan.first_day, plan.after_day - 2) for day in ("day", "order_day")
    ) & (pl.col("day") == pl.col("order_day"))
    early = pl.col("day") <= min(plan.after_day - 10, plan.first_pending_day - 6)
    cause = np.zeros(len(payments), dtype=np.int64)
    for one, count, whom in _wanted(plan, calm, early):
        able = np.flatnonzero(payments.select(whom.alias("x"))["x"].fill_null(value=False).to_numpy() & (cause == 0))
        cause[rng.choice(able, min(count, len(able)), replace=False)] = one
    sizes = {name: np.zeros(len(payments), dtype=np.int64) for name in _SIZES}
    for row in payments.with_columns(cause=pl.Series(cause)).filter(pl.col("cause") > 0).iter_rows(named=True):
        of_this = noise_sizes(row, rates, rng) if plan.noise else None
        for name, size in (of_this or _sizes_of(row, rates, rng)).items():
            sizes[name][row["pay"]] = size
    return payments.with_columns(cause=pl.Series(cause), **{name: pl.Series(size) for name, size in sizes.items()})


def _wanted(plan: Plan, calm: pl.Expr, early: pl.Expr) -> list[tuple[Cause, int, pl.Expr]]:
    """Each cause, how many payments it befalls, and which."""
    if not plan.difference_rate:
        return []
    usual = {
        cause: one.whom & calm & early if cause in NEEDS_TIME else one.whom & calm for cause, one in HAPPENS.items()
    }
    if not plan.noise:
        return [(cause, count, usual[cause]) for cause, count in counts(plan).items()]
    total = sum(one.weight for one in HAPPENS.values()) + OUTSIDE_WEIGHT + NOISE_WEIGHT
    every = _alike(plan, calm, early)
    every += [(cause, HAPPENS[cause].weight, whom & ~TWIN) for cause, whom in usual.items()]
    return [
        (cause, share_by_dice(plan, weight, total, f"{number} {cause.name}"), whom)
        for number, (cause, weight, whom) in enumerate(every)
    ]


TWIN: Final = pl.col("twin")
NOISE_WEIGHT: Final = 42


def _alike(plan: Plan, calm: pl.Expr, early: pl.Expr) -> list[tuple[Cause, int, pl.Expr]]:
    """What happens in a month with noise only: cause, weight, and whom. They look like something else.

    At the month's end, payments that the other book does not have at all stand beside those that it has a day later;
    of two equal orders of one second, one is missing.
    """
    end = plan.after_day * DAY_S
    same_day = pl.col("day") == pl.col("order_day")
    before, after = (pl.col("at").is_between(*span) & same_day for span in ((end - 1_800, end - 1), (end, end + 1_799)))
    second_twin = TWIN & (TWIN.cum_sum() % 2 == 0)
    return [
        (Cause.CHANNEL_MISSING, 2, ONE_VOUCHER & before & ~TWIN),
        (Cause.ORDER_MISSING_UNBOOKED, 2, ONE_VOUCHER & after & ~TWIN),
        (Cause.CHANNEL_MISSING, 2, ONE_VOUCHER & calm & second_twin),
        (Cause.ORDER_MISSING, 2, ONE_VOUCHER & calm & second_twin),
        (Cause.AMOUNT_MISMATCH, 3, PRICED_IN_CNY & calm),
        (Cause.AMOUNT_MISMATCH, 2, SINGLE & (CHANNEL == PAYPAL) & pl.col("base").is_null() & calm),
        (Cause.FEE_MISMATCH, 3, SINGLE & (pl.col("amount") >= 500) & calm & ~TWIN),
        (Cause.VOUCHER_AMOUNT, 3, SINGLE & (CHANNEL == PAYPAL) & calm),
        (Cause.CART_PAID_TWICE, 3, (pl.col("size") > 1) & calm),
        (Cause.CART_LINE_MISSING, 3, (pl.col("size") > 2) & calm),
        (Cause.VOUCHER_TWICE_OTHERWISE, 3, ONE_VOUCHER & calm & ~TWIN),
        (Cause.ORDER_TWICE_LATER, 2, SINGLE & calm & ~TWIN),
        (Cause.REFUND_FEE_KEPT, 2, REFUNDABLE & (CHANNEL != ALIPAY) & calm & early & ~TWIN),
        (Cause.REFUND_OF_EARLIER_MONTH_UNKNOWN, 2, pl.col("old") & (pl.col("amount") >= 1_000)),
        (Cause.VOUCHER_WRONG_ACCOUNT, 3, ONE_VOUCHER & (pl.col("shop") != SMALL_SHOP) & calm & ~TWIN),
        (Cause.ORDER_WRONG_CHANNEL, 3, ONE_VOUCHER & (pl.col("shop") != SMALL_SHOP) & calm & ~TWIN),
        (Cause.REFUND_BOOKED_TWICE, 3, REFUNDABLE & (CHANNEL != PAYPAL) & calm & early & ~TWIN),
    ]


_SIZES: Final = ("order_delta", "order_rate", "voucher_delta", "voucher_rate", "fee_delta")


def _sizes_of(row: dict[str, int], rates: Rates, rng: np.random.Generator) -> dict[str, int]:
    """Sizes of one payment's cause."""
    amount, rate, base = row["amount"], row["rate_e4"], row["base"]
    sizes: dict[str, int] = {}
    match Cause(row["cause"]):
        case Cause.FX_ROUNDING_ORDER:
            sizes["order_delta"] = _other_rounding(base * 10_000, rate)
        case Cause.FX_ROUNDING_LEDGER:
            sizes["voucher_delta"] = _other_rounding(amount * rate, 10_000)
        case Cause.FX_RATE_ORDER:
            sizes["order_rate"] = _other_rate(row, rates)
            sizes["order_delta"] = _rounded(base * 10_000, sizes["order_rate"]) - amount
        case Cause.FX_RATE_LEDGER:
            sizes["voucher_rate"] = _other_rate(row, rates)
            sizes["voucher_delta"] = _rounded(amount * sizes["voucher_rate"], 10_000) - _rounded(amount * rate, 10_000)
        case Cause.AMOUNT_MISMATCH:
            sizes["order_delta"] = _telling(amount, row["fee"], rng)
        case Cause.ORDER_SPLIT:
            sizes["order_delta"] = int(rng.choice([-1, 1])) * int(rng.integers(1, row["lead_amount"] // 3))
        case Cause.VOUCHER_AMOUNT:
            sizes["voucher_delta"] = _swapped(amount) or int(rng.integers(1, 300))
        case Cause.FEE_MISMATCH:
            charged = max(1, row["fee"] * int(rng.choice([38, 63, 133, 167])) // 100)
            sizes["fee_delta"] = charged - row["fee"] or int(rng.integers(1, 4))
        case _:
            pass
    return sizes


def noise_sizes(row: dict[str, int], rates: Rates, rng: np.random.Generator) -> dict[str, int] | None:
    """Sizes as a month with noise has them: a fen of fee, yesterday's rate, net instead of gross. None: as usual."""
    amount, rate, often = row["amount"], row["rate_e4"], rng.random() < 0.5
    much, side = int(rng.integers(20, 33)), int(rng.choice([-1, 1]))
    sizes: dict[str, int] | None = None
    match Cause(row["cause"]):
        case Cause.CART_LINE_MISSING:
            sizes = {"order_delta": -row["lead_amount"]}
        case Cause.AMOUNT_MISMATCH if row["channel"] == PAYPAL:
            sizes = {"order_delta": side * amount * much // 100}
        case Cause.VOUCHER_AMOUNT if row["channel"] == PAYPAL:
            sizes = {"voucher_delta": side * _rounded(amount * rate, 10_000) * much // 100}
        case Cause.VOUCHER_AMOUNT if often:
            sizes = {"voucher_delta": -row["fee"] or 1}
        case Cause.FEE_MISMATCH if often and row["fee"] > 1:
            sizes = {"fee_delta": side}
        case Cause.FX_RATE_ORDER | Cause.FX_RATE_LEDGER:
            sizes = _sizes_of_a_rate(row, _any_rate(row, rates, rng))
        case _:
            pass
    return sizes


def _sizes_of_a_rate(row: dict[str, int], other: int) -> dict[str, int] | None:
    """Sizes when ``other`` was the rate; None when that is hardly more than rounding."""
    if row["cause"] == Cause.FX_RATE_ORDER:
        name, delta = "order", _rounded(row["base"] * 10_000, other) - row["amount"]
    else:
        right = _rounded(row["amount"] * row["rate_e4"], 10_000)
        name, delta = "voucher", _rounded(row["amount"] * other, 10_000) - right
    return {f"{name}_rate": other, f"{name}_delta": delta} if abs(delta) >= 3 else None


def _any_rate(row: dict[str, int], rates: Rates, rng: np.random.Generator) -> int:
    """The rate of one of the four days before."""
    day = row["day"] - int(rng.integers(1, 5))
    return int(rates.of(np.array([row["currency"]]), np.array([day]))[0])


def _rounded(numerator: int, denominator: int) -> int:
    return (2 * numerator + denominator) // (2 * denominator)


def _other_rounding(numerator: int, denominator: int) -> int:
    """What to add to the half-up quotient to get the quotient's other rounding."""
    return 1 if _rounded(numerator, denominator) == numerator // denominator else -1


def _other_rate(row: dict[str, int], rates: Rates) -> int:
    """The rate of one of the four days before, the one that differs most."""
    days = np.arange(row["day"] - 4, row["day"])
    others = rates.of(np.full(4, row["currency"]), days)
    return int(others[np.argmax(np.abs(others - row["rate_e4"]))])


def _swapped(amount: int) -> int:
    """What two neighbouring digits in the wrong order add to an amount; 0 when all digits are the same."""
    digits = str(amount)
    for at in range(len(digits) - 1):
        if digits[at] != digits[at + 1] != "0":
            return int(digits[:at] + digits[at + 1] + digits[at] + digits[at + 2 :]) - amount
    return 0


def _telling(amount: int, fee: int, rng: np.random.Generator) -> int:
    """What an order says too much or too little: net of the fee, before a coupon, digits swapped, or just wrong."""
    return (-fee, 100 * int(rng.integers(5, 31)), _swapped(amount), int(rng.integers(1, 90)))[rng.integers(4)] or 1


def draw_planted_refunds(payments: pl.DataFrame, plan: Plan, rng: np.random.Generator) -> pl.DataFrame:
    """One refund for each payment with a refund cause; same columns as ``merchant.draw_refunds``."""
    some = payments.filter(pl.col("cause").is_in([int(cause) for cause in REFUND_CAUSES]))
    rows = len(some)
    amount, at = some["amount"].to_numpy(), some["at"].to_numpy()
    part = np.where(rng.random(rows) < 0.5, amount, amount * rng.integers(30, 80, rows) // 100)
    pending_s, end = plan.first_pending_day * DAY_S, plan.after_day * DAY_S
    wrong = some["cause"].to_numpy() == Cause.REFUND_AMOUNT
    soon = at + rng.integers(3_600, 5 * DAY_S, rows)
    asked = np.where(some["cause"].to_numpy() == Cause.REFUND_PENDING, rng.integers(pending_s, end - 7200, rows), soon)
    if plan.noise:  # the last second that is overdue, the first that is not
        edge = plan.dice("refund edges").random(rows) < 0.5
        overdue = some["cause"].to_numpy() == Cause.REFUND_OVERDUE
        asked = np.where(edge & overdue, pending_s - 1 - rng.integers(0, 7_200, rows), asked)
        pending = some["cause"].to_numpy() == Cause.REFUND_PENDING
        asked = np.where(edge & pending, pending_s + rng.integers(0, 7_200, rows), asked)
        old = some["old"].to_numpy()
        asked = np.where(old, rng.integers(plan.first_day * DAY_S + 3_600, pending_s - 3 * DAY_S, rows), asked)
    return some.select(
        "pay",
        pl.col("lead_ord").alias("ord"),
        "channel",
        pl.Series("amount", part),
        pl.Series("order_amount", np.where(wrong, part - np.maximum(part * rng.integers(3, 30, rows) // 100, 1), part)),
        pl.Series("requested_at", asked),
        pl.Series("at", asked + refund_delay(some["channel"].to_numpy(), rng)),
        (~pl.col("cause").is_in([int(cause) for cause in UNPAID_REFUNDS])).alias("paid"),
        "cause",
    )


def draw_extra_moves(payments: pl.DataFrame, plan: Plan, rng: np.random.Generator) -> pl.DataFrame:
    """Second payments and chargebacks: ``pay, amount, channel, at, day, kind, fee, txn_no, booked``."""
    some = payments.filter(pl.col("cause").is_in([*map(int, DUPLICATES), int(Cause.CHARGEBACK)]))
    rows = len(some)
    cause, first, at = (some[name].to_numpy() for name in ("cause", "channel", "at"))
    back = cause == Cause.CHARGEBACK
    neighbour = np.where(first == ALIPAY, WECHAT, ALIPAY)
    elsewhere = np.where((cause == Cause.DUPLICATE_ELSEWHERE) & (rng.random(rows) < 0.3), UNIONPAY, neighbour)
    here = (cause == Cause.DUPLICATE_ON_UNIONPAY) | (cause == Cause.CART_PAID_TWICE)
    channel = np.where(back, PAYPAL, np.where(here, first, elsewhere))
    when = at + np.where(back, rng.integers(4 * DAY_S, 7 * DAY_S, rows), rng.integers(15, 200, rows))
    index = pl.Series(2_000_000_000 + np.arange(rows))
    return some.select(
        "pay",
        "amount",
        pl.Series("channel", channel),
        pl.Series("at", when),
        pl.Series("day", business_day(channel, when)),
        pl.Series("kind", np.where(back, "chargeback", "payment"), dtype=pl.String),
        pl.Series("fee", np.where(back, 0, contract_fee(channel, some["amount"].to_numpy()))),
        channel_numbers(pl.Series(channel), pl.Series(when), index, plan.seed, rng),
        (pl.col("cause") != Cause.DUPLICATE_UNBOOKED).alias("booked"),
    )
