"""The search for the one subset that adds up: exact, complete within its budget, and honest about ties."""

from __future__ import annotations

from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recon.match.subset import only_subset

AMOUNTS = st.lists(st.integers(-20, 60).filter(bool), max_size=9)


@given(AMOUNTS, st.integers(-40, 120).filter(bool))
def test_the_outcome_is_that_of_trying_all_subsets(amounts: list[int], target: int) -> None:
    places = range(len(amounts))
    fitting = [
        chosen
        for size in range(1, len(amounts) + 1)
        for chosen in combinations(places, size)
        if sum(amounts[place] for place in chosen) == target
    ]
    outcome = only_subset(amounts, target)
    assert outcome.kind == {0: "none", 1: "found"}.get(len(fitting), "ambiguous")
    assert outcome.members == (fitting[0] if len(fitting) == 1 else ())


def test_equal_amounts_are_a_tie() -> None:
    assert only_subset([100, 100, 250], 350).kind == "ambiguous"
    assert only_subset([100, 100, 250], 450).members == (0, 1, 2)


@pytest.mark.parametrize("budget", [1, 10, 100])
def test_a_search_beyond_its_budget_says_so_and_finds_nothing(budget: int) -> None:
    outcome = only_subset([2**place for place in range(30)], 2**30 - 1, budget=budget)
    assert (outcome.kind, outcome.members) == ("exhausted", ())
    assert outcome.sums <= budget


def test_amounts_near_the_limits_of_64_bits_do_not_overflow() -> None:
    large = 2**62
    assert only_subset([large, large - 1, -large], large - 1).kind == "ambiguous"
    assert only_subset([large, large - 1], 2 * large - 1).members == (0, 1)
