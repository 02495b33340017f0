"""What the golden files of 京东订单 do not say by themselves."""

from __future__ import annotations

import pytest

from recon.sources import Reading, Settings
from recon.sources.jd import Jd
from recon.sources.piece import Piece

HEADER = "订单号,商品ID,支付方式,下单时间,余额支付,应付金额,订单状态,付款确认时间"


def read(*lines: str) -> Reading:
    return Jd().read(Piece("orders.csv", "\n".join([HEADER, *lines]).encode("gb18030")), Settings())


def line(owed: str, state: str = "完成", way: str = "在线支付", number: str = "1001") -> str:
    return f"{number},1,{way},2026-02-03 10:00:00,0.00,{owed},{state},2026-02-03 10:00:34"


def test_an_order_of_three_items_is_one_payment():
    reading = read(line("90.00"), line("90.00"), line("90.00"))
    assert reading.txns.select("line_no", "amount_minor").rows() == [(2, 9000)]
    assert reading.excluded["line_no"].to_list() == [3, 4]


def test_items_of_other_orders_in_between_do_not_matter():
    reading = read(line("90.00"), line("50.00", number="1002"), line("90.00"))
    assert reading.txns["line_no"].to_list() == [2, 3]


def test_a_line_with_another_amount_than_its_order_is_not_believed():
    reading = read(line("90.00"), line("30.00"))
    assert reading.txns["amount_minor"].to_list() == [9000]
    assert reading.rejects.select("line_no", "column", "value").rows() == [(3, "应付金额", "30.00")]


@pytest.mark.parametrize(
    ("state", "way", "status"),
    [
        ("等待付款", "在线支付", "pending"),
        ("等待出库", "在线支付", "success"),
        ("(锁定)等待出库", "在线支付", "success"),
        ("(删除)等待出库", "在线支付", "closed"),
        ("(删除)等待付款", "在线支付", "closed"),
        ("等待确认收货", "货到付款", "pending"),
        ("完成", "货到付款", "success"),
    ],
)
def test_the_state_says_whether_the_money_counts(state, way, status):
    assert read(line("90.00", state, way)).txns["status"].to_list() == [status]


def test_only_a_payment_that_counts_has_a_time():
    reading = read(line("90.00"), line("90.00", "(删除)等待出库", number="1002"))
    assert reading.txns["occurred_s"].is_null().to_list() == [False, True]
