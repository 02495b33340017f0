"""The list of differences on its way back: what a clerk chose is taken whole, or refused cell by cell."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from recon.differences import states
from recon.errors import SourceError
from recon.report import Settings, answers, listing
from recon.store.journal import verify
from recon.times import parse_moment

AS_OF = parse_moment("2026-03-02T10:00:00+08:00")
Edit = Callable[[Any, dict[str, int]], None]


@pytest.fixture
def listed(books) -> dict[str, str]:
    """Return the ids of four differences: two of one cause, one in yen, one that is resolved."""
    return {
        "lost": books.difference("ORDER_MISSING", "order_channel", -5_000, "02-02", order_no="O1"),
        "other": books.difference("ORDER_MISSING", "order_channel", -1, "02-03", order_no="O2"),
        "yen": books.difference("FEE_MISMATCH", "order_channel", 12, "02-04", currency="JPY"),
        "done": books.difference("VOUCHER_MISSING", "channel_ledger", 100, "02-05", state="resolved"),
    }


@pytest.fixture
def answered(store, listed, tmp_path) -> Callable[..., Path]:
    """Return a function that writes the list, answers in it, and returns its path."""

    def write(*given: tuple[str, str, object], language: str = "zh") -> Path:
        path = tmp_path / "differences.xlsx"
        listing.write(store, Settings(language=language), period="2026-02", as_of_s=AS_OF, out=path)
        book = openpyxl.load_workbook(path)
        for name, caption, value in given:
            for sheet in book:
                places = {cell.value: cell.column for cell in sheet[1]}
                for row in range(2, sheet.max_row + 1):
                    if sheet.cell(row, 1).value == listed[name]:
                        sheet.cell(row, places[caption]).value = value
        book.save(path)
        return path

    return write


def judged(store, path: Path) -> answers.Judged:
    return answers.judge(store, answers.read(path))


def take(store, path: Path) -> answers.Judged:
    found = judged(store, path)
    assert found.problems == ()
    states.resolve_all(store, found.decisions, actor="小王", at_s=AS_OF)
    return found


def state_of(store, diff_id: str) -> str:
    return str(store.value("SELECT state FROM diff.difference WHERE diff_id = $id", {"id": diff_id}))


def problems(store, path: Path) -> list[tuple[str, str, str]]:
    return [(each.cell, each.value, each.problem) for each in judged(store, path).problems]


def test_a_list_without_answers_decides_nothing(store, answered) -> None:
    assert judged(store, answered()) == answers.Judged(decisions=(), before={}, unchanged=0, problems=())


@pytest.mark.parametrize(
    ("language", "result", "reason", "word"),
    [("zh", "处理结果", "处理说明", "已解决"), ("en", "Result", "Reason", "resolved")],
)
def test_a_result_with_a_reason_becomes_the_state_in_the_audit_chain(
    store, listed, answered, language, result, reason, word
) -> None:
    take(store, answered(("lost", result, word), ("lost", reason, " 已补单 "), language=language))
    assert [state_of(store, listed[name]) for name in ("lost", "other")] == ["resolved", "open"]
    entry = store.rows("SELECT actor, action, reason FROM meta.audit WHERE subject = $id", {"id": listed["lost"]})
    assert entry == [("小王", "open>resolved", "已补单")]
    assert verify(store) == []


def test_the_same_file_again_changes_nothing(store, answered) -> None:
    path = answered(("lost", "处理结果", "已解决"), ("lost", "处理说明", "已补单"))
    assert len(take(store, path).decisions) == 1
    again = take(store, path)
    assert (again.decisions, again.unchanged) == ((), 1)
    assert store.value("SELECT count(*) FROM meta.audit") == 1


def test_a_decision_is_taken_back_before_another_takes_its_place(store, answered) -> None:
    path = answered(("done", "处理结果", "已核销"), ("done", "处理说明", "金额太小"))
    assert problems(store, path) == [
        ("L2", "已核销", "is resolved, which does not become written_off; set it to open first")
    ]


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ([("lost", "处理结果", "已解决")], [("M2", "", "is blank; a change of state needs a reason")]),
        ([("lost", "处理说明", "已补单")], [("L2", "", "is blank, and a reason is given")]),
        (
            [("lost", "处理结果", "搞定"), ("lost", "处理说明", "已补单")],
            [("L2", "搞定", "is no result; choose one of 处理中, 已解决, 已核销, 挂账")],
        ),
        (
            [("lost", "处理结果", "已解决"), ("lost", "处理说明", "x"), ("lost", "差额", -49.99)],
            [("F2", "-49.99", "was changed; the amount is -50.00")],
        ),
        (
            [("lost", "处理结果", "已解决"), ("lost", "处理说明", "x"), ("lost", "订单金额", 1)],
            [("Q2", "1", "was changed; the amount is blank")],
        ),
        (
            [("yen", "处理结果", "已解决"), ("yen", "处理说明", "x"), ("yen", "差额", "约12")],
            [("F2", "约12", "was changed; the amount is 12")],
        ),
        (
            [("yen", "处理结果", "已解决"), ("yen", "处理说明", "x"), ("yen", "币种", "CNY")],
            [("E2", "CNY", "was changed; the currency is JPY")],
        ),
        (
            [("lost", "处理结果", "已解决"), ("lost", "处理说明", "x"), ("lost", "差异编号", "D9999")],
            [("A2", "D9999", "is no difference of this workspace")],
        ),
        (
            [("lost", "处理结果", "已解决"), ("other", "处理说明", "x")],
            [("M2", "", "is blank; a change of state needs a reason"), ("L3", "", "is blank, and a reason is given")],
        ),
    ],
)
def test_what_cannot_be_taken_is_told_by_its_cell(store, answered, given, expected) -> None:
    assert problems(store, answered(*given)) == expected


def test_a_list_that_others_have_overtaken_is_not_taken(store, listed, answered) -> None:
    path = answered(("lost", "处理结果", "已解决"), ("lost", "处理说明", "x"))
    states.resolve(store, listed["lost"], state="suspended", reason="等银行", actor="小李", at_s=AS_OF)
    assert problems(store, path) == [
        ("N2", "未处理", "is not its state any more: it is suspended since; write the list anew")
    ]


def test_what_has_cleared_since_cannot_be_decided(store, answered) -> None:
    path = answered(("lost", "处理结果", "已解决"), ("lost", "处理说明", "x"))
    store.run("UPDATE diff.difference SET state = 'cleared'")
    assert [each.problem for each in judged(store, path).problems] == [
        "is not its state any more: it is cleared since; write the list anew"
    ]


def test_two_answers_to_one_difference_must_be_the_same(store, answered) -> None:
    path = answered(("lost", "处理结果", "已解决"), ("lost", "处理说明", "x"))
    book = openpyxl.load_workbook(path)
    sheet = book["掉单"]
    sheet.append([cell.value for cell in sheet[2]])
    book.save(path)
    assert len(judged(store, path).decisions) == 1
    sheet.cell(4, 13).value = "y"
    book.save(path)
    assert [(each.cell, each.problem) for each in judged(store, path).problems] == [
        ("A4", "is answered twice, in different ways")
    ]


def test_columns_may_be_moved_and_rows_sorted_and_deleted(store, listed, answered) -> None:
    path = answered(("other", "处理结果", "处理中"), ("other", "处理说明", "查"))
    book = openpyxl.load_workbook(path)
    sheet = book["掉单"]
    sheet.move_range("K1:L3", cols=15)
    sheet.delete_rows(2)
    sheet.insert_rows(1, amount=2)
    del book["总览"]
    book.save(path)
    take(store, path)
    assert state_of(store, listed["other"]) == "assigned"


def test_a_workbook_that_is_no_list_is_refused(tmp_path) -> None:
    path = tmp_path / "other.xlsx"
    book = openpyxl.Workbook()
    book.save(path)
    with pytest.raises(SourceError, match="no sheet has a column 差异编号"):
        answers.read(path)
    book.active.append(["差异编号", "差额", "币种", "状态", "处理结果"])
    book.save(path)
    with pytest.raises(SourceError, match="has no column 处理说明"):
        answers.read(path)
    path.write_bytes(b"not a workbook")
    with pytest.raises(SourceError, match="cannot be opened"):
        answers.read(path)
