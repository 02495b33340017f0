"""What the golden files of 拼多多订单 do not say by themselves."""

from __future__ import annotations

import datetime as dt

import pytest

from recon.sources import Reading, Settings
from recon.sources.piece import Piece
from recon.sources.pinduoduo import Pinduoduo

HEADER = "订单号,订单状态,用户实付金额(元),商家实收金额(元),售后状态,订单成交时间"


def read(line: str, header: str = HEADER) -> Reading:
    return Pinduoduo().read(Piece("orders.csv", f"{header}\n{line}\n".encode()), Settings())


def rows(state: str, after_sale: str) -> list[tuple[str, str, int]]:
    reading = read(f'260203-01\t,"{state}",58.00,60.00,{after_sale},2026-02-03 10:00:03\t')
    return reading.txns.select("kind", "status", "amount_minor").rows()


@pytest.mark.parametrize("state", ["待发货", "已发货，待签收", "已发货,待签收", "已签收"])
def test_a_paid_order_is_a_payment_of_what_the_buyer_paid(state):
    assert rows(state, "无售后或售后取消") == [("payment", "success", 5800)]


@pytest.mark.parametrize(
    ("state", "after_sale"), [("未发货，退款成功", "无"), ("已签收", "退款成功"), ("已取消", "退款成功")]
)
def test_a_refund_is_of_all_that_was_paid(state, after_sale):
    assert rows(state, after_sale) == [("payment", "success", 5800), ("refund", "success", -5800)]


def test_a_refund_that_is_argued_about_is_none():
    assert rows("已签收", "售后处理中") == [("payment", "success", 5800)]


def test_the_day_is_that_of_the_order_number_when_no_column_says_it():
    assert read("260203-01,已签收,58.00,60.00,无,").txns["business_date"].to_list() == [dt.date(2026, 2, 3)]


def test_the_time_an_order_was_formed_is_not_when_it_was_paid():
    assert read("260203-01,已签收,58.00,60.00,无,2026-02-03 10:00:03").txns["occurred_s"].to_list() == [None]
