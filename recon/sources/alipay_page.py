"""What Alipay prints around the tables of all its bills, and how its tables are found and split.

    #支付宝账务明细查询                               title(lines) = "账务明细"
    #账号：[20880312345678900156]                    preamble(lines) = ("20880312345678900156",
    #起始日期：[2026年02月03日 00:00:00]   终止日期：[2026年02月04日 00:00:00]        3 February, 3 February)
    #-----------------------------------------账务明细列表----------------------------------------
    账务流水号,业务流水号,商户订单号, ...              find(piece, EDITIONS, family="账务")
    ...                                             records
    #-----------------------------------------账务明细列表结束------------------------------------
                                                    closing_line(table); lines of dashes differ from bill to bill

The bills come as GBK text; people save them again as UTF-8, as tab-separated text, as a workbook or as a web page, so
that content decides what is read: :func:`find` looks at all of them alike, :func:`records` reads what it found.

A file whose title names another family of bills is not claimed, whatever its columns are: the bills of daily settlement
(``settlementMerge``), of marketing (``merchant_act``) and of 直付通 may well repeat columns of the bills that are read.
"""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

import polars as pl

from recon import money
from recon.errors import SourceError
from recon.sources import cells
from recon.sources.header import first_rows
from recon.sources.html_table import as_text
from recon.sources.piece import Piece
from recon.sources.sheet import read_sheet
from recon.sources.source import Control
from recon.sources.table import Table, read_table

TAOBAO: Final = r"^T\d+P(\d{16,})$"
"""Merchant order number of a Taobao or Tmall payment; the group is the shop's order number."""
NOTE: Final = r'^[\s",]*#'
"""A line that is no record: Alipay's own begin with ``#``."""
_TITLE: Final = re.compile(r'^[\s",#]*支付宝(\w+?)(?:查询)?[\s",]*$')
_ACCOUNT: Final = re.compile(r"(?:账号|支付宝账户):\s*([^\[\n,\"]*)(?:\[\s*([^\]\n]*?)\s*\])?")
_PID: Final = re.compile(r"2088\d{12}", re.ASCII)
_DAY: Final = r"(?:日期|时间):\s*\[?\s*(\d{4})[年/-](\d{1,2})[月/-](\d{1,2})日?\s*(\d{2}:\d{2}:\d{2})?"
_FIRST: Final = re.compile("起始" + _DAY)
_LAST: Final = re.compile("(?:终止|结束|截止)" + _DAY)
_FIGURE: Final = r"\s*(?:0|[+-]?\d+\.\d\d)?\s*"


@dataclass(frozen=True, slots=True)
class Found:
    """Where the table of a file stands: its header cells as printed, separator (``""`` = workbook), what is above."""

    header: tuple[str, ...]
    separator: str
    above: tuple[str, ...]


def find(
    piece: Piece, editions: Sequence[Sequence[str]], *, family: str, aliases: Mapping[str, str] | None = None
) -> Found | None:
    """Return the first header that has all columns of one of ``editions``, in text, workbook or web page. Never raises.

    Names are compared after ``table.normal`` and ``aliases``. ``family`` is how the title of the bill begins
    (``账务``): a file with another title is none of it, one without a title is taken by its columns.
    """
    known = aliases or {}
    rows = first_rows(piece)
    for index, (separator, names) in enumerate(rows):
        had = {known.get(name, name) for name in names}
        if any(set(required) <= had for required in editions):
            above = tuple(",".join(row) for _, row in rows[:index])
            said = title(above)
            return Found(names, separator, above) if not said or said.startswith(family) else None
    return None


def records(
    piece: Piece,
    editions: Sequence[Sequence[str]],
    *,
    family: str,
    aliases: Mapping[str, str] | None = None,
    trailer: str = NOTE,
    continued: bool = False,
) -> tuple[Table, Found]:
    """Read the table that :func:`find` finds, up to the first line of Alipay's own (``trailer``) below it.

    ``continued``: in a workbook the records go on over all sheets of one name (明细1, 明细2), and lines of Alipay's own
    are among them. Raises SourceError when there is no table, or the text cannot be decoded.
    """
    found = find(piece, editions, family=family, aliases=aliases)
    if found is None:
        raise SourceError(
            "the table header was not found; looked for a line with the columns "
            + " or ".join(", ".join(required) for required in editions),
            path=piece.name,
            remedy="Download the file again and do not delete or rename its heading lines.",
        )
    known = aliases or {}
    wanted = {name for required in editions for name in required}
    required = [name for name in found.header if known.get(name, name) in wanted]
    if not found.separator:
        end = "" if continued else trailer
        return read_sheet(piece, required=required, aliases=known, trailer=end, continued=continued), found
    table = read_table(
        as_text(piece),
        required=required,
        separator=found.separator,
        trailer=trailer,
        aliases=known,
        multiline=False,
        exact=True,
    )
    return table, found


def title(lines: Sequence[str]) -> str:
    """What the bill calls itself above its table: ``业务明细``, ``账务汇总``; ``""`` when it does not say."""
    for line in lines:
        said = _TITLE.match(unicodedata.normalize("NFKC", line).lstrip("\ufeff"))
        if said:
            return said.group(1)
    return ""


def preamble(lines: Sequence[str]) -> tuple[str, dt.date | None, dt.date | None]:
    """Account, first and last day (inclusive) that the lines above an Alipay table state; blank or None if they do not.

    ``终止日期：[2026年02月04日 00:00:00]`` is the moment at which the bill ends, so its last day is the 3rd. An account
    is a number, or the address that the holder logs in with; where both are printed (``name@x.example[2088...]``) it is
    the number. The 20 digits of the bills are the 16 of the merchant's PID and 0156: a PID alone is filled up to them.
    """
    text = unicodedata.normalize("NFKC", "\n".join(lines))
    account = _ACCOUNT.search(text)
    start, end = _FIRST.search(text), _LAST.search(text)
    first, last = _date(start), _date(end)
    if end and last and end.group(4) == "00:00:00" and last != first:
        last -= dt.timedelta(days=1)
    number = (account.group(2) or account.group(1)).strip() if account else ""
    return f"{number}0156" if _PID.fullmatch(number) else number, first, last


def _date(found: re.Match[str] | None) -> dt.date | None:
    try:
        return dt.date(*(int(part) for part in found.groups()[:3])) if found else None
    except ValueError:  # 31 February
        return None


def closing_line(table: Table) -> list[Control]:
    """Return the control of the closing line: a list that was opened with a line of dashes must be closed with one."""
    opened = any(re.match(r"^[\s\",]*#-+.*列表-+", line) for line in table.before)
    if not opened:
        return []
    closed = any("列表结束" in line for _, line in table.after)
    return [Control("列表结束", "有" if closed else "无", "有")]


def order_number(column: str) -> cells.Cell:
    """Merchant order number; of a Taobao or Tmall payment (``T200P`` + number) the shop's order number."""
    number = cells.text(column)
    return replace(number, typed=number.typed.str.replace(TAOBAO, "$1"))


def batch_no(account: str, business_date: pl.Expr) -> pl.Expr:
    """Settlement batch of a day: Alipay prints none, so it is ``alipay:account:YYYYMMDD``."""
    return pl.lit(f"alipay:{account}:") + business_date.dt.to_string("%Y%m%d")


def shown(minor: int) -> str:
    """Amount as a control shows it."""
    return money.show(minor, "CNY")


def figure(printed: str) -> str:
    """A printed total as a control shows it, without its sign; as it stands when it is no amount."""
    try:
        return shown(abs(money.parse(printed, "CNY")))
    except money.MoneyError:
        return printed


def mended(
    table: Table,
    separator: str,
    *,
    texts: Sequence[str],
    moments: Sequence[str],
    words: Mapping[str, Iterable[str]] | None = None,
    spare: bool = False,
) -> Table:
    """Put bare commas back into the columns ``texts``, which people type.

    Every time (``moments``), every figure (columns ending in ``元)``) and every word of a closed set (``words``) must
    stand in its column with its full form (figures: two decimals, or a single 0): a comma in any other cell would move
    money from one column to the next, so that such a record stays a reject. ``spare``: header and records end in a
    separator behind which nothing stands.
    """
    if not table.unsplit.height or not table.has(*texts, *moments):
        return table
    known = dict.fromkeys(texts, ".*?")
    known |= dict.fromkeys(moments, rf"\s*\d{{4}}[-/]\d[^{separator}]*")
    known |= {name: rf"\s*(?:{'|'.join(map(re.escape, said))})?\s*" for name, said in (words or {}).items()}
    other = f"[^{separator}]*"
    forms = [known.get(name, _FIGURE if name.endswith("元)") else other) for name in table.header]
    whole = "^" + separator.join(f"({form})" for form in forms) + (rf"{separator}\s*$" if spare else "$")
    found = table.unsplit.with_columns(pl.col("text").str.extract_groups(whole).alias("cells"))
    names = [f"{number}" for number in range(1, len(forms) + 1)]
    split = found.select("line_no", *(pl.col("cells").struct.field(number) for number in names))
    split = split.rename(dict(zip(names, table.header, strict=True))).filter(pl.col(table.header[0]).is_not_null())
    lines = split["line_no"].implode()
    return replace(
        table,
        frame=pl.concat([table.frame, split]).sort("line_no"),
        unsplit=table.unsplit.filter(~pl.col("line_no").is_in(lines)),
        rejects=table.rejects.filter(~pl.col("line_no").is_in(lines)),
    )
