"""How a file writes its numbers and dates, as far as the file itself proves it; nothing here is guessed.

    1.234,56   1,234.56   1 234,56   1'234.56       the decimal mark is a comma, a point, a comma, a point
    29/12/2015   12/29/2015   29.12.2015   2015-12-29    day first, month first, day first, year first

The language of a header does not tell: exports follow the locale of the user who asks for them. What tells is

- of numbers: a cell with both marks (the last one is decimal), a mark before one, two or more than three digits (it is
  decimal, since groups have three), a mark that stands twice (it groups), a group set off by a blank. ``1.234`` alone
  may be either; if no cell says more, and the currency has no three decimals, the mark groups.
- of dates: a number above 12 is no month. The year first means year, month, day; points mean day, month, year: no
  locale does it otherwise.

A file that shows both ways contradicts itself: a spreadsheet has rewritten some of its cells.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import polars as pl

from recon import money

DAY_FIRST: Final = "D/M/Y"
MONTH_FIRST: Final = "M/D/Y"
YEAR_FIRST: Final = "Y-M-D"
OTHERWISE: Final = "D/M/Y or M/D/Y"
"""A date with its year last, in a file that has the year first."""
POINT: Final = "."
COMMA: Final = ","

_BLANKS: Final = r"[ \x{a0}\x{2009}\x{202f}'\x{2019}]"
_BY_YEAR: Final = r"^(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?$"
_BY_POINTS: Final = r"^(\d{1,2})\.(\d{1,2})\.(\d{4})\.?$"
_BY_SLASHES: Final = r"^(\d{1,2})[/-](\d{1,2})[/-](\d{4})$"


@dataclass(frozen=True, slots=True)
class Found:
    """What cells prove: the ways that are still possible, each with the line and text of a cell that proves it.

    One way: proved. None: no cell tells. Several: the file contradicts itself.
    """

    ways: dict[str, tuple[int, str]]

    @property
    def proved(self) -> str:
        """The one way, or ``""``."""
        return next(iter(self.ways)) if len(self.ways) == 1 else ""


def _bare(column: pl.Expr) -> pl.Expr:
    """Number without sign and surroundings; groups set off by blanks keep one blank each."""
    return money.cleaned(column).str.strip_chars("+-()").str.replace_all(_BLANKS, " ").str.strip_chars()


def decimal_mark(cells: pl.DataFrame) -> Found:
    """Decimal mark that the amounts prove. ``cells``: line_no, text, places (decimals of the row's currency)."""
    bare, places = _bare(pl.col("text")), pl.col("places")
    digits = bare.str.replace_all(" ", "", literal=True)
    tries = []
    for mark, this, that in ((POINT, r"\.", ","), (COMMA, ",", r"\.")):
        both = digits.str.contains(rf"^\d{{1,3}}({that}\d{{3}})+{this}\d+$")
        once = digits.str.contains(rf"^(\d*{this}(\d{{1,2}}|\d{{4,}})|(0|\d{{4,}}){this}\d{{3}})$")
        blank = bare.str.contains(rf"^\d{{1,3}}( \d{{3}})+{this}\d+$")
        twice = digits.str.contains(rf"^\d{{1,3}}({that}\d{{3}}){{2,}}$")
        tries.append(pl.when(both | once | blank | twice).then(pl.lit(mark)))
        # weaker: one mark before three digits, which are too many to be decimals
        grouped = digits.str.contains(rf"^[1-9]\d{{0,2}}{that}\d{{3}}$") & (places < 3)
        tries.append(pl.when(grouped).then(pl.lit(f"{mark}?")))
    said = cells.select("line_no", "text", pl.coalesce(tries[0], tries[2], tries[1], tries[3]).alias("way"))
    return (
        _first(said.filter(pl.col("way").is_in([POINT, COMMA])))
        or _first(said.with_columns(pl.col("way").str.strip_chars_end("?")).drop_nulls("way"))
        or Found({})
    )


def _first(said: pl.DataFrame) -> Found | None:
    """The ways that occur, each with its first cell; None when there is none."""
    firsts = said.unique("way", keep="first", maintain_order=True)
    return (
        Found({way: (line_no, text) for line_no, text, way in firsts.select("line_no", "text", "way").rows()})
        if (firsts.height)
        else None
    )


def pointed(column: pl.Expr, mark: str) -> pl.Expr:
    """Printed amounts as :mod:`recon.money` reads them: groups by commas, decimals after a point."""
    grouped = column.cast(pl.String).str.strip_chars().str.replace_all(rf"{_BLANKS}(\d{{3}})", " $1")
    if mark == COMMA:
        return grouped.str.replace_many([".", ",", " "], [",", ".", ","])
    return grouped.str.replace_all(" ", ",", literal=True)


def date_order(cells: pl.DataFrame) -> Found:
    """Order of day, month and year that the dates prove. ``cells``: line_no, text."""
    text = pl.col("text").str.strip_chars()
    slashes = text.str.contains(_BY_SLASHES)
    as_day, as_month = (day(pl.col("text"), order).is_not_null() for order in (DAY_FIRST, MONTH_FIRST))
    said = cells.select(
        "line_no",
        "text",
        pl.when(text.str.contains(_BY_YEAR))
        .then(pl.lit(YEAR_FIRST))
        .when(text.str.contains(_BY_POINTS))
        .then(pl.lit(DAY_FIRST))
        .when(slashes & as_day & ~as_month)
        .then(pl.lit(DAY_FIRST))
        .when(slashes & as_month & ~as_day)
        .then(pl.lit(MONTH_FIRST))
        .alias("way"),
    )
    found = _first(said.drop_nulls("way")) or Found({})
    if YEAR_FIRST in found.ways:  # and a date of another form is of none of the orders that a file mixes
        others = cells.filter(slashes).select("line_no", "text").head(1).rows()
        return Found({**dict(zip([OTHERWISE], others, strict=False)), **found.ways})
    return found


def is_open(column: pl.Expr) -> pl.Expr:
    """Whether a printed date may have the day or the month first, and means another day each time."""
    days = [day(column, order) for order in (DAY_FIRST, MONTH_FIRST)]
    return column.str.strip_chars().str.contains(_BY_SLASHES) & (days[0] != days[1]).fill_null(value=False)


def day(column: pl.Expr, order: str) -> pl.Expr:
    """Printed dates -> Date, in the order that holds for the file; null where the text is no date in this order."""
    text = column.str.strip_chars()
    forms = {
        DAY_FIRST: ((_BY_SLASHES, "$3-$2-$1"), (_BY_POINTS, "$3-$2-$1")),
        MONTH_FIRST: ((_BY_SLASHES, "$3-$1-$2"),),
        YEAR_FIRST: ((_BY_YEAR, "$1-$2-$3"),),
    }
    known = [pl.when(text.str.contains(form)).then(text.str.replace(form, place)) for form, place in forms[order]]
    return pl.coalesce(known).str.to_date("%Y-%m-%d", strict=False)
