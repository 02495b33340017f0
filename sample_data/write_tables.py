"""The books that come in through recon's own templates: orders, vouchers, rates; and the answer sheet.

All are UTF-8 csv with the template's English headers and a line per record; blank means unknown.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

import polars as pl

from sample_data import text, truth
from sample_data.contract import (
    BASE,
    CHANNELS,
    CURRENCIES,
    EUR,
    LEDGER_BANK_CNY,
    LEDGER_BANK_USD,
    LEDGER_CHANNEL,
    LEDGER_CHANNEL_NAMES,
    LEDGER_FEE,
    LEDGER_REVENUE,
    SHOPS,
    USD,
    Plan,
)
from sample_data.merchant import Rates

ORDER_COLUMNS: Final = (
    "record", "order_no", "sub_order_no", "parent_order_no", "trace_id", "shop", "channel", "pay_no", "channel_txn_no",
    "refund_no", "amount", "currency", "base_amount", "fx_rate", "status", "created_at", "occurred_at",
)  # fmt: skip
VOUCHER_COLUMNS: Final = (
    "voucher_no", "line_no", "voucher_date", "period", "account_code", "account_name", "summary", "debit", "credit",
    "currency", "fc_amount", "fx_rate", "reference", "channel",
)  # fmt: skip
ACCOUNT_NAMES: Final = dict(
    [
        *zip(LEDGER_CHANNEL, LEDGER_CHANNEL_NAMES, strict=True),
        LEDGER_BANK_CNY,
        LEDGER_BANK_USD,
        LEDGER_REVENUE,
        LEDGER_FEE,
    ]
)


def write_orders(path: Path, book: pl.DataFrame) -> int:
    """``orders.csv`` from ``books.order_book``; amounts are positive for payments and refunds. Gives the rows."""
    frame = book.select(
        "record",
        "order_no",
        pl.lit(None, pl.String).alias("sub_order_no"),
        pl.col("parent_no").alias("parent_order_no"),
        "trace_id",
        text.pick(SHOPS, pl.col("shop")).alias("shop"),
        (pl.col("channel_name") if "channel_name" in book.columns else text.pick(CHANNELS, pl.col("channel"))).alias(
            "channel"
        ),
        "pay_no",
        "channel_txn_no",
        "refund_no",
        text.money(pl.col("amount")).alias("amount"),
        text.pick(CURRENCIES, pl.col("currency")).alias("currency"),
        text.money(pl.col("base")).alias("base_amount"),
        text.rate(pl.col("fx_rate")).alias("fx_rate"),
        "status",
        text.moment(pl.col("created_at")).alias("created_at"),
        text.moment(pl.col("occurred_at")).alias("occurred_at"),
    )
    text.write_csv(path, frame.select(ORDER_COLUMNS))
    return len(frame)


def write_vouchers(path: Path, heads: pl.DataFrame, names: dict[str, str], plan: Plan) -> int:
    """``vouchers.csv`` of a month from ``ledger`` heads, two lines a voucher. Gives the rows."""
    lines = voucher_lines(heads, names, [plan.month(0), plan.month(1)])
    text.write_csv(path, lines.select(VOUCHER_COLUMNS))
    return len(lines)


def voucher_lines(
    heads: pl.DataFrame, names: dict[str, str], periods: list[str], first_number: int = 1
) -> pl.DataFrame:
    """Lines of ``vouchers.csv``, with ``day``. A head's ``month`` is a place in ``periods``; ``names``: more accounts.

    Vouchers are numbered through each period by date, from ``first_number`` on. The original currency
    stands on the channel's line and on its counter-account alike.
    """
    heads = heads.sort("month", "day", "at", "summary", "reference", maintain_order=True)
    heads = heads.with_columns(number=first_number + pl.int_range(pl.len()).over("month"))
    period = text.pick(periods, pl.col("month"))
    account_names = ACCOUNT_NAMES | names
    voucher_no = pl.concat_str(
        pl.lit("记-"), period.str.replace("-", ""), pl.lit("-"), text.number(pl.col("number"), 6)
    )
    nothing = pl.lit(None, pl.String)
    amount = text.money(pl.col("amount"))

    def side(line_no: int, account: str, debit: pl.Expr, credit: pl.Expr) -> pl.DataFrame:
        code = pl.col(account)
        return heads.select(
            "month",
            "number",
            "day",
            voucher_no.alias("voucher_no"),
            pl.lit(line_no).alias("line_no"),
            text.day(pl.col("day")).alias("voucher_date"),
            period.alias("period"),
            code.alias("account_code"),
            code.replace_strict(list(account_names), list(account_names.values())).alias("account_name"),
            "summary",
            debit.alias("debit"),
            credit.alias("credit"),
            text.pick(CURRENCIES, pl.col("currency")).alias("currency"),
            text.money(pl.col("fc")).alias("fc_amount"),
            text.rate(pl.col("rate_e4")).alias("fx_rate"),
            "reference",
            text.pick(CHANNELS, pl.col("channel")).alias("channel"),
        )

    lines = pl.concat([side(1, "debit", amount, nothing), side(2, "credit", nothing, amount)])
    return lines.sort("month", "number", "line_no")


def write_rates(path: Path, rates: Rates) -> int:
    """``rates.csv``: one rate per natural day and currency. Gives the rows."""
    days = rates.first_day + pl.int_range(len(rates.usd), eager=True)
    both = [(USD, rates.usd), (EUR, rates.eur)]
    frame = pl.concat(
        pl.DataFrame({"day": days, "rate_e4": values}).select(
            text.day(pl.col("day")).alias("rate_date"),
            pl.lit(CURRENCIES[currency]).alias("currency"),
            pl.lit(BASE).alias("base_currency"),
            text.rate(pl.col("rate_e4")).alias("rate"),
            pl.lit("invented").alias("source"),
        )
        for currency, values in both
    )
    text.write_csv(path, frame)
    return len(frame)


def write_truth(path: Path, rows: pl.DataFrame) -> int:
    """``truth.csv``, in order of leg, code and keys. Gives the rows."""
    frame = rows.select(truth.COLUMNS).sort("leg", "code", "batch_no", "order_no", "reference")
    text.write_csv(path, frame)
    return len(frame)
