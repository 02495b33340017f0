"""The search for the one subset that adds up: exact, complete within its budget, and honest about ties."""

from __future__ import annotations

from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recon.match.subset import BUDGET, Outcome, only_subset

# Two hundred candidates without a solution, which only a search can tell: all but one are hundreds, the one is 37 more,
# and the target ends in 50.
WORST = [*(100 * (7919 * nth % 9973 + 1) for nth in range(1, 200)), 100_037]
TARGET = sum(WORST) // 200 * 100 + 50

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
    outcome = only_subset(WORST, TARGET, budget=budget)
    assert (outcome.kind, outcome.members) == ("exhausted", ())
    assert outcome.sums <= budget


def test_two_hundred_candidates_without_a_solution_end_within_the_budget_and_say_so() -> None:
    outcome = only_subset(WORST, TARGET)
    assert (outcome.kind, outcome.members) == ("exhausted", ())
    assert outcome.sums <= BUDGET


def test_few_different_sums_are_no_way_around_the_budget() -> None:
    assert only_subset([100] * 5_000 + [37], 250_050).kind == "exhausted"


@pytest.mark.parametrize(
    ("amounts", "target"), [([200, 400, 600], 700), ([100, 300], 500), ([100, -300], -400), ([], 5)]
)
def test_what_cannot_be_is_none_without_a_search(amounts: list[int], target: int) -> None:
    assert only_subset(amounts, target) == Outcome("none", (), 0)


def test_a_needle_is_found_among_many_that_are_too_large() -> None:
    amounts = [10**9 + nth for nth in range(180)] + [5_001, 7_003, 11_007, 90_001]
    assert only_subset(amounts, 5_001 + 11_007).members == (180, 182)


def test_amounts_near_the_limits_of_64_bits_do_not_overflow() -> None:
    large = 2**62
    assert only_subset([large, large - 1, -large], large - 1).kind == "ambiguous"
    assert only_subset([large, large - 1], 2 * large - 1).members == (0, 1)
