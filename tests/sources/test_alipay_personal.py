"""What the golden files of 支付宝个人账单 do not say by themselves: one printed line, what becomes of it."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from recon.sources import Reading, Settings
from recon.sources.alipay_personal import AlipayPersonal
from recon.sources.piece import Piece

HERE = Path(__file__).parent / "alipay_personal"
NO = "2026020322001458860500000001"
APP = ("交易时间", "交易分类", "交易对方", "对方账号", "商品说明", "收/支", "金额", "收/付款方式", "交易状态",
       "交易订单号", "商家订单号", "备注")  # fmt: skip
WEB = ("交易号", "商家订单号", "交易创建时间", "付款时间", "最近修改时间", "交易来源地", "类型", "交易对方", "商品名称",
       "金额（元）", "收/支", "交易状态", "服务费（元）", "成功退款（元）", "备注", "资金状态")  # fmt: skip
APP_LINE = {"交易时间": "2026-02-03 09:00:05", "金额": "9.00", "交易状态": "交易成功", "交易订单号": NO}
WEB_LINE = {
    "交易号": NO,
    "交易创建时间": "2019-09-30 13:11:25",
    "付款时间": "2019-09-30 13:11:29",
    "最近修改时间": "2019-10-02 08:00:00",
    "金额（元）": "9.00",
    "交易状态": "交易成功",
}


def bill(*lines: dict[str, str], columns: tuple[str, ...] = APP, spare: str = ",") -> Reading:
    usual = APP_LINE if columns is APP else WEB_LINE
    rows = [",".join(({**usual, **line}).get(name, "") for name in columns) + spare for line in lines]
    data = "\n".join((",".join(columns) + spare, *rows)).encode("gb18030")
    return AlipayPersonal().read(Piece("bill.csv", data), Settings())


def came_of(*lines: dict[str, str], columns: tuple[str, ...] = APP) -> list[tuple[str, str, int]]:
    """Kind, status and amount of what comes of the lines, ``excluded`` with the first words of the reason."""
    reading = bill(*lines, columns=columns)
    assert reading.txns is not None
    assert reading.rejects.is_empty()
    rows = [(n, row) for n, *row in reading.txns.select("line_no", "kind", "status", "amount_minor").rows()]
    rows += [(n, ["excluded", reason.split(":")[0].split(",")[0], 0]) for n, reason in reading.excluded.rows()]
    return [tuple(row) for _, row in sorted(rows, key=lambda row: row[0])]


@pytest.mark.parametrize(
    ("line", "outcome"),
    [
        ({"收/支": "收入"}, ("payment", "success", 900)),
        ({"收/支": "收入", "交易状态": "等待确认收货"}, ("payment", "pending", 900)),
        ({"收/支": "收入", "交易分类": "投资理财"}, ("transfer", "success", 900)),
        ({"收/支": "收入", "商品说明": "余额宝-2026.02.02-收益发放"}, ("transfer", "success", 900)),
        ({"收/支": "支出"}, ("transfer", "success", -900)),
        ({"收/支": "支出", "交易状态": "退款成功", "交易分类": "退款"}, ("refund", "success", -900)),
        ({"收/支": "支出", "交易状态": "退款处理中", "交易分类": "退款"}, ("refund", "pending", -900)),
        ({"收/支": "支出", "交易状态": "交易关闭", "交易分类": "退款"}, ("excluded", "closed", 0)),
        ({"收/支": "不计收支", "交易状态": "退款成功", "交易分类": "退款"}, ("transfer", "success", 900)),
        ({"收/支": "支出", "商品说明": f"服务费[{NO}]"}, ("fee", "success", -900)),
        ({"收/支": "支出", "商品说明": f"收钱码经营版信用卡收钱服务费[{NO}]"}, ("fee", "success", -900)),
        ({"收/支": "收入", "商品说明": f"服务费退回({NO})", "交易状态": "退费成功"}, ("fee", "success", 900)),
        ({"收/支": "不计收支", "商品说明": "提现-快速提现"}, ("payout", "success", -900)),
        ({"收/支": "其他", "商品说明": "提现-实时提现"}, ("payout", "success", -900)),
        ({"收/支": "不计收支", "商品说明": "提现-快速提现", "交易状态": "提现失败"}, ("excluded", "closed", 0)),
        ({"收/支": "不计收支", "商品说明": "充值-普通充值"}, ("transfer", "success", 900)),
        ({"收/支": "不计收支", "商品说明": "余额宝-单次转入"}, ("excluded", "不计收支", 0)),
        ({"收/支": "不计收支", "交易状态": "交易关闭"}, ("excluded", "closed", 0)),
        ({"收/支": "收入", "交易状态": "交易关闭"}, ("payment", "success", 900)),
        ({"收/支": "收入", "金额": "0.00"}, ("excluded", "the amount is 0", 0)),
    ],
)
def test_a_line_of_the_app_becomes(line: dict[str, str], outcome: tuple[str, str, int]) -> None:
    assert came_of(line) == [outcome]


@pytest.mark.parametrize(
    ("line", "outcome"),
    [
        ({"收/支": "收入", "资金状态": "已收入"}, [("payment", "success", 900)]),
        ({"收/支": "", "资金状态": "已收入"}, [("payment", "success", 900)]),
        ({"收/支": "", "资金状态": "已支出"}, [("transfer", "success", -900)]),
        ({"收/支": "", "资金状态": "已支出", "交易状态": "退款成功"}, [("refund", "success", -900)]),
        ({"收/支": "", "资金状态": "已收入", "交易状态": "退款成功"}, [("transfer", "success", 900)]),
        ({"收/支": "", "资金状态": "资金转移", "类型": "提现"}, [("payout", "success", -900)]),
        ({"收/支": "收入", "交易状态": "交易关闭", "付款时间": ""}, [("excluded", "closed", 0)]),
        ({"收/支": "收入", "交易状态": "交易关闭"}, [("payment", "success", 900)]),
        ({"收/支": "", "交易状态": "交易关闭", "成功退款（元）": "9.00"}, [("excluded", "closed and refunded", 0)]),
        (
            {"收/支": "收入", "成功退款（元）": "2.50"},
            [("payment", "success", 900), ("refund", "success", -250)],
        ),
        (
            {"收/支": "支出", "成功退款（元）": "2.50"},
            [("transfer", "success", -900), ("transfer", "success", 250)],
        ),
    ],
)
def test_a_line_of_the_web_becomes(line: dict[str, str], outcome: list[tuple[str, str, int]]) -> None:
    assert came_of(line, columns=WEB) == outcome


def test_a_closed_line_without_a_side_was_paid_if_the_file_has_its_refund() -> None:
    closed = {"收/支": "不计收支", "交易状态": "交易关闭"}
    given_back = {"收/支": "支出", "交易状态": "退款成功", "交易分类": "退款", "交易订单号": f"{NO}_RF1"}
    got_back = given_back | {"收/支": "不计收支"}
    assert came_of(closed, given_back) == [("payment", "success", 900), ("refund", "success", -900)]
    assert came_of(closed, got_back) == [("transfer", "success", -900), ("transfer", "success", 900)]


def test_a_refund_with_a_line_of_its_own_is_not_told_twice_by_its_payment() -> None:
    payment = {"收/支": "收入", "资金状态": "已收入", "成功退款（元）": "2.50"}
    refund = {"交易号": f"{NO}_RF1", "金额（元）": "2.50", "交易状态": "退款成功", "资金状态": "已支出"}
    assert came_of(payment, refund, columns=WEB) == [("payment", "success", 900), ("refund", "success", -250)]


def test_a_refund_points_to_its_payment_and_has_a_number_of_its_own() -> None:
    line = {"收/支": "支出", "交易状态": "退款成功", "交易分类": "退款", "交易订单号": f"{NO}_RF1"}
    txns = bill(line).txns
    assert txns is not None
    assert txns.select("native_id", "channel_txn_no", "related_no", "refund_no").row(0) == (f"{NO}_RF1", NO, NO, "RF1")


def test_a_fee_names_its_trade_and_no_order() -> None:
    line = {
        "收/支": "支出",
        "商品说明": f"服务费[{NO}]",
        "交易订单号": "2026020322001458860500000021",
        "商家订单号": NO,
    }
    txns = bill(line).txns
    assert txns is not None
    assert txns.select("related_no", "merchant_no").row(0) == (NO, "")


def test_a_refund_that_only_the_payment_tells_has_a_day_but_no_time() -> None:
    txns = bill({"收/支": "收入", "成功退款（元）": "2.50"}, columns=WEB).txns
    assert txns is not None
    refund = txns.filter(pl.col("kind") == "refund").row(0, named=True)
    assert (refund["occurred_s"], refund["business_date"].isoformat()) == (None, "2019-10-02")


@pytest.mark.parametrize("name", ["web.csv", "app_2021.csv", "app_2023.csv"])
def test_the_count_of_lines_refuses_and_the_apps_sums_do_not(name: str) -> None:
    data = (HERE / name).read_bytes().decode("gb18030")
    for old, binding in (("笔记录", True), ("收入：", False), ("已收入:", True)):
        if old not in data:
            continue
        at = data.index(old) + (0 if old == "笔记录" else len(old))
        more = data[:at] + "9" + data[at:]
        controls = AlipayPersonal().read(Piece(name, more.encode("gb18030")), Settings()).controls
        broken = [control for control in controls if not control.ok]
        assert [control.binding for control in broken] == [binding]


def test_the_holders_own_line_about_the_file_gives_account_and_days() -> None:
    for name in ("web.csv", "app_2021.csv", "app_2023.csv", "app_2026.csv", "resaved.csv", "resaved.xlsx"):
        reading = AlipayPersonal().read(Piece(name, (HERE / name).read_bytes()), Settings())
        assert reading.account == "yunshan@x.example"
        assert reading.period_start is not None
        assert reading.period_end is not None
        assert (reading.period_end - reading.period_start).days in {27, 29}


def test_the_same_lines_come_out_of_every_edition_with_and_without_the_last_comma() -> None:
    lines = [{"收/支": "收入"}, {"收/支": "支出", "交易订单号": f"{NO}2"}]
    plain, spare = (bill(*lines, spare=mark).txns for mark in ("", ","))
    assert plain is not None
    assert spare is not None
    assert plain.equals(spare)
