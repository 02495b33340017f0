"""What Chinese banks and channels call a currency -> its ISO 4217 code: 人民币元 -> CNY, 港币 -> HKD.

    CURRENCY_CODES["美元"] -> "USD"

Codes stand for themselves. A name that is not here is no currency: the caller rejects the row rather than guess.
"""

from __future__ import annotations

from typing import Final

CURRENCY_CODES: Final[dict[str, str]] = {
    "人民币元": "CNY",
    "人民币": "CNY",
    "美元": "USD",
    "欧元": "EUR",
    "港币": "HKD",
    "港元": "HKD",
    "日元": "JPY",
    "日圆": "JPY",
    "英镑": "GBP",
    "澳大利亚元": "AUD",
    "澳元": "AUD",
    "加拿大元": "CAD",
    "加元": "CAD",
    "新加坡元": "SGD",
    "瑞士法郎": "CHF",
    **{code: code for code in ("CNY", "USD", "EUR", "HKD", "JPY", "GBP", "AUD", "CAD", "SGD", "CHF")},
    "RMB": "CNY",
}
"""Printed name or code -> ISO 4217 code."""
