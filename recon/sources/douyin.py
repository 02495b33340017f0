"""抖音订单: the order export of a Douyin shop (抖店); one line a sub-order.

Where: fxg.jinritemai.com > 订单 > 订单管理 > 导出: UTF-8 CSV with a byte order mark, or workbook. Long numbers are
written with a tab before them, names and addresses are encrypted (``##...``), blank cells are ``-``.

    主订单编号,子订单编号,选购商品, ... 订单应付金额,运费, ... 订单提交时间, ... 订单状态,售后状态,取消原因, ...
    "<tab>6910000000000000001","<tab>6910000000000000011",示例杯子, ... 58.00,0.00, ... 2026-02-03 10:00:03, ...

What comes out: one order row a payment of a sub-order, and one a refund; sub-orders of one cart share merchant_no.

- amount = 订单应付金额 of the line.
- 待支付 is pending; 已关闭 is closed, unless it was paid (支付完成时间, where the export has that column) or
  refunded. All states after the payment (待发货, 备货中, 已发货, 已完成 ...) are success.
- A refund is a row when 售后状态 says that all was given back (退款成功, 已全额退款): the amount of the line. A
  partial refund (部分退款) prints no amount and makes no row; it is in the settlement export. Refunds have no number
  and no time and stand on the day of the payment.
- order_no and merchant_no = 主订单编号; native_id is 主订单编号/子订单编号.
- occurred_s = 支付完成时间 (Beijing time) where the column is there; business_date its day, else that of
  订单提交时间.
- channel is blank: buyers pay into the account that Douyin keeps for the shop (see douyin_settlement). memo =
  支付方式.

Sources: header and cells as programs of several shops read them. Uncertain: that 订单应付金额 is the sub-order's and
not the cart's when a cart has several (no genuine cart was seen), and words of rare states, which are rejects.
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
    ("待支付|待付款|未支付", WAITING),
    ("待发货|备货中|部分发货|已发货|待收货|已签收|已收货|已完成|交易成功", SETTLED),
)
_ALL_BACK: Final = "退款成功|全额退款|已退款"


class Douyin(Export):
    """抖音订单."""

    name: ClassVar[str] = "douyin"
    title: ClassVar[str] = "抖音订单"
    raw_table: ClassVar[str] = "douyin.order_line"
    book = Book.ORDER
    looks_for: ClassVar[str] = "a header with 主订单编号, 子订单编号, 订单应付金额, 订单提交时间, 订单状态, 售后状态"
    required = ("主订单编号", "子订单编号", "订单应付金额", "订单提交时间", "订单状态", "售后状态")
    optional = ("支付完成时间", "支付方式")
    aliases: ClassVar[dict[str, str]] = {"支付时间": "支付完成时间"}
    foreign = ("记录类型", "record")
    identifiers = ("主订单编号", "子订单编号")

    def canonical(self, frame: pl.DataFrame, settings: Settings) -> Reading:
        """Return ``txns``; rows as the manual above says."""
        del settings  # Douyin prints Beijing time
        typed, rejects = template.typed_rows(
            frame.with_columns(export.noted("支付方式").alias("memo")),
            {
                "order_no": cells.text("主订单编号", required=True),
                "sub_order_no": cells.text("子订单编号", required=True),
                "status": export.state("订单状态", _STATES, "待支付, 待发货, 备货中, 已发货, 已完成, 已关闭"),
                "after_sale": cells.text("售后状态"),
                "owed": cells.amount("订单应付金额"),
                "created_s": export.moment("订单提交时间", times.BEIJING, required=True),
                "paid_s": export.moment("支付完成时间", times.BEIJING),
                "memo": cells.text("memo"),
            },
            (Doubt("订单应付金额", pl.col("owed") < 0, "is negative"),),
        )
        txns, excluded = export.order_rows(_orders(typed))
        return Reading(raw=frame, txns=txns, rejects=rejects, excluded=excluded)


def _orders(typed: pl.DataFrame) -> pl.DataFrame:
    """Typed cells -> the columns that ``export.order_rows`` takes."""
    said = pl.col("after_sale")
    refunded = said.str.contains(_ALL_BACK) & ~said.str.contains("部分")
    paid = refunded | ((pl.col("status") == VOID) & pl.col("paid_s").is_not_null())
    status = pl.when(paid).then(pl.lit(SETTLED)).otherwise("status")
    moment = pl.when(status == SETTLED).then("paid_s")
    blank = pl.lit("")
    return typed.select(
        "line_no",
        blank.alias("channel"),
        blank.alias("shop"),
        "order_no",
        pl.concat_str("order_no", "sub_order_no", separator="/").alias("native_id"),
        pl.col("order_no").alias("merchant_no"),
        blank.alias("channel_txn_no"),
        "memo",
        pl.lit("CNY").alias("currency"),
        status.alias("status"),
        pl.lit(SETTLED).alias("refund_status"),
        pl.col("owed").alias("paid_minor"),
        pl.when(refunded).then("owed").otherwise(0).alias("refunded_minor"),
        moment.alias("occurred_s"),
        times.business_date(pl.coalesce(moment, "created_s")).alias("business_date"),
    )
