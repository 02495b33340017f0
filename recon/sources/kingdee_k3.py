"""金蝶 K/3, KIS 标准凭证: the voucher file that Kingdee K/3 WISE and KIS export and import; one line an entry.

Where: K/3 > 总账 > 凭证处理 > 凭证查询 > 文件 > 引出标准格式凭证, KIS > 账务处理 > 凭证管理 > 引出: ``.xls`` (also
saved as ``.xlsx`` or CSV). The first row has 37 captions (newer versions up to 41); K/3 adds a sheet ``t_Schema``,
not read.

    凭证日期,会计年度,会计期间,凭证字,凭证号,科目代码,科目名称,币别代码, ... 原币金额,借方,贷方, ... 凭证摘要, ...
    2026-2-3,2026,2,记,12,1012.01,其他货币资金_支付宝,RMB, ... 128,128,0, ... 销售 ORD-1001, ...
    2026-2-3,2026,2,记,12,6001,主营业务收入,RMB, ... 128,0,128, ... 销售 ORD-1001, ...

What comes out: one voucher line a line, as of the voucher template (see ``recon sources show vouchers``).

- voucher_no = 凭证字-凭证号, entry_no = 分录序号 (from 0), period = 会计年度 and 会计期间.
- 借方 and 贷方 are base currency, red entries negative. 原币金额 counts where 币别代码 is another currency than the
  base currency (RMB is CNY); a code that is no ISO code is a reject. 汇率 1 is no rate.
- reference = 往来业务编号; where it is blank a number is looked for in 凭证摘要, as always.
- The tokens ``*`` and NONE of other columns stay in raw, as does 核算项目.

Sources: header and values as five programs write them for Kingdee to read. Uncertain: currency codes other than RMB.
"""

from __future__ import annotations

from typing import ClassVar, Final

import polars as pl

from recon.model import Book
from recon.sources import voucher_export
from recon.sources.export import Export
from recon.sources.source import Reading, Settings

_PLAIN: Final = {
    "entry_no": "分录序号",
    "voucher_date": "凭证日期",
    "account_code": "科目代码",
    "account_name": "科目名称",
    "summary": "凭证摘要",
    "debit": "借方",
    "credit": "贷方",
    "currency": "币别代码",
    "fc_amount": "原币金额",
    "reference": "往来业务编号",
}
"""Columns of the template that one column of this file says alone."""
_PRINTED: Final = {**_PLAIN, "voucher_no": "凭证号", "period": "会计期间", "fx_rate": "汇率"}


class KingdeeK3(Export):
    """金蝶 K/3 WISE and KIS standard vouchers."""

    name: ClassVar[str] = "kingdee_k3"
    title: ClassVar[str] = "金蝶 K/3、KIS 标准凭证"
    raw_table: ClassVar[str] = "kingdee.k3_entry"
    book = Book.LEDGER
    looks_for: ClassVar[str] = (
        "a header with 凭证日期, 会计年度, 会计期间, 凭证字, 凭证号, 科目代码, 借方, 贷方, 分录序号"
    )
    required = (
        "凭证日期", "会计年度", "会计期间", "凭证字", "凭证号", "科目代码", "币别代码", "借方", "贷方", "凭证摘要",
        "分录序号",
    )  # fmt: skip
    optional = ("科目名称", "原币金额", "往来业务编号", "汇率")
    identifiers = ("往来业务编号",)

    def canonical(self, frame: pl.DataFrame, settings: Settings) -> Reading:
        """Return ``vouchers``; columns as the manual above says."""
        entries = frame.select(
            "line_no",
            voucher_export.number("凭证字", "凭证号").fill_null("").alias("voucher_no"),
            voucher_export.period("会计年度", "会计期间").alias("period"),
            voucher_export.rate("汇率").alias("fx_rate"),
            *(pl.col(printed).alias(name) for name, printed in _PLAIN.items()),
        )
        return voucher_export.entries(entries, _PRINTED, settings)
