"""What real months are full of and what is no difference: noise for ``generate.py --noise``.

Written from the channels' formats and from how shops and customers behave; nothing here knows how ``recon`` matches.
Every function draws from dice of its own (:meth:`contract.Plan.dice`), so that the same month without noise stays as
it is. This module disturbs times and prices; ``noise_payments`` the ways to pay and to refund, ``noise_orders`` the
order system, ``noise_ledger`` the clerks, ``noise_bank`` the bank.

- Callbacks that come minutes late; UnionPay's day ends some seconds before or after 23:00.
- A few price points make most of the sums; carts of equal sub-orders; two customers who buy the same in one second.
- Coupons of the shop (settled for less than the gross) and discounts that the channel pays.
- One order paid in two parts under one number; a cart of two paid order by order.
- Refunds of payments of earlier months; three equal partial refunds of one order, two of them in the same second; a
  refund that is a difference between others of the same amount that are none.
- A dispute that the merchant won: the chargeback and its reversal.

What is left without a cause here is *no* difference, by DESIGN.md section 5: the two books agree.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from sample_data.contract import DAY_S, PAYPAL, SMALL_SHOP, Ints, Plan

Bools = npt.NDArray[np.bool_]

PRICE_POINTS: Final = np.array([3_990, 5_900, 9_900, 9_900, 19_900, 29_900])


def strange_times(plan: Plan, channel: Ints, size: Ints, at: Ints, skew: Ints) -> tuple[Ints, Ints]:
    """Some payments were made in the weeks before (only their refunds will show); some callbacks are minutes late."""
    rng = plan.dice("times")
    rows, start, end = len(at), plan.first_day * DAY_S, plan.after_day * DAY_S
    free = (at > start + 2 * DAY_S) & (at < end - DAY_S) & (size == 1)
    old = free & (channel != PAYPAL) & (rng.random(rows) < 0.004)
    late = free & ~old & (rng.random(rows) < 0.015)
    at = np.where(old, start - rng.integers(DAY_S, 40 * DAY_S, rows), at)
    skew = np.where(old, 0, np.where(late, rng.integers(120, 1_800, rows), skew))
    return at, skew


def twins(plan: Plan, channel: Ints, size: Ints, at: Ints, skew: Ints) -> tuple[Ints, Ints, Ints, Bools]:
    """Pairs of neighbours become two equal orders of one second; rows are in order of time."""
    rng = plan.dice("twins")
    rows, start, end = len(at), plan.first_day * DAY_S, plan.after_day * DAY_S
    first = np.arange(0, rows - 1, 2)
    inside = (at[first] > start + DAY_S) & (at[first + 1] < end - DAY_S)
    single = (size[first] == 1) & (size[first + 1] == 1) & (channel[first] != PAYPAL)
    first = first[inside & single & (rng.random(len(first)) < 0.006)]
    channel, at, skew, twin = channel.copy(), at.copy(), skew.copy(), np.zeros(rows, dtype=bool)
    for column in (channel, at, skew):
        column[first + 1] = column[first]
    twin[first] = twin[first + 1] = True
    return channel, at, skew, twin


def price_points(plan: Plan, channel: Ints, size: Ints, shop: Ints, twin: Bools, price: Ints) -> tuple[Ints, Ints]:
    """Shops and prices of order lines: many equal ones, half of the carts of equal parts, twins alike."""
    rng = plan.dice("prices")
    rows = len(size)
    first = np.cumsum(size) - size
    price, shop = price.copy(), shop.copy()
    usual = (channel != PAYPAL) & (shop != SMALL_SHOP) & (rng.random(rows) < 0.5)
    price[first] = np.where(usual, rng.choice(PRICE_POINTS, rows), price[first])
    equal = np.repeat((size > 1) & (rng.random(rows) < 0.5), size)
    price = np.where(equal, np.repeat(price[first], size), price)
    second = np.flatnonzero(twin & (np.cumsum(twin) % 2 == 0))
    shop[second] = shop[second - 1]
    price[first[second]] = price[first[second - 1]]
    return shop, price
