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
        because_zh="{channel_zh}批次 {batch_no} 应结 {left_minor:money}，到账日 {due_date}{paid_zh}，已加载的银行流水尚未覆盖该日或未到期。",
        because_en="{channel_en} batch {batch_no} of {left_minor:money} is due on {due_date}{paid_en}; that day has not come or no loaded statement reaches it.",
        action=Action.WAIT,
        kind="timing",
    ),
    Rule(
        code="PAYOUT_MISSING",
        zh="结算未到账",
        en="payout missing",
        when="shape = 'left'",
        because_zh="{channel_zh}批次 {batch_no} 应结 {left_minor:money}，到账日 {due_date} 已过{paid_zh}，银行没有这笔入账{given_up_zh}。",
        because_en="{channel_en} batch {batch_no} of {left_minor:money} was due on {due_date}{paid_en}; the bank has no such credit{given_up_en}.",
        action=Action.URGE_PAYOUT,
    ),
    Rule(
        code="PAYOUT_AMOUNT_MISMATCH",
        zh="结算金额不符",
        en="payout amount mismatch",
        when="shape = 'pair' AND apart = 1",
        because_zh="{channel_zh}批次 {batch_no} 应结 {left_minor:money}，银行于 {right_date} 入账 {right_minor:money}，相差 {delta_minor:money}。",
        because_en="{channel_en} batch {batch_no} comes to {left_minor:money}; the bank received {right_minor:money} on {right_date}, {delta_minor:money} apart.",
        action=Action.URGE_PAYOUT,
    ),
    Rule(
        code="BANK_UNIDENTIFIED",
        zh="不明入账",
        en="bank credit unidentified",
        when="shape = 'right'",
        because_zh="银行于 {right_date} 收到{channel_zh}来款 {right_minor:money}，没有结算批次能解释{given_up_zh}。",
        because_en="The bank received {right_minor:money} from {channel_en} on {right_date}; no settlement batch explains it{given_up_en}.",
        action=Action.IDENTIFY,
    ),
    UNEXPLAINED,
)
