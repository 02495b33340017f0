"""The workbook about whether goods were really sent, and the same figures in the health report."""

from __future__ import annotations

import datetime as dt
import io
from pathlib import Path

import openpyxl
import polars as pl
import pytest
from python_calamine import CalamineWorkbook

from recon.fulfilment import FINDING, NOT_JUDGED
from recon.fulfilment.truth import KINDS
from recon.report import Settings, compute, health, shipping
from recon.report.vouchers import Proposals
from recon.report.words import SHIPPING
from recon.times import parse_moment

AS_OF = parse_moment("2026-03-02T10:00:00+08:00")
SETTINGS = Settings(merchant="云杉家居")


def finding(**cells: object) -> dict[str, object]:
    return {
        "kind": "late_first_scan", "is_audit": True, "order_no": "O1", "waybill_no": "W1", "carrier": "顺丰",
        "shop": "旗舰店", "paid_s": AS_OF - 900_000, "outbound_s": AS_OF - 800_000, "first_scan_s": AS_OF - 600_000,
        "signed_s": None, "hours": 55, "currency": "CNY", "amount_minor": 12_345,
        "business_date": dt.date(2026, 2, 20), "because_zh": "出库后 55 小时才有首扫记录。",
        "because_en": "First scanned 55 hours after it left the house.", "evidence": "inbox/shipments.csv:2",
    } | cells  # fmt: skip


def found(*rows: dict[str, object], left_out: int = 0) -> shipping.Shipping:
    left = {
        "kind": "paid_not_shipped",
        "what": "门店",
        "number": left_out,
        "reason_zh": "不发货",
        "reason_en": "ships not",
    }
    return shipping.Shipping(
        findings=pl.DataFrame(rows, schema=FINDING),
        not_judged=pl.DataFrame([left] if left_out else [], schema=NOT_JUDGED),
        parcels=1200,
        orders=1500,
    )


SEVERAL = (
    finding(),
    finding(
        kind="paid_not_shipped", is_audit=False, order_no="=1+1", waybill_no="", amount_minor=1_500, currency="JPY"
    ),
    finding(kind="paid_not_shipped", is_audit=False, order_no="O3", amount_minor=None, currency=""),
)


def book(tmp_path: Path, given: shipping.Shipping, settings: Settings = SETTINGS) -> bytes:
    out = tmp_path / "shipping.xlsx"
    shipping.write(given, settings, period="2026-02", as_of_s=AS_OF, out=out)
    return out.read_bytes()


def rows(content: bytes, sheet: str) -> list[list[object]]:
    return CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_name(sheet).to_python()


def test_the_report_knows_every_kind_that_there_is() -> None:
    assert tuple(SHIPPING) == KINDS


def test_figures_count_kinds_the_audit_queue_and_what_could_not_be_judged() -> None:
    figures = shipping.figures(found(*SEVERAL, left_out=7))
    assert [(each.kind, each.count, each.amounts) for each in figures.kinds] == [
        ("late_first_scan", 1, (("CNY", 12_345),)),
        ("paid_not_shipped", 2, (("JPY", 1_500),)),
    ]
    assert (figures.parcels, figures.orders, figures.audit, figures.not_judged) == (1200, 1500, 1, 7)


def test_the_overview_links_each_kind_and_counts_what_was_not_judged(tmp_path) -> None:
    content = book(tmp_path, found(*SEVERAL, left_out=7))
    table = rows(content, "总览")
    start = next(place for place, row in enumerate(table) if row[0] == "核查项")
    assert [row[:4] for row in table[start + 1 : start + 3]] == [
        ["审核队列：出库久未揽收", 1.0, 123.45, "CNY"],
        ["已付款未发货", 2.0, 1500.0, "JPY"],
    ]
    assert table[-1][:2] == ["已付款未发货", 7.0]
    assert table[-1][4] == "门店　不发货"
    link = openpyxl.load_workbook(io.BytesIO(content))["总览"].cell(start + 2, 1).hyperlink
    assert link.location == "'审核队列：出库久未揽收'!A1"


def test_a_finding_stands_with_its_times_its_evidence_and_a_result_to_choose(tmp_path) -> None:
    content = book(tmp_path, found(*SEVERAL))
    head, row = rows(content, "审核队列：出库久未揽收")
    told = dict(zip(head, row, strict=True))
    assert (told["订单号"], told["运单号"], told["订单金额"], told["小时"]) == ("O1", "W1", 123.45, 55.0)
    assert told["出库时间"] == dt.datetime(2026, 2, 21, 3, 46, 40)  # noqa: DTZ001 - a spreadsheet knows no zones
    assert (told["签收时间"], told["说明"]) == ("", "出库后 55 小时才有首扫记录。")
    assert told["证据（文件:行）"] == "inbox/shipments.csv:2"
    sheet = openpyxl.load_workbook(io.BytesIO(content))["已付款未发货"]
    assert (sheet["A2"].value, sheet["A2"].data_type, sheet["A2"].quotePrefix) == ("=1+1", "s", True)
    assert sheet["E2"].number_format == "#,##0;[Red]-#,##0"
    assert len(sheet.data_validations.dataValidation) == 1


def test_nothing_found_is_said(tmp_path) -> None:
    content = book(tmp_path, found())
    assert CalamineWorkbook.from_filelike(io.BytesIO(content)).sheet_names == ["总览"]
    assert rows(content, "总览")[-1][0] == "没有发现异常。"


def test_the_same_findings_give_the_same_bytes(tmp_path) -> None:
    assert book(tmp_path, found(*SEVERAL)) == book(tmp_path, found(*SEVERAL))


@pytest.mark.usefixtures("february")
@pytest.mark.parametrize(
    ("given", "told"),
    [
        (found(*SEVERAL, left_out=7), "发现 3 项异常，其中 1 件进入审核队列"),
        (found(), "核查包裹 1,200 件、已付款订单 1,500 单，没有发现异常。"),
    ],
)
def test_the_health_report_says_what_was_looked_at_and_found(store, given, told) -> None:
    figures = compute(store, SETTINGS, period="2026-02", as_of_s=AS_OF, shipping=shipping.figures(given))
    html = health.page(figures, Proposals((), ()), SETTINGS)
    assert told in html
    assert ("JPY 1,500" in html) == bool(given.findings.height)


@pytest.mark.usefixtures("february")
def test_without_parcels_the_health_report_does_not_speak_of_them(store) -> None:
    figures = compute(store, SETTINGS, period="2026-02", as_of_s=AS_OF)
    assert "发货真实性" not in health.page(figures, Proposals((), ()), SETTINGS)
