"""What finance booked. Vouchers are made from the channel book, so they agree with it unless a cause says otherwise.

One *head* is one voucher of two lines: ``at`` (order of entry), ``day`` (voucher date), ``month`` (0 this period, 1 the
next), ``reference, summary, debit, credit`` (accounts), ``amount`` (CNY fen, negative = red), ``currency``, ``fc`` and
``rate_e4`` (null for CNY), ``channel`` (number, null for vouchers that touch no channel).

Sales are booked order by order, the small shop's by one voucher a trade day; refunds one by one in red; fees per
channel, day and currency; payouts when they arrive, withdrawals when they leave. Foreign vouchers carry the business
day's rate and date; the others may be entered up to two days later, in the same month.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import polars as pl

from sample_data import noise_ledger, text
from sample_data.bank import BankLine, Booked
from sample_data.contract import (
    ACCOUNTS,
    ALIPAY,
    CHANNEL_NAMES,
    CHANNELS,
    CNY,
    DAY_S,
    LEDGER_BANK_CNY,
    LEDGER_BANK_USD,
    LEDGER_CHANNEL,
    LEDGER_FEE,
    LEDGER_REVENUE,
    PAYPAL,
    SMALL_SHOP,
    UNIONPAY,
    USD,
    WECHAT,
    Plan,
    date_of,
)
from sample_data.merchant import Rates
from sample_data.paypal import Withdrawal
from sample_data.plant import DUPLICATES, Cause, outside_count

HEAD: Final = (
    "at", "day", "month", "reference", "summary", "debit", "credit", "amount", "currency", "fc", "rate_e4", "channel"
)  # fmt: skip
NAME: Final = text.pick(CHANNEL_NAMES, pl.col("channel"))
ACCOUNT: Final = text.pick(LEDGER_CHANNEL, pl.col("channel"))
NOON_S: Final = 12 * 3600


def book(
    payments: pl.DataFrame,
    orders: pl.DataFrame,
    moves: pl.DataFrame,
    rates: Rates,
    plan: Plan,
    rng: np.random.Generator,
) -> pl.DataFrame:
    """Heads of sales, refunds, chargebacks and fees."""
    moves = moves.with_columns(rate=pl.Series(rates.of(moves["currency"].to_numpy(), moves["day"].to_numpy())))
    booked = moves.filter("booked").with_columns(small=payments["shop"][moves.filter("booked")["pay"]] == SMALL_SHOP)
    first_sale = (pl.col("kind") == "payment") & ~pl.col("extra")
    second_sale = (pl.col("kind") == "payment") & pl.col("extra")
    turned = pl.col("kind") != "payment"
    parts = [
        _sales(booked.filter(first_sale & ~pl.col("small")), payments, orders, plan, rng),
        _second_sales(booked.filter(second_sale)),
        _days_of_the_small_shop(booked.filter(first_sale & pl.col("small"))),
        _reversals(booked.filter(turned), payments, plan, rng),
        _fees(moves),
    ]
    return pl.concat([_in_cny(part, plan) for part in parts])


def _in_cny(vouchers: pl.DataFrame, plan: Plan) -> pl.DataFrame:
    """Heads from ``at, day, reference, summary, debit, credit, amount, currency, rate, channel``.

    ``amount`` comes in its own currency. Optional columns: ``wrong_by`` (CNY fen added), ``wrong_rate`` (printed
    instead of ``rate``), ``next_month`` (booked there).
    """
    defaults = {"wrong_by": pl.lit(0), "wrong_rate": pl.lit(0), "next_month": pl.lit(value=False)}
    vouchers = vouchers.with_columns(
        **{name: value for name, value in defaults.items() if name not in vouchers.columns}
    )
    size = (2 * pl.col("amount").abs() * pl.col("rate") + 10_000) // 20_000
    foreign = pl.col("currency") != CNY
    late = pl.col("next_month") | (pl.col("day") >= plan.after_day)
    return vouchers.select(
        "at",
        pl.when("next_month").then(plan.after_day).otherwise("day").alias("day"),
        late.cast(pl.Int64).alias("month"),
        "reference",
        "summary",
        "debit",
        "credit",
        (pl.col("amount").sign() * size + pl.col("wrong_by")).alias("amount"),
        "currency",
        pl.when(foreign).then("amount").alias("fc"),
        pl.when(foreign & (pl.col("wrong_rate") > 0)).then("wrong_rate").when(foreign).then("rate").alias("rate_e4"),
        "channel",
    ).select(HEAD)


def _sales(
    moves: pl.DataFrame, payments: pl.DataFrame, orders: pl.DataFrame, plan: Plan, rng: np.random.Generator
) -> pl.DataFrame:
    facts = (
        moves.drop("amount", "settled")
        .with_columns(payments.select("cause", "size", "voucher_delta", "voucher_rate", "coupon", "way")[moves["pay"]])
        .with_columns(paid=moves["amount"])
    )
    lines = orders.select("pay", "amount", "order_no").join(facts, on="pay", how="inner", maintain_order="left")
    rows = len(lines)
    dice = pl.Series(rng.integers(0, 100, rows))
    lines = lines.with_columns(lag=pl.Series(rng.choice([0, 0, 0, 0, 1, 2], rows)))
    plain = pl.col("cause") == 0
    single = pl.col("size") == 1
    paid_twice = pl.col("cause").is_in([int(cause) for cause in DUPLICATES])
    mistaken = pl.col("cause") == Cause.VOUCHER_WRONG_ACCOUNT
    number = (
        pl.when(mistaken)
        .then("order_no")
        .when((paid_twice & single) | (single & (dice >= 92)))
        .then("txn_no")
        .when((pl.col("cause") == Cause.ORDER_MISSING) | (single & (dice >= 80)))
        .then("mno")
        .otherwise("order_no")
    )
    same_day = (pl.col("currency") != CNY) | (pl.col("day") >= plan.after_day)
    later = pl.min_horizontal(pl.col("day") + pl.col("lag"), pl.lit(plan.after_day - 1))
    other = pl.when(pl.col("channel") == ALIPAY).then(WECHAT).otherwise(ALIPAY)
    lines = lines.with_columns(
        number=number,
        blank=plain & (dice < 5),
        channel=pl.when(mistaken).then(other).otherwise("channel").cast(pl.Int64),
    )
    if plan.noise:
        lines = noise_ledger.as_clerks_book(lines, plan)
    heads = lines.with_columns(
        day=pl.when(same_day).then("day").otherwise(later),
        reference=pl.when(~pl.col("blank")).then("number"),
        summary=_sale_summary(plan),
        debit=ACCOUNT,
        credit=pl.lit(LEDGER_REVENUE[0]),
        wrong_by=pl.col("voucher_delta"),
        wrong_rate=pl.col("voucher_rate"),
        next_month=pl.col("cause") == Cause.WRONG_PERIOD,
    )
    twice = heads.filter(pl.col("cause") == Cause.VOUCHER_TWICE).with_columns(at=pl.col("at") + 3 * 3600)
    both = pl.concat([heads, twice])
    return noise_ledger.second_thoughts(both, plan) if plan.noise else both


def _summary(wording: str) -> pl.Expr:
    """Wording and channel; the number, too, where the reference is left blank."""
    tail = pl.when("blank").then(pl.concat_str(pl.lit(" "), "number")).otherwise(pl.lit(""))
    return pl.concat_str(pl.lit(wording), NAME, tail)


def _sale_summary(plan: Plan) -> pl.Expr:
    usual = _summary("销售收款 ")
    return pl.when("blank").then(noise_ledger.summary_with_number()).otherwise(usual) if plan.noise else usual


def _second_sales(moves: pl.DataFrame) -> pl.DataFrame:
    return moves.with_columns(
        reference=pl.col("txn_no"),
        summary=pl.concat_str(pl.lit("收款 "), NAME, pl.lit(" 按渠道账单")),
        debit=ACCOUNT,
        credit=pl.lit(LEDGER_REVENUE[0]),
    )


def _days_of_the_small_shop(moves: pl.DataFrame) -> pl.DataFrame:
    days = moves.group_by("day").agg(pl.col("amount").sum(), pl.col("at").max()).sort("day")
    stamp = text.day(pl.col("day"), "%Y%m%d")
    return days.with_columns(
        reference=pl.concat_str(pl.lit(f"{CHANNELS[UNIONPAY]}:{ACCOUNTS[UNIONPAY]}:"), stamp),
        summary=pl.concat_str(pl.lit("云杉小集日销售汇总 "), stamp),
        debit=pl.lit(LEDGER_CHANNEL[UNIONPAY]),
        credit=pl.lit(LEDGER_REVENUE[0]),
        currency=pl.lit(CNY, pl.Int64),
        rate=pl.lit(10_000, pl.Int64),
        channel=pl.lit(UNIONPAY, pl.Int64),
    )


def _reversals(moves: pl.DataFrame, payments: pl.DataFrame, plan: Plan, rng: np.random.Generator) -> pl.DataFrame:
    """Red vouchers of refunds and chargebacks: same accounts, same direction, negative."""
    rows = len(moves)
    cause = payments["cause"][moves["pay"]]
    plain = cause == 0
    dispute = pl.col("kind").is_in(["chargeback", "reversal"])
    lag = pl.Series(rng.choice([0, 0, 0, 1], rows))
    same_day = (pl.col("currency") != CNY) | (pl.col("day") >= plan.after_day)
    later = pl.min_horizontal(pl.col("day") + lag, pl.lit(plan.after_day - 1))
    moves = moves.with_columns(
        number=pl.when(dispute).then("txn_no").otherwise("refund_no"),
        blank=plain & pl.Series(rng.random(rows) < 0.05) & ~dispute,
        plain=plain,
        cause=cause,
        day=pl.when(same_day).then("day").otherwise(later),
    )
    heads = moves.with_columns(
        amount="settled",
        reference=pl.when(~pl.col("blank")).then("number"),
        summary=pl.when(dispute).then(_summary("拒付冲回 ")).otherwise(_summary("销售退款 ")),
        debit=ACCOUNT,
        credit=pl.lit(LEDGER_REVENUE[0]),
    )
    twice = heads.filter((pl.col("cause") == Cause.REFUND_BOOKED_TWICE) & (pl.col("kind") == "refund"))
    heads = pl.concat([heads, twice.with_columns(at=pl.col("at") + 7_200)])
    return noise_ledger.red_vouchers(heads, plan) if plan.noise else heads


def _fees(moves: pl.DataFrame) -> pl.DataFrame:
    """Fees as charged less fees given back: one voucher per channel, trade day and currency."""
    days = (
        moves.group_by("channel", "day", "currency")
        .agg(-pl.col("fee").sum().alias("amount"), pl.col("at").max(), pl.col("rate").first())
        .filter(pl.col("amount") != 0)
        .sort("channel", "day", "currency")
    )
    stamp = text.day(pl.col("day"), "%Y%m%d")
    account = text.pick(
        [f"{name}:{number}:" for name, number in zip(CHANNELS, ACCOUNTS, strict=True)], pl.col("channel")
    )
    return days.with_columns(
        at=pl.col("at") + NOON_S,
        reference=pl.concat_str(account, stamp),
        summary=pl.concat_str(pl.lit("渠道手续费 "), NAME, pl.lit(" "), stamp),
        debit=pl.lit(LEDGER_FEE[0]),
        credit=ACCOUNT,
    )


def book_payouts(payouts: list[Booked], withdrawals: list[Withdrawal], rates: Rates, plan: Plan) -> pl.DataFrame:
    """Heads of payouts that arrived in full, and of PayPal withdrawals on the day they leave."""
    usd = np.full(1, USD)
    rows: list[dict[str, object]] = [
        {
            "at": payout.day * DAY_S + NOON_S,
            "day": payout.day,
            "reference": payout.reference,
            "summary": f"渠道结算到账 {CHANNEL_NAMES[payout.channel]} {payout.days}",
            "debit": LEDGER_BANK_CNY[0],
            "credit": LEDGER_CHANNEL[payout.channel],
            "amount": payout.amount,
            "currency": CNY,
            "rate": 10_000,
            "channel": payout.channel,
        }
        for payout in payouts
    ]
    rows += [
        {
            "at": one.at,
            "day": one.day,
            "reference": one.bank_ref,
            "summary": f"PayPal 提现 {one.bank_ref}",
            "debit": LEDGER_BANK_USD[0],
            "credit": LEDGER_CHANNEL[PAYPAL],
            "amount": one.amount,
            "currency": USD,
            "rate": int(rates.of(usd, np.full(1, one.day))[0]),
            "channel": PAYPAL,
        }
        for one in withdrawals
    ]
    return _from_rows(rows, plan)


def book_service_fees(fees: list[tuple[int, int]], plan: Plan) -> pl.DataFrame:
    """Heads of Alipay's service fees (trade day, fen), booked beside the fees of the day's payments."""
    rows: list[dict[str, object]] = [
        {
            "at": (day + 1) * DAY_S + NOON_S,
            "day": day + 1,
            "reference": f"{CHANNELS[ALIPAY]}:{ACCOUNTS[ALIPAY]}:{date_of(day):%Y%m%d}",
            "summary": f"渠道服务费 {CHANNEL_NAMES[ALIPAY]} {date_of(day):%Y%m%d}",
            "debit": LEDGER_FEE[0],
            "credit": LEDGER_CHANNEL[ALIPAY],
            "amount": fee,
            "currency": CNY,
            "rate": 10_000,
            "channel": ALIPAY,
        }
        for day, fee in fees
    ]
    return _from_rows(rows, plan)


def book_orphans(plan: Plan, rng: np.random.Generator) -> pl.DataFrame:
    """Heads of vouchers for sales that no book knows."""
    rows: list[dict[str, object]] = []
    for _ in range(outside_count(plan, 4, 2, "orphans") if plan.difference_rate else 0):
        day = int(rng.integers(plan.first_day, plan.after_day - 2))
        channel = int(rng.integers(0, WECHAT + 1))
        rows.append(
            {
                "at": day * DAY_S + NOON_S,
                "day": day,
                "reference": f"YX{date_of(day):%y%m%d}{int(rng.integers(10**9, 10**10))}",
                "summary": f"销售收款 {CHANNEL_NAMES[channel]}",
                "debit": LEDGER_CHANNEL[channel],
                "credit": LEDGER_REVENUE[0],
                "amount": int(rng.integers(10_001, 99_999)),
                "currency": CNY,
                "rate": 10_000,
                "channel": channel,
            }
        )
    return _from_rows(rows, plan)


def book_ordinary(lines: list[BankLine], plan: Plan) -> pl.DataFrame:
    """Heads of the bank's ordinary lines: they touch no channel's account."""
    rows: list[dict[str, object]] = []
    for line in lines:
        if line.account is None:
            continue
        other, own = line.account[0], LEDGER_BANK_CNY[0]
        rows.append(
            {
                "at": line.day * DAY_S + line.second,
                "day": line.day,
                "reference": None,
                "summary": f"{line.memo} {line.payer}".strip(),
                "debit": own if line.amount > 0 else other,
                "credit": other if line.amount > 0 else own,
                "amount": abs(line.amount),
                "currency": CNY,
                "rate": 10_000,
                "channel": None,
            }
        )
    return _from_rows(rows, plan)


def _from_rows(rows: list[dict[str, object]], plan: Plan) -> pl.DataFrame:
    words = dict.fromkeys(("reference", "summary", "debit", "credit"), pl.String)
    numbers = dict.fromkeys(("at", "day", "amount", "currency", "rate", "channel"), pl.Int64)
    return _in_cny(pl.DataFrame(rows, schema={**words, **numbers}), plan)
