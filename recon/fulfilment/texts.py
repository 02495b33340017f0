"""What a reminder says: a text with words in braces, one each for what is known of the order.

    您的订单{订单号}已于{签收时间}签收，请在{截止时间}前确认收货。

The words are those of :data:`WORDS`; a word that there is not is an error when the settings are read, not when the
first customer gets it. Nothing else may stand in braces.
"""

from __future__ import annotations

import string
from collections.abc import Mapping
from typing import Any, Final

from recon import privacy, times
from recon.errors import UsageError

WORDS: Final[dict[str, str]] = {
    "订单号": "order_no",
    "运单号": "waybill_no",
    "承运商": "carrier",
    "签收时间": "signed",
    "截止时间": "deadline",
    "剩余小时": "hours_left",
    "收货人": "receiver",
    "联系电话": "phone",
    "商户": "merchant",
}
"""Word in a text -> what it stands for. Receiver and phone are masked; the texts go through other people's systems."""


def check(text: str, place: str) -> None:
    """Raise UsageError when a text has a word that there is not, or braces that do not match."""
    known = "There are: " + "".join(f"{{{word}}}" for word in WORDS)
    try:
        parts = list(string.Formatter().parse(text))
    except ValueError as error:
        raise UsageError(f"cannot be read: {error}", place=place, remedy=known) from None
    for _, word, form, conversion in parts:
        if word is not None and (word not in WORDS or form or conversion):
            raise UsageError(f'has "{{{word}}}", which is no word of a reminder', place=place, remedy=known)


def filled(text: str, words: Mapping[str, str]) -> str:
    """Return the text with its words put in; ``words`` is of :func:`words_of`."""
    return "".join(
        literal + ("" if word is None else words[word]) for literal, word, _, _ in string.Formatter().parse(text)
    )


def words_of(row: Mapping[str, Any], *, as_of_s: int, zone: str, merchant: str) -> dict[str, str]:
    """Word -> text for one row of ``UNCONFIRMED``."""
    known = {
        "order_no": row["order_no"],
        "waybill_no": row["waybill_no"],
        "carrier": row["carrier"],
        "signed": times.show_moment(row["signed_s"], zone)[:16],
        "deadline": times.show_moment(row["deadline_s"], zone)[:16],
        "hours_left": _hours(row["deadline_s"] - as_of_s),
        "receiver": privacy.mask_name(row["receiver_name"]),
        "phone": privacy.mask_phone(row["receiver_phone"]),
        "merchant": merchant,
    }
    return {word: str(known[name]) for word, name in WORDS.items()}


def _hours(seconds: int) -> str:
    """Hours with one decimal, rounded down: nobody is promised more time than there is."""
    tenths = max(seconds, 0) // 360
    return f"{tenths // 10}.{tenths % 10}".removesuffix(".0")
