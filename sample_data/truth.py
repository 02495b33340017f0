"""The answer sheet: every difference of the month with its leg, code, keys and amount.

``amount`` is left minus right in minor units, a side that is not there counting as 0; the left book is the leg's first.
Order refunds and channel refunds are negative. A blank key is one the program need not show. A cause that shows on two
legs has a row for each.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import polars as pl

from sample_data.bank import BankLine, Booked, Outcome, Payout
from sample_data.contract import DAY_S, Plan, lowered, lowered_fee, returned_fee
from sample_data.paypal import Withdrawal
from sample_data.plant import Cause

ORDERS: Final = "order_channel"
LEDGER: Final = "channel_ledger"
BANK: Final = "channel_bank"
COLUMNS: Final = ("leg", "code", "order_no", "reference", "batch_no", "amount")

AMOUNT: Final = pl.col("amount")
ORDER_NO: Final = pl.col("order_no")
MNO: Final = pl.col("mno")
TXN_NO: Final = pl.col("txn_no")
EXTRA_NO: Final = pl.col("extra_no")
REFUND_NO: Final = pl.col("refund_no")
NOTHING: Final = pl.lit("")
ZERO: Final = pl.lit(0)

Row = tuple[str, str, pl.Expr, pl.Expr, pl.Expr]
"""Leg, code, order number, reference, amount."""

OF_PAYMENTS: Final[dict[Cause, tuple[Row, ...]]] = {
    Cause.FX_ROUNDING_ORDER: ((ORDERS, "FX_ROUNDING", ORDER_NO, TXN_NO, pl.col("order_delta")),),
    Cause.FX_RATE_ORDER: ((ORDERS, "FX_RATE", ORDER_NO, TXN_NO, pl.col("order_delta")),),
    Cause.FX_ROUNDING_LEDGER: ((LEDGER, "FX_ROUNDING", ORDER_NO, TXN_NO, -pl.col("voucher_delta")),),
    Cause.FX_RATE_LEDGER: ((LEDGER, "FX_RATE", ORDER_NO, TXN_NO, -pl.col("voucher_delta")),),
    Cause.CHARGEBACK: ((ORDERS, "CHARGEBACK", ORDER_NO, EXTRA_NO, AMOUNT),),
    Cause.ORDER_SPLIT: ((ORDERS, "ORDER_SPLIT", NOTHING, TXN_NO, pl.col("order_delta")),),
    Cause.DUPLICATE_ON_UNIONPAY: ((ORDERS, "DUPLICATE_PAYMENT", ORDER_NO, EXTRA_NO, -AMOUNT),),
    Cause.DUPLICATE_ELSEWHERE: ((ORDERS, "DUPLICATE_PAYMENT", ORDER_NO, EXTRA_NO, -AMOUNT),),
    Cause.DUPLICATE_UNBOOKED: (
        (ORDERS, "DUPLICATE_PAYMENT", ORDER_NO, EXTRA_NO, -AMOUNT),
        (LEDGER, "VOUCHER_MISSING", ORDER_NO, EXTRA_NO, AMOUNT),
    ),
    Cause.ORDER_MISSING: ((ORDERS, "ORDER_MISSING", MNO, TXN_NO, -AMOUNT),),
    Cause.ORDER_MISSING_UNBOOKED: (
        (ORDERS, "ORDER_MISSING", MNO, TXN_NO, -AMOUNT),
        (LEDGER, "VOUCHER_MISSING", MNO, TXN_NO, AMOUNT),
    ),
    Cause.CHANNEL_MISSING: ((ORDERS, "CHANNEL_MISSING", ORDER_NO, NOTHING, AMOUNT),),
    Cause.ORDER_TWICE: ((ORDERS, "DUPLICATE_ENTRY", ORDER_NO, TXN_NO, AMOUNT),),
    Cause.AMOUNT_MISMATCH: ((ORDERS, "AMOUNT_MISMATCH", ORDER_NO, TXN_NO, pl.col("order_delta")),),
    Cause.STATUS_PENDING: ((ORDERS, "STATUS_MISMATCH", ORDER_NO, TXN_NO, ZERO),),
    Cause.STATUS_CLOSED: ((ORDERS, "STATUS_MISMATCH", ORDER_NO, TXN_NO, ZERO),),
    Cause.FEE_MISMATCH: ((ORDERS, "FEE_MISMATCH", ORDER_NO, TXN_NO, pl.col("fee_delta")),),
    Cause.VOUCHER_MISSING: ((LEDGER, "VOUCHER_MISSING", ORDER_NO, TXN_NO, AMOUNT),),
    Cause.VOUCHER_AMOUNT: ((LEDGER, "VOUCHER_AMOUNT_MISMATCH", ORDER_NO, TXN_NO, -pl.col("voucher_delta")),),
    Cause.WRONG_PERIOD: ((LEDGER, "WRONG_PERIOD", ORDER_NO, TXN_NO, ZERO),),
    Cause.VOUCHER_TWICE: ((LEDGER, "DUPLICATE_ENTRY", ORDER_NO, TXN_NO, -AMOUNT),),
    Cause.CART_PAID_TWICE: ((ORDERS, "DUPLICATE_PAYMENT", NOTHING, EXTRA_NO, -AMOUNT),),
    Cause.CART_LINE_MISSING: ((ORDERS, "ORDER_SPLIT", NOTHING, TXN_NO, pl.col("order_delta")),),
    Cause.VOUCHER_TWICE_OTHERWISE: ((LEDGER, "DUPLICATE_ENTRY", ORDER_NO, TXN_NO, -AMOUNT),),
    Cause.ORDER_TWICE_LATER: ((ORDERS, "DUPLICATE_ENTRY", ORDER_NO, TXN_NO, AMOUNT),),
    Cause.VOUCHER_WRONG_ACCOUNT: (
        (LEDGER, "VOUCHER_MISSING", ORDER_NO, TXN_NO, AMOUNT),
        (LEDGER, "VOUCHER_ORPHAN", NOTHING, ORDER_NO, -AMOUNT),
    ),
    Cause.ORDER_WRONG_CHANNEL: (
        (ORDERS, "CHANNEL_MISSING", ORDER_NO, NOTHING, AMOUNT),
        (ORDERS, "ORDER_MISSING", NOTHING, TXN_NO, -AMOUNT),
    ),
}
OF_REFUNDS: Final[dict[Cause, tuple[Row, ...]]] = {
    Cause.REFUND_UNKNOWN_TO_ORDERS: ((ORDERS, "REFUND_NOT_SYNCED", ORDER_NO, REFUND_NO, AMOUNT),),
    Cause.REFUND_UNKNOWN_TO_BOTH: (
        (ORDERS, "REFUND_NOT_SYNCED", ORDER_NO, REFUND_NO, AMOUNT),
        (LEDGER, "REFUND_NOT_SYNCED", ORDER_NO, REFUND_NO, -AMOUNT),
    ),
    Cause.REFUND_PENDING_IN_ORDERS: ((ORDERS, "REFUND_NOT_SYNCED", ORDER_NO, REFUND_NO, ZERO),),
    Cause.REFUND_UNBOOKED: ((LEDGER, "REFUND_NOT_SYNCED", ORDER_NO, REFUND_NO, -AMOUNT),),
    Cause.REFUND_PENDING: ((ORDERS, "REFUND_PENDING", ORDER_NO, REFUND_NO, -AMOUNT),),
    Cause.REFUND_OVERDUE: ((ORDERS, "REFUND_OVERDUE", ORDER_NO, REFUND_NO, -AMOUNT),),
    Cause.REFUND_AMOUNT: ((ORDERS, "REFUND_AMOUNT_MISMATCH", ORDER_NO, REFUND_NO, AMOUNT - pl.col("order_amount")),),
    Cause.REFUND_TWICE: ((ORDERS, "DUPLICATE_ENTRY", ORDER_NO, REFUND_NO, -AMOUNT),),
    Cause.REFUND_FEE_KEPT: ((ORDERS, "FEE_MISMATCH", ORDER_NO, REFUND_NO, pl.col("fee_due")),),
    Cause.REFUND_BOOKED_TWICE: ((LEDGER, "DUPLICATE_ENTRY", ORDER_NO, REFUND_NO, AMOUNT),),
    Cause.REFUND_OF_EARLIER_MONTH_UNKNOWN: (
        (ORDERS, "REFUND_NOT_SYNCED", pl.col("mno"), REFUND_NO, AMOUNT),
        (LEDGER, "REFUND_NOT_SYNCED", pl.col("mno"), REFUND_NO, -AMOUNT),
    ),
}


def planted(
    payments: pl.DataFrame, extra: pl.DataFrame, orders: pl.DataFrame, refunds: pl.DataFrame, plan: Plan
) -> pl.DataFrame:
    """Differences of payments and of their refunds."""
    bought = payments.filter(pl.col("cause") > 0).join(
        extra.select("pay", pl.col("txn_no").alias("extra_no")), on="pay", how="left", maintain_order="left"
    )
    returned = _described(refunds.filter(pl.col("cause") > 0), payments, orders, plan)
    return pl.concat([*_rows(bought, OF_PAYMENTS), *_rows(returned, OF_REFUNDS)])


def _described(refunds: pl.DataFrame, payments: pl.DataFrame, orders: pl.DataFrame, plan: Plan) -> pl.DataFrame:
    """Refunds with the numbers of their payment, and the fee that the contract gives back."""
    channel, amount = refunds["channel"].to_numpy(), refunds["amount"].to_numpy()
    cheaper = lowered(channel, payments["day"][refunds["pay"]].to_numpy(), plan)
    return refunds.with_columns(
        orders["order_no"][refunds["ord"]],
        payments["mno"][refunds["pay"]],
        fee_due=pl.Series(np.where(cheaper, lowered_fee(amount), returned_fee(channel, amount))),
    )


def _rows(frame: pl.DataFrame, table: dict[Cause, tuple[Row, ...]]) -> list[pl.DataFrame]:
    found = []
    for cause, rows in table.items():
        mine = frame.filter(pl.col("cause") == cause)
        for leg, code, order_no, reference, amount in rows:
            found.append(
                mine.select(
                    pl.lit(leg).alias("leg"),
                    pl.lit(code).alias("code"),
                    order_no.alias("order_no"),
                    reference.alias("reference"),
                    NOTHING.alias("batch_no"),
                    amount.cast(pl.Int64).alias("amount"),
                )
            )
    return found


def natural_refunds(refunds: pl.DataFrame, payments: pl.DataFrame, orders: pl.DataFrame, plan: Plan) -> pl.DataFrame:
    """Refunds of the last days that the channel has not paid yet."""
    waiting = refunds.filter((pl.col("cause") == 0) & ~pl.col("paid"))
    early = waiting.filter(pl.col("requested_at") < plan.first_pending_day * DAY_S)
    if len(early):
        raise ValueError(f"refunds are natural only while they are pending: {early['refund_no'].to_list()}")
    waiting = _described(waiting, payments, orders, plan).with_columns(cause=pl.lit(int(Cause.REFUND_PENDING)))
    return pl.concat(_rows(waiting, OF_REFUNDS))


def cross_day(book: pl.DataFrame, moves: pl.DataFrame, plan: Plan) -> pl.DataFrame:
    """Pairs whose two business dates lie on different sides of the month's end."""
    lines = book.select("record", "pay", "ref", "order_no", "occurred_at", "cause")
    after = (pl.col("occurred_at") // DAY_S >= plan.after_day) != (pl.col("day") >= plan.after_day)
    firsts = moves.filter(~pl.col("extra"))
    pairs = [
        lines.filter(pl.col("record") == "payment").join(
            firsts.filter(pl.col("kind") == "payment").select("pay", "day", number="txn_no"), on="pay", how="inner"
        ),
        lines.filter(pl.col("record") == "refund").join(
            firsts.filter(pl.col("kind") == "refund").select("ref", "day", number="refund_no"), on="ref", how="inner"
        ),
    ]
    crossing = pl.concat(pairs).filter(after).sort("occurred_at", "order_no")
    if (crossing["cause"] > 0).any():
        raise ValueError(f"a planted difference crosses the month's end: {crossing['order_no'].to_list()}")
    return crossing.select(
        pl.lit(ORDERS).alias("leg"),
        pl.lit("CROSS_DAY").alias("code"),
        "order_no",
        pl.col("number").alias("reference"),
        NOTHING.alias("batch_no"),
        pl.lit(0, pl.Int64).alias("amount"),
    )


def of_bank(payouts: list[Payout], unknown: list[BankLine], withdrawals: list[Withdrawal], plan: Plan) -> pl.DataFrame:
    """Payouts that are late, missing or different, and credits nobody can explain."""
    codes = {
        Outcome.IN_TRANSIT: "PAYOUT_IN_TRANSIT",
        Outcome.MISSING: "PAYOUT_MISSING",
        Outcome.OTHER_AMOUNT: "PAYOUT_AMOUNT_MISMATCH",
    }
    rows: list[tuple[str, str, str, str, str, int]] = [
        (BANK, codes[one.outcome], "", "", one.batch.batch_no, one.batch.net - one.arrived)
        for one in payouts
        if one.outcome in codes
    ]
    rows += [
        (BANK, "PAYOUT_IN_TRANSIT", "", "", one.batch_no, one.amount)
        for one in withdrawals
        if one.arrives >= plan.after_day
    ]
    rows += [(BANK, "BANK_UNIDENTIFIED", "", line.serial, "", -line.amount) for line in unknown]
    return _frame(rows)


def of_payouts_booked_twice(twice: list[Booked]) -> pl.DataFrame:
    """Payouts that were booked once more; the reference is the one the voucher cites."""
    return _frame([(LEDGER, "DUPLICATE_ENTRY", "", one.reference, "", one.amount) for one in twice])


def of_orphans(heads: pl.DataFrame) -> pl.DataFrame:
    """Vouchers on a channel's account that nothing explains; the reference is the one the voucher cites."""
    orphans = heads.select("reference", "amount").iter_rows()
    return _frame([(LEDGER, "VOUCHER_ORPHAN", "", reference, "", -amount) for reference, amount in orphans])


def _frame(rows: list[tuple[str, str, str, str, str, int]]) -> pl.DataFrame:
    schema = {name: pl.Int64 if name == "amount" else pl.String for name in COLUMNS}
    return pl.DataFrame(rows, schema=schema, orient="row")
