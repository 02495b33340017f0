"""What the golden files of Kingdee's and Yonyou's vouchers do not say by themselves."""

from __future__ import annotations

import polars as pl
import pytest

from recon.sources import Reading, Settings
from recon.sources.kingdee_cloud import KingdeeCloud
from recon.sources.kingdee_k3 import KingdeeK3
from recon.sources.piece import Piece
from recon.sources.source import Source
from recon.sources.vouchers import Vouchers
from recon.sources.yonyou_u8 import YonyouU8

K3 = "凭证日期,会计年度,会计期间,凭证字,凭证号,科目代码,币别代码,借方,贷方,凭证摘要,分录序号,原币金额,汇率"
CLOUD = "FBillHead(GL_VOUCHER),FDate,FVOUCHERGROUPID,FVOUCHERGROUPNO,FEXPLANATION,FACCOUNTID,FDEBIT,FCREDIT"


def read(source: Source, *lines: str) -> Reading:
    return source.read(Piece("vouchers", "\n".join(lines).encode("gb18030")), Settings())


def vouchers(source: Source, *lines: str) -> pl.DataFrame:
    reading = read(source, *lines)
    assert reading.rejects.rows() == []
    assert reading.vouchers is not None
    return reading.vouchers


def test_the_three_systems_and_the_template_say_the_same_of_one_voucher():
    said = [
        vouchers(
            Vouchers(), "凭证号,分录号,凭证日期,科目代码,摘要,借方,贷方", "记-12,1,2026-02-03,1012.01,销售,128.00,"
        ),
        vouchers(KingdeeK3(), K3, "2026-2-3,2026,2,记,12,1012.01,RMB,128,0,销售,1,128,1"),
        vouchers(KingdeeCloud(), CLOUD, "100001,2026-02-03,PRE001,12,销售,1012.01,128,0"),
        vouchers(YonyouU8(), "填制凭证,V800", "2026-02-03,记,12,0,销售,1012.01,128.00,0.00,0,0,0,张会计"),
    ]
    assert all(frame.equals(said[0]) for frame in said)


def test_red_entries_keep_their_sign():
    line = "2026-2-3,2026,2,记,12,1012.01,RMB,-28.5,0,冲正,1,-28.5,1"
    assert vouchers(KingdeeK3(), K3, line)["debit_minor"].to_list() == [-2850]


def test_an_entry_in_another_currency_has_its_amount_and_rate():
    line = "2026-2-3,2026,2,记,12,1012.04,USD,417.6,0,销售,1,58,7.2"
    row = vouchers(KingdeeK3(), K3, line).row(0, named=True)
    assert (row["currency"], row["fc_amount_minor"], row["fx_rate_e8"]) == ("USD", 5800, 720000000)


def test_cells_of_a_cloud_voucher_hold_down_to_the_next_voucher_only():
    frame = vouchers(
        KingdeeCloud(),
        CLOUD,
        "100001,2026-02-03,PRE001,12,销售,1012.01,128,0",
        ",,,,销售,6001,0,128",
        "100002,2026-02-04,,13,销售,1012.01,5,0",
    )
    assert frame.select("voucher_no", "entry_no").rows() == [("记-12", "1"), ("记-12", "2"), ("13", "1")]


def test_a_cloud_entry_above_the_first_voucher_belongs_to_none():
    assert read(KingdeeCloud(), CLOUD, ",,,,销售,6001,0,128").rejects["column"].to_list() == [
        "FDate",
        "FVOUCHERGROUPNO",
    ]


@pytest.mark.parametrize(
    "line",
    [
        "2026-02-03,记,12,0,销售,二月,101201,128.00,0.00",
        "2026-02-03,记,12,0,销售,1001,101201,128.00,0.00",
        "2026-02-03,记,12,0,销售,1001,6001,0.00,128.00,0,0,0,张会计,,,2026-02-03",
    ],
)
def test_a_comma_in_a_u8_summary_never_books_a_wrong_amount(line):
    reading = read(YonyouU8(), "填制凭证,V800", line)
    assert (reading.rejects["line_no"].to_list(), reading.vouchers.height) == ([2], 0)
    assert reading.raw.height == 1


@pytest.mark.parametrize("first", ["填制凭证,V800", "\ufeff填制凭证, V800,,,", "\n填制凭证,V1000"])
def test_a_u8_file_is_known_by_its_first_line(first):
    assert YonyouU8().identify(Piece("u8.txt", first.encode()))
    assert not YonyouU8().identify(Piece("u8.txt", f"凭证\n{first}".encode()))
