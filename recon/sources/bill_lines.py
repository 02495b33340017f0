"""Bill of a payment channel, for a column mapping of recon.toml: one line a movement of the merchant's money there.

For bills that reach the merchant in another form than the channel's own: from a service provider, an acquirer, a bank
that passes a channel on, a data warehouse.

    channel                   alipay | wechat | unionpay | paypal; mostly a constant                       required
    kind                      payment | refund | fee | payout | transfer | adjustment | chargeback;
                              without it the sign tells: payment, or refund where the amount is negative
    status                    success | pending | closed; blank = success
    account                   the merchant's number at the channel
    amount                    gross                                                                        required
    fee, net                  where printed
    fee_is                    deducted (what is taken off is printed positive; assumed) | signed (as money moves)
    currency                  blank = base currency
    occurred_at, settled_on   one of them is required; settled_on is the accounting day, else the day of the time
    order_no, merchant_no     of the shop, and as sent to the channel (blank = order_no)
    channel_txn_no, related_no, refund_no, batch_no
    counterparty, memo, shop

What comes out: one ``channel`` row a line. Refunds, fees and payouts are negative however they are printed, payments
positive; the other kinds have the sign that is printed. net, where printed, must be amount + fee: a line that does not
add up is a reject. native_id = kind/refund_no or channel_txn_no, ``""`` without. batch_no = as printed, else
``channel:account:YYYYMMDD`` of the accounting day; payouts have none.
"""

from __future__ import annotations

from typing import Final

import polars as pl

from recon.model import Book, Kind, Status
from recon.sources import cells, template
from recon.sources.source import Reading, Settings
from recon.sources.template import Column, Doubt, Holds, Records

_KINDS: Final = {
    kind.value: kind.value
    for kind in (
        Kind.PAYMENT, Kind.REFUND, Kind.FEE, Kind.PAYOUT, Kind.TRANSFER, Kind.ADJUSTMENT,
        Kind.CHARGEBACK, Kind.CHARGEBACK_REVERSAL,
    )
}  # fmt: skip
_NEGATIVE: Final = (Kind.REFUND.value, Kind.FEE.value, Kind.PAYOUT.value, Kind.CHARGEBACK.value)
_STATUSES: Final = {status.value: status.value for status in Status}
_FEES: Final = {"deducted": "deducted", "signed": "signed"}


class BillLines(Records):
    """Bill of any service that passes a channel on."""

    name = "channel"
    book = Book.CHANNEL
    columns = (
        Column("channel", "支付渠道", Holds.WORD, words=template.CHANNELS),
        Column("kind", "交易类型", Holds.WORD, words=_KINDS),
        Column("status", "状态", Holds.WORD, words=_STATUSES),
        Column("account", "商户号", Holds.NUMBER),
        Column("amount", "交易金额", Holds.AMOUNT),
        Column("fee", "手续费", Holds.AMOUNT),
        Column("net", "结算金额", Holds.AMOUNT),
        Column("fee_is", "手续费符号", Holds.WORD, words=_FEES),
        Column("currency", "币种", Holds.CURRENCY),
        Column("occurred_at", "交易时间", Holds.TIME),
        Column("settled_on", "结算日期", Holds.DAY),
        Column("order_no", "订单号", Holds.NUMBER),
        Column("merchant_no", "商户订单号", Holds.NUMBER),
        Column("channel_txn_no", "渠道交易号", Holds.NUMBER),
        Column("related_no", "原交易号", Holds.NUMBER),
        Column("refund_no", "退款单号", Holds.NUMBER),
        Column("batch_no", "结算批次", Holds.NUMBER),
        Column("counterparty", "对方"),
        Column("memo", "备注"),
        Column("shop", "门店"),
    )
    required = ("channel", "amount")
    either = (("occurred_at", "settled_on"),)

    def canonical(self, frame: pl.DataFrame, settings: Settings) -> Reading:
        """Return ``txns`` of the channel book; columns as the manual above says."""
        unit = template.currency(frame, "currency", settings.base_currency)
        texts = ("account", "order_no", "merchant_no", "channel_txn_no", "related_no", "refund_no", "batch_no",
                 "counterparty", "memo", "shop")  # fmt: skip
        typed, rejects = template.typed_rows(
            frame,
            {
                "channel": template.choice(frame, "channel", template.CHANNELS, required=True),
                "printed_kind": template.choice(frame, "kind", _KINDS),
                "status": template.choice(frame, "status", _STATUSES),
                "amount": template.amount(frame, "amount", unit),
                "fee": template.amount(frame, "fee", unit, required=False),
                "net": template.amount(frame, "net", unit, required=False),
                "fee_is": template.choice(frame, "fee_is", _FEES),
                "currency": unit,
                "occurred": template.moment_or_day(frame, "occurred_at", settings.zone),
                "settled_on": template.day("settled_on"),
                **{name: cells.text(name) for name in texts},
            },
            _doubts(),
        )
        lines = typed.with_columns(_kind().alias("kind")).with_columns(
            _amount().alias("amount_minor"), _fee().alias("fee_minor")
        )
        odd = lines.filter(pl.col("net") != pl.col("amount_minor") + pl.col("fee_minor").fill_null(0))
        bad = odd.join(frame, on="line_no", how="left", suffix="_printed").select(
            "line_no",
            pl.lit("net").alias("column"),
            pl.col("net_printed").alias("value"),
            pl.lit("is not amount + fee").alias("reason"),
        )
        lines = lines.filter(~pl.col("line_no").is_in(odd["line_no"].implode()))
        accounts = lines["account"].unique().to_list()
        return Reading(
            raw=frame,
            account=accounts[0] if len(accounts) == 1 else "",
            txns=lines.select(_row()),
            rejects=pl.concat([rejects, bad]).sort("line_no", maintain_order=True),
        )


def _doubts() -> tuple[Doubt, ...]:
    dated = pl.col("occurred").is_null() & pl.col("settled_on").is_null()
    return (
        Doubt("occurred_at", dated, "is blank, and settled_on is blank too"),
        Doubt(
            "amount",
            (pl.col("printed_kind") == Kind.PAYMENT.value) & (pl.col("amount") < 0),
            "is negative, but the kind is payment",
        ),
    )


def _kind() -> pl.Expr:
    by_sign = pl.when(pl.col("amount") < 0).then(pl.lit(Kind.REFUND.value)).otherwise(pl.lit(Kind.PAYMENT.value))
    return pl.coalesce(pl.when(pl.col("printed_kind") != "").then("printed_kind"), by_sign)


def _amount() -> pl.Expr:
    return pl.when(pl.col("kind").is_in(_NEGATIVE)).then(-pl.col("amount").abs()).otherwise("amount")


def _fee() -> pl.Expr:
    return pl.when(pl.col("fee_is") == "signed").then("fee").otherwise(-pl.col("fee"))


def _row() -> list[pl.Expr]:
    """Columns of ``model.TXN`` from the typed cells of a line."""
    moment = pl.col("occurred").struct
    day = pl.coalesce("settled_on", moment.field("day"))
    refund = pl.col("kind") == Kind.REFUND.value
    number = pl.when(refund & (pl.col("refund_no") != "")).then("refund_no").otherwise("channel_txn_no")
    batch = pl.concat_str("channel", "account", day.dt.strftime("%Y%m%d"), separator=":")
    return [
        pl.col("line_no"),
        pl.lit(Book.CHANNEL.value).alias("book"),
        pl.col("channel"),
        pl.col("account"),
        pl.col("kind"),
        pl.coalesce(pl.when(pl.col("status") != "").then("status"), pl.lit(Status.SUCCESS.value)).alias("status"),
        pl.when(number != "")
        .then(pl.concat_str("kind", number, separator="/"))
        .otherwise(pl.lit(""))
        .alias("native_id"),
        pl.col("currency"),
        pl.col("amount_minor"),
        pl.col("fee_minor"),
        pl.col("net").alias("net_minor"),
        moment.field("s").alias("occurred_s"),
        day.alias("business_date"),
        pl.col("order_no"),
        pl.when(pl.col("merchant_no") != "").then("merchant_no").otherwise("order_no").alias("merchant_no"),
        pl.col("channel_txn_no"),
        pl.col("related_no"),
        pl.when(refund).then("refund_no").otherwise(pl.lit("")).alias("refund_no"),
        pl.when(pl.col("kind") == Kind.PAYOUT.value)
        .then(pl.lit(""))
        .when(pl.col("batch_no") != "")
        .then("batch_no")
        .otherwise(batch)
        .alias("batch_no"),
        pl.col("counterparty"),
        pl.col("memo"),
        pl.col("shop"),
    ]
