"""What the account tables of banks have in common; a bank's own module is its header names and quirks.

A bank says which tables it prints as a tuple of :class:`Layout`: the header names that no other bank's table has
together, and for each role (day, time, money out, money in, balance ...) the columns that may play it, the first one
there is the one used. Everything else is the same for all of them:

- The table may be text (comma, tab or ``|``), a workbook (.xls, .xlsx), or a web page saved as .xls: content decides.
  The header is found below any number of heading lines; names are compared without white space, without the English
  in ``[ ]`` that some banks add, and with half-width signs.
- Money: two columns (in - out), or one column with a 借/贷 flag, or one signed column. The bank speaks of its own
  books: 贷 is what it owes the customer, so 贷 is money in and 借 money out, the reverse of the customer's ledger. A
  blank side is zero; red lines (冲正) are negative on their own side. The running balance proves it, oldest line
  first or newest, one control per account and currency (recon/sources/balance.py).
- occurred_s: a full date and time, or a time of day (``09:15:02``, ``91502``) that belongs to the row's day; a bare
  date leaves it unknown.
- native_id = serial/YYYYMMDD/amount: banks give a charge the serial of the payment it belongs to, also on a later
  day, and one must not replace the other. Without a serial it is blank.
- account and currency: a column, else the heading lines; a file that names no currency is in CNY (a bank abroad: in
  that of the account, which the workspace states).
- Totals, page headings and closing sentences are rows of the file, excluded with that reason, wherever they stand:
  what follows them is read on. Totals that stand below the money columns, and those of the heading, are controls.

    STATEMENT = Layout(required=("交易日期", "主机交易流水号"), day=("交易日期",), out=("借方发生额",),
        into=("贷方发生额",))
    bank_table.claims(piece, (STATEMENT,))  ->  bool
    bank_table.read(piece, settings, (STATEMENT,))  ->  Reading
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, TypeAlias

import polars as pl

from recon import money
from recon.errors import SourceError
from recon.model import Book, Kind, Status
from recon.sources import balance, bank_heading, bank_totals
from recon.sources.cells import (
    BLANKS,
    SURROUNDING,
    Cell,
    amount,
    moment,
    printed,
    read_cells,
    refuse_destroyed_ids,
    text,
)
from recon.sources.currency_names import CURRENCY_CODES
from recon.sources.html_table import as_text, whole
from recon.sources.piece import Piece
from recon.sources.sheet import is_spreadsheet, read_sheet, sheet_head
from recon.sources.source import Reading, Settings
from recon.sources.table import Table, normal, read_table, split_header

Names: TypeAlias = tuple[str, ...]

HEAD_ROWS: Final = 300
NO_MOVEMENT: Final = "a total or a note of the file, no movement"
_SEPARATORS: Final = (",", "\t", "|")
_SIGNS: Final = {
    **dict.fromkeys(("借", "借方", "借Dr", "Dr", "D", "DEBIT", "支出", "支", "转出", "往账"), -1),
    **dict.fromkeys(("贷", "贷方", "贷Cr", "Cr", "C", "CREDIT", "收入", "收", "转入", "来账"), 1),
}
_FOOTER: Final = (
    r"^[\s\",|]*(以上数据|具体内容|温馨提示|特别提示|本页|本月|合计|总计|小计|累计|人民币合计|美元合计|港币合计|欧元合计|"
    r"共\s*\d+\s*[笔条]|说明|声明|注[:：]|备注[:：]|制表|打印|下载|第\s*\d+\s*页|\*{3}|-{5}|={5})"
)
_MOMENTS: Final = (
    "%Y%m%d %H%M%S",
    "%Y%m%d %H:%M:%S",
    "%Y-%m-%d %H:%M:%S",
    "%Y/%m/%d %H:%M:%S",
    "%Y-%m-%d %H:%M",
    "%Y/%m/%d %H:%M",
    "%Y%m%d%H%M%S",
)
_DAY: Final = r"^(\d{8}|\d{4}[-/.年]\d{1,2}[-/.月]\d{1,2}日?)(?:[ T-]*\d.*)?$"
_DASHED_DAY: Final = r"^\d{4}-\d\d-\d\d(?:[ T-]*\d.*)?$"
_STAMP: Final = r"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$"
_TIME_OF_DAY: Final = r"^\d{1,2}:\d{2}(:\d{2})?$"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sides:
    """Columns of a table that names payer and payee: ``way`` (来账 or 往账) says which of them is the other side."""

    way: str
    payer: str
    payer_account: str
    payee: str
    payee_account: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """One table of one bank. Roles name columns as :func:`bare` gives them; of several the first there is counts."""

    required: Names
    """Header names that no other table of any bank has together."""
    lacks: Names = ()
    """Header names that make it another table."""
    heading: str = ""
    """Regular expression that must be found above the header, where names alone do not tell the bank."""
    day: Names
    day_form: str = ""
    """Form of a printed day (strptime) where it is neither YYYY-MM-DD nor YYYYMMDD: an order of day and month that the
    bank is known to print, never one that is guessed from the file."""
    when: Names = ()
    clock_day: Names = ()
    """Day that a bare time of day belongs to, where it is not ``day``."""
    out: Names = ()
    into: Names = ()
    amount: Names = ()
    flag: Names = ()
    """Column of 借 or 贷 beside an unsigned ``amount``; without one the amount is signed."""
    signed: bool = False
    """The amount has its sign although there is a ``flag``; a row in which they contradict each other is a reject."""
    turned: tuple[str, str] = ("", "")
    """Column and word of the rows whose ``amount`` is printed with the opposite sign."""
    balance: Names = ("余额", "账户余额", "本次余额", "联机余额", "交易后余额")
    currency: Names = ("币种", "币别", "货币", "交易货币", "记账币种")
    account: Names = ("本方账号", "账号")
    serial: Names = ("交易流水号", "核心流水号", "流水号")
    serial_form: str = ""
    """Regular expression that a serial fits; another one is a reject."""
    counterparty: Names = (
        "对方户名",
        "对方名称",
        "对方单位名称",
        "对方单位",
        "对方账户名称",
        "对方账号名称",
        "对手信息",
    )
    counterparty_form: str = ""
    """Regular expression whose first group is the name, where the cell holds name and account number together."""
    sides: Sides | None = None
    """Payer and payee instead of a counterparty."""
    memo: Names = ("摘要", "交易摘要", "用途", "附言", "交易附言", "交易用途", "备注")
    unstated_currency: str = "CNY"
    """Currency of a file that names none; ``""``: the workspace must state that of the account."""
    heading_currency: str = ""
    """Regular expression whose first group is the currency's name, where the heading does not call it 币种."""
    complete: int = 0
    """A line of text with at least so many cells is filled up with blank ones at its end; 0 = lines are complete."""


@dataclass(frozen=True, slots=True)
class _Found:
    """Where the table of a file stands: its layout, separator (``""`` = workbook), header cells, heading rows."""

    layout: Layout
    separator: str
    header: Names
    heading: tuple[Names, ...]

    @property
    def aliases(self) -> dict[str, str]:
        """Header cells -> their bare names."""
        return {cell: bare(cell) for cell in self.header}

    @property
    def words(self) -> str:
        """Heading as text, one row a line, half-width signs."""
        return unicodedata.normalize("NFKC", "\n".join(",".join(row) for row in self.heading))


def bare(name: str) -> str:
    """Header name for comparison: no white space, half-width signs, without ``[ English ]`` at its end."""
    return re.sub(r"\[[^\]]*\]$", "", "".join(normal(name).split()))


def claims(piece: Piece, layouts: Sequence[Layout]) -> bool:
    """Tell whether the file has a header of one of the layouts. Never raises."""
    return _find(piece, layouts) is not None


def _find(piece: Piece, layouts: Sequence[Layout]) -> _Found | None:
    rows = _head(piece)
    for layout in layouts:
        for index, (separator, cells) in enumerate(rows):
            names = {bare(cell) for cell in cells}
            if set(layout.required) <= names and not names & set(layout.lacks):
                found = _Found(layout, separator, cells, tuple(row for _, row in rows[:index]))
                if re.search(layout.heading, found.words):
                    return found
    return None


@lru_cache(maxsize=2)  # every bank is asked about the same file, one after the other
def _head(piece: Piece) -> tuple[tuple[str, Names], ...]:
    """First rows of the file: separator (``""`` in a workbook) and cells; all sheets, one after the other."""
    try:
        if is_spreadsheet(piece):
            return tuple(("", tuple(map(normal, row))) for sheet in sheet_head(piece) for row in sheet[:HEAD_ROWS])
        lines = as_text(Piece(piece.name, piece.start)).head_lines[:HEAD_ROWS]
    except SourceError:
        return ()
    separators = [max(_SEPARATORS, key=line.count) for line in lines]
    return tuple((sep, tuple(split_header(line, sep))) for sep, line in zip(separators, lines, strict=True))


def read(piece: Piece, settings: Settings, layouts: Sequence[Layout]) -> Reading:
    """Read every row below the header. Raises SourceError when there is none, or when identifiers are destroyed."""
    found = _found(piece, layouts)
    table = _table(piece, found)
    roles = _Roles(found.layout, table.header)
    footers, records, odd = without_footers(table, roles.day, roles.layout.day_form)
    refuse_destroyed_ids(piece.name, records, [name for name in (roles.serial, roles.account) if name in table.header])

    frame = _prepared(records, found, roles)
    typed, bad = read_cells(frame, _wanted(roles, settings.zone, places(frame, roles.currency)))
    bad = bad.with_columns(pl.col("column").replace(_CLOCK_COLUMN, roles.when))
    bad = bad.unique(["line_no", "column"], keep="first", maintain_order=True)
    lines = _with_amounts(typed, roles)
    accounts = lines["account"].unique(maintain_order=True).to_list()
    start, end = bank_heading.period(found.words)
    return Reading(
        raw=table.raw,
        account=accounts[0] if len(accounts) == 1 else "",
        period_start=start,
        period_end=end,
        txns=_txns(lines, roles),
        rejects=pl.concat([odd, bad]).sort("line_no", maintain_order=True),
        excluded=footers.select("line_no", pl.lit(NO_MOVEMENT).alias("reason")),
        controls=(
            *whole(piece),
            *balance.chain(lines),
            *bank_totals.of_heading(found.heading, lines),
            *bank_totals.of_footers(
                _cells_of(footers, piece, found.separator), table.header, roles.into, roles.out, lines
            ),
        ),
    )


def printed_table(piece: Piece, layouts: Sequence[Layout]) -> Table:
    """Cells below the header as they are printed, totals and notes among them. Raises SourceError without a header."""
    return _table(piece, _found(piece, layouts))


def _found(piece: Piece, layouts: Sequence[Layout]) -> _Found:
    found = _find(piece, layouts)
    if found is None:
        raise SourceError(
            "the table header was not found; looked for the columns "
            + " or ".join(map(", ".join, _wanted_names(layouts))),
            path=piece.name,
            remedy="Download the file again and do not delete or rename its heading lines.",
        )
    return found


def _wanted_names(layouts: Sequence[Layout]) -> list[Names]:
    return [layout.required for layout in layouts]


def _table(piece: Piece, found: _Found) -> Table:
    required = [cell for cell in found.header if bare(cell) in found.layout.required]
    if not found.separator:
        return read_sheet(piece, required=required, aliases=found.aliases)
    shown = as_text(piece)
    if found.layout.complete:
        shown = _filled_up(shown, found)
    return read_table(
        shown,
        required=required,
        separator=found.separator,
        aliases=found.aliases,
        quoted=found.separator != "|",
        multiline=False,
    )


def _filled_up(piece: Piece, found: _Found) -> Piece:
    """Give lines that leave out their last, blank cells these cells back."""
    width = len(found.header)
    cuts = pl.col("text").str.count_matches(found.separator, literal=True)
    short = cuts.is_between(found.layout.complete - 1, width - 2) & ~pl.col("text").str.contains('"', literal=True)
    missing = pl.lit(found.separator).repeat_by((pl.lit(width - 1, dtype=pl.Int64) - cuts.cast(pl.Int64)).clip(0))
    lines = pl.DataFrame({"text": pl.Series([piece.text]).str.split("\n").explode()})
    whole = lines.select(pl.when(short).then(pl.col("text") + missing.list.join("")).otherwise("text").alias("text"))
    return Piece(piece.name, whole["text"].str.join("\n").item().encode())


def without_footers(table: Table, day: str, form: str = "") -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]:
    """Tell totals, page headings and closing sentences from records; ``day`` is the column of a record's day.

    Returns (footers: line_no, text; records; rejects of records). A header printed again counts as a footer.
    """
    columns = list(table.header)
    undated = table.frame.filter(~pl.col(day).is_in(_dated(table.frame[day], form).implode()))
    cells = pl.concat_str([pl.col(name).str.strip_chars(" \t\"'\u3000\xa0") for name in columns], separator="\x1f")
    again = pl.all_horizontal([_said(name) == name for name in columns[:3]])
    is_note = cells.str.replace_all("\x1f", ",", literal=True).str.contains(_FOOTER)
    inside = undated.filter(is_note | again).select("line_no", cells.alias("text"))
    outside = table.unsplit.filter(pl.col("text").str.contains(_FOOTER))
    footers = pl.concat([inside, outside]).sort("line_no")
    numbers = footers["line_no"].implode()
    return (
        footers,
        table.frame.filter(~pl.col("line_no").is_in(numbers)),
        table.rejects.filter(~pl.col("line_no").is_in(numbers)),
    )


def _dated(cells: pl.Series, form: str) -> pl.Series:
    """Distinct cells that are days; a file has few."""
    known = pl.DataFrame({"day": cells.unique()})
    return known.filter(_digits("day", form).is_not_null())["day"]


def _cells_of(footers: pl.DataFrame, piece: Piece, separator: str) -> list[list[str]]:
    """Cells of footers. Those of text are split anew: they may have fewer cells than the header, and commas in sums."""
    if not footers.height or not separator:
        return [row.split("\x1f") for row in footers["text"]]
    lines = as_text(piece).text.split("\n")
    return [split_header(lines[line_no - 1], separator) for line_no in footers["line_no"]]


def _said(column: str) -> pl.Expr:
    """Cells as :func:`bare` gives header names."""
    return printed(column).str.normalize("NFKC").str.replace_all(r"\s", "").str.replace(r"\[[^\]]*\]$", "")


class _Roles:
    """Which column of this file plays which role; ``""`` = none does."""

    def __init__(self, layout: Layout, header: Sequence[str]) -> None:
        self.layout = layout

        def first(names: Names) -> str:
            return next((name for name in names if name in header), "")

        self.day, self.when = first(layout.day), first(layout.when)
        self.clock_day = first(layout.clock_day) or self.day
        self.clock = self.when if self.when != self.day else _CLOCK_COLUMN
        self.out, self.into = first(layout.out), first(layout.into)
        self.amount, self.flag = first(layout.amount), first(layout.flag)
        self.balance = first(layout.balance)
        self.account = first(layout.account) or "账号"
        self.currency = first(layout.currency) or "币种"
        self.serial, self.counterparty = first(layout.serial), first(layout.counterparty)
        self.memo = [name for name in layout.memo if name in header]


def _prepared(records: pl.DataFrame, found: _Found, roles: _Roles) -> pl.DataFrame:
    """Cells as the wanted ones expect them: drawn lines are blank; account, currency and time stand in every row."""
    drawn = [name for name in records.columns[1:] if records[name].str.contains("--", literal=True).any()]
    frame = records.with_columns(pl.col(drawn).str.replace(r"^[\s\"']*-{2,}[\s\"']*$", ""))
    if roles.account not in frame.columns:
        known, sides = bank_heading.account(found.words), roles.layout.sides
        own: pl.Expr = pl.lit(known)
        if sides and not known:
            own = pl.when(printed(sides.way) == "来账").then(sides.payee_account).otherwise(sides.payer_account)
        frame = frame.with_columns(own.alias(roles.account))
    if roles.currency not in frame.columns:
        named = bank_heading.currency(found.words, found.layout.heading_currency)
        frame = frame.with_columns(pl.lit(named or found.layout.unstated_currency).alias(roles.currency))
    if not roles.when:
        return frame
    return frame.with_columns(_clock(frame, roles).alias(roles.clock))


def _clock(frame: pl.DataFrame, roles: _Roles) -> pl.Expr:
    """Full date and time of every row, ``""`` where only a day is printed, and the cell as it is in any other form."""
    when = printed(roles.when)
    days = pl.DataFrame({roles.clock_day: frame[roles.clock_day].unique()}).with_columns(
        _digits(roles.clock_day, roles.layout.day_form).alias("day")
    )
    day = pl.col(roles.clock_day).replace_strict(days[roles.clock_day], days["day"], return_dtype=pl.String)
    # The usual forms, at a third of the cost.
    if frame.select(when.str.contains(r"^\d{1,6}$").all()).item():
        return day + " " + when.str.zfill(6)
    if frame.select(when.str.contains(_STAMP).all()).item():
        return when
    when = when.str.replace_all(r"\s+", " ")
    stamp = when.str.replace(r"^(\d{4}-\d\d-\d\d)[ -](\d\d)[.:](\d\d)[.:](\d\d)([.:]\d+)?$", "$1 $2:$3:$4")
    return (
        pl.when(when.str.contains(_TIME_OF_DAY))
        .then(day + " " + when)
        .when(when.str.contains(r"^\d{1,6}$"))
        .then(day + " " + when.str.zfill(6))
        .when(when.str.contains(r"^\d{8}$|^\d{4}[-/]\d{1,2}[-/]\d{1,2}$"))
        .then(pl.lit(""))
        .otherwise(stamp)
    )


_CLOCK_COLUMN: Final = "时刻"
"""Where the time of a row is put when its day stands in the same printed cell."""


def _digits(column: str, form: str) -> pl.Expr:
    """Day of a printed date or date and time as ``YYYYMMDD``; null when it is neither. ``form``: Layout.day_form."""
    if form:
        return printed(column).str.to_date(form, strict=False).dt.strftime("%Y%m%d")
    return printed(column).map_batches(_day, return_dtype=pl.Date, is_elementwise=True).dt.strftime("%Y%m%d")


def _day(texts: pl.Series) -> pl.Series:
    """Days of dates, and of dates with times; null where a text is neither. Nearly all are written with dashes."""
    days = texts.str.head(10).str.to_date("%Y-%m-%d", strict=False)
    others = ~texts.str.contains(_DASHED_DAY).fill_null(value=False)
    if not others.any():
        return days
    found = texts.filter(others).str.extract(_DAY, 1).str.replace_all("[年月/.]", "-").str.strip_suffix("日")
    dashed = found.str.to_date("%Y-%m-%d", strict=False)
    rest = dashed.zip_with(dashed.is_not_null(), found.str.to_date("%Y%m%d", strict=False))
    return days.scatter(others.arg_true(), rest)


def _code(currency: str) -> pl.Expr:
    return printed(currency).replace_strict(CURRENCY_CODES, default=None, return_dtype=pl.String)


def places(frame: pl.DataFrame, currency: str) -> int | pl.Expr:
    """Decimals of the amounts: one number where all currencies agree, which is nearly always and much faster."""
    sizes = money.exponents(_code(currency)).fill_null(2)
    known = frame.select(pl.col(currency).unique()).select(sizes.unique()).to_series()
    return int(known.item()) if known.len() == 1 else sizes


def _wanted(roles: _Roles, zone: str, decimals: int | pl.Expr) -> dict[str, Cell]:
    wanted = {
        "account": text(roles.account),
        "currency": Cell(
            roles.currency,
            _code(roles.currency),
            "is no currency known here",
            required=bool(roles.layout.unstated_currency),
        ),
        "business_date": Cell(
            roles.day,
            _digits(roles.day, roles.layout.day_form).str.to_date("%Y%m%d"),
            "is not a date of the expected form",
            required=True,
        ),
    }
    if roles.when:
        wanted["occurred_s"] = moment(roles.clock, zone, _MOMENTS, required=False)
    if roles.out and roles.into:
        out, into = (pl.col(name).str.strip_chars(f"{SURROUNDING}=") for name in (roles.out, roles.into))
        something = ~(out.is_in(BLANKS) & into.is_in(BLANKS))
        wanted["out"] = amount(roles.out, decimals, required=False)
        wanted["in"] = amount(roles.into, decimals, required=False)
        wanted["moved"] = Cell(roles.out, pl.when(something).then(1), "is blank", required=True)
    else:
        wanted["amount"] = amount(roles.amount, decimals)
    if roles.flag and not roles.out:
        sign = (
            printed(roles.flag).str.replace_all(r"\s", "").replace_strict(_SIGNS, default=None, return_dtype=pl.Int64)
        )
        words = "CREDIT nor DEBIT" if roles.layout.signed else "借 nor 贷"
        wanted["sign"] = Cell(roles.flag, sign, f"is neither {words}", required=True)
        if roles.layout.signed:
            agrees = pl.when((wanted["amount"].typed * sign).fill_null(0) >= 0).then(1)
            wanted["agrees"] = Cell(roles.amount, agrees, f"goes the other way than {roles.flag} says")
    if roles.balance:
        wanted["balance_minor"] = amount(roles.balance, decimals, required=False)
    texts = {"serial": roles.serial, "counterparty": roles.counterparty, "turned": roles.layout.turned[0]}
    if roles.layout.sides:
        texts |= {"payer": roles.layout.sides.payer, "payee": roles.layout.sides.payee, "way": roles.layout.sides.way}
    texts |= {f"memo_{place}": name for place, name in enumerate(roles.memo)}
    wanted |= {role: text(name) for role, name in texts.items() if name}
    if roles.layout.serial_form and roles.serial:
        fits = printed(roles.serial).str.contains(roles.layout.serial_form)
        typed = pl.when(fits).then(printed(roles.serial))
        wanted["serial"] = Cell(roles.serial, typed, "is no serial: the cells do not stand in their columns")
    return wanted


def _with_amounts(typed: pl.DataFrame, roles: _Roles) -> pl.DataFrame:
    """Add amount_minor (signed), out_minor and in_minor (as the bank counts them), and balance_minor."""
    if "out" in typed.columns:
        lines = typed.with_columns(
            pl.col("out").fill_null(0).alias("out_minor"), pl.col("in").fill_null(0).alias("in_minor")
        )
        lines = lines.with_columns((pl.col("in_minor") - pl.col("out_minor")).alias("amount_minor"))
    else:
        flagged = "sign" in typed.columns and not roles.layout.signed
        signed = pl.col("amount") * pl.col("sign") if flagged else pl.col("amount")
        if "turned" in typed.columns:
            signed = pl.when(pl.col("turned") == roles.layout.turned[1]).then(-signed).otherwise(signed)
        lines = typed.with_columns(signed.alias("amount_minor"))
        moved = pl.col("amount_minor")
        out, into = pl.when(moved < 0).then(-moved).otherwise(0), pl.when(moved > 0).then(moved).otherwise(0)
        lines = lines.with_columns(out.alias("out_minor"), into.alias("in_minor"))
    lines = lines.with_columns(pl.col("currency").fill_null(""))
    if "balance_minor" not in lines.columns:
        lines = lines.with_columns(pl.lit(None, dtype=pl.Int64).alias("balance_minor"))
    return lines


def _txns(lines: pl.DataFrame, roles: _Roles) -> pl.DataFrame:
    def given(name: str) -> pl.Expr:
        return pl.col(name) if name in lines.columns else pl.lit("")

    serial = given("serial").str.replace(r"^0+$", "")
    occurred = pl.col("occurred_s") if roles.when else pl.lit(None, dtype=pl.Int64)
    party = given("counterparty")
    if roles.layout.sides:
        came = (pl.col("way") == "来账") | ((pl.col("way") != "往账") & (pl.col("amount_minor") > 0))
        party = pl.when(came).then("payer").otherwise("payee")
    if roles.layout.counterparty_form:
        party = pl.coalesce(party.str.extract(roles.layout.counterparty_form, 1), party).str.strip_chars()
    notes = [pl.col(f"memo_{place}") for place in range(len(roles.memo))]
    once = [pl.when(note != "", *(note != other for other in notes[:at])).then(note) for at, note in enumerate(notes)]
    memo = pl.concat_str(once, separator=" | ", ignore_nulls=True) if notes else pl.lit("")
    native = pl.concat_str(
        [serial, pl.col("business_date").dt.strftime("%Y%m%d"), pl.col("amount_minor").cast(pl.String)], separator="/"
    )
    return lines.select(
        "line_no",
        pl.lit(Book.BANK.value).alias("book"),
        "account",
        pl.lit(Kind.BANK_LINE.value).alias("kind"),
        pl.lit(Status.SUCCESS.value).alias("status"),
        pl.when(serial != "").then(native).otherwise(pl.lit("")).alias("native_id"),
        "currency",
        "amount_minor",
        occurred.alias("occurred_s"),
        "business_date",
        serial.alias("reference"),
        party.alias("counterparty"),
        memo.alias("memo"),
    )
