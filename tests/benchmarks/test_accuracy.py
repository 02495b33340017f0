"""What benchmarks/accuracy.py says of both sizes of store; the figures themselves are its run's."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from benchmarks import accuracy

MISSING = ("order_channel", "ORDER_MISSING")
TWICE = ("channel_ledger", "DUPLICATE_ENTRY")


def month(store: str, *, found: int, missed: int = 0, false: int = 0) -> accuracy.Month:
    tally = accuracy.Tally(Counter({MISSING: found}), Counter({MISSING: missed}), Counter({TWICE: false}))
    return accuracy.Month(1, "0.01", tally, [], [], 3, store, "told" if store == "history" else "")


def standing(**codes: str) -> list[accuracy.Row]:
    return [{"diff_id": name, "code": code} for name, code in codes.items()]


def test_both_sizes_of_store_stand_beside_each_other() -> None:
    months = [month("alone", found=8), month("history", found=7, missed=1, false=2)]
    tallies = [accuracy.summed(months, store=store) for store in ("alone", "history")]
    rows = [line.split() for line in accuracy.beside(*tallies).splitlines()]
    assert rows[0] == ["leg", "code", "planted", "found", "missed", "false", "recall", "precision"]
    assert rows[1][:5] == ["channel_ledger", "DUPLICATE_ENTRY", "0", "/", "0"]
    assert " ".join(rows[2]) == ("order_channel ORDER_MISSING 8 / 8 8 / 7 0 / 1 0 / 0 1.0000 / 0.8750 1.0000 / 1.0000")
    assert " ".join(rows[3]) == "all 8 / 8 8 / 7 0 / 1 0 / 2 1.0000 / 0.8750 1.0000 / 0.7778"


def test_the_aims_must_be_met_on_both_sizes_of_store() -> None:
    good, bad = month("alone", found=8), month("history", found=7, missed=1)
    assert accuracy.report([good], ["0.01"], 0)[0]
    assert not accuracy.report([good, bad], ["0.01"], 0)[0]


def test_what_becomes_of_the_history_is_told_by_the_ids_of_its_differences() -> None:
    before = {"D1": "ORDER_MISSING", "D2": "PAYOUT_IN_TRANSIT", "D3": "CHANNEL_MISSING"}
    history = accuracy.History(Path(), Path(), 10, 30, before)
    after = standing(D1="ORDER_MISSING", D2="PAYOUT_MISSING", D4="REFUND_OVERDUE")
    assert accuracy.elsewhere(history, after) == (
        "3 before the month, 3 after it, 1 REFUND_OVERDUE came, 1 CHANNEL_MISSING went, "
        "1 PAYOUT_IN_TRANSIT became PAYOUT_MISSING"
    )
