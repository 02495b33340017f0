r"""Dates and amounts as people and systems of other countries print them -> the one form that the templates read.

    iso(texts, "D/M/Y")    "3.2.26", "03/02/2026 4:05 PM", "3 Feb 2026 16:05", "03-Feb-2026"  ->  "2026-02-03 16:05:00"
    iso(texts, "M/D/Y")    "2/3/2026", "Feb 3, 2026"                                          ->  "2026-02-03"
    plain(texts, ",")    "1.234,56", "-5,00 €", "1 234,5", "1.234,56-", "(3,00)", "EUR 7"   ->  "1234.56", "-5.00" ...
    plain(texts, ".")    "1,234.56", "US$ 5.00", "12.00元", "1'234.50"                      ->  "1234.56" ...

The order of day and month and the decimal mark are told, never guessed: the same characters are another day, or a
thousand times the money, in another country. Only where the text leaves no choice it is read without: a year of four
digits in front, a month that is a word. A text in none of these forms becomes null; a blank one stays blank.

:func:`orders_that_fit` says which order of day and month texts allow; the proof of a decimal mark is in
recon/sources/notation.py.
"""

from __future__ import annotations

import re
from typing import Final, Literal, TypeAlias

import polars as pl

from recon.sources.cells import BLANKS, SURROUNDING

DateOrder: TypeAlias = Literal["Y-M-D", "D/M/Y", "M/D/Y"]
DecimalMark: TypeAlias = Literal[".", ","]
ORDERS: Final[tuple[DateOrder, ...]] = ("Y-M-D", "D/M/Y", "M/D/Y")
MARKS: Final[tuple[DecimalMark, ...]] = (".", ",")

_MONTHS: Final = {
    "jan": 1, "feb": 2, "mar": 3, "mär": 3, "mrz": 3, "apr": 4, "may": 5, "mai": 5, "jun": 6, "jul": 7, "aug": 8,
    "sep": 9, "oct": 10, "okt": 10, "nov": 11, "dec": 12, "dez": 12,
}  # fmt: skip
"""English and German."""
_CLOCK: Final = (
    r"(?:[ T,]+(?P<H>\d{1,2}):(?P<M>\d{2})(?::(?P<S>\d{2})(?:[.,]\d+)?)?\s*(?P<half>[AaPp]\.?[Mm]\.?)?\s*"
    r"(?P<zone>[+-]\d{2}:?\d{2}|Z|UTC|GMT)?)?$"
)
_WORD: Final = r"(?P<word>\p{L}{3,9})\.?"
_YEAR: Final = r"(?P<y>\d{4}|\d{2})"
_FORMS: Final = {
    "Y-M-D": r"^(?P<y>\d{4})[./-](?P<m>\d{1,2})[./-](?P<d>\d{1,2})",
    "D/M/Y": rf"^(?P<d>\d{{1,2}})[./-](?P<m>\d{{1,2}})[./-]{_YEAR}",
    "M/D/Y": rf"^(?P<m>\d{{1,2}})[./-](?P<d>\d{{1,2}})[./-]{_YEAR}",
}
_WITHOUT_CHOICE: Final = (
    _FORMS["Y-M-D"],
    r"^(?P<y>\d{4})年(?P<m>\d{1,2})月(?P<d>\d{1,2})日",
    r"^(?P<y>20\d{2})(?P<m>\d{2})(?P<d>\d{2})",
    rf"^(?P<d>\d{{1,2}})[ ./-]*{_WORD}[ ,./-]*{_YEAR}",
    rf"^{_WORD}[ .-]*(?P<d>\d{{1,2}})(?:st|nd|rd|th)?,?[ -]+{_YEAR}",
)
_HALF_DAY: Final = 12

_MARK: Final = r"(?:[A-Z]{2,3}\$?|[$€£¥￥元])"
_PIECES: Final = (
    rf"^(?P<sign>[+-]?)\s*{_MARK}?\s*(?P<sign2>[+-]?)\s*(?P<number>[\d.,'’ ]*\d[.,]?)\s*{_MARK}?\s*(?P<after>-?)$"
)
_GAP: Final = "[ '’]"
_NUMBERS: Final = {
    ".": rf"^(?:\d+|\d{{1,3}}(?:,\d{{3}})+|\d{{1,3}}(?:{_GAP}\d{{3}})+)?(?:\.\d*)?$",
    ",": rf"^(?:\d+|\d{{1,3}}(?:\.\d{{3}})+|\d{{1,3}}(?:{_GAP}\d{{3}})+)?(?:,\d*)?$",
}


def bare(texts: pl.Series) -> pl.Series:
    """Cells without what surrounds them, full-width signs made half-width; blank tokens (``-``, ``/``) are blank."""
    shown = texts.str.strip_chars(SURROUNDING + "=").str.normalize("NFKC").str.strip_chars()
    shown = shown.str.replace_all("\u2212", "-", literal=True)
    return shown.replace(list(BLANKS), [""] * len(BLANKS))


def iso(texts: pl.Series, order: DateOrder) -> pl.Series:
    """Dates and times as ``2026-02-03`` or ``2026-02-03 16:05:00`` (with the zone behind, if one is printed)."""
    known = texts.unique()
    return texts.replace_strict(known, _iso(bare(known), order), return_dtype=pl.String)


def _iso(texts: pl.Series, order: DateOrder) -> pl.Series:
    read = [_read(texts, form) for form in (*_WITHOUT_CHOICE, _FORMS[order])]
    return pl.select(pl.when(texts == "").then(pl.lit("")).otherwise(pl.coalesce(read))).to_series()


def _read(texts: pl.Series, form: str) -> pl.Series:
    """ISO text of the cells in one form; null for all others."""
    names = re.findall(r"\?P<(\w+)>", form + _CLOCK)
    found = texts.str.extract_groups(form + _CLOCK).struct.unnest()
    missing = [pl.lit(None, dtype=pl.String).alias(name) for name in ("m", "word") if name not in names]
    parts = found.with_columns(missing)
    word = pl.col("word").str.to_lowercase().str.head(3)
    month = pl.coalesce(word.replace_strict(_MONTHS, default=None, return_dtype=pl.Int32), pl.col("m").cast(pl.Int32))
    year = pl.when(pl.col("y").str.len_bytes() == 2).then("20" + pl.col("y")).otherwise("y")
    day = pl.concat_str(year, _two(month), _two(pl.col("d").cast(pl.Int32)), separator="-")
    evening = pl.col("half").str.to_lowercase().str.starts_with("p")
    hour = pl.col("H").cast(pl.Int32)
    hour = (
        pl.when(evening.is_null())
        .then(hour)
        .otherwise(hour % _HALF_DAY + pl.when(evening).then(_HALF_DAY).otherwise(0))
    )
    zone = pl.col("zone").replace(["Z", "UTC", "GMT"], ["+00:00"] * 3).fill_null("")
    clock = pl.concat_str(_two(hour), "M", pl.col("S").fill_null("00"), separator=":")
    return parts.select(pl.when(pl.col("H").is_null()).then(day).otherwise(day + " " + clock + zone)).to_series()


def _two(number: pl.Expr) -> pl.Expr:
    return number.cast(pl.String).str.zfill(2)


def plain(texts: pl.Series, mark: DecimalMark) -> pl.Series:
    """Amounts and rates with a decimal point, without thousands marks, currency marks and blanks; minus in front."""
    known = texts.unique()
    return texts.replace_strict(known, _plain(bare(known), mark), return_dtype=pl.String)


def _plain(texts: pl.Series, mark: DecimalMark) -> pl.Series:
    parts = _pieces(texts)
    printed = pl.when(pl.col("number").str.contains(_NUMBERS[mark])).then(pl.col("number").str.replace_all(_GAP, ""))
    other = "," if mark == "." else "."
    number = printed.str.replace_all(other, "", literal=True).str.replace(mark, ".", literal=True)
    signed = pl.when("minus").then("-" + number).otherwise(number)
    return parts.select(pl.when(pl.lit(texts) == "").then(pl.lit("")).otherwise(signed)).to_series()


def _pieces(texts: pl.Series) -> pl.DataFrame:
    """``number`` (digits and marks as printed) and ``minus`` of every amount; null where the text is none."""
    enclosed = texts.str.contains(r"^\(.*\)$")
    inner = texts.str.replace(r"^\((.*)\)$", "$1").str.replace_all("\u00a0|\u202f|\u2009", " ")
    found = inner.str.extract_groups(_PIECES).struct.unnest()
    signs = [pl.col(name) == "-" for name in ("sign", "sign2", "after")]
    return found.select(
        pl.col("number").str.strip_chars(), (pl.any_horizontal(signs) | pl.lit(enclosed)).alias("minus")
    )


def number_part(texts: pl.Series) -> pl.Series:
    """Digits and marks of amounts, without sign, brackets and currency mark; null where a text is none, or blank."""
    return _pieces(bare(texts))["number"]


# -- proofs ------------------------------------------------------------------------------------------------------------


def orders_that_fit(texts: pl.Series) -> tuple[DateOrder, ...]:
    """Return every order in which all texts that are not blank are real days; all three when every order will do.

    Texts that leave no choice (a year in front, a month as a word) fit every order.
    """
    known = texts.unique()
    filled = bare(known) != ""
    fitting: list[DateOrder] = []
    for order in ORDERS:
        days = _iso(bare(known), order).str.head(10).str.to_date("%Y-%m-%d", strict=False)
        if bool((days.is_not_null() | ~filled).all()):
            fitting.append(order)
    return tuple(fitting)
