"""支付宝账务组合查询: the movements of a merchant's balance as Alipay's web site exports them, for any span of days.

Where: b.alipay.com > 对账中心 > 账务明细 > 下载查询结果. It comes as ``2088…-20260301-086513029-账务组合查询.xls``, an
XML spreadsheet, often in a zip, or as CSV in GBK; people save it again as .xlsx, and as web page or tab-separated text
under the name .xls. Long results go on in the sheets 账务组合查询2, 账务组合查询3 ..., which have no header.

    企业支付宝 #账号：yunshan@x.example[2088031234567890]
    #起始日期：[2026-02-01 00:00:00]   终止日期：[2026-02-28 23:59:59]
    序号,入账时间,支付宝交易号,支付宝流水号,商户订单号,账务类型,收入（+元）,支出（-元）,账户余额（元）,服务费（元）,…,银行订单号,…
    1,2026-02-03 22:00:00,20260203…77,5000003, ,提现, ,98.41,0.00, ,…,10001234,…
    2,2026-02-03 09:00:05,20260203…01,5000002,YS0001,收费, ,0.59,98.41, ,…, ,…
    3,2026-02-03 09:00:05,20260203…01,5000001,YS0001,在线支付,99.00, ,99.00,0.59,…, ,…

What comes out:

- Columns are found by name in any order; 开票情况, 序号, 支付渠道 and the columns after 对方名称 come and go.
- Rows, kinds and links are those of the account bill (alipay_account, recon/sources/alipay_movement.py); 支付宝流水号
  is the number of the movement there, too. This export confirms the trade bill and the account bill where they are
  loaded.
- 服务费（元） repeats on a sale the fee that is a row of its own (收费): no money. Should the running balance hold only
  when it is taken off, then it was taken off, and the fee is the sale's.
- reference of a payout = 银行订单号.
- account: the number in brackets, else the login name. (A PID of 16 digits is shown as in the bills, with 0156.)
- A row without time and number is a note or a total of the file, and excluded; so is a header that stands again.
- A bare comma in 商品名称, 备注 or 付款备注 is put back, if all times and figures then stand in place; which of
  商品名称 and 备注, which stand side by side, it belongs to cannot be known.
- Rows of further sheets are numbered on after those of the first.

Controls: the running balance, noted only, because Alipay does not promise that it is continuous; of a web page that its
tables are closed. The file prints no other figure that is known, so that a text cut short at a line's end is not
noticed.

Sources: six independent programs that read this export (2016 to 2026), one of them with a genuine file of 2026 behind
its tests; no genuine file was seen.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final

import polars as pl

from recon import times
from recon.sources import alipay_movement, alipay_page, cells, html_table
from recon.sources.source import Reading, Settings, Source

if TYPE_CHECKING:
    from recon.sources.piece import Piece
    from recon.sources.table import Table

TIME: Final = "入账时间"
SERIAL: Final = "支付宝流水号"
TRADE_NO: Final = "支付宝交易号"
IN: Final = "收入(+元)"
OUT: Final = "支出(-元)"
FEE: Final = "服务费(元)"
EDITIONS: Final = ((TIME, SERIAL, "账务类型", IN, OUT),)
"""Columns by which a header is recognised."""
FAMILY: Final = "账务"
TEXTS: Final = ("商品名称", "备注", "付款备注")
NOTE: Final = "a note or a total of the file, no movement"


class AlipayAccountWeb(Source):
    """支付宝账务组合查询."""

    name: ClassVar[str] = "alipay_account_web"
    title: ClassVar[str] = "支付宝账务组合查询"
    raw_table: ClassVar[str] = "alipay.account_web"
    looks_for: ClassVar[str] = "a header with 入账时间, 支付宝流水号, 账务类型, 收入（+元）, 支出（-元）"
    confirms: ClassVar[tuple[str, ...]] = ("alipay_trade", "alipay_account")

    def identify(self, piece: Piece) -> bool:
        """Tell by the column names, wherever the header stands, in text, workbook or web page."""
        return alipay_page.find(piece, EDITIONS, family=FAMILY) is not None

    def read(self, piece: Piece, settings: Settings) -> Reading:
        """Read the export. Raises SourceError when there is no header or a spreadsheet has destroyed the numbers."""
        del settings  # Alipay prints Beijing time and CNY, wherever the workspace is
        table, found = alipay_page.records(piece, EDITIONS, family=FAMILY, continued=True)
        texts = [name for name in TEXTS if table.has(name)]
        table = alipay_page.mended(table, found.separator, texts=texts, moments=(TIME,))
        cells.refuse_destroyed_ids(piece.name, table.frame, [name for name in (SERIAL, TRADE_NO) if table.has(name)])
        account, first, last = alipay_page.preamble(table.before)
        is_note = cells.printed(TIME).is_in(["", TIME]) & cells.printed(SERIAL).is_in(["", SERIAL])
        notes = table.frame.filter(is_note).select("line_no", pl.lit(NOTE).alias("reason"))
        typed, bad = cells.read_cells(table.frame.filter(~is_note), _wanted(table))
        moved, nothing = alipay_movement.split_empty(alipay_movement.completed(typed))
        moved = _with_fees(moved, account)
        return Reading(
            raw=table.raw,
            account=account,
            period_start=first,
            period_end=last,
            txns=alipay_movement.canonical(moved, account),
            rejects=pl.concat([table.rejects, bad]).sort("line_no", maintain_order=True),
            excluded=pl.concat([notes, nothing]).sort("line_no"),
            controls=(
                *(html_table.whole(piece) if found.separator else ()),
                *alipay_movement.chain(moved.with_columns(_net()), account, "net_minor"),
            ),
        )


def _wanted(table: Table) -> dict[str, cells.Cell]:
    """Return the cells of a row; columns that not every export has are optional."""
    wanted = {
        "serial": cells.text(SERIAL, required=True),
        "occurred_s": cells.moment(TIME, times.BEIJING),
        "in_minor": alipay_movement.income(IN),
        "out_minor": alipay_movement.spending(OUT, IN),
        "word": alipay_movement.word("账务类型"),
    }
    optional = {
        "trade_no": cells.text(TRADE_NO),
        "merchant_no": alipay_page.order_number("商户订单号"),
        "balance_minor": cells.amount("账户余额(元)", required=False),
        "fee_minor": cells.amount(FEE, required=False),
        "counterparty": cells.text("对方名称"),
        "reference": cells.text("银行订单号"),
        "goods": cells.text("商品名称"),
        "remark": cells.text("备注"),
        "described": cells.text("业务描述"),
        "base_order": cells.text("业务基础订单号"),
    }
    return wanted | {name: cell for name, cell in optional.items() if table.has(cell.column)}


def _with_fees(moved: pl.DataFrame, account: str) -> pl.DataFrame:
    """Fees of sales, signed, where the running balance proves that they were taken off; else null."""
    none = moved.with_columns(pl.lit(None, dtype=pl.Int64).alias("fee_minor"))
    taken = moved.with_columns((-pl.col("fee_minor").abs()).alias("fee_minor"))
    if not taken["fee_minor"].sum():
        return none
    plain = alipay_movement.chain(moved, account)
    netted = alipay_movement.chain(taken.with_columns(_net()), account, "net_minor")
    proved = any(not control.ok for control in plain) and netted and all(control.ok for control in netted)
    return taken if proved else none


def _net() -> pl.Expr:
    return (pl.col("amount_minor") + pl.col("fee_minor").fill_null(0)).alias("net_minor")
