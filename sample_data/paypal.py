"""PayPal's balance: payments and refunds, euros turned into dollars at once, disputes, and a withdrawal every Friday.

:func:`balance_rows` gives the rows of the settlement report in order: ``seq, at, code, txn_id, invoice, ref_id, gross,
fee, currency, bank_ref``; gross and fee are signed cents, fee is null where PayPal prints none. The dollar balance
starts at :data:`OPENING_USD`; the euro balance is always nothing, since the *net* of each euro row is converted in the
same second. Dispute fees are rows of their own.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Final

import numpy as np
import polars as pl

from sample_data import text
from sample_data.contract import ACCOUNTS, DAY_S, EUR, PAYPAL, USD, Plan, date_of, half_up
from sample_data.merchant import Rates

OPENING_USD: Final = 200_000
RESERVE_USD: Final = 50_000
DISPUTE_FEE: Final = 2_000
FRIDAY: Final = 4


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """A T0400 row: US cents that leave on ``day`` and arrive at the bank on the Monday after."""

    day: int
    at: int
    amount: int
    bank_ref: str

    @property
    def arrives(self) -> int:
        """Day on which the bank books it."""
        return self.day + 3

    @property
    def batch_no(self) -> str:
        """Batch of the withdrawal."""
        return f"paypal:{ACCOUNTS[PAYPAL]}:{date_of(self.day):%Y%m%d}"


def balance_rows(
    moves: pl.DataFrame, payments: pl.DataFrame, rates: Rates, plan: Plan, rng: np.random.Generator
) -> tuple[pl.DataFrame, list[Withdrawal]]:
    """Rows of the settlement report, and the withdrawals among them."""
    mine = moves.filter(pl.col("channel") == PAYPAL)
    mine = mine.with_columns(parent=payments["txn_no"][mine["pay"]])
    refund = pl.col("kind") == "refund"
    main = mine.select(
        pl.lit(0).alias("seq"),
        "at",
        pl.col("kind")
        .replace_strict({"payment": "T0006", "refund": "T1107", "chargeback": "T1201", "reversal": "T1202"})
        .alias("code"),
        pl.when(refund).then("refund_id").otherwise("txn_no").alias("txn_id"),
        pl.col("mno").alias("invoice"),
        pl.when(pl.col("kind") != "payment").then("parent").alias("ref_id"),
        pl.col("amount").alias("gross"),
        pl.when(pl.col("kind").is_in(["payment", "refund"])).then("fee").alias("fee"),
        "currency",
        pl.lit(None, pl.String).alias("bank_ref"),
    )
    dispute = main.filter(pl.col("code") == "T1201").with_columns(
        seq=pl.lit(3),
        code=pl.lit("T0106"),
        ref_id=pl.col("txn_id"),
        txn_id=text.codes(rng, 1 + int((main["code"] == "T1201").sum()), 17).head(int((main["code"] == "T1201").sum())),
        gross=pl.lit(-DISPUTE_FEE, pl.Int64),
    )
    rows = pl.concat([main, _conversions(main, rates, rng), dispute])
    if plan.noise:
        rows = pl.concat([rows, _dispute_fees_given_back(main, plan)])
    withdrawals = _withdraw(rows, plan, rng)
    leaving = pl.DataFrame(
        [
            {"seq": 0, "at": one.at, "code": "T0400", "gross": -one.amount, "currency": USD, "bank_ref": one.bank_ref}
            for one in withdrawals
        ],
        schema={name: rows.schema[name] for name in ("seq", "at", "code", "gross", "currency", "bank_ref")},
    ).with_columns(txn_id=text.codes(rng, len(withdrawals) + 1, 17).head(len(withdrawals)))
    rows = pl.concat([rows, leaving], how="diagonal")
    return rows.sort("at", "invoice", "seq", nulls_last=True, maintain_order=True), withdrawals


def _dispute_fees_given_back(main: pl.DataFrame, plan: Plan) -> pl.DataFrame:
    """A dispute that the merchant won brings its fee back in a row of its own, T1108."""
    won = main.filter(pl.col("code") == "T1202")
    return won.with_columns(
        seq=pl.lit(3),
        code=pl.lit("T1108"),
        ref_id=pl.col("txn_id"),
        txn_id=text.codes(plan.dice("dispute fees"), len(won) + 1, 17).head(len(won)),
        gross=pl.lit(DISPUTE_FEE, pl.Int64),
    )


def _conversions(main: pl.DataFrame, rates: Rates, rng: np.random.Generator) -> pl.DataFrame:
    """Two T0200 rows for each euro row: the net leaves in one currency and comes in the other, 2.5 % dearer."""
    euro = main.filter(pl.col("currency") == EUR)
    net = (euro["gross"] + euro["fee"].fill_null(0)).to_numpy()
    day = euro["at"].to_numpy() // DAY_S
    usd, eur = (rates.of(np.full(len(euro), currency), day) for currency in (USD, EUR))
    dollars = np.sign(net) * half_up(np.abs(net) * eur * 975, usd * 1_000)
    ids = text.codes(rng, 2 * len(euro) + 1, 17)
    base = euro.with_columns(
        code=pl.lit("T0200"), ref_id=pl.col("txn_id"), fee=pl.lit(None, pl.Int64), euro_first=pl.Series(net > 0)
    )
    from_euro = base.with_columns(
        seq=pl.when("euro_first").then(1).otherwise(2), gross=pl.Series(-net), txn_id=ids[: len(euro)]
    )
    into_usd = base.with_columns(
        seq=pl.when("euro_first").then(2).otherwise(1),
        gross=pl.Series(dollars),
        currency=pl.lit(USD, pl.Int64),
        txn_id=ids[len(euro) : 2 * len(euro)],
    )
    return pl.concat([from_euro, into_usd]).drop("euro_first").select(main.columns)


def _withdraw(rows: pl.DataFrame, plan: Plan, rng: np.random.Generator) -> list[Withdrawal]:
    dollars = rows.filter(pl.col("currency") == USD).select("at", total=pl.col("gross") + pl.col("fee").fill_null(0))
    taken: list[Withdrawal] = []
    for day in range(plan.first_day, plan.after_day):
        if date_of(day).weekday() != FRIDAY:
            continue
        at = day * DAY_S + 18 * 3600
        come = int(dollars.filter(pl.col("at") < at)["total"].sum())
        left = OPENING_USD + come - sum(one.amount for one in taken) - RESERVE_USD
        if left >= 100:
            reference = f"1047{int(rng.integers(10**8, 10**9))}"
            taken.append(Withdrawal(day, at, left // 100 * 100, reference))
    return taken


def report_days(plan: Plan) -> list[tuple[dt.date, dt.date]]:
    """First and last day of each settlement report: weeks of the month, then the day after it."""
    starts = [*range(plan.first_day, plan.after_day, 7), plan.after_day]
    ends = [*(start - 1 for start in starts[1:]), plan.after_day]
    return [(date_of(start), date_of(end)) for start, end in zip(starts, ends, strict=True)]
