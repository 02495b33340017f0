"""Write the invented merchant's books day by day, as an hourly or daily job would receive them, for stores that grow.

    python sample_data/days.py --days 90 --orders-per-day 5000 --seed 7 --out days [--first 2025-01-01] [--hours 1]
                               [--difference-rate 0.003]

``OUT/2025-01-01`` and so on hold what came of that day: Alipay's and WeChat Pay's bills of the day (trade bill and
summary; trade bill and funds flow), UnionPay's zip, the order system's and the ledger's lines, the bank's statement.
With ``--hours N`` the *last* day comes as what is there of its first N busy hours (``OUT/2025-01-31T10`` ...): orders,
vouchers and WeChat Pay's payments of that hour alone; the other channels make their bills by the day.

The days are drawn as one long month by the same code as ``generate.py``, so numbers never meet by chance, refunds come
days after their payments, and a payout is on the statement of a later day than its trades. PayPal, which reports by the
week, is left out, and so are parcels. Differences are planted as in a month.
"""

from __future__ import annotations

import argparse
import datetime as dt
import shutil
import sys
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Final

import numpy as np
import polars as pl

if not __package__:  # run by path: the modules beside this one are imported as sample_data.*
    sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from sample_data import (
    bank,
    books,
    ledger,
    merchant,
    plant,
    text,
    write_alipay,
    write_bank,
    write_tables,
    write_unionpay,
    write_wechat,
)
from sample_data.contract import ACCOUNTS, ALIPAY, DAY_S, PAYPAL, UNIONPAY, WECHAT, Plan, date_of

FIRST_HOUR: Final = 10


@dataclass(frozen=True, slots=True)
class Span(Plan):
    """A plan of any number of days instead of a month."""

    start: dt.date = dt.date(2025, 1, 1)
    length: int = 30

    @property
    def first(self) -> dt.date:
        """First day."""
        return self.start

    @property
    def after(self) -> dt.date:
        """The day after the last one."""
        return self.start + dt.timedelta(days=self.length)


def span(days: int, orders_per_day: int, seed: int, start: dt.date, rate: Fraction = Fraction("0.003")) -> Span:
    """Plan of ``days`` days."""
    return Span(f"{start:%Y-%m}", days * orders_per_day, seed, rate, start=start, length=days)


@dataclass(frozen=True, slots=True)
class Drawn:
    """The span's books: what the channels moved, what orders and ledger say, what the bank shows."""

    plan: Span
    payments: pl.DataFrame
    moves: pl.DataFrame
    flow: pl.DataFrame
    orders: pl.DataFrame
    vouchers: pl.DataFrame
    statement: list[bank.BankLine]


def draw(plan: Span, first_voucher: int = 1) -> Drawn:
    """Draw all days together; vouchers are numbered from ``first_voucher`` on in every month."""
    rng = np.random.default_rng(plan.seed)
    rates = merchant.draw_rates(plan, rng)
    edges = plant.outside_count(plan, 2, 2, "edges")
    payments, orders = merchant.draw_payments(plan, rates, edges, rng)
    payments = plant.assign(payments, rates, plan, rng)
    extra = plant.draw_extra_moves(payments, plan, rng)
    natural = merchant.draw_refunds(payments, plan, rng)
    refunds = pl.concat([natural, plant.draw_planted_refunds(payments, plan, rng)])
    refunds = books.keep_batches_positive(payments, extra, refunds)
    refunds = merchant.name_refunds(refunds, payments, plan, rng)
    moves = books.channel_moves(payments, extra, refunds)
    batches = books.settle(moves)
    payouts = bank.pay_out(batches, plan, rng)
    lines, _ = bank.statement(payouts, plan, rng)
    book = books.order_book(payments, orders, refunds, rng)
    heads = ledger.book(payments, orders, moves, rates, plan, rng)
    heads = pl.concat([heads, ledger.book_payouts(bank.booked(payouts), [], rates, plan)])
    of_month = text.day(pl.col("day"), "%Y-%m")
    periods = sorted(set(heads.select(of_month.alias("period"))["period"]))
    heads = heads.with_columns(
        of_month.replace_strict(periods, range(len(periods)), return_dtype=pl.Int64).alias("month")
    )
    not_paypal = pl.col("channel").fill_null(-1) != PAYPAL
    return Drawn(
        plan,
        payments,
        moves.with_columns(created=payments["created_at"][moves["pay"]], origin_at=payments["at"][moves["pay"]]),
        write_wechat.funds_flow(moves, batches),
        book.filter(not_paypal),
        write_tables.voucher_lines(heads.filter(not_paypal), {}, periods, first_voucher),
        lines,
    )


def write(drawn: Drawn, out: Path, *, hours: int = 0) -> list[Path]:
    """Write a folder a day, the last day as ``hours`` folders of an hour when that is not 0; returns the folders."""
    first, last = drawn.plan.first_day, drawn.plan.after_day - 1
    written = [_whole_day(drawn, out / f"{date_of(day)}", day) for day in range(first, last + (not hours))]
    parts = range(FIRST_HOUR, FIRST_HOUR + hours)
    return [*written, *(_hour(drawn, out / f"{date_of(last)}T{hour}", last, hour) for hour in parts)]


def _whole_day(drawn: Drawn, folder: Path, day: int) -> Path:
    at_day = pl.col("at") // DAY_S == day
    vouchers = drawn.vouchers.filter(pl.col("day") == day)
    orders = drawn.orders.filter(pl.coalesce("occurred_at", "created_at") // DAY_S == day)
    moves = drawn.moves.filter(pl.col("day") == day)
    _files(folder, day, moves, orders, vouchers)
    date = date_of(day)
    stem = f"{ACCOUNTS[ALIPAY]}_{date:%Y%m%d}"
    mine = moves.filter(pl.col("channel") == ALIPAY)
    packed = write_alipay.trade_zip(stem, date, date + dt.timedelta(days=1), mine)
    (folder / f"{stem}.csv.zip").write_bytes(packed)
    mine = moves.filter(pl.col("channel") == UNIONPAY)
    if len(mine):
        name, data = write_unionpay.day_zip(mine, day, drawn.plan)
        (folder / name).write_bytes(data)
    flow = drawn.flow.filter(at_day)
    name = f"{ACCOUNTS[WECHAT]}基本账户{date_of(day)}_{date_of(day)}.csv"
    (folder / name).write_bytes(write_wechat.funds_bill(flow, "", "\n"))
    lines = [line for line in drawn.statement if line.day == day]
    if lines:
        write_bank.write_ccb(folder, lines, drawn.plan)
    return folder


def _hour(drawn: Drawn, folder: Path, day: int, hour: int) -> Path:
    """Write orders, vouchers and WeChat Pay's payments of one hour; the day's vouchers are dealt out to 14 hours."""
    start = day * DAY_S + hour * 3_600
    moves = drawn.moves.filter(pl.col("at").is_between(start, start + 3_599) & (pl.col("day") == day))
    when = pl.coalesce("occurred_at", "created_at")
    orders = drawn.orders.filter(when.is_between(start, start + 3_599))
    part = pl.col("number") % 14 == hour - FIRST_HOUR
    return _files(folder, day, moves, orders, drawn.vouchers.filter(pl.col("day") == day).filter(part))


def _files(folder: Path, day: int, moves: pl.DataFrame, orders: pl.DataFrame, vouchers: pl.DataFrame) -> Path:
    """Write what comes by the hour as well as by the day."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    date = date_of(day)
    mine = moves.filter(pl.col("channel") == WECHAT)
    (folder / f"{ACCOUNTS[WECHAT]}All{date}.csv").write_bytes(write_wechat.trade_bill(mine, "", "\n"))
    write_tables.write_orders(folder / f"orders_{date:%Y%m%d}.csv", orders)
    text.write_csv(folder / f"vouchers_{date:%Y%m%d}.csv", vouchers.select(write_tables.VOUCHER_COLUMNS))
    return folder


def main(arguments: list[str] | None = None) -> int:
    """Read the command line, write the days, print how many rows they have."""
    parser = argparse.ArgumentParser(description="Write days of an invented merchant's books.")
    parser.add_argument("--days", type=int, default=30)
    parser.add_argument("--orders-per-day", type=int, default=5_000)
    parser.add_argument("--seed", type=int, default=20260201)
    parser.add_argument("--first", type=dt.date.fromisoformat, default=dt.date(2025, 1, 1), help="the first day")
    parser.add_argument("--hours", type=int, default=0, help="the last day as this many files of an hour")
    parser.add_argument(
        "--difference-rate", type=Fraction, default=Fraction("0.003"), help="differences per order (default 0.003)"
    )
    parser.add_argument(
        "--first-voucher", type=int, default=1, help="number of the first voucher, where other days of the month exist"
    )
    parser.add_argument("--out", type=Path, required=True)
    given = parser.parse_args(arguments)
    plan = span(given.days, given.orders_per_day, given.seed, given.first, given.difference_rate)
    drawn = draw(plan, given.first_voucher)
    folders = write(drawn, given.out, hours=given.hours)
    print(f"{len(folders)} folders, {len(drawn.orders):,} order lines, {len(drawn.moves):,} movements")
    return 0


if __name__ == "__main__":
    sys.exit(main())
