"""What the golden files of 抖音订单 and of the two settlement exports do not say by themselves."""

from __future__ import annotations

import pytest

from recon.sources import Reading, Settings
from recon.sources.douyin import Douyin
from recon.sources.douyin_settlement import DouyinFlow, DouyinSettlement
from recon.sources.piece import Piece

HEADER = "主订单编号,子订单编号,订单应付金额,订单提交时间,订单状态,售后状态,支付完成时间"
FLOW = "动账时间,动帐流水号,动账方向,动账金额,动账场景"


def piece(header: str, *lines: str) -> Piece:
    return Piece("douyin.csv", "\n".join([header, *lines]).encode("utf-8-sig"))


def read(*lines: str) -> Reading:
    return Douyin().read(piece(HEADER, *lines), Settings())


def order(state: str, after_sale: str = "-", paid: str = "2026-02-03 10:00:09", sub: str = "11") -> str:
    return f'"\t6910000000000000001","\t69100000000000000{sub}",58.00,2026-02-03 10:00:03,{state},{after_sale},{paid}'


def test_sub_orders_of_one_cart_share_the_merchant_number_and_keep_their_own_identity():
    txns = read(order("已发货"), order("已发货", sub="12")).txns
    assert txns["merchant_no"].unique().to_list() == ["6910000000000000001"]
    assert txns["native_id"].n_unique() == 2


@pytest.mark.parametrize(
    ("state", "after_sale", "paid", "rows"),
    [
        ("待支付", "-", "-", [("payment", "pending")]),
        ("已关闭", "-", "-", [("payment", "closed")]),
        ("已关闭", "-", "2026-02-03 10:00:09", [("payment", "success")]),
        ("已关闭", "已全额退款", "-", [("payment", "success"), ("refund", "success")]),
        ("已完成", "退款成功", "-", [("payment", "success"), ("refund", "success")]),
        ("已完成", "部分退款成功", "-", [("payment", "success")]),
    ],
)
def test_a_line_says_whether_it_was_paid_and_given_back(state, after_sale, paid, rows):
    assert read(order(state, after_sale, paid)).txns.select("kind", "status").rows() == rows


@pytest.mark.parametrize("amount", ["12.00", "-12.00"])
def test_money_out_may_be_printed_with_a_sign_or_without(amount):
    line = f"2026-02-10 06:27:38,'2026021006270000000001,出账,{amount},运费"
    reading = DouyinFlow().read(piece(FLOW, line), Settings())
    assert (reading.rejects.height, reading.excluded.height, reading.txns) == (0, 1, None)


def test_the_two_spellings_of_the_flow_are_one_format():
    assert DouyinFlow().identify(piece(FLOW.replace("动账", "动帐")))
    assert not DouyinSettlement().identify(piece(FLOW))
