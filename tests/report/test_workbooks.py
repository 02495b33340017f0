"""The Excel lists, read back by two programs: openpyxl, which wrote them, and calamine, which did not."""

from __future__ import annotations

import datetime as dt
import io
import tempfile
import zipfile
from pathlib import Path

import openpyxl
import polars as pl
import pytest
from PIL import Image
from python_calamine import CalamineWorkbook

from recon.fulfilment import LOW_ACTIVITY, UNCONFIRMED
from recon.report import Confirmations, Settings, listing, overdue, workbook
from recon.report.words import Speaker
from recon.times import parse_moment

AS_OF = parse_moment("2026-03-02T10:00:00+08:00")
SETTINGS = Settings(merchant="云杉家居")
PROOF = [column.caption for column in overdue.columns(Speaker("zh"))].index("签收凭证") + 1


def moment(*parts: int) -> dt.datetime:
    """Make a wall clock time: what a spreadsheet holds, without a zone."""
    return dt.datetime(*parts)  # noqa: DTZ001


def differences(store, settings: Settings = SETTINGS) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "differences.xlsx"
        listing.write(store, settings, period="2026-02", as_of_s=AS_OF, out=out)
        return out.read_bytes()


def rows(content: bytes, sheet: str) -> list[list[object]]:
    return CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_name(sheet).to_python()


@pytest.mark.usefixtures("february")
def test_the_overview_counts_every_cause_and_links_to_its_sheet(store) -> None:
    content = differences(store)
    table = rows(content, "总览")
    start = next(i for i, row in enumerate(table) if row[0] == "原因")
    assert table[start][:7] == ["原因", "比对", "性质", "笔数", "未处理", "差额 CNY", "绝对额 CNY"]
    assert [row[:7] for row in table[start + 1 : start + 7]] == [
        ["掉单", "订单—渠道", "差异", 1.0, 1.0, -50.0, 50.0],
        ["渠道无此交易", "订单—渠道", "差异", 1.0, 1.0, 80.0, 80.0],
        ["跨日切", "订单—渠道", "时间性", 1.0, 1.0, 0.0, 0.0],
        ["结算在途", "渠道—银行", "时间性", 1.0, 1.0, 7.0, 7.0],
        ["结算未到账", "渠道—银行", "差异", 1.0, 1.0, 49.7, 49.7],
        ["合计", "", "", 5.0, 5.0, 86.7, 186.7],
    ]
    book = openpyxl.load_workbook(io.BytesIO(content))
    assert book["总览"][f"A{start + 2}"].hyperlink.location == "'掉单'!A1"
    assert book.sheetnames == ["总览", "掉单", "渠道无此交易", "跨日切", "结算在途", "结算未到账"]


@pytest.mark.usefixtures("february")
def test_a_sheet_has_numbers_dates_a_filter_and_a_result_to_choose(store) -> None:
    sheet = openpyxl.load_workbook(io.BytesIO(differences(store)))["结算在途"]
    cells = {sheet.cell(1, place).value: sheet.cell(2, place) for place in range(1, sheet.max_column + 1)}
    assert cells["差额"].value == 7
    assert cells["差额"].number_format == "#,##0.00;[Red]-#,##0.00"
    assert cells["业务日期"].value == moment(2026, 2, 1)
    assert cells["预计消除日"].value == moment(2026, 3, 3)
    assert cells["账龄"].value == 29
    assert cells["银行金额"].value is None
    assert cells["建议动作"].value == "人工核查"
    assert cells["证据（文件:行）"].value == "books.csv:1"
    assert sheet.freeze_panes == "D2"
    assert cells["严重程度"].value == "低"
    assert cells["处理人"].value is None
    assert sheet.auto_filter.ref == "A1:W2"
    assert sheet.print_area == "'结算在途'!$A$1:$M$2"
    (check,) = sheet.data_validations.dataValidation
    assert str(check.sqref) == f"{cells['处理结果'].column_letter}2"
    assert check.formula1 == '"处理中,已解决,已核销,挂账"'
    (marked,) = sheet.conditional_formatting
    assert str(marked.sqref) == f"{cells['处理说明'].column_letter}2"


def test_the_same_code_on_two_legs_has_two_sheets(books, store) -> None:
    books.difference("REFUND_NOT_SYNCED", "order_channel", -100, "02-02")
    books.difference("REFUND_NOT_SYNCED", "channel_ledger", -100, "02-02")
    names = CalamineWorkbook.from_filelike(io.BytesIO(differences(store))).sheet_names
    assert names == ["总览", "退款未同步", "退款未同步（账务）"]


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@cmd", "\t=1", '=HYPERLINK("http://x.example")'])
def test_text_from_a_file_never_becomes_a_formula(books, store, text) -> None:
    books.difference("ORDER_MISSING", "order_channel", -100, "02-02", order_no=text, evidence=text)
    content = differences(store)
    sheet = openpyxl.load_workbook(io.BytesIO(content))["掉单"]
    cell = sheet["C2"]
    assert (cell.data_type, cell.value, cell.quotePrefix) == ("s", text, True)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert not any(b"<f>" in archive.read(name) for name in archive.namelist() if "sheet" in name)


def test_characters_that_a_cell_cannot_hold_do_not_stop_the_list(books, store) -> None:
    books.difference("ORDER_MISSING", "order_channel", -100, "02-02", order_no="A\x07B")
    assert rows(differences(store), "掉单")[1][2] == "A\ufffdB"


def test_amounts_have_the_decimals_of_their_currency(books, store) -> None:
    for currency, minor in (("JPY", -1_500), ("KWD", -1_500)):
        books.difference("ORDER_MISSING", "order_channel", minor, "02-02", currency=currency)
    sheet = openpyxl.load_workbook(io.BytesIO(differences(store)))["掉单"]
    found = {sheet.cell(row, 5).value: (sheet.cell(row, 6).value, sheet.cell(row, 6).number_format) for row in (2, 3)}
    assert found == {"JPY": (-1500, "#,##0;[Red]-#,##0"), "KWD": (-1.5, "#,##0.000;[Red]-#,##0.000")}


def test_a_month_without_differences_has_an_empty_overview(store) -> None:
    content = differences(store)
    assert CalamineWorkbook.from_filelike(io.BytesIO(content)).sheet_names == ["总览"]
    table = rows(content, "总览")
    assert [row[:4] for row in table if row[0] == "合计"] == [["合计", "", "", 0.0]]
    assert table[-1][0] == "本期没有差异。"


@pytest.mark.usefixtures("february")
def test_the_same_differences_give_the_same_bytes(store) -> None:
    assert differences(store) == differences(store)


def unconfirmed(**cells: object) -> pl.DataFrame:
    row = {
        "order_no": "O1",
        "waybill_no": "SF1",
        "carrier": "顺丰",
        "region": "remote",
        "region_by": "printed",
        "shop": "旗舰店",
        "is_low_activity": False,
        "owner": "",
        "signed_s": AS_OF - 100 * 3600,
        "window_hours": 72,
        "deadline_s": AS_OF - 28 * 3600,
        "state": "overdue",
        "overdue_s": 28 * 3600,
        "overdue_hours": 28,
        "last_contact_s": None,
        "last_contact_by": "",
        "receiver_name": "张三丰",
        "receiver_phone": "13800001234",
        "currency": "CNY",
        "amount_minor": 12_345,
        "sign_proof": "",
        "evidence": "shipments.csv:2",
    } | cells
    return pl.DataFrame([row], schema_overrides=UNCONFIRMED, schema={name: UNCONFIRMED[name] for name in row})


def idle(**cells: object) -> pl.DataFrame:
    row = {
        "receiver_name": "张三丰",
        "receiver_phone": "13800001234",
        "is_certain": True,
        "orders": 5,
        "overdue": 4,
        "streak": 3,
        "since_s": AS_OF - 900 * 3600,
        "last_s": AS_OF - 100 * 3600,
        "order_nos": "O1, O2, O3",
    } | cells
    return pl.DataFrame([row], schema=LOW_ACTIVITY)


def list_of(
    frame: pl.DataFrame,
    settings: Settings = SETTINGS,
    home: Path | None = None,
    owners: tuple[str, ...] = (),
    customers: pl.DataFrame | None = None,
) -> bytes:
    found = Confirmations(
        orders=frame,
        customers=idle().head(0) if customers is None else customers,
        policy="电话回访",
        owners=owners,
    )
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "overdue.xlsx"
        overdue.write(found, settings, period="2026-02", as_of_s=AS_OF, out=out, home=home)
        return out.read_bytes()


def test_an_overdue_order_says_whom_to_call_and_since_when() -> None:
    head, row = rows(list_of(unconfirmed()), "超时未确认订单")
    assert dict(zip(head, row, strict=True)) == {
        "收货人": "张**",
        "联系电话": "138****1234",
        "订单号": "O1",
        "运单号": "SF1",
        "承运商": "顺丰",
        "区域": "偏远",
        "店铺": "旗舰店",
        "订单金额": 123.45,
        "币种": "CNY",
        "签收时间": moment(2026, 2, 26, 6),
        "确认时限": moment(2026, 3, 1, 6),
        "超时（小时）": 28.0,
        "最后触达时间": "从未触达",
        "触达方式": "",
        "签收凭证": "无",
        "处理结果": "",
        "备注": "",
        "低活跃": "",
        "证据（文件:行）": "shipments.csv:2",
    }


def test_personal_data_is_shown_only_when_the_settings_say_so() -> None:
    shown = rows(list_of(unconfirmed(), Settings(show_personal_data=True)), "超时未确认订单")[1]
    assert shown[:2] == ["张三丰", "13800001234"]


def test_a_delivery_proof_stands_in_the_sheet_and_later_ones_are_links(tmp_path) -> None:
    (tmp_path / "proofs").mkdir()
    Image.new("RGB", (800, 600), "#C89F6B").save(tmp_path / "proofs" / "a.jpg")
    frame = pl.concat([unconfirmed(sign_proof="proofs/a.jpg"), unconfirmed(order_no="O2", sign_proof="proofs/a.jpg")])
    content = list_of(frame, Settings(proof_root=tmp_path, thumbnails=1), home=tmp_path / "reports")
    sheet = openpyxl.load_workbook(io.BytesIO(content))["超时未确认订单"]
    assert len(sheet._images) == 1
    assert (sheet._images[0].anchor._from.row, sheet._images[0].anchor._from.col) == (1, PROOF - 1)
    assert sheet.cell(3, PROOF).hyperlink.target == "../proofs/a.jpg"


@pytest.mark.parametrize("path", ["proofs/none.jpg", "../outside.jpg", "/etc/hostname"])
def test_a_proof_that_is_not_below_the_folder_is_told_as_not_found(tmp_path, path) -> None:
    (tmp_path / "in").mkdir()
    Image.new("RGB", (8, 6)).save(tmp_path / "outside.jpg")
    content = list_of(unconfirmed(sign_proof=path), Settings(proof_root=tmp_path / "in"))
    assert rows(content, "超时未确认订单")[1][PROOF - 1] == "未找到"


def test_a_proof_that_is_no_picture_is_a_link_and_stops_nothing(tmp_path, caplog) -> None:
    (tmp_path / "a.jpg").write_bytes(b"not a picture")
    content = list_of(unconfirmed(sign_proof="a.jpg"), Settings(proof_root=tmp_path))
    assert rows(content, "超时未确认订单")[1][PROOF - 1] == "a.jpg"
    assert "no picture" in caplog.text


def test_a_photograph_is_shown_upright(tmp_path) -> None:
    photo = Image.new("RGB", (80, 60), "#C89F6B")
    held = Image.Exif()
    held[0x0112] = 6  # the camera was turned by a quarter
    photo.save(tmp_path / "a.jpg", exif=held)
    content = list_of(unconfirmed(sign_proof="a.jpg"), Settings(proof_root=tmp_path))
    (shown,) = openpyxl.load_workbook(io.BytesIO(content))["超时未确认订单"]._images
    assert shown.height > shown.width


def test_a_picture_too_large_to_open_is_a_link(tmp_path) -> None:
    Image.new("1", (20_000, 10_000)).save(tmp_path / "huge.png")
    content = list_of(unconfirmed(sign_proof="huge.png"), Settings(proof_root=tmp_path))
    assert rows(content, "超时未确认订单")[1][PROOF - 1] == "huge.png"


def test_a_proof_on_the_net_is_a_link_and_is_not_fetched(tmp_path) -> None:
    content = list_of(unconfirmed(sign_proof="https://carrier.example/p/1.jpg"), Settings(proof_root=tmp_path))
    cell = openpyxl.load_workbook(io.BytesIO(content))["超时未确认订单"].cell(2, PROOF)
    assert (cell.value, cell.hyperlink.target) == ("查看", "https://carrier.example/p/1.jpg")


def test_a_link_to_a_picture_may_have_any_name(tmp_path) -> None:
    (tmp_path / "签收 #1?.jpg").write_bytes(b"x")
    content = list_of(unconfirmed(sign_proof="签收 #1?.jpg"), Settings(proof_root=tmp_path), home=tmp_path / "reports")
    cell = openpyxl.load_workbook(io.BytesIO(content))["超时未确认订单"].cell(2, PROOF)
    assert cell.hyperlink.target == "../%E7%AD%BE%E6%94%B6%20%231%3F.jpg"


def test_a_region_that_was_not_printed_says_so() -> None:
    assert rows(list_of(unconfirmed(region_by="places")), "超时未确认订单")[1][5] == "偏远（推）"


def test_each_owner_has_a_sheet_and_what_falls_to_nobody_has_one() -> None:
    frame = pl.concat(
        [unconfirmed(order_no=name, owner=owner) for name, owner in (("A", "张三"), ("B", ""), ("C", "张三"))]
    )
    content = list_of(frame, owners=("张三", "李四/客服", "总览"))
    assert CalamineWorkbook.from_filelike(io.BytesIO(content)).sheet_names == [
        "总览", "张三", "李四_客服", "总览 2", "未分配", "低活跃用户",
    ]  # fmt: skip
    assert [row[2] for row in rows(content, "张三")[1:]] == ["A", "C"]
    assert [row[2] for row in rows(content, "未分配")[1:]] == ["B"]
    overview = rows(content, "总览")
    start = next(place for place, row in enumerate(overview) if row[0] == "清单")
    assert [row[:3] for row in overview[start + 1 : start + 6]] == [
        ["张三", 2.0, 246.9],
        ["李四_客服", 0.0, ""],
        ["总览 2", 0.0, ""],
        ["未分配", 1.0, 123.45],
        ["低活跃用户", 0.0, ""],
    ]
    sheet = openpyxl.load_workbook(io.BytesIO(content))["总览"]
    assert sheet.cell(start + 4, 1).hyperlink.location == "'总览 2'!A1"


def test_low_activity_customers_are_listed_with_the_policy_that_follows() -> None:
    head, row = rows(list_of(unconfirmed(is_low_activity=True), customers=idle()), "低活跃用户")
    assert dict(zip(head, row, strict=True)) == {
        "收货人": "张**",
        "联系电话": "138****1234",
        "连续超时（单）": 3.0,
        "累计超时": 4.0,
        "累计订单": 5.0,
        "起（签收）": moment(2026, 1, 23, 22),
        "止（签收）": moment(2026, 2, 26, 6),
        "客户身份": "号码完整",
        "后续策略": "电话回访",
        "连续超时的订单": "O1, O2, O3",
    }


def test_an_empty_overdue_list_has_its_captions() -> None:
    content = list_of(unconfirmed().head(0))
    assert len(rows(content, "超时未确认订单")) == len(rows(content, "低活跃用户")) == 1


def test_the_same_overdue_orders_give_the_same_bytes() -> None:
    assert list_of(unconfirmed()) == list_of(unconfirmed())


@pytest.mark.parametrize(
    ("text", "width", "lines"),
    [
        ("", 10, 1),
        ("abc", 10, 1),
        ("a" * 10, 10, 1),
        ("a" * 11, 10, 2),
        ("字" * 5, 10, 1),
        ("字" * 11, 10, 3),
        ("YS26020000001, YS26020000002, YS26020000003", 24, 3),
        ("one two three", 8, 2),
        ("a\nb", 10, 2),
    ],
)
def test_a_row_is_as_high_as_its_longest_text_needs(text, width, lines) -> None:
    assert workbook._lines(text, width) == lines
