"""支付宝账务汇总: the sums that come in the same zip as Alipay's account bill; checked and kept, no transactions.

Where: beside ``_账务明细.csv`` (see alipay_account) as ``{PID}0156_{date}_账务汇总.csv``, in older downloads as
``_账务明细(汇总).csv``, of a month also ``_账务明细(汇总)_1.csv``; in GBK. One row per kind of movement, and 合计:

    #支付宝账务汇总查询
    #账号：[20880312345678900156]
    #起始日期：[2026年02月03日 00:00:00]   终止日期：[2026年02月04日 00:00:00]
    #-----------------------------------------账务汇总列表----------------------------------------
    类型,收入笔数,收入金额（+元）,支出笔数,支出金额（-元）,总金额（元）
    在线支付,1,99.00,0,0.00,99.00
    收费,0,0.00,1,-0.59,-0.59
    合计,1,99.00,1,-0.59,98.41
    #----------------------------------------账务汇总列表结束-------------------------------------

What comes out: nothing canonical. The rows repeat the money of the account bill, so every row is excluded with that
reason; they are in ``raw_alipay.account_summary``.

Controls: every figure of 合计 against the rows above it (where there are any), and the line 列表结束: these refuse the
file. That 总金额 of a row is its 收入 less its 支出 is checked, too, but no genuine file says so: it is noted only.

Totals: counts and sums of both sides in 合计 are compared with the rows of the account bill of the same days, once both
are loaded, whichever comes first. Rows that moved nothing are of neither side.

Source: two independent programs that read this file; no genuine file was seen.
"""

from __future__ import annotations

from typing import ClassVar, Final, Literal

import polars as pl

from recon import money
from recon.sources import alipay_page, cells
from recon.sources.alipay_summary import TOTAL, AlipaySummary, Span
from recon.sources.source import Control, Measure, Total
from recon.sources.table import Table

KIND: Final = "类型"
COUNT_IN: Final = "收入笔数"
COUNT_OUT: Final = "支出笔数"
IN: Final = "收入金额(+元)"
OUT: Final = "支出金额(-元)"
NET: Final = "总金额(元)"
FIGURES: Final[tuple[tuple[str, Measure, Literal["in", "out"], int], ...]] = (
    (COUNT_IN, "rows", "in", 1),
    (IN, "amount_minor", "in", 1),
    (COUNT_OUT, "rows", "out", 1),
    (OUT, "amount_minor", "out", -1),
)


class AlipayAccountSummary(AlipaySummary):
    """支付宝账务汇总."""

    name: ClassVar[str] = "alipay_account_summary"
    title: ClassVar[str] = "支付宝账务汇总"
    raw_table: ClassVar[str] = "alipay.account_summary"
    looks_for: ClassVar[str] = "a header with 类型, 收入笔数, 收入金额（+元）, 支出笔数, 支出金额（-元）"
    editions = ((KIND, COUNT_IN, IN, COUNT_OUT, OUT),)
    family = "账务"
    reason = "a sum of the account bill (支付宝账务明细), which has the movements themselves"

    def controls(self, table: Table) -> list[Control]:
        """Return 合计 against the rows above it, and 总金额 of each row against its two sides."""
        return [*_sums(table), *_nets(table)]

    def claims(self, table: Table, span: Span) -> list[Total]:
        """Return counts and sums of both sides."""
        row = _figures(table.frame).filter(pl.col(KIND) == TOTAL)
        if row.height != 1:
            return []
        printed = row.row(0, named=True)
        return [
            Total(
                name=f"{TOTAL} {name}", source="alipay_account", account=span.account, first=span.first,
                last=span.last, measure=measure, direction=direction, printed=sign * printed[name],
            )
            for name, measure, direction, sign in FIGURES
        ]  # fmt: skip


def _figures(frame: pl.DataFrame) -> pl.DataFrame:
    """Kind, counts and amounts (minor units; 支出 positive, blank is 0) of the rows."""
    counts = [money.minor_units(pl.col(name), 0).fill_null(0).alias(name) for name in (COUNT_IN, COUNT_OUT)]
    amounts = [money.minor_units(pl.col(name)).abs().fill_null(0).alias(name) for name in (IN, OUT)]
    return frame.select(cells.printed(KIND).alias(KIND), *counts, *amounts)


def _sums(table: Table) -> list[Control]:
    """Figures of the row 合计 against the sums of the rows above; none where there is only the one or the other."""
    rows = _figures(table.frame)
    total, kinds = rows.filter(pl.col(KIND) == TOTAL), rows.filter(pl.col(KIND) != TOTAL)
    if total.height != 1 or not kinds.height:
        return []
    controls = []
    for name in (COUNT_IN, IN, COUNT_OUT, OUT):
        printed, computed = (int(part[name].sum()) for part in (total, kinds))
        told, found = (
            (str(printed), str(computed)) if name.endswith("笔数") else map(alipay_page.shown, (printed, computed))
        )
        controls.append(Control(f"{TOTAL} {name}", told, found))
    return controls


def _nets(table: Table) -> list[Control]:
    """总金额 of each row against its two sides."""
    if not table.has(NET):
        return []
    rows = _figures(table.frame).with_columns(table.frame.select(money.minor_units(pl.col(NET)).alias("net")))
    return [
        Control(
            f"{row[KIND]} {NET}", alipay_page.shown(row["net"]), alipay_page.shown(row[IN] - row[OUT]), binding=False
        )
        for row in rows.drop_nulls("net").iter_rows(named=True)
    ]
