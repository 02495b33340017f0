"""Given rows, expected differences: one file a story in cases/.

    story: what it is about, in a sentence
    loaded: {order: [02-01, 02-28], alipay: [...], bank: [...], ledger: [...]}    how far each book is loaded
    given: {order: [...], channel: [...]}      rows of :mod:`tests.match.books`; a list of drops arrives one by one
    as_of, settings, rates, printed       where the story needs them (printed: the last day a bill says it covers)
    expect: [{code: ..., any column of diff.difference, of: [member ids], because: the Chinese sentence}]
    legs: [order_channel]                      look at these legs only (default: the legs of all books given)

The list is complete: what it does not say must not be there.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from recon.differences import proofs
from recon.differences.rule import UNEXPLAINED
from recon.differences.rulebook import RULES
from recon.model import Leg
from tests.match.books import ANCHOR, opened, played, stories

STORIES = stories(Path(__file__).parent / "cases")
WORDS = {"story", "loaded", "given", "as_of", "settings", "rates", "printed", "expect", "legs"}


def order_of(told: dict[str, Any]) -> tuple[str, str, list[str]]:
    return told["leg"], told["code"], told.get("of", [])


@pytest.mark.parametrize("name", STORIES)
def test_the_story_ends_as_told(name: str) -> None:
    case = STORIES[name]
    legs = case.get("legs", list(Leg))
    with opened(case.get("settings"), **{word: case[word] for word in ("as_of",) if word in case}) as books:
        played(case, books)
        books.classify()
        found = [row for row in books.differences() if row["leg"] in legs]
        laws = proofs.prove(books.store, "2026-02")
    expected = [dict(told) for told in case["expect"]]
    for told in expected:
        told.setdefault("leg", legs[0])
    shown = []
    for told, row in zip(sorted(expected, key=order_of), sorted(found, key=order_of), strict=False):
        row |= {"because": row["because_zh"], "business_date": str(row["business_date"])}
        row |= {"clears_on": str(row["clears_on"]) if row["clears_on"] else None}
        shown.append({column: row[column] for column in told})
    assert shown == sorted(expected, key=order_of)
    assert [(row["leg"], row["code"], row["of"]) for row in found[len(expected) :]] == []
    assert not any(ANCHOR in row["of"] for row in found)
    assert [law for law in laws if not law.holds] == []


@pytest.mark.parametrize("leg", RULES)
def test_every_rule_has_a_story(leg: Leg) -> None:
    told = {
        row["code"]
        for case in STORIES.values()
        for row in case["expect"]
        if row.get("leg", case.get("legs", [""])[0]) == leg
    }
    assert told == {rule.code for rule in RULES[leg]} - {UNEXPLAINED.code}


def test_a_story_says_what_it_is_about() -> None:
    assert len({case["story"] for case in STORIES.values()}) == len(STORIES)
    assert all(set(case) <= WORDS for case in STORIES.values())
