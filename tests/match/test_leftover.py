"""Vouchers of whole days, of a shop's day and without a number, in drops of any order: as if all had come at once.

The books here are small and their amounts few, so that sums and amounts agree by chance as well as by right; what waits
and what is undone (recon/match/leftover.py) decides who finds whom.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recon.match.passes import of_leg
from recon.model import Leg
from tests.match.books import Books, Placed, dropped
from tests.test_properties import FLAWS, PLACES, arrives_in_any_order, keeps_the_laws, restates, state, tries


@pytest.mark.parametrize("leg", Leg)
def test_passes_that_do_not_go_by_number_come_after_all_that_do(leg: Leg) -> None:
    by_number = [step.by_number for step in of_leg(leg)]
    assert by_number == sorted(by_number, reverse=True)


# ------------------------------------------------------------------------------------------------ random books


AMOUNTS = st.sampled_from([100, 200, 200, 300, 500])
DAYS = st.sampled_from(["02-03", "02-03", "02-04"])
RARELY = st.sampled_from([False, False, False, True])


@st.composite
def sold(draw: st.DrawFn, nth: int) -> list[Placed]:
    """Give one payment, perhaps its order and its refund, and perhaps vouchers of their own."""
    amount, day = draw(AMOUNTS), draw(DAYS)
    when: dict[str, Any] = {"at": f"{day} 10:00:00"}
    fee = {"fee": -draw(st.sampled_from([1, 1, 2]))} if draw(st.booleans()) else {}
    rows: list[Placed] = [
        ("channel", {"id": f"c{nth}", "number": f"P{nth}", "txn": f"T{nth}", "amount": amount, **when} | fee)
    ]
    if not draw(RARELY):
        name = draw(st.sampled_from([f"P{nth}", f"A{nth}"]))
        order = {"id": f"o{nth}", "order_no": name, "number": f"P{nth}", "amount": amount, **when}
        rows.append(("order", order | {"shop": draw(st.sampled_from(["S1", "S1", "S2"]))}))
    if draw(RARELY):
        later = draw(st.sampled_from(["02-04", "02-05", "02-06"]))
        back = {"id": f"d{nth}", "number": f"P{nth}", "related_no": f"T{nth}", "refund": f"R{nth}"}
        rows.append(("channel", back | {"txn": f"U{nth}", "amount": -draw(AMOUNTS), "at": f"{later} 15:00:00"}))
    for copy in range(draw(st.sampled_from([0, 0, 0, 1, 1, 2]))):
        cited = draw(st.sampled_from([f"P{nth}", f"P{nth}", f"T{nth}", f"A{nth}", f"R{nth}", ""]))
        booked = amount + draw(st.sampled_from([0, 0, 0, 100, fee.get("fee", 0)]))
        rows.append(("ledger", {"id": f"v{nth}{copy}", "ref": cited, "amount": booked, "day": day}))
    return rows


@st.composite
def days_booked(draw: st.DrawFn) -> list[Placed]:
    """Some payments of few days, and vouchers that book days: of all that is open, of a shop, of some sum or other."""
    rows = [row for nth in range(draw(st.integers(2, 6))) for row in draw(sold(nth))]
    shops = {row["number"]: row["shop"] for book, row in rows if book == "order"}
    own = {row["ref"] for book, row in rows if book == "ledger"}
    for day in sorted({row["at"][:5] for book, row in rows if book == "channel"}):
        of_day = [row for book, row in rows if book == "channel" and row["at"][:5] == day]
        batch = f"alipay:A:2026{day.replace('-', '')}"
        for nth in range(draw(st.sampled_from([0, 1, 1, 1, 2]))):
            whose = draw(st.sampled_from(["open", "open", "all", "S1", "S2", "refunds", "other"]))
            chosen = [
                row["amount"]
                for row in of_day
                if (whose == "refunds") == (row["amount"] < 0)
                and (whose not in {"S1", "S2"} or shops.get(row["number"]) == whose)
                and (whose == "all" or row["number"] not in own)
            ]
            amount = draw(AMOUNTS) if whose == "other" else sum(chosen)
            if amount:
                rows.append(("ledger", {"id": f"z{day}{nth}", "ref": batch, "amount": amount, "day": day}))
        fees = sum(row.get("fee", 0) for row in of_day)
        if fees and draw(RARELY):
            rows.append(("ledger", {"id": f"f{day}", "ref": batch, "kind": "fee", "amount": fees, "day": day}))
    return rows


def matched(books: Books, *drops: Iterable[Placed]) -> dict[str, list[tuple[Any, ...]]]:
    """Let the drops arrive and be matched, and nothing else, so that many books can be met."""
    for drop in drops:
        books.put(dropped(drop))
        books.match()
    return state(books)


@tries(3)
@given(days_booked(), PLACES)
def test_vouchers_of_days_in_drops_of_any_order_find_what_they_find_at_once(
    rows: list[Placed], places: list[int]
) -> None:
    arrives_in_any_order(rows, places, matched)


@tries(2)
@given(days_booked(), FLAWS)
def test_vouchers_of_days_that_are_restated_find_what_they_find_at_once(rows: list[Placed], flaws: list[str]) -> None:
    restates(rows, flaws, matched)


@tries(2)
@given(days_booked())
def test_vouchers_of_days_are_conserved_explained_and_left_alone_by_a_second_run(rows: list[Placed]) -> None:
    keeps_the_laws(rows)


@pytest.mark.slow
@tries(150, always_the_same=False)
@given(days_booked(), PLACES)
def test_many_vouchers_of_days_in_drops_of_any_order_find_what_they_find_at_once(
    rows: list[Placed], places: list[int]
) -> None:
    arrives_in_any_order(rows, places, matched)


@pytest.mark.slow
@tries(60, always_the_same=False)
@given(days_booked(), FLAWS)
def test_many_vouchers_of_days_that_are_restated_find_what_they_find_at_once(
    rows: list[Placed], flaws: list[str]
) -> None:
    restates(rows, flaws, matched)
