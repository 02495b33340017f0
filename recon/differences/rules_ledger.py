"""Causes on the ledger leg (channel bills against vouchers), in the order in which they are tried."""

from __future__ import annotations

from typing import Final

from recon.differences.rule import UNEXPLAINED, Action, Rule

RULES: Final[tuple[Rule, ...]] = (
    Rule(
        code="REFUND_NOT_SYNCED",
        zh="退款未同步",
        en="refund not synced",
        when="shape = 'left' AND kind = 'refund'",
        because_zh="{channel_zh}已于 {left_date} 退款 {left_minor:money}（订单 {order_no}），财务没有冲正凭证。",
        because_en="{channel_en} refunded {left_minor:money} on {left_date} (order {order_no}); finance has no reversal voucher.",
        action=Action.BOOK,
    ),
    Rule(
        code="VOUCHER_MISSING",
        zh="漏记账",
        en="voucher missing",
        when="shape = 'left'",
        because_zh="{channel_zh}于 {left_date} 收付 {left_minor:money}（订单 {order_no}），没有凭证。",
        because_en="{channel_en} moved {left_minor:money} on {left_date} (order {order_no}); there is no voucher.",
        action=Action.BOOK,
    ),
    Rule(
        code="DUPLICATE_ENTRY",
        zh="重复记账",
        en="duplicate entry",
        when="shape = 'right' AND twins > 0",
        because_zh="业务单号 {reference} 的 {right_minor:money} 已有凭证，又被记了一次（{right_date}）。",
        because_en="{right_minor:money} of {reference} is booked already and was booked once more ({right_date}).",
        action=Action.REVERSE,
    ),
    Rule(
        code="VOUCHER_ORPHAN",
        zh="无源凭证",
        en="voucher orphan",
        when="shape = 'right'",
        because_zh="凭证在{channel_zh}科目记了 {right_minor:money}（{right_date}，业务单号 {reference}），没有任何交易能解释{failed_zh}。",
        because_en="A voucher books {right_minor:money} on {channel_en}'s account ({right_date}, reference {reference}); no transaction explains it{failed_en}.",
        action=Action.CORRECT_VOUCHER,
    ),
    Rule(
        code="VOUCHER_AMOUNT_MISMATCH",
        zh="凭证金额不符",
        en="voucher amount mismatch",
        when="shape = 'pair' AND apart = 1 AND books_net = 0",
        because_zh="{channel_zh}交易 {left_minor:money}（订单 {order_no}），凭证记 {right_minor:money}，相差 {delta_minor:money}{telling_zh}。",
        because_en="The {channel_en} transaction is {left_minor:money} (order {order_no}), the voucher books {right_minor:money}, {delta_minor:money} apart{telling_en}.",
        action=Action.CORRECT_VOUCHER,
    ),
    Rule(
        code="WRONG_PERIOD",
        zh="跨期入账",
        en="wrong period",
        when="shape = 'pair' AND wrong_period = 1",
        because_zh="交易日期 {left_date}，凭证却记在会计期间 {last_period}（{left_minor:money}）。",
        because_en="The transaction is of {left_date}, the voucher of the accounting period {last_period} ({left_minor:money}).",
        action=Action.CORRECT_VOUCHER,
    ),
    Rule(
        code="FX_ROUNDING",
        zh="汇率换算误差",
        en="FX rounding",
        when="shape = 'pair' AND base_gap_minor <> 0 AND abs(base_gap_minor) <= right_n",
        because_zh="{right_minor:money} 按当日汇率应记 {expected_base_minor:base}，凭证记 {booked_base_minor:base}，相差在舍入范围内。",
        because_en="{right_minor:money} at the day's rate is {expected_base_minor:base}; the voucher books {booked_base_minor:base}, within what rounding can produce.",
        action=Action.WRITE_OFF_ROUNDING,
    ),
    Rule(
        code="FX_RATE",
        zh="汇率差异",
        en="FX rate",
        when="shape = 'pair' AND base_gap_minor <> 0 AND other_day = 1",
        because_zh="{right_minor:money} 按当日汇率应记 {expected_base_minor:base}，凭证记 {booked_base_minor:base}，用了别的汇率。",
        because_en="{right_minor:money} at the day's rate is {expected_base_minor:base}; the voucher books {booked_base_minor:base}: another rate was used.",
        action=Action.CORRECT_RATE,
    ),
    UNEXPLAINED,
)
