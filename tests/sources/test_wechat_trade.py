"""What the golden files of 微信支付交易账单 do not say by themselves, and genuine captures where they lie."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from recon.errors import SourceError
from recon.sources import Reading, Settings, identify
from recon.sources.piece import Piece
from recon.sources.wechat_trade import WechatTrade

HERE = Path(__file__).parent
SAMPLES = HERE.parents[2] / "shared" / "samples"
ALL = (HERE / "wechat_trade" / "all.csv").read_text(encoding="utf-8")


def read(text: str) -> Reading:
    return WechatTrade().read(Piece("all.csv", text.encode()), Settings())


def broken(reading: Reading) -> list[str]:
    return [control.name for control in reading.controls if not control.ok]


def test_a_bill_that_agrees_with_its_sums_has_no_broken_control():
    assert broken(read(ALL)) == []


@pytest.mark.parametrize(
    ("old", "new", "name"),
    [("\n`9,`155.01", "\n`8,`155.01", "总交易单数"), (",`0.56000,`165.01", ",`0.57000,`165.01", "手续费总金额")],
)
def test_a_sum_that_the_rows_do_not_add_up_to_is_a_broken_control(old, new, name):
    assert old in ALL
    assert broken(read(ALL.replace(old, new))) == [name]


def test_a_sum_that_is_no_amount_is_a_broken_control():
    assert broken(read(ALL.replace("\n`9,`155.01", "\n`9,`?"))) == ["应结订单总金额"]


def test_a_download_cut_anywhere_below_the_header_is_a_broken_control():
    for end in range(ALL.index("费率备注\n") + 5, ALL.index("总交易单数"), 107):
        reading = read(ALL[:end])
        assert broken(reading) == ["汇总行"]
        assert reading.raw.height == len({*reading.txns["line_no"], *reading.rejects["line_no"]})


def test_refunds_are_negative_and_give_the_fee_back():
    refunds = read(ALL).txns.filter(pl.col("kind") == "refund")
    assert (refunds["amount_minor"] < 0).all()
    assert (refunds["fee_minor"] >= 0).all()


def test_a_refund_of_a_coupon_payment_settles_less_than_was_asked_for():
    row = read(ALL).txns.row(2, named=True)
    assert (row["amount_minor"], row["net_minor"]) == (-5000, -4500 + 27)


def test_a_negative_refund_amount_is_a_reject_and_not_income():
    reading = read(ALL.replace("`RF20260203100001,`45.00", "`RF20260203100001,`-45.00"))
    assert (4, "退款金额", "-45.00") in reading.rejects.select("line_no", "column", "value").rows()


def test_the_state_of_a_refund_is_a_snapshot():
    refunds = read(ALL).txns.filter(pl.col("kind") == "refund")
    assert refunds["status"].to_list() == ["success", "pending", "closed", "closed", "success"]


def test_commas_and_quotes_in_what_the_shop_typed_stay_in_their_cells():
    row = read(ALL).raw.row(1, named=True)
    assert row["商品名称"] == '椅子, "胡桃木", 2 把'
    assert row["商户数据包"] == '{"shop":"2","note":"a, b"}'


def test_the_refund_bill_and_the_bill_of_all_say_the_same_of_a_refund():
    refund = read((HERE / "wechat_trade" / "refund.csv").read_text(encoding="utf-8")).txns
    both = read(ALL).txns.filter(pl.col("native_id").is_in(refund["native_id"].implode()))
    assert refund.drop("line_no").equals(both.drop("line_no"))


@pytest.mark.samples
def test_a_genuine_bill_of_three_payments_is_read():
    path = SAMPLES / "wechat_merchant__gunsluo_wechatpay-go__v3_ALL_2021.csv"
    piece = Piece(path.name, path.read_bytes())
    assert identify(piece).name == "wechat_trade"
    reading = WechatTrade().read(piece, Settings())
    assert (reading.txns.height, reading.rejects.height, broken(reading)) == (3, 0, [])


@pytest.mark.samples
def test_the_genuine_bill_that_a_spreadsheet_destroyed_is_refused():
    path = SAMPLES / "wechat_merchant__linjunpop_wechat_pay__download_bill_sandbox.tsv"
    piece = Piece(path.name, path.read_bytes())
    assert identify(piece).name == "wechat_trade"
    with pytest.raises(SourceError, match="spreadsheet") as refused:
        WechatTrade().read(piece, Settings())
    assert (refused.value.line_no, refused.value.column, refused.value.value) == (2, "微信订单号", "4.00123E+27")


@pytest.mark.samples
def test_a_genuine_bill_of_1269_rows_adds_up_to_its_sums():
    path = SAMPLES / "wechat_merchant__linjunpop_wechat_pay__download_bill_sandbox.tsv"
    lines = path.read_text(encoding="utf-8").splitlines()
    cells = [line.split("\t") for line in lines]
    for number, row in enumerate(cells[1:-2]):  # numbers of our own in place of the destroyed ones
        row[5], row[14] = f"4{number:027d}", "0" if row[14] == "0" else f"5{number:027d}"
    reading = read("\n".join("\t".join(row) for row in cells) + "\n")
    assert (reading.raw.height, reading.rejects.height, broken(reading)) == (1269, 0, [])
    assert reading.txns["amount_minor"].sum() == 1127 - 637
