"""``[[channel.NAME.fees]]``: what a channel charges from a day on, of one account, of one currency.

    [[channel.wechat.fees]]
    since = "2026-04-01"          # first trade day; blank: always
    account = "1900012345"        # blank: every account
    rate = "0.54%"

What a table does not say is as the contract's own section says it.
"""

from __future__ import annotations

import datetime as dt
import re
import typing
from collections.abc import Callable, Mapping
from typing import Any, Final

from recon.config.checking import Text, nearest
from recon.config.known import PPM_PLACES
from recon.config.writing import toml
from recon.contract import Contract, FeeOn, FeeRounding, FeeTerms, RefundFee
from recon.money import MoneyError, scaled

_CHOICES: Final = {"on": FeeOn, "refund": RefundFee, "rounding": FeeRounding}


def read_fees(text: Text, contract: Contract, added: object) -> tuple[FeeTerms, ...]:
    """Return the terms of ``[[channel.NAME.fees]]``, in their order. Raises UsageError for what is not of this form."""
    section = f"channel.{contract.channel}"
    if not isinstance(added, list) or not all(isinstance(item, dict) for item in added):
        raise text.error(section, "fees", "is a list of tables", f"Write each under a line [[{section}.fees]]")
    (own, *_) = contract.fee_terms
    terms = [_terms(text, f"{section}.fees", own, item) for item in added]
    places = [(term.since, term.account, term.currency) for term in terms]
    for place in places:
        if places.count(place) > 1 or place == (own.since, "", ""):
            explanation = "say twice what holds for the same days, account and currency"
            raise text.error(f"{section}.fees", "", explanation, "Give them a since, an account or a currency.")
    return tuple(terms)


def _terms(text: Text, section: str, own: FeeTerms, said: Mapping[str, Any]) -> FeeTerms:
    found: dict[str, Any] = {
        name: getattr(own, name)
        for name in ("rate_ppm", "fixed_minor", "min_minor", "max_minor", "on", "refund", "rounding")
    }
    for name, value in said.items():
        if name not in _READ:
            raise text.error(section, name, "is no part of the terms of a fee", nearest(name, _READ))
        if not isinstance(value, str):
            raise text.error(section, name, f"is {toml(value)}, which is not a text in quotes")
        try:
            found |= _READ[name](value)
        except (ValueError, MoneyError) as error:
            raise text.error(section, name, f'is "{value}" but {error}') from None
    return FeeTerms(**found)


def _amount(name: str) -> Callable[[str], dict[str, Any]]:
    return lambda text: {f"{name}_minor": scaled(text, 2, what="a fee")}


def _choice(name: str) -> Callable[[str], dict[str, Any]]:
    def read(text: str) -> dict[str, Any]:
        choices = typing.get_args(_CHOICES[name])
        if text not in choices:
            msg = f"is one of {', '.join(choices)}"
            raise ValueError(msg)
        return {name: text}

    return read


def _since(text: str) -> dict[str, Any]:
    try:
        return {"since": dt.date.fromisoformat(text)}
    except ValueError:
        msg = 'is a day, like "2026-04-01"'
        raise ValueError(msg) from None


def _currency(text: str) -> dict[str, Any]:
    if not re.fullmatch(r"[A-Z]{3}", text):
        msg = 'is a currency code, like "USD"'
        raise ValueError(msg)
    return {"currency": text}


def _rate(text: str) -> dict[str, Any]:
    if not text.endswith("%"):
        msg = 'is written in per cent, like "0.54%"'
        raise ValueError(msg)
    return {"rate_ppm": scaled(text.removesuffix("%"), PPM_PLACES, what="a rate")}


_READ: Final[dict[str, Callable[[str], dict[str, Any]]]] = {
    "since": _since,
    "account": lambda text: {"account": text},
    "currency": _currency,
    "rate": _rate,
    **{name: _amount(name) for name in ("fixed", "min", "max")},
    **{name: _choice(name) for name in _CHOICES},
}
