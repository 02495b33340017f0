"""What a rule is: a name for a difference, when it holds, and the sentence that tells it.

``when`` is an SQL predicate over the columns of the leg's evidence model (``sql/evidence_*.sql``), the only words that
rules have; a test holds every predicate and every field of a sentence against that model. A new fact is a new column of
evidence, never a join in a rule. Rules of a leg are an ordered tuple: the first that holds names the difference, and
all that hold are kept as second opinions.

Sentences are format strings over the evidence row: ``{left_minor:money}`` prints an amount in the row's currency,
``{base_gap_minor:base}`` one in base currency, ``{left_date}`` a date; ``{channel_zh}``, ``{telling_zh}`` (and ``_en``)
are made in :mod:`recon.differences.explaining`.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Literal


class Action(StrEnum):
    """What a person should do; the words are in :data:`ACTIONS`."""

    REPAIR_ORDER = "repair_order"
    ASK_CHANNEL = "ask_channel"
    REFUND_CUSTOMER = "refund_customer"
    REMOVE_ENTRY = "remove_entry"
    CORRECT_ORDER = "correct_order"
    SYNC_STATUS = "sync_status"
    SYNC_REFUND = "sync_refund"
    WAIT = "wait"
    URGE_REFUND = "urge_refund"
    DISPUTE = "dispute"
    WRITE_OFF_ROUNDING = "write_off_rounding"
    CORRECT_RATE = "correct_rate"
    CLAIM_FEE = "claim_fee"
    URGE_PAYOUT = "urge_payout"
    IDENTIFY = "identify"
    BOOK = "book"
    REVERSE = "reverse"
    CORRECT_VOUCHER = "correct_voucher"
    INVESTIGATE = "investigate"


ACTIONS: Final[dict[Action, tuple[str, str]]] = {
    Action.REPAIR_ORDER: (
        "补单：核实后在订单系统补记该笔收款",
        "repair the order: record this payment in the order system",
    ),
    Action.ASK_CHANNEL: (
        "向渠道查单，确认未收款后撤销订单收款",
        "query the channel; if it was never paid, undo the order's payment",
    ),
    Action.REFUND_CUSTOMER: ("联系顾客，原路退回多收款", "contact the customer and return the surplus payment"),
    Action.REMOVE_ENTRY: ("删除重复记录", "remove the duplicate entry"),
    Action.CORRECT_ORDER: ("核对订单金额并更正", "check and correct the order's amount"),
    Action.SYNC_STATUS: ("同步订单状态", "bring the order's state in line with the channel"),
    Action.SYNC_REFUND: ("在订单系统补记退款", "record the refund in the order system"),
    Action.WAIT: ("等待，到期自动核销", "wait: it clears by itself on its day"),
    Action.URGE_REFUND: ("催办退款，必要时重新发起", "urge the refund, start it again if needed"),
    Action.DISPUTE: ("登记拒付并在时限内申诉", "record the chargeback and dispute it in time"),
    Action.WRITE_OFF_ROUNDING: ("计入汇兑尾差", "write off as a rounding difference"),
    Action.CORRECT_RATE: ("核对汇率并更正", "check the rate and correct it"),
    Action.CLAIM_FEE: ("向渠道核对费率，要求退还多收手续费", "check the fee with the channel and claim the surplus"),
    Action.URGE_PAYOUT: ("向渠道与银行查询该笔结算", "ask the channel and the bank for this payout"),
    Action.IDENTIFY: ("查明来款并认领", "identify the credit and assign it"),
    Action.BOOK: ("补记凭证", "book the missing voucher"),
    Action.REVERSE: ("冲正多记的凭证", "reverse the surplus voucher"),
    Action.CORRECT_VOUCHER: ("更正凭证", "correct the voucher"),
    Action.INVESTIGATE: ("人工核查", "a person has to look"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One cause. ``kind`` is ``timing`` when it is expected to clear by itself on ``clears_on``, else ``break``."""

    code: str
    zh: str
    en: str
    when: str
    because_zh: str
    because_en: str
    action: Action
    kind: Literal["timing", "break"] = "break"


UNEXPLAINED: Final = Rule(
    code="UNEXPLAINED",
    zh="未解释",
    en="unexplained",
    when="TRUE",
    because_zh="两侧相差 {delta_minor:money}，没有任何规则能解释。",
    because_en="The sides differ by {delta_minor:money} and no rule explains it.",
    action=Action.INVESTIGATE,
)
"""Last rule of every leg. Its share is a headline figure: the tool is honest about what it does not know."""
