"""Evidence row -> one sentence: what happened, with amounts and dates, in Chinese and in English.

Forms of a field: ``{left_minor:money}`` an amount with its sign, ``{left_minor:size}`` without (where the words say the
direction), ``{base_gap_minor:base}`` and ``:base_size`` the same in base currency, ``{fx_rate_e8:rate}`` a rate.
Phrases (``{channel_zh}``) are in :mod:`recon.differences.phrases`.
"""

from __future__ import annotations

import string
from functools import cache
from typing import TYPE_CHECKING, Any, Final

from recon import money
from recon.differences.phrases import Words

if TYPE_CHECKING:
    from collections.abc import Mapping

    from recon.differences.rule import Rule

MONEY_FORMS: Final = frozenset({"money", "size", "base", "base_size"})


class _Sentence(string.Formatter):
    """``str.format`` with the money and rate forms of this project."""

    def __init__(self, currency: str, base_currency: str) -> None:
        self._currencies = dict.fromkeys(("money", "size"), currency) | dict.fromkeys(
            ("base", "base_size"), base_currency
        )

    def say(self, text: str, words: Mapping[str, Any]) -> str:
        """As ``vformat``, without reading the sentence again for every row."""
        fields = _fields(text)
        if fields is None:
            return self.vformat(text, (), words)
        said = []
        for before, name, form in fields:
            said.append(before)
            if name is not None:
                said.append(self.format_field(words[name], form))
        return "".join(said)

    def format_field(self, value: Any, format_spec: str) -> Any:  # noqa: ANN401 - the signature of string.Formatter
        if value is None:
            return "—"
        if format_spec in self._currencies:
            currency = self._currencies[format_spec]
            shown = abs(value) if format_spec.endswith("size") else value
            return f"{currency} {money.show(shown, currency, grouped=True)}"
        if format_spec == "rate":
            return money.show_rate(value)
        return super().format_field(value, format_spec)


@cache
def _fields(text: str) -> tuple[tuple[str, str | None, str], ...] | None:
    """Return a sentence as (words, field after them, its form); None: it does more than name plain fields."""
    parts = [(words, name, form or "", conversion) for words, name, form, conversion in string.Formatter().parse(text)]
    plain = all(
        name is None or (name.isidentifier() and not conversion and "{" not in form)
        for _, name, form, conversion in parts
    )
    return tuple((words, name, form) for words, name, form, _ in parts) if plain else None


def fields_of(rule: Rule) -> set[str]:
    """Names that the sentences of a rule use (a test holds them against the evidence model)."""
    parser = string.Formatter()
    return {name for text in (rule.because_zh, rule.because_en) for _, name, _, _ in parser.parse(text) if name}


def sentences(rule: Rule, row: Mapping[str, Any], base_currency: str) -> tuple[str, str]:
    """Return the rule's sentence for one evidence row, (Chinese, English)."""
    words = Words(row)
    sentence = _Sentence(row["currency"], base_currency)
    return sentence.say(rule.because_zh, words), sentence.say(rule.because_en, words)
