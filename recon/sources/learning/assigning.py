"""Which header of a file plays which part in a template: by what it is called, held to what its cells are.

    assign("orders", {"Order Number": profile(...), "Total": profile(...), ...})
        ->  {"order_no": Part("Order Number", SURE, "it is called so; 120 of 120 cells are numbers"), ...}

Every pair of a header and a column of the template is scored; the best pair is taken, and its header and column are out
of the game. A name that the cells contradict counts for nothing. What is required and found by no name goes to the one
header whose cells fit and that nobody else wants.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from recon.sources.learning.aliases import bare_name, names_of, words_of
from recon.sources.learning.profiles import SURE, Profile, fit
from recon.sources.mapping import TEMPLATES, columns_of
from recon.sources.template import Column, Holds

_PLACE: Final = 0.01  # what a place further back in the list of names costs
_PART_OF_NAME: Final = 0.55
_SHORT: Final = 3
_WHAT: Final = {
    Holds.AMOUNT: "amounts", Holds.RATE: "rates", Holds.TIME: "dates", Holds.DAY: "dates", Holds.CURRENCY: "currencies",
    Holds.NUMBER: "numbers", Holds.WORD: "words", Holds.TEXT: "texts", Holds.MONTH: "months",
}  # fmt: skip


class Confidence(StrEnum):
    """How sure a part is."""

    SURE = "sure"
    LIKELY = "likely"
    VALUES = "by its values alone"
    TOLD = "told"


@dataclass(frozen=True, slots=True)
class Part:
    """The header that plays a part, and why."""

    header: str
    confidence: Confidence
    because: str
    score: float = 1.0


def assign(template: str, profiles: Mapping[str, Profile], taken: Collection[str] = ()) -> dict[str, Part]:
    """Return the parts, by column of the template. ``taken``: columns that are told already, and headers."""
    known = columns_of(template)
    pairs = [
        (score, column.name, header, by_name)
        for column in known.values()
        for header, found in profiles.items()
        for score, by_name in [_score(template, column, header, found)]
        if score > 0
    ]
    parts: dict[str, Part] = {}
    used = set(taken)
    for score, name, header, by_name in sorted(pairs, key=lambda pair: (-pair[0], pair[1], pair[2])):
        if name in used or header in used:
            continue
        used |= {name, header}
        column, found = known[name], profiles[header]
        exact = by_name > _PART_OF_NAME
        sure = exact and (found.filled == 0 or fit(found, column.holds) >= SURE)
        said = "it is called so" if exact else "it is called something like it"
        confidence = Confidence.SURE if sure else Confidence.LIKELY
        parts[name] = Part(header, confidence, f"{said}; {_cells(found, column.holds)}", score)
    return parts | _by_values(template, profiles, used)


def _score(template: str, column: Column, header: str, found: Profile) -> tuple[float, float]:
    """Score of a pair, 0 when the name says nothing or the cells contradict it; and how well the name fits."""
    by_name = _named(names_of(template).get(column.name, {}), header)
    by_cells = fit(found, column.holds)
    if not by_name or by_cells < SURE - 0.5 or (found.filled and by_cells < SURE and column.holds is not Holds.TEXT):
        return 0.0, by_name
    if column.holds is Holds.WORD and not _some_known(column.name, found):
        return 0.0, by_name
    return by_name + by_cells / 100, by_name


def _named(names: Mapping[str, int], header: str) -> float:
    """How well a header fits the names of a column: 1 exactly, less the further back, 0 not at all."""
    bare = bare_name(header)
    if bare in names:
        return 1 - _PLACE * names[bare]
    inside = [place for name, place in names.items() if len(name) >= _SHORT and (name in bare)]
    return _PART_OF_NAME - _PLACE * min(inside) if inside else 0.0


def _some_known(name: str, found: Profile) -> bool:
    """Whether a column of words prints one that is known; words nobody knows make no status of a remark."""
    known = {**words_of("entry_direction" if name == "direction" else name), **words_of(name)}
    return not found.filled or not known or any(word.casefold() in known for word in found.words)


def _cells(found: Profile, holds: Holds) -> str:
    if not found.filled:
        return "all cells are blank"
    good = round(fit(found, holds) * found.filled) if holds not in (Holds.TEXT, Holds.WORD) else found.filled
    number = "" if holds is not Holds.NUMBER else (", each once" if found.unique else f", {found.distinct} different")
    return f"{good} of {found.filled} cells are {_WHAT[holds]}{number}"


def _by_values(template: str, profiles: Mapping[str, Profile], used: Collection[str]) -> dict[str, Part]:
    """Parts that the template requires and no name gives, where one header alone can play them."""
    known, parts = columns_of(template), {}
    taken = set(used)
    for name in TEMPLATES[template].lacks(taken):
        holds = known[name].holds
        if holds not in (Holds.AMOUNT, Holds.TIME, Holds.DAY, Holds.NUMBER, Holds.CURRENCY):
            continue
        able = [header for header, found in profiles.items() if header not in taken and _can(found, holds)]
        if len(able) == 1:
            (header,) = able
            taken |= {name, header}
            why = f"no other column can be it: {_cells(profiles[header], holds)}"
            parts[name] = Part(header, Confidence.VALUES, why, 0.3)
    return parts


def _can(found: Profile, holds: Holds) -> bool:
    """Whether the cells alone make a column of this kind: stricter than where the name speaks for it."""
    if not found.filled or fit(found, holds) < 1:
        return False
    if holds is Holds.AMOUNT:
        return found.decimals > 0 and found.days < SURE
    return found.unique and not found.decimals if holds is Holds.NUMBER else True
