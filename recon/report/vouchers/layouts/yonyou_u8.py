"""用友 U8 总账工具: the voucher text that U8 takes in (引入); GBK, CRLF, one line an entry, no quotes.

    填制凭证,V800
    2026-02-28,记,118,0,冲正 2026-02 记-0123 退款 RF1001,101201,-100.00,0.00,0,0,0,张会计,,,2026-02-28,,,,,,
    2026-02-28,记,118,0,冲正 2026-02 记-0123 退款 RF1001,6001,0.00,-100.00,0,0,0,张会计,,,2026-02-28,,,,,,

The cells: 制单日期, 凭证类别字, 业务号, 附单据数, 摘要, 科目编码, 金额借方, 金额贷方, 数量, 外币, 汇率, 制单人,
结算方式编码, 票号, 发生日期, 部门编码, 职员编码, 客户编码, 供应商编码, 业务员, 项目编码. Red entries are negative.
A summary holds at most 60 characters and, as nothing is quoted, no comma; a character that GBK does not have becomes 〓
and is logged. U8 knows the currency of 外币 by the account.

Source: four programs that write this file (see ``recon sources show yonyou_u8``).
"""

from __future__ import annotations

import logging
import re
from pathlib import Path
from typing import ClassVar, Final

from recon import money
from recon.report.voucher_terms import U8_ITEMS
from recon.report.vouchers.layouts.layout import Import, Layout
from recon.report.vouchers.voucher import Line, Voucher

log = logging.getLogger(__name__)

FIRST_LINE: Final = "填制凭证,V800"
LONGEST_SUMMARY: Final = 60


class YonyouU8(Layout):
    """Text for U8's 总账工具."""

    name: ClassVar[str] = "u8"
    title: ClassVar[str] = "用友 U8 凭证文本"
    suffix: ClassVar[str] = "-yonyou-u8.txt"

    def write(self, content: Import, out: Path) -> None:
        """Write the text."""
        lines = [FIRST_LINE]
        for voucher in content.vouchers:
            said = summary(voucher)
            lines += [",".join(map(_cell, _entry(content, voucher, line, said))) for line in voucher.lines]
        out.write_bytes(_gbk("\r\n".join(lines) + "\r\n", out.name))


def _entry(content: Import, voucher: Voucher, line: Line, said: str) -> list[str]:
    base, terms, day = content.base_currency, content.terms, voucher.day.isoformat()
    is_foreign = line.is_foreign(base)
    items = dict(item.split("=", 1) for item in terms.u8_items.get(line.account_code, ()))
    return [
        day,
        terms.word,
        str(voucher.number),
        "0",
        said,
        content.account(line),
        money.show(line.debit_minor, base),
        money.show(line.credit_minor, base),
        "0",
        money.show(content.original_minor(line), line.currency) if is_foreign else "0",
        money.show_rate(content.rate_e8(line)) if is_foreign else "0",
        terms.maker,
        "",
        "",
        day,
        *(items.get(name, "") for name in U8_ITEMS),
    ]


def summary(voucher: Voucher) -> str:
    """Summary in 60 characters: the original's number and the refund's, as much of the rest as there is room for.

    U8 has no other cell for the refund's number, and recon finds it again as the longest number of the summary: an
    order number that is longer is left out.
    """
    original = voucher.original.replace(":", " ")
    what = "退款" if voucher.code == "REFUND_NOT_SYNCED" else "重复记账"
    order = f" 订单 {voucher.order_no}" if 0 < len(voucher.order_no) <= len(voucher.reference) else ""
    order = "" if voucher.order_no == voucher.reference else order
    forms = (
        f"冲正 {original} {what} {voucher.reference}{order}",
        f"冲正 {original} {what} {voucher.reference}",
        f"冲正 {original.split(' ', 1)[-1]} {what} {voucher.reference}",
        f"冲正 {what} {voucher.reference}",
    )
    said = next((form for form in forms if len(form) <= LONGEST_SUMMARY), forms[-1])
    return said[:LONGEST_SUMMARY]


def _cell(text: str) -> str:
    """Text without what would move the cells behind it."""
    return re.sub(r"[\r\n\t\"]+", " ", text.replace(",", "，"))


def _gbk(text: str, name: str) -> bytes:
    """Encode as U8 reads it."""
    lost = sorted({letter for letter in text if not _is_gbk(letter)})
    if lost:
        log.warning("%s: GBK does not have %s; written as 〓", name, " ".join(lost))
    return "".join("〓" if letter in lost else letter for letter in text).encode("gbk")


def _is_gbk(letter: str) -> bool:
    try:
        letter.encode("gbk")
    except UnicodeEncodeError:
        return False
    return True
