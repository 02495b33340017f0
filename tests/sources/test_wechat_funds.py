"""What the golden files of 微信支付资金账单 do not say by themselves, and a genuine capture where it lies."""

from __future__ import annotations

import random
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recon import ingest
from recon.errors import SourceError
from recon.ingest import Ingested, Refused
from recon.sources import Reading, Settings, identify
from recon.sources.piece import Piece
from recon.sources.wechat_funds import WechatFunds
from recon.store import open_store

HERE = Path(__file__).parent
SAMPLE = HERE.parents[2] / "shared" / "samples" / "wechat_merchant__gunsluo_wechatpay-go__v3_FUND_2021.csv"
V3 = (HERE / "wechat_funds" / "v3.csv").read_text(encoding="utf-8")
HEAD, *ROWS = V3.splitlines()[:-2]
SUMS = V3.splitlines()[-2:]


MINE = Settings(wechat_account="1900012345")


def read(text: str, name: str = "funds.csv", given: Settings = MINE) -> Reading:
    return WechatFunds().read(Piece(name, text.encode()), given)


def bill(rows: list[str]) -> str:
    return "\n".join([HEAD, *rows, *SUMS]) + "\n"


def broken(reading: Reading) -> list[str]:
    return [control.name for control in reading.controls if not control.ok]


def row(*, name: str, kind: str, way: str, amount: str = "1.00", remark: str = "") -> str:
    cells = (
        "2026-02-03 10:00:00",
        "4200002603202602030000000001",
        "F1",
        name,
        kind,
        way,
        amount,
        "1.00",
        "",
        remark,
        "V1",
    )
    return ",".join(f"`{cell}" for cell in cells)


def one(**cells: str) -> dict[str, object]:
    return read(bill([row(**cells)])).txns.row(0, named=True)


@pytest.mark.parametrize(
    ("name", "kind", "way", "expected"),
    [
        ("交易", "交易", "收入", "payment"),
        ("普通支付", "交易", "收入", "payment"),
        ("交易", "交易", "支出", "adjustment"),
        ("交易", "扣除交易手续费", "支出", "fee"),
        ("退款", "退还交易手续费", "收入", "fee"),
        ("退款", "退款", "支出", "refund"),
        ("退款", "退款", "收入", "adjustment"),
        ("退款", "退款关闭", "收入", "adjustment"),
        ("提现", "结算", "支出", "payout"),
        ("充值/提现", "提现", "支出", "payout"),
        ("充值/提现", "提现", "收入", "adjustment"),
        ("充值/提现", "充值", "收入", "transfer"),
        ("充值/提现", "对公打款", "支出", "payout"),
        ("分账", "分账", "支出", "transfer"),
        ("企业付款", "商家转账", "支出", "transfer"),
        ("现金红包", "红包退回", "收入", "transfer"),
        ("交易", "平台营销补贴", "收入", "adjustment"),
        ("保险", "理赔", "收入", "adjustment"),
    ],
)
def test_a_movement_becomes_what_its_type_says_and_none_is_dropped(
    name: str, kind: str, way: str, expected: str
) -> None:
    found = one(name=name, kind=kind, way=way)
    assert (found["kind"], found["amount_minor"]) == (expected, 100 if way == "收入" else -100)
    assert str(found["memo"]).endswith(kind)


@pytest.mark.parametrize(
    ("amount", "remark", "expected"),
    [
        ("98.47", "退款总金额99.00元;含手续费0.53元", (-9900, 53, -9847)),
        ("99.00", "退款总金额99.00元;含手续费0.53元", (-9900, None, -9900)),
        ("0.01", "退款总金额0.01元;含手续费0.00元", (-1, 0, -1)),
        ("50.00", "退款总金额99.00元;含手续费0.53元", (-5000, None, -5000)),
        ("5.00", "缺货", (-500, None, -500)),
    ],
)
def test_the_fee_of_a_refund_is_netted_or_a_row_of_its_own(
    amount: str, remark: str, expected: tuple[int, int | None, int]
) -> None:
    found = one(name="退款", kind="退款", way="支出", amount=amount, remark=remark)
    assert (found["amount_minor"], found["fee_minor"], found["net_minor"]) == expected


def test_what_moved_is_the_net_of_every_row() -> None:
    txns = read(V3).txns
    assert (txns["amount_minor"] + txns["fee_minor"].fill_null(0) == txns["net_minor"]).all()
    assert txns["net_minor"].sum() == 67694 - 46985


@settings(deadline=None, max_examples=30)
@given(st.randoms(use_true_random=False))
def test_the_balance_chain_holds_in_any_order_and_breaks_where_a_row_is_missing(shuffler: random.Random) -> None:
    rows = shuffler.sample(ROWS, len(ROWS))
    assert broken(read(bill(rows))) == []
    rows.remove(ROWS[shuffler.randrange(1, len(ROWS) - 1)])
    assert any(name.startswith("balance chain, 1 break") for name in broken(read(bill(rows))))


def test_a_broken_chain_refuses_the_bill_only_where_no_sums_prove_that_it_is_whole() -> None:
    rows = [*ROWS[:5], *ROWS[6:]]
    assert [control.binding for control in read(bill(rows)).controls] == [True] * 5 + [False]
    head, *signed = (
        (HERE / "wechat_funds" / "1900012345基本账户2026-02-03_2026-02-04.csv").read_text("gbk").splitlines()
    )
    (chain,) = read("\n".join([head, signed[0], *signed[2:]]) + "\n").controls
    assert (chain.ok, chain.binding) == (False, True)


def test_the_first_and_the_last_row_are_proved_by_the_sums_alone() -> None:
    for rows in (ROWS[1:], ROWS[:-1]):
        assert broken(read(bill(rows))) == ["资金流水总笔数", "收入笔数", "收入金额"]


def test_the_portals_shorter_export_says_the_same() -> None:
    lines = []
    for line in ROWS:
        time, business, flow, _, kind, way, amount, balance, payer, remark, voucher = line.removeprefix("`").split(",`")
        signed = amount if way == "收入" else f"-{amount}"
        lines.append(",`".join([f"`{time}", business, flow, kind, signed, balance, payer, voucher, remark]))
    head = (
        "记账时间,微信支付业务单号,资金流水单号,业务类型,收支金额(元),账户结余(元),资金变更提交申请人,业务凭证号,备注"
    )
    short, whole = read("\n".join([head, *lines]) + "\n"), read(V3)
    assert broken(short) == []
    unnamed = pl.col("kind") == "adjustment"  # 打款: only 业务名称 says that it is a transfer
    same = short.txns.with_columns(
        pl.when(unnamed & (pl.col("line_no") == 18)).then(pl.lit("transfer")).otherwise("kind").alias("kind")
    )
    assert same.drop("memo").equals(whole.txns.drop("memo"))


def of(*payers: str) -> str:
    cells = [line.split(",`") for line in ROWS]
    rows = [",`".join([*row[:8], payer, *row[9:]]) for row, payer in zip(cells, payers, strict=False)]
    return bill(rows)


PORTAL = "in/1900011111运营账户2026-02-03_2026-02-03.csv"


@pytest.mark.parametrize(
    ("payers", "name", "stated", "account"),
    [
        (("1900012345API", "system"), "funds.csv", "", "1900012345"),
        (("clerk01@1900012345", "1900012345"), "funds.csv", "", "1900012345"),
        (("1900012345API", "system"), "funds.csv", "1900022222", "1900022222"),  # a provider may refund for its shops
        (("1900012345API", "system"), PORTAL, "1900022222", "1900011111"),
        (("system", ""), PORTAL, "", "1900011111"),
    ],
)
def test_whose_account_it_is(payers: tuple[str, str], name: str, stated: str, account: str) -> None:
    found = read(of(*payers), name, Settings(wechat_account=stated))
    assert (found.account, set(found.txns["account"])) == (account, {account})


@pytest.mark.parametrize("payers", [("system", ""), ("1900012345API", "1900099999API")])
def test_a_bill_that_leaves_open_whose_account_it_is_is_refused(payers: tuple[str, str]) -> None:
    with pytest.raises(SourceError, match="whose account it is") as refused:
        read(of(*payers), given=Settings())
    assert "[sources]: wechat_account" in str(refused.value)


@pytest.mark.parametrize(
    "names", [("wechat_trade/all.csv", "wechat_funds/v3.csv"), ("wechat_funds/v3.csv", "wechat_trade/all.csv")]
)
def test_what_the_trade_bill_tells_is_confirmed_and_the_rest_stands_by_itself(names: tuple[str, str]) -> None:
    with open_store(None) as store:
        found = ingest.ingest([HERE / name for name in names], store, ingest.Settings(), run_id=1, at_s=0)
        assert [isinstance(outcome, Ingested) for outcome in found] == [True, True]
        kinds = (
            "SELECT kind, count(*), sum(amount_minor) FROM {} WHERE source = 'wechat_funds' GROUP BY kind ORDER BY kind"
        )
        assert store.rows(kinds.format("canon.txn_confirmed")) == [
            ("fee", 3, -36 - 54 + 5), ("payment", 3, 6000 + 9000 + 1), ("refund", 3, -4500 - 800 - 100),
        ]  # fmt: skip
        assert store.rows(kinds.format("canon.txn")) == [
            ("adjustment", 3, 100 + 2500 + 88), ("fee", 1, -10), ("payout", 1, -40000),
            ("transfer", 4, 50000 - 1200 - 300 - 12),
        ]  # fmt: skip
        assert store.value("SELECT count(*) FROM canon.txn_confirmed WHERE NOT agrees") == 0


def test_a_bill_without_rows_needs_no_account() -> None:
    empty = "\n".join([HEAD, SUMS[0], "`0,`0,`0.00,`0,`0.00"]) + "\n"
    found = read(empty, given=Settings())
    assert (found.account, found.txns.height, broken(found)) == ("", 0, [])


@settings(deadline=None, max_examples=80)
@given(st.data())
def test_a_damaged_bill_is_refused_or_read_with_every_line(data: st.DataObject) -> None:
    raw = bytearray(V3.encode())
    for _ in range(data.draw(st.integers(1, 6))):
        at = data.draw(st.integers(0, len(raw) - 1))
        end = at + data.draw(st.integers(0, 40))
        raw[at:end] = data.draw(st.one_of(st.binary(max_size=6), st.sampled_from([b"`", b",", b'"', b"\n", b""])))
    try:
        reading = WechatFunds().read(Piece("damaged.csv", bytes(raw)), MINE)
    except SourceError:
        return
    kept, rejected = set(reading.txns["line_no"]), set(reading.rejects["line_no"])
    assert kept | rejected == set(reading.raw["line_no"])
    assert not kept & rejected


@pytest.mark.samples
def test_a_genuine_bill_that_its_author_has_cut_is_refused_and_taken_when_somebody_says_so() -> None:
    piece = Piece(SAMPLE.name, SAMPLE.read_bytes())
    assert identify(piece).name == "wechat_funds"
    assert broken(WechatFunds().read(piece, Settings())) == ["资金流水总笔数", "收入笔数", "收入金额"]
    with open_store(None) as store:
        for accept, result in ((False, Refused), (True, Ingested)):
            (found,) = ingest.ingest([SAMPLE], store, ingest.Settings(accept_mismatch=accept), run_id=1, at_s=0)
            assert isinstance(found, result)
        assert store.rows(
            "SELECT kind, channel_txn_no, related_no, refund_no, amount_minor FROM canon.txn ORDER BY ALL"
        ) == [
            ("refund", "50300806962021020105978994968", "4200000920202101197964319284", "S20210201135356381941", -1),
            ("refund", "50300907032021020105978998710", "4200000846202101197461830397", "S20210201140044552846", -1),
        ]
