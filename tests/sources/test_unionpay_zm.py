"""What the golden files of UnionPay's ZM do not say by themselves, and a genuine file where it lies."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import polars as pl
import pytest

from recon.errors import SourceError
from recon.sources import Reading, Settings, identify
from recon.sources.piece import Piece
from recon.sources.unionpay_zm import FIELDS, WIDTH, UnionpayZm

HERE = Path(__file__).parent
SAMPLES = HERE.parents[2] / "shared" / "samples"
NAME = "INN26020388ZM_898310048990001"
DAY = (HERE / "unionpay_zm" / f"{NAME}.txt").read_bytes()


def read(data: bytes, name: str = NAME, **settings: str) -> Reading:
    return UnionpayZm().read(Piece(name, data), Settings(**settings))


def test_a_record_is_607_bytes_of_42_fields():
    assert (len(FIELDS), WIDTH) == (42, 607)


def test_the_sign_of_a_refund_comes_from_its_kind_and_agrees_with_its_letter():
    rows = read(DAY).txns
    assert rows.filter(pl.col("kind") == "refund")["amount_minor"].to_list() == [-400, -600]
    assert rows.filter(pl.col("kind") == "payment")["amount_minor"].min() > 0
    assert (rows["net_minor"] == rows["amount_minor"] + rows["fee_minor"]).all()


def test_the_day_in_the_name_counts_although_rows_lie_past_the_cutoff():
    reading = read(DAY)
    assert reading.txns["business_date"].unique().to_list() == [dt.date(2026, 2, 3)]
    assert reading.period_start == reading.period_end == dt.date(2026, 2, 3)


@pytest.mark.parametrize("name", ["bill.txt", "INN26021088ZM_898310048990001", "INN26139988ZM_898310048990001"])
def test_without_a_name_that_agrees_each_row_has_the_day_of_the_cutoff(name):
    reading = read(DAY, name)
    assert reading.period_start is None
    assert reading.txns["business_date"].to_list()[-1] == dt.date(2026, 2, 4)
    assert read(DAY, name, unionpay_cutoff="23:05").txns["business_date"].to_list()[-1] == dt.date(2026, 2, 3)


def test_the_day_is_found_in_the_name_of_a_zip_member():
    reading = read(DAY, f"inbox/898310048990001_20260203.zip!/{NAME}")
    assert reading.period_start == dt.date(2026, 2, 3)


@pytest.mark.parametrize("cut", [1, 300, 606])
def test_a_line_cut_in_half_refuses_the_file_and_names_the_line(cut):
    lines = DAY.split(b"\r\n")
    with pytest.raises(SourceError, match="a ZM record has 607") as refused:
        read(b"\r\n".join([*lines[:3], lines[3][:cut]]))
    assert refused.value.line_no == 4
    assert "Download the file again" in str(refused.value)


def test_chinese_text_does_not_shift_the_fields_behind_it():
    raw = read(DAY).raw
    assert raw["商户自定义域"][1].strip() == "云杉小集 㐂字架"
    assert raw["原始交易订单号"][2].strip() == "UP20260203100000018"


@pytest.mark.samples
def test_a_genuine_file_of_1207_rows_is_read():
    path = SAMPLES / "unionpay__pingjianwei_csv_parser__INN17071888ZM_898319849000018"
    piece = Piece(path.name, path.read_bytes())
    assert identify(piece).name == "unionpay_zm"
    reading = UnionpayZm().read(piece, Settings())
    rows = reading.txns
    assert (rows.height, reading.rejects.height, reading.excluded.height) == (1207, 0, 0)
    assert rows["native_id"].n_unique() == 1207
    assert (rows["net_minor"] == rows["amount_minor"] + rows["fee_minor"]).all()
    assert rows["fee_minor"].unique().to_list() == [-24]
    assert rows["business_date"].unique().to_list() == [dt.date(2017, 7, 18)]
    assert reading.account == "898319849000018"
    assert "账户充值" in set(rows["memo"])
