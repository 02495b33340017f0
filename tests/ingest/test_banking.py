"""Bank lines: which channel they belong to, and in which currency."""

from __future__ import annotations

import pytest

from recon.contract import Contract
from recon.errors import UsageError
from recon.ingest import Settings

LINE = {"book": "bank", "kind": "bank_line", "channel": "", "account": "6222 0000", "native_id": "S1"}


@pytest.mark.parametrize(
    ("counterparty", "memo", "channel"),
    [
        ("支付宝（中国）网络技术有限公司", "结算款 20260203", "alipay"),
        ("财付通支付科技有限公司", "", "wechat"),
        ("银联商务股份有限公司", "", "unionpay"),
        ("待清算户", "ＰａｙＰａｌ Transfer 1ABC", "paypal"),
        ("财付通支付科技有限公司", "支付宝", "wechat"),
        ("云杉物业", "二月房租", ""),
        ("", "", ""),
    ],
)
def test_the_counterparty_names_the_channel_and_else_the_memo(desk, page, counterparty, memo, channel) -> None:
    desk.load(page({**LINE, "counterparty": counterparty, "memo": memo}))
    assert desk.rows("SELECT channel FROM canon.txn") == [(channel,)]


def test_money_sent_back_to_a_channel_is_its_line_too(desk, page) -> None:
    desk.load(page({**LINE, "amount_minor": -100, "counterparty": "支付宝（中国）网络技术有限公司"}))
    assert desk.rows("SELECT channel FROM canon.txn") == [("alipay",)]


def test_rows_of_other_books_keep_their_channel(desk, page) -> None:
    desk.load(page({"native_id": "A", "channel": "wechat", "counterparty": "支付宝"}))
    assert desk.rows("SELECT channel FROM canon.txn") == [("wechat",)]


def test_a_statement_without_currency_takes_that_of_its_account(desk, page) -> None:
    desk.load(page({**LINE, "currency": ""}), settings=Settings(accounts={"62220000": "USD"}))
    assert desk.rows("SELECT currency FROM canon.txn") == [("USD",)]


def test_a_printed_currency_is_believed(desk, page) -> None:
    desk.load(page({**LINE, "currency": "EUR"}), settings=Settings(accounts={"62220000": "USD"}))
    assert desk.rows("SELECT currency FROM canon.txn") == [("EUR",)]


def test_a_pattern_that_is_no_regular_expression_is_a_usage_error(desk, page) -> None:
    broken = Settings(contracts=(Contract(channel="alipay", payout_patterns=("(",)),))
    with pytest.raises(UsageError, match="a payout pattern is no regular expression"):
        desk.load(page(LINE), settings=broken)
