"""What the heading lines above a Chinese bank table say: account, currency, first and last day.

    账　　号：,6217000000000000123              ->  account(words) = "6217000000000000123"
    查询账号[ Inquirer account number ],2000   ->  "2000"
    币种：人民币                                ->  currency(words) = "人民币"
    查询日期,20260201--20260228                ->  period(words) = (2026-02-01, 2026-02-28)

``words`` is the heading as text: one row a line, cells joined by commas, half-width signs. Only labels known
here count; the day of the download (打印日期, 下载日期) is none of the period.
"""

from __future__ import annotations

import datetime as dt
import re
from typing import Final

_ACCOUNT: Final = re.compile(
    r"(?:^|[\s,|\"])(?:卡\s*号\s*/\s*账\s*号|卡\s*号|[账帐]\s*号|[账帐]户[账帐]号|银行[账帐]号|查询[账帐]号|本方[账帐]号)(?:\[[^\]]*\])?[\s:,|\"]+([\w*-]{4,})"
)
_CURRENCY: Final = re.compile(r"币\s*[种别](?:\[[^\]]*\])?[\s:,|]*([^\s:,|\"]+)")
_DATED: Final = r"(\d{8}|\d{4}[-/.年]\d{1,2}[-/.月]\d{1,2})日?"
_PARTS: Final = re.compile(r"(\d{4})\D?(\d{1,2})\D?(\d{1,2})")
_PERIOD: Final = re.compile(
    rf"(?:(?:起始|开始|起止|查询|明细|交易)(?:日期|时间)|(?:日期|时间)范围)[^\d\n]{{0,40}}{_DATED}\D{{1,20}}{_DATED}"
)


def account(words: str) -> str:
    """Own account number as printed, asterisks included; ``""`` when the heading names none."""
    found = _ACCOUNT.search(words)
    return found.group(1) if found else ""


def currency(words: str, form: str = "") -> str:
    """Name of the currency as printed; ``form``: regular expression with it as first group, where no label is 币种."""
    found = re.search(form, words) if form else _CURRENCY.search(words)
    return found.group(1) if found else ""


def period(words: str) -> tuple[dt.date | None, dt.date | None]:
    """First and last day that the heading names, (None, None) if it does not name both."""
    found = _PERIOD.search(words)
    days = [group for day in found.groups() for group in _PARTS.findall(day)] if found else []
    try:
        start, end = (dt.date(int(year), int(month), int(day)) for year, month, day in days)
    except ValueError:
        return None, None
    return start, end
