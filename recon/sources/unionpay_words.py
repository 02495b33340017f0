"""What UnionPay and ChinaUMS call a transaction in their tables -> what it is for the merchant.

    KINDS["消费"]      "payment"      the customer pays
    KINDS["联机退货"]  "refund"       money goes back, on the same day (撤销) or later (退货)
    KINDS["预授权"]    "none"         an amount is held on the card or let go again: no money moves

撤消 is how many terminals write 撤销. A word that is not here is no transaction: the caller rejects the row.
"""

from __future__ import annotations

from typing import Final

from recon.model import Kind

NONE: Final = "none"
KINDS: Final[dict[str, str]] = {
    **dict.fromkeys(("消费", "预授权完成", "预授权完成请求", "预授权完成通知"), Kind.PAYMENT.value),
    **dict.fromkeys(("消费撤销", "消费撤消", "消费冲正"), Kind.REFUND.value),
    **dict.fromkeys(("退货", "联机退货", "手工退货", "退款"), Kind.REFUND.value),
    **dict.fromkeys(("预授权完成撤销", "预授权完成撤消"), Kind.REFUND.value),
    **dict.fromkeys(("预授权", "预授权撤销", "预授权撤消", "余额查询"), NONE),
}
"""Printed 交易类型 -> ``payment``, ``refund`` or ``none``."""
