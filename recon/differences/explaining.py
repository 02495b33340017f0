"""Evidence row -> one sentence: what happened, with amounts and dates, in Chinese and in English."""

from __future__ import annotations

import string
from typing import TYPE_CHECKING, Any, Final

from recon import money

if TYPE_CHECKING:
    from collections.abc import Mapping

    from recon.differences.rule import Rule

CHANNELS: Final[dict[str, tuple[str, str]]] = {
    "alipay": ("支付宝", "Alipay"),
    "wechat": ("微信支付", "WeChat Pay"),
    "unionpay": ("银联", "UnionPay"),
    "paypal": ("PayPal", "PayPal"),
    "": ("未知渠道", "an unknown channel"),
}
_CLASSES: Final = {"payment": ("收款", "payment"), "refund": ("退款", "refund")}


class _Sentence(string.Formatter):
    """``str.format`` with the money, base and rate forms of this project."""

    def __init__(self, currency: str, base_currency: str) -> None:
        self._currencies = {"money": currency, "base": base_currency}

    def format_field(self, value: Any, format_spec: str) -> Any:  # noqa: ANN401 - the signature of string.Formatter
        if value is None:
            return "—"
        if format_spec in self._currencies:
            currency = self._currencies[format_spec]
            return f"{currency} {money.show(value, currency, grouped=True)}"
        if format_spec == "rate":
            return money.show_rate(value)
        return super().format_field(value, format_spec)


def fields_of(rule: Rule) -> set[str]:
    """Names that the sentences of a rule use (a test holds them against the evidence model)."""
    parser = string.Formatter()
    return {name for text in (rule.because_zh, rule.because_en) for _, name, _, _ in parser.parse(text) if name}


def sentences(rule: Rule, row: Mapping[str, Any], base_currency: str) -> tuple[str, str]:
    """Return the rule's sentence for one evidence row, (Chinese, English)."""
    channel_zh, channel_en = CHANNELS.get(row["channel"], (row["channel"], row["channel"]))
    class_zh, class_en = _CLASSES.get(row["class"], (row["class"], row["class"]))
    telling_zh, telling_en = telling(row)
    pending = row.get("left_status") == "pending"
    words = dict(row) | {
        "channel_zh": channel_zh,
        "channel_en": channel_en,
        "class_zh": class_zh,
        "class_en": class_en,
        "telling_zh": telling_zh,
        "telling_en": telling_en,
        "dispute_zh": "退回" if row.get("kind") == "chargeback_reversal" else "划走",
        "dispute_en": "gave back" if row.get("kind") == "chargeback_reversal" else "took back",
        "paid_zh": f"（渠道账单记 {row['paid_date']} 已打款）" if row.get("paid_date") else "",
        "paid_en": f" (the channel's bill says it paid on {row['paid_date']})" if row.get("paid_date") else "",
        "given_up_zh": f"（候选 {row['given_up']} 笔过多，组合搜索已放弃）" if row.get("given_up") else "",
        "given_up_en": f" ({row['given_up']} candidates for its parts are too many to search)"
        if row.get("given_up")
        else "",
        "failed_zh": f"（渠道于 {row['failed_date']} 退款失败）" if row.get("failed_date") else "",
        "failed_en": f" (the channel tried on {row['failed_date']} and failed)" if row.get("failed_date") else "",
        "left_state_zh": "仍显示处理中" if pending else "没有这笔退款",
        "left_state_en": "still holds it as pending" if pending else "does not show it",
    }
    sentence = _Sentence(row["currency"], base_currency)
    return sentence.vformat(rule.because_zh, (), words), sentence.vformat(rule.because_en, (), words)


def telling(row: Mapping[str, Any]) -> tuple[str, str]:
    """Say when the gap between two amounts equals something telling: the fee, swapped digits, a shifted point."""
    left, right = row.get("left_minor"), row.get("right_minor")
    if left is None or right is None or left == right:
        return "", ""
    fee = row.get("fee_minor")
    if fee and left == right + fee:
        return "（正好等于扣除手续费后的净额）", " (exactly the amount net of the fee)"
    if fee and right == left + fee:
        return "（正好相差一笔手续费）", " (exactly one fee apart)"
    if left == right * 10 or right == left * 10 or left == right * 100 or right == left * 100:
        return "（小数点错位）", " (a shifted decimal point)"
    if (left - right) % 9 == 0 and sorted(str(abs(left))) == sorted(str(abs(right))):
        return "（数字位置颠倒）", " (digits swapped)"
    return "", ""
