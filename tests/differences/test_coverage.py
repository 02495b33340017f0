"""A day without a row in a book that has dozens every day is a bill that nobody loaded: what hangs on it waits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from tests.match.books import ANCHOR, Books, opened

DAYS = [f"02-{day:02}" for day in range(1, 29)]
HOLE = "02-14"
LOADED = {"bank": ["02-01", "02-28"], "ledger": ["02-01", "02-28"]}


def dense(book: str, days: Sequence[str], **more: Any) -> list[dict[str, Any]]:
    """Thirty rows a day that no leg compares."""
    return [
        {"id": f"{ANCHOR} {book} {day} {nth}", "number": f"Z{day}{nth}", "amount": 1, "net_minor": 0}
        | {"status": "closed", "at": f"{day} 12:00:00"}
        | more
        for day in days
        for nth in range(30)
    ]


def codes(books: Books, leg: str) -> dict[str, list[str]]:
    """Codes and their members on one leg."""
    books.match()
    books.classify()
    found: dict[str, list[str]] = {}
    for row in books.differences():
        if row["leg"] == leg:
            found.setdefault(row["code"], []).extend(row["of"])
    return found


def waiting(books: Books, leg: str) -> dict[str, int]:
    rows = books.store.rows(
        "SELECT waits_for, sum(number) FROM diff.waiting WHERE leg = $leg AND waits_for <> 'nothing' GROUP BY 1",
        {"leg": leg},
    )
    return {name: int(number) for name, number in rows}


ORDERS = [
    {"id": "before", "number": "A1", "amount": 900, "at": "02-13 12:00:00"},
    {"id": "edge", "number": "A2", "amount": 900, "at": "02-13 23:58:00"},
    {"id": "inside", "number": "A3", "amount": 900, "at": "02-14 12:00:00"},
    {"id": "after", "number": "A4", "amount": 900, "at": "02-15 12:00:00"},
]


def test_orders_of_a_day_whose_bill_is_not_loaded_wait_and_those_around_it_do_not() -> None:
    with opened() as books:
        books.put({"order": dense("order", DAYS), "channel": dense("channel", [day for day in DAYS if day != HOLE])})
        books.put({"order": ORDERS})
        assert codes(books, "order_channel") == {"CHANNEL_MISSING": ["before", "after"]}
        assert waiting(books, "order_channel") == {"channel_bill": 2}
        # The bill comes, and has one of them.
        late = [{"id": "c3", "number": "A3", "amount": 900, "at": "02-14 12:00:00"}]
        books.put({"channel": late + dense("channel", [HOLE])})
        assert codes(books, "order_channel") == {"CHANNEL_MISSING": ["before", "edge", "after"]}


def test_a_bill_that_says_it_covers_the_day_speaks_for_it() -> None:
    with opened() as books:
        books.put({"order": dense("order", DAYS), "channel": dense("channel", [day for day in DAYS if day != HOLE])})
        books.put({"channel": dense("printed", ["02-28"])}, period_end="02-28", period_start="02-01")
        books.put({"order": ORDERS})
        assert codes(books, "order_channel") == {"CHANNEL_MISSING": ["before", "edge", "inside", "after"]}


def test_payments_of_a_day_whose_orders_are_not_loaded_wait() -> None:
    payments = [row | {"id": f"c {row['id']}"} for row in ORDERS]
    with opened() as books:
        books.put({"order": dense("order", [day for day in DAYS if day != HOLE]), "channel": dense("channel", DAYS)})
        books.put({"channel": payments})
        assert codes(books, "order_channel") == {"ORDER_MISSING": ["c before", "c after"]}
        assert waiting(books, "order_channel") == {"order_export": 2}


def test_a_refund_waits_when_the_bill_of_a_day_on_which_it_may_have_been_paid_is_not_loaded() -> None:
    refunds = [
        {"id": "r1", "number": "A1", "refund": "R1", "amount": -900, "at": "02-12 12:00:00"},
        {"id": "r2", "number": "A2", "refund": "R2", "amount": -900, "at": "02-04 12:00:00"},
    ]
    with opened() as books:
        books.put({"order": dense("order", DAYS), "channel": dense("channel", [day for day in DAYS if day != HOLE])})
        books.put({"order": refunds})
        assert codes(books, "order_channel") == {"REFUND_OVERDUE": ["r2"]}


def test_a_ledger_speaks_for_its_quiet_weeks_after_a_busy_season_and_not_for_vouchers_dated_ahead() -> None:
    season = [f"2025-{month}-{day:02}" for month in ("10", "11", "12") for day in range(1, 31)]
    quiet = {"kind": "entry", "channel": ""}
    unbooked = [
        {"id": "quiet", "number": "A1", "amount": 900, "at": "02-20 12:00:00"},
        {"id": "ahead", "number": "A2", "amount": 900, "at": "03-01 12:00:00"},
    ]
    with opened() as books:
        busy = [row | {"id": f"{row['id']} {copy}"} for row in dense("ledger", season, **quiet) for copy in range(5)]
        books.put({"ledger": busy})
        books.put({"ledger": dense("ledger", DAYS, **quiet)})
        books.put({"ledger": [{"id": "voucher dated ahead", "ref": "", "amount": 1, "day": "03-01"} | quiet]})
        books.put({"channel": unbooked})
        assert codes(books, "channel_ledger") == {"VOUCHER_MISSING": ["quiet"]}
        assert waiting(books, "channel_ledger") == {"vouchers": 1}


@pytest.mark.parametrize(
    ("book", "leg", "code", "rows"),
    [
        (
            "bank",
            "channel_bank",
            "BANK_UNIDENTIFIED",
            [{"id": "near", "amount": 900, "day": "02-15"}, {"id": "far", "amount": 900, "day": "02-25"}],
        ),
        (
            "ledger",
            "channel_ledger",
            "VOUCHER_ORPHAN",
            [
                {"id": "near", "ref": "A3", "amount": 900, "day": "02-15"},
                {"id": "far", "ref": "A9", "amount": 900, "day": "02-25"},
            ],
        ),
    ],
)
def test_the_bank_and_the_ledger_wait_for_it_too(book: str, leg: str, code: str, rows: list[Mapping[str, Any]]) -> None:
    with opened() as books:
        books.anchor(LOADED)
        books.put({"channel": dense("channel", [day for day in DAYS if day != HOLE])})
        books.put({"channel": [{"id": "c0", "number": "A0", "amount": 1_000, "at": "02-01 10:00:00"}]})
        books.put({book: rows})
        assert codes(books, leg)[code] == ["far"]
        assert waiting(books, leg)["channel_bill"] == 1
