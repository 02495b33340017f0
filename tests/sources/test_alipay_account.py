"""What the golden files of 支付宝账务明细 do not say by themselves."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recon.sources import Reading, Settings
from recon.sources.alipay_account import AlipayAccount
from recon.sources.alipay_movement import KINDS
from recon.sources.piece import Piece

HERE = Path(__file__).parent / "alipay_account"
MONTH = (HERE / "202602_part_1.csv").read_bytes()
OLD = (
    "账务流水号",
    "业务流水号",
    "商户订单号",
    "商品名称",
    "发生时间",
    "对方账号",
    "收入金额（+元）",
    "支出金额（-元）",
    "账户余额（元）",
    "交易渠道",
    "业务类型",
    "备注",
)
LATER = (*OLD, "业务描述", "业务账单来源", "业务基础订单号", "业务订单号")
NEWEST = (*OLD[:2], *OLD[3:5], *OLD[6:], OLD[2], OLD[5], *LATER[12:])
TRADE = "2026020322001458860500000001"


def read(data: bytes) -> Reading:
    return AlipayAccount().read(Piece("bill.csv", data), Settings())


def changed(old: str, new: str, data: bytes = MONTH) -> bytes:
    text = data.decode("gb18030")
    assert old in text
    return text.replace(old, new).encode("gb18030")


def refusing(reading: Reading) -> list[str]:
    return [control.name for control in reading.controls if control.binding and not control.ok]


def bill(rows: list[dict[str, str]], columns: tuple[str, ...] = OLD) -> bytes:
    """A bill without heading and trailer: ``rows`` by column name, what a row does not say is blank."""
    lines = [",".join(columns), *(",".join(f"{row.get(name, '')}\t" for name in columns) for row in rows)]
    return "\r\n".join(lines).encode("gb18030")


def one(**said: str) -> dict[str, object]:
    """Canonical row of one movement; 收入 and 支出 by ``into`` and ``out``."""
    row = {"账务流水号": "5001", "业务流水号": TRADE, "发生时间": "2026-02-03 09:00:05", **said}
    row |= {"收入金额（+元）": row.pop("into", ""), "支出金额（-元）": row.pop("out", "")}
    txns = read(bill([row], LATER)).txns
    assert txns is not None
    return txns.row(0, named=True)


def test_a_bill_that_agrees_with_its_totals_refuses_nothing_even_with_a_gap_in_the_balance() -> None:
    reading = read(MONTH)
    assert refusing(reading) == []
    assert [control.name for control in reading.controls if not control.ok] == [
        "balance chain of 20880312345678900156 CNY, 1 break, the first at line 22"
    ]


@pytest.mark.parametrize(
    ("old", "new", "broken"),
    [
        ("收入合计：8笔", "收入合计：9笔", ["收入合计 笔数"]),
        ("共-6369.00元", "共-6369.01元", ["支出合计 金额"]),
        ("99.00,0.00,1099.00", "98.00,0.00,1099.00", ["收入合计 金额"]),
        ("账务明细列表结束", "", ["列表结束"]),
    ],
)
def test_a_figure_that_the_rows_do_not_give_refuses_the_file(old: str, new: str, broken: list[str]) -> None:
    assert refusing(read(changed(old, new))) == broken


def test_a_row_that_somebody_took_out_refuses_the_file() -> None:
    row = next(line for line in MONTH.decode("gb18030").split("\r\n") if "退费" in line)
    assert refusing(read(changed(row + "\r\n", ""))) == ["收入合计 笔数", "收入合计 金额"]


@pytest.mark.parametrize(
    ("word", "into", "out", "remark", "kind"),
    [
        ("在线支付", "9.00", "", "", "payment"),
        ("交易付款", "9.00", "0", "", "payment"),
        ("在线支付", "0.00", "9.00", "", "transfer"),
        ("交易退款", "", "-9.00", "", "refund"),
        ("退款（交易退款）", "", "9.00", "", "refund"),
        ("退款", "9.00", "", "", "transfer"),
        ("收费", "", "-0.05", f"服务费[{TRADE}]", "fee"),
        ("其它", "0.05", "", f"服务费退回({TRADE})", "fee"),
        ("提现", "", "9.00", "", "payout"),
        ("转账", "9.00", "", "", "transfer"),
        ("其它", "", "9.00", "天猫保证金-支付", "adjustment"),
        ("刚刚发明的词", "9.00", "", "", "adjustment"),
        ("", "", "9.00", "保险承保-卖家版运费险保费收取", "adjustment"),
    ],
)
def test_a_word_and_a_direction_make_a_kind(word: str, into: str, out: str, remark: str, kind: str) -> None:
    row = one(into=into, out=out, 业务类型=word, 备注=remark)
    assert row["kind"] == kind
    assert (row["amount_minor"] > 0) is (into not in {"", "0", "0.00"})


@pytest.mark.parametrize(
    ("remark", "related"),
    [
        (f"服务费[{TRADE}]", TRADE),
        (f"花呗支付服务费[{TRADE}];淘宝交易号[T200P1234567890123456789]", TRADE),
        (f"服务费退回({TRADE})", TRADE),
        (f"信用卡支付服务费【{TRADE}】", ""),  # no form that was ever seen: the fee stays without a trade
        ("", "2026020322001458860500000099"),
        ("天猫佣金（类目）{1234567890123456789}扣款", ""),
    ],
)
def test_a_fee_belongs_to_the_trade_that_its_remark_names(remark: str, related: str) -> None:
    row = one(out="0.59", 业务类型="收费", 业务流水号="2026020322001458860500000099", 备注=remark)
    assert (row["kind"], row["related_no"], row["channel_txn_no"]) == ("fee", related, "5001")


def test_payment_and_refund_carry_the_trade_number_and_only_the_refund_points_back() -> None:
    payment = one(into="9.00", 业务类型="交易付款")
    refund = one(out="9.00", 业务类型="交易退款")
    assert (payment["channel_txn_no"], payment["related_no"]) == (TRADE, "")
    assert (refund["channel_txn_no"], refund["related_no"]) == (TRADE, TRADE)


@pytest.mark.parametrize(
    ("cells", "order_no"),
    [
        ({"商户订单号": "YS1"}, "YS1"),
        ({"商户订单号": "T200P1234567890123456789"}, "1234567890123456789"),
        ({"备注": "花呗支付服务费[1];淘宝交易号[T200P1234567890123456789]"}, "1234567890123456789"),
        ({"业务基础订单号": "1234567890123456788"}, "1234567890123456788"),
    ],
)
def test_the_shops_order_number_is_found_where_the_row_has_it(cells: dict[str, str], order_no: str) -> None:
    assert one(into="9.00", 业务类型="在线支付", **cells)["merchant_no"] == order_no


def test_a_payout_belongs_to_no_batch_and_a_sale_to_that_of_its_day() -> None:
    assert one(out="9.00", 业务类型="提现")["batch_no"] == ""
    assert one(into="9.00", 业务类型="在线支付")["batch_no"] == "alipay::20260203"


def test_a_bill_of_another_family_is_not_claimed_though_it_repeats_the_columns() -> None:
    other = changed("#支付宝账务明细查询", "#支付宝每日结算明细查询")
    assert not AlipayAccount().identify(Piece("bill.csv", other))
    assert AlipayAccount().identify(Piece("bill.csv", changed("#支付宝账务明细查询\r\n", "")))


movement = st.tuples(st.sampled_from([*KINDS, "其它", ""]), st.integers(1, 10**9), st.booleans())
printed_nothing = st.sampled_from(["", "0", "0.00", " "])


@settings(max_examples=60, deadline=None)
@given(
    movements=st.lists(movement, min_size=2, max_size=12),
    columns=st.sampled_from([OLD, LATER, NEWEST]).flatmap(st.permutations),
    nothing=printed_nothing,
    minus=st.booleans(),
    newest_first=st.booleans(),
)
def test_every_order_of_columns_and_every_way_to_print_a_side_tell_the_same_money(
    movements: list[tuple[str, int, bool]], columns: list[str], nothing: str, minus: bool, newest_first: bool
) -> None:
    rows, balance = [], 10**11
    for number, (word, amount, comes_in) in enumerate(movements):
        balance += amount if comes_in else -amount
        figure = f"{amount // 100}.{amount % 100:02d}"
        rows.append(
            {
                "账务流水号": str(9000 + number),
                "业务流水号": TRADE,
                "发生时间": f"2026-02-03 09:00:{number:02d}",
                "收入金额（+元）": figure if comes_in else nothing,
                "支出金额（-元）": nothing if comes_in else ("-" if minus else "") + figure,
                "账户余额（元）": f"{balance // 100}.{balance % 100:02d}",
                "业务类型": word,
            }
        )
    reading = read(bill(rows[::-1] if newest_first else rows, tuple(columns)))
    assert reading.txns is not None
    amounts = reading.txns.sort(pl.col("native_id"))["amount_minor"].to_list()
    assert amounts == [amount if comes_in else -amount for _, amount, comes_in in movements]
    assert reading.rejects.is_empty()
    assert all(control.ok for control in reading.controls)
