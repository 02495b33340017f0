"""China Construction Bank, corporate account statement (建设银行对公账户明细).

Where from: 企业网上银行 > 账户查询 > 明细查询 > 下载, as CSV (GB18030 or UTF-8) or as Excel (.xls, .xlsx). There are
two layouts, told apart by their header names, which may stand below any number of heading lines:

    账号,账户名称,交易时间,借方发生额（支取）,贷方发生额（收入）,余额,币种,对方户名, ... 账户明细编号-交易流水号, ...
    11050000000000000123,云杉家居,20260203 09:15:02,0.00,18240.55,518240.55,人民币元,支付宝（中国）网络技术有限公司, ...

    记账日期,交易时间,凭证种类,凭证号,借方发生额/元,贷方发生额/元,余额/元, ... 账户明细编号-交易流水号, ... 本方账号
    20260203,09:15:02,,,0.00,18240.55,518240.55, ...

What comes out: one ``bank`` row per line.

- amount = 贷方 - 借方. The bank speaks of its own books: 贷方 is what it owes the merchant, so 贷方 is money in and
  借方 money out, the reverse of the merchant's ledger. The running balance proves it, oldest line first or newest:
  one control per account (see recon/sources/balance.py). A blank side is zero; red lines (冲正) are negative on
  their own side.
- occurred_s = 交易时间 (Beijing time). In the second layout it is a time of day and belongs to 记账日期; a bare date
  leaves it unknown. business_date = 记账日期.
- native_id and reference = 账户明细编号-交易流水号; memo = 摘要 and 备注 joined by " | "; counterparty = 对方户名.
- currency = 币种 (人民币元 -> CNY). The second layout has no such column: the heading's 币种, else CNY.

Total lines and the closing sentence 以上数据仅供参考 ... are excluded wherever they stand: what follows the total of a
page is read on. A file whose long numbers a spreadsheet has rounded is refused.

Source: column lists of real exports (formats/paypal-banks-orders-vouchers.md section 3a, read 2026-11). No public file
with real lines is known: the second layout's time of day and the wording of the footer are uncertain.
"""

from __future__ import annotations

import re
import unicodedata
from typing import ClassVar, Final

import polars as pl

from recon.model import Book, Kind, Status
from recon.sources import balance, bank_table
from recon.sources.cells import BLANKS, Cell, amount, date, moment, printed, read_cells, refuse_destroyed_ids, text
from recon.sources.currency_names import CURRENCY_CODES
from recon.sources.piece import Piece
from recon.sources.sheet import is_spreadsheet, read_sheet, sheet_has
from recon.sources.source import Reading, Settings, Source
from recon.sources.table import Table, layout, read_table

_SERIAL: Final = "账户明细编号-交易流水号"
_PLAIN: Final = ("账号", "交易时间", "借方发生额(支取)", "贷方发生额(收入)", "余额", "币种", "记账日期", _SERIAL)
_SPLIT: Final = ("记账日期", "交易时间", "借方发生额/元", "贷方发生额/元", "余额/元", "本方账号", _SERIAL)
_LAYOUTS: Final[tuple[tuple[str, ...], ...]] = (_PLAIN, _SPLIT)
_MOMENTS: Final = ("%Y%m%d %H:%M:%S", "%Y-%m-%d %H:%M:%S", "%Y/%m/%d %H:%M:%S", "%Y%m%d%H%M%S", "%Y%m%d %H%M%S")
_TIME_OF_DAY: Final = r"^\d{1,2}:\d{2}:\d{2}$|^\d{6}$"
_DATE_ONLY: Final = r"^\d{8}$|^\d{4}[-/]\d{2}[-/]\d{2}$"


class CcbCorporate(Source):
    """建设银行对公账户明细, both layouts, text or spreadsheet."""

    name: ClassVar[str] = "ccb"
    title: ClassVar[str] = "建设银行对公账户明细"
    raw_table: ClassVar[str] = "ccb.statement"
    book = Book.BANK
    looks_for: ClassVar[str] = f"a header with {_SERIAL} and 借方发生额（支取） or 借方发生额/元"

    def identify(self, piece: Piece) -> bool:
        """Claim a text or workbook whose header has the columns of either layout."""
        if is_spreadsheet(piece):
            return any(sheet_has(piece, names) for names in _LAYOUTS)
        return layout(piece.head_lines, _LAYOUTS) is not None

    def read(self, piece: Piece, settings: Settings) -> Reading:
        """Read every line below the header. Raises SourceError when there is none, or when serials are destroyed."""
        table = _table(piece)
        plain = table.has(*_PLAIN)
        out, into, left = (_PLAIN if plain else _SPLIT)[2:5]
        account = "账号" if plain else "本方账号"
        footers, records, odd = bank_table.without_footers(table, "记账日期")
        refuse_destroyed_ids(piece.name, records, (_SERIAL, account))

        frame = _prepared(records, table)
        decimals = bank_table.places(frame, "币种")
        typed, bad = read_cells(frame, _wanted(account, out, into, left, settings.zone, decimals))
        lines = typed.with_columns((pl.col("in").fill_null(0) - pl.col("out").fill_null(0)).alias("amount_minor"))
        accounts = lines["account"].unique(maintain_order=True).to_list()
        return Reading(
            raw=table.raw,
            account=accounts[0] if len(accounts) == 1 else "",
            txns=_txns(lines),
            rejects=pl.concat([odd, bad]).sort("line_no", maintain_order=True),
            excluded=footers.select("line_no", pl.lit(bank_table.NO_MOVEMENT).alias("reason")),
            controls=balance.chain(lines),
        )


def _table(piece: Piece) -> Table:
    if is_spreadsheet(piece):
        names = next((names for names in _LAYOUTS if sheet_has(piece, names)), _PLAIN)
        return read_sheet(piece, required=names)
    required, separator = layout(piece.head_lines, _LAYOUTS) or (_PLAIN, ",")
    return read_table(piece, required=required, separator=separator)


def _prepared(records: pl.DataFrame, table: Table) -> pl.DataFrame:
    """Cells as the wanted ones expect them: a 币种 in every row, a full date and time or nothing in 交易时间."""
    absent = [pl.lit("").alias(name) for name in ("对方户名", "摘要", "备注") if name not in records.columns]
    frame = records.with_columns(absent)
    if "币种" not in frame.columns:
        frame = frame.with_columns(pl.lit(_heading_currency(table)).alias("币种"))
    when, day = printed("交易时间"), printed("记账日期").str.replace_all(r"[-/]", "")
    return frame.with_columns(
        pl.when(when.str.contains(_TIME_OF_DAY))
        .then(day + " " + when)
        .when(~when.str.contains(_DATE_ONLY))
        .then("交易时间")
        .otherwise(pl.lit(""))
        .alias("交易时间")
    )


def _heading_currency(table: Table) -> str:
    heading = unicodedata.normalize("NFKC", "\n".join(table.before))
    found = re.search(r"币\s*种[\s:,]*([^\s:,]+)", heading)
    return found.group(1) if found else "CNY"


def _wanted(account: str, out: str, into: str, left: str, zone: str, decimals: int | pl.Expr) -> dict[str, Cell]:
    code = printed("币种").replace_strict(CURRENCY_CODES, default=None, return_dtype=pl.String)
    something = ~(printed(out).is_in(BLANKS) & printed(into).is_in(BLANKS))
    return {
        "account": text(account, required=True),
        "currency": Cell("币种", code, "is no currency known here", required=True),
        "out": amount(out, decimals, required=False),
        "in": amount(into, decimals, required=False),
        "moved": Cell(out, pl.when(something).then(1), "is blank", required=True),
        "balance_minor": amount(left, decimals, required=False),
        "occurred_s": moment("交易时间", zone, _MOMENTS, required=False),
        "business_date": date("记账日期"),
        "native_id": text(_SERIAL),
        "counterparty": text("对方户名"),
        "summary": text("摘要"),
        "note": text("备注"),
    }


def _txns(lines: pl.DataFrame) -> pl.DataFrame:
    notes = pl.concat_list("summary", "note").list.eval(pl.element().filter(pl.element() != "")).list.join(" | ")
    return lines.select(
        "line_no",
        pl.lit(Book.BANK.value).alias("book"),
        "account",
        pl.lit(Kind.BANK_LINE.value).alias("kind"),
        pl.lit(Status.SUCCESS.value).alias("status"),
        "native_id",
        "currency",
        "amount_minor",
        "occurred_s",
        "business_date",
        pl.col("native_id").alias("reference"),
        "counterparty",
        notes.alias("memo"),
    )
