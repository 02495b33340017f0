"""What the golden files of 支付宝业务明细 do not say by themselves."""

from __future__ import annotations

import datetime as dt
import io
import re
from pathlib import Path

import openpyxl
import polars as pl
import pytest

from recon.sources import Reading, Settings, discover
from recon.sources.alipay_page import TAOBAO, preamble
from recon.sources.alipay_trade import AlipayTrade
from recon.sources.alipay_trade_summary import AlipayTradeSummary
from recon.sources.piece import Piece

HERE = Path(__file__).parent
DAY = (HERE / "alipay_trade" / "day.csv").read_bytes()
SUMMARY = (HERE / "alipay_trade_summary" / "day.csv").read_bytes()


def read(data: bytes) -> Reading:
    return AlipayTrade().read(Piece("day.csv", data), Settings())


def changed(old: str, new: str, data: bytes = DAY) -> bytes:
    text = data.decode("gb18030")
    assert old in text
    return text.replace(old, new).encode("gb18030")


def broken(reading: Reading) -> list[str]:
    return [control.name for control in reading.controls if not control.ok]


def test_a_bill_that_agrees_with_its_totals_has_no_broken_control():
    assert broken(read(DAY)) == []


def test_a_total_that_the_rows_do_not_add_up_to_is_a_broken_control():
    assert broken(read(changed("商家实收共6146.01元", "商家实收共6146.02元"))) == ["交易合计 商家实收"]
    assert broken(read(changed("退款合计：3笔", "退款合计：4笔"))) == ["退款合计 笔数"]


def test_a_row_that_somebody_took_out_is_a_broken_control():
    row = next(line for line in DAY.decode("gb18030").split("\r\n") if "衣架" in line)
    assert broken(read(changed(row + "\r\n", ""))) == ["退款合计 笔数", "退款合计 商家实收退款"]


def test_a_download_cut_anywhere_below_the_header_is_a_broken_control():
    text = DAY.decode("gb18030")
    first, last = text.index("备注\r\n") + 4, text.rindex("#-----")
    for end in range(first, last, 67):
        reading = read(text[:end].encode("gb18030"))
        assert "列表结束" in broken(reading)
        assert reading.raw.height == len({*reading.txns["line_no"], *reading.rejects["line_no"]})


def test_refunds_are_negative_and_payments_positive():
    rows = read(DAY).txns
    assert rows.filter(pl.col("kind") == "refund")["amount_minor"].to_list() == [-76800, -100000, -2500]
    assert (rows.filter(pl.col("kind") == "payment")["amount_minor"] > 0).all()


def test_a_refund_with_a_positive_amount_is_a_reject_and_not_income():
    reading = read(changed("-768.00,-768.00", "768.00,768.00"))
    assert reading.rejects.select("line_no", "column", "value").rows() == [(9, "订单金额(元)", "768.00")]
    assert 9 not in reading.txns["line_no"]


def test_two_refunds_of_one_payment_are_two_movements():
    refunds = read(DAY).txns.filter(pl.col("merchant_no") == "YS20260203000002", pl.col("kind") == "refund")
    assert refunds["native_id"].n_unique() == 2
    assert refunds["related_no"].unique().to_list() == ["2026020322001458860500000002"]


def test_net_is_what_is_received_after_the_merchants_own_discount_and_the_fee():
    row = read(DAY).txns.row(2, named=True)
    assert (row["amount_minor"], row["fee_minor"], row["net_minor"]) == (129900, -773, 127900 - 773)


def test_characters_outside_gbk_survive():
    row = read(DAY).txns.row(6, named=True)
    assert row["memo"] == "茶几,㐂屋龘系列"
    assert row["counterparty"].startswith("𠮷")


def test_bare_commas_in_the_goods_are_put_back_and_stay_in_raw():
    raw = read(DAY).raw.row(1, named=True)
    assert raw["商品名称"] == "沙发,三人位,灰"
    assert raw["备注"] == "送货上门,周末"


def test_a_row_with_a_comma_where_nobody_types_is_a_reject():
    reading = read(changed("\t,-0.59,0.00,", "\t,-0,59,0.00,"))
    assert reading.txns["line_no"].to_list() == [7, 8, 9, 10, 11, 12]
    assert reading.rejects["line_no"].unique().to_list() == [6]


def test_the_end_date_is_exclusive_when_it_is_midnight():
    lines = [
        "#账号：[20880312345678900156]",
        "#起始日期：[2026年02月01日 00:00:00]   终止日期：[2026年03月01日 00:00:00]",
    ]
    assert preamble(lines) == ("20880312345678900156", dt.date(2026, 2, 1), dt.date(2026, 2, 28))
    lines[1] = "起始日期:[2026-02-01 00:00:00]    终止日期:[2026-02-28 23:59:59]"
    assert preamble(lines)[1:] == (dt.date(2026, 2, 1), dt.date(2026, 2, 28))
    assert preamble([]) == ("", None, None)


def test_the_reading_names_account_and_days():
    reading = read(DAY)
    assert reading.account == "20880312345678900156"
    assert (reading.period_start, reading.period_end) == (dt.date(2026, 2, 3), dt.date(2026, 2, 3))


def test_a_summary_whose_total_is_off_is_a_broken_control():
    data = changed("合计,,4,3,4373.01", "合计,,4,3,4373.02", SUMMARY)
    reading = AlipayTradeSummary().read(Piece("day.csv", data), Settings())
    assert broken(reading) == ["合计 订单金额(元)"]
    assert reading.txns is None


def test_a_taobao_payment_carries_the_shops_order_number() -> None:
    printed = pl.DataFrame({"n": ["T200P1234567890123456789", "T200PX", "YS26020100000014"]})
    numbers = printed.select(pl.col("n").str.replace(TAOBAO, "$1"))["n"].to_list()
    assert numbers == ["1234567890123456789", "T200PX", "YS26020100000014"]


def _cells(data: bytes) -> list[list[str]]:
    """Lines of a bill as cells; goods with bare commas lose them, so that any other form can hold them."""
    text = data.decode("gb18030").replace('24" ', "24寸 ")
    for goods in ("沙发,三人位,灰", "送货上门,周末", "茶几,㐂屋龘系列"):
        text = text.replace(goods, goods.replace(",", " "))
    return [line.split(",") for line in text.split("\r\n") if line]


def _joined(separator: str, encoding: str, *, quote: str = "", wide: int = 0, strip: str = "") -> bytes:
    rows = [[cell.strip(strip) for cell in [*row, *[""] * (wide - len(row))]] for row in _cells(DAY)]
    return "\r\n".join(separator.join(f"{quote}{cell}{quote}" for cell in row) for row in rows).encode(encoding)


def _renamed(*pairs: tuple[str, str]) -> bytes:
    text = _joined(",", "utf-8").decode()
    for old, new in pairs:
        assert old in text
        text = text.replace(old, new)
    return text.encode()


def _workbook() -> bytes:
    book, data = openpyxl.Workbook(), io.BytesIO()
    for row in _cells(DAY):
        figures = [float(cell) if re.fullmatch(r"-?\d+\.\d\d", cell.strip()) else cell for cell in row]
        book.worksheets[0].append(figures)
    book.save(data)
    return data.getvalue()


DRIFTS = {
    "as it comes": _joined(",", "gb18030"),
    "UTF-8 with a mark": _joined(",", "utf-8-sig"),
    "Excel's Unicode text": _joined("\t", "utf-16", strip="\t"),
    "every cell in quotes": _joined(",", "utf-8-sig", quote='"'),
    "filled up with commas": _joined(",", "gb18030", wide=25),
    "half-width brackets": _renamed(("（", "("), ("）", ")")),
    "首列 交易号": _renamed(("支付宝交易号", "交易号")),
    "older name of the refund number": _renamed(("退款批次号/请求号", "退款批次号")),
    "columns in another order": "\r\n".join(
        ",".join(row[::-1] if len(row) > 9 else row) for row in _cells(DAY)
    ).encode(),
    "a workbook": _workbook(),
    "no heading and no end": "\r\n".join(",".join(row) for row in _cells(DAY) if not row[0].startswith("#")).encode(),
}


@pytest.mark.parametrize("form", DRIFTS)
def test_the_same_rows_come_out_of_every_form_in_which_the_bill_is_seen(form: str) -> None:
    piece = Piece("bill", DRIFTS[form])
    assert [source.name for source in discover() if source.identify(piece)] == ["alipay_trade"]
    usual = AlipayTrade().read(Piece("bill", DRIFTS["as it comes"]), Settings()).txns
    txns = AlipayTrade().read(piece, Settings()).txns
    assert usual is not None
    assert txns is not None
    # without a heading the file does not say whose account it is
    left_out = ["line_no", *(["account", "batch_no"] if form == "no heading and no end" else [])]
    assert txns.drop(left_out).equals(usual.drop(left_out))
