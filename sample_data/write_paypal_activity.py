"""PayPal's Activity report beside its settlement reports: ``Activity-20260201-20260301.CSV``, UTF-8 with BOM, CRLF.

The same movements as the account's owner downloads them, one file for the month and the day after: English columns,
the day first, money with commas and a point, and the balance of its currency after each row, in time.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

import polars as pl

from sample_data import text
from sample_data.contract import CURRENCIES, USD, Plan
from sample_data.paypal import OPENING_USD

COLUMNS: Final = (
    "Date", "Time", "TimeZone", "Name", "Type", "Status", "Currency", "Gross", "Fee", "Net", "Transaction ID",
    "Reference Txn ID", "Invoice Number", "Balance", "Transaction Event Code", "Bank Reference ID", "Balance Impact",
)  # fmt: skip
TYPES: Final = {
    "T0006": "Express Checkout Payment",
    "T0106": "Chargeback Fee",
    "T0200": "General Currency Conversion",
    "T0400": "General Withdrawal",
    "T1107": "Payment Refund",
    "T1108": "Fee Reversal",
    "T1201": "Chargeback",
    "T1202": "Chargeback Reversal",
}
BUYERS: Final = ("Ann Example", "Bo Sample", "Cy Nobody", "Di Invented")


def write(folder: Path, rows: pl.DataFrame, plan: Plan) -> dict[str, int]:
    """One report; ``rows`` as of ``paypal.balance_rows``. Gives its lines."""
    folder.mkdir(parents=True, exist_ok=True)
    rows = rows.with_columns(pl.col("fee").fill_null(0)).with_columns(net=pl.col("gross") + pl.col("fee"))
    opening = pl.when(pl.col("currency") == USD).then(OPENING_USD).otherwise(0)
    rows = rows.with_columns(balance=opening + pl.col("net").cum_sum().over("currency"))

    def quoted(value: pl.Expr) -> pl.Expr:
        return pl.concat_str(pl.lit('"'), value.fill_null(""), pl.lit('"'))

    # A refund is told of the same buyer as its payment: they have the invoice in common.
    buyer = text.pick(BUYERS, pl.col("invoice").str.slice(-9).cast(pl.Int64, strict=False) % len(BUYERS))
    sale = pl.col("code").is_in(["T0006", "T1107"])
    values = (
        text.moment(pl.col("at"), "%d/%m/%Y"),
        text.moment(pl.col("at"), "%H:%M:%S"),
        pl.lit("GMT+08:00"),
        pl.when(sale).then(buyer).otherwise(pl.lit("")),
        pl.col("code").replace_strict(TYPES),
        pl.lit("Completed"),
        text.pick(CURRENCIES, pl.col("currency")),
        *(_grouped(pl.col(name)) for name in ("gross", "fee", "net")),
        pl.col("txn_id"),
        pl.col("ref_id"),
        pl.col("invoice"),
        _grouped(pl.col("balance")),
        pl.col("code"),
        pl.col("bank_ref"),
        pl.when(pl.col("net") < 0).then(pl.lit("Debit")).otherwise(pl.lit("Credit")),
    )
    cells = rows.select(quoted(value).alias(str(column)) for column, value in enumerate(values))
    head = ",".join(f'"{column}"' for column in COLUMNS)
    name = f"Activity-{plan.first:%Y%m%d}-{plan.after:%Y%m%d}.CSV"
    (folder / name).write_bytes(f"\ufeff{head}\r\n".encode() + text.lines(cells, ",", "\r\n"))
    return {name: len(rows)}


def _grouped(minor: pl.Expr) -> pl.Expr:
    """``-1,234.56`` of signed cents."""
    size = minor.abs()
    threes = (size // 100).cast(pl.String).str.reverse().str.replace_all(r"(\d{3})", "$1,").str.strip_chars_end(",")
    sign = pl.when(minor < 0).then(pl.lit("-")).otherwise(pl.lit(""))
    return pl.concat_str(sign, threes.str.reverse(), pl.lit("."), text.number(size % 100, 2))
