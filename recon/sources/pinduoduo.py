"""拼多多订单: the order export of a Pinduoduo shop; one line an order.

Where: mms.pinduoduo.com > 发货管理 > 订单查询 > 批量导出: CSV or workbook. The seller chooses the columns; cells may
end in a tab.

    订单成交时间,商品,订单号,订单状态, ... 用户实付金额(元),商家实收金额(元), ... 售后状态,快递单号,快递公司
    2026-02-03 10:00:03,示例杯子,260203-000000000001,已发货，待签收, ... 58.00,60.00, ... 无售后或售后取消, ...

订单号, 订单状态, 用户实付金额(元), 商家实收金额(元) and 售后状态 must be among the columns chosen.

What comes out: one order row a payment, and one a refund.

- amount = 用户实付金额: what the buyer paid. (商家实收金额 is more by what the platform's coupons paid.)
- 待支付 is pending, 已取消 closed unless it was refunded; all states of a paid order (待发货, 已发货，待签收, 已签收,
  未发货，退款成功 ...) are success.
- A refund is a row when 订单状态 or 售后状态 says 退款成功. Its amount is 退款金额(元) where that column was chosen,
  else *all that the buyer paid*: the ordinary export does not print it, so a partial refund shows too much here. It
  has neither number nor time, and stands on the day of the payment. A refund still being argued about is none.
- occurred_s = 支付时间 where that column was chosen (Beijing time); 订单成交时间 is when the order was formed and
  gives only the day. Where both are blank the day is in the order number (260203-...).
- channel is blank: buyers pay Pinduoduo, and Pinduoduo pays the shop.

Sources: header and words of the states as several programs read them. Uncertain: the full refund (see above), and
words of rare states, which are rejects.
"""

from __future__ import annotations

from typing import ClassVar, Final

import polars as pl

from recon import times
from recon.model import Book
from recon.sources import cells, export, template
from recon.sources.export import SETTLED, VOID, WAITING, Export
from recon.sources.source import Reading, Settings
from recon.sources.template import Doubt

_STATES: Final = (
    ("退款成功", SETTLED),
    ("取消|关闭", VOID),
    ("待支付|待付款|未支付", WAITING),
    ("待发货|未发货|已发货|部分发货|待签收|已签收|已收货|已完成|交易成功|成团", SETTLED),
)
_PAID: Final = "用户实付金额(元)"
_REFUNDED: Final = "退款金额(元)"
_REFUND_WORD: Final = "退款成功"


class Pinduoduo(Export):
    """拼多多订单."""

    name: ClassVar[str] = "pinduoduo"
    title: ClassVar[str] = "拼多多订单"
    raw_table: ClassVar[str] = "pinduoduo.order_line"
    book = Book.ORDER
    looks_for: ClassVar[str] = "a header with 订单号, 订单状态, 用户实付金额(元), 商家实收金额(元), 售后状态"
    required = ("订单号", "订单状态", _PAID, "商家实收金额(元)", "售后状态")
    optional = ("订单成交时间", "支付时间", _REFUNDED)
    foreign = ("记录类型", "record")
    identifiers = ("订单号",)

    def canonical(self, frame: pl.DataFrame, settings: Settings) -> Reading:
        """Return ``txns``; rows as the manual above says."""
        del settings  # Pinduoduo prints Beijing time
        typed, rejects = template.typed_rows(
            frame.with_columns(_day_of_number()),
            {
                "order_no": cells.text("订单号", required=True),
                "numbered": cells.date("订单号的日期", required=False),
                "state": cells.text("订单状态"),
                "status": export.state("订单状态", _STATES, "待支付, 待发货, 已发货, 已签收, 退款成功, 已取消"),
                "after_sale": cells.text("售后状态"),
                "kept": cells.amount(_PAID),
                "given_back": cells.amount(_REFUNDED, required=False),
                "formed_s": export.moment("订单成交时间", times.BEIJING),
                "paid_s": export.moment("支付时间", times.BEIJING),
            },
            (
                Doubt(_PAID, pl.col("kept") < 0, "is negative"),
                Doubt(_REFUNDED, pl.col("given_back") < 0, "is negative; it is what the buyer got back"),
                Doubt(_REFUNDED, pl.col("given_back") > pl.col("kept"), "is more than the buyer paid"),
                Doubt(
                    "订单号",
                    pl.col("numbered").is_null() & pl.col("formed_s").is_null() & pl.col("paid_s").is_null(),
                    "does not begin with a day (260203-), and no column says when the order was made",
                ),
            ),
        )
        txns, excluded = export.order_rows(_orders(typed))
        return Reading(raw=frame, txns=txns, rejects=rejects, excluded=excluded)


def _day_of_number() -> pl.Expr:
    """Day with which the order number begins, as text; blank where it begins with none: other columns may say it."""
    digits = "20" + cells.printed("订单号").str.extract(r"^(\d{6})-", 1)
    return times.day(digits, ("%Y%m%d",)).dt.to_string("%Y-%m-%d").fill_null("").alias("订单号的日期")


def _orders(typed: pl.DataFrame) -> pl.DataFrame:
    """Typed cells -> the columns that ``export.order_rows`` takes."""
    refunded = pl.col("state").str.contains(_REFUND_WORD) | pl.col("after_sale").str.contains(_REFUND_WORD)
    status = pl.when(refunded).then(pl.lit(SETTLED)).otherwise("status")
    moment = pl.when(status == SETTLED).then("paid_s")
    blank = pl.lit("")
    return typed.select(
        "line_no",
        blank.alias("channel"),
        blank.alias("shop"),
        "order_no",
        pl.col("order_no").alias("native_id"),
        pl.col("order_no").alias("merchant_no"),
        blank.alias("channel_txn_no"),
        blank.alias("memo"),
        pl.lit("CNY").alias("currency"),
        status.alias("status"),
        pl.lit(SETTLED).alias("refund_status"),
        pl.col("kept").alias("paid_minor"),
        pl.when(refunded).then(pl.coalesce("given_back", "kept")).otherwise(0).alias("refunded_minor"),
        moment.alias("occurred_s"),
        pl.coalesce(times.business_date(pl.coalesce("paid_s", "formed_s")), "numbered").alias("business_date"),
    )
