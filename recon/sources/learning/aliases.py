"""What columns of tables are called, and the words in them: ``aliases.toml`` beside this module, as it is compared."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from functools import cache
from importlib import resources
from typing import Any, Final

from recon.sources.table import normal

_UNITS: Final = re.compile(
    r"[(\[](?:元|人民币|cny|rmb|eur|usd|gbp|hkd|€|\$|￥|¥|incl[^)\]]*|inc[^)\]]*)[)\]]|/元$", re.IGNORECASE
)
_FILLERS: Final = re.compile(r"[\s_\-./:#*'\"()\[\]]+")


def bare_name(name: str) -> str:
    """Header name for comparison: half-width, small letters, without units, blanks and punctuation."""
    return _FILLERS.sub("", _UNITS.sub("", normal(name)).casefold())


@cache
def _facts() -> dict[str, Any]:
    return tomllib.loads(resources.files(__package__).joinpath("aliases.toml").read_text(encoding="utf-8"))


@cache
def names_of(template: str) -> Mapping[str, Mapping[str, int]]:
    """Names of each column of a template, bare, with their place in the list (0 = the likeliest)."""
    return {
        column: {bare_name(name): place for place, name in reversed(list(enumerate(names)))}
        for column, names in _facts()["columns"][template].items()
    }


@cache
def words_of(column: str) -> Mapping[str, str]:
    """Printed words in small letters -> the word of the column they stand for; nothing for a column without words."""
    found = _facts()["words"].get(column, {})
    return {printed.casefold(): word for word, known in found.items() for printed in known}


@cache
def totals() -> tuple[str, ...]:
    """Words with which lines of totals begin, the longest first."""
    return tuple(sorted(_facts()["totals"], key=len, reverse=True))
