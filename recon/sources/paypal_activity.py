"""PayPal Activity report (CSV): what happened in an account, with columns, language and notation of the user's choice.

Where: PayPal > Reports > Activity download (Activity report), format CSV or tab; take "Balance affecting" transactions,
and add the fields Transaction Event Code and Bank Reference ID where they are offered. UTF-8, text in quotes; the 41
default columns or any choice of them, in English, Chinese, German, French or Spanish:

    "Date","Time","TimeZone","Name","Type","Status","Currency","Gross","Fee","Net",...,"Transaction ID",...
    "23/02/2026","09:15:02","GMT+08:00","A Buyer","Express Checkout Payment","Completed","USD","129.00","-4.69",...

    "日期","时间","时区","名称","类型","状态","币种","总额","费用","净额",...
    "Datum","Uhrzeit","Zeitzone","Name","Typ","Status","Währung","Brutto","Gebühr","Netto",...   03.02.2026, 1.234,56

Some accounts print Amount, Fees, Total instead of Gross, Fee, Net, or a short form without fee and Transaction ID.

What comes out: one ``channel`` row a movement, as the settlement report gives it; where that or the detail report is
loaded, its row is the transaction and this one confirms it.

- How numbers and dates are written must be proved by the file or said in recon.toml (recon/sources/paypal_csv.py).
- kind by Transaction Event Code, else by Type, which is the event's name in the user's language
  (recon/sources/paypal_words.py). Money that moved under a type that nobody knows refuses the file;
  ``[sources.paypal_types]`` of recon.toml teaches the type.
- amount = Gross, fee = Fee, net = Net, all signed. business_date = Date as printed; occurred_s = Date and Time in
  TimeZone. merchant_no = Invoice Number; related_no = Reference Txn ID unless it names an agreement (B-...);
  reference = Bank Reference ID. memo = event code, then Custom Number. counterparty = Name, masked.
- Whether a row moved the balance: Balance Impact (Credit or Debit; Memo or blank did not). Where that column is not
  there, a pending or denied row moved it when its Balance is the one before plus its Net. Where there is no balance
  either, completed rows did, and of the pending ones withdrawals, deposits and conversions (``General Withdrawal,
  Pending`` has left the balance). What moved the balance is success.
- Pending and denied rows that did not move it are pending and closed. Authorisations, orders, items of a cart and other
  rows for display are excluded. An unknown status is a reject where nothing else tells whether money moved.

The file does not tell whose account it is: account is ``paypal_account`` of ``[sources]``, or blank. Addresses, mail
and names as printed stay in raw.

Controls: gross + fee = net, line by line; the running balance of each currency. A report filtered to some types has
balances that do not run; such a file is refused unless the mismatch is accepted.

Sources: a genuine export in English, the headers of exports in Chinese and German, and programs that read exports in
all five languages (formats/paypal-banks-orders-vouchers.md section 1d, read 2026-11).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar, Final

import polars as pl

from recon.sources import paypal_codes, paypal_words
from recon.sources.cells import printed
from recon.sources.paypal_csv import PayPalCsv

IMPACT: Final = "Balance Impact"


class PayPalActivity(PayPalCsv):
    """PayPal Activity report."""

    name: ClassVar[str] = "paypal_activity"
    title: ClassVar[str] = "PayPal Activity Report (CSV)"
    raw_table: ClassVar[str] = "paypal.activity"
    looks_for: ClassVar[str] = (
        "a header with Date, Time, TimeZone, Type, Status, Currency, Gross (English, Chinese, German, French, Spanish)"
    )
    confirms: ClassVar[tuple[str, ...]] = ("paypal_stl", "paypal_trr")
    event = "Type"
    required = ("Date", "Time", "TimeZone", "Type", "Status", "Currency", "Gross")
    optional = (
        "Name",
        "Fee",
        "Net",
        "Balance",
        "Transaction ID",
        "Reference Txn ID",
        "Invoice Number",
        "Custom Number",
        IMPACT,
        "Transaction Event Code",
        "Bank Reference ID",
    )

    def moved(self, frame: pl.DataFrame) -> pl.DataFrame:
        """By Balance Impact, else by the running balance, else by status and event code."""
        state = _meaning(frame, "Status", paypal_words.STATUSES)
        has_impact = frame.select((printed(IMPACT) != "").any()).item()
        impact = _meaning(frame, IMPACT, paypal_words.IMPACTS | ({"": "memo"} if has_impact else {}))
        code = pl.col("code")
        told = pl.when(impact == "moved").then(pl.lit(value=True)).when(impact == "memo").then(pl.lit(value=False))
        completed = (state == "done") & ~paypal_codes.without_money(code)
        by_status = (
            pl.when(state == "waiting").then(paypal_codes.gone_at_once(code)).when(state.is_not_null()).then(completed)
        )
        return frame.select(
            pl.coalesce(
                told,
                pl.when(completed).then(pl.lit(value=True)),
                pl.lit(_by_balance(frame)),
                by_status,
            ).alias("moves"),
            state.alias("state"),
        )


def _meaning(frame: pl.DataFrame, column: str, words: Mapping[str, str]) -> pl.Expr:
    """What the words of a column mean; null where nobody knows."""
    known = {word: words.get(paypal_words.folded(word)) for word in frame[column].unique()}
    return pl.col(column).replace_strict(known, default=None, return_dtype=pl.String)


def _by_balance(frame: pl.DataFrame) -> pl.Series:
    """Whether each row's Balance is the one before plus its Net (true) or the one before (false); null = neither.

    The row before is the line above or the line below, whichever makes more balances run.
    """
    rows = frame.select(
        printed("Currency").alias("currency"),
        pl.coalesce("net_minor", pl.col("gross_minor") + pl.col("fee_minor").fill_null(0)).alias("net"),
        pl.col("balance_minor").alias("balance"),
    )
    ways = []
    for step in (1, -1):
        change = pl.col("balance") - pl.col("balance").shift(step).over("currency")
        moved = pl.when(change == pl.col("net")).then(pl.lit(value=True)).when(change == 0).then(pl.lit(value=False))
        ways.append(rows.select(moved).to_series())
    downwards, upwards = ways
    return downwards if (downwards.sum() or 0) >= (upwards.sum() or 0) else upwards
