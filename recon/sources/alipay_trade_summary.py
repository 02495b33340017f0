"""支付宝业务明细(汇总): the sums that come in the same zip as Alipay's trade bill; checked and kept, no transactions.

Where: beside ``_业务明细.csv`` (see alipay_trade) as ``{PID}0156_{date}_业务明细(汇总).csv``, in GBK. One row per 门店
and the row 合计:

    #支付宝业务汇总查询
    #账号：[20880312345678900156]
    #起始日期：[2026年02月03日 00:00:00]   终止日期：[2026年02月04日 00:00:00]
    #-----------------------------------------业务汇总列表----------------------------------------
    门店编号,门店名称,交易订单总笔数,退款订单总笔数,订单金额（元）,商家实收（元）,…,服务费（元）,分润（元）,实收净额（元）
    合计,,1,0,99.00,99.00,…,-0.59,0.00,98.41
    #----------------------------------------业务汇总列表结束-------------------------------------

What comes out: nothing canonical. The rows repeat the money of the trade bill, so every row is excluded with that
reason; they are in ``raw_alipay.trade_summary`` for who wants to compare 实收净额 (it is printed nowhere else).

Controls: every figure of 合计 against the rows above it (where there are any), and the line 列表结束. The counts of
合计 are also compared with the rows of the trade bill once that is loaded, and so are 订单金额, 服务费 and 实收净额;
where there are refunds these three are noted only, because no genuine file shows whether they count them.

Source: two independent programs that read this file; no genuine file was seen.
"""

from __future__ import annotations

from typing import ClassVar, Final

import polars as pl

from recon import money
from recon.model import Kind
from recon.sources import cells
from recon.sources.alipay_summary import TOTAL, AlipaySummary, Span
from recon.sources.source import Control, Measure, Total
from recon.sources.table import Table

REFUNDS: Final = "退款订单总笔数"
FIGURES: Final[tuple[tuple[str, Measure, tuple[str, ...]], ...]] = (
    ("交易订单总笔数", "rows", (Kind.PAYMENT,)),
    (REFUNDS, "rows", (Kind.REFUND,)),
    ("订单金额(元)", "amount_minor", ()),
    ("服务费(元)", "fee_minor", ()),
    ("实收净额(元)", "net_minor", ()),
)
"""Figures that the trade bill's rows must add up to: name, measure, kinds."""


class AlipayTradeSummary(AlipaySummary):
    """支付宝业务明细(汇总)."""

    name: ClassVar[str] = "alipay_trade_summary"
    title: ClassVar[str] = "支付宝业务明细(汇总)"
    raw_table: ClassVar[str] = "alipay.trade_summary"
    looks_for: ClassVar[str] = "a header with 门店编号, 交易订单总笔数, 退款订单总笔数, 订单金额（元）, 商家实收（元）"
    editions = (("门店编号", "交易订单总笔数", REFUNDS, "订单金额(元)", "商家实收(元)"),)
    family = "业务"
    reason = "a sum of the trade bill (支付宝业务明细), which has the transactions themselves"

    def controls(self, table: Table) -> list[Control]:
        """Return 合计 against the sums of the shops' rows."""
        return _sums(table)

    def claims(self, table: Table, span: Span) -> list[Total]:
        """Return the figures that the trade bill's rows must add up to."""
        row = table.frame.filter(cells.printed(table.header[0]) == TOTAL)
        if row.height != 1:
            return []

        def figure(name: str, places: int) -> int | None:
            read: int | None = row.select(money.minor_units(pl.col(name), places)).item() if table.has(name) else None
            return read

        refunds = figure(REFUNDS, 0)
        return [
            Total(
                name=f"{TOTAL} {name}", source="alipay_trade", account=span.account, first=span.first, last=span.last,
                measure=measure, kinds=kinds, printed=printed,
                # Whether the sums count refunds is said by no document and seen in no genuine file.
                binding=measure == "rows" or refunds == 0,
            )
            for name, measure, kinds in FIGURES
            if (printed := figure(name, 0 if measure == "rows" else 2)) is not None
        ]  # fmt: skip


def _sums(table: Table) -> list[Control]:
    """Figures of the row 合计 against the sums of the shops' rows; none where there is only the one or the other."""
    is_total = cells.printed(table.header[0]) == TOTAL
    totals, shops = table.frame.filter(is_total), table.frame.filter(~is_total)
    if totals.height != 1 or not shops.height:
        return []
    controls: list[Control] = []
    for name in table.header:
        places = 0 if name.endswith("笔数") else 2 if name.endswith("(元)") else None
        if places is None:
            continue
        figure = money.minor_units(pl.col(name), places)
        printed, computed = (rows.select(figure.sum()).item() for rows in (totals, shops))
        told, found = (str(n) if places == 0 else money.show(n, "CNY") for n in (printed, computed))
        controls.append(Control(f"{TOTAL} {name}", told, found))
    return controls
