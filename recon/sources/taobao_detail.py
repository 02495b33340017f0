"""淘宝/天猫宝贝报表: the item lines of a Taobao or Tmall shop's orders (ExportOrderDetailList).

Where: 千牛 > 交易 > 已卖出的宝贝 > 批量导出 > 宝贝报表, GB18030 CSV or workbook, beside the order export of the same
days.

    "订单编号","标题","价格","购买数量","外部系统编号","商品属性","套餐信息","备注","订单状态","商家编码"
    "3515310000000000001","示例杯子","100.56","2","","颜色:白","","","交易成功","CUP-W",
    (later)  子订单编号, 主订单编号, 商品标题, 商品价格, 购买数量, ..., 买家实付金额, 退款状态, 退款金额, ...

The rows of the old layout have one cell more than its header, an empty one.

What comes out: nothing. What the buyer paid and got back stands in the order export, once an order and with the
payment's number; the item lines divide the same money again, so each is excluded. They are kept in raw.

Sources: a genuine header of 2017; column names of later years as programs read them.
"""

from __future__ import annotations

from typing import ClassVar, Final

import polars as pl

from recon.model import Book
from recon.sources.export import Export
from recon.sources.source import Reading, Settings

REASON: Final = "an item line: the money of the order stands in the order export (订单报表)"


class TaobaoDetail(Export):
    """宝贝报表, old and new."""

    name: ClassVar[str] = "taobao_detail"
    title: ClassVar[str] = "淘宝/天猫宝贝报表"
    raw_table: ClassVar[str] = "taobao.item_line"
    book = Book.ORDER
    looks_for: ClassVar[str] = (
        "a header with 订单编号, 标题, 价格, 购买数量, 订单状态, or 子订单编号, 主订单编号, 购买数量"
    )
    required = ("订单编号", "标题", "价格", "购买数量", "订单状态")
    aliases: ClassVar[dict[str, str]] = {
        "主订单编号": "订单编号",
        "商品标题": "标题",
        "宝贝标题": "标题",
        "商品价格": "价格",
    }
    foreign = ("记录类型", "record")
    identifiers = ("订单编号", "子订单编号")

    def canonical(self, frame: pl.DataFrame, settings: Settings) -> Reading:
        """Exclude every line."""
        del settings
        return Reading(raw=frame, excluded=frame.select("line_no", pl.lit(REASON).alias("reason")))
