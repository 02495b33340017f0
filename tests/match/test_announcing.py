"""Which payout rows tell of which trade day's payout: by amount and days alone, and never by the order of rows."""

from __future__ import annotations

import datetime as dt
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from recon.match.announcing import Batch, Row, announced

PLACE = ("alipay", "A", "CNY")


def batch(day: int, amount: int, *, place: tuple[str, str, str] = PLACE, last: int = 4) -> Batch:
    return Batch(f"B{day}", place, amount, dt.date(2026, 2, day), dt.date(2026, 2, day) + dt.timedelta(days=last))


def row(name: str, day: int, amount: int, *, place: tuple[str, str, str] = PLACE) -> Row:
    return Row(name, place, amount, dt.date(2026, 2, day))


def test_a_row_of_the_batchs_amount_announces_it() -> None:
    assert announced([batch(3, 500), batch(4, 700)], [row("p", 4, 500)]) == [("p", "B3")]


def test_another_account_or_currency_is_another_payout() -> None:
    assert announced([batch(3, 500)], [row("p", 4, 500, place=("alipay", "B", "CNY"))]) == []
    assert announced([batch(3, 500)], [row("p", 4, 500, place=("alipay", "A", "USD"))]) == []


def test_the_row_lies_from_the_trade_day_to_the_last_day() -> None:
    days = [batch(3, 500)]
    assert [announced(days, [row("p", day, 500)]) for day in (2, 3, 7, 8)] == [[], [("p", "B3")], [("p", "B3")], []]


def test_consecutive_days_together_and_a_day_of_refunds_among_them() -> None:
    days = [batch(3, 500), batch(4, -120), batch(5, 700)]
    assert announced(days, [row("p", 6, 1080)]) == [("p", "B3"), ("p", "B4"), ("p", "B5")]


def test_days_that_do_not_follow_each_other_are_no_payout_together() -> None:
    assert announced([batch(3, 500), batch(4, 10_000), batch(5, 700)], [row("p", 6, 1200)]) == []


def test_two_stretches_that_fit_leave_open_which() -> None:
    days = [batch(3, 500), batch(4, 700), batch(5, 500)]
    assert announced(days, [row("p", 6, 1200)]) == [("p", "")]


def test_two_rows_that_want_the_same_days_stand_alone() -> None:
    days = [batch(3, 500), batch(4, 700)]
    assert announced(days, [row("p", 5, 1200), row("q", 6, 1200)]) == []


def test_a_day_in_parts() -> None:
    days = [batch(3, 500), batch(4, 900)]
    assert announced(days, [row("p", 4, 300), row("q", 4, 200)]) == [("p", "B3"), ("q", "B3")]


def test_of_more_rows_than_batches_the_rest_are_payouts_of_their_own() -> None:
    rows = [row("p", 4, 500), row("q", 5, 500), row("r", 6, 500)]
    assert announced([batch(3, 500), batch(4, 500)], rows) == [("p", ""), ("q", "")]


def test_of_fewer_rows_than_batches_it_is_open_which_they_mean() -> None:
    assert announced([batch(3, 500), batch(4, 500)], [row("p", 5, 500)]) == [("p", "")]


def test_equally_many_are_paired_in_the_order_of_their_days() -> None:
    rows = [row("p", 5, 500), row("q", 4, 500)]
    assert announced([batch(3, 500), batch(4, 500)], rows) == [("p", "B4"), ("q", "B3")]


AMOUNTS = st.sampled_from([-100, 100, 200, 300, 500, 700])


@given(
    st.lists(AMOUNTS, max_size=8), st.lists(st.tuples(st.integers(1, 12), AMOUNTS.filter(lambda n: n > 0)), max_size=6)
)
def test_no_batch_is_paid_twice_and_every_announcement_adds_up(days: list[int], paid: list[tuple[int, int]]) -> None:
    batches = [batch(day, amount) for day, amount in enumerate(days, 1)]
    rows = [row(f"p{nth}", day, amount) for nth, (day, amount) in enumerate(paid)]
    told = announced(batches, rows)
    assert told == announced(batches[::-1], rows[::-1]), "the order of rows means nothing"
    by_batch = {one.batch_id: one for one in batches}
    by_row = {one.txn_id: one for one in rows}
    of_row = {name: [by_batch[b] for n, b in told if n == name and b] for name, _ in told}
    of_batch = {b: [by_row[n] for n, other in told if other == b] for _, b in told if b}
    for name, chosen in of_row.items():
        assert all(one.day <= by_row[name].day <= one.last_day for one in chosen)
        if len(chosen) > 1:
            assert sum(one.amount for one in chosen) == by_row[name].amount
            assert all((b.day - a.day).days >= 1 for a, b in pairwise(chosen))
            assert all(len(of_batch[one.batch_id]) == 1 for one in chosen)
    for name, parts in of_batch.items():
        if len(parts) > 1:
            assert sum(one.amount for one in parts) == by_batch[name].amount
    alone = [n for n, b in told if not b]
    assert len(alone) + len(of_batch) <= len(told) + len(batches)
