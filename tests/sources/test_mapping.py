"""A file of the workspace's own, read through its column mapping: given lines, expected rows."""

from __future__ import annotations

import dataclasses
import io

import openpyxl
import pytest

from recon.errors import SourceError
from recon.ingest.writing import counted
from recon.sources import Reading, Settings, identify, known
from recon.sources.mapped import MappedSource
from recon.sources.mapping import ColumnMapping, Problem, problems
from recon.sources.piece import Piece

ORDERS = ColumnMapping(
    name="erp",
    template="orders",
    columns={"order_no": ("No",), "occurred_at": ("Paid",), "amount": ("Sum",), "status": ("State",)},
    constants={"record": "payment", "currency": "EUR"},
    words={"status": {"Done": "success", "Waiting": "pending", "Draft": "skip", "": "closed"}},
    date_order="D/M/Y",
    decimal_mark=",",
    zone="Europe/Berlin",
)
HEADER = "No;Paid;Sum;State;Note"
PLAIN = "A1;03.02.2026 10:00;1.234,50;Done;"


def piece(*lines: str) -> Piece:
    return Piece("own.csv", "\n".join(lines).encode())


def read(mapping: ColumnMapping, *lines: str, settings: Settings | None = None) -> Reading:
    assert list(problems(mapping)) == []
    reading = MappedSource(mapping).read(piece(*lines), settings or Settings())
    counted("own.csv", reading)
    return reading


def rows(reading: Reading, *names: str) -> list[tuple[object, ...]]:
    assert reading.rejects.rows() == []
    assert reading.txns is not None
    return reading.txns.select(*names).rows()


def changed(mapping: ColumnMapping = ORDERS, **more: object) -> ColumnMapping:
    """The mapping with more columns, constants and words, and other keys instead."""
    merged = {
        key: {**getattr(mapping, key), **more.pop(key)} for key in ("columns", "constants", "words") if key in more
    }
    return dataclasses.replace(mapping, **merged, **more)


# -- what every mapping does -------------------------------------------------------------------------------------------


def test_a_line_becomes_what_the_template_says() -> None:
    found = rows(read(ORDERS, HEADER, PLAIN), "order_no", "kind", "status", "amount_minor", "currency", "occurred_s")
    assert found == [("A1", "payment", "success", 123450, "EUR", 1770109200)]  # 10:00 in Berlin is 09:00 UTC


def test_raw_keeps_every_column_as_printed() -> None:
    raw = read(ORDERS, HEADER, "A1;03.02.2026 10:00;1.234,50;Done;a note").raw
    assert raw.rows() == [(2, "A1", "03.02.2026 10:00", "1.234,50", "Done", "a note")]
    assert raw.columns == ["line_no", "No", "Paid", "Sum", "State", "Note"]


@pytest.mark.parametrize("separator", [";", "\t"])
def test_the_header_may_stand_below_other_lines_and_cells_be_separated_otherwise(separator: str) -> None:
    lines = [line.replace(";", separator) for line in (HEADER, PLAIN)]
    assert rows(read(ORDERS, "Export of 2026-03-01", "", *lines), "line_no") == [(4,)]


def test_a_workbook_is_read_the_same_way() -> None:
    book, data = openpyxl.Workbook(), io.BytesIO()
    for row in (["No", "Paid", "Sum", "State"], ["A1", "03.02.2026 10:00", 1234.5, "Done"]):
        book.active.append(row)
    book.save(data)
    mapping = dataclasses.replace(ORDERS, decimal_mark=".")
    reading = MappedSource(mapping).read(Piece("own.xlsx", data.getvalue()), Settings())
    assert rows(reading, "line_no", "amount_minor") == [(2, 123450)]


@pytest.mark.parametrize(
    ("line", "column", "value"),
    [
        ("A1;2/31/2026;1,00;Done;", "Paid", "2/31/2026"),
        ("A1;13/02/2026;1.00;Done;", "Sum", "1.00"),
        ("A1;13/02/2026;1,00;Odd;", "State", "Odd"),
        (";13/02/2026;1,00;Done;", "No", ""),
        ("A1;;1,00;Done;", "Paid", ""),
        ("A1;13/02/2026;-1,00;Done;", "Sum", "-1,00"),
    ],
)
def test_a_reject_names_the_files_own_header_and_cell(line: str, column: str, value: str) -> None:
    reading = read(ORDERS, HEADER, line)
    assert reading.rejects.select("line_no", "column", "value").rows() == [(2, column, value)]


def test_a_word_is_known_in_any_case_and_may_stand_for_a_blank_or_leave_the_line_out() -> None:
    lines = [f"A{place};03.02.2026;1,00;{word};" for place, word in enumerate(["DONE", "waiting", "", "draft"])]
    reading = read(ORDERS, HEADER, *lines)
    assert rows(reading, "status") == [("success",), ("pending",), ("closed",)]
    assert reading.excluded.rows() == [(5, "left out by its State, as [sources.mapping.erp] says")]


def test_a_constant_fills_blank_cells_and_columns_that_are_not_there() -> None:
    mapping = changed(columns={"currency": ("Cur",)})
    found = rows(
        read(mapping, "No;Paid;Sum;State;Cur", "A1;03.02.2026;1,00;Done;", "A2;03.02.2026;1,00;Done;usd"), "currency"
    )
    assert found == [("EUR",), ("USD",)]


def test_several_headers_of_one_column_are_joined() -> None:
    mapping = changed(columns={"occurred_at": ("Day", "Hour"), "order_no": ("Shop", "No")})
    found = rows(
        read(mapping, "Shop;No;Day;Hour;Sum;State", "B;7;03.02.2026;10:00;1,00;Done"), "order_no", "occurred_s"
    )
    assert found == [("B-7", 1770109200)]


def test_cells_of_merged_rows_repeat_the_one_above() -> None:
    mapping = changed(fill_down=("order_no", "occurred_at"), columns={"sub_order_no": ("Item",)})
    found = rows(read(mapping, f"{HEADER};Item", f"{PLAIN};1", ";;5,00;Done;;2"), "native_id", "amount_minor")
    assert found == [("A1/1/", 123450), ("A1/2/", 500)]


def test_a_line_of_totals_is_no_record_and_must_be_the_sum() -> None:
    mapping = dataclasses.replace(ORDERS, totals="Total")
    good = read(mapping, HEADER, PLAIN, "A2;03.02.2026;5,50;Done;", "Total;;1.240,00;;")
    assert good.excluded.rows() == [(4, "a line of totals")]
    assert [(control.name, control.printed, control.ok) for control in good.controls] == [
        ("Total Sum", "1240.00", True)
    ]
    assert [control.ok for control in read(mapping, HEADER, PLAIN, "Total;;1.240,00;;").controls] == [False]


def test_a_line_of_totals_that_is_shorter_than_the_header_is_no_reject() -> None:
    reading = read(dataclasses.replace(ORDERS, totals="Total"), HEADER, PLAIN, "Total;1")
    assert (reading.rejects.height, reading.excluded["line_no"].to_list()) == (0, [3])


def test_numbers_that_a_spreadsheet_rounded_refuse_the_file() -> None:
    with pytest.raises(SourceError, match="a spreadsheet rounded"):
        read(ORDERS, HEADER, "4.00123E+27;03.02.2026;1,00;Done;")


# -- recognising -------------------------------------------------------------------------------------------------------


def test_a_file_with_all_the_headers_is_claimed_in_any_order() -> None:
    source = MappedSource(ORDERS)
    assert source.identify(piece("State;Other;Sum;No;Paid", ""))
    assert not source.identify(piece("State;Other;Sum;No", ""))
    assert identify(piece(HEADER, PLAIN), (ORDERS,)).name == "erp"


def test_a_header_that_it_must_lack_makes_it_another_file() -> None:
    assert not MappedSource(dataclasses.replace(ORDERS, lacks=("Note",))).identify(piece(HEADER))


def test_two_mappings_that_both_claim_a_file_are_named() -> None:
    with pytest.raises(SourceError, match="more than one format claims this file: erp, other"):
        identify(piece(HEADER, PLAIN), (ORDERS, dataclasses.replace(ORDERS, name="other")))


def test_a_mapping_is_a_format_beside_the_others() -> None:
    (source,) = (source for source in known((ORDERS,)) if source.name == "erp")
    assert (source.raw_table, source.book) == ("mapped.erp", "order")
    assert "order_no         No" in source.manual
    assert source.where


# -- orders ------------------------------------------------------------------------------------------------------------


def test_what_went_back_is_a_refund_on_the_day_of_the_payment() -> None:
    mapping = changed(columns={"refund_amount": ("Back",)})
    reading = read(
        mapping, "No;Paid;Sum;State;Back", "A1;03.02.2026 10:00;10,00;Done;4,00", "A2;03.02.2026;5,00;Done;0,00"
    )
    assert rows(reading, "line_no", "kind", "amount_minor", "occurred_s") == [
        (2, "payment", 1000, 1770109200),
        (2, "refund", -400, None),
        (3, "payment", 500, None),
    ]
    assert set(reading.txns["business_date"].to_list()) == {reading.txns["business_date"][0]}


def test_a_refund_may_have_a_day_of_its_own_and_be_printed_negative() -> None:
    mapping = changed(columns={"refund_amount": ("Back",), "refunded_at": ("Back on",)})
    reading = read(mapping, "No;Paid;Sum;State;Back;Back on", "A1;03.02.2026;10,00;Waiting;-4,00;05.02.2026")
    assert [(kind, minor, str(day)) for kind, minor, day in rows(reading, "kind", "amount_minor", "business_date")] == [
        ("payment", 1000, "2026-02-03"),
        ("refund", -400, "2026-02-05"),
    ]


def test_a_state_may_say_that_all_of_it_went_back() -> None:
    mapping = changed(words={"status": {"Returned": "refunded"}})
    found = rows(read(mapping, HEADER, "A1;03.02.2026;10,00;Returned;"), "kind", "status", "amount_minor")
    assert found == [("payment", "success", 1000), ("refund", "success", -1000)]


def test_a_closed_order_of_which_money_went_back_had_been_paid() -> None:
    mapping = changed(columns={"refund_amount": ("Back",)}, words={"status": {"Void": "closed"}})
    lines = ("A1;03.02.2026;10,00;Void;10,00", "A2;03.02.2026;10,00;Void;")
    found = rows(read(mapping, "No;Paid;Sum;State;Back", *lines), "order_no", "kind", "status")
    assert found == [("A1", "payment", "success"), ("A1", "refund", "success"), ("A2", "payment", "closed")]


def test_the_sign_may_say_what_is_a_refund() -> None:
    mapping = changed(constants={"record": "sign"})
    found = rows(read(mapping, HEADER, PLAIN, "A1;05.02.2026;-4,00;Done;"), "kind", "amount_minor")
    assert found == [("payment", 123450), ("refund", -400)]


def test_refunds_that_a_column_names_may_be_printed_negative() -> None:
    mapping = changed(columns={"record": ("Type",)}, words={"record": {"Sale": "payment", "Return": "refund"}})
    lines = ("A1;03.02.2026;4,00;Done;Sale", "A1;03.02.2026;-4,00;Done;Return", "A2;03.02.2026;4,00;Done;Return")
    found = rows(read(mapping, "No;Paid;Sum;State;Type", *lines), "kind", "amount_minor")
    assert found == [("payment", 400), ("refund", -400), ("refund", -400)]


def test_further_lines_of_an_order_repeat_it_say_nothing_or_contradict_it() -> None:
    mapping = dataclasses.replace(ORDERS, once="order_no")
    reading = read(
        mapping, HEADER, PLAIN, PLAIN, "A1;;;;", "A1;03.02.2026 10:00;9,00;Done;", "A2;03.02.2026;1,00;Done;"
    )
    assert reading.txns.select("line_no", "order_no").rows() == [(2, "A1"), (6, "A2")]
    assert reading.excluded["line_no"].to_list() == [3, 4]
    assert reading.rejects.select("line_no", "column", "value").rows() == [(5, "Sum", "9,00")]


def test_totals_count_an_order_of_several_lines_once() -> None:
    mapping = dataclasses.replace(ORDERS, once="order_no", totals="Total")
    assert [control.ok for control in read(mapping, HEADER, PLAIN, PLAIN, "Total;;1.234,50;;").controls] == [True]


def test_an_order_of_no_money_is_excluded_once() -> None:
    reading = read(
        changed(columns={"refund_amount": ("Back",)}), "No;Paid;Sum;State;Back", "A1;03.02.2026;0,00;Done;0,00"
    )
    assert (reading.txns.height, reading.excluded["line_no"].to_list()) == (0, [2])


# -- the other templates -----------------------------------------------------------------------------------------------


VOUCHERS = ColumnMapping(
    name="gl",
    template="vouchers",
    columns={
        "voucher_no": ("字", "号"), "voucher_date": ("日期",), "account_code": ("科目",), "summary": ("摘要",),
        "amount": ("金额",), "direction": ("借贷",),
    },
    words={"direction": {"借": "debit", "贷": "credit"}},
)  # fmt: skip


def test_an_amount_and_its_direction_become_two_sides() -> None:
    reading = read(
        VOUCHERS,
        "字,号,日期,科目,摘要,金额,借贷",
        "记,12,2026年2月3日,1012.01,销售,128.00,借",
        "记,12,2026/2/3,6001,销售,128.00,贷",
    )
    assert reading.vouchers.select("voucher_no", "account_code", "debit_minor", "credit_minor", "period").rows() == [
        ("记-12", "1012.01", 12800, 0, "2026-02"),
        ("记-12", "6001", 0, 12800, "2026-02"),
    ]


BANK = ColumnMapping(
    name="bank_hk",
    template="bank",
    columns={
        "booked_on": ("Date",),
        "amount": ("Amount",),
        "currency": ("Ccy",),
        "balance": ("Balance",),
        "memo": ("Text",),
    },
    constants={"account": "123-456"},
    date_order="D/M/Y",
)


def test_a_statement_of_any_bank_is_proved_by_its_balances() -> None:
    lines = ("24/03/2025,-1.00,HKD,99.00,a", "23/03/2025,100.00,HKD,100.00,b")
    reading = read(BANK, "Date,Amount,Ccy,Balance,Text", *lines)
    assert rows(reading, "account", "amount_minor", "currency", "memo") == [
        ("123-456", -100, "HKD", "a"),
        ("123-456", 10000, "HKD", "b"),
    ]
    assert [control.ok for control in reading.controls] == [True]


@pytest.mark.parametrize(
    ("columns", "constants", "header", "line", "minor"),
    [
        ({"money_in": ("In",), "money_out": ("Out",)}, {}, "Date,In,Out", "24/03/2025,,5.00", -500),
        (
            {"money_in": ("In",), "money_out": ("Out",)},
            {"out_is": "negative"},
            "Date,In,Out",
            "24/03/2025,,-5.00",
            -500,
        ),
        ({"money_in": ("In",), "money_out": ("Out",)}, {}, "Date,In,Out", "24/03/2025,,-5.00", 500),
        ({"amount": ("Sum",), "direction": ("Way",)}, {}, "Date,Sum,Way", "24/03/2025,5.00,OUT", -500),
        ({"amount": ("Sum",), "direction": ("Way",)}, {}, "Date,Sum,Way", "24/03/2025,5.00,in", 500),
    ],
)
def test_money_in_and_out_is_told_in_several_ways(columns, constants, header, line, minor) -> None:
    mapping = ColumnMapping(
        name="b", template="bank", columns={"booked_on": ("Date",)} | columns, constants=constants, date_order="D/M/Y"
    )
    assert rows(read(mapping, header, line), "amount_minor", "currency") == [(minor, "")]


BILL = ColumnMapping(
    name="acquirer",
    template="channel",
    columns={
        "kind": ("类型",), "amount": ("金额",), "fee": ("手续费",), "net": ("入账",), "occurred_at": ("时间",),
        "merchant_no": ("商户单号",), "channel_txn_no": ("渠道单号",), "settled_on": ("清算日",),
    },
    constants={"channel": "unionpay", "account": "8983"},
    words={"kind": {"消费": "payment", "退货": "refund"}},
)  # fmt: skip
BILL_HEADER = "类型,金额,手续费,入账,时间,商户单号,渠道单号,清算日"


def test_a_bill_that_a_service_passes_on_becomes_rows_of_the_channel() -> None:
    lines = (
        "消费,100.00,0.60,99.40,2026-02-03 10:00:00,A1,U1,2026-02-04",
        "退货,50.00,-0.30,-49.70,2026-02-03 11:00:00,A1,U2,2026-02-04",
    )
    names = ("kind", "amount_minor", "fee_minor", "net_minor", "batch_no", "merchant_no")
    assert rows(read(BILL, BILL_HEADER, *lines), *names) == [
        ("payment", 10000, -60, 9940, "unionpay:8983:20260204", "A1"),
        ("refund", -5000, 30, -4970, "unionpay:8983:20260204", "A1"),
    ]


def test_a_line_whose_net_is_not_amount_and_fee_is_a_reject() -> None:
    reading = read(BILL, BILL_HEADER, "消费,100.00,0.60,100.60,2026-02-03 10:00:00,A1,U1,2026-02-04")
    assert reading.rejects.rows() == [(2, "入账", "100.60", "is not amount + fee")]


def test_parcels_and_rates_are_mapped_too() -> None:
    parcels = ColumnMapping(
        name="wms",
        template="shipments",
        columns={"order_no": ("单号",), "waybill_no": ("运单",), "signed_at": ("签收",)},
    )
    reading = read(parcels, "单号,运单,签收", "A1,SF1,2026/2/3 10:00")
    assert reading.shipments.select("order_no", "waybill_no", "signed_s").rows() == [("A1", "SF1", 1770084000)]
    rates = ColumnMapping(
        name="fx", template="rates", columns={"rate_date": ("Day",), "currency": ("Unit",), "rate": ("Rate",)}
    )
    found = read(rates, "Day,Unit,Rate", "2026-02-03,USD,6.9532").rates
    assert found.select("currency", "rate_e8").rows() == [("USD", 695320000)]


# -- what is wrong with a mapping --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("mapping", "table", "key", "explanation"),
    [
        (dataclasses.replace(ORDERS, name="My ERP"), "", "", "has a name that is none"),
        (dataclasses.replace(ORDERS, template="order"), "", "template", "is no template"),
        (changed(columns={"colour": ("Colour",)}), "columns", "colour", "is no column of orders"),
        (changed(constants={"record": "sale"}), "constants", "record", 'is "sale"'),
        (changed(words={"status": {"Done": "finished"}}), "words.status", "Done", 'becomes "finished"'),
        (changed(words={"amount": {"x": "1"}}), "words.amount", "", "translates words, but amount has none"),
        (changed(words={"channel": {"x": "alipay"}}), "words.channel", "", "there is no header under columns"),
        (dataclasses.replace(ORDERS, once="pay_no"), "", "once", "there is no header under columns"),
        (dataclasses.replace(ORDERS, constants={}), "columns", "", "says too little for orders"),
        (changed(columns={"order_no": ()}), "columns", "", "says too little for orders"),
    ],
)
def test_a_mapping_that_cannot_be_used_says_where_it_is_wrong(mapping, table, key, explanation) -> None:
    found: list[Problem] = list(problems(mapping))
    assert any((item.table, item.key) == (table, key) and explanation in item.explanation for item in found)
