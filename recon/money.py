"""Money is a signed integer of minor units with an ISO 4217 currency; this is the one module that knows decimals.

    parse("1,234.50", "CNY")  -> 123450          show(123450, "CNY")  -> "1234.50"
    parse("15000", "JPY")     -> 15000           parse("12.345", "CNY") raises: more decimals than CNY has

Nothing is rounded silently: text with more precision than the currency has is an error (in columns: null, which the
caller reports as a reject). The only rounding is :func:`half_up`, named by the contract or channel rule that asks for
it. Spreadsheet cells that arrive as binary floats go through :func:`cell_text` (shortest decimal that reads back the
same) before they are parsed, so that 0.1 is "0.1" and 12.345 stays three decimals and is refused.
"""

from __future__ import annotations

import re
from decimal import Context, Decimal, InvalidOperation
from typing import Final

import polars as pl

# ISO 4217, the currencies whose exponent is not 2 (list of 2024-06-25).
_EXPONENT: Final[dict[str, int]] = {
    **dict.fromkeys(
        (
            "BIF",
            "CLP",
            "DJF",
            "GNF",
            "ISK",
            "JPY",
            "KMF",
            "KRW",
            "PYG",
            "RWF",
            "UGX",
            "UYI",
            "VND",
            "VUV",
            "XAF",
            "XOF",
            "XPF",
        ),
        0,
    ),
    **dict.fromkeys(("BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"), 3),
}
RATE_SCALE: Final = 10**8
"""Exchange rates are integers too: base units per one unit, times 10^8 (``fx_rate_e8``)."""

_SHEET: Final = Context(prec=15, traps=[InvalidOperation])
"""The significant digits that a spreadsheet's binary number surely has, and all that it shows."""
_WIDE: Final = dict(zip("－−＋．，０１２３４５６７８９", "--+.,0123456789", strict=True))
_AROUND: Final = " \t\r\n'\"`\u3000\xa0\ufeff"
_USUAL_DECIMALS: Final = 2
_LEAST_GROUPED: Final = 6
_SURE_DIGITS: Final = 17
"""Digits that an Int64 surely holds, decimals included."""
_MOST: Final = 2**63 - 1
_NUMBER: Final = r"([0-9]{1,3}(?:,[0-9]{3})+|[0-9]*)(?:\.([0-9]*))?"
_FORMS: Final = (
    rf"^([+-]?)[¥￥]?[ \u3000\xa0]*{_NUMBER}[ \u3000\xa0]*元?$",
    rf"^[¥￥][ \u3000\xa0]*([+-]){_NUMBER}[ \u3000\xa0]*元?$",
    rf"^(\()[¥￥]?{_NUMBER}元?\)$",
)
"""Forms of a printed amount, once what is around it is off: sign (or a bracket: negative), whole part, decimals."""


_USUAL: Final = re.compile(r"(-?)([0-9]+)(?:\.([0-9]*))?")
"""What nearly every amount is."""


class MoneyError(ValueError):
    """The text is no amount, or an amount that the currency cannot hold exactly."""


def exponent(currency: str) -> int:
    """Number of decimals of an ISO currency; 2 unless ISO 4217 says otherwise."""
    return _EXPONENT.get(currency, 2)


def parse(text: str, currency: str) -> int:
    """Read one printed amount as minor units. Accepts ``1,234.56 +10 -71.89 ￥5 -￥5 12.00元 (3.00) －5``.

    Raises MoneyError when the text is no number, has more decimals than the currency, or more than 64 bits hold.
    """
    return scaled(text, exponent(currency), what=currency)


def scaled(text: str, places: int, *, what: str = "this column") -> int:
    """Read a printed decimal as an integer times ``10**places``. Raises MoneyError as :func:`parse` does."""
    found = _USUAL.fullmatch(text)
    if not found:
        plain = "".join(_WIDE.get(letter, letter) for letter in text).strip(_AROUND)
        found = next(filter(None, (re.fullmatch(form, plain) for form in _FORMS)), None)
    sign, whole, part = found.groups() if found else ("", "", "")
    if not (whole or part):
        msg = f'"{text}" is not an amount'
        raise MoneyError(msg)
    decimals = (part or "").rstrip("0")
    if len(decimals) > places:
        msg = f'"{text}" has more decimals than {what} allows'
        raise MoneyError(msg)
    digits = (whole.replace(",", "") + decimals.ljust(places, "0")).lstrip("0")
    if len(digits) > len(str(_MOST)) or int(digits or 0) > _MOST:
        msg = f'"{text[:40]}" is more than an amount can be'
        raise MoneyError(msg)
    return -int(digits or 0) if sign in {"-", "("} else int(digits or 0)


def show(minor: int | None, currency: str, *, grouped: bool = False) -> str:
    """Print minor units as a decimal, ``""`` for None. ``grouped`` puts thousands commas."""
    if minor is None:
        return ""
    places = exponent(currency)
    sign, digits = ("-" if minor < 0 else ""), str(abs(minor)).rjust(places + 1, "0")
    whole, part = (digits[:-places], digits[-places:]) if places else (digits, "")
    if grouped:
        whole = f"{int(whole):,}"
    return f"{sign}{whole}.{part}" if places else f"{sign}{whole}"


def decimal(minor: int, currency: str) -> Decimal:
    """Exact decimal of minor units, for a spreadsheet cell that must stay a number."""
    return Decimal(minor).scaleb(-exponent(currency))


def decimal_rate(rate: int) -> Decimal:
    """Exact decimal of an exchange rate (times 10^8), without trailing zeros, for a spreadsheet cell."""
    return Decimal(show_rate(rate))


def half_up(numerator: int, denominator: int) -> int:
    """Divide and round half away from zero, as Alipay, WeChat Pay and UnionPay round a fee; exact integers."""
    sign = -1 if (numerator < 0) != (denominator < 0) else 1
    return sign * ((2 * abs(numerator) + abs(denominator)) // (2 * abs(denominator)))


def cell_text(value: object) -> str:
    """Text of one spreadsheet cell. A float becomes its shortest exact decimal (never an exponent); None is blank."""
    if value is None:
        return ""
    if isinstance(value, float):
        return format(Decimal(repr(value)), "f").removesuffix(".0")
    return str(value)


def number_text(printed: str) -> str:
    """Text of a spreadsheet's number that is printed with more digits than a spreadsheet has: 15, as it would show it.

    ``12.300000000000001`` is the cell ``12.3``; a number of 16 digits and more before the point is shown as the
    spreadsheet left it, ``4.00123000000000E+27``, and so is no identifier. Text that is no number comes back as it is.
    """
    try:
        number = _SHEET.create_decimal(printed.strip())
    except InvalidOperation:
        return printed
    if not number.is_finite():
        return printed
    if number.adjusted() >= _SHEET.prec:
        return f"{number:.14E}"
    return format(number.normalize(_SHEET), "f")


def cleaned(column: pl.Expr) -> pl.Expr:
    """Take off what surrounds a printed number: blanks, tabs, quotes, back-ticks; full-width digits become ASCII."""
    return column.cast(pl.String).str.replace_many(list(_WIDE), list(_WIDE.values())).str.strip_chars(_AROUND)


def minor_units(column: pl.Expr, places: int | pl.Expr = 2) -> pl.Expr:
    """Column of printed amounts -> Int64 times ``10**places``; null where blank, unreadable or too precise.

    ``places`` is a constant or an integer column (the exponent of each row's currency, see :func:`exponents`). A row
    whose text is not blank but whose result is null is a reject; the caller reports it.
    """
    if isinstance(places, pl.Expr):
        return _any_form(column, places)
    return column.map_batches(lambda texts: _mostly_usual(texts, places), return_dtype=pl.Int64, is_elementwise=True)


def _mostly_usual(texts: pl.Series, places: int) -> pl.Series:
    """As :func:`_any_form`. What bills print is ``-12.30`` in almost every cell; that form needs two cheap steps."""
    texts = texts.cast(pl.String)
    decimals, whole = min(places, _USUAL_DECIMALS), max(_SURE_DIGITS - places, 1)
    usual = texts.str.contains(
        rf"^-?[0-9]{{1,{whole}}}\.[0-9]{{{decimals}}}$" if decimals else rf"^-?[0-9]{{1,{whole}}}$"
    )
    bare = texts.str.replace(".", "", literal=True).cast(pl.Int64, strict=False)
    units = pl.select(pl.when(usual).then(bare * 10 ** (places - decimals))).to_series()
    rest = (units.is_null() & (texts != "")).fill_null(value=False)
    if decimals and whole >= _LEAST_GROUPED and rest.any():
        units = units.scatter(
            rest.arg_true(), _grouped(texts.filter(rest), whole, decimals) * 10 ** (places - decimals)
        )
    for forms in (_FORMS[:1], _FORMS[1:]):
        rest = (units.is_null() & (texts != "")).fill_null(value=False)
        if not rest.any():
            break
        others = texts.filter(rest)
        known = others.unique()
        read = pl.select(_any_form(pl.lit(known), places, forms)).to_series()
        units = units.scatter(rest.arg_true(), others.replace_strict(known, read, return_dtype=pl.Int64))
    return units.alias(texts.name)


def _grouped(texts: pl.Series, whole: int, decimals: int) -> pl.Series:
    """Read ``+1,234.50`` and what has blanks around it, the usual forms after ``1234.50``; null: another form."""
    bare = texts.str.strip_chars(_AROUND)
    fits = bare.str.contains(
        rf"^[+-]?(?:[0-9]{{1,{whole}}}|[0-9]{{1,3}}(?:,[0-9]{{3}}){{1,{whole // 3 - 1}}})\.[0-9]{{{decimals}}}$"
    )
    digits = bare.str.replace_many([",", ".", "+"], [""]).cast(pl.Int64, strict=False)
    return pl.select(pl.when(fits).then(digits)).to_series()


def _any_form(column: pl.Expr, places: int | pl.Expr, forms: tuple[str, ...] = _FORMS) -> pl.Expr:
    """Read every form that :func:`scaled` reads, or some of them."""
    text = cleaned(column)
    size = places.cast(pl.Int64) if isinstance(places, pl.Expr) else pl.lit(places, dtype=pl.Int64)

    def read(form: str) -> pl.Expr:
        whole = text.str.extract(form, 2).str.replace_all(",", "", literal=True)
        part = text.str.extract(form, 3).fill_null("").str.strip_chars_end("0")
        missing = size - part.str.len_bytes().cast(pl.Int64)
        filled = (
            part + pl.lit("0").repeat_by(missing.clip(0)).list.join("")
            if isinstance(places, pl.Expr)
            else part.str.pad_end(places, "0")
        )
        printed = (whole != "") | (text.str.extract(form, 3).fill_null("") != "")
        units = ("0" + (whole + filled).str.strip_chars_start("0")).cast(pl.Int64, strict=False)
        signed = pl.when(text.str.extract(form, 1).is_in(["-", "("])).then(-units).otherwise(units)
        return pl.when(printed & (missing >= 0)).then(signed)

    return pl.coalesce(read(form) for form in forms)


def exponents(currency: pl.Expr) -> pl.Expr:
    """Column of ISO currency codes -> Int64 number of decimals."""
    return currency.replace_strict(_EXPONENT, default=2, return_dtype=pl.Int64)


def rate_e8(column: pl.Expr) -> pl.Expr:
    """Column of printed exchange rates -> Int64 times 10^8; null where blank, unreadable or more than 8 decimals."""
    return minor_units(column, 8)


def show_rate(rate: int) -> str:
    """Print an exchange rate (times 10^8) without trailing zeros."""
    whole, part = divmod(rate, RATE_SCALE)
    return f"{whole}.{part:08d}".rstrip("0").rstrip(".")
