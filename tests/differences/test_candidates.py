"""What might be the other side of an open row: shown, never matched."""

from __future__ import annotations

from typing import Any

import pytest

from recon.differences.candidates import candidates
from tests.match.books import Drop, opened

LOADED = {
    "order": ["02-01", "02-28"],
    "alipay": ["02-01", "02-28"],
    "bank": ["02-01", "02-28"],
    "ledger": ["02-01", "02-28"],
}


def shown(code: str, drop: Drop) -> list[tuple[str, int, int, bool]]:
    """Number, gap, days apart and whether the payer is known, of the candidates of the one difference of ``code``."""
    with opened() as books:
        books.anchor(LOADED)
        books.put(drop)
        books.match()
        books.classify()
        (difference,) = [row for row in books.differences() if row["code"] == code]
        found = candidates(books.store, difference)
    return [(item.number, item.gap_minor, item.days_apart, item.is_known) for item in found]


def order(number: str, amount: int, at: str, **more: Any) -> dict[str, Any]:
    return {"id": f"o{number}", "number": number, "amount": amount, "at": at} | more


def payment(number: str, amount: int, at: str, **more: Any) -> dict[str, Any]:
    return {"id": f"c{number}", "number": number, "txn": f"T{number}", "amount": amount, "at": at} | more


def test_a_payment_under_another_number_is_shown_beside_the_order_that_lacks_one() -> None:
    drop = {
        "order": [order("A12", 9_900, "02-05 10:00:00")],
        "channel": [
            payment("A21", 9_900, "02-06 10:00:00"),
            payment("B1", 9_900, "02-20 10:00:00"),  # too far away
            payment("B2", 9_901, "02-05 10:00:00"),  # another amount
            payment("B3", 9_900, "02-05 10:00:00", channel="wechat"),
        ],
    }
    assert shown("CHANNEL_MISSING", drop) == [("TA21", 0, 1, True)]


def test_a_credit_from_a_payer_that_nobody_knows_is_shown_beside_the_payout_that_is_missing() -> None:
    drop = {
        "channel": [payment("A1", 10_000, "02-03 10:00:00", fee=-60)],
        "bank": [
            {"id": "b1", "ref": "S1", "amount": 9_940, "day": "02-05", "channel": ""},
            {"id": "b2", "ref": "S2", "amount": 9_950, "day": "02-09"},  # nearly the amount, too late to be matched
        ],
    }
    assert shown("PAYOUT_MISSING", drop) == [("S1", 0, 1, False), ("S2", 10, 5, True)]


def test_the_two_batches_that_a_credit_fits_are_shown() -> None:
    drop = {
        "channel": [payment("A1", 10_000, "02-03 10:00:00"), payment("A2", 10_000, "02-04 10:00:00")],
        "bank": [{"id": "b1", "ref": "S1", "amount": 10_000, "day": "02-07"}],
    }
    assert shown("BANK_UNIDENTIFIED", drop) == [("", 0, -2, True), ("", 0, -3, True)]


def test_a_voucher_that_cites_nothing_known_is_shown_beside_the_payment_without_one() -> None:
    drop = {
        "channel": [payment("A1", 10_000, "02-03 10:00:00"), payment("A2", 10_000, "02-03 11:00:00")],
        "ledger": [
            {"id": "v1", "ref": "X9", "amount": 10_000, "day": "02-04"},
            {"id": "v2", "ref": "A2", "amount": 10_000, "day": "02-04"},
        ],
    }
    assert shown("VOUCHER_MISSING", drop) == [("X9", 0, 1, True)]
    assert shown("VOUCHER_ORPHAN", drop) == [("TA1", 0, -1, True)]


@pytest.mark.parametrize("code", ["AMOUNT_MISMATCH"])
def test_a_pair_has_no_candidates(code: str) -> None:
    drop = {"order": [order("A1", 9_900, "02-05 10:00:00")], "channel": [payment("A1", 9_800, "02-05 10:00:00")]}
    assert shown(code, drop) == []
