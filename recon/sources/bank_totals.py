"""Totals that a Chinese bank prints on a statement, recomputed from its lines: each becomes a control.

In the heading, a label and its figure; below the table, sums that stand in the money columns:

    总笔数[ Total number ]|4|                          ->  Control("总笔数", "4", "4")
    人民币合计,,,,,,,,"1,234.56","9,876.54",           ->  Control("total in", "1234.56", "1234.56"), the same of out

The bank speaks of its own books: 借方 is money out, 贷方 money in. Only labels known here count, and only sums of one
currency: that of the label, or the only one of the file.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Final

import polars as pl

from recon import money
from recon.sources.currency_names import CURRENCY_CODES
from recon.sources.source import Control

_COUNTS: Final = {
    **dict.fromkeys(("总笔数", "总交易笔数", "交易总笔数"), "all"),
    **dict.fromkeys(("借方发生总笔数", "借方总笔数", "借方笔数"), "out_minor"),
    **dict.fromkeys(("贷方发生总笔数", "贷方总笔数", "贷方笔数"), "in_minor"),
}
_SUMS: Final = {
    **dict.fromkeys(("借方发生总额", "借方总金额", "借方总额", "支出合计", "支出总额"), "out_minor"),
    **dict.fromkeys(("贷方发生总额", "贷方总金额", "贷方总额", "收入合计", "收入总额"), "in_minor"),
}
_COUNT: Final = re.compile(r"(\d+)笔?")


def of_heading(heading: Sequence[Sequence[str]], lines: pl.DataFrame) -> Iterator[Control]:
    """Controls of the heading's cells; ``lines`` has currency, out_minor and in_minor (Int64, as the bank counts)."""
    for row in heading:
        cells = [cell for cell in row if cell]
        for cell, figure in pairwise(cells):
            label = re.sub(r"\[[^\]]*\]$", "", "".join(unicodedata.normalize("NFKC", cell).split())).rstrip(":")
            count = _COUNT.fullmatch(figure)
            if label in _COUNTS and count:
                side = _COUNTS[label]
                rows = lines if side == "all" else lines.filter(pl.col(side) != 0)
                yield Control(label, count.group(1).lstrip("0") or "0", str(rows.height))
            elif label in _SUMS:
                yield from _sum(label, figure, lines, _SUMS[label], "")


def of_footers(
    footers: Sequence[Sequence[str]], header: Sequence[str], into: str, out: str, lines: pl.DataFrame
) -> Iterator[Control]:
    """Controls of the rows of cells that begin with 合计 and have figures in the columns ``into`` and ``out``."""
    for cells in footers:
        label = "".join(next((cell for cell in cells if cell.strip()), "").split())
        if not re.fullmatch(r"(\w{2,4})?(合计|总计)(金额)?", label) or label.startswith(("本页", "本月")):
            continue
        for column, side, name in ((into, "in_minor", "total in"), (out, "out_minor", "total out")):
            place = header.index(column) if column in header else len(cells)
            if place < len(cells) and cells[place].strip():
                yield from _sum(name, cells[place], lines, side, CURRENCY_CODES.get(label[:-2], ""))


def _sum(name: str, figure: str, lines: pl.DataFrame, side: str, currency: str) -> Iterator[Control]:
    """One control, if the figure is an amount and it is clear of which currency."""
    currencies = lines["currency"].unique().to_list()
    code = currency or (currencies[0] if len(currencies) == 1 else "" if currencies else "CNY")
    try:
        printed = abs(money.parse(figure, code)) if code else None
    except money.MoneyError:
        return
    if printed is not None:
        computed = abs(int(lines.filter(pl.col("currency") == code)[side].sum()))
        yield Control(name, money.show(printed, code), money.show(computed, code))
