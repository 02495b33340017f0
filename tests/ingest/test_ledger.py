"""Vouchers become ledger rows: whose channel, which kind, how much, under which number."""

from __future__ import annotations

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recon.ingest import LedgerMap, Settings
from recon.ingest.ledger import mapped_channel, with_references

MAP = LedgerMap(accounts={"1012.01": "alipay", "1012.04": "paypal"})
SETTINGS = Settings(ledger=MAP)
ALIPAY, PAYPAL, BANK, SALES, FEES = "1012.01", "1012.04", "1002.01", "6001", "6603.01"


def entries(number: str, *lines: tuple[str, int], **cells) -> list[dict]:
    """Lines of one voucher: (account, signed amount), debit positive."""
    return [
        {
            "voucher": {
                "voucher_no": number,
                "entry_no": str(place),
                "account_code": account,
                "debit_minor": max(signed, 0),
                "credit_minor": max(-signed, 0),
                **cells,
            }
        }
        for place, (account, signed) in enumerate(lines, 1)
    ]


def ledger(desk, columns: str = "kind, amount_minor") -> list[tuple]:
    return desk.rows(f"SELECT {columns} FROM canon.txn WHERE book = 'ledger' ORDER BY txn_id")


@pytest.mark.parametrize(
    ("lines", "kind", "amount_minor"),
    [
        ([(ALIPAY, 100), (SALES, -100)], "payment", 100),
        ([(ALIPAY, -100), (SALES, 100)], "refund", -100),
        ([(FEES, 60), (ALIPAY, -60)], "fee", -60),
        ([(BANK, 99), (ALIPAY, -99)], "payout", -99),
        ([(BANK, 99), (FEES, 1), (ALIPAY, -100)], "payout", -100),
        ([(ALIPAY, 94), (FEES, 6), (SALES, -100)], "payment", 94),
    ],
)
def test_the_counter_accounts_of_a_voucher_say_what_its_channel_line_is(desk, page, lines, kind, amount_minor) -> None:
    desk.load(page(*entries("记-1", *lines)), settings=SETTINGS)
    assert ledger(desk) == [(kind, amount_minor)]


def test_a_red_entry_is_a_refund(desk, page) -> None:
    red = [{"voucher": {**line["voucher"]}} for line in entries("记-1", (ALIPAY, 0), (SALES, 0))]
    red[0]["voucher"]["debit_minor"] = -100
    red[1]["voucher"]["credit_minor"] = -100
    desk.load(page(*red), settings=SETTINGS)
    assert ledger(desk) == [("refund", -100)]


def test_in_a_voucher_of_several_sorts_a_line_is_what_the_line_that_cancels_it_is(desk, page) -> None:
    lines = [(ALIPAY, 1000), (SALES, -1000), (FEES, 6), (ALIPAY, -6), (BANK, 994), (ALIPAY, -994)]
    desk.load(page(*entries("记-1", *lines)), settings=SETTINGS)
    assert sorted(ledger(desk)) == [("fee", -6), ("payment", 1000), ("payout", -994)]


def test_a_voucher_of_channel_accounts_alone_is_a_conversion_and_its_lines_are_entries(desk, page) -> None:
    desk.load(page(*entries("记-1", (PAYPAL, 700), (PAYPAL, -700))), settings=SETTINGS)
    assert ledger(desk) == [("entry", 700), ("entry", -700)]


def test_a_foreign_line_has_its_original_amount_with_the_sign_of_the_booking(desk, page) -> None:
    foreign = {"currency": "USD", "fc_amount_minor": 100, "fx_rate_e8": 695_000_000}
    desk.load(page(*entries("记-1", (PAYPAL, -695), (SALES, 695), **foreign)), settings=SETTINGS)
    columns = "kind, currency, amount_minor, base_amount_minor, fx_rate_e8"
    assert ledger(desk, columns) == [("refund", "USD", -100, -695, 695_000_000)]


def test_a_ledger_row_says_where_it_was_printed_and_under_which_number(desk, page) -> None:
    desk.load(page(*entries("记-1", (SALES, -100), (ALIPAY, 100), reference="SO1", summary="销售")), settings=SETTINGS)
    columns = "txn_id, channel, account, status, business_date::VARCHAR, period, reference, memo, file_id, line_no"
    assert ledger(desk, columns) == [
        (
            "notebook:1012.01:payment:2026-02:记-1:2",
            "alipay",
            ALIPAY,
            "success",
            "2026-02-03",
            "2026-02",
            "SO1",
            "销售",
            1,
            3,
        )
    ]


def test_lines_on_other_accounts_stay_in_the_voucher_only(desk, page) -> None:
    (result,) = desk.load(page(*entries("记-1", (BANK, 100), (SALES, -100))), settings=SETTINGS)
    assert (result.rows_canon, result.rows_new) == (2, 2)
    assert ledger(desk) == []
    assert desk.rows("SELECT voucher_id FROM canon.voucher ORDER BY ALL") == [("2026-02:记-1:1",), ("2026-02:记-1:2",)]


def test_an_unmapped_channel_money_account_believes_the_lines_own_channel(desk, page) -> None:
    lines = entries("记-1", ("1012.09", 100), (SALES, -100), channel="wechat")
    desk.load(page(*lines), settings=SETTINGS)
    assert ledger(desk, "channel, kind") == [("wechat", "payment")]


@pytest.mark.parametrize(
    ("code", "channel"),
    [
        ("1012.01", "alipay"),
        ("1012.01.03", "alipay"),
        ("1012.011", ""),
        ("1012", ""),
        ("101504", "wechat"),
        ("10150402", "wechat"),
        ("1015040299", "unionpay"),
    ],
)
def test_the_nearest_mapped_account_above_a_code_says_its_channel(code, channel) -> None:
    accounts = LedgerMap(accounts={"1012.01": "alipay", "101504": "wechat", "1015040299": "unionpay"})
    assert mapped_channel(code, accounts) == channel


# ------------------------------------------------------------------------------------------------ references


@pytest.mark.parametrize(
    ("summary", "reference"),
    [
        ("销售收款 SO20260203-001", "SO20260203-001"),
        ("冲销订单:ORD-1001的收款", "ORD-1001"),
        ("20260203 支付宝 订单 4000012345", "4000012345"),
        ("2026-02-03 12:30:45 收款", ""),
        ("2026年02月 202602 手续费", ""),
        ("结算款 20260201-20260228", ""),
        ("金额 1234567.89 元", ""),
        ("收款 ABCDEFGH", ""),
        ("订单号ＳＯ１００１２３", "SO100123"),
        ("冲正 2026-02 记-202602-000123 退款 RF1001", "RF1001"),
        ("冲正 记-118 退款 SO-1", ""),
        ("手续费 alipay:2088:20260203", "alipay:2088:20260203"),
        ("", ""),
    ],
)
def test_a_blank_reference_is_the_longest_number_of_the_summary(summary, reference) -> None:
    line = pl.DataFrame({"reference": [""], "summary": [summary]})
    assert with_references(line)["reference"].to_list() == [reference]


def test_a_printed_reference_is_left_alone() -> None:
    line = pl.DataFrame({"reference": ["R1", ""], "summary": ["SO100123", "SO100124"]})
    assert with_references(line)["reference"].to_list() == ["R1", "SO100124"]


# ------------------------------------------------------------------------------------------------ loaded again


def test_the_same_voucher_lines_in_another_file_change_nothing(desk, page) -> None:
    voucher = entries("记-1", (ALIPAY, 100), (SALES, -100))
    desk.load(page(*voucher), settings=SETTINGS)
    before = desk.rows("FROM canon.txn"), desk.rows("FROM canon.voucher ORDER BY ALL")
    (again,) = desk.load(page(*voucher, {"exclude": "another file"}), settings=SETTINGS)
    assert (again.rows_overlap, again.rows_new, again.rows_restated) == (2, 0, 0)
    assert (desk.rows("FROM canon.txn"), desk.rows("FROM canon.voucher ORDER BY ALL")) == before


def test_a_corrected_voucher_replaces_what_it_said(desk, page) -> None:
    desk.load(page(*entries("记-1", (ALIPAY, 100), (SALES, -100))), settings=SETTINGS)
    (result,) = desk.load(page(*entries("记-1", (ALIPAY, 120), (SALES, -120))), settings=SETTINGS)
    assert (result.rows_restated, result.rows_new) == (2, 0)
    assert ledger(desk, "amount_minor, version, file_id") == [(120, 2, 2)]
    assert desk.rows("SELECT amount_minor, version, superseded_by FROM canon.txn_superseded") == [(100, 1, 2)]
    assert desk.rows("SELECT sum(debit_minor), count(*) FROM canon.voucher") == [(120, 2)]


def test_a_reworded_summary_restates_the_line_and_the_ledger_row_goes_with_it(desk, page) -> None:
    for summary, amount in (("销售", 100), ("销售收入", 100), ("销售收入", 120)):
        voucher = entries("记-1", (ALIPAY, amount), (SALES, -amount), summary=summary)
        desk.load(page(*voucher), settings=SETTINGS)
    assert ledger(desk, "amount_minor, memo, version, file_id") == [(120, "销售收入", 3, 3)]
    assert desk.rows("SELECT version, memo FROM canon.txn_superseded ORDER BY version") == [
        (1, "销售"),
        (2, "销售收入"),
    ]


def test_a_line_moved_to_another_account_takes_its_ledger_row_along(desk, page) -> None:
    desk.load(page(*entries("记-1", (ALIPAY, 100), (SALES, -100))), settings=SETTINGS)
    desk.load(page(*entries("记-1", (BANK, 100), (SALES, -100))), settings=SETTINGS)
    assert ledger(desk) == []
    assert desk.rows("SELECT count(*) FROM canon.txn_superseded") == [(1,)]


def test_a_new_counter_account_changes_the_kind_of_an_unchanged_line(desk, page) -> None:
    desk.load(page(*entries("记-1", (ALIPAY, -100), (SALES, 100))), settings=SETTINGS)
    desk.load(page(*entries("记-1", (ALIPAY, -100), (BANK, 100))), settings=SETTINGS)
    assert ledger(desk) == [("payout", -100)]
    assert desk.rows("SELECT kind FROM canon.txn_superseded") == [("refund",)]


def test_a_voucher_line_printed_twice_is_booked_twice(desk, page) -> None:
    voucher = entries("记-1", (ALIPAY, 100), (SALES, -100))
    desk.load(page(*voucher, *voucher), settings=SETTINGS)
    assert ledger(desk, "txn_id, amount_minor") == [
        ("notebook:1012.01:payment:2026-02:记-1:1", 100),
        ("notebook:1012.01:payment:2026-02:记-1:1#2", 100),
    ]


def test_a_voucher_without_a_period_belongs_to_the_month_of_its_date(desk, page) -> None:
    desk.load(page(*entries("记-1", (ALIPAY, 100), (SALES, -100), period="")), settings=SETTINGS)
    assert ledger(desk, "period") == [("2026-02",)]


def test_a_voucher_that_does_not_balance_is_kept_and_named(desk, page) -> None:
    voucher = entries("记-1", (ALIPAY, 100), (SALES, -98))
    (result,) = desk.load(page(*entries("记-0", (ALIPAY, 5), (SALES, -5)), *voucher), settings=SETTINGS)
    assert (result.rows_canon, result.rows_rejected) == (4, 0)
    assert ledger(desk) == [("payment", 5), ("payment", 100)]
    assert desk.rows('SELECT line_no, "column", value, reason FROM meta.reject') == [
        (4, "voucher_no", "记-1", "debits and credits differ by 0.02")
    ]


lines = st.lists(
    st.tuples(st.sampled_from([ALIPAY, PAYPAL, BANK, SALES, FEES]), st.sampled_from([-100, -6, 6, 94, 100])),
    min_size=1,
    max_size=4,
)


@settings(max_examples=12, deadline=None)
@given(vouchers=st.lists(lines, min_size=1, max_size=3), seed=st.randoms(use_true_random=False))
def test_vouchers_torn_over_several_files_end_as_if_loaded_at_once(new_desk, page, vouchers, seed) -> None:
    printed = [line for number, lines in enumerate(vouchers) for line in entries(f"记-{number}", *lines)]
    torn = [[line] for line in printed]
    seed.shuffle(torn)
    columns = "SELECT txn_id, kind, amount_minor, content FROM canon.txn ORDER BY txn_id"
    with new_desk() as at_once, new_desk() as apart:
        at_once.load(page(*printed), settings=SETTINGS)
        for part in torn:
            apart.load(page(*part), settings=SETTINGS)
        assert at_once.rows(columns) == apart.rows(columns)
        for desk in (at_once, apart):
            assert desk.rows(ASTRAY) == []


ASTRAY = """
    SELECT t.txn_id FROM canon.txn AS t
    ANTI JOIN canon.voucher AS v
        ON v.file_id = t.file_id AND v.line_no = t.line_no AND ends_with(t.txn_id, ':' || v.voucher_id)
"""


@settings(max_examples=12, deadline=None)
@given(versions=st.lists(lines, min_size=2, max_size=4))
def test_a_voucher_restated_again_and_again_says_only_the_last(new_desk, page, versions) -> None:
    with new_desk() as desk, new_desk() as only:
        for number, version in enumerate(versions):
            # Lines that the voucher no longer has are booked as nothing, as finance does; an export cannot say "gone".
            padded = [*version, *[(SALES, 0)] * (4 - len(version))]
            printed = entries("记-1", *padded)
            desk.load(page(*printed, {"control": [str(number), "", ""]}), settings=SETTINGS)
        only.load(page(*printed), settings=SETTINGS)
        columns = "SELECT txn_id, kind, amount_minor, content FROM canon.txn ORDER BY txn_id"
        assert desk.rows(columns) == only.rows(columns)
        assert desk.rows(ASTRAY) == []


def test_many_vouchers_are_booked_in_batches_as_if_in_one(new_desk, page, monkeypatch) -> None:
    printed = [line for number in range(9) for line in entries(f"记-{number}", (ALIPAY, 10 + number), (SALES, -10))]
    columns = "SELECT txn_id, kind, amount_minor, content FROM canon.txn ORDER BY txn_id"
    with new_desk() as one, new_desk() as several:
        one.load(page(*printed), settings=SETTINGS)
        monkeypatch.setattr("recon.ingest.ledger._BATCH_LINES", 4)
        several.load(page(*printed), settings=SETTINGS)
        assert one.rows(columns) == several.rows(columns)
        assert one.rows("FROM meta.reject") == several.rows("FROM meta.reject")
        assert len(several.rows(columns)) == 9
