"""A search that is too large is given up, bounded and said; the rest of the leg goes on."""

from __future__ import annotations

from recon.match.batching import show_batches
from recon.match.reading import model
from recon.match.searching import search_bank
from recon.match.terms import show_settings
from tests.match.books import opened

# Of a channel that pays one large day in two hundred credits of hundreds, one of them odd; the day ends in 50.
CREDITS = [*(100 * (7919 * nth % 9973 + 1) for nth in range(1, 200)), 100_037]
DAY = sum(CREDITS) // 2 // 100 * 100 + 50


def test_two_hundred_candidates_without_a_solution_are_given_up_and_said_so() -> None:
    with opened() as books:
        books.anchor({"bank": ["02-01", "02-28"]})
        books.put(
            {
                "channel": [
                    {"id": "c1", "number": "A1", "amount": DAY, "at": "02-03 10:00:00"},
                    {"id": "c2", "number": "A2", "amount": 4_001, "at": "02-20 10:00:00"},
                ],
                "bank": [
                    *({"id": f"b{nth}", "amount": amount, "day": "02-04"} for nth, amount in enumerate(CREDITS)),
                    {"id": "x1", "amount": 3_000, "day": "02-21"},
                    {"id": "x2", "amount": 1_001, "day": "02-21"},
                ],
            }
        )
        matched = books.match()
        assert matched.exhausted == 1
        assert books.store.rows("FROM match.given_up") == [("alipay:A:20260203|CNY", 200)]
        assert books.groups("channel_bank") == [("bank_subset", ["alipay:A:20260220|CNY"], ["x1", "x2"], 0)]
        books.classify()
        (missing,) = [row for row in books.differences() if row["code"] == "PAYOUT_MISSING"]
        assert missing["because_zh"].endswith("银行没有这笔入账（候选 200 笔过多，组合搜索已放弃）。")
        assert missing["because_en"].endswith("no such credit (200 candidates for its parts are too many to search).")


def test_a_run_gives_up_when_its_searches_together_are_too_many_and_tries_the_small_ones_first() -> None:
    lines = [{"id": f"b{nth}", "amount": 100 * (nth + 1) + 7, "day": "02-04"} for nth in range(30)]
    with opened() as books:
        books.put(
            {
                "channel": [
                    {"id": "c1", "number": "A1", "amount": 10_000, "at": "02-03 10:00:00"},
                    {"id": "c2", "number": "A2", "amount": 4_001, "at": "02-20 10:00:00"},
                ],
                "bank": [
                    *lines,
                    {"id": "x1", "amount": 3_000, "day": "02-21"},
                    {"id": "x2", "amount": 1_001, "day": "02-21"},
                ],
            }
        )
        show_settings(books.store, books.matching)
        show_batches(books.store, books.matching)
        for name, side in (("left_open", "batch_side"), ("right_open", "bank_side")):
            books.store.temp(name, model(side))
        groups, given_up = search_bank(books.store, run_budget=100)
        assert groups["txn_id"].sort().to_list() == ["alipay:A:20260220|CNY", "x1", "x2"]
        assert given_up.rows() == [("alipay:A:20260203|CNY", 30)]
