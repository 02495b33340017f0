"""京东订单: the order export of a JD shop (POP 商家); one line a SKU, with the order's totals on each of its lines.

Where: 京麦 or shop.jd.com > 订单管理 > 订单查询与跟踪 > 导出: GB18030 CSV or workbook, 30 columns and more.

    订单号,商品ID,商品名称, ... 支付方式,下单时间,京东价,订单金额,结算金额,余额支付,应付金额,订单状态, ...
    200000000001,1000001,示例杯子, ... 在线支付,2026-02-03 10:00:00,60.00,120.00,110.00,0.00,110.00,等待出库, ...
    200000000001,1000002,示例盘子, ... 在线支付,2026-02-03 10:00:00,30.00,120.00,110.00,0.00,110.00,等待出库, ...

What comes out: one order row an order, from its first line. The further lines repeat the same totals and are
excluded; a line that disagrees with the first about amount, state or time is a reject, because then the totals are
not what this manual takes them for.

- amount = 应付金额 + 余额支付: what the customer owed after all discounts, and what of it came from his balance at
  JD.
- 等待付款 is pending. A state with (删除) or 已取消 is closed, also when it was paid: JD deletes an order when it
  splits it, and the parts then carry the money under numbers of their own. 货到付款 is pending until 完成. The other
  states (等待出库, 等待确认收货, 完成, locked or not) are success.
- occurred_s = 付款确认时间 of orders that are paid (Beijing time), business_date its day; for others that of
  下单时间.
- channel is blank: customers pay JD, and JD pays the shop. memo = 支付方式. The export tells of no refund.

Names, addresses and phones stay in raw.

Sources: header and one line as programs of four shops read them. Uncertain: that totals repeat on every line (a line
that differs is a reject), the words of rare states (rejects), and 余额支付 (0.00 in the only line seen).
"""

from __future__ import annotations

from typing import ClassVar, Final

import polars as pl

from recon import times
from recon.model import REJECT, Book
from recon.sources import cells, export, template
from recon.sources.export import SETTLED, VOID, WAITING, Export
from recon.sources.source import Reading, Settings
from recon.sources.template import Doubt

_STATES: Final = (
    ("删除|取消", VOID),
    ("等待付款|等待支付|未付款", WAITING),
    ("完成", SETTLED),
    ("等待出库|等待发货|已出库|等待确认收货|等待收货", "sent"),
)
_REPEATED: Final = "a further item line: the order's totals stand on its first line"
_DIFFERS: Final = "is not what the order's first line says; the lines of an order repeat its totals"
_TOTALS: Final = ("paid_minor", "status", "created_s", "paid_s")


class Jd(Export):
    """京东订单."""

    name: ClassVar[str] = "jd"
    title: ClassVar[str] = "京东订单"
    raw_table: ClassVar[str] = "jd.order_line"
    book = Book.ORDER
    looks_for: ClassVar[str] = (
        "a header with 订单号, 商品ID, 京东价, 结算金额, 余额支付, 应付金额, 订单状态, 付款确认时间"
    )
    required = ("订单号", "商品ID", "支付方式", "下单时间", "余额支付", "应付金额", "订单状态", "付款确认时间")
    foreign = ("记录类型", "record")
    identifiers = ("订单号",)

    def canonical(self, frame: pl.DataFrame, settings: Settings) -> Reading:
        """Return ``txns``; rows as the manual above says."""
        del settings  # JD prints Beijing time
        typed, rejects = template.typed_rows(
            frame.with_columns(export.noted("支付方式").alias("memo")),
            {
                "order_no": cells.text("订单号", required=True),
                "way": cells.text("支付方式"),
                "status": export.state(
                    "订单状态", _STATES, "等待付款, 等待出库, 等待确认收货, 完成, (删除) ..., 已取消"
                ),
                "owed": cells.amount("应付金额"),
                "from_balance": cells.amount("余额支付", required=False),
                "created_s": export.moment("下单时间", times.BEIJING, required=True),
                "paid_s": export.moment("付款确认时间", times.BEIJING),
                "memo": cells.text("memo"),
            },
            (
                Doubt("应付金额", pl.col("owed") < 0, "is negative"),
                Doubt("余额支付", pl.col("from_balance") < 0, "is negative"),
            ),
        )
        lines = typed.with_columns(
            (pl.col("owed") + pl.col("from_balance").fill_null(0)).alias("paid_minor"), _status().alias("status")
        )
        orders, repeated, differing = _once(lines)
        txns, excluded = export.order_rows(_orders(orders))
        return Reading(
            raw=frame,
            txns=txns,
            rejects=pl.concat([rejects, _rejected(frame, differing)]),
            excluded=pl.concat([excluded, repeated]).sort("line_no"),
        )


def _status() -> pl.Expr:
    on_delivery = pl.col("way").str.contains("货到付款")
    sent = pl.when(on_delivery).then(pl.lit(WAITING)).otherwise(pl.lit(SETTLED))
    return pl.when(pl.col("status") == "sent").then(sent).otherwise("status")


def _once(lines: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]:
    """Split the lines into the first of each order, those that repeat it (excluded), and those that contradict it."""
    first = pl.col("line_no") == pl.col("line_no").min().over("order_no")
    same = pl.all_horizontal(pl.col(name).eq_missing(pl.col(name).first().over("order_no")) for name in _TOTALS)
    marked = lines.sort("line_no").with_columns(first.alias("first"), same.alias("same"))
    repeated = marked.filter(~pl.col("first") & pl.col("same"))
    return (
        marked.filter("first"),
        repeated.select("line_no", pl.lit(_REPEATED).alias("reason")),
        marked.filter(~pl.col("first") & ~pl.col("same")).select("line_no"),
    )


def _rejected(frame: pl.DataFrame, differing: pl.DataFrame) -> pl.DataFrame:
    found = frame.join(differing, on="line_no", how="semi").select(
        "line_no",
        pl.lit("应付金额").alias("column"),
        pl.col("应付金额").alias("value"),
        pl.lit(_DIFFERS).alias("reason"),
    )
    return found.cast({name: kind() for name, kind in REJECT.items()})


def _orders(lines: pl.DataFrame) -> pl.DataFrame:
    """First lines -> the columns that ``export.order_rows`` takes."""
    moment = pl.when(pl.col("status") == SETTLED).then("paid_s")
    blank = pl.lit("")
    return lines.select(
        "line_no",
        blank.alias("channel"),
        blank.alias("shop"),
        "order_no",
        pl.col("order_no").alias("native_id"),
        pl.col("order_no").alias("merchant_no"),
        blank.alias("channel_txn_no"),
        "memo",
        pl.lit("CNY").alias("currency"),
        "status",
        pl.lit(SETTLED).alias("refund_status"),
        "paid_minor",
        pl.lit(0, dtype=pl.Int64).alias("refunded_minor"),
        moment.alias("occurred_s"),
        times.business_date(pl.coalesce(moment, "created_s")).alias("business_date"),
    )
