"""银联商户交易明细: the list of transactions that a person exports from UnionPay's portal for merchants.

Where: merchant.unionpay.com > 交易管理 > 交易查询 > 导出, as CSV (GB18030) or as Excel. The header is the first line:

    商户代码,交易类型, …,交易时间, …,银联系统日期, …,订单号,交易金额（元）, …,交易状态, …,查询流水号,原查询流水号, …
    898310048990001,消费, …,2026-02-03 21:59:16, …,20260203, …,UP20260203215916001,"25,000.00", …,交易成功, …

What comes out: the successful transactions, as the ZM of the same days tells them (see unionpay_zm), but without fees
and settled amounts. Where both are there, the row of the ZM is the transaction and this one confirms it.

- 交易类型 says the kind (recon/sources/unionpay_words.py): 消费 is a payment; 消费撤销 and 退货 are refunds; 预授权
  moves no money and is excluded; another word is a reject. The amount of a refund is negative, whether it is printed
  with a sign or without; a payment of a negative amount is a reject.
- A row whose 交易状态 is not 交易成功 is excluded with that state; so is a line that has neither a state nor a number.
- channel_txn_no = 查询流水号. A refund has an 订单号 of its own, which is its refund_no; the payment is named by
  原查询流水号.
- The settlement day is told by 交易时间 and the cutoff of the settings. 银联系统日期 is not used: whether it turns at
  23:00 or at midnight is not known.

A workbook in which 查询流水号 (21 digits) has become a number is refused.

Source: one program that reads this export, by the places of nine of its columns; the others are not known, nor which
words besides 消费 and 消费撤销 are printed.
"""

from __future__ import annotations

from typing import ClassVar, Final

import polars as pl

from recon import times
from recon.model import Book, Channel, Kind, Status
from recon.sources import cells, export, unionpay_records
from recon.sources.export import Export
from recon.sources.source import Reading, Settings
from recon.sources.template import Doubt, set_aside, typed_rows
from recon.sources.unionpay_words import KINDS, NONE

_DONE: Final = "交易成功"
_NOTE: Final = "a total or a note of the file, no transaction"
_MOMENTS: Final = (*export.MOMENTS, "%Y%m%d%H%M%S", "%Y%m%d %H:%M:%S")


class UnionpayPortal(Export):
    """银联商户交易明细."""

    name: ClassVar[str] = "unionpay_portal"
    title: ClassVar[str] = "银联商户交易明细"
    raw_table: ClassVar[str] = "unionpay.portal"
    book = Book.CHANNEL
    looks_for: ClassVar[str] = (
        "a header with 商户代码, 交易类型, 银联系统日期, 订单号, 交易金额（元）, 交易状态, 查询流水号"
    )
    required = ("商户代码", "交易类型", "交易时间", "银联系统日期", "订单号", "交易金额(元)", "交易状态", "查询流水号")
    optional = ("原查询流水号",)
    identifiers = ("商户代码", "订单号", "查询流水号", "原查询流水号")
    confirms: ClassVar[tuple[str, ...]] = ("unionpay_zm",)

    def canonical(self, frame: pl.DataFrame, settings: Settings) -> Reading:
        """Read every row."""
        state, number = cells.printed("交易状态"), cells.printed("查询流水号")
        note = (state == "") & (number == "")
        undone = ~state.is_in(["", _DONE])
        reason = pl.when(note).then(pl.lit(_NOTE)).otherwise(pl.lit("no money moved: ") + state)
        typed, rejects = typed_rows(
            frame.filter(~note & ~undone),
            {
                "state": cells.text("交易状态", required=True),
                "account": cells.text("商户代码", required=True),
                "kind": cells.word("交易类型", KINDS),
                "occurred_s": cells.Cell(
                    "交易时间",
                    times.epoch_s(cells.printed("交易时间"), _MOMENTS, times.BEIJING),
                    "is not a time of the expected form",
                    required=True,
                ),
                "printed_minor": cells.amount("交易金额(元)"),
                "order_id": cells.text("订单号"),
                "query_id": cells.text("查询流水号", required=True),
                "origin_query_id": cells.text("原查询流水号"),
            },
            (
                Doubt(
                    "交易金额(元)",
                    (pl.col("kind") == Kind.PAYMENT) & (pl.col("printed_minor") < 0),
                    "is negative, but 交易类型 says that the customer pays",
                ),
            ),
        )
        moved, still = set_aside(typed, pl.col("kind") == NONE, "moves no money: 交易类型 is about an authorisation")
        accounts = typed["account"].unique()
        return Reading(
            raw=frame,
            account=accounts.item() if accounts.len() == 1 else "",
            txns=_txns(moved, settings.unionpay_cutoff),
            rejects=rejects,
            excluded=pl.concat([frame.filter(note | undone).select("line_no", reason.alias("reason")), still]).sort(
                "line_no"
            ),
        )


def _txns(rows: pl.DataFrame, cutoff: str) -> pl.DataFrame:
    refund = pl.col("kind") == Kind.REFUND
    day = times.business_date(pl.col("occurred_s"), cutoff=cutoff)
    blank = pl.lit("")
    return rows.select(
        "line_no",
        pl.lit(Book.CHANNEL.value).alias("book"),
        pl.lit(Channel.UNIONPAY.value).alias("channel"),
        "account",
        "kind",
        pl.lit(Status.SUCCESS.value).alias("status"),
        pl.col("query_id").alias("native_id"),
        pl.lit("CNY").alias("currency"),
        pl.when(refund).then(-pl.col("printed_minor").abs()).otherwise("printed_minor").alias("amount_minor"),
        "occurred_s",
        day.alias("business_date"),
        pl.when(refund).then(blank).otherwise("order_id").alias("merchant_no"),
        pl.col("query_id").alias("channel_txn_no"),
        pl.when(refund).then("origin_query_id").otherwise(blank).alias("related_no"),
        pl.when(refund).then("order_id").otherwise(blank).alias("refund_no"),
        unionpay_records.batch(pl.col("account"), day).alias("batch_no"),
    )
