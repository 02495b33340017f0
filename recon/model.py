"""The canonical records: what every source becomes, column by column with units, and the closed sets of words.

A *reading* of a file gives frames with these columns (text columns are never null: unknown is ``""``); ``ingest`` adds
identity, fingerprint and provenance and writes them to ``canon.*``. Amounts are signed minor units, positive is money
to the merchant; times are UTC epoch seconds; ``line_no`` is the physical line where the record starts (1-based).

One row of ``canon.txn`` is one movement of money, or one claim of one, in one of the four books:

    order    one payment or refund as the shop system tells it
    channel  one row of a channel bill (payment, refund, fee, payout, conversion ...)
    bank     one line of a bank statement
    ledger   one voucher line on a channel's account (made by ingest from canon.voucher and the account map)
"""

from __future__ import annotations

from enum import StrEnum
from typing import Final

import polars as pl


class Book(StrEnum):
    """The four books that must agree."""

    ORDER = "order"
    CHANNEL = "channel"
    BANK = "bank"
    LEDGER = "ledger"


class Channel(StrEnum):
    """Payment channels. Bank lines and vouchers carry the channel they belong to, ``""`` when none is known."""

    ALIPAY = "alipay"
    WECHAT = "wechat"
    UNIONPAY = "unionpay"
    PAYPAL = "paypal"


class Kind(StrEnum):
    """What a movement is. Direction is in the sign of the amount, never in the kind."""

    PAYMENT = "payment"
    REFUND = "refund"
    CHARGEBACK = "chargeback"
    CHARGEBACK_REVERSAL = "chargeback_reversal"
    FEE = "fee"  # a fee that stands as a row of its own
    PAYOUT = "payout"  # channel balance -> bank (negative in the channel's book)
    CONVERSION = "conversion"  # one leg of the channel's own currency exchange
    HOLD = "hold"  # a hold and its release, which cancel
    TRANSFER = "transfer"  # top-ups and transfers that no order explains
    ADJUSTMENT = "adjustment"
    BANK_LINE = "bank_line"
    ENTRY = "entry"  # a ledger line whose counter-account says neither sale, fee nor payout


class Status(StrEnum):
    """Final state of a movement in its own book."""

    SUCCESS = "success"
    PENDING = "pending"
    CLOSED = "closed"


class Leg(StrEnum):
    """The three comparisons; left book first."""

    ORDER_CHANNEL = "order_channel"
    CHANNEL_BANK = "channel_bank"
    CHANNEL_LEDGER = "channel_ledger"


TXN: Final[dict[str, type[pl.DataType]]] = {
    "line_no": pl.Int64,  # physical line, 1-based
    "book": pl.String,
    "channel": pl.String,  # Channel or ""
    "account": pl.String,  # merchant account as printed: PID, 商户号, merId, PayPal account id, bank account, shop
    "kind": pl.String,
    "status": pl.String,
    "native_id": pl.String,  # the source's own unique number of this row; "" = none (twins are then counted)
    "currency": pl.String,  # ISO 4217
    "amount_minor": pl.Int64,  # gross, signed
    "fee_minor": pl.Int64,  # signed, negative = charged; null = the source does not print one
    "net_minor": pl.Int64,  # what this row adds to the settlement or balance; null = not printed
    "base_amount_minor": pl.Int64,  # the same in base currency as printed; null = not printed
    "fx_rate_e8": pl.Int64,  # base units per one unit, times 10^8; null = not printed
    "occurred_s": pl.Int64,  # UTC epoch seconds; null when only a date is printed
    "business_date": pl.Date,  # the source's accounting day
    "period": pl.String,  # YYYY-MM as printed by the ledger, else ""
    "order_no": pl.String,  # the order system's order number
    "merchant_no": pl.String,  # merchant order number sent to the channel (orders: pay_no, else order_no)
    "channel_txn_no": pl.String,  # the channel's number of this movement
    "related_no": pl.String,  # the channel's number of the original movement (refund, chargeback, fee, conversion)
    "refund_no": pl.String,  # the merchant's refund number
    "batch_no": pl.String,  # settlement batch, printed or channel:account:YYYYMMDD; "" = settles by payout rows
    "reference": pl.String,  # bank reference / serial / voucher's business number
    "counterparty": pl.String,
    "memo": pl.String,
    "shop": pl.String,
}
"""Columns a source gives for ``canon.txn``; missing ones are filled with ``""`` or null by ingest."""

VOUCHER: Final[dict[str, type[pl.DataType]]] = {
    "line_no": pl.Int64,
    "voucher_no": pl.String,
    "entry_no": pl.String,  # 分录号
    "voucher_date": pl.Date,
    "period": pl.String,  # YYYY-MM
    "account_code": pl.String,
    "account_name": pl.String,
    "summary": pl.String,
    "debit_minor": pl.Int64,  # base currency, red entries negative
    "credit_minor": pl.Int64,
    "currency": pl.String,  # of fc_amount; "" = base currency
    "fc_amount_minor": pl.Int64,  # original currency, unsigned as printed; null = base currency voucher
    "fx_rate_e8": pl.Int64,
    "reference": pl.String,
    "channel": pl.String,
}
"""Columns of one voucher line (``canon.voucher``)."""

SHIPMENT: Final[dict[str, type[pl.DataType]]] = {
    "line_no": pl.Int64,
    "order_no": pl.String,
    "waybill_no": pl.String,
    "carrier": pl.String,
    "region": pl.String,  # same_city | cross_province | remote | "" as printed
    "sent_from": pl.String,  # province and city (recon.places), "" = not known; never a street
    "sent_to": pl.String,
    "outbound_s": pl.Int64,
    "first_scan_s": pl.Int64,
    "dropped_s": pl.Int64,  # last put into a locker or a station, which is no signature
    "signed_s": pl.Int64,
    "sign_proof": pl.String,  # picture path as printed
    "confirmed_s": pl.Int64,
    "receiver_name": pl.String,
    "receiver_phone": pl.String,
    "currency": pl.String,
    "amount_minor": pl.Int64,
}
"""Columns of one parcel (``canon.shipment``)."""

CONTACT: Final[dict[str, type[pl.DataType]]] = {
    "line_no": pl.Int64,
    "order_no": pl.String,
    "contacted_s": pl.Int64,
    "way": pl.String,
}
"""Columns of one customer contact (``canon.contact``)."""

RATE: Final[dict[str, type[pl.DataType]]] = {
    "line_no": pl.Int64,
    "rate_date": pl.Date,
    "currency": pl.String,
    "base_currency": pl.String,
    "rate_e8": pl.Int64,
    "origin": pl.String,  # 来源: who published the rate
}
"""Columns of one exchange rate (``canon.rate``)."""

REJECT: Final[dict[str, type[pl.DataType]]] = {
    "line_no": pl.Int64,
    "column": pl.String,
    "value": pl.String,
    "reason": pl.String,
}
"""One cell or row that could not be read. Its row is in raw, not in canon."""

EXCLUDED: Final[dict[str, type[pl.DataType]]] = {"line_no": pl.Int64, "reason": pl.String}
"""One raw row that by a stated rule is no canonical record (an item line of a cart, a memo row)."""


def shaped(frame: pl.DataFrame, columns: dict[str, type[pl.DataType]]) -> pl.DataFrame:
    """Return ``frame`` with exactly ``columns``: missing text is ``""``, other missing cells are null, order as stated.

    Raises ValueError when the frame has a column the record does not know (a misspelt name would vanish otherwise).
    """
    unknown = sorted(set(frame.columns) - set(columns))
    if unknown:
        msg = f"unknown columns {unknown}; the record has {list(columns)}"
        raise ValueError(msg)
    cells = []
    for name, kind in columns.items():
        if name in frame.columns:
            cell = pl.col(name).cast(kind)
            cells.append((cell.fill_null("") if kind is pl.String else cell).alias(name))
        else:
            cells.append(pl.lit("" if kind is pl.String else None, dtype=kind).alias(name))
    return frame.select(cells)
