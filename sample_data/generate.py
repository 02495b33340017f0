"""Write one coherent month of an invented merchant, with differences planted in it and the truth beside it.

    python sample_data/generate.py --orders 20000 --seed 7 --out month [--difference-rate 0.003] [--period 2026-02]

``OUT/inbox`` holds what a finance team would download and export (see README.md); ``OUT/truth.csv`` says every
difference that is in it, natural ones too; ``OUT/month.json`` says for which moment that is true; ``OUT/proofs`` holds
pictures that ``shipments.csv`` points to. The same arguments give the same bytes.

A million orders take less than two minutes: everything is drawn and printed column by column.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import re
import shutil
import sys
from fractions import Fraction
from pathlib import Path
from typing import Final, TypeAlias

import numpy as np
import polars as pl

if not __package__:  # run by path: the modules beside this one are imported as sample_data.*
    sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from sample_data import (
    bank,
    books,
    ledger,
    merchant,
    noise_bank,
    noise_orders,
    noise_payments,
    paypal,
    plant,
    shipping,
    text,
    truth,
    write_alipay,
    write_alipay_account,
    write_bank,
    write_paypal,
    write_paypal_activity,
    write_tables,
    write_unionpay,
    write_wechat,
)
from sample_data.contract import BASE, Plan


def generate(plan: Plan, out: Path) -> dict[str, int]:
    """Write the month into ``out``. Gives the records of each file, by path relative to ``out``."""
    rng = np.random.default_rng(plan.seed)
    inbox = out / "inbox"
    rates, payments, orders, extra, refunds, moves = _events(plan, rng)
    written: dict[str, int] = {}

    def note(folder: str, files: dict[str, int]) -> None:
        written.update({f"inbox/{folder}/{name}": rows for name, rows in files.items()})

    note("alipay", write_alipay.write(inbox / "alipay", moves, payments["created_at"][moves["pay"]], plan))
    note("wechat", write_wechat.write(inbox / "wechat", moves, plan))
    note("unionpay", write_unionpay.write(inbox / "unionpay", moves, payments, plan))
    rows, withdrawals = paypal.balance_rows(moves, payments, rates, plan, rng)
    note("paypal", write_paypal.write(inbox / "paypal", rows, plan))
    note("paypal", write_paypal_activity.write(inbox / "paypal", rows, plan))
    batches, service_fees = books.settle(moves), list[tuple[int, int]]()
    if plan.noise:
        batches, service_fees = noise_bank.service_fees(batches, plan)
    note("wechat", write_wechat.write_funds(inbox / "wechat", moves, batches, plan))
    payouts = bank.pay_out(batches, plan, rng)
    lines, unknown, payout_heads, twice = (_noisy if plan.noise else _plain)(payouts, plan, rng)
    sent = noise_bank.sent(payouts, plan) if plan.noise else bank.sent(payouts)
    note("alipay_account", write_alipay_account.write(inbox / "alipay_account", moves, sent, service_fees, plan))
    note("bank", write_bank.write_ccb(inbox / "bank", lines, plan))
    note("bank", write_bank.write_camt(inbox / "bank", withdrawals, plan))

    book = books.order_book(payments, orders, refunds, rng)
    if plan.noise:
        book = noise_orders.order_lines(book, plan)
    written["inbox/orders.csv"] = write_tables.write_orders(inbox / "orders.csv", book)
    written["inbox/shipments.csv"], shipped = shipping.write(inbox, out / "proofs", book, plan, rng)
    text.write_csv(out / "shipping_truth.csv", shipped)
    written["shipping_truth.csv"] = len(shipped)
    orphans = ledger.book_orphans(plan, rng)
    heads = pl.concat(
        [
            ledger.book(payments, orders, moves, rates, plan, rng),
            ledger.book_payouts([*payout_heads, *twice], withdrawals, rates, plan),
            ledger.book_ordinary(lines, plan),
            ledger.book_service_fees(service_fees, plan),
            orphans,
        ]
    )
    names = dict(line.account for line in lines if line.account)
    written["inbox/vouchers.csv"] = write_tables.write_vouchers(inbox / "vouchers.csv", heads, names, plan)
    written["inbox/rates.csv"] = write_tables.write_rates(inbox / "rates.csv", rates)
    answers = pl.concat(
        [
            truth.planted(payments, extra, orders, refunds, plan),
            truth.natural_refunds(refunds, payments, orders, plan),
            truth.cross_day(book, moves, plan),
            truth.of_bank(payouts, unknown, withdrawals, plan),
            truth.of_payouts_booked_twice(twice),
            truth.of_orphans(orphans),
        ]
    )
    written["truth.csv"] = write_tables.write_truth(out / "truth.csv", answers)
    (out / "month.json").write_text(json.dumps(_facts(plan), ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    return written


_Events: TypeAlias = tuple[merchant.Rates, pl.DataFrame, pl.DataFrame, pl.DataFrame, pl.DataFrame, pl.DataFrame]
"""Rates, payments, order lines, further movements, refunds, and the channel book that follows from them."""


def _events(plan: Plan, rng: np.random.Generator) -> _Events:
    """What happens in the month."""
    rates = merchant.draw_rates(plan, rng)
    edges = plant.outside_count(plan, 2, 2, "edges") if plan.difference_rate else 0
    payments, orders = merchant.draw_payments(plan, rates, edges, rng)
    payments = plant.assign(payments, rates, plan, rng)
    extra = plant.draw_extra_moves(payments, plan, rng)
    if plan.noise:
        payments, extra = noise_payments.ways_to_pay(payments, extra, plan)
    refunds = pl.concat(
        [
            merchant.draw_refunds(payments.filter(noise_payments.MAY_BE_REFUNDED), plan, rng),
            plant.draw_planted_refunds(payments, plan, rng),
        ]
    )
    if plan.noise:
        refunds = noise_payments.refunds(payments, refunds, plan)
    refunds = books.keep_batches_positive(payments, extra, refunds)
    refunds = merchant.name_refunds(refunds, payments, plan, rng)
    moves = books.channel_moves(payments, extra, refunds)
    if plan.noise:
        moves = noise_payments.new_terms(noise_payments.unsteady_cut(moves, plan), payments, plan)
    return rates, payments, orders, extra, refunds, moves


_Statement: TypeAlias = tuple[list[bank.BankLine], list[bank.BankLine], list[bank.Booked], list[bank.Booked]]
"""The lines, the unidentified credits among them, what finance books of payouts, and what it books a second time."""


def _plain(payouts: list[bank.Payout], plan: Plan, rng: np.random.Generator) -> _Statement:
    """The statement without noise."""
    lines, unknown = bank.statement(payouts, plan, rng)
    return lines, unknown, bank.booked(payouts), []


def _noisy(payouts: list[bank.Payout], plan: Plan, rng: np.random.Generator) -> _Statement:
    """The statement with noise."""
    lines, unknown, heads = noise_bank.statement(payouts, plan, rng)
    return lines, unknown, heads, noise_bank.booked_twice(heads, plan)


def _facts(plan: Plan) -> dict[str, object]:
    """``month.json``: for which moment, size and seed the truth is true."""
    return {
        "period": plan.period,
        "as_of": plan.as_of.isoformat(),
        "seed": plan.seed,
        "orders": plan.orders,
        "difference_rate": json.loads(text.fraction(plan.difference_rate)),
        "base_currency": BASE,
    } | ({"noise": True} if plan.noise else {})


LEAST_ORDERS: Final = 100
LEAST_ORDERS_WITH_NOISE: Final = 2_000
MOST_DIFFERENCES: Final = Fraction(1, 20)


def _month(period: str) -> str:
    """Check ``YYYY-MM``; raises ValueError, which argparse reports."""
    if not re.fullmatch(r"\d{4}-\d{2}", period):
        raise ValueError(period)
    dt.date.fromisoformat(f"{period}-01")
    return period


def main(arguments: list[str] | None = None) -> int:
    """Read the command line, write the month, print what was written."""
    parser = argparse.ArgumentParser(description="Write a sample month of an invented merchant.")
    parser.add_argument("--orders", type=int, default=20_000, help="order lines in the month (default 20000)")
    parser.add_argument("--seed", type=int, default=20260201, help="the same seed gives the same bytes")
    parser.add_argument("--out", type=Path, required=True, help="folder to write; a month in it is replaced")
    parser.add_argument(
        "--difference-rate", type=Fraction, default=Fraction("0.003"), help="differences per order (default 0.003)"
    )
    parser.add_argument(
        "--noise", action="store_true", help="what real months are full of and what is no difference (see README.md)"
    )
    parser.add_argument("--period", type=_month, default="2026-02", help="the month, YYYY-MM (default 2026-02)")
    given = parser.parse_args(arguments)
    if given.orders < LEAST_ORDERS:
        parser.error(f"--orders: at least {LEAST_ORDERS}, or there is nobody left to befall")
    if not 0 <= given.difference_rate <= MOST_DIFFERENCES:
        parser.error(f"--difference-rate: between 0 and {text.fraction(MOST_DIFFERENCES)}")
    if (given.out / "inbox").exists() and not (given.out / "month.json").exists():
        parser.error(f"--out: {given.out} has an inbox that this program did not write; choose another folder")
    for folder in ("inbox", "proofs"):
        shutil.rmtree(given.out / folder, ignore_errors=True)
    if given.noise and given.orders < LEAST_ORDERS_WITH_NOISE:
        parser.error(f"--noise: at least {LEAST_ORDERS_WITH_NOISE} orders")
    plan = Plan(given.period, given.orders, given.seed, given.difference_rate, noise=given.noise)
    for name, rows in generate(plan, given.out).items():
        print(f"{rows:>9,}  {name}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
