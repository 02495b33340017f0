"""A run that looks only at what is near says what a run that looks at everything says, row by row.

Every story of this folder and of tests/differences is told again in small drops: between them the rows that stay open
wait in match.near, and late rows must find their partners by match.number.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.match.books import ORDINARY, Books, opened, stories
from tests.test_properties import apart, state

HERE = Path(__file__).parent
STORIES = {**stories(HERE / "cases"), **stories(HERE.parent / "differences" / "cases")}

Placed = tuple[str, Mapping[str, Any]]


def rows_of(case: Mapping[str, Any]) -> list[Placed]:
    """Rows of all drops of a story; none when one of them is told twice (a restatement depends on the order)."""
    drops = case["given"] if isinstance(case["given"], list) else [case["given"]]
    rows = [(book, row) for drop in drops for book in ORDINARY for row in drop.get(book, ())]
    ids = [row["id"] for _, row in rows]
    return rows if len(set(ids)) == len(ids) else []


def end_of(case: Mapping[str, Any], drops: list[list[Placed]], *, before_each: str = "") -> dict[str, Any]:
    """Tell the rows drop by drop; returns the end, and what classification makes of it."""
    with opened(case.get("settings")) as books:
        if "rates" in case:
            books.put_rates(case["rates"])
        for drop in drops:
            if before_each:
                books.store.run(before_each)
            books.put({book: [row for of, row in drop if of == book] for book in ORDINARY})
            books.match()
            books.classify()
            assert counted(books) == counted_again(books)
        return state(books)


def counted(books: Books) -> list[tuple[Any, ...]]:
    return books.store.rows("SELECT * FROM match.counted ORDER BY ALL")


def counted_again(books: Books) -> list[tuple[Any, ...]]:
    return books.store.rows(
        "SELECT book, channel, currency, CASE book WHEN 'channel' THEN batch_no ELSE '' END, business_date, file_id,"
        " count(*) FROM canon.txn GROUP BY ALL ORDER BY ALL"
    )


TOLD_AGAIN = sorted(name for name, case in STORIES.items() if len(rows_of(case)) > 1)


@pytest.mark.parametrize("name", TOLD_AGAIN[::30])
def test_a_story_told_in_three_drops_ends_as_told_at_once(name: str) -> None:
    rows = rows_of(STORIES[name])
    assert apart(end_of(STORIES[name], [rows]), end_of(STORIES[name], [rows[::-1][nth::3] for nth in range(3)])) == {}


@pytest.mark.slow
@pytest.mark.parametrize("name", TOLD_AGAIN)
def test_every_story_told_row_by_row_ends_as_told_at_once(name: str) -> None:
    rows = rows_of(STORIES[name])
    at_once = end_of(STORIES[name], [rows])
    assert apart(at_once, end_of(STORIES[name], [[row] for row in rows])) == {}
    assert apart(at_once, end_of(STORIES[name], [[row] for row in reversed(rows)])) == {}


# ------------------------------------------------------------------------------------------------ what is kept

PAYMENT: Placed = ("channel", {"id": "c1", "number": "A1", "txn": "T1", "amount": 900, "at": "01-03 10:00:00"})
ORDER: Placed = ("order", {"id": "o1", "number": "A1", "amount": 900, "at": "01-03 10:00:00"})
VOUCHER: Placed = ("ledger", {"id": "v1", "ref": "A1", "amount": 900, "day": "01-03"})
OTHER: Placed = ("channel", {"id": "c9", "number": "A9", "amount": 100, "at": "02-20 10:00:00"})
REFUND: Placed = (
    "channel",
    {"id": "c2", "number": "", "related_no": "T1", "refund": "R1", "amount": -900, "at": "02-25 10:00:00"},
)
REFUNDED: Placed = ("order", {"id": "o2", "number": "A1", "refund": "R1", "amount": -900, "at": "02-25 10:00:00"})


def drop(books: Books, *rows: Placed) -> None:
    books.put({book: [row for of, row in rows if of == book] for book in ORDINARY})
    books.match()
    books.classify()


def near(books: Books) -> list[str]:
    return [row[0] for row in books.store.rows("SELECT txn_id FROM match.near ORDER BY txn_id")]


def test_what_is_matched_is_not_near_and_is_found_when_a_late_row_carries_its_number() -> None:
    with opened() as books:
        drop(books, PAYMENT, ORDER, VOUCHER)
        drop(books, OTHER)
        assert near(books) == ["c9"]
        drop(books, REFUND)
        assert near(books) == ["c1", "c2", "c9", "o1", "v1"], "the refund is open; its payment hangs together with it"
        drop(books, REFUNDED)
        assert ("refund_number", ["o2"], ["c2"], 0) in books.groups("order_channel")


@pytest.mark.parametrize(
    "lost",
    [
        "DELETE FROM match.near_state",
        "UPDATE match.near_state SET probe = 0",
        pytest.param("UPDATE match.near_state SET file_id = 0", marks=pytest.mark.slow),
        pytest.param("DELETE FROM match.counted_state", marks=pytest.mark.slow),
        pytest.param("UPDATE match.counted_state SET file_id = 0", marks=pytest.mark.slow),
        pytest.param("DELETE FROM match.counted", marks=pytest.mark.slow),
        "UPDATE match.counted SET entries = entries + 1",
    ],
)
def test_what_is_kept_is_made_anew_when_it_is_not_sure_to_be_right(lost: str) -> None:
    rows = [PAYMENT, ORDER, VOUCHER, OTHER, REFUND, REFUNDED]
    case: dict[str, Any] = {}
    at_once = end_of(case, [rows])
    assert apart(at_once, end_of(case, [rows[:3], rows[3:5], rows[5:]], before_each=lost)) == {}


def test_a_row_restated_under_another_day_is_counted_there_and_no_longer_where_it_was() -> None:
    with opened() as books:
        drop(books, PAYMENT, ORDER, VOUCHER)
        drop(books, ("channel", {**PAYMENT[1], "at": "01-05 10:00:00"}), ("ledger", {**VOUCHER[1], "amount": 1}))
        assert counted(books) == counted_again(books)
        days = books.store.rows("SELECT book, CAST(business_date AS VARCHAR), entries FROM match.counted ORDER BY ALL")
        assert days == [("channel", "2026-01-05", 1), ("ledger", "2026-01-03", 1), ("order", "2026-01-03", 1)]


def test_days_are_counted_from_the_rows_while_files_wait_to_be_matched() -> None:
    with opened() as books:
        drop(books, PAYMENT)
        books.put({"channel": [OTHER[1]]})
        books.classify()
        until = books.store.value("SELECT CAST(max(until_date) AS VARCHAR) FROM coverage WHERE book = 'channel'")
        assert until == "2026-02-28", "a sparse book speaks for whole months"


def test_other_settings_match_everything_anew_and_keep_nothing_of_before() -> None:
    with opened() as books:
        drop(books, PAYMENT)
        drop(books, OTHER)
        books.matching = type(books.matching)(contracts=books.matching.contracts, window_s=5)
        drop(books)
        assert near(books) == []
        drop(books, ORDER)
        assert books.groups("order_channel") == [("fingerprint", ["o1"], ["c1"], 0)]


def test_a_fee_voucher_keeps_its_days_fee_when_another_voucher_of_the_day_comes() -> None:
    trade: Placed = ("channel", {"id": "c1", "number": "A1", "amount": 1000, "fee": -6, "at": "02-03 10:00:00"})
    first: Placed = ("ledger", {"id": "f1", "ref": "alipay:A:20260203", "kind": "fee", "amount": -6, "day": "02-03"})
    again: Placed = ("ledger", {"id": "f0", "ref": "alipay:A:20260203", "kind": "fee", "amount": -6, "day": "02-04"})
    with opened() as books:
        drop(books, trade, first)
        drop(books, OTHER)
        drop(books, again)
        matched = [right for step, _, right, _ in books.groups("channel_ledger") if step == "voucher_batch"]
    assert matched == [["f0"]], "as when both had come at once: the first by id"
    with opened() as books:
        drop(books, trade, first, again, OTHER)
        assert [right for step, _, right, _ in books.groups("channel_ledger") if step == "voucher_batch"] == matched


def test_a_match_by_the_amount_alone_is_undone_when_a_second_movement_of_that_amount_comes() -> None:
    sale: Placed = ("channel", {"id": "c1", "number": "A1", "amount": 700, "at": "02-03 10:00:00"})
    twin: Placed = ("channel", {"id": "c2", "number": "A2", "amount": 700, "at": "02-04 10:00:00"})
    blank: Placed = ("ledger", {"id": "v1", "ref": "", "amount": 700, "day": "02-03"})
    with opened() as books:
        drop(books, sale, blank)
        drop(books, OTHER)
        assert books.groups("channel_ledger") == [("voucher_amount", ["c1"], ["v1"], 0)]
        drop(books, twin)
        assert books.groups("channel_ledger") == [], "two movements would fit: a person decides"


def test_a_rate_that_comes_after_its_day_was_matched_is_seen_as_when_it_had_come_first() -> None:
    sale: Placed = ("channel", {"id": "c1", "number": "A1", "amount": 1000, "currency": "USD", "at": "02-03 10:00:00"})
    booked: Placed = (
        "ledger",
        {"id": "v1", "ref": "A1", "amount": 1000, "currency": "USD", "base_amount_minor": 7000, "day": "02-03"},
    )
    rates = {"USD": {"02-03": 712_000_000}}
    with opened() as books:
        books.put_rates(rates)
        drop(books, sale, booked, OTHER)
        at_once = state(books)
        assert at_once["review"], "the voucher is booked with another rate"
    with opened() as books:
        drop(books, sale, booked)
        drop(books, OTHER)
        books.put_rates(rates)
        drop(books)
        assert apart(at_once, state(books)) == {}


def test_a_voucher_of_a_shops_day_finds_open_what_its_amount_alone_had_matched() -> None:
    rows: list[Placed] = [
        ("order", {"id": "o1", "number": "A1", "amount": 500, "at": "02-03 10:00:00", "shop": "S1"}),
        ("channel", {"id": "c1", "number": "A1", "amount": 500, "at": "02-03 10:00:00"}),
        ("order", {"id": "o2", "number": "A2", "amount": 700, "at": "02-03 11:00:00", "shop": "S2"}),
        ("channel", {"id": "c2", "number": "A2", "amount": 700, "at": "02-03 11:00:00"}),
        ("ledger", {"id": "v2", "ref": "", "amount": 700, "day": "02-03"}),
    ]
    day: Placed = ("ledger", {"id": "v1", "ref": "alipay:A:20260203", "amount": 500, "day": "02-03"})
    assert apart(end_of({}, [[*rows, day]]), end_of({}, [rows, [day]])) == {}


def test_a_voucher_of_a_shops_day_becomes_that_of_the_day_when_the_other_payment_finds_its_own() -> None:
    rows: list[Placed] = [
        ("order", {"id": "o1", "number": "A1", "amount": 500, "at": "02-03 10:00:00", "shop": "S1"}),
        ("channel", {"id": "c1", "number": "A1", "amount": 500, "at": "02-03 10:00:00"}),
        ("order", {"id": "o2", "number": "A2", "amount": 700, "at": "02-03 11:00:00", "shop": "S2"}),
        ("channel", {"id": "c2", "number": "A2", "amount": 700, "at": "02-03 11:00:00"}),
        ("ledger", {"id": "v1", "ref": "alipay:A:20260203", "amount": 500, "day": "02-03"}),
    ]
    own: Placed = ("ledger", {"id": "v2", "ref": "A2", "amount": 700, "day": "02-04"})
    at_once = end_of({}, [[*rows, own]])
    assert {match[2] for match in at_once["matches"] if match[0] == "channel_ledger"} == {
        "voucher_day",
        "voucher_number",
    }
    assert apart(at_once, end_of({}, [rows, [own]])) == {}
    assert apart(at_once, end_of({}, [[*rows[:4], own], [rows[4]]])) == {}
