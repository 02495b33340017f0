"""The voucher template of the import (CSV), as ``recon sources show vouchers`` describes it.

    凭证号,分录号,凭证日期,会计期间,科目代码,科目名称,摘要,借方,贷方,币种,原币金额,汇率,业务单号,支付渠道
    冲-202602-0001,1,2026-02-28,2026-02,1012.01,支付宝,冲正 2026-02 记-0123 ...,-100.00,,,,,RF1001,alipay

UTF-8 with a byte order mark, so that a spreadsheet reads the Chinese.
"""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import ClassVar, Final

from recon import money
from recon.report.vouchers.layouts.layout import Import, Layout

COLUMNS: Final = (
    "凭证号", "分录号", "凭证日期", "会计期间", "科目代码", "科目名称", "摘要", "借方", "贷方", "币种",
    "原币金额", "汇率", "业务单号", "支付渠道",
)  # fmt: skip
"""Captions of the voucher template, in its order."""


class Template(Layout):
    """recon's own import template."""

    name: ClassVar[str] = "template"
    title: ClassVar[str] = "导入模板：凭证"
    suffix: ClassVar[str] = ".csv"

    def write(self, content: Import, out: Path) -> None:
        """Write the CSV."""
        text = io.StringIO()
        sheet = csv.writer(text, lineterminator="\r\n")
        sheet.writerow(COLUMNS)
        base = content.base_currency
        for voucher in content.vouchers:
            for place, line in enumerate(voucher.lines, start=1):
                is_foreign = line.is_foreign(base)
                sheet.writerow(
                    [
                        voucher.voucher_no,
                        place,
                        voucher.day.isoformat(),
                        voucher.period,
                        _plain(content.account(line)),
                        _plain(content.account_name(line)),
                        voucher.summary,
                        money.show(line.debit_minor, base) if line.debit_minor else "",
                        money.show(line.credit_minor, base) if line.credit_minor else "",
                        line.currency if is_foreign else "",
                        money.show(line.fc_amount_minor, line.currency) if is_foreign else "",
                        "" if line.fx_rate_e8 is None or not is_foreign else money.show_rate(line.fx_rate_e8),
                        _plain(voucher.reference),
                        line.channel,
                    ]
                )
        out.write_bytes(("\ufeff" + text.getvalue()).encode())


def _plain(text: str) -> str:
    """Text that no spreadsheet takes for a formula."""
    return "'" + text if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text
