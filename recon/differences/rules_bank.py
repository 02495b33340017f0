"""Causes on the bank leg (settlement batches against bank statements), in the order in which they are tried."""

from __future__ import annotations

from typing import Final

from recon.differences.rule import UNEXPLAINED, Action, Rule

RULES: Final[tuple[Rule, ...]] = (
    Rule(
        code="PAYOUT_IN_TRANSIT",
        zh="结算在途",
        en="payout in transit",
        when="shape = 'left' AND (as_of_date <= due_date OR bank_until IS NULL OR bank_until < due_date)",
        because_zh="{channel_zh}{batch_zh} 应结 {left_minor:size}，应于 {due_date} 到账{paid_zh}；{transit_zh}。",
        because_en="{channel_en} {batch_en} of {left_minor:size} is due on {due_date}{paid_en}; {transit_en}.",
        action=Action.WAIT,
        kind="timing",
    ),
    Rule(
        code="PAYOUT_MISSING",
        zh="结算未到账",
        en="payout missing",
        when="shape = 'left'",
        because_zh="{channel_zh}{batch_zh} 应结 {left_minor:size}，应于 {due_date} 到账{paid_zh}，银行没有这笔入账{given_up_zh}。",
        because_en="{channel_en} {batch_en} of {left_minor:size} was due on {due_date}{paid_en}; the bank has no such credit{given_up_en}.",
        action=Action.URGE_PAYOUT,
    ),
    Rule(
        code="PAYOUT_AMOUNT_MISMATCH",
        zh="结算金额不符",
        en="payout amount mismatch",
        when="shape = 'pair' AND apart = 1",
        because_zh="{channel_zh}{batch_zh} 应结 {left_minor:size}，银行于 {right_date} 入账 {right_minor:size}，{right_more_zh}收 {delta_minor:size}。",
        because_en="{channel_en} {batch_en} comes to {left_minor:size}; the bank received {right_minor:size} on {right_date}, {delta_minor:size} {right_more_en}.",
        action=Action.URGE_PAYOUT,
    ),
    Rule(
        code="BANK_UNIDENTIFIED",
        zh="不明入账",
        en="bank credit unidentified",
        when="shape = 'right'",
        because_zh="银行于 {right_date} 收到{channel_zh}来款 {right_minor:size}（流水号 {reference}），没有结算批次能解释{given_up_zh}。",
        because_en="The bank received {right_minor:size} from {channel_en} on {right_date} (reference {reference}); no settlement batch explains it{given_up_en}.",
        action=Action.IDENTIFY,
    ),
    UNEXPLAINED,
)
