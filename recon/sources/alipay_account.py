r"""支付宝账务明细: Alipay's account bill, every movement of the balance of one merchant account.

Where: b.alipay.com > 对账中心 > 下载账单 > 账务账单 (资金账单), or the API (bill_type ``signcustomer``); a day or a
month. It comes as a zip of GBK text: ``{PID}0156_{date}_账务明细.csv``, of a month in parts ``_账务明细_1.csv``,
``_2.csv``; beside it lies ``_账务汇总.csv``, formerly ``_账务明细(汇总).csv`` (alipay_account_summary).

    #支付宝账务明细查询
    #账号：[20880312345678900156]
    #起始日期：[2026年02月03日 00:00:00]   终止日期：[2026年02月04日 00:00:00]
    #-----------------------------------------账务明细列表----------------------------------------
    账务流水号,业务流水号,商户订单号,商品名称,发生时间,对方账号,收入金额（+元）,支出金额（-元）,账户余额（元）,交易渠道,业务类型,备注
    5000001\t,2026…01\t,YS0001\t,台灯\t,2026-02-03 09:00:05,*云\t,99.00,0.00,99.00,支付宝,在线支付,
    5000002\t,2026…01\t,YS0001\t,\t,2026-02-03 09:00:05,\t,0.00,-0.59,98.41,支付宝,收费,服务费[2026…01]
    5000003\t,2026…77\t,\t,\t,2026-02-03 22:00:00,\t,0.00,-98.41,0.00,支付宝,提现,
    #-----------------------------------------账务明细列表结束------------------------------------
    #支出合计：2笔，共-99.00元
    #收入合计：1笔，共99.00元
    #导出时间：[2026年02月04日 09:46:49]

What comes out:

- Columns are found by name: bills of 2012 have the 12 above, later ones also 业务描述, 业务账单来源, 业务基础订单号 and
  业务订单号, bills of 2026 another order with 商户订单号 and 对方账号 behind 备注.
- amount = 收入 - 支出; 支出 is printed negative in newer files and positive in older ones, so that the column alone
  tells the direction. A side without money is blank, 0 or 0.00. A row with money on both sides is a reject; one with
  none on either is excluded.
- Kinds, fees and their trades: recon/sources/alipay_movement.py. A refund has the trade number of its payment in
  业务流水号 and no number of its own.
- The fee is a row of its own here and a column of the trade bill there: the same money. This bill confirms the trade
  bill where both are loaded, row by row, and brings what only it has: payouts, transfers, trades that were not acquired
  through the API.
- native_id = 账务流水号. merchant_no = 商户订单号 (``T200P`` + number: the number, a Taobao or Tmall order), else the
  order number in 备注, else 业务基础订单号.
- Sales, refunds and fees settle with their day (batch ``alipay:account:YYYYMMDD``); payouts, transfers and adjustments
  belong to no batch.
- A bare comma in 商品名称 or 备注 is put back where it belongs, if all times and figures then stand in place.

Controls: count and sum of 支出合计 and 收入合计, and the line 列表结束 (each part of a month is judged by its own):
these refuse the file. The running balance is a control, too, but Alipay says that 账户余额 is for reference and need
not be continuous: a gap is shown and stored, and refuses nothing.

Sources: a fragment of a genuine bill of 2012, Alipay's document of the same data (alipay.data.bill.accountlog.query),
and a dozen independent programs that read this file, for the later column orders and the words. Not seen in a genuine
file: the columns after 备注, a month's second part.
"""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING, ClassVar, Final

import polars as pl

from recon import money, times
from recon.sources import alipay_movement, alipay_page, cells, figures
from recon.sources.source import Control, Reading, Settings, Source
from recon.sources.table import Table

if TYPE_CHECKING:
    from recon.sources.piece import Piece

SERIAL: Final = "账务流水号"
TRADE_NO: Final = "业务流水号"
IN: Final = "收入金额(+元)"
OUT: Final = "支出金额(-元)"
BALANCE: Final = "账户余额(元)"
EDITIONS: Final = ((SERIAL, TRADE_NO, "发生时间", IN, OUT, "业务类型"),)
"""Columns by which a header is recognised."""
FAMILY: Final = "账务"
ALIASES: Final = {"收入金额": IN, "支出金额": OUT, "账户余额": BALANCE, "对方账户": "对方账号"}
TEXTS: Final = ("商品名称", "备注")
"""Cells that people type; the only ones in which a comma was seen."""
_TOTAL: Final = re.compile(r"^[\s\",#]*(支出|收入)合计:\s*([\d,]+)笔,\s*共\s*([+-]?[\d,.]+)元")


class AlipayAccount(Source):
    """支付宝账务明细."""

    name: ClassVar[str] = "alipay_account"
    title: ClassVar[str] = "支付宝账务明细"
    raw_table: ClassVar[str] = "alipay.account"
    looks_for: ClassVar[str] = (
        "a header with 账务流水号, 业务流水号, 发生时间, 收入金额（+元）, 支出金额（-元）, 业务类型"
    )
    confirms: ClassVar[tuple[str, ...]] = ("alipay_trade",)

    def identify(self, piece: Piece) -> bool:
        """Tell by the column names, wherever the header stands."""
        return alipay_page.find(piece, EDITIONS, family=FAMILY, aliases=ALIASES) is not None

    def read(self, piece: Piece, settings: Settings) -> Reading:
        """Read the bill. Raises SourceError when there is no header or a spreadsheet has destroyed the numbers."""
        del settings  # Alipay prints Beijing time and CNY, wherever the workspace is
        table, found = alipay_page.records(piece, EDITIONS, family=FAMILY, aliases=ALIASES)
        table = alipay_page.mended(table, found.separator, texts=TEXTS, moments=("发生时间",))
        cells.refuse_destroyed_ids(piece.name, table.frame, [SERIAL, TRADE_NO])
        account, first, last = alipay_page.preamble(table.before)
        typed, bad = cells.read_cells(table.frame, _wanted(table))
        moved, nothing = alipay_movement.split_empty(alipay_movement.completed(typed))
        return Reading(
            raw=table.raw,
            account=account,
            period_start=first,
            period_end=last,
            txns=alipay_movement.canonical(moved, account),
            rejects=pl.concat([table.rejects, bad]).sort("line_no", maintain_order=True),
            excluded=nothing,
            controls=(*alipay_page.closing_line(table), *_totals(table), *alipay_movement.chain(moved, account)),
        )


def _wanted(table: Table) -> dict[str, cells.Cell]:
    """Return the cells of a row; columns that not every edition has are optional."""
    wanted = {
        "serial": cells.text(SERIAL, required=True),
        "trade_no": cells.text(TRADE_NO),
        "occurred_s": cells.moment("发生时间", times.BEIJING),
        "in_minor": alipay_movement.income(IN),
        "out_minor": alipay_movement.spending(OUT, IN),
        "word": alipay_movement.word("业务类型"),
    }
    optional = {
        "merchant_no": alipay_page.order_number("商户订单号"),
        "balance_minor": cells.amount(BALANCE, required=False),
        "counterparty": cells.text("对方账号"),
        "goods": cells.text("商品名称"),
        "remark": cells.text("备注"),
        "described": cells.text("业务描述"),
        "base_order": cells.text("业务基础订单号"),
    }
    return wanted | {name: cell for name, cell in optional.items() if table.has(cell.column)}


def _totals(table: Table) -> list[Control]:
    """Counts and sums of the trailer against the rows as printed (rejected rows count, as far as they can be read)."""
    controls: list[Control] = []
    for _, line in table.after:
        total = _TOTAL.match(unicodedata.normalize("NFKC", line))
        if not total:
            continue
        side, count, figure = total.groups()
        minor = money.minor_units(pl.col(IN if side == "收入" else OUT)).abs()
        rows = table.frame.select(minor.alias("minor")).filter(pl.col("minor") != 0)
        printed = alipay_page.figure(figure)
        controls += [
            Control(f"{side}合计 笔数", figures.count(count), str(rows.height)),
            Control(f"{side}合计 金额", printed, alipay_page.shown(int(rows["minor"].sum()))),
        ]
    return controls
