"""What the golden files of 淘宝/天猫订单 do not say by themselves, and a genuine export where it lies."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from recon.sources import Reading, Settings, identify
from recon.sources.piece import Piece
from recon.sources.taobao import Taobao

SAMPLES = Path(__file__).resolve().parents[3] / "shared" / "samples"
HEADER = "订单编号,支付单号,支付详情,买家支付宝账号,总金额,买家实际支付金额,订单状态,订单付款时间,退款金额"
ALIPAY_NO = "2026020322001400000000000001"


def read(*lines: str) -> Reading:
    return Taobao().read(Piece("orders.csv", "\n".join([HEADER, *lines]).encode("gb18030")), Settings())


def rows(*lines: str) -> list[tuple[str, str, int]]:
    reading = read(*lines)
    assert reading.rejects.rows() == []
    return reading.txns.select("kind", "status", "amount_minor").rows()


def order(due: str, kept: str, state: str, refunded: str) -> str:
    return f'="3515310000000000001",{ALIPAY_NO},,,{due},{kept},"{state}",2026-02-03 10:00:03,{refunded}'


@pytest.mark.parametrize(
    ("kept", "refunded", "paid"),
    [("100.00", "0.00", 10000), ("70.00", "30.00", 10000), ("0.00", "100.00", 10000), ("0.00", "90.00", 9000)],
)
def test_the_payment_is_what_the_merchant_kept_and_what_went_back(kept, refunded, paid):
    assert rows(order("100.00", kept, "交易成功", refunded))[0] == ("payment", "success", paid)


def test_an_amount_that_cannot_be_net_of_the_refund_is_the_payment():
    assert rows(order("100.00", "100.00", "交易成功", "30.00")) == [
        ("payment", "success", 10000),
        ("refund", "success", -3000),
    ]


@pytest.mark.parametrize(
    ("state", "kept", "status"),
    [
        ("卖家已发货，等待买家确认", "70.00", "success"),
        ("卖家已发货，等待买家确认", "100.00", "pending"),
        ("买家已付款,等待卖家发货", "60.00", "pending"),
        ("交易关闭", "100.00", "success"),
    ],
)
def test_a_refund_is_done_when_the_money_is_gone_or_the_order_is_over(state, kept, status):
    assert rows(order("100.00", kept, state, "30.00"))[1] == ("refund", status, -3000)


def test_a_closed_order_that_was_paid_and_shows_no_refund_gets_none():
    assert rows(order("100.00", "100.00", "交易关闭", "0.00")) == [("payment", "success", 10000)]


@pytest.mark.parametrize(
    ("number", "detail", "buyer", "channel"),
    [
        (ALIPAY_NO, "", "", "alipay"),
        ("", "", "b@example.com", "alipay"),
        ("", "支付宝", "", "alipay"),
        ("4200002026020300000000000001", "微信支付", "", "wechat"),
        ("4200002026020300000000000001", "", "", ""),
        ("", "", "-", ""),
    ],
)
def test_the_channel_is_the_one_that_the_line_tells(number, detail, buyer, channel):
    line = f"1001,{number},{detail},{buyer},10.00,10.00,交易成功,2026-02-03 10:00:03,0.00"
    assert read(line).txns["channel"].to_list() == [channel]


def test_what_the_buyer_typed_about_himself_stays_in_raw():
    reading = read(f"1001,{ALIPAY_NO},,示例@example.com,10.00,10.00,交易成功,2026-02-03 10:00:03,0.00")
    assert "示例@example.com" in reading.raw.row(0)
    assert not any("example" in str(cell) for cell in reading.txns.row(0))


def test_an_export_without_the_refund_column_is_not_claimed():
    header = HEADER.replace(",退款金额", "")
    assert not Taobao().identify(Piece("orders.csv", f"{header}\n".encode()))


@pytest.mark.samples
def test_a_genuine_export_of_2017_is_read():
    path = next(SAMPLES.glob("*taobao_ExportOrderList_2017*"))
    piece = Piece(path.name, path.read_bytes())
    assert identify(piece).name == "taobao"
    reading = Taobao().read(piece, Settings())
    assert (reading.raw.height, reading.rejects.height, reading.excluded.height) == (2, 0, 0)
    assert reading.txns.select("order_no", "channel", "status", "amount_minor").rows() == [
        ("35153131473290001", "alipay", "success", 20112),
        ("13293638796520002", "alipay", "success", 33155),
    ]
    assert reading.txns.select(pl.col("occurred_s").is_not_null().all()).item()
