"""What the account tables of banks have in common; a bank's own module is its header names and quirks.

A bank says which tables it prints as layouts (recon/sources/bank_layout.py), which also find the table in a file; what
its cells become is the same for all of them:

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

    bank_table.read(piece, settings, (STATEMENT,))  ->  Reading
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import polars as pl

from recon import money
from recon.model import Book, Kind, Status
from recon.sources import balance, bank_heading, bank_layout, bank_totals
from recon.sources.bank_layout import Found, Layout, Names, find
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
from recon.sources.source import Reading, Settings
from recon.sources.table import Table, split_header

NO_MOVEMENT: Final = "a total or a note of the file, no movement"
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


def read(piece: Piece, settings: Settings, layouts: Sequence[Layout]) -> Reading:
    """Read every row below the header. Raises SourceError when there is none, or when identifiers are destroyed."""
    found = find(piece, layouts)
    table = bank_layout.table(piece, found)
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


def _prepared(records: pl.DataFrame, found: Found, roles: _Roles) -> pl.DataFrame:
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
