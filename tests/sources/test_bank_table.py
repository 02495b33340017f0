"""What the golden files of the Chinese banks do not show of the machinery that they share."""

from __future__ import annotations

import polars as pl
import pytest

from recon.errors import SourceError
from recon.sources import Reading, Settings, bank_table
from recon.sources.bank_layout import Layout, claims
from recon.sources.ccb_personal import CcbPersonal
from recon.sources.cmbc import MinshengBank
from recon.sources.piece import Piece

FLAGGED = Layout(
    required=("交易日期", "金额", "借贷"), day=("交易日期",), when=("交易时间",), amount=("金额",), flag=("借贷",)
)


def piece(*lines: str, encoding: str = "gb18030") -> Piece:
    return Piece("bank.csv", "\n".join(lines).encode(encoding))


def read(*lines: str, layout: Layout = FLAGGED) -> Reading:
    return bank_table.read(piece(*lines), Settings(), (layout,))


def txns(reading: Reading) -> pl.DataFrame:
    assert reading.txns is not None
    return reading.txns


@pytest.mark.parametrize(
    ("flag", "minor"), [("借", -500), ("贷", 500), ("借 Dr", -500), ("贷 Cr", 500), ("借方", -500), ("贷方", 500)]
)
def test_a_flag_gives_an_unsigned_amount_its_direction(flag: str, minor: int) -> None:
    reading = read("交易日期,金额,借贷", f"20260203,5.00,{flag}")
    assert txns(reading)["amount_minor"].to_list() == [minor]


@pytest.mark.parametrize(
    ("printed", "shown"),
    [
        ("09:15:02", "2026-02-03 09:15:02"),
        ("091502", "2026-02-03 09:15:02"),
        ("91502", "2026-02-03 09:15:02"),
        ("2", "2026-02-03 00:00:02"),
        ("2026-02-04 09:15:02", "2026-02-04 09:15:02"),
        ("2026-02-04-09.15.02.123456", "2026-02-04 09:15:02"),
        ("2026/02/04  09:15:02", "2026-02-04 09:15:02"),
        ("20260204091502", "2026-02-04 09:15:02"),
        ("2026-02-04", None),
        ("", None),
    ],
)
def test_a_time_of_day_belongs_to_the_rows_day_and_a_bare_date_is_no_time(printed: str, shown: str | None) -> None:
    reading = read("交易日期,交易时间,金额,借贷", f"20260203,{printed},5.00,贷")
    moments = (
        pl.from_epoch(txns(reading)["occurred_s"]).dt.replace_time_zone("UTC").dt.convert_time_zone("Asia/Shanghai")
    )
    assert moments.dt.strftime("%Y-%m-%d %H:%M:%S").to_list() == [shown]
    assert txns(reading)["business_date"].dt.to_string().to_list() == ["2026-02-03"]


@pytest.mark.parametrize("printed", ["2026-02-03", "2026/2/3", "20260203", "2026年02月03日", "2026-02-03 09:15:02"])
def test_a_day_is_read_in_the_forms_that_banks_print(printed: str) -> None:
    reading = read("交易日期,金额,借贷", f"{printed},5.00,贷")
    assert txns(reading)["business_date"].dt.to_string().to_list() == ["2026-02-03"]


def test_what_follows_a_page_total_or_a_repeated_header_is_read_on() -> None:
    header = "交易日期,金额,借贷"
    reading = read(header, "20260203,5.00,贷", "本页合计,5.00,", header, "20260204,6.00,贷", "合计", "共2笔")
    assert txns(reading)["line_no"].to_list() == [2, 5]
    assert reading.excluded["line_no"].to_list() == [3, 4, 6, 7]
    assert reading.rejects.is_empty()


def test_a_dated_line_is_no_total_whatever_its_first_cell_says() -> None:
    header = "摘要,币别,交易日期,交易金额,账户余额,交易地点/附言,对方账号与户名"
    reading = CcbPersonal().read(piece(header, "本月房租,人民币,20260203,-67.00,100.00,,"), Settings())
    assert txns(reading)["memo"].to_list() == ["本月房租"]


def test_header_names_may_carry_english_blanks_and_full_width_signs() -> None:
    layout = Layout(required=("日志号", "金额(元)"), day=("日期",), amount=("金额(元)",), serial=("日志号",))
    reading = read("日期[ Date ],日 志 号[ Log ], 金额（元） ", "20260203,17,-5.00", layout=layout)
    assert txns(reading).select("reference", "amount_minor").rows() == [("17", -500)]


def test_a_serial_of_zeros_is_none() -> None:
    layout = Layout(required=("日志号", "金额"), day=("日期",), amount=("金额",), serial=("日志号",))
    reading = read("日期,日志号,金额", "20260203,0000000,5.00", layout=layout)
    assert txns(reading).select("reference", "native_id").rows() == [("", "")]


def test_one_serial_of_a_payment_and_its_charge_makes_two_identities() -> None:
    header = "交易日期,主机交易流水号,借方发生额,贷方发生额,账户余额"
    reading = MinshengBank().read(piece(header, "20260203,B1,48.00,,52.00", "20260203,B1,5.00,,47.00"), Settings())
    assert txns(reading)["native_id"].to_list() == ["B1/20260203/-4800", "B1/20260203/-500"]


def test_a_line_of_two_currencies_has_a_chain_for_each() -> None:
    layout = Layout(required=("日期", "币种", "金额"), day=("日期",), amount=("金额",))
    lines = ("20260203,人民币,5.00,105.00", "20260203,日元,7,107", "20260204,人民币,1.00,106.00", "20260204,日元,3,110")
    reading = read("日期,币种,金额,余额", *lines, layout=layout)
    assert [(control.name, control.printed, control.ok) for control in reading.controls] == [
        ("balance chain of CNY", "106.00", True),
        ("balance chain of JPY", "110", True),
    ]


def test_a_file_without_the_header_is_refused_and_told_what_was_looked_for() -> None:
    assert not claims(piece("日期,数额"), (FLAGGED,))
    with pytest.raises(SourceError, match="looked for the columns 交易日期, 金额, 借贷"):
        read("日期,数额")


def test_a_workbook_that_cannot_be_opened_is_nobodys() -> None:
    damaged = Piece("bank.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 and nothing more")
    assert not claims(damaged, (FLAGGED,))
