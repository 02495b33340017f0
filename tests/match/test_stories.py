"""Given rows, expected groups: one file a story in cases/.

story: what it is about, in a sentence
given: {order: [...], channel: [...]}      rows of :mod:`tests.match.books`; a list of drops arrives one by one
matches: {order_channel: [[pass, [left ids], [right ids], delta], ...]}
open: {order_channel: [ids]}               what stays open; a leg that is not mentioned is not looked at
"""

from __future__ import annotations

from pathlib import Path

import pytest

from recon.match import PASSES
from tests.match.books import opened, played, stories

STORIES = stories(Path(__file__).parent / "cases")


@pytest.mark.parametrize("name", STORIES)
def test_the_story_ends_as_told(name: str) -> None:
    case = STORIES[name]
    with opened(case.get("settings")) as books:
        played(case, books)
        for leg, expected in case["matches"].items():
            assert books.groups(leg) == sorted((step, left, right, delta) for step, left, right, delta in expected)
            assert books.open_rows(leg) == case.get("open", {}).get(leg, [])


def test_every_pass_has_a_story() -> None:
    told = {group[0] for case in STORIES.values() for groups in case["matches"].values() for group in groups}
    assert told == {step.name for step in PASSES}


def test_a_story_says_what_it_is_about() -> None:
    assert len({case["story"] for case in STORIES.values()}) == len(STORIES)
    assert all(set(case) <= {"story", "settings", "given", "matches", "open"} for case in STORIES.values())
