r"""支付宝业务明细: Alipay's trade bill, every payment and refund acquired through the API of one merchant account.

Where: open.alipay.com or b.alipay.com > 对账中心 > 下载账单 > 业务账单 (bill_type ``trade``), a day or a month, from
about 10:00 of the next day. It comes as a zip; the member is ``{PID}0156_{date}_业务明细.csv``, in GBK. Beside it lies
``_业务明细(汇总).csv``, another format (alipay_trade_summary).

    #支付宝业务明细查询
    #账号：[20880312345678900156]
    #起始日期：[2026年02月03日 00:00:00]   终止日期：[2026年02月04日 00:00:00]
    #-----------------------------------------业务明细列表----------------------------------------
    支付宝交易号,商户订单号,业务类型,商品名称,创建时间,完成时间,…,订单金额（元）,商家实收（元）,…,服务费（元）,…
    2026020322001458860500000001\t,YS0001\t,交易\t,台灯,2026-02-03 09:00:00,2026-02-03 09:00:05,…,99.00,99.00,…
    #-----------------------------------------业务明细列表结束------------------------------------
    #交易合计：1笔，商家实收共99.00元，商家优惠共0.00元
    #退款合计：0笔，商家实收退款共0.00元，商家优惠退款共0.00元
    #导出时间：[2026年02月04日 09:46:49]

What comes out:

- 交易 is a payment, 退款 a refund. A refund row shares 支付宝交易号 and 商户订单号 with its payment; its amounts are
  printed negative, its own number is 退款批次号/请求号.
- The moment is 完成时间 (Beijing time), also of a refund: 创建时间 is there the creation of the original order.
- amount = 订单金额; fee = 服务费, signed, negative = charged; net = 实收净额 where it is printed, else
  商家实收 + 服务费 + 分润 (商家实收 is 订单金额 less the discounts that the merchant himself paid).
- Taobao and Tmall orders are sent to Alipay as ``T200P`` + order number; the order number is what comes out.
- 终止日期 is exclusive: the file above covers 3 February only.
- Columns are found by name: brackets are full or half width, 退款批次号 is the older name, bank feeds have 29 columns.
- A bare comma in 商品名称 or 备注 is put back where it belongs, if all times and figures then stand in place.

Controls: count, 商家实收 and 商家优惠 of 交易合计 and 退款合计 against the rows, and the line 列表结束: without it the
download was cut.

Sources: genuine files of 2017 and 2019 and Alipay's own help article (developer.aliyun.com/article/707638). Not seen in
a genuine file, and therefore not guessed: words other than 交易 and 退款 (such rows are rejects). Known from other
programs only: the 29 columns of bank feeds, a blank 退款批次号.
"""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING, ClassVar, Final

import polars as pl

from recon import money, times
from recon.model import Book, Channel, Kind, Status
from recon.sources import alipay_page, cells, figures
from recon.sources.source import Control, Reading, Settings, Source
from recon.sources.table import Table

if TYPE_CHECKING:
    from recon.sources.piece import Piece

TRADE_NO: Final = "支付宝交易号"
REFUND_NO: Final = "退款批次号/请求号"
EDITIONS: Final = ((TRADE_NO, "商户订单号", "业务类型", "完成时间", "订单金额(元)", "商家实收(元)", "服务费(元)"),)
"""Columns by which a header is recognised."""
FAMILY: Final = "业务"
ALIASES: Final = {
    "交易号": TRADE_NO,
    "退款批次号": REFUND_NO,
    "退款请求号": REFUND_NO,
    "订单金额": "订单金额(元)",
    "商家实收": "商家实收(元)",
}
KINDS: Final = {"交易": Kind.PAYMENT.value, "退款": Kind.REFUND.value}
TEXTS: Final = ("商品名称", "备注")
"""Cells that people type; the only ones in which a comma was seen."""
TIMES: Final = ("创建时间", "完成时间")
_TOTAL: Final = re.compile(r"^\"?#?\s*(交易|退款)合计:\s*(\d+)\s*笔")
_SUM: Final = re.compile(r"([^,:笔共]+)共(-?[\d,.]+)元")
_SUMMED: Final = {"商家实收": "商家实收(元)", "商家优惠": "商家优惠(元)"}


class AlipayTrade(Source):
    """支付宝业务明细."""

    name: ClassVar[str] = "alipay_trade"
    title: ClassVar[str] = "支付宝业务明细"
    raw_table: ClassVar[str] = "alipay.trade"
    looks_for: ClassVar[str] = (
        "a header with 支付宝交易号, 业务类型, 完成时间, 订单金额（元）, 商家实收（元）, 服务费（元）"
    )

    def identify(self, piece: Piece) -> bool:
        """Tell by the column names, wherever the header stands."""
        return alipay_page.find(piece, EDITIONS, family=FAMILY, aliases=ALIASES) is not None

    def read(self, piece: Piece, settings: Settings) -> Reading:
        """Read the bill. Raises SourceError when there is no header or a spreadsheet has destroyed the numbers."""
        del settings  # Alipay prints Beijing time and CNY, wherever the workspace is
        table, found = alipay_page.records(piece, EDITIONS, family=FAMILY, aliases=ALIASES)
        table = alipay_page.mended(table, found.separator, texts=TEXTS, moments=TIMES)
        frame = table.frame
        cells.refuse_destroyed_ids(piece.name, frame, [name for name in (TRADE_NO, REFUND_NO) if table.has(name)])
        account, first, last = alipay_page.preamble(table.before)
        typed, bad = cells.read_cells(frame, _wanted(table))
        return Reading(
            raw=table.raw,
            account=account,
            period_start=first,
            period_end=last,
            txns=_canonical(typed, account),
            rejects=pl.concat([table.rejects, bad]).sort("line_no", maintain_order=True),
            controls=(*alipay_page.closing_line(table), *_totals(table, frame)),
        )


def _wanted(table: Table) -> dict[str, cells.Cell]:
    """Return the cells of a row; columns that not every edition has are optional."""
    amount = money.minor_units(pl.col("订单金额(元)"))
    wrong_way = pl.when(cells.printed("业务类型") == "退款").then(amount > 0).otherwise(amount < 0)
    wanted = {
        "kind": cells.word("业务类型", KINDS),
        "trade_no": cells.text(TRADE_NO, required=True),
        "merchant_no": alipay_page.order_number("商户订单号"),
        "occurred_s": cells.moment("完成时间", times.BEIJING),
        "amount_minor": cells.Cell(
            "订单金额(元)",
            pl.when(~wrong_way).then(amount),
            "is not an amount with at most 2 decimals, negative on a 退款 row and positive on a 交易 row",
            required=True,
        ),
        "received_minor": cells.amount("商家实收(元)"),
        "fee_minor": cells.amount("服务费(元)", required=False),
    }
    optional = {
        "refund_no": cells.text(REFUND_NO),
        "shared_minor": cells.amount("分润(元)", required=False),
        "printed_net_minor": cells.amount("实收净额(元)", required=False),
        "counterparty": cells.text("对方账户"),
        "goods": cells.text("商品名称"),
        "shop": cells.text("门店名称"),
    }
    return wanted | {name: cell for name, cell in optional.items() if table.has(cell.column)}


def _canonical(typed: pl.DataFrame, account: str) -> pl.DataFrame:
    """Typed cells -> columns of ``model.TXN``."""
    missing: dict[str, pl.Expr] = {
        "refund_no": pl.lit(""),
        "shared_minor": pl.lit(None, dtype=pl.Int64),
        "printed_net_minor": pl.lit(None, dtype=pl.Int64),
        "counterparty": pl.lit(""),
        "goods": pl.lit(""),
        "shop": pl.lit(""),
    }
    typed = typed.with_columns(value.alias(name) for name, value in missing.items() if name not in typed.columns)
    refund = pl.col("kind") == Kind.REFUND
    # A refund request without a number of its own was seen in no file; the moment then keeps two of them apart.
    moment, refund_no = pl.col("occurred_s").cast(pl.String), pl.col("refund_no")
    own_no = pl.when(refund_no == "").then(moment).otherwise(refund_no)
    business_date = times.business_date(pl.col("occurred_s"))
    net = pl.col("received_minor") + pl.col("fee_minor").fill_null(0) + pl.col("shared_minor").fill_null(0)
    return typed.select(
        "line_no",
        pl.lit(Book.CHANNEL.value).alias("book"),
        pl.lit(Channel.ALIPAY.value).alias("channel"),
        pl.lit(account).alias("account"),
        "kind",
        pl.lit(Status.SUCCESS.value).alias("status"),
        pl.when(refund).then(pl.col("trade_no") + "/" + own_no).otherwise(pl.col("trade_no")).alias("native_id"),
        pl.lit("CNY").alias("currency"),
        "amount_minor",
        "fee_minor",
        pl.coalesce("printed_net_minor", net).alias("net_minor"),
        "occurred_s",
        business_date.alias("business_date"),
        "merchant_no",
        pl.col("trade_no").alias("channel_txn_no"),
        pl.when(refund).then(pl.col("trade_no")).otherwise(pl.lit("")).alias("related_no"),
        pl.when(refund).then(refund_no).otherwise(pl.lit("")).alias("refund_no"),
        alipay_page.batch_no(account, business_date).alias("batch_no"),
        "counterparty",
        pl.col("goods").alias("memo"),
        "shop",
    )


def _totals(table: Table, frame: pl.DataFrame) -> list[Control]:
    """Counts and sums of the trailer against the rows as printed (rejected rows count, as far as they can be read)."""
    controls: list[Control] = []
    summed = [name for name in _SUMMED.values() if table.has(name)]
    typed = frame.select(cells.printed("业务类型").alias("word"), *(money.minor_units(pl.col(name)) for name in summed))
    sums = typed.group_by("word").agg(pl.len().alias("rows"), pl.col(summed).sum()).rows_by_key("word", named=True)
    for _, line in table.after:
        text = unicodedata.normalize("NFKC", line)
        total = _TOTAL.match(text)
        if not total:
            continue
        word = total.group(1)
        found = next(iter(sums.get(word, [])), dict.fromkeys(("rows", *summed), 0))
        controls.append(Control(f"{word}合计 笔数", figures.count(total.group(2)), str(found["rows"])))
        for label, figure in _SUM.findall(text):
            column = _SUMMED.get(label.strip().removesuffix("退款"))
            if column in summed:
                printed = figures.amount(figure, "CNY")
                controls.append(Control(f"{word}合计 {label.strip()}", printed, money.show(found[column], "CNY")))
    return controls
