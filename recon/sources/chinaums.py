"""银联商务交易明细: the lists of transactions that ChinaUMS (银联商务), UnionPay's acquirer, gives to its merchants.

Where: mms.chinaums.com > 交易查询 > 导出, the mail of the day, or the client manager. Text with tabs, CSV, or Excel.
Five layouts, told apart by their header names, which stand below any number of heading lines and in any order:

    清算日期 交易日期 交易时间 终端号 交易金额 清算金额 手续费 流水号 交易类型 参考号 卡号 商户号 …
        商户订单号 银商订单号 支付类型   (net bank and WAP payments; the two order the columns differently)
    清算时间,交易时间,终端号,交易类型,卡号,交易金额,清算金额,手续费,T0手续费,D1手续费,流水号,检索号, …
        商户号, … ,商户订单号,银商订单号,交易方式, …   (格式一, {商户号}_MX_{YYYYMMDDhhmmss}_1.xlsx)
    清算日期,交易日期时间,卡号,商编,终端,参考号,交易类型,交易金额,手续费,交易方式,订单号,商户名称   (格式二)
    商户号,交易日期,交易时间,交易类型,卡号,交易金额,终端号,清算金额,手续费,参考号,流水号, …
        商户订单号, … ,银商订单号,退货订单号, …   (without 清算日期)
    清算日期,交易时间,受理商户ID, … ,结算商户编号, … ,交易金额,商户手续费, … ,交易类型, …
        终端流水号bit11, … ,参考号bit37, … ,原bit37, … ,订单号   (the acquirer's own CSV)

    20260203 <tab> 2026-02-02 <tab> 23:36:14 <tab> 01080209 <tab> 99999.00 <tab> 99919.00 <tab> 80.00 <tab> 335560 …
    20260203,0203151538,,,898310048990001,9,,471,.85,.61,0,000000,621700*********4488, …

What comes out, channel ``unionpay``:

- 交易类型 says the kind, in words (recon/sources/unionpay_words.py) or as a processing code: 000000 is a payment,
  200000 a refund, 030000 an authorisation. What moves no money is excluded; another word or code is a reject.
- amount = 交易金额, fee = 手续费 (negative on a payment, positive on a refund), net = 清算金额, in yuan; ``.85`` is
  0.85. A refund counts as negative whether it is printed with a sign or without. A payment of a negative amount is a
  reject, and so is a row of which 清算金额 is not 交易金额 - 手续费, unless it has 优惠金额 or a fee of instalments.
  T0手续费 and D1手续费 are estimates and are not read.
- channel_txn_no = 参考号 (检索号), else 流水号: 商户订单号 is often blank, and then only these find the order. A
  refund's own 商户订单号 is its refund_no. It is linked to the payment by 原bit37, else by 参考号, which refunds of
  code payments share with the payment.
- native_id = 参考号/day/kind, so that a transaction in two layouts counts once.
- business_date = 清算日期 (清算时间), else by the cutoff of the settings. A time without a day (格式二 prints
  ``101136``, and loses leading zeros) or without a year belongs to 清算日期, which begins at about 23:00 of the day
  before. A time without a day that is within five minutes of that is left unknown.
- 总笔数, 交易金额, 结算金额 and 手续费 below the table are controls. The heading says that 1000 records are shown: a
  list of exactly so many without 总笔数 may have been cut, which is a control that fails. The list of the net bank,
  which tells its query (清算日期从), ends in 总笔数: without it, the control says so and refuses nothing.

Do not load these lists beside UnionPay's own ZM of the same merchant: no number in them is known to be one of the ZM,
and its transactions would count twice.

Sources: one genuine list of net bank payments (33 rows), 4 396 rows of the WAP list, 4 084 of the acquirer's CSV, and
programs that read the other three. No genuine refund was seen: their signs are uncertain, and so are the names of the
columns of the list without 清算日期.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar, Final

import polars as pl

from recon import money, times
from recon.errors import SourceError
from recon.model import Book, Channel, Kind, Status
from recon.sources import cells, figures, header, unionpay_records
from recon.sources.sheet import read_sheet
from recon.sources.source import Control, Reading, Settings, Source
from recon.sources.table import read_table
from recon.sources.template import Doubt, set_aside, typed_rows
from recon.sources.unionpay_words import KINDS, NONE

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from recon.sources.piece import Piece
    from recon.sources.table import Table


@dataclass(frozen=True, slots=True)
class _Layout:
    """One list: the header names that tell it, and what it calls a column that all lists have."""

    required: tuple[str, ...]
    aliases: Mapping[str, str] = field(default_factory=dict)


_LAYOUTS: Final = (
    _Layout(
        ("清算日期", "交易日期", "交易时间", "交易金额", "清算金额", "手续费", "流水号", "交易类型", "参考号", "商户号")
    ),
    _Layout(
        ("清算时间", "交易时间", "交易类型", "交易金额", "清算金额", "手续费", "检索号", "商户号", "商户订单号"),
        {"清算时间": "清算日期", "检索号": "参考号"},
    ),
    _Layout(
        ("清算日期", "交易日期时间", "商编", "终端", "参考号", "交易类型", "交易金额", "手续费", "订单号"),
        {"交易日期时间": "交易时间", "商编": "商户号", "订单号": "商户订单号"},
    ),
    _Layout(("商户号", "交易日期", "交易时间", "交易类型", "交易金额", "清算金额", "参考号", "流水号", "退货订单号")),
    _Layout(
        (
            "清算日期",
            "交易时间",
            "结算商户编号",
            "交易金额",
            "商户手续费",
            "交易类型",
            "终端流水号bit11",
            "参考号bit37",
        ),
        {
            "结算商户编号": "商户号",
            "商户手续费": "手续费",
            "终端流水号bit11": "流水号",
            "参考号bit37": "参考号",
            "原bit37": "原参考号",
            "订单号": "商户订单号",
        },
    ),
)
_READ: Final = (
    "清算日期", "交易日期", "交易时间", "交易金额", "清算金额", "手续费", "流水号", "交易类型", "参考号", "商户号",
    "商户订单号", "原参考号", "银商订单号", "支付类型", "交易方式",
)  # fmt: skip
"""Columns that are read where they are there."""
_EXTRAS: Final = ("优惠金额", "分期手续费", "钱包优惠金额", "商户优惠金额", "其他优惠金额")
"""Columns of further money: where a row has some, 清算金额 is not only 交易金额 - 手续费."""
_CODES: Final = {"000000": Kind.PAYMENT.value, "200000": Kind.REFUND.value, "030000": NONE}
_NOTE: Final = r"^(总笔数|总计|合计|小计|汇总|请注意|备注|说明|注:|交易笔数|对账明细|集团名称|清算日期从)"
"""How a line below the header begins that is no transaction; lists are put together with their headings."""
_TOTALS: Final = re.compile(r"(总笔数|交易金额|结算金额|清算金额|手续费)\s*:\s*(-?\d[\d,]*(?:\.\d{1,2})?)")
_SHOWN_ONLY: Final = re.compile(r"仅显示\s*(\d+)\s*条")
_DAY_ONLY: Final = r"^\d{8}$|^\d{4}-\d\d-\d\d$|^\d{4}/\d{1,2}/\d{1,2}$"
_UNSURE_S: Final = 300


class Chinaums(Source):
    """银联商务交易明细."""

    name: ClassVar[str] = "chinaums"
    title: ClassVar[str] = "银联商务交易明细"
    raw_table: ClassVar[str] = "unionpay.chinaums"
    book = Book.CHANNEL
    looks_for: ClassVar[str] = (
        "a header with 清算日期, 清算金额, 流水号 and 参考号, with 清算时间 and 检索号, with 商编 and 交易日期时间, "
        "with 退货订单号 and 清算金额, or with 终端流水号bit11"
    )

    def identify(self, piece: Piece) -> bool:
        """Tell whether the header of one of the layouts is there, in the text or in a sheet. Never raises."""
        try:
            return _find(piece) is not None
        except SourceError:
            return False

    def read(self, piece: Piece, settings: Settings) -> Reading:
        """Read every row. Raises SourceError when there is no header, or an identifier is destroyed."""
        table = _table(piece)
        cells.refuse_destroyed_ids(piece.name, table.frame, [name for name in _IDENTIFIERS if table.has(name)])
        notes, rows, odd = _without_notes(table)
        cutoff = settings.unionpay_cutoff
        typed, bad = typed_rows(_prepared(rows, cutoff), _wanted(), _DOUBTS)
        by_cutoff = times.business_date(pl.col("occurred_s"), cutoff=cutoff)
        typed = typed.with_columns(pl.coalesce("settled", by_cutoff).alias("business_date"))
        moved, still = set_aside(typed, pl.col("kind") == NONE, "moves no money: 交易类型 is about an authorisation")
        noted = notes.select("line_no", pl.lit("a total or a note of the file, no transaction").alias("reason"))
        accounts = typed["account"].unique()
        return Reading(
            raw=table.raw,
            account=accounts.item() if accounts.len() == 1 else "",
            txns=_txns(moved),
            rejects=pl.concat([odd, bad.with_columns(pl.col("column").replace("moment", "交易时间"))]).sort(
                "line_no", "column", maintain_order=True
            ),
            excluded=pl.concat([still, noted]).sort("line_no"),
            controls=tuple(_controls(table, notes, typed, rows.height)),
        )


_IDENTIFIERS: Final = ("流水号", "参考号", "商户号", "商户订单号", "原参考号", "银商订单号")


def _find(piece: Piece) -> tuple[str, list[str], _Layout] | None:
    """Separator (``""``: a workbook), header names and layout; None when the file has none of them."""
    for separator, names in header.candidates(piece):
        for layout in _LAYOUTS:
            if set(layout.required) <= set(names):
                return separator, names, layout
    return None


def _table(piece: Piece) -> Table:
    found = _find(piece)
    if found is None:
        raise SourceError(
            "the table header was not found; looked for the columns "
            + " or ".join(", ".join(layout.required) for layout in _LAYOUTS),
            path=piece.name,
            remedy="Export the list again and do not delete or rename its heading lines.",
        )
    separator, _, layout = found
    if not separator:
        return read_sheet(piece, required=layout.required, aliases=layout.aliases)
    return read_table(piece, required=layout.required, separator=separator, aliases=layout.aliases, multiline=False)


def _without_notes(table: Table) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]:
    """Return (notes: line_no and text, rows, rejects of the table that are no notes). A header once more is a note."""
    again = pl.all_horizontal([_plain(name) == name for name in table.header[:3]])
    text = pl.concat_str([_plain(name) for name in table.header], separator=" ").str.strip_chars()
    inside = table.frame.with_columns(text.alias("text"), again.alias("again"))
    inside = inside.filter(pl.col("again") | pl.col("text").str.contains(_NOTE)).select("line_no", "text")
    outside = table.unsplit.select("line_no", pl.col("text").str.normalize("NFKC").str.strip_chars(_AROUND))
    notes = pl.concat([inside, outside.filter(pl.col("text").str.contains(_NOTE))]).sort("line_no")
    numbers = notes["line_no"].implode()
    return (
        notes,
        table.frame.filter(~pl.col("line_no").is_in(numbers)),
        table.rejects.filter(~pl.col("line_no").is_in(numbers)),
    )


_AROUND: Final = " \t,\"'"


def _plain(name: str) -> pl.Expr:
    return cells.printed(name).str.normalize("NFKC").str.replace_all(r"\s", "")


# -- cells ---------------------------------------------------------------------------------------------------------


def _prepared(rows: pl.DataFrame, cutoff: str) -> pl.DataFrame:
    """Add the columns that a list has not, and ``moment``: date and time, ``""`` where the day is not certain."""
    frame = rows.with_columns([pl.lit("").alias(name) for name in (*_READ, *_EXTRAS) if name not in rows.columns])
    settled, day, when = (cells.printed(name) for name in ("清算日期", "交易日期", "交易时间"))
    hour, minute = (int(part) for part in cutoff.split(":"))
    clock = when.str.replace_all(":", "").str.zfill(6)
    since_cut_s = (
        clock.str.slice(0, 2).cast(pl.Int64, strict=False) * 3600
        + clock.str.slice(2, 2).cast(pl.Int64, strict=False) * 60
        + clock.str.slice(4, 2).cast(pl.Int64, strict=False)
        - (hour * 3600 + minute * 60)
    )
    settled_day = times.day(settled, ("%Y%m%d", "%Y-%m-%d", "%Y/%m/%d"))
    before = pl.when(since_cut_s >= 0).then(settled_day.dt.offset_by("-1d")).otherwise(settled_day)
    of_clock = (
        pl.when(since_cut_s.abs() > _UNSURE_S).then(before.dt.to_string("%Y%m%d") + " " + clock).otherwise(pl.lit(""))
    )
    month = when.str.slice(0, 2).cast(pl.Int32, strict=False)
    gap = month - settled_day.dt.month().cast(pl.Int32)
    year = settled_day.dt.year() + pl.when(gap > 6).then(-1).when(gap < -6).then(1).otherwise(0)
    return frame.with_columns(
        pl.when((day != "") & when.str.contains(r"^\d{1,2}:?\d\d:?\d\d$"))
        .then(day + " " + when)
        .when(when.str.contains(r"^\d{10}$"))
        .then(year.cast(pl.String) + when.str.slice(0, 4) + " " + when.str.slice(4))
        .when(when.str.contains(r"^\d{1,6}$|^\d{1,2}:\d\d:\d\d$"))
        .then(of_clock)
        .when(when.str.contains(_DAY_ONLY))
        .then(pl.lit(""))
        .otherwise(when)
        .alias("moment")
    )


_MOMENTS: Final = (
    "%Y-%m-%d %H:%M:%S", "%Y%m%d %H%M%S", "%Y%m%d %H:%M:%S", "%Y/%m/%d %H:%M:%S", "%Y%m%d%H%M%S", "%Y-%m-%d %H%M%S",
)  # fmt: skip


def _wanted() -> dict[str, cells.Cell]:
    kinds = KINDS | _CODES
    kind = cells.printed("交易类型").replace_strict(kinds, default=None, return_dtype=pl.String)
    number = (
        pl.when(cells.text("参考号").typed != "").then(cells.text("参考号").typed).otherwise(cells.text("流水号").typed)
    )
    printed = {name: _plain(name) for name in _EXTRAS}
    extra = pl.any_horizontal([~cell.is_in(["", "-", "0", "0.0", "0.00"]) for cell in printed.values()])
    return {
        "account": cells.text("商户号", required=True),
        "kind": cells.Cell("交易类型", kind, "is no 交易类型 known here (消费, 退货 ...)", required=True),
        "settled": cells.date("清算日期", required=False),
        "occurred_s": cells.moment("moment", times.BEIJING, _MOMENTS, required=False),
        "printed_minor": cells.amount("交易金额"),
        "printed_fee": cells.amount("手续费", required=False),
        "cleared_minor": cells.amount("清算金额", required=False),
        "number": cells.Cell("参考号", number, "is blank, and so is 流水号", required=True),
        "serial": cells.text("流水号"),
        "order_id": cells.text("商户订单号"),
        "origin": cells.text("原参考号"),
        "own_no": cells.text("银商订单号"),
        "way": cells.text("支付类型"),
        "method": cells.text("交易方式"),
        "extra": cells.Cell("交易金额", extra, "cannot be"),
    }


_IS_PAYMENT: Final = pl.col("kind") == Kind.PAYMENT
_AMOUNT: Final = pl.when(_IS_PAYMENT).then("printed_minor").otherwise(-pl.col("printed_minor").abs())
_FEE: Final = pl.when(_IS_PAYMENT).then(-pl.col("printed_fee")).otherwise(pl.col("printed_fee").abs())
_NET: Final = pl.when(_IS_PAYMENT).then("cleared_minor").otherwise(-pl.col("cleared_minor").abs())
_DOUBTS: Final = (
    Doubt(
        "交易金额", _IS_PAYMENT & (pl.col("printed_minor") < 0), "is negative, but 交易类型 says that the customer pays"
    ),
    Doubt(
        "清算金额",
        (pl.col("kind") != NONE) & ~pl.col("extra") & (_AMOUNT + _FEE.fill_null(0) != _NET),
        "is not 交易金额 - 手续费",
    ),
    Doubt("交易时间", pl.col("settled").is_null() & pl.col("occurred_s").is_null(), "tells no day, nor does 清算日期"),
)


def _txns(rows: pl.DataFrame) -> pl.DataFrame:
    refund = pl.col("kind") == Kind.REFUND
    blank = pl.lit("")
    day = pl.col("business_date")
    origin = pl.when(pl.col("origin") != "").then("origin").otherwise("number")
    notes = [
        pl.when(pl.col(name) != "").then(pl.concat_str(pl.lit(f"{caption} "), name))
        for caption, name in (
            ("流水号", "serial"),
            ("银商订单号", "own_no"),
            ("支付类型", "way"),
            ("交易方式", "method"),
        )
    ]
    return rows.select(
        "line_no",
        pl.lit(Book.CHANNEL.value).alias("book"),
        pl.lit(Channel.UNIONPAY.value).alias("channel"),
        "account",
        "kind",
        pl.lit(Status.SUCCESS.value).alias("status"),
        pl.concat_str(["number", day.dt.to_string("%Y%m%d"), "kind"], separator="/").alias("native_id"),
        pl.lit("CNY").alias("currency"),
        _AMOUNT.alias("amount_minor"),
        _FEE.alias("fee_minor"),
        _NET.alias("net_minor"),
        "occurred_s",
        "business_date",
        pl.when(refund).then(blank).otherwise("order_id").alias("merchant_no"),
        pl.col("number").alias("channel_txn_no"),
        pl.when(refund).then(origin).otherwise(blank).alias("related_no"),
        pl.when(refund).then("order_id").otherwise(blank).alias("refund_no"),
        unionpay_records.batch(pl.col("account"), day).alias("batch_no"),
        pl.concat_str(notes, separator="; ", ignore_nulls=True).alias("memo"),
    )


# -- controls ------------------------------------------------------------------------------------------------------


def _controls(table: Table, notes: pl.DataFrame, typed: pl.DataFrame, rows: int) -> Iterator[Control]:
    """Totals below the table, and whether the list may have been cut; ``typed`` are those that could be read."""
    words = unicodedata.normalize("NFKC", "\n".join(notes["text"]))
    totals = dict(_TOTALS.findall(words))
    # Whether refunds count as negative in the totals is not known.
    binding = not typed.filter(pl.col("kind") == Kind.REFUND).height
    sums = typed.select(
        _AMOUNT.sum().alias("交易金额"),
        _NET.sum().alias("清算金额"),
        _NET.sum().alias("结算金额"),
        (-_FEE).sum().alias("手续费"),
    ).row(0, named=True)
    for name, printed in totals.items():
        if name == "总笔数":
            yield Control(name, figures.count(printed), str(rows))
        else:
            yield Control(name, figures.amount(printed, "CNY"), money.show(sums[name], "CNY"), binding)
    above = unicodedata.normalize("NFKC", "\n".join(table.before))
    if (
        "清算日期从" in above and "总笔数" not in totals
    ):  # the query of the net bank ends in its totals; the mail has none
        yield Control("总笔数", "none: the list may have been cut", str(rows), binding=False)
    banner = _SHOWN_ONLY.search(above)
    if banner and figures.count(banner[1]) == str(rows) and "总笔数" not in totals:
        yield Control(banner[0], f"more than {rows} perhaps", str(rows))
