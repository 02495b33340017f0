"""A summary's figures about the rows of another file: compared once both are there, in either order."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from typing import Any, ClassVar

import polars as pl
import pytest

from recon import sources
from recon.ingest import Ingested, Refused, Settings, status
from recon.sources.piece import Piece
from tests.ingest.conftest import Notebook

PAID = {"native_id": "A", "amount_minor": 1000, "fee_minor": -6, "net_minor": 994}
RETURNED = {"native_id": "B", "kind": "refund", "amount_minor": -200, "net_minor": -200}
REMEDY = (
    "One of the two is incomplete or was edited: download both again. To load it as it is: --accept-mismatch REASON"
)
DAY = {"covers": ["2026-02-03", "2026-02-03"]}


class Trade(Notebook):
    name: ClassVar[str] = "trade"
    raw_table: ClassVar[str] = "notebook.trade"

    def identify(self, piece: Piece) -> bool:
        return piece.head.startswith("TRADE\n")


class Account(Trade):
    name: ClassVar[str] = "account"
    raw_table: ClassVar[str] = "notebook.account"
    confirms: ClassVar[tuple[str, ...]] = ("trade",)

    def identify(self, piece: Piece) -> bool:
        return piece.head.startswith("ACCOUNT\n")


@pytest.fixture(scope="module", autouse=True)
def only_the_notebook() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sources, "discover", lambda: (Account(), Notebook(), Trade()))
        yield


@pytest.fixture(scope="session")
def detail(page):
    return lambda *rows, heading="TRADE": page(*rows).replace(b"NOTEBOOK", heading.encode(), 1)


def figure(name: str, measure: str, printed: int, **more: Any) -> dict:
    return {"total": {"name": name, "measure": measure, "printed": printed} | more}


SUMMARY = [
    figure("交易笔数", "rows", 1, kinds=["payment"]),
    figure("退款笔数", "rows", 1, kinds=["refund"]),
    figure("金额", "amount_minor", 800),
    figure("收入", "amount_minor", 1000, direction="in"),
    figure("支出", "amount_minor", -200, direction="out"),
    figure("服务费", "fee_minor", -6),
    figure("实收净额", "net_minor", 794),
]


def states(desk) -> list[tuple]:
    return desk.rows("SELECT name, state, printed, computed, compared_by FROM meta.total ORDER BY file_id, rowid")


@pytest.mark.parametrize("order", [(0, 1), (1, 0)], ids=["summary first", "rows first"])
def test_every_figure_is_compared_when_the_second_file_comes(desk, page, detail, order) -> None:
    files = [page(*SUMMARY), detail(DAY, PAID, RETURNED)]
    first, second = desk.load(*(files[number] for number in order))
    assert (first.totals_agree, second.totals_agree, second.totals_differ) == (0, 7, 0)
    assert [(state, compared_by) for _, state, _, _, compared_by in states(desk)] == [("agrees", 2)] * 7


def test_a_figure_waits_for_the_rows_that_it_is_about(desk, page, detail) -> None:
    other_day = {"covers": ["2026-02-04", "2026-02-04"]}
    elsewhere = {"covers": DAY["covers"], "account": "2089"}
    desk.load(page(figure("笔数", "rows", 1)), detail(other_day), detail(elsewhere, {**PAID, "account": "2089"}))
    assert states(desk) == [("笔数", "waiting", 1, None, None)]


def test_a_month_is_compared_when_all_its_days_are_there(desk, page, detail) -> None:
    month = {"first": "2026-02-03", "last": "2026-02-05"}
    desk.load(page(figure("笔数", "rows", 2, **month)))
    third = {**PAID, "native_id": "C", "business_date": "2026-02-05"}
    desk.load(detail(DAY, PAID), detail({"covers": ["2026-02-05", "2026-02-06"]}, third))
    assert states(desk) == [("笔数", "waiting", 2, None, None)]
    desk.load(detail({"covers": ["2026-02-04", "2026-02-04"]}))
    assert states(desk) == [("笔数", "agrees", 2, 2, 4)]


@pytest.mark.parametrize("order", [(0, 1), (1, 0)], ids=["summary first", "rows first"])
def test_a_mismatch_refuses_the_file_that_comes_second_and_names_both(desk, page, detail, order) -> None:
    files = [page(figure("笔数", "rows", 2), figure("服务费", "fee_minor", -7)), detail(DAY, PAID)]
    (stored,) = desk.load(files[order[0]])
    before = desk.everything()
    (refused,) = desk.load(files[order[1]])
    assert desk.everything() == before
    said = refused.error.text().replace(f"{desk.folder.as_posix()}/", "")
    summary, rows = (f"{order.index(number) + 1}.txt" for number in (0, 1))
    assert isinstance(stored, Ingested)
    assert said.splitlines() == [
        f"{summary}: the totals that it prints are not those of the rows of {rows}"
        if order == (1, 0)
        else f"{rows}: its rows do not add up to the totals of {summary}",
        f"  笔数: printed 2 ({summary}), computed 1 ({rows})",
        f"  服务费: printed -0.07 ({summary}), computed -0.06 ({rows})",
        f"  {REMEDY}",
    ]


def test_a_mismatch_that_is_taken_is_stored_and_refuses_no_later_file(desk, page, detail) -> None:
    accepting = Settings(accept_mismatch="Alipay counts a test payment", actor="李雷")
    _, second = desk.load(page(figure("笔数", "rows", 2)), detail(DAY, PAID), settings=accepting)
    assert (second.totals_agree, second.totals_differ) == (0, 1)
    assert states(desk) == [("笔数", "differs", 2, 1, 2)]
    said = ("Alipay counts a test payment", "李雷")
    assert desk.rows("SELECT accepted, accepted_by FROM meta.file ORDER BY file_id") == [("", ""), said]
    assert desk.rows("SELECT subject, reason, actor FROM meta.audit") == [("file 2", *said)]
    (third,) = desk.load(detail(DAY, PAID, {"control": ["", "", ""]}))
    assert isinstance(third, Ingested)


def test_a_figure_that_binds_nobody_is_noted_and_refuses_nothing(desk, page, detail) -> None:
    _, second = desk.load(page(figure("金额", "amount_minor", 999, binding=False)), detail(DAY, PAID))
    assert second.totals_differ == 1
    assert states(desk) == [("金额", "differs", 999, 1000, 2)]


def test_rows_that_were_rejected_explain_a_mismatch(desk, page, detail) -> None:
    _, second = desk.load(page(figure("笔数", "rows", 2)), detail(DAY, PAID, {"reject": "is no amount"}))
    assert (second.rows_rejected, second.totals_differ) == (1, 1)


def test_a_later_summary_of_the_same_days_takes_the_place_of_the_earlier(desk, page, detail) -> None:
    desk.load(page(figure("笔数", "rows", 2)), page(figure("笔数", "rows", 1)), detail(DAY, PAID))
    assert [row[:2] for row in states(desk)] == [("笔数", "outdated"), ("笔数", "agrees")]


def test_a_further_file_of_the_same_days_is_compared_again(desk, page, detail) -> None:
    desk.load(page(figure("笔数", "rows", 1)), detail(DAY, PAID))
    (refused,) = desk.load(detail(DAY, PAID, {**PAID, "native_id": "C"}))
    assert isinstance(refused, Refused)


def test_rows_that_confirm_another_bill_are_counted_with_their_own(desk, page, detail) -> None:
    number = {"channel_txn_no": "T1"}
    desk.load(detail(DAY, PAID | number), page(figure("笔数", "rows", 1, source="account")))
    desk.load(detail(DAY, {"native_id": "S", "amount_minor": 1000, **number}, heading="ACCOUNT"))
    assert states(desk) == [("笔数", "agrees", 1, 1, 3)]


def test_the_parts_of_a_month_are_waited_for(desk, page, detail) -> None:
    parts = [detail(DAY, PAID), detail(DAY, {**PAID, "native_id": "C"})]
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as members:
        members.writestr("bill(sum).csv", page(figure("笔数", "rows", 2), figure("金额", "amount_minor", 2000)))
        for number, part in enumerate(parts, 1):
            members.writestr(f"bill_{number}.csv", part)
    _, first, second = desk.load(desk.put(archive.getvalue(), "month.zip"))
    assert (first.totals_agree, second.totals_agree) == (0, 2)


def test_parts_whose_rows_are_all_there_and_whose_sum_differs_are_refused(desk, page, detail) -> None:
    desk.load(page(figure("笔数", "rows", 2), figure("金额", "amount_minor", 2001)))
    first = desk.load(desk.put(detail(DAY, PAID), "bill_1.csv"))
    second = desk.load(desk.put(detail(DAY, {**PAID, "native_id": "C"}), "bill_2.csv"))
    assert [type(result) for result in (*first, *second)] == [Ingested, Refused]


def test_a_summary_that_names_two_figures_alike_is_a_mistake_of_its_format(desk, page) -> None:
    with pytest.raises(AssertionError, match="names two figures alike"):
        desk.load(page(figure("笔数", "rows", 1), figure("笔数", "rows", 2)))


def test_the_figures_are_listed_with_what_they_are_about(desk, page, detail) -> None:
    desk.load(page(figure("笔数", "rows", 2), figure("金额", "amount_minor", 1)))
    desk.load(detail(DAY, PAID, {"reject": "x"}, {"control": ["合计", "10.00", "10.00"]}))
    count, amount, own = status.totals(desk.store).to_dicts()
    assert (count["state"], count["printed"], count["computed"]) == ("differs", "2", "1")
    assert count["about"] == "trade 2088 2026-02-03 2026-02-03"
    assert (amount["name"], amount["measure"], amount["currency"]) == ("金额", "amount_minor", "CNY")
    assert (own["name"], own["about"], own["printed"], own["state"], own["binding"]) == (
        "合计",
        "",
        "10.00",
        "agrees",
        True,
    )
    assert status.overview(desk.store).filter(pl.col("subject") == "totals").rows() == [
        ("totals", "differs", 2, "figures that a summary prints of another file's rows")
    ]
