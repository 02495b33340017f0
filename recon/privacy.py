"""Personal data made unreadable: names, phones, cards, addresses of mail, identity numbers, WeChat's openid.

Documents leave the house; so they show just enough to tell two people apart and to recognise one's own record:

    phone(13800001234)                 138****1234         name(张三)         张*
    card(6222020200001234567)          622202*********4567 name(欧阳示例)     欧***
    openid(oABCdEfGhIjKlMnOpQrStUvWx)  oABC****UvWx        email(li@x.example) l***@x.example

Two ways in for each: a function on text (``mask_phone``), and an expression on a polars column (``masked_phone``); both
give the same. A blank stays blank. :func:`mask_text` finds such data inside free text (memo, remark). It leaves
transaction and order numbers alone: digits count as a phone or card only with no digit or letter before and after, and
with the length and the first digits that phones and cards have. What it cannot know is a name inside free text.

Masking is for showing. What is stored is what was printed in the file.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

import polars as pl

_KEPT_OF_LONG_NUMBER: Final = 11
"""From this length on (a Chinese mobile number) the first three digits may be shown too."""

# Found in free text, in this order: pattern with two groups that stay, and what is put between them. `\b` is the ASCII
# word boundary, so that a number may stand directly after a Chinese character.
_FINDS: Final = (
    (r"\b([A-Za-z0-9])[A-Za-z0-9._%+-]*(@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+)\b", "***"),
    # 18-digit identity number of a resident: area, birth date, sequence, check character
    (r"\b([1-9]\d{5})(?:19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])(\d{3}[\dXx])\b", "********"),
    # card: UnionPay 62, Visa 4, Mastercard 51-55, JCB 35, 16 to 19 digits; Amex, 15; or in fours
    (r"\b(62\d{4}|4\d{5}|5[1-5]\d{4}|35\d{4})\d{6,9}(\d{4})\b", "******"),
    (r"\b(3[47]\d{4})\d{5}(\d{4})\b", "*****"),
    (r"\b((?:62|35|4\d|5[1-5])\d{2})(?:[ -]\d{4}){2,3}([ -]\d{1,4})\b", " **** ****"),
    (r"\b((?:86[ -]?)?1[3-9]\d)[ -]?\d{4}[ -]?(\d{4})\b", "****"),
    (r"\b(0\d{2,3}-)\d{3,4}(\d{4})\b", "****"),  # fixed line
    (r"\b(o[A-Za-z0-9_-]{3})[A-Za-z0-9_-]{20}([A-Za-z0-9_-]{4})\b", "****"),  # WeChat openid: o and 27 more
)
_COMPILED: Final = tuple((re.compile(pattern, re.ASCII), f"\\g<1>{stars}\\g<2>") for pattern, stars in _FINDS)
# The Rust engine needs the same said its way: classes and boundaries in ASCII.
_COLUMNAR: Final = tuple(
    (
        pattern.replace(r"\b", r"(?-u:\b)").replace(r"\d", "[0-9]").replace("[[0-9]Xx]", "[0-9Xx]"),
        f"${{1}}{stars}${{2}}",
    )
    for pattern, stars in _FINDS
)


def mask_phone(text: str) -> str:
    """``138****1234``: the last four digits, and the first three of eleven or more; fewer than eight show none."""
    return _alone(text, masked_phone)


def mask_name(text: str) -> str:
    """``张*``, ``欧***``, ``J***``: the first character; a Chinese name keeps its length, any other does not."""
    return _alone(text, masked_name)


def mask_card(text: str) -> str:
    """First six (the issuer, printed on every statement) and last four characters; of a short one the last four."""
    return _alone(text, masked_card)


def mask_openid(text: str) -> str:
    """First and last four characters of an opaque identifier of a person."""
    return _alone(text, masked_openid)


def mask_email(text: str) -> str:
    """First character and the domain."""
    return _alone(text, masked_email)


def mask_text(text: str) -> str:
    """Free text with every phone, card, identity number, mail address and openid in it masked."""
    for pattern, replacement in _COMPILED:
        text = pattern.sub(replacement, text)
    return text


def masked_phone(column: pl.Expr) -> pl.Expr:
    """:func:`mask_phone` of a String column."""
    text = column.str.strip_chars()
    size = text.str.len_chars()
    ends = pl.concat_str(text.str.head(3), pl.lit("****"), text.str.tail(4))
    last = pl.concat_str(pl.lit("****"), text.str.tail(4))
    long = pl.when(size >= _KEPT_OF_LONG_NUMBER).then(ends)
    return _kept_blank(text, long.when(size >= 8).then(last).otherwise(pl.lit("****")))  # noqa: PLR2004


def masked_name(column: pl.Expr) -> pl.Expr:
    """:func:`mask_name` of a String column."""
    text = column.str.strip_chars()
    chinese = text.str.contains(r"^\p{Han}[\p{Han}·]+$")
    hidden = pl.concat_str(text.str.head(1), text.str.slice(1).str.replace_all(r".", "*"))
    return _kept_blank(text, pl.when(chinese).then(hidden).otherwise(pl.concat_str(text.str.head(1), pl.lit("***"))))


def masked_card(column: pl.Expr) -> pl.Expr:
    """:func:`mask_card` of a String column."""
    text = column.str.strip_chars()
    middle = text.str.slice(6, (text.str.len_chars().cast(pl.Int64) - 10).clip(0)).str.replace_all(r".", "*")
    whole = pl.concat_str(text.str.head(6), middle, text.str.tail(4))
    return _kept_blank(text, pl.when(text.str.len_chars() >= 15).then(whole).otherwise(_short(text)))  # noqa: PLR2004


def masked_openid(column: pl.Expr) -> pl.Expr:
    """:func:`mask_openid` of a String column."""
    text = column.str.strip_chars()
    whole = pl.concat_str(text.str.head(4), pl.lit("****"), text.str.tail(4))
    return _kept_blank(text, pl.when(text.str.len_chars() >= 12).then(whole).otherwise(pl.lit("****")))  # noqa: PLR2004


def masked_email(column: pl.Expr) -> pl.Expr:
    """:func:`mask_email` of a String column."""
    text = column.str.strip_chars()
    return _kept_blank(text, pl.concat_str(text.str.head(1), pl.lit("***"), text.str.extract(r"(@.*)$").fill_null("")))


def masked_text(column: pl.Expr) -> pl.Expr:
    """:func:`mask_text` of a String column."""
    for pattern, replacement in _COLUMNAR:
        column = column.str.replace_all(pattern, replacement)
    return column


def _short(text: pl.Expr) -> pl.Expr:
    tail = pl.concat_str(pl.lit("****"), text.str.tail(4))
    return pl.when(text.str.len_chars() >= 8).then(tail).otherwise(pl.lit("****"))  # noqa: PLR2004


def _kept_blank(text: pl.Expr, masked: pl.Expr) -> pl.Expr:
    return pl.when(text == "").then(pl.lit("")).otherwise(masked)


def _alone(text: str, masked: Callable[[pl.Expr], pl.Expr]) -> str:
    found = pl.select(masked(pl.lit(text))).item()
    return str(found)
