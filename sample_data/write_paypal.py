"""PayPal settlement reports, version 9: ``STL-YYYYMMDD.01.009.CSV``, UTF-8 with BOM, CRLF.

Records RH FH SH CH SB.. SF SC RF RC FF. Amounts are unsigned, a hundredth of a unit, with CR or DR beside them; text
is quoted, dates and numbers are not. SF and RF give per currency: gross credits and debits, fee credits and debits, and
the balances of the beginning and the end, which differ by exactly the net of the rows. One report a week, dated with
its last day, and one for the day after the month. The account's clock is +0800.
"""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Final

import polars as pl

from sample_data import text
from sample_data.contract import ACCOUNTS, CURRENCIES, DAY_S, EUR, PAYPAL, USD, Plan, day_number
from sample_data.paypal import OPENING_USD, report_days

COLUMNS: Final = (
    "Transaction ID", "Invoice ID", "PayPal Reference ID", "PayPal Reference ID Type", "Transaction Event Code",
    "Transaction Initiation Date", "Transaction Completion Date", "Transaction Debit or Credit",
    "Gross Transaction Amount", "Gross Transaction Currency", "Fee Debit or Credit", "Fee Amount", "Fee Currency",
    "Custom Field", "Consumer ID", "Payment Tracking ID", "Store ID", "Bank Reference ID", "Credit Transactional Fee",
    "Credit Promotional Fee", "Credit Term",
)  # fmt: skip
MOMENT: Final = "%Y/%m/%d %H:%M:%S +0800"


def write(folder: Path, rows: pl.DataFrame, plan: Plan) -> dict[str, int]:
    """All reports; ``rows`` as of ``paypal.balance_rows``. Gives the SB rows of each file."""
    folder.mkdir(parents=True, exist_ok=True)
    balance = {USD: OPENING_USD, EUR: 0}
    written: dict[str, int] = {}
    for first, last in report_days(plan):
        day = pl.col("at") // DAY_S
        mine = rows.filter(day.is_between(day_number(first), day_number(last)))
        name = f"STL-{last:%Y%m%d}.01.009.CSV"
        sections = []
        for currency in (USD, EUR):
            part = mine.filter(pl.col("currency") == currency)
            if currency == EUR and part.is_empty():
                continue
            sections.append(_section(part, currency, balance))
        account, made = ACCOUNTS[PAYPAL], last + dt.timedelta(days=1)
        head = [
            f'"RH",{made:%Y/%m/%d} 04:10:22 +0800,"A","{account}",009,',
            '"FH",01',
            f'"SH",{first:%Y/%m/%d} 00:00:00 +0800,{last:%Y/%m/%d} 23:59:59 +0800,"{account}",""',
            '"CH",' + ",".join(f'"{column}"' for column in COLUMNS),
        ]
        count = len(mine)
        foot = [
            *(f'"SF",{section}' for section in sections),
            f'"SC",{count}',
            *(f'"RF",{section}' for section in sections),
            f'"RC",{count}',
            f'"FF",{count}',
        ]
        top, bottom = ("".join(f"{line}\r\n" for line in part) for part in (head, foot))
        (folder / name).write_bytes(f"\ufeff{top}".encode() + _body(mine) + bottom.encode())
        written[name] = count
    return written


def _section(rows: pl.DataFrame, currency: int, balance: dict[int, int]) -> str:
    """Totals of one currency; moves ``balance`` on to its end."""
    sums = {
        name: int(rows.filter(pl.col(column) * sign > 0)[column].sum()) * sign
        for name, column, sign in (("gc", "gross", 1), ("gd", "gross", -1), ("fc", "fee", 1), ("fd", "fee", -1))
    }
    begin = balance[currency]
    end = begin + sums["gc"] - sums["gd"] + sums["fc"] - sums["fd"]
    balance[currency] = end
    total, available, payable = (f"{_side(one)},{_side(other)}" for one, other in ((begin, end), (begin, end), (0, 0)))
    numbers = ",".join(str(sum_) for sum_ in sums.values())
    return f'"{CURRENCIES[currency]}",{numbers},{total},{available},{payable},{len(rows)}'


def _side(amount: int) -> str:
    return f'"{"DR" if amount < 0 else "CR"}",{abs(amount)}'


def _body(rows: pl.DataFrame) -> bytes:
    def quoted(value: pl.Expr) -> pl.Expr:
        return pl.concat_str(pl.lit('"'), value.fill_null(""), pl.lit('"'))

    def side(amount: pl.Expr) -> pl.Expr:
        return pl.when(amount < 0).then(pl.lit('"DR"')).otherwise(pl.lit('"CR"'))

    at = text.moment(pl.col("at"), MOMENT)
    has_fee = pl.col("fee").is_not_null() & (pl.col("fee") != 0)
    currency = quoted(text.pick(CURRENCIES, pl.col("currency")))
    blank = pl.lit("")
    consumer = pl.when(pl.col("code") != "T0400").then(pl.col("invoice").str.slice(-9)).fill_null("")
    values = (
        pl.lit('"SB"'),
        quoted(pl.col("txn_id")),
        quoted(pl.col("invoice")),
        quoted(pl.col("ref_id")),
        pl.when(pl.col("ref_id").is_not_null()).then(pl.lit('"TXN"')).otherwise(pl.lit('""')),
        quoted(pl.col("code")),
        at,
        at,
        side(pl.col("gross")),
        pl.col("gross").abs().cast(pl.String),
        currency,
        pl.when(has_fee).then(side(pl.col("fee"))).otherwise(blank),
        pl.when(has_fee).then(pl.col("fee").abs().cast(pl.String)).otherwise(blank),
        pl.when(has_fee).then(currency).otherwise(blank),
        pl.lit('""'),
        pl.when(consumer == "").then(pl.lit('""')).otherwise(pl.concat_str(pl.lit('"YSBU'), consumer, pl.lit('"'))),
        pl.lit('""'),
        pl.lit('""'),
        quoted(pl.col("bank_ref")),
        blank,
        blank,
        blank,
    )
    cells = rows.select(value.alias(str(column)) for column, value in enumerate(values))
    return text.lines(cells, ",", "\r\n")
