"""What the golden files of 支付宝账务组合查询 do not say by themselves."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from recon.sources import Reading, Settings, by_name
from recon.sources.alipay_account_web import AlipayAccountWeb
from recon.sources.piece import Piece

HERE = Path(__file__).parent
FOLDER = HERE / "alipay_account_web"
EXPORT = "2088031234567890-20260301-086513029-账务组合查询.xls"
HEADER = (
    "入账时间,支付宝交易号,支付宝流水号,商户订单号,账务类型,收入（+元）,支出（-元）,账户余额（元）,服务费（元）,备注"
)


def read(name: str) -> Reading:
    return AlipayAccountWeb().read(Piece(name, (FOLDER / name).read_bytes()), Settings())


def money_of(reading: Reading) -> list[tuple[str, str, int]]:
    assert reading.txns is not None
    return reading.txns.sort("native_id").select("native_id", "kind", "amount_minor").rows()


def bill(*rows: str) -> Reading:
    return AlipayAccountWeb().read(Piece("result.csv", "\n".join((HEADER, *rows)).encode("gb18030")), Settings())


def test_the_same_rows_come_out_of_every_form_in_which_the_export_is_saved() -> None:
    whole = money_of(read(EXPORT))
    assert money_of(read("result.csv")) == whole
    for part in ("page.xls", "binary.xls"):
        assert set(money_of(read(part))) < set(whole)


def test_the_same_movements_have_the_same_numbers_in_the_account_bill() -> None:
    data = (HERE / "alipay_account" / "202602_part_1.csv").read_bytes()
    of_bill = by_name("alipay_account").read(Piece("bill.csv", data), Settings()).txns
    of_web = read(EXPORT).txns
    assert of_bill is not None
    assert of_web is not None
    key = ["account", "kind", "native_id", "channel_txn_no", "related_no", "merchant_no", "amount_minor", "occurred_s"]
    sales = pl.col("kind").is_in(["payment", "refund"])
    assert set(of_web.filter(sales).select(key).rows()) <= set(of_bill.filter(sales).select(key).rows())


def test_rows_of_the_second_sheet_are_numbered_on() -> None:
    raw = read(EXPORT).raw
    assert raw["line_no"].to_list() == [*range(4, 15)]
    assert raw.filter(pl.col("line_no") == 14)["开票情况"].item().startswith("#导出时间")


def test_a_pid_is_the_account_of_the_bills() -> None:
    assert {read(name).account for name in (EXPORT, "result.csv", "bad_cells.csv")} == {"20880312345678900156"}
    assert read("2016_resaved.xlsx").account == "yunshan@x.example"


def test_the_fee_on_a_sale_is_no_money_while_the_balance_holds_without_it() -> None:
    reading = bill(
        "2026-02-03 09:00:05,T1,5001,Y1,在线支付,99.00, ,99.00,0.59, ",
        "2026-02-03 09:00:05,T1,5002,Y1,收费, ,0.59,98.41, ,服务费[2026020322001458860500000001]",
    )
    assert reading.txns is not None
    assert reading.txns.select("fee_minor", "net_minor").rows() == [(None, 9900), (None, -59)]
    assert all(control.ok for control in reading.controls)


def test_the_fee_is_the_sales_when_only_then_the_balance_holds() -> None:
    reading = bill(
        "2026-02-03 09:00:05,T1,5001,Y1,在线支付,99.00, ,98.41,0.59, ",
        "2026-02-03 09:10:05,T2,5002,Y2,在线支付,10.00, ,108.35,0.06, ",
    )
    assert reading.txns is not None
    assert reading.txns.select("amount_minor", "fee_minor", "net_minor").rows() == [(9900, -59, 9841), (1000, -6, 994)]
    assert all(control.ok for control in reading.controls)


def test_a_balance_that_holds_neither_way_proves_nothing_and_is_noted() -> None:
    reading = bill(
        "2026-02-03 09:00:05,T1,5001,Y1,在线支付,99.00, ,98.41,0.59, ",
        "2026-02-03 09:10:05,T2,5002,Y2,在线支付,10.00, ,500.00,0.06, ",
    )
    assert reading.txns is not None
    assert reading.txns["fee_minor"].to_list() == [None, None]
    assert [(control.ok, control.binding) for control in reading.controls] == [(False, False)]


@pytest.mark.parametrize("again", [HEADER, "#导出时间：[2026-03-01 08:12:44]"])
def test_what_alipay_says_below_the_rows_is_no_movement(again: str) -> None:
    reading = bill("2026-02-03 09:00:05,T1,5001,Y1,在线支付,99.00, ,99.00,0.59, ", again)
    assert reading.rejects.is_empty()
    assert reading.txns is not None
    assert reading.txns.height == 1
