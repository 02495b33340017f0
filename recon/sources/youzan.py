"""有赞订单(商品维度): the order export of a Youzan shop by item; one line an item of an order.

Where: youzan.com > 订单 > 订单查询 > 批量导出 > 商品维度: workbook or CSV, 37 columns.

    订单号,外部订单号,订单商品状态,交易成功时间,商品名称, ... 商品实际成交金额, ... 商品已退款金额, ...
    E20260203100003000000011,,已发货,,示例杯子, ... 58.00, ... 0.00, ...

What comes out: one order row an item, and one a refund of an item; items of one order share merchant_no and add up to
its payment *without the freight*, which only the export by order prints. An order with freight is therefore less here
than at the channel; where that matters, load the orders through the import template.

- amount = 商品实际成交金额, after the item's part of the discounts; refund = 商品已退款金额, which is money that went
  back already. Refunds have no number and no time and stand on the day of the payment.
- 待付款 is pending, 已关闭 closed unless something was refunded, all states after the payment are success.
- The export does not say when the order was paid. Where 买家付款时间 was added, that is occurred_s (Beijing time) and
  business_date its day; else the day is the one in the order number (E20260203...: when it was made), else that of
  交易成功时间.
- native_id is 订单号/商品编码/规格编码 (the name for an item without codes): the same item twice in one order is a
  twin.
- channel is blank: the export does not name the way of payment. Buyers' names and phones stay in raw.

Sources: two programs that write and read this layout. Uncertain: the words of the states (unknown ones are rejects),
and the day in order numbers of the years before 2017.
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
    ("关闭|取消", VOID),
    ("待付款|待支付|未付款|等待买家付款", WAITING),
    ("待发货|已发货|部分发货|待收货|待接单|待成团|已成团|待核销|待自提|已签收|完成|成功", SETTLED),
)


class Youzan(Export):
    """有赞订单, by item."""

    name: ClassVar[str] = "youzan"
    title: ClassVar[str] = "有赞订单（商品维度）"
    raw_table: ClassVar[str] = "youzan.item_line"
    book = Book.ORDER
    looks_for: ClassVar[str] = "a header with 订单号, 订单商品状态, 交易成功时间, 商品实际成交金额, 商品已退款金额"
    required = ("订单号", "订单商品状态", "交易成功时间", "商品名称", "商品实际成交金额", "商品已退款金额")
    optional = ("买家付款时间", "商品编码", "规格编码")
    foreign = ("记录类型", "record")
    identifiers = ("订单号",)

    def canonical(self, frame: pl.DataFrame, settings: Settings) -> Reading:
        """Return ``txns``; rows as the manual above says."""
        del settings  # Youzan prints Beijing time
        typed, rejects = template.typed_rows(
            frame.with_columns(_day_of_number()),
            {
                "order_no": cells.text("订单号", required=True),
                "numbered": cells.date("订单号的日期", required=False),
                "status": export.state("订单商品状态", _STATES, "待付款, 待发货, 已发货, 交易完成, 已关闭"),
                "owed": cells.amount("商品实际成交金额"),
                "given_back": cells.amount("商品已退款金额", required=False),
                "paid_s": export.moment("买家付款时间", times.BEIJING),
                "finished_s": export.moment("交易成功时间", times.BEIJING),
                "item": cells.text("商品名称"),
                "item_no": cells.text("商品编码"),
                "size_no": cells.text("规格编码"),
            },
            (
                Doubt("商品实际成交金额", pl.col("owed") < 0, "is negative"),
                Doubt("商品已退款金额", pl.col("given_back") < 0, "is negative; it is what the buyer got back"),
                Doubt(
                    "订单号",
                    pl.col("numbered").is_null() & pl.col("paid_s").is_null() & pl.col("finished_s").is_null(),
                    "does not begin with a day (E20260203), and no column says when the order was paid",
                ),
            ),
        )
        txns, excluded = export.order_rows(_items(typed))
        return Reading(raw=frame, txns=txns, rejects=rejects, excluded=excluded)


def _day_of_number() -> pl.Expr:
    """Day with which the order number begins, as text; blank where it begins with none: other columns may say it."""
    digits = cells.printed("订单号").str.extract(r"^E(20\d{6})\d", 1)
    return times.day(digits, ("%Y%m%d",)).dt.to_string("%Y-%m-%d").fill_null("").alias("订单号的日期")


def _items(typed: pl.DataFrame) -> pl.DataFrame:
    """Typed cells -> the columns that ``export.order_rows`` takes."""
    given_back = pl.col("given_back").fill_null(0)
    status = pl.when(given_back > 0).then(pl.lit(SETTLED)).otherwise("status")
    moment = pl.when(status == SETTLED).then("paid_s")
    coded = pl.concat_str("item_no", "size_no", separator="/")
    item = pl.when(coded == "/").then("item").otherwise(coded)
    blank = pl.lit("")
    paid_on, finished_on = times.business_date(moment), times.business_date(pl.col("finished_s"))
    return typed.select(
        "line_no",
        blank.alias("channel"),
        blank.alias("shop"),
        "order_no",
        pl.concat_str("order_no", item, separator="/").alias("native_id"),
        pl.col("order_no").alias("merchant_no"),
        blank.alias("channel_txn_no"),
        blank.alias("memo"),
        pl.lit("CNY").alias("currency"),
        status.alias("status"),
        pl.lit(SETTLED).alias("refund_status"),
        pl.col("owed").alias("paid_minor"),
        given_back.alias("refunded_minor"),
        moment.alias("occurred_s"),
        pl.coalesce(paid_on, "numbered", finished_on).alias("business_date"),
    )
