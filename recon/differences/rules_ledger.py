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
        because_zh="{channel_zh}已于 {left_date} 退款 {left_minor:size}（订单 {order_no}），财务没有冲正凭证。",
        because_en="{channel_en} refunded {left_minor:size} on {left_date} (order {order_no}); finance has no reversal voucher.",
        action=Action.BOOK,
    ),
    Rule(
        code="VOUCHER_MISSING",
        zh="漏记账",
        en="voucher missing",
        when="shape = 'left'",
        because_zh="{channel_zh}于 {left_date} {moved_zh} {left_minor:size}（订单 {order_no}），财务没有凭证。",
        because_en="On {left_date} {channel_en} {moved_en} {left_minor:size} (order {order_no}); finance has no voucher.",
        action=Action.BOOK,
    ),
    Rule(
        code="DUPLICATE_ENTRY",
        zh="重复记账",
        en="duplicate entry",
        when="shape = 'right' AND twins > 0",
        because_zh="业务单号 {reference} 的 {right_minor:size} 已有凭证，又被记了一次（{right_date}）。",
        because_en="{right_minor:size} of {reference} is booked already and was booked once more ({right_date}).",
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
        because_zh="{channel_zh}交易 {left_minor:size}（订单 {order_no}），凭证记 {right_minor:size}，{right_more_zh}记 {delta_minor:size}{telling_zh}。",
        because_en="The {channel_en} transaction is {left_minor:size} (order {order_no}); the voucher books {right_minor:size}, {delta_minor:size} {right_more_en}{telling_en}.",
        action=Action.CORRECT_VOUCHER,
    ),
    Rule(
        code="WRONG_PERIOD",
        zh="跨期入账",
        en="wrong period",
        when="shape = 'pair' AND wrong_period = 1",
        because_zh="订单 {order_no} 的{channel_zh}交易 {left_minor:size} 发生于 {left_date}，凭证却记在会计期间 {last_period}。",
        because_en="The {channel_en} transaction of {left_minor:size} (order {order_no}) is of {left_date}; its voucher is of the accounting period {last_period}.",
        action=Action.CORRECT_VOUCHER,
    ),
    Rule(
        code="FX_ROUNDING",
        zh="汇率换算误差",
        en="FX rounding",
        when="shape = 'pair' AND base_gap_minor <> 0 AND abs(base_gap_minor) <= right_n",
        because_zh="订单 {order_no} 的 {right_minor:size} 按当日汇率应记 {expected_base_minor:base_size}，凭证记 {booked_base_minor:base_size}，只差舍入。",
        because_en="{right_minor:size} of order {order_no} at the day's rate is {expected_base_minor:base_size}; the voucher books {booked_base_minor:base_size}, apart by rounding alone.",
        action=Action.WRITE_OFF_ROUNDING,
    ),
    Rule(
        code="FX_RATE",
        zh="汇率差异",
        en="FX rate",
        when="shape = 'pair' AND base_gap_minor <> 0 AND other_day = 1",
        because_zh="订单 {order_no} 的 {right_minor:size} 按当日汇率应记 {expected_base_minor:base_size}，凭证记 {booked_base_minor:base_size}：用了别的汇率{other_rate_zh}。",
        because_en="{right_minor:size} of order {order_no} at the day's rate is {expected_base_minor:base_size}; the voucher books {booked_base_minor:base_size}: another rate was used{other_rate_en}.",
        action=Action.CORRECT_RATE,
    ),
    UNEXPLAINED,
)
