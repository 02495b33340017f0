"""Which table of which bank a file holds: the header names that tell it, and where its cells begin.

A bank says which tables it prints as a tuple of :class:`Layout`: the header names that no other bank's table has
together, and for each role (day, time, money out, money in, balance ...) the columns that may play it, the first one
there is the one used. The table may be text (comma, tab or ``|``), a workbook (.xls, .xlsx), or a web page saved as
.xls: content decides. The header is found below any number of heading lines; names are compared without white space,
without the English in ``[ ]`` that some banks add, and with half-width signs.

    STATEMENT = Layout(required=("交易日期", "主机交易流水号"), day=("交易日期",), out=("借方发生额",),
        into=("贷方发生额",))
    claims(piece, (STATEMENT,))  ->  bool
    find(piece, (STATEMENT,))    ->  its layout, header and heading; table(piece, found)  ->  its cells as printed

What comes of the cells is recon/sources/bank_table.py's.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TypeAlias

import polars as pl

from recon.errors import SourceError
from recon.sources.header import first_rows
from recon.sources.html_table import as_text
from recon.sources.piece import Piece
from recon.sources.sheet import read_sheet
from recon.sources.table import Table, normal, read_table

Names: TypeAlias = tuple[str, ...]


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
class Found:
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
    return _found_in(piece, layouts) is not None


def _found_in(piece: Piece, layouts: Sequence[Layout]) -> Found | None:
    rows = first_rows(piece)
    bare_rows = _bare_names(rows)
    for layout in layouts:
        for index, names in enumerate(bare_rows):
            if names.issuperset(layout.required) and names.isdisjoint(layout.lacks):
                separator, cells = rows[index]
                found = Found(layout, separator, cells, tuple(row for _, row in rows[:index]))
                if re.search(layout.heading, found.words):
                    return found
    return None


@lru_cache(maxsize=2)
def _bare_names(rows: tuple[tuple[str, Names], ...]) -> tuple[frozenset[str], ...]:
    return tuple(frozenset(map(bare, cells)) for _, cells in rows)


def printed_table(piece: Piece, layouts: Sequence[Layout]) -> Table:
    """Cells below the header as they are printed, totals and notes among them. Raises SourceError without a header."""
    return table(piece, find(piece, layouts))


def find(piece: Piece, layouts: Sequence[Layout]) -> Found:
    """Return the table of the file. Raises SourceError when it has no header of one of the layouts."""
    found = _found_in(piece, layouts)
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


def table(piece: Piece, found: Found) -> Table:
    """Cells below the header as they are printed, totals and notes among them."""
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


def _filled_up(piece: Piece, found: Found) -> Piece:
    """Give lines that leave out their last, blank cells these cells back."""
    width = len(found.header)
    cuts = pl.col("text").str.count_matches(found.separator, literal=True)
    short = cuts.is_between(found.layout.complete - 1, width - 2) & ~pl.col("text").str.contains('"', literal=True)
    missing = pl.lit(found.separator).repeat_by((pl.lit(width - 1, dtype=pl.Int64) - cuts.cast(pl.Int64)).clip(0))
    lines = pl.DataFrame({"text": pl.Series([piece.text]).str.split("\n").explode()})
    whole = lines.select(pl.when(short).then(pl.col("text") + missing.list.join("")).otherwise("text").alias("text"))
    return Piece(piece.name, whole["text"].str.join("\n").item().encode())
