"""抖音账单: the two settlement exports of a Douyin shop (抖店): 动账明细 (douyin_flow) and 结算单 (douyin_settlement).

Where: fxg.jinritemai.com > 资金 > 对账中心: 动账明细 is one line a movement of the shop's account at Douyin, 结算单
one line a settled sub-order. CSV or workbook; long numbers start with ``'``; 动帐 and 动账 are spelled as they come.

    动账时间,动帐流水号,动账方向,动账金额,动账账户,动账场景,计费类型,子订单号,订单号, ... 备注
    2026-02-10 06:27:38,'2026021006270000000001,入账,55.10,聚合账户,货款结算入账,,'6910000000000000011, ...

    结算时间,订单号,子订单号,结算金额,结算账户,结算单类型,有结算前退款,下单时间,收入合计,支出合计,平台服务费, ...
     , , ,收入+支出, , , , , ...                                                     (a line that explains the columns)
    2026-02-10 06:27:38,'6910000000000000001,'6910000000000000011,55.10,聚合账户,已结算,否, ... 58.00,-2.90, ...

What comes out: nothing but raw rows, each of them excluded with the reason. The shop's account at Douyin is none of
the channels that this program reconciles, its fees and payouts follow no contract here, and the two exports tell the
same money twice. The rows are read all the same: a bad amount, time or direction is a reject, and the file's own
figures are checked.

- 动账金额 may be printed with a sign or without; 动账方向 (入账, 出账) is the direction. 入账 of a negative amount is
  a reject: the two contradict each other.
- Control of 结算单: 结算金额 adds up to 收入合计 + 支出合计.

Sources: headers and words as programs of several shops read them; one genuine line of 动账明细. Uncertain: what the
scenes (动账场景) mean for the books, which is why none becomes a payment, refund or fee.
"""

from __future__ import annotations

from typing import ClassVar, Final

import polars as pl

from recon import money, times
from recon.model import Book
from recon.sources import cells, export, template
from recon.sources.export import Export
from recon.sources.source import Control, Reading, Settings
from recon.sources.template import Doubt

REASON: Final = "money in the shop's account at Douyin, which is none of the channels reconciled here"
EXPLAINS: Final = "the line that explains the columns"
_DIRECTIONS: Final = {"入账": "in", "出账": "out"}


class DouyinFlow(Export):
    """抖音动账明细."""

    name: ClassVar[str] = "douyin_flow"
    title: ClassVar[str] = "抖音动账明细"
    raw_table: ClassVar[str] = "douyin.flow"
    book = Book.ORDER
    looks_for: ClassVar[str] = "a header with 动账时间, 动帐流水号, 动账方向, 动账金额, 动账场景"
    required = ("动账时间", "动账流水号", "动账方向", "动账金额", "动账场景")
    aliases: ClassVar[dict[str, str]] = {
        name.replace("动账", "动帐"): name
        for name in ("动账时间", "动账流水号", "动账方向", "动账金额", "动账账户", "动账场景")
    }
    identifiers = ("动账流水号",)

    def canonical(self, frame: pl.DataFrame, settings: Settings) -> Reading:
        """Check every line and exclude it."""
        del settings  # Douyin prints Beijing time
        typed, rejects = template.typed_rows(
            frame,
            {
                "number": cells.text("动账流水号", required=True),
                "at_s": export.moment("动账时间", times.BEIJING, required=True),
                "direction": cells.word("动账方向", _DIRECTIONS),
                "moved": cells.amount("动账金额"),
            },
            (
                Doubt(
                    "动账金额",
                    (pl.col("direction") == "in") & (pl.col("moved") < 0),
                    "is negative, but 动账方向 is 入账",
                ),
            ),
        )
        return Reading(raw=frame, rejects=rejects, excluded=_excluded(typed))


class DouyinSettlement(Export):
    """抖音结算单."""

    name: ClassVar[str] = "douyin_settlement"
    title: ClassVar[str] = "抖音结算单"
    raw_table: ClassVar[str] = "douyin.settlement"
    book = Book.ORDER
    looks_for: ClassVar[str] = "a header with 结算时间, 子订单号, 结算金额, 结算单类型, 收入合计, 支出合计"
    required = ("结算时间", "子订单号", "结算金额", "结算单类型", "收入合计", "支出合计")
    identifiers = ("子订单号",)

    def canonical(self, frame: pl.DataFrame, settings: Settings) -> Reading:
        """Check every line and exclude it."""
        del settings
        explains = (cells.printed("结算时间") == "") & (cells.printed("子订单号") == "")
        lines = frame.filter(~explains)
        typed, rejects = cells.read_cells(
            lines,
            {
                "at_s": export.moment("结算时间", times.BEIJING, required=True),
                "settled": cells.amount("结算金额"),
                "income": cells.amount("收入合计"),
                "expense": cells.amount("支出合计"),
            },
        )
        explained = frame.filter(explains).select("line_no", pl.lit(EXPLAINS).alias("reason"))
        return Reading(
            raw=frame,
            rejects=rejects,
            excluded=pl.concat([_excluded(typed), explained]).sort("line_no"),
            controls=_sums(typed),
        )


def _excluded(typed: pl.DataFrame) -> pl.DataFrame:
    return typed.select("line_no", pl.lit(REASON).alias("reason"))


def _sums(typed: pl.DataFrame) -> tuple[Control, ...]:
    """结算金额 of all lines against 收入合计 + 支出合计."""
    settled, parts = typed.select(pl.col("settled").sum(), (pl.col("income") + pl.col("expense")).sum()).row(0)
    return (Control("结算金额 = 收入合计 + 支出合计", money.show(settled, "CNY"), money.show(parts, "CNY")),)
