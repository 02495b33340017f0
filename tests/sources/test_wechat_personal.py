"""What the golden files of 微信支付账单明细 do not say by themselves, and public examples where they lie."""

from __future__ import annotations

import io
from pathlib import Path

import openpyxl
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recon.errors import SourceError
from recon.sources import Reading, Settings, identify
from recon.sources.piece import Piece
from recon.sources.wechat_personal import WechatPersonal

HERE = Path(__file__).parent / "wechat_personal"
SAMPLES = HERE.parents[3] / "shared" / "samples"
TEXT = (HERE / "2019.csv").read_text(encoding="utf-8-sig")


def read(data: str | bytes, name: str = "bill.csv") -> Reading:
    return WechatPersonal().read(Piece(name, data.encode() if isinstance(data, str) else data), Settings())


def told(reading: Reading) -> pl.DataFrame:
    return reading.txns.drop("line_no")


def bill(*rows: str) -> str:
    return (
        "交易时间,交易类型,交易对方,商品,收/支,金额(元),支付方式,当前状态,交易单号,商户单号,备注\n"
        + "\n".join(rows)
        + "\n"
    )


def row(
    kind: str, way: str, *, amount: str = "¥10.00", state: str = "支付成功", who: str = "云*", remark: str = "/"
) -> str:
    return f"2026-02-03 10:00:00,{kind},{who},/,{way},{amount},零钱,{state},100001\t,YS1\t,{remark}"


def test_the_bill_says_the_same_in_every_form_it_had() -> None:
    text = read(TEXT)
    for name in ("2025.xlsx", "2026.xlsx"):
        book = read((HERE / name).read_bytes(), name)
        assert told(book).equals(told(text))
        assert [control.ok for control in book.controls] == [True] * 7
        assert (book.period_start, book.period_end) == (text.period_start, text.period_end)
    assert str(text.period_end) == "2026-02-28"


@pytest.mark.parametrize(
    ("kind", "way", "expected"),
    [
        ("二维码收款", "收入", "payment"),
        ("转账", "收入", "payment"),
        ("其他", "收入", "payment"),
        ("微信红包", "收入", "transfer"),
        ("微信红包-退款", "收入", "transfer"),
        ("云集五金-退款", "收入", "transfer"),
        ("商户消费", "收入", "transfer"),
        ("商户消费", "支出", "transfer"),
        ("转账", "支出", "transfer"),
        ("二维码收款-退款", "支出", "refund"),
        ("零钱提现", "/", "payout"),
        ("零钱提现", "中性交易", "payout"),
        ("零钱通转出-到招商银行(1234)", "/", "payout"),
        ("零钱充值", "/", "transfer"),
    ],
)
def test_what_a_movement_is_to_the_owner_of_a_shop(kind: str, way: str, expected: str) -> None:
    (found,) = read(bill(row(kind, way))).txns.iter_rows(named=True)
    comes = way == "收入" or kind == "零钱充值"
    assert (found["kind"], found["amount_minor"]) == (expected, 1000 if comes else -1000)


@pytest.mark.parametrize("kind", ["零钱通转出-到零钱", "转入零钱通-来自零钱", "信用卡还款", "购买理财通"])
def test_what_moves_between_his_own_pockets_is_excluded(kind: str) -> None:
    reading = read(bill(row(kind, "/")))
    assert (reading.txns.height, reading.excluded.height) == (0, 1)


@pytest.mark.parametrize(
    ("state", "back"),
    [
        ("已收钱", None),
        ("已退款(￥1.00)", -100),
        ("已退款(¥1.00)", -100),
        ("已退款¥1.00", -100),
        ("已退款（￥1.00）", -100),
        ("已全额退款", -1000),
        ("已退还", -1000),
        ("已退款(￥99.00)", None),
    ],
)
def test_what_was_paid_back_stands_in_the_state_of_the_payment(state: str, back: int | None) -> None:
    txns = read(bill(row("二维码收款", "收入", state=state))).txns
    assert txns["amount_minor"].to_list() == [1000, *([back] if back else [])]
    if back:
        refund = txns.row(1, named=True)
        assert (refund["kind"], refund["related_no"], refund["occurred_s"]) == ("refund", "100001", None)


def test_a_refund_with_a_line_of_its_own_is_told_once() -> None:
    paid = row("二维码收款", "收入", state="已全额退款")
    back = row("二维码收款-退款", "支出", state="已全额退款")
    assert read(bill(paid, back)).txns["amount_minor"].to_list() == [1000, -1000]
    assert read(bill(paid, paid, back)).txns["amount_minor"].to_list() == [1000, 1000, -1000, -1000]
    other = row("二维码收款-退款", "支出", state="已全额退款", who="林*")
    assert read(bill(paid, other)).txns["amount_minor"].to_list() == [1000, -1000, -1000]


def test_the_fee_of_a_withdrawal_does_not_reach_the_bank() -> None:
    (found,) = read(bill(row("零钱提现", "/", amount="¥100.10", remark="服务费¥0.10"))).txns.iter_rows(named=True)
    assert (found["amount_minor"], found["fee_minor"], found["net_minor"]) == (-10000, -10, -10010)


def test_midnight_is_a_time_in_a_workbook_only() -> None:
    book = openpyxl.load_workbook(HERE / "2025.xlsx")
    assert book.active is not None
    book.active["A18"] = "2026-02-03"
    data = io.BytesIO()
    book.save(data)
    assert read(data.getvalue(), "bill.xlsx").txns.item(0, "occurred_s") == 1770048000
    reading = read(TEXT.replace("2026-02-03 19:29:00", "2026-02-03"))
    assert reading.rejects.select("line_no", "column", "value").rows() == [(18, "交易时间", "2026-02-03")]


def test_a_second_sheet_with_the_table_is_no_bill_as_it_came() -> None:
    book = openpyxl.load_workbook(HERE / "2025.xlsx")
    book.copy_worksheet(book.worksheets[0])
    data = io.BytesIO()
    book.save(data)
    odd = [control for control in read(data.getvalue(), "bill.xlsx").controls if not control.ok]
    assert [(control.name, control.computed) for control in odd] == [("工作表", "2")]


@pytest.mark.parametrize(
    ("old", "new", "names"),
    [
        ("共19笔记录", "共20笔记录", ["笔记录"]),
        ("收入：10笔 775.89元", "收入：10笔 775.88元", ["收入 金额"]),
        ("支出：3笔", "支出：4笔", ["支出 笔数"]),
        ("收入：10笔 775.89元", "收入：10笔 7.7.5元", ["收入 金额"]),
    ],
)
def test_notes_that_the_rows_do_not_bear_out_are_broken_controls(old: str, new: str, names: list[str]) -> None:
    assert old in TEXT
    assert [control.name for control in read(TEXT.replace(old, new)).controls if not control.ok] == names


@settings(deadline=None, max_examples=80)
@given(st.data())
def test_a_damaged_bill_is_refused_or_read_with_every_line(data: st.DataObject) -> None:
    raw = bytearray(TEXT.encode())
    for _ in range(data.draw(st.integers(1, 6))):
        at = data.draw(st.integers(0, len(raw) - 1))
        end = at + data.draw(st.integers(0, 40))
        raw[at:end] = data.draw(st.one_of(st.binary(max_size=6), st.sampled_from([b",", b'"', b"\n", b"\t", b""])))
    try:
        reading = read(bytes(raw))
    except SourceError:
        return
    lines = [set(frame["line_no"]) for frame in (reading.txns, reading.excluded, reading.rejects)]
    assert set().union(*lines) == set(reading.raw["line_no"])
    assert sum(map(len, lines)) == reading.raw.height


@pytest.mark.samples
@pytest.mark.parametrize("end", ["csv", "xlsx"])
def test_a_public_example_is_read_and_its_author_has_edited_it(end: str) -> None:
    path = SAMPLES / f"wechat_personal__deb-sig_double-entry-generator__example-wechat-records.{end}"
    piece = Piece(path.name, path.read_bytes())
    assert identify(piece).name == "wechat_personal"
    reading = WechatPersonal().read(piece, Settings())
    assert (reading.raw.height, reading.txns.height, reading.excluded.height, reading.rejects.height) == (27, 21, 6, 0)
    assert reading.txns["net_minor"].sum() == 2849 - 290453 + 130000 - 661630
    assert all(not control.ok for control in reading.controls)


def test_a_period_whose_end_is_no_day_is_not_told() -> None:
    reading = read(TEXT.replace("终止时间：[2026-02-28", "终止时间：[2026-02-30", 1))
    assert (reading.period_start, reading.period_end) == (None, None)
