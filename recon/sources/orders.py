"""Import template 订单: what the order system says was paid and refunded, one line a payment or refund.

Where: any order system that can export a table, or be asked for one.

    record 记录类型        payment 支付 | refund 退款                                            required
    order_no 订单号        of the order system                                                   required
    sub_order_no 子订单号, parent_order_no 主订单号
    trace_id 追踪号        of the order system's own log
    shop 店铺
    channel 支付渠道       alipay 支付宝 | wechat 微信 | unionpay 银联 云闪付 | paypal
    pay_no 商户支付单号    what was sent to the channel as merchant order number; blank = order_no
    channel_txn_no 渠道交易号
    refund_no 退款单号     of refunds
    amount 金额            positive for both records                                             required
    currency 币种          blank = base currency
    base_amount 本位币金额, fx_rate 汇率     base_amount / fx_rate = amount; rate = base units per one unit
    status 状态            success 成功 | pending 处理中 | closed 关闭                           required
    created_at 创建时间, occurred_at 发生时间     one of them is required; occurred_at may be a date alone

    record,order_no,pay_no,channel,amount,status,occurred_at
    payment,ORD-1001,PAY-88,alipay,128.00,success,2026-02-01 10:00:03
    refund,ORD-1001,PAY-88,alipay,28.00,success,2026-02-03 09:12:00

A cart that is paid once is one line per (sub-)order with the same pay_no; the amounts add up to the payment.

What comes out: one order row a line, refunds with a negative amount. ``merchant_no`` is pay_no, else order_no (for a
refund that of the payment). The accounting day is the local day of occurred_at, else of created_at; when occurred_at is
blank or a date alone the row has no time (created_at is when the order was made, not when it was paid). A negative
amount is a reject (the record says the direction); an amount of 0 moves no money and is excluded. A rate of 0 is read
as unknown. parent_order_no and trace_id go to the memo.

Source: recon's own template.
"""

from __future__ import annotations

from typing import Final

import polars as pl

from recon.model import Book, Kind, Status
from recon.sources import cells, template
from recon.sources.source import Reading, Settings
from recon.sources.template import Column, Doubt, Holds, Template

_RECORDS: Final = {
    "payment": Kind.PAYMENT.value,
    "支付": Kind.PAYMENT.value,
    "refund": Kind.REFUND.value,
    "退款": Kind.REFUND.value,
}
_STATUSES: Final = {
    "success": Status.SUCCESS.value,
    "成功": Status.SUCCESS.value,
    "pending": Status.PENDING.value,
    "处理中": Status.PENDING.value,
    "closed": Status.CLOSED.value,
    "关闭": Status.CLOSED.value,
}


class Orders(Template):
    """Orders of any shop system."""

    name = "orders"
    title = "导入模板：订单"
    raw_table = "orders.record"
    book = Book.ORDER
    looks_for = (
        "a header with record 记录类型, order_no 订单号, amount 金额, status 状态, "
        "and occurred_at 发生时间 or created_at 创建时间"
    )
    columns = (
        Column("record", "记录类型", Holds.WORD, words=_RECORDS),
        Column("order_no", "订单号", Holds.NUMBER),
        Column("sub_order_no", "子订单号", Holds.NUMBER),
        Column("parent_order_no", "主订单号", Holds.NUMBER),
        Column("trace_id", "追踪号"),
        Column("shop", "店铺"),
        Column("channel", "支付渠道", Holds.WORD, words=template.CHANNELS),
        Column("pay_no", "商户支付单号", Holds.NUMBER),
        Column("channel_txn_no", "渠道交易号", Holds.NUMBER),
        Column("refund_no", "退款单号", Holds.NUMBER),
        Column("amount", "金额", Holds.AMOUNT),
        Column("currency", "币种", Holds.CURRENCY),
        Column("base_amount", "本位币金额", Holds.AMOUNT),
        Column("fx_rate", "汇率", Holds.RATE),
        Column("status", "状态", Holds.WORD, words=_STATUSES),
        Column("created_at", "创建时间", Holds.TIME),
        Column("occurred_at", "发生时间", Holds.TIME),
    )
    required = ("record", "order_no", "amount", "status")
    either = (("occurred_at", "created_at"),)

    def canonical(self, frame: pl.DataFrame, settings: Settings) -> Reading:
        """Return ``txns`` of the order book; columns as the manual above says."""
        unit = template.currency(frame, "currency", settings.base_currency)
        base = settings.base_currency
        typed, rejects = template.typed_rows(
            frame,
            {
                "kind": template.choice(frame, "record", _RECORDS, required=True),
                "order_no": cells.text("order_no", required=True),
                "sub_order_no": cells.text("sub_order_no"),
                "parent_order_no": cells.text("parent_order_no"),
                "trace_id": cells.text("trace_id"),
                "shop": cells.text("shop"),
                "channel": template.choice(frame, "channel", template.CHANNELS),
                "pay_no": cells.text("pay_no"),
                "channel_txn_no": cells.text("channel_txn_no"),
                "refund_no": cells.text("refund_no"),
                "amount": template.amount(frame, "amount", unit),
                "currency": unit,
                "base_amount": template.amount(frame, "base_amount", base, required=False),
                "fx_rate": cells.rate("fx_rate"),
                "status": template.choice(frame, "status", _STATUSES, required=True),
                "created": template.moment_or_day(frame, "created_at", settings.zone),
                "occurred": template.moment_or_day(frame, "occurred_at", settings.zone),
            },
            (
                Doubt("amount", pl.col("amount") < 0, "is negative; the record says the direction"),
                Doubt("base_amount", pl.col("base_amount") < 0, "is negative; the record says the direction"),
                Doubt("fx_rate", pl.col("fx_rate") < 0, "is negative"),
                Doubt(
                    "occurred_at",
                    pl.col("occurred").is_null() & pl.col("created").is_null(),
                    "is blank, and created_at is blank too",
                ),
            ),
        )
        typed, excluded = template.set_aside(typed, pl.col("amount") == 0, "the amount is 0: no money moved")
        txns = typed.select(_record())
        shops = txns["shop"].unique().to_list()
        return Reading(
            raw=frame, account=shops[0] if len(shops) == 1 else "", txns=txns, rejects=rejects, excluded=excluded
        )


def _record() -> list[pl.Expr]:
    """Columns of ``model.TXN`` from the typed cells of a row."""
    refund = pl.col("kind") == Kind.REFUND.value
    sign = pl.when(refund).then(-1).otherwise(1)
    of_order = pl.concat_str("order_no", "sub_order_no", separator="/")
    own_refund_no = pl.when(pl.col("refund_no") != "").then("refund_no").otherwise(of_order)
    own_no = pl.when(refund).then(own_refund_no).otherwise(pl.concat_str(of_order, "pay_no", separator="/"))
    day = [pl.col(event).struct.field("day") for event in ("occurred", "created")]
    noted = ("parent_order_no", "trace_id")
    memo = [pl.when(pl.col(name) != "").then(pl.concat_str(pl.lit(f"{name}="), name)) for name in noted]
    return [
        pl.col("line_no"),
        pl.lit(Book.ORDER.value).alias("book"),
        pl.col("channel").fill_null(""),
        pl.col("shop").alias("account"),
        pl.col("kind"),
        pl.col("status"),
        own_no.alias("native_id"),
        pl.col("currency"),
        (pl.col("amount") * sign).alias("amount_minor"),
        (pl.col("base_amount") * sign).alias("base_amount_minor"),
        pl.when(pl.col("fx_rate") != 0).then("fx_rate").alias("fx_rate_e8"),
        pl.col("occurred").struct.field("s").alias("occurred_s"),
        pl.coalesce(day).alias("business_date"),
        pl.col("order_no"),
        pl.when(pl.col("pay_no") != "").then("pay_no").otherwise("order_no").alias("merchant_no"),
        pl.col("channel_txn_no"),
        pl.when(refund).then("refund_no").otherwise(pl.lit("")).alias("refund_no"),
        pl.concat_str(memo, separator="; ", ignore_nulls=True).alias("memo"),
        pl.col("shop"),
    ]
