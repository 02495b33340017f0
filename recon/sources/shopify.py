"""Shopify orders: the order export of a Shopify store; one line an item, the order's own cells on its first line only.

Where: Shopify admin > Orders > Export > Plain CSV file, ``orders_export_1.csv`` (large exports come by mail in
several files). UTF-8, comma, quotes where needed, with line breaks inside Note Attributes; 79 columns in 2026.

    Name,Email,Financial Status,Paid at,...,Currency,Subtotal,Shipping,Taxes,Total,...,Created at,...,Payment Method,...
    #1001,,paid,2026-02-03 10:00:29 +0800,...,USD,50.00,8.00,0.00,58.00,...,2026-02-03 10:00:28 +0800,...,PayPal,...
    #1001,,,,...,,,,,,...,2026-02-03 10:00:28 +0800,...,,...

What comes out: one order row a payment, from the order's first line, and one a refund. The further lines (items, old
exports also second payments and parcels) are excluded; one whose first line is not in the file is a reject.

- amount = Total in Currency. Financial Status paid, partially_refunded and refunded are success; partially_paid is
  success with Total - Outstanding Balance; pending and authorized are pending; voided and expired are closed.
- refund = Refunded Amount, always success. The export gives no number and no time for it: several refunds of an order
  are one row of their sum, on the day of the payment.
- occurred_s = Paid at (printed with the store's offset); business_date is the day as printed there, for unpaid orders
  that of Created at.
- channel from Payment Method: PayPal, Alipay, WeChat, UnionPay; blank for all others and for orders paid in two ways.
- merchant_no = Payment Reference, else Payment ID, when there is a single one: what the store sent to the channel.
  Some channels show another number (PayPal's Invoice ID only where the store's PayPal app sends it); then the amount
  and the time must do. Without a reference it is Name. order_no = Name.

Customers' names, mails and addresses stay in raw.

Sources: genuine exports of two stores in 2026. Uncertain: references of stores other than these two.
"""

from __future__ import annotations

import re
from typing import ClassVar, Final

import polars as pl

from recon import times
from recon.model import REJECT, Book, Channel
from recon.sources import cells, export, template
from recon.sources.cells import Cell
from recon.sources.export import SETTLED, VOID, WAITING, Export
from recon.sources.source import Reading, Settings
from recon.sources.template import Doubt

_STATES: Final = {
    "paid": SETTLED,
    "partially_refunded": SETTLED,
    "refunded": SETTLED,
    "partially_paid": "partial",
    "pending": WAITING,
    "authorized": WAITING,
    "voided": VOID,
    "expired": VOID,
}
_CHANNELS: Final = {
    "paypal": Channel.PAYPAL.value,
    "alipay": Channel.ALIPAY.value,
    "wechat": Channel.WECHAT.value,
    "unionpay": Channel.UNIONPAY.value,
}
_FURTHER: Final = "a further line of an order: its amounts stand on the order's first line"
_ORPHAN: Final = "is a further line of an order whose first line is not in this file"
_REFERENCES: Final = ("reference", "payment_id")
_MOMENT: Final = "%Y-%m-%d %H:%M:%S %z"


class Shopify(Export):
    """Shopify's order export."""

    name: ClassVar[str] = "shopify"
    title: ClassVar[str] = "Shopify orders"
    raw_table: ClassVar[str] = "shopify.order_line"
    book = Book.ORDER
    looks_for: ClassVar[str] = "a header with Name, Financial Status, Paid at, Total, Payment Method, Refunded Amount"
    required = (
        "Name",
        "Financial Status",
        "Paid at",
        "Currency",
        "Total",
        "Created at",
        "Payment Method",
        "Refunded Amount",
    )
    personal = re.compile(r"^(?:Billing|Shipping) (?:Name|Street|Address[12]|Company|City|Zip|Phone)$|^Phone$")
    optional = ("Outstanding Balance", "Payment Reference", "Payment ID")

    def canonical(self, frame: pl.DataFrame, settings: Settings) -> Reading:
        """Return ``txns``; rows as the manual above says."""
        further = pl.all_horizontal(
            cells.printed(name) == "" for name in ("Financial Status", "Total", "Refunded Amount")
        )
        first, items = frame.filter(~further).with_columns(_days()), frame.filter(further)
        typed, rejects = template.typed_rows(first, _wanted(first, settings), _doubts())
        known = cells.printed("Name").is_in(first.select(cells.printed("Name")).to_series().implode())
        orphans = items.filter(~known).select(
            "line_no", pl.lit("Name").alias("column"), pl.col("Name").alias("value"), pl.lit(_ORPHAN).alias("reason")
        )
        txns, excluded = export.order_rows(_orders(typed))
        repeated = items.filter(known).select("line_no", pl.lit(_FURTHER).alias("reason"))
        return Reading(
            raw=frame,
            txns=txns,
            rejects=pl.concat([rejects, orphans.cast({name: kind() for name, kind in REJECT.items()})]),
            excluded=pl.concat([excluded, repeated]).sort("line_no"),
        )


def _wanted(frame: pl.DataFrame, settings: Settings) -> dict[str, Cell]:
    unit = template.currency(frame, "Currency", settings.base_currency)
    return {
        "order_no": cells.text("Name", required=True),
        "status": cells.word("Financial Status", _STATES),
        "currency": unit,
        "total": template.amount(frame, "Total", unit),
        "outstanding": template.amount(frame, "Outstanding Balance", unit, required=False),
        "refunded_minor": template.amount(frame, "Refunded Amount", unit, required=False),
        "paid_s": _moment("Paid at"),
        "created_s": _moment("Created at"),
        "paid_on": cells.date("Paid on", required=False),
        "created_on": cells.date("Created on", required=False),
        "way": cells.text("Payment Method"),
        "reference": cells.text("Payment Reference"),
        "payment_id": cells.text("Payment ID"),
    }


def _doubts() -> tuple[Doubt, ...]:
    unsure = (pl.col("status") == "partial") & pl.col("outstanding").is_null()
    return (
        Doubt("Total", pl.col("total") < 0, "is negative"),
        Doubt("Refunded Amount", pl.col("refunded_minor") < 0, "is negative; it is what the customer got back"),
        Doubt("Outstanding Balance", unsure, "is blank, and the order is paid in part"),
        Doubt("Outstanding Balance", pl.col("outstanding") > pl.col("total"), "is more than Total"),
        Doubt("Created at", pl.col("paid_s").is_null() & pl.col("created_s").is_null(), "is blank, and Paid at too"),
    )


def _moment(column: str) -> Cell:
    """UTC epoch seconds of a time with its offset."""
    typed = cells.printed(column).str.to_datetime(_MOMENT, strict=False, time_unit="us").dt.epoch("s")
    return Cell(column, typed, "is not a time with an offset, like 2026-02-03 10:00:29 +0800")


def _days() -> list[pl.Expr]:
    """Days of the two times as the store's own clock prints them; blank where the time is none (that is the reject)."""
    days = {"Paid on": "Paid at", "Created on": "Created at"}
    return [
        times.day(cells.printed(printed).str.head(10)).dt.to_string("%Y-%m-%d").fill_null("").alias(name)
        for name, printed in days.items()
    ]


def _orders(typed: pl.DataFrame) -> pl.DataFrame:
    """Typed cells -> the columns that ``export.order_rows`` takes."""
    partial = pl.col("status") == "partial"
    status = pl.when(partial).then(pl.lit(SETTLED)).otherwise("status")
    paid = status == SETTLED
    moment = pl.when(paid).then("paid_s")
    blank = pl.lit("")
    one = [(pl.col(name) != "") & ~pl.col(name).str.contains(" + ", literal=True) for name in _REFERENCES]
    single = [pl.when(alone).then(name) for alone, name in zip(one, _REFERENCES, strict=True)]
    return typed.select(
        "line_no",
        _channel().alias("channel"),
        blank.alias("shop"),
        "order_no",
        pl.col("order_no").alias("native_id"),
        pl.coalesce(*single, "order_no").alias("merchant_no"),
        blank.alias("channel_txn_no"),
        blank.alias("memo"),
        "currency",
        status.alias("status"),
        pl.lit(SETTLED).alias("refund_status"),
        pl.when(partial).then(pl.col("total") - pl.col("outstanding")).otherwise("total").alias("paid_minor"),
        pl.col("refunded_minor").fill_null(0),
        moment.alias("occurred_s"),
        pl.coalesce(pl.when(paid).then("paid_on"), "created_on", "paid_on").alias("business_date"),
    )


def _channel() -> pl.Expr:
    """Channel that Payment Method names, blank when it names none or more than one way of payment."""
    way = pl.col("way").str.to_lowercase().str.replace_all(" ", "", literal=True)
    tries = [pl.when(way.str.contains(word, literal=True)).then(pl.lit(channel)) for word, channel in _CHANNELS.items()]
    return pl.when(way.str.contains("+", literal=True)).then(pl.lit("")).otherwise(pl.coalesce(*tries, pl.lit("")))
