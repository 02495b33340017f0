"""The import templates beyond their golden files: names in two languages, containers, encodings, who claims what."""

from __future__ import annotations

import datetime as dt
import io

import openpyxl
import polars as pl
import pytest

from recon.errors import SourceError
from recon.sources import Reading, Settings, Source, discover
from recon.sources.orders import Orders
from recon.sources.piece import Piece
from recon.sources.rates import Rates
from recon.sources.shipments import Shipments
from recon.sources.template import Template
from recon.sources.vouchers import Vouchers

TEMPLATES = [Orders(), Vouchers(), Shipments(), Rates()]

ENGLISH = "record,order_no,amount,status,occurred_at\n"
ORDER = "payment,ORD-1,12.50,success,2026-02-01 10:00:03\n"
TEN_PAST_TEN_S = 1769911203  # 2026-02-01 10:00:03 +08:00


def piece(text: str | bytes, name: str = "file.csv") -> Piece:
    return Piece(name, text.encode() if isinstance(text, str) else text)


def read(source: Source, text: str | bytes, settings: Settings | None = None) -> Reading:
    return source.read(piece(text), settings or Settings())


def txns(reading: Reading) -> pl.DataFrame:
    assert reading.txns is not None
    return reading.txns


def order(text: str, header: str = ENGLISH, settings: Settings | None = None) -> dict[str, object]:
    reading = read(Orders(), header + text, settings)
    assert reading.rejects.rows() == []
    return txns(reading).row(0, named=True)


def workbook(rows: list[list[object]]) -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in rows:
        sheet.append(row)
    data = io.BytesIO()
    book.save(data)
    return data.getvalue()


# ------------------------------------------------------------------------------------------------ who claims what


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda template: template.name)
@pytest.mark.parametrize("language", ["english", "chinese"])
def test_a_header_of_all_columns_is_claimed_by_its_template_alone(template: Template, language: str) -> None:
    names = [c.caption if language == "chinese" else c.printed or c.name for c in template.columns]
    header = piece(",".join(names) + "\n")
    assert [source.name for source in discover() if source.identify(header)] == [template.name]


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda template: template.name)
def test_a_file_without_a_required_column_is_claimed_by_nobody(template: Template) -> None:
    names = [column.name for column in template.columns if column.name != template.required[0]]
    assert [t.name for t in TEMPLATES if t.identify(piece(",".join(names) + "\n"))] == []


def test_orders_that_carry_their_parcels_are_orders() -> None:
    header = ENGLISH.strip() + ",waybill_no,signed_at\n"
    assert [t.name for t in TEMPLATES if t.identify(piece(header))] == ["orders"]


def test_an_export_of_kingdee_is_not_the_voucher_template() -> None:
    header = "凭证日期,会计年度,会计期间,凭证字,凭证号,科目代码,科目名称,币别代码,原币金额,借方,贷方\n"
    assert [t.name for t in TEMPLATES if t.identify(piece(header))] == []


def test_a_statement_with_a_rate_column_is_not_a_table_of_rates() -> None:
    assert not Rates().identify(piece("日期,币种,汇率,收入,支出\n"))
    assert Rates().identify(piece("日期,币种,汇率\n"))
    assert Rates().identify(piece("日期,币种,本位币,汇率,备注\n"))


@pytest.mark.parametrize("data", [b"", b"\x00\x01\x02", b"PK\x03\x04 no zip", b"\xff\xfe", b"\x81\x20\xff,,,"])
def test_what_is_no_table_is_not_claimed(data: bytes) -> None:
    assert [t.name for t in TEMPLATES if t.identify(piece(data))] == []


# ------------------------------------------------------------------------------------------------ names and words


def test_names_and_words_may_mix_the_languages() -> None:
    reading = read(
        Orders(), "记录类型,order_no,金额,status,发生时间,支付渠道\n退款,ORD-1,12.50,成功,2026-02-01 10:00:03,WeChat\n"
    )
    row = txns(reading).row(0, named=True)
    assert (row["kind"], row["status"], row["channel"], row["amount_minor"]) == ("refund", "success", "wechat", -1250)


def test_names_are_compared_without_case_blanks_and_quotes() -> None:
    assert order(ORDER, 'Record ,"Order No",AMOUNT,\tstatus,Occurred_At\n')["order_no"] == "ORD-1"


def test_raw_has_the_english_names_and_keeps_columns_the_template_does_not_know() -> None:
    reading = read(
        Orders(), "记录类型,订单号,金额,状态,发生时间,仓库\n支付,ORD-1,12.50,成功,2026-02-01 10:00:03,苏州\n"
    )
    assert reading.raw.columns == ["line_no", "record", "order_no", "amount", "status", "occurred_at", "仓库"]
    assert reading.raw.row(0) == (2, "支付", "ORD-1", "12.50", "成功", "2026-02-01 10:00:03", "苏州")


def test_two_columns_of_one_meaning_refuse_the_file() -> None:
    with pytest.raises(SourceError, match=r'file.csv: two columns, "order_no" and "订单号", both mean order_no'):
        read(Orders(), "record,order_no,订单号,amount,status,occurred_at\n")


def test_a_reject_names_line_column_as_printed_value_and_reason() -> None:
    reading = read(Orders(), "记录类型,订单号,金额,状态,发生时间\n支付,ORD-1,1.005,成功,2026-02-01 10:00:03\n")
    reason = "is not an amount with at most the decimals of its currency"
    assert reading.rejects.rows() == [(2, "金额", "1.005", reason)]
    assert txns(reading).is_empty()


# ------------------------------------------------------------------------------------------------ containers


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("separator", [",", "\t", ";"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
def test_the_container_makes_no_difference(encoding: str, separator: str, line_end: str) -> None:
    text = "记录类型,订单号,店铺,金额,状态,发生时间\n支付,ORD-1,云杉优选,12.50,成功,2026-02-01 10:00:03\n"
    data = text.replace(",", separator).replace("\n", line_end).encode(encoding)
    assert Orders().identify(piece(data))
    reading = read(Orders(), data)
    assert reading.account == "云杉优选"
    assert txns(reading).select("line_no", "order_no", "amount_minor", "occurred_s").rows() == [
        (2, "ORD-1", 1250, TEN_PAST_TEN_S)
    ]


def test_a_quoted_line_break_keeps_the_line_numbers_of_what_follows() -> None:
    text = 'record,order_no,amount,status,occurred_at,note\npayment,ORD-1,1,success,2026-02-01 10:00,"a,\nb\n"\n'
    reading = read(Orders(), text + "payment,ORD-2,2,success,2026-02-01 10:00,c\n")
    assert txns(reading).select("line_no", "order_no").rows() == [(2, "ORD-1"), (5, "ORD-2")]
    assert reading.raw["note"].to_list() == ["a,\nb\n", "c"]


def test_a_workbook_with_numbers_and_dates_reads_like_text() -> None:
    data = workbook(
        [
            ["订单导出"],
            ["记录类型", "订单号", "金额", "状态", "发生时间", "创建时间"],
            ["支付", "ORD-1", 12.5, "成功", dt.datetime(2026, 2, 1, 10, 0, 3), None],  # noqa: DTZ001
            ["退款", "ORD-1", 0.1, "成功", dt.date(2026, 2, 2), None],
            ["支付", 1002, 1070, "成功", "2026-02-01 10:00:03", None],
            ["支付", 1003, 12.345, "成功", "2026-02-01 10:00:03", None],
        ]
    )
    assert [source.name for source in discover() if source.identify(piece(data, "a.xlsx"))] == ["orders"]
    reading = read(Orders(), data)
    assert txns(reading).select("line_no", "order_no", "amount_minor", "occurred_s").rows() == [
        (3, "ORD-1", 1250, TEN_PAST_TEN_S),
        (4, "ORD-1", -10, None),
        (5, "1002", 107000, TEN_PAST_TEN_S),
    ]
    assert reading.rejects.select("line_no", "column", "value").rows() == [(6, "金额", "12.345")]


def test_a_workbook_of_vouchers_takes_the_day_from_a_date_cell() -> None:
    data = workbook(
        [
            ["凭证号", "分录号", "凭证日期", "会计期间", "科目代码", "借方", "贷方"],
            ["记-1", 1, dt.datetime(2026, 2, 3), 202602, 1012.01, 128, None],  # noqa: DTZ001
            ["记-1", 2, dt.date(2026, 2, 3), None, 6001, None, 128.0],
        ]
    )
    reading = read(Vouchers(), data)
    assert reading.vouchers is not None
    columns = ("entry_no", "voucher_date", "period", "account_code", "debit_minor", "credit_minor")
    assert reading.vouchers.select(columns).rows() == [
        ("1", dt.date(2026, 2, 3), "2026-02", "1012.01", 12800, 0),
        ("2", dt.date(2026, 2, 3), "2026-02", "6001", 0, 12800),
    ]


def test_an_order_number_that_a_spreadsheet_rounded_refuses_the_file() -> None:
    with pytest.raises(
        SourceError, match=r'file.csv:2: column 订单号: "2\.02602E\+27" is a number that a spreadsheet rounded'
    ):
        read(Orders(), "记录类型,订单号,金额,状态,发生时间\n支付,2.02602E+27,1,成功,2026-02-01 10:00\n")


def test_another_file_forced_into_a_template_is_refused_with_what_was_looked_for() -> None:
    with pytest.raises(SourceError) as refused:
        read(Orders(), "a,b,c\n1,2,3\n")
    assert str(refused.value) == (
        "file.csv: no header of the template orders was found; looked for record 记录类型, order_no 订单号, "
        "amount 金额, status 状态, and occurred_at 发生时间 or created_at 创建时间\n"
        "  See the template's columns: recon sources show orders"
    )


# ------------------------------------------------------------------------------------------------ orders


@pytest.mark.parametrize(
    "printed",
    [
        "2026-02-01 10:00:03",
        "2026/2/1 10:00:03",
        "2026年2月1日 10:00:03",
        "2026年02月01日10:00:03",
        "2026-02-01T10:00:03",
        "2026-02-01T10:00:03.900",
        "2026-02-01T10:00:03+08:00",
        "2026-02-01 02:00:03+0000",
        "2026-02-01T02:00:03Z",
        "2026-01-31T21:00:03.5-05:00",
    ],
)
def test_one_moment_is_read_however_it_is_written(printed: str) -> None:
    row = order(f"payment,ORD-1,12.50,success,{printed}\n")
    assert (row["occurred_s"], row["business_date"]) == (TEN_PAST_TEN_S, dt.date(2026, 2, 1))


def test_times_of_several_forms_in_one_file_stay_with_their_rows() -> None:
    printed = ["2026-02-01T02:00:03Z", "2026-02-01", "2026-02-01 10:00:03", "2026/2/1 10:00", "20260202"]
    lines = "".join(f"payment,ORD-{n},1,success,{text}\n" for n, text in enumerate(printed))
    rows = txns(read(Orders(), ENGLISH + lines)).select("occurred_s", pl.col("business_date").dt.day()).rows()
    assert rows == [(TEN_PAST_TEN_S, 1), (None, 1), (TEN_PAST_TEN_S, 1), (TEN_PAST_TEN_S - 3, 1), (None, 2)]


def test_the_accounting_day_is_that_of_the_workspace_zone() -> None:
    row = order("payment,ORD-1,12.50,success,2026-02-01 10:00:03+08:00\n", settings=Settings(zone="America/New_York"))
    assert (row["occurred_s"], row["business_date"]) == (TEN_PAST_TEN_S, dt.date(2026, 1, 31))


def test_an_order_without_a_payment_time_has_a_day_but_no_time() -> None:
    row = order("payment,ORD-1,1,pending,,2026-02-01 10:00:03\n", ENGLISH.strip() + ",created_at\n")
    assert (row["occurred_s"], row["business_date"]) == (None, dt.date(2026, 2, 1))


@pytest.mark.parametrize(
    ("currency", "amount", "minor"),
    [("JPY", "1500", 1500), ("KWD", "1.005", 1005), ("USD", "1.5", 150), ("", "1.50", 150)],
)
def test_an_amount_has_the_decimals_of_its_currency(currency: str, amount: str, minor: int) -> None:
    header = ENGLISH.strip() + ",currency\n"
    lines = f"payment,ORD-1,{amount},success,2026-02-01,{currency}\npayment,ORD-2,7,success,2026-02-01,JPY\n"
    assert txns(read(Orders(), header + lines))["amount_minor"].to_list() == [minor, 7]


def test_the_base_amount_has_the_decimals_of_the_base_currency_and_the_sign_of_the_amount() -> None:
    header = ENGLISH.strip() + ",currency,base_amount,fx_rate\n"
    row = order("refund,ORD-1,25.60,success,2026-02-01,USD,3840,150\n", header, Settings(base_currency="JPY"))
    assert (row["amount_minor"], row["base_amount_minor"], row["fx_rate_e8"]) == (-2560, -3840, 150 * 10**8)


def test_a_rate_of_zero_is_unknown() -> None:
    assert order("payment,ORD-1,1,success,2026-02-01,0\n", ENGLISH.strip() + ",fx_rate\n")["fx_rate_e8"] is None


# ------------------------------------------------------------------------------------------------ the others


def test_the_sign_of_an_original_amount_is_left_to_debit_and_credit() -> None:
    header = "voucher_no,voucher_date,account_code,debit,credit,currency,fc_amount\n"
    lines = "1,2026-02-01,1012.04,,69.53,USD,-10.00\n1,2026-02-01,1012.04,-69.53,,USD,-10.00\n"
    vouchers = read(Vouchers(), header + lines).vouchers
    assert vouchers is not None
    assert vouchers.select("debit_minor", "credit_minor", "currency", "fc_amount_minor").rows() == [
        (0, 6953, "USD", 1000),
        (-6953, 0, "USD", 1000),
    ]


def test_a_foreign_entry_without_an_original_amount_is_in_base_currency() -> None:
    header = "voucher_no,voucher_date,account_code,debit,credit,currency\n"
    vouchers = read(Vouchers(), header + "1,2026-02-01,1012.04,3.21,,USD\n").vouchers
    assert vouchers is not None
    assert vouchers.select("debit_minor", "currency", "fc_amount_minor").rows() == [(321, "", None)]


@pytest.mark.parametrize("printed", ["2026-02", "202602", "2026-2", "2026/02", "2026年2月", "2026年02月", ""])
def test_a_period_is_a_month_however_it_is_written(printed: str) -> None:
    header = "voucher_no,voucher_date,account_code,debit,credit,period\n"
    vouchers = read(Vouchers(), header + f"1,2026-02-01,6001,1,,{printed}\n").vouchers
    assert vouchers is not None
    assert vouchers["period"].to_list() == ["2026-02"]


def test_a_contact_is_read_only_where_the_parcel_says_when() -> None:
    header = "order_no,waybill_no,signed_at,last_contact_at,last_contact_by\n"
    lines = "ORD-1,W1,2026-02-01 10:00,,短信\nORD-2,W2,2026-02-01 10:00,2026-02-02 10:00:03,电话\n"
    reading = read(Shipments(), header + lines)
    assert reading.shipments is not None
    assert reading.contacts is not None
    assert reading.shipments["order_no"].to_list() == ["ORD-1", "ORD-2"]
    assert reading.contacts.rows() == [(3, "ORD-2", TEN_PAST_TEN_S + 86_400, "电话")]


def test_a_template_may_have_no_rows() -> None:
    for template in TEMPLATES:
        reading = read(template, ",".join(column.printed or column.name for column in template.columns) + "\n")
        assert (reading.raw.height, reading.rejects.height) == (0, 0)
