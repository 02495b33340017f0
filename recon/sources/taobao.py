"""淘宝/天猫订单: the order export of a Taobao or Tmall shop, of any year; one line an order.

Where: 千牛 > 交易 > 已卖出的宝贝 > 批量导出 > 订单报表 (卖家中心 in older years):
``ExportOrderList202602031030.csv``, today also ``.xlsx``. The CSV is GB18030 with CRLF and all cells quoted; some
header cells end in a blank. It grew from 46 columns (2017) over 56 (2018: 支付单号, 支付详情, 打款商家金额) to 61,
and in the workbook the seller chooses them. Names that changed are read under either: 买家实际支付金额 or
买家实付金额, 订单创建时间 or 买家下单时间, 订单付款时间 or 买家付款时间.

    "订单编号","买家会员名", ... "支付单号", ... "总金额", ... "买家实际支付金额", ... "订单状态", ... "退款金额", ...
    ="3515310000000000001","示例买家", ... "2026020322001100000000000001", ... "201.12", ... "201.12", ... "0.00", ...

订单编号, 订单状态, 总金额, 买家实际支付金额, 退款金额 and one of the two times must be among the columns chosen.

What comes out: one order row a payment, and one a refund.

- 买家实际支付金额 *shrinks by what was refunded*, down to 0.00. So the payment is 买家实际支付金额 + 退款金额, unless
  that is more than 总金额: then the amount is as it was paid. A refund of more than the payment is a reject.
- 等待买家付款 is a pending payment of 总金额, 交易关闭 without any payment a closed one. Every other state, and
  交易关闭 of an order that was paid, is a payment that succeeded. A closed order that was paid shows its refund in
  退款金额; where it shows none, none is invented.
- A refund of 退款金额 that 买家实际支付金额 shows as gone, or of an order that is 交易关闭 or 交易成功, is success,
  else pending. Refunds have no number and no time in this export: several refunds of an order are one row of their
  sum, on the day of the payment.
- merchant_no = 订单编号, channel_txn_no = 支付单号 (the Alipay number). Alipay's bills print the order number with a
  prefix, ``T200P`` + 订单编号; the sure match is by 支付单号, which the exports of 2017 do not have.
- channel: 支付详情 names it; else a 支付单号 in Alipay's form or a 买家支付宝账号 means alipay; else it is blank.
- occurred_s = 订单付款时间 in Beijing time; business_date is its day, for unpaid orders that of 订单创建时间.
- memo = 主订单编号. The state is not in it: a parcel that moves on does not restate a payment.

Names, addresses and phones of buyers stay in raw.

Sources: genuine headers and lines of 2017 and 2018; that 买家实际支付金额 is net of refunds was seen in every
refunded order of a public month of 2020. Uncertain: that it is so in each year's export (the rule above bears both),
and states beyond those of an ordinary sale (货到付款, 定金), which are rejects.
"""

from __future__ import annotations

from typing import ClassVar, Final

import polars as pl

from recon import times
from recon.model import Book, Channel
from recon.sources import cells, export, template
from recon.sources.export import SETTLED, VOID, WAITING, Export
from recon.sources.source import Reading, Settings
from recon.sources.template import Doubt

_OPEN, _PAID, _DONE, _CLOSED = "open", "paid", "done", "closed"
_STATES: Final = (
    ("^等待买家付款", _OPEN),
    ("^(买家已付款|卖家已发货|卖家部分发货)", _PAID),
    ("^交易成功", _DONE),
    ("^交易(被淘宝)?关闭", _CLOSED),
)
_ALIPAY_NO: Final = r"^20\d{26}$"


class Taobao(Export):
    """淘宝/天猫订单 of any year."""

    name: ClassVar[str] = "taobao"
    title: ClassVar[str] = "淘宝/天猫订单报表"
    raw_table: ClassVar[str] = "taobao.order_line"
    book = Book.ORDER
    looks_for: ClassVar[str] = (
        "a header with 订单编号, 订单状态, 总金额, 买家实际支付金额 or 买家实付金额, 退款金额, and a time"
    )
    required = ("订单编号", "订单状态", "总金额", "买家实际支付金额", "退款金额")
    either = ("订单付款时间", "订单创建时间")
    optional = ("支付单号", "支付详情", "买家支付宝账号", "店铺名称", "主订单编号")
    aliases: ClassVar[dict[str, str]] = {
        "买家实付金额": "买家实际支付金额",
        "买家下单时间": "订单创建时间",
        "买家付款时间": "订单付款时间",
    }
    foreign = ("子订单编号", "记录类型", "record")
    identifiers = ("订单编号", "支付单号", "主订单编号")

    def canonical(self, frame: pl.DataFrame, settings: Settings) -> Reading:
        """Return ``txns``; rows as the manual above says."""
        del settings  # Taobao prints Beijing time, wherever the workspace is
        typed, rejects = template.typed_rows(
            frame.with_columns(export.noted("主订单编号").alias("memo")),
            {
                "order_no": cells.text("订单编号", required=True),
                "state": export.state("订单状态", _STATES, "等待买家付款, 买家已付款, 卖家已发货, 交易成功, 交易关闭"),
                "due": cells.amount("总金额"),
                "kept": cells.amount("买家实际支付金额"),
                "refunded_minor": cells.amount("退款金额", required=False),
                "created_s": export.moment("订单创建时间", times.BEIJING),
                "paid_s": export.moment("订单付款时间", times.BEIJING),
                "channel_txn_no": cells.text("支付单号"),
                "detail": cells.text("支付详情"),
                "buyer": cells.text("买家支付宝账号"),
                "shop": cells.text("店铺名称"),
                "memo": cells.text("memo"),
            },
            (
                Doubt("总金额", pl.col("due") < 0, "is negative"),
                Doubt("买家实际支付金额", pl.col("kept") < 0, "is negative"),
                Doubt("退款金额", pl.col("refunded_minor") < 0, "is negative; it is what the buyer got back"),
                Doubt("退款金额", pl.col("refunded_minor") > _paid(), "is more than the buyer paid"),
                Doubt(
                    "订单付款时间",
                    pl.col("paid_s").is_null() & pl.col("created_s").is_null(),
                    "is blank, and 订单创建时间 is blank too",
                ),
            ),
        )
        orders = _orders(typed)
        txns, excluded = export.order_rows(orders)
        return Reading(raw=frame, account=export.shop_of(orders), txns=txns, rejects=rejects, excluded=excluded)


def _paid() -> pl.Expr:
    """What the buyer paid: printed net of refunds, unless the two together are more than the order cost."""
    refunded = pl.col("refunded_minor").fill_null(0)
    whole = pl.col("kept") + refunded
    return pl.when(whole <= pl.col("due")).then(whole).otherwise(pl.col("kept"))


def _orders(typed: pl.DataFrame) -> pl.DataFrame:
    """Typed cells -> the columns that ``export.order_rows`` takes."""
    refunded = pl.col("refunded_minor").fill_null(0)
    unpaid = (pl.col("state") == _OPEN) | ((pl.col("state") == _CLOSED) & (_paid() == 0))
    status = (
        pl.when(pl.col("state") == _OPEN)
        .then(pl.lit(WAITING))
        .when(unpaid)
        .then(pl.lit(VOID))
        .otherwise(pl.lit(SETTLED))
    )
    gone = (pl.col("kept") + refunded == pl.col("due")) | pl.col("state").is_in([_DONE, _CLOSED])
    moment = pl.when(~unpaid).then("paid_s")
    return typed.select(
        "line_no",
        _channel().alias("channel"),
        "shop",
        "order_no",
        pl.col("order_no").alias("native_id"),
        pl.col("order_no").alias("merchant_no"),
        "channel_txn_no",
        "memo",
        pl.lit("CNY").alias("currency"),
        status.alias("status"),
        pl.when(gone).then(pl.lit(SETTLED)).otherwise(pl.lit(WAITING)).alias("refund_status"),
        pl.when(unpaid & (_paid() == 0)).then("due").otherwise(_paid()).alias("paid_minor"),
        refunded.alias("refunded_minor"),
        moment.alias("occurred_s"),
        times.business_date(pl.coalesce(moment, "created_s", "paid_s")).alias("business_date"),
    )


def _channel() -> pl.Expr:
    return (
        pl.when(pl.col("detail").str.contains("微信"))
        .then(pl.lit(Channel.WECHAT.value))
        .when(
            pl.col("detail").str.contains("支付宝")
            | pl.col("channel_txn_no").str.contains(_ALIPAY_NO)
            | (pl.col("buyer") != "")
        )
        .then(pl.lit(Channel.ALIPAY.value))
        .otherwise(pl.lit(""))
    )
