"""What the golden files of 有赞订单 do not say by themselves."""

from __future__ import annotations

import datetime as dt

import pytest

from recon.sources import Reading, Settings
from recon.sources.piece import Piece
from recon.sources.youzan import Youzan

HEADER = "订单号,订单商品状态,交易成功时间,商品名称,商品实际成交金额,商品已退款金额,买家付款时间"
NUMBER = "E20260203100003000000011"


def read(*lines: str) -> Reading:
    return Youzan().read(Piece("items.csv", "\n".join([HEADER, *lines]).encode()), Settings())


def test_items_of_an_order_add_up_under_its_number():
    txns = read(f"{NUMBER},已发货,,示例杯子,58.00,0,", f"{NUMBER},已发货,,示例盘子,20.50,0,").txns
    assert (txns["merchant_no"].unique().to_list(), txns["amount_minor"].sum()) == ([NUMBER], 7850)


def test_a_closed_item_that_was_paid_back_had_been_paid():
    rows = read(f"{NUMBER},交易关闭,,示例杯子,58.00,58.00,").txns.select("kind", "status", "amount_minor").rows()
    assert rows == [("payment", "success", 5800), ("refund", "success", -5800)]


@pytest.mark.parametrize(
    ("number", "finished", "paid", "day"),
    [
        (NUMBER, "2026-02-10 09:00:00", "2026-02-04 00:00:09", 4),
        (NUMBER, "2026-02-10 09:00:00", "", 3),
        ("1001", "2026-02-10 09:00:00", "", 10),
    ],
)
def test_the_day_is_that_of_the_payment_else_of_the_number_else_of_the_end(number, finished, paid, day):
    txns = read(f"{number},交易完成,{finished},示例杯子,58.00,0,{paid}").txns
    assert txns["business_date"].to_list() == [dt.date(2026, 2, day)]
