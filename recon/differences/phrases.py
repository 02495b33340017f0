"""The turns of phrase that sentences are made of besides figures: who, what, in which direction, what speaks for it.

Each phrase is a pair, Chinese and English, made from one evidence row; a rule's sentence uses it as ``{name_zh}`` or
``{name_en}``. What the row does not say is a blank phrase, so that a sentence reads well with it and without.
Only the phrases that a sentence uses are made (:class:`Words`): a store holds thousands of differences, and each run
names them all.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from recon import money

if TYPE_CHECKING:
    from collections.abc import Mapping

Row: TypeAlias = "Mapping[str, Any]"
Phrase: TypeAlias = tuple[str, str]

CHANNELS: Final[dict[str, Phrase]] = {
    "alipay": ("支付宝", "Alipay"),
    "wechat": ("微信支付", "WeChat Pay"),
    "unionpay": ("银联", "UnionPay"),
    "paypal": ("PayPal ", "PayPal"),
    "": ("未知渠道", "an unknown channel"),
}
_CLASSES: Final[dict[str, Phrase]] = {"payment": ("收款", "payment"), "refund": ("退款", "refund")}
_KINDS: Final[dict[str, Phrase]] = {
    "payment": ("收款", "received"),
    "refund": ("退款", "refunded"),
    "chargeback": ("因拒付划走", "took back, through a dispute,"),
    "chargeback_reversal": ("因拒付撤回退回", "gave back, after a dispute,"),
}
_STATES: Final[dict[str, Phrase]] = {
    "pending": ("处理中", "pending"),
    "closed": ("已关闭", "closed"),
    "success": ("成功", "successful"),
}
NOTHING: Final[Phrase] = ("", "")


def _dated(row: Row, name: str, zh: str, en: str) -> Phrase:
    value = row.get(name)
    return (zh.format(value), en.format(value)) if value else NOTHING


def _other_rate(row: Row) -> Phrase:
    if row.get("other_rate_date") is None and row.get("fx_rate_e8"):
        rate = money.show_rate(row["fx_rate_e8"])
        return f"（凭证上印的是 {rate}）", f" (the voucher prints {rate})"
    return _dated(row, "other_rate_date", "（正好是 {} 的汇率）", " (it is exactly what the rate of {} makes of it)")


def _more(one: int | None, other: int | None) -> Phrase:
    return ("多", "more") if abs(one or 0) > abs(other or 0) else ("少", "less")


def _left_state(row: Row) -> Phrase:
    if row.get("left_status") == "pending":
        return "仍显示处理中", "still holds it as pending"
    return "没有这笔退款", "does not show it"


def _batch(row: Row) -> Phrase:
    number, reference = row.get("batch_no", ""), row.get("reference", "")
    if row.get("left_n", 0) > 1:
        return f"{row['left_n']} 个结算批次（{number} 起）", f"{row['left_n']} batches (from {number} on)"
    if row.get("is_batch") == 0:  # a withdrawal: its number says more than the day it was made on
        name = reference or number
        return (f"提现 {name}", f"withdrawal {name}") if name else ("一笔提现", "withdrawal")
    return f"结算批次 {number}", f"batch {number}"


def _transit(row: Row) -> Phrase:
    due, until, today = row.get("due_date"), row.get("bank_until"), row.get("as_of_date")
    if due is None or (today is not None and today <= due):
        return "该日未过", "that day is not over"
    if until is None:
        return "银行流水尚未载入", "no bank statement is loaded"
    return f"已载入的银行流水只到 {until}", f"the bank statements loaded end on {until}"


def telling(row: Row) -> Phrase:
    """Say when the gap between two amounts equals something telling: the fee, swapped digits, a shifted point."""
    left, right = row.get("left_minor"), row.get("right_minor")
    if left is None or right is None or left == right:
        return NOTHING
    fee = row.get("fee_minor")
    if fee and left == right + fee:
        return "（正好等于扣除手续费后的净额）", " (exactly the amount net of the fee)"
    if fee and right == left + fee:
        return "（正好相差一笔手续费）", " (exactly one fee apart)"
    if left == right * 10 or right == left * 10 or left == right * 100 or right == left * 100:
        return "（小数点错位）", " (a shifted decimal point)"
    if (left - right) % 9 == 0 and sorted(str(abs(left))) == sorted(str(abs(right))):
        return "（数字位置颠倒）", " (digits swapped)"
    return NOTHING


_PHRASES: Final[dict[str, Callable[[Row], Phrase]]] = {
    "channel": lambda row: CHANNELS.get(row["channel"], (row["channel"], row["channel"])),
    "class": lambda row: _CLASSES.get(row["class"], (row["class"], row["class"])),
    "moved": lambda row: _KINDS.get(row.get("kind", ""), ("发生", "moved")),
    "left_status": lambda row: _STATES.get(row.get("left_status", ""), NOTHING),
    "left_state": _left_state,
    "left_more": lambda row: _more(row.get("left_minor"), row.get("right_minor")),
    "right_more": lambda row: _more(row.get("right_minor"), row.get("left_minor")),
    "fee_due": lambda row: (
        ("应退手续费", "gives back a fee of") if row["class"] == "refund" else ("应收手续费", "has a fee of")
    ),
    "fee_done": lambda row: ("实退", "gave back") if row["class"] == "refund" else ("实收", "charged"),
    "charged_more": lambda row: _more(row.get("charged_fee_minor"), row.get("expected_fee_minor")),
    "telling": telling,
    "batch": _batch,
    "transit": _transit,
    "paid": lambda row: _dated(
        row, "paid_date", "（渠道账单记 {} 已打款）", " (the channel's bill says it paid on {})"
    ),
    "failed": lambda row: _dated(row, "failed_date", "（渠道于 {} 退款失败）", " (the channel tried on {} and failed)"),
    "other_rate": _other_rate,
    "given_up": lambda row: _dated(
        row,
        "given_up",
        "（候选 {} 笔过多，组合搜索已放弃）",
        " ({} candidates for its parts are too many to search)",
    ),
}
PHRASES: Final[dict[str, tuple[Callable[[Row], Phrase], int]]] = {
    f"{name}_{language}": (made, at) for name, made in _PHRASES.items() for at, language in enumerate(("zh", "en"))
}
"""Name of a phrase (``channel_zh``, ``channel_en`` ...) -> what makes the pair, and which of the two it is."""


class Words(dict[str, Any]):
    """The words of one evidence row by name: its columns, and its phrases, each made when it is asked for."""

    def __init__(self, row: Row) -> None:
        super().__init__(row)
        self._row = row
        for name in self.keys() & PHRASES.keys():
            del self[name]

    def __missing__(self, name: str) -> Any:  # noqa: ANN401 - a phrase; the type is dict's
        made, at = PHRASES[name]
        return made(self._row)[at]
