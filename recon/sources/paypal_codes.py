"""PayPal's event codes (T-codes): what each movement is, and the canonical row that every PayPal report makes of it.

The settlement report, the detail report, the interface and the web's CSV files tell of the same movements. Whichever of
them is loaded, a movement has the same kind, amount, sign and numbers, so that one file can confirm the other:

    code    T + two digits of the group + two of the event; the group would do, but for the events of _KIND_OF_CODE
    kind    by the code and the sign: a payment that takes money away is one that the merchant sent (transfer); a refund
            or a chargeback that brings money, and a reversal of one that takes it, are adjustments
    channel_txn_no = native_id = the Transaction ID; refund_no = the same, of a refund
    related_no      PayPal Reference ID of a movement; that of an order, a subscription or an agreement is none
    memo            the event code, then the merchant's custom field
    batch_no        of a withdrawal: paypal:ACCOUNT:YYYYMMDD, blank where the file does not tell the account

T1106 (payment reversal) is PayPal taking money back for the buyer after a dispute or for a payer who never agreed: a
chargeback, as it is no refund that the merchant gave. T1207 is a chargeback that the merchant had won and lost after
all. Fees of disputes (T0106, T0114) and what is given back of fees (T1108, T1109) are fee rows of their own.

Statuses of the detail report and the interface: S, F (refunded in part) and V (reversed: the reversal has a row of its
own) have moved money; P is pending, except withdrawals, deposits and conversions: these have left the balance when
they are told, and what is pending is the bank; D is closed. Authorisations (T13nn), rows for display only (T98nn) and
other events (T99nn) move no money.

Source: PayPal's reference of transaction event codes, and production readers that tell disputes from refunds
(formats/paypal-banks-orders-vouchers.md sections 1b, 1e, read 2026-11).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import polars as pl

from recon.model import Book, Channel, Kind, Status

CODE: Final = r"^T\d{4}$"
STATUSES: Final = ("S", "P", "D", "V", "F")
_KIND_OF_CODE: Final = {
    "T0505": Kind.HOLD,  # authorisation of a debit card
    "T1101": Kind.PAYOUT,  # a withdrawal that came back
    "T1102": Kind.TRANSFER,  # debit card
    "T1104": Kind.PAYOUT,  # a deposit that the bank took back
    "T1105": Kind.HOLD,  # release of a general hold
    "T1106": Kind.CHARGEBACK,
    "T1108": Kind.FEE,  # fee given back
    "T1109": Kind.FEE,
    "T1110": Kind.HOLD,  # hold for a dispute and its release
    "T1111": Kind.HOLD,
    "T1114": Kind.TRANSFER,  # mass payments that came back
    "T1115": Kind.TRANSFER,
    "T1201": Kind.CHARGEBACK,
    "T1202": Kind.CHARGEBACK_REVERSAL,
    "T1205": Kind.CHARGEBACK_REVERSAL,
    "T1207": Kind.CHARGEBACK,
    "T1208": Kind.CHARGEBACK_REVERSAL,
    "T2109": Kind.TRANSFER,  # gift certificates
    "T2110": Kind.TRANSFER,
}
_KIND_OF_GROUP: Final = {
    "T00": Kind.PAYMENT,
    "T01": Kind.FEE,
    "T02": Kind.CONVERSION,
    "T03": Kind.PAYOUT,  # bank to PayPal: the same leg as a withdrawal, other sign
    "T04": Kind.PAYOUT,
    "T05": Kind.TRANSFER,  # debit card
    "T06": Kind.TRANSFER,
    "T07": Kind.TRANSFER,
    "T10": Kind.TRANSFER,
    "T11": Kind.REFUND,
    "T13": Kind.HOLD,  # authorisations
    "T15": Kind.HOLD,
    "T17": Kind.TRANSFER,  # withdrawal to something that is no bank
    "T20": Kind.TRANSFER,  # between the merchant's own accounts
    "T21": Kind.HOLD,
    "T22": Kind.TRANSFER,
    "T30": Kind.PAYMENT,
}
_WITHOUT_MONEY: Final = ("T13", "T98", "T99")
_GONE_AT_ONCE: Final = ("T02", "T03", "T04")
NO_MOVEMENT: Final = ("ODR", "SUB", "PAP")
"""Types of a PayPal Reference ID that names an order, a subscription or an agreement."""
NO_MONEY: Final = "an authorisation or a row for display: no money moved"


def _values(kinds: Mapping[str, Kind]) -> dict[str, str]:
    return {code: kind.value for code, kind in kinds.items()}


def kind(code: pl.Expr, amount: pl.Expr) -> pl.Expr:
    """``model.Kind`` of each row, by event code (T + four digits) and signed amount."""
    group = code.str.slice(0, 3).replace_strict(_values(_KIND_OF_GROUP), default=Kind.ADJUSTMENT.value)
    told = code.replace_strict(_values(_KIND_OF_CODE), default=group, return_dtype=pl.String)
    taken = told.is_in([Kind.REFUND.value, Kind.CHARGEBACK.value])
    return (
        pl.when((told == Kind.PAYMENT.value) & (amount < 0))
        .then(pl.lit(Kind.TRANSFER.value))
        .when((taken & (amount > 0)) | ((told == Kind.CHARGEBACK_REVERSAL.value) & (amount < 0)))
        .then(pl.lit(Kind.ADJUSTMENT.value))
        .otherwise(told)
    )


def without_money(code: pl.Expr) -> pl.Expr:
    """Whether events of this code move no money."""
    return code.str.slice(0, 3).is_in(_WITHOUT_MONEY)


def gone_at_once(code: pl.Expr) -> pl.Expr:
    """Whether events of this code have moved the balance although they are still pending."""
    return code.str.slice(0, 3).is_in(_GONE_AT_ONCE)


def status(letter: pl.Expr, code: pl.Expr) -> pl.Expr:
    """``model.Status`` of a printed S, P, D, V or F; null for anything else."""
    pending = (letter == "P") & ~gone_at_once(code)
    return (
        pl.when(letter == "D")
        .then(pl.lit(Status.CLOSED.value))
        .when(pending)
        .then(pl.lit(Status.PENDING.value))
        .when(letter.is_in(STATUSES))
        .then(pl.lit(Status.SUCCESS.value))
    )


def rows(typed: pl.DataFrame) -> pl.DataFrame:
    """Typed cells -> rows of the channel book, in the same order.

    ``typed``: line_no; account, code, status, native_id, currency, merchant_no, reference_id, reference_type (String);
    amount_minor (Int64, signed gross), fee_minor (Int64, negative = charged, null = not printed), occurred_s,
    business_date; and where the file has them net_minor (Int64), custom, shop, reference, counterparty (String).
    Without net_minor it is gross + fee. Money that did not move has no net.
    """
    code, amount, day = pl.col("code"), pl.col("amount_minor"), pl.col("business_date").dt.strftime("%Y%m%d")
    absent = [pl.lit("").alias(name) for name in _OPTIONAL if name not in typed.columns]
    net = pl.col("net_minor") if "net_minor" in typed.columns else amount + pl.col("fee_minor")
    custom = pl.col("custom").str.replace_all(r"\s+", " ")
    names_movement = ~pl.col("reference_type").is_in(NO_MOVEMENT)
    withdrawal = code.str.starts_with("T04") & (pl.col("account") != "")
    batch = pl.concat_str(pl.lit(f"{Channel.PAYPAL.value}:"), "account", pl.lit(":"), day)
    return typed.with_columns(kind(code, amount).alias("kind"), *absent).select(
        "line_no",
        pl.lit(Book.CHANNEL.value).alias("book"),
        pl.lit(Channel.PAYPAL.value).alias("channel"),
        "account",
        "kind",
        "status",
        "native_id",
        "currency",
        "amount_minor",
        "fee_minor",
        pl.when(pl.col("status") == Status.SUCCESS.value).then(net).alias("net_minor"),
        "occurred_s",
        "business_date",
        "merchant_no",
        pl.col("native_id").alias("channel_txn_no"),
        pl.when(names_movement).then("reference_id").otherwise(pl.lit("")).alias("related_no"),
        pl.when(pl.col("kind") == Kind.REFUND.value).then("native_id").otherwise(pl.lit("")).alias("refund_no"),
        pl.when(withdrawal).then(batch).otherwise(pl.lit("")).alias("batch_no"),
        "reference",
        *(["counterparty"] if "counterparty" in typed.columns else []),
        pl.when(custom == "").then(code).otherwise(code + " | " + custom).alias("memo"),
        "shop",
    )


_OPTIONAL: Final = ("custom", "shop", "reference")
