"""The words and constants of a mapping: what "On hold" means, which currency an amount is in that names none.

Words are looked up in ``aliases.toml``. A payment method that is none of the channels stands for a blank cell; any
other word that is not known is a question, because a guess would turn an unpaid order into a paid one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

import polars as pl

from recon.sources import bank_heading, printed_forms
from recon.sources.currency_names import CURRENCY_CODES
from recon.sources.learning.aliases import words_of
from recon.sources.learning.profiles import Profile
from recon.sources.mapping import BY_SIGN, REFUNDED, SKIP, columns_of
from recon.sources.template import Column, Holds

OPTIONAL: Final = frozenset({"channel", "region"})
"""Columns whose unknown words stand for a blank cell."""
_IN_HEADER: Final = re.compile(r"[(\[]\s*(元|人民币|[A-Z]{3}|€|£)\s*[)\]]|/(元)$")
_MARKS: Final = {
    "€": "EUR",
    "£": "GBP",
    "元": "CNY",
    "人民币": "CNY",
    "US$": "USD",
    "HK$": "HKD",
    "C$": "CAD",
    "A$": "AUD",
}
_MARK: Final = r"(US\$|HK\$|C\$|A\$|€|£|元|\b[A-Z]{3}\b)"


@dataclass(frozen=True, slots=True)
class Words:
    """Words of one column: what they become, and those that nobody knows."""

    known: dict[str, str]
    unknown: tuple[str, ...]


def words(template: str, column: Column, found: Profile, told: Mapping[str, str]) -> Words:
    """What the printed words of a column become; ``told`` comes first."""
    facts = words_of("entry_direction" if (template, column.name) == ("vouchers", "direction") else column.name)
    own = {word.casefold(): target for word, target in column.words.items()}
    targets = {*column.words.values(), SKIP, *([REFUNDED] if (template, column.name) == ("orders", "status") else [])}
    said = {word.casefold(): target for word, target in told.items()}
    known: dict[str, str] = {}
    unknown: list[str] = []
    for word in found.words:
        bare = word.casefold()
        target = said.get(bare, own.get(bare, facts.get(bare)))
        if target is not None and (bare in said or target in targets):
            known[word] = target
        elif column.name in OPTIONAL:
            known[word] = _inside(bare, facts)
        else:
            unknown.append(word)
    plain = all(own.get(word.casefold()) == target for word, target in known.items())
    return Words({} if plain and not told and not unknown else known | dict(told), tuple(unknown))


def _inside(word: str, facts: Mapping[str, str]) -> str:
    """The word that stands inside another (支付宝-花呗分期), ``""`` when none or several do."""
    hits = {target for known, target in facts.items() if len(known) > 1 and known in word}
    return hits.pop() if len(hits) == 1 else ""


def constants(
    template: str, parts: Mapping[str, str], profiles: Mapping[str, Profile], cells: pl.DataFrame, heading: str
) -> Iterator[tuple[str, str, str]]:
    """Yield what the file does not say in a column, but proves: (column, value, why). ``parts``: column -> header."""
    known = columns_of(template)
    if template == "orders" and "record" not in parts:
        negative = "amount" in parts and profiles[parts["amount"]].negative > 0
        if negative:
            yield "record", BY_SIGN, f"{parts['amount']} has negative amounts: they are refunds"
        else:
            yield "record", "payment", "no column says it, and no amount is negative"
    if template == "bank" and "account" not in parts and (account := bank_heading.account(heading)):
        yield "account", account, "the heading names it"
    if "currency" in known and "currency" not in parts:
        named = bank_heading.currency(heading) if template == "bank" else ""
        if named in CURRENCY_CODES:
            yield "currency", CURRENCY_CODES[named], f"the heading names it: {named}"
        elif found := _currency(parts, known, cells):
            yield "currency", *found


def _currency(parts: Mapping[str, str], known: Mapping[str, Column], cells: pl.DataFrame) -> tuple[str, str] | None:
    """Currency that headers or marks beside amounts name, if it is one."""
    headers = [header for name, header in parts.items() if known[name].holds is Holds.AMOUNT]
    for header in headers:
        if found := _IN_HEADER.search(header):
            named = found[1] or found[2]
            return _MARKS.get(named, named), f"the header {header} names it"
    marks: set[str] = set()
    for header in headers:
        marks |= set(printed_forms.bare(cells[header]).str.extract(_MARK, 1).drop_nulls().unique())
    if len(marks) == 1:
        (mark,) = marks
        return _MARKS.get(mark, mark), f"the amounts are printed with {mark}"
    return None
