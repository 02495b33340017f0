"""PayPal statement (CSV), monthly or of any days: the movements of an account's balances, one currency after the other.

Where: PayPal > Reports > Statements > Monthly or Custom, format CSV. UTF-8, text in quotes, 18 columns in English,
Chinese, German, French or Spanish; re-saved files have tabs:

    "Date","Time","Time Zone","Description","Currency","Gross","Fee","Net","Balance","Transaction ID",...
    "9/4/2026","20:44:10","America/Los_Angeles","Express Checkout Payment","USD","1,309.80","-48.76","1,261.04",...

    "Fecha","Hora","Zona horaria","Descripción","Divisa","Bruto ","Comisión ","Neto","Saldo","Id. de transacción",...
    "1/7/2026","15:37:32","Europe/Berlin","Pago con Pago exprés","EUR","160,71","-5,01","155,70",...

What comes out: one ``channel`` row a line: all of them have moved the balance, and are success. Where the settlement
report, the detail report or the Activity report is loaded, its row is the transaction and this one confirms it.

- How numbers and dates are written must be proved by the file or said in recon.toml (recon/sources/paypal_csv.py).
- kind by Description, which is the event's name in the user's language (recon/sources/paypal_words.py). A type that
  nobody knows refuses the file; ``[sources.paypal_types]`` of recon.toml teaches it.
- amount = Gross, fee = Fee, net = Net, all signed. business_date = Date as printed; occurred_s = Date and Time in Time
  Zone. merchant_no = Invoice ID; related_no = Reference Txn ID unless it names an agreement (B-...). memo = event code.
  counterparty = Name, masked. The statement has no bank reference: only the bank's name and the account's last digits.

The file does not tell whose account it is: account is ``paypal_account`` of ``[sources]``, or blank. Mail, names and
bank accounts as printed stay in raw.

Controls: gross + fee = net, line by line; the running balance of each currency.

Sources: public exports in English and Spanish, the headers of German and French ones (formats/
paypal-banks-orders-vouchers.md section 1d, read 2026-11). The Chinese header is put together from that of the Activity
report; no file has shown it yet.
"""

from __future__ import annotations

from typing import ClassVar

import polars as pl

from recon.sources.paypal_csv import PayPalCsv


class PayPalStatement(PayPalCsv):
    """PayPal statement."""

    name: ClassVar[str] = "paypal_statement"
    title: ClassVar[str] = "PayPal Statement (CSV)"
    raw_table: ClassVar[str] = "paypal.statement"
    looks_for: ClassVar[str] = (
        "a header with Date, Time, Time Zone, Description, Currency, Gross, Fee, Net, Balance, Transaction ID "
        "(English, Chinese, German, French, Spanish), and no Type"
    )
    confirms: ClassVar[tuple[str, ...]] = ("paypal_stl", "paypal_trr", "paypal_activity")
    event = "Description"
    required = (
        "Date", "Time", "TimeZone", "Description", "Currency", "Gross", "Fee", "Net", "Balance", "Transaction ID",
    )  # fmt: skip
    optional = (
        "Name",
        "Reference Txn ID",
        "Invoice Number",
        "Custom Number",
        "Transaction Event Code",
        "Bank Reference ID",
    )
    foreign = ("Type", "Status")

    def moved(self, frame: pl.DataFrame) -> pl.DataFrame:
        """All of them."""
        rows = frame.select("line_no", pl.lit(value=True).alias("moves"), pl.lit("done").alias("state"))
        return rows.drop("line_no")
