"""用友 U8 凭证文本: the voucher text of Yonyou U8's 总账工具 (引出, 引入); one line an entry.

Where: U8 > 系统工具 > 总账工具 > 凭证引出: ``.txt``, GBK, CRLF. The first line names the format, then come
comma-separated lines without a header and without quotes, so that no cell can hold a comma.

    填制凭证,V800
    2026-02-03,记,12,0,销售 ORD-1001,101201,128.00,0.00,0,0,0,张会计,,,2026-02-03,,,,,,
    2026-02-03,记,12,0,销售 ORD-1001,6001,0.00,128.00,0,0,0,张会计,,,2026-02-03,,,,,,

The cells by position: 制单日期, 凭证类别字, 业务号, 附单据数, 摘要, 科目编码, 金额借方, 金额贷方, 数量, 外币, 汇率,
制单人, 结算方式编码, 票号, 发生日期, 部门编码, 职员编码, 客户编码, 供应商编码, 业务员, 项目编码, then items of the
customer's own. Empty cells at the end may be missing. A line of fewer than 8 cells is a reject.

What comes out: one voucher line a line, as of the voucher template (see ``recon sources show vouchers``).

- voucher_no = 凭证类别字-业务号, period = the month of 制单日期. The file numbers no entries: entry_no is the line's
  place within its voucher (same date, 凭证类别字 and 业务号).
- 金额借方 and 金额贷方 are base currency, red entries negative.
- A comma in 摘要 moves all cells behind it. Such a line is a reject: it has text for 科目编码, an amount on both
  sides, or a date in the cell behind 发生日期.
- The file does not say which currency 外币 is in, U8 knows it by the account: ``[sources.u8_currencies]`` tells it. An
  entry on any other account with an amount in 外币 that is not its own base amount is a reject. 0 is none.
- reference is blank: a number is looked for in 摘要.

Sources: four programs that write this file for U8 to read. Uncertain: the cells 13, 14 and 19 to 21 (only kept in
raw).
"""

from __future__ import annotations

import re
from typing import ClassVar, Final

import polars as pl

from recon.errors import SourceError
from recon.model import Book
from recon.sources import cells, voucher_export
from recon.sources.piece import Piece
from recon.sources.source import Reading, Settings, Source

_FIRST_LINE: Final = re.compile(r"^[\ufeff\s]*填制凭证\s*,\s*V\d+")
_CELLS: Final = (
    "制单日期", "凭证类别字", "业务号", "附单据数", "摘要", "科目编码", "金额借方", "金额贷方", "数量", "外币", "汇率",
    "制单人", "结算方式编码", "票号", "发生日期", "部门编码", "职员编码", "客户编码", "供应商编码", "业务员",
    "项目编码",
)  # fmt: skip
_LEAST: Final = 8
_MOVED: Final = "a comma in 摘要 has moved the cells behind it; take it out in U8 and export again"
_OWN: Final = "自定义项"
"""Column of all that follows the 21 known cells, as printed."""
_PLAIN: Final = {
    "voucher_date": "制单日期",
    "account_code": "科目编码",
    "summary": "摘要",
    "debit": "金额借方",
    "credit": "金额贷方",
}
_PRINTED: Final = {**_PLAIN, "voucher_no": "业务号", "fc_amount": "外币", "fx_rate": "汇率"}


class YonyouU8(Source):
    """用友 U8 vouchers as text."""

    name: ClassVar[str] = "yonyou_u8"
    title: ClassVar[str] = "用友 U8 凭证文本"
    raw_table: ClassVar[str] = "yonyou.u8_entry"
    book = Book.LEDGER
    looks_for: ClassVar[str] = "a first line 填制凭证,V800"

    def identify(self, piece: Piece) -> bool:
        """Tell by the first line that is not blank."""
        return _FIRST_LINE.match(_first(piece.head_lines)) is not None

    def read(self, piece: Piece, settings: Settings) -> Reading:
        """Read every line below the first. Raises SourceError when the first line does not name the format."""
        if not self.identify(piece):
            raise SourceError(
                "the first line is not 填制凭证,V800",
                path=piece.name,
                remedy="Export the vouchers again with U8's 总账工具 and keep the first line.",
            )
        raw = _cells(piece)
        short, shifted = pl.col("width") < _LEAST, _shifted()
        lines = raw.filter(~short & ~shifted)
        entries = lines.select(
            "line_no",
            voucher_export.number("凭证类别字", "业务号").fill_null("").alias("voucher_no"),
            pl.int_range(1, pl.len() + 1).over("制单日期", "凭证类别字", "业务号").cast(pl.String).alias("entry_no"),
            _amount("外币").alias("fc_amount"),
            cells.printed("科目编码").replace_strict(settings.u8_currencies, default="").alias("currency"),
            voucher_export.rate("汇率").alias("fx_rate"),
            *(pl.col(printed).alias(name) for name, printed in _PLAIN.items()),
        )
        reading = voucher_export.entries(entries, _PRINTED, settings)
        too_short = pl.concat_str(pl.lit("the line has "), "width", pl.lit(f" cells, an entry at least {_LEAST}"))
        bad = raw.filter(short | shifted).select(
            "line_no",
            pl.lit("").alias("column"),
            pl.col("text").str.head(200).alias("value"),
            pl.when(short).then(too_short).otherwise(pl.lit(_MOVED)).alias("reason"),
        )
        return Reading(
            raw=raw.drop("text", "width"),
            vouchers=reading.vouchers,
            rejects=pl.concat([reading.rejects, bad]).sort("line_no"),
            excluded=reading.excluded,
        )


def _first(lines: list[str]) -> str:
    return next((line for line in lines if line.strip()), "")


def _cells(piece: Piece) -> pl.DataFrame:
    """Lines below the first: line_no, the known cells, all others in 自定义项; the whole ``text`` and its ``width``."""
    lines = pl.DataFrame({"text": pl.Series([piece.text]).str.split("\n").explode()})
    lines = lines.with_row_index("line_no", offset=1).with_columns(pl.col("line_no").cast(pl.Int64))
    lines = lines.filter(pl.col("text").str.strip_chars(" \t\ufeff") != "").slice(1)
    parts = pl.col("text").str.splitn(",", len(_CELLS) + 1).struct.rename_fields([*_CELLS, _OWN])
    width = (pl.col("text").str.count_matches(",", literal=True) + 1).cast(pl.Int64).alias("width")
    return lines.select("line_no", parts.alias("cells"), "text", width).unnest("cells").fill_null("")


def _shifted() -> pl.Expr:
    """Whether the cells of a line are not where they belong."""
    account, debit, credit, after_date = (
        cells.printed(name) for name in ("科目编码", "金额借方", "金额贷方", "部门编码")
    )
    return (
        ~account.str.contains(r"^[0-9A-Za-z._-]*$")
        | (debit.str.contains("[1-9]") & credit.str.contains("[1-9]"))
        | after_date.str.contains(r"^\d{4}[-/]\d{1,2}[-/]\d{1,2}$")
    )


def _amount(column: str) -> pl.Expr:
    """Amount in foreign currency; the 0 that entries in base currency print is none."""
    bare = cells.printed(column)
    return pl.when(bare.str.contains(r"^0*(\.0*)?$")).then(pl.lit("")).otherwise(bare)
