"""Which row is which: overlaps, twins, duplicate entries, restatements."""

from __future__ import annotations

import itertools
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

A = {"native_id": "A", "amount_minor": 100}
B = {"native_id": "B", "amount_minor": 200}
TWIN = {"native_id": "", "amount_minor": 100, "occurred_s": 1_770_000_000}


def test_an_identity_names_source_account_kind_and_the_native_id(desk, page) -> None:
    desk.load(page(A, {**A, "kind": "refund", "amount_minor": -100}))
    assert desk.ids() == {"notebook:2088:payment:A": 100, "notebook:2088:refund:A": -100}


def test_a_month_file_over_a_day_file_adds_only_what_is_new(desk, page) -> None:
    day, month = desk.load(page(A), page(A, B))
    assert (day.rows_new, day.rows_overlap) == (1, 0)
    assert (month.rows_new, month.rows_overlap, month.rows_restated) == (1, 1, 0)
    assert desk.ids() == {"notebook:2088:payment:A": 100, "notebook:2088:payment:B": 200}


def test_an_overlapping_row_keeps_the_line_that_said_it_first(desk, page) -> None:
    desk.load(page(A), page(B, A))
    assert desk.rows("SELECT txn_id, file_id, line_no FROM canon.txn ORDER BY txn_id") == [
        ("notebook:2088:payment:A", 1, 2),
        ("notebook:2088:payment:B", 2, 2),
    ]


def test_a_reworded_memo_is_no_restatement(desk, page) -> None:
    _, second = desk.load(page({**A, "memo": "沙发"}), page({**A, "memo": "沙发 "}))
    assert second.rows_overlap == 1
    assert desk.rows("SELECT memo FROM canon.txn") == [("沙发",)]


def test_the_same_id_twice_in_one_file_is_two_rows(desk, page) -> None:
    desk.load(page(A, A))
    assert desk.ids() == {"notebook:2088:payment:A": 100, "notebook:2088:payment:A#2": 100}


def test_a_duplicate_entry_does_not_grow_in_an_overlapping_file(desk, page) -> None:
    desk.load(page(A, A), page(B, A, A), page(A))
    assert list(desk.ids()) == ["notebook:2088:payment:A", "notebook:2088:payment:A#2", "notebook:2088:payment:B"]


def test_ordinals_follow_the_content_and_not_the_order_of_lines(new_desk, page) -> None:
    other = {**A, "amount_minor": 101}
    with new_desk() as one, new_desk() as two:
        one.load(page(A, other))
        two.load(page(other, A))
        assert one.ids() == two.ids()


def test_twins_without_an_id_both_survive_and_are_counted(desk, page) -> None:
    first, again, three = desk.load(page(TWIN, TWIN), page(TWIN, B, TWIN), page(TWIN, TWIN, TWIN))
    assert (first.rows_new, again.rows_new, again.rows_overlap) == (2, 1, 2)
    assert (three.rows_new, three.rows_overlap) == (1, 2)
    assert sorted(desk.ids().values()) == [100, 100, 100, 200]


def test_rows_without_an_id_that_differ_are_different_rows(desk, page) -> None:
    first, second = desk.load(page(TWIN), page({**TWIN, "amount_minor": 101}))
    assert (first.rows_new, second.rows_new) == (1, 1)


def test_new_content_takes_the_place_of_the_old_and_keeps_it_beside(desk, page) -> None:
    _, second = desk.load(page({**A, "status": "pending"}), page(A))
    assert (second.rows_new, second.rows_restated) == (0, 1)
    assert desk.rows("SELECT txn_id, version, status, file_id FROM canon.txn") == [
        ("notebook:2088:payment:A", 2, "success", 2)
    ]
    assert desk.rows("SELECT txn_id, version, status, file_id, superseded_by FROM canon.txn_superseded") == [
        ("notebook:2088:payment:A", 1, "pending", 1, 2)
    ]


def test_the_later_ingested_statement_wins_even_when_it_was_seen_before(desk, page) -> None:
    pending = {**A, "status": "pending"}
    desk.load(page(pending), page(A), page(pending, B))
    assert desk.rows("SELECT version, status FROM canon.txn WHERE txn_id LIKE '%:A'") == [(3, "pending")]
    assert desk.rows("SELECT version, status FROM canon.txn_superseded ORDER BY version") == [
        (1, "pending"),
        (2, "success"),
    ]


def test_one_of_two_rows_with_the_same_id_is_restated_and_the_other_stays(desk, page) -> None:
    first, second, third = ({**A, "amount_minor": amount} for amount in (100, 200, 300))
    desk.load(page(first, second))
    (restating,) = desk.load(page(second, third))
    assert (restating.rows_overlap, restating.rows_restated, restating.rows_new) == (1, 1, 0)
    assert sorted(desk.ids().values()) == [200, 300]
    assert desk.rows("SELECT amount_minor FROM canon.txn_superseded") == [(100,)]


def test_a_second_row_under_a_known_id_is_new_when_the_first_is_said_again(desk, page) -> None:
    other = {**A, "amount_minor": 101}
    _, second = desk.load(page(A), page(A, other))
    assert (second.rows_new, second.rows_overlap, second.rows_restated) == (1, 1, 0)
    assert desk.ids() == {"notebook:2088:payment:A": 100, "notebook:2088:payment:A#2": 101}


@pytest.mark.parametrize("native_id", ["A#2", "50%", "A%232", "#"])
def test_a_native_id_may_hold_the_sign_of_the_ordinal(desk, page, native_id) -> None:
    row = {**A, "native_id": native_id}
    first, again = desk.load(page(A, A, row), page(row, A, A, B))
    assert (first.rows_new, again.rows_new, again.rows_overlap) == (3, 1, 3)


def test_two_accounts_may_use_the_same_numbers(desk, page) -> None:
    desk.load(page(A, {**A, "account": "2089"}))
    assert desk.ids() == {"notebook:2088:payment:A": 100, "notebook:2089:payment:A": 100}


# ------------------------------------------------------------------------------------------------ properties

rows = st.builds(
    lambda native_id, minute: {"native_id": native_id, "amount_minor": 100 + minute, "occurred_s": 60 * minute},
    st.sampled_from(["A", "B", "C", ""]),
    st.integers(0, 2),
)
files = st.lists(st.lists(rows, min_size=1, max_size=5), min_size=1, max_size=4)


def content(desk) -> list[tuple]:
    return desk.rows("SELECT split_part(txn_id, '#', 1), amount_minor, occurred_s FROM canon.txn ORDER BY ALL")


@settings(max_examples=12, deadline=None)
@given(month=st.lists(rows, min_size=1, max_size=6), cuts=st.lists(st.tuples(st.integers(0, 5), st.integers(1, 6))))
def test_overlapping_cuts_of_one_truth_give_the_truth_in_any_order(new_desk, page, month, cuts) -> None:
    # A bill lists all movements of its span, so rows of one identity come together in every file that has them.
    groups = [list(group) for _, group in itertools.groupby(sorted(month, key=str), key=lambda row: row["native_id"])]
    parts = [list(itertools.chain(*groups[start : start + size])) for start, size in cuts]
    wanted = [part for part in parts if part]
    whole = list(itertools.chain(*groups))
    with new_desk() as at_once, new_desk() as forwards, new_desk() as backwards:
        at_once.load(page(*whole))
        for part in [*wanted, whole]:
            forwards.load(page(*part))
        for part in [whole, *reversed(wanted)]:
            backwards.load(page(*reversed(part)))
        assert content(at_once) == content(forwards) == content(backwards)
        assert at_once.ids() == forwards.ids() == backwards.ids()
        assert forwards.rows("SELECT count(*) FROM canon.txn_superseded") == [(0,)]


@settings(max_examples=12, deadline=None)
@given(files=files)
def test_every_row_is_new_overlap_or_restated_and_identities_are_unique(new_desk, page, files) -> None:
    with new_desk() as desk:
        for number, file in enumerate(files):
            (result,) = desk.load(page(*file, {"control": [f"file {number}", "", ""]}))
            assert result.rows_new + result.rows_overlap + result.rows_restated == len(file)
        assert desk.rows("SELECT txn_id FROM canon.txn GROUP BY txn_id HAVING count(*) > 1") == []
        current, older = (desk.rows(f"SELECT count(*) FROM canon.{name}")[0][0] for name in ("txn", "txn_superseded"))
        new, restated = desk.rows("SELECT sum(rows_new), sum(rows_restated) FROM meta.file")[0]
        assert (current, older) == (new, restated)


@settings(max_examples=12, deadline=None)
@given(files=files)
def test_the_last_file_loaded_holds_word_for_word(new_desk, page, files) -> None:
    with new_desk() as desk:
        for number, file in enumerate(files):
            desk.load(page(*file, {"control": [f"file {number}", "", ""]}))
        held = desk.rows("SELECT t.txn_id, t.amount_minor FROM canon.txn AS t")
        for row in files[-1]:
            native = row["native_id"] or "[0-9a-f]{16}"
            found = [
                (txn_id, amount_minor)
                for txn_id, amount_minor in held
                if re.search(f":{native}(#[0-9]+)?$", txn_id) and amount_minor == row["amount_minor"]
            ]
            assert found
            held.remove(found[0])
