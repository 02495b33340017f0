"""What the golden files of ``ccb`` and of the running balance do not show."""

from __future__ import annotations

import polars as pl
import pytest

from recon.sources import Settings, balance
from recon.sources.ccb import CcbCorporate
from recon.sources.piece import Piece

HEADER = (
    "账号,账户名称,交易时间,借方发生额（支取）,贷方发生额（收入）,余额,币种,对方户名,对方账号,对方开户机构,记账日期,"
    "摘要,备注,账户明细编号-交易流水号,企业流水号,凭证种类,凭证号"
)


def line(out: str, into: str, left: str, *, account: str = "1105", currency: str = "人民币元") -> str:
    return f"{account},云杉家居,20260203 09:15:02,{out},{into},{left},{currency},,,,20260203,转账,,1-26020300001,,,"


def read(*lines: str) -> list[tuple[int, str]]:
    piece = Piece("ccb.csv", "\n".join([HEADER, *lines]).encode("gb18030"))
    txns = CcbCorporate().read(piece, Settings()).txns
    assert txns is not None
    return txns.select("amount_minor", "currency").rows()


@pytest.mark.parametrize(
    ("out", "into", "minor"),
    [("12.30", "0.00", -1230), ("12.30", "", -1230), ("", '"1,200.00"', 120000), ("-5.00", "0.00", 500), ("0", "0", 0)],
)
def test_the_credit_side_is_money_in_and_the_debit_side_money_out(out: str, into: str, minor: int) -> None:
    assert read(line(out, into, "")) == [(minor, "CNY")]


@pytest.mark.parametrize(("printed", "code"), [("美元", "USD"), ("日元", "JPY"), ("EUR", "EUR")])
def test_the_currency_is_translated_and_decides_the_decimals(printed: str, code: str) -> None:
    assert read(line("", "15", "", currency=printed)) == [(15 if code == "JPY" else 1500, code)]


def statement(*cells: tuple[int, int | None], account: str = "A") -> pl.DataFrame:
    return pl.DataFrame(
        [(number, account, "CNY", amount, left) for number, (amount, left) in enumerate(cells, 1)],
        schema=["line_no", "account", "currency", "amount_minor", "balance_minor"],
        orient="row",
    )


def test_a_chain_holds_in_either_direction() -> None:
    forward = statement((10, 110), (-5, 105), (1, 106))
    for frame in (forward, forward.reverse()):
        assert [(control.printed, control.computed) for control in balance.chain(frame)] == [("1.06", "1.06")]


def test_a_break_is_named_by_its_line_and_what_was_expected() -> None:
    (control,) = balance.chain(statement((10, 110), (-5, 106), (1, 107)))
    assert control.name == "balance chain of A CNY, 1 break, the first at line 2"
    assert (control.printed, control.computed, control.ok) == ("1.06", "1.05", False)


def test_lines_without_a_balance_are_carried_to_the_next_one() -> None:
    assert all(control.ok for control in balance.chain(statement((10, 110), (-5, None), (1, 106))))


def test_accounts_are_checked_each_for_itself() -> None:
    one, other = statement((10, 110), (5, 115)), statement((7, 7), (3, 11), account="B")
    mixed = pl.concat([one.head(1), other.head(1), one.tail(1), other.tail(1)])
    assert [control.ok for control in balance.chain(mixed)] == [True, False]


def test_a_single_balance_proves_nothing_and_is_no_control() -> None:
    assert balance.chain(statement((10, 110))) == ()


def test_lines_below_the_total_of_a_page_are_read() -> None:
    pages = [line("", "1", ""), "本页合计,,,0.00,1.00,,,,,,,,,,,,", "", HEADER, line("", "2", ""), "以上数据仅供参考"]
    reading = CcbCorporate().read(Piece("ccb.csv", "\n".join([HEADER, *pages]).encode("gb18030")), Settings())
    assert reading.txns is not None
    assert reading.txns.select("line_no", "amount_minor").rows() == [(2, 100), (6, 200)]
    assert (reading.excluded["line_no"].to_list(), reading.rejects.height) == ([3, 5, 7], 0)


def test_a_table_without_the_columns_that_only_describe_is_read() -> None:
    names = {"对方户名", "摘要", "备注"}
    kept = [place for place, name in enumerate(HEADER.split(",")) if name not in names]
    rows = [",".join(text.split(",")[place] for place in kept) for text in (HEADER, line("", "2", ""))]
    reading = CcbCorporate().read(Piece("ccb.csv", "\n".join(rows).encode()), Settings())
    assert reading.txns is not None
    assert reading.txns.select("amount_minor", "counterparty", "memo").rows() == [(200, "", "")]
