"""金蝶 K/3 WISE, KIS 标准凭证: the workbook that K/3 takes in (引入标准格式凭证).

Sheet ``Page1``: a row of 37 captions, then one row an entry (see ``recon sources show kingdee_k3``). Sheet ``t_Schema``
describes the columns to K/3's import: the kind of data (VoucherData, 123), then for each column its field, caption,
type and place.

    凭证日期,会计年度,会计期间,凭证字,凭证号,科目代码, ... 原币金额,借方,贷方, ... 凭证摘要, ... 往来业务编号, ...
    2026-2-28,2026,2,记,118,1012.01, ... -100,-100,0, ... 冲正 2026-02 记-0123；退款 RF1001, ... RF1001, ...

Red entries are negative on the side of the original. 往来业务编号 is the refund's number, 参考信息 the number of the
original voucher. 审核, 核准 and 出纳 say NONE and 过账 says 0: nobody has checked or posted it. K/3 that insists on
``.xls`` wants the workbook saved as Excel 97-2003 first.

Source: header, values and the sheet t_Schema as five programs write them.
"""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar, Final

from openpyxl import Workbook

from recon import money
from recon.report import workbook
from recon.report.vouchers.layouts.layout import LONGEST_SUMMARY, Import, Layout, currency_name
from recon.report.vouchers.voucher import Line, Voucher
from recon.report.workbook import Money

_NUMBER: Final = "Decimal(28,10)"
_COLUMNS: Final = (
    ("FDate", "凭证日期", "DateTime"),
    ("FYear", "会计年度", _NUMBER),
    ("FPeriod", "会计期间", _NUMBER),
    ("FGroupID", "凭证字", "Varchar(80)"),
    ("FNumber", "凭证号", _NUMBER),
    ("FAccountNum", "科目代码", "Varchar(40)"),
    ("FAccountName", "科目名称", "Varchar(255)"),
    ("FCurrencyNum", "币别代码", "Varchar(10)"),
    ("FCurrencyName", "币别名称", "Varchar(40)"),
    ("FAmountFor", "原币金额", _NUMBER),
    ("FDebit", "借方", _NUMBER),
    ("FCredit", "贷方", _NUMBER),
    ("FPreparerID", "制单", "Varchar(255)"),
    ("FCheckerID", "审核", "Varchar(255)"),
    ("FApproveID", "核准", "Varchar(255)"),
    ("FCashierID", "出纳", "Varchar(255)"),
    ("FHandler", "经办", "Varchar(50)"),
    ("FSettleTypeID", "结算方式", "Varchar(80)"),
    ("FSettleNo", "结算号", "Varchar(255)"),
    ("FExplanation", "凭证摘要", "Varchar(255)"),
    ("FQuantity", "数量", _NUMBER),
    ("FMeasureUnitID", "数量单位", "Varchar(255)"),
    ("FUnitPrice", "单价", _NUMBER),
    ("FReference", "参考信息", "Varchar(255)"),
    ("FTransDate", "业务日期", "DateTime"),
    ("FTransNo", "往来业务编号", "Varchar(255)"),
    ("FAttachments", "附件数", _NUMBER),
    ("FSerialNum", "序号", _NUMBER),
    ("FObjectName", "系统模块", "Varchar(100)"),
    ("FParameter", "业务描述", "Varchar(100)"),
    ("FExchangeRateType", "汇率类型", "Varchar(80)"),
    ("FExchangeRate", "汇率", _NUMBER),
    ("FEntryID", "分录序号", _NUMBER),
    ("FItem", "核算项目", "Text"),
    ("FPosted", "过账", _NUMBER),
    ("FInternalInd", "机制凭证", "Varchar(10)"),
    ("FCashFlow", "现金流量", "Text"),
)
"""Field, caption and type of each column."""
_SCHEMA: Final = (
    "FType", "FKey", "FFieldName", "FCaption", "FValueType", "FNeedSave", "FColIndex", "FSrcTableName",
    "FSrcFieldName", "FExpFieldName", "FImpFieldName", "FDefaultVal", "FSearch", "FItemPageName", "FTrueType",
    "FPrecision", "FSearchName", "FIsShownList", "FViewMask", "FPage",
)  # fmt: skip


class KingdeeK3(Layout):
    """Workbook for K/3 WISE and KIS."""

    name: ClassVar[str] = "k3"
    title: ClassVar[str] = "金蝶 K/3、KIS 标准凭证"
    suffix: ClassVar[str] = "-kingdee-k3.xlsx"

    def write(self, content: Import, out: Path) -> None:
        """Write the workbook."""
        book = Workbook(write_only=True)
        rows: list[list[object]] = [[caption for _, caption, _ in _COLUMNS]]
        for place, voucher in enumerate(content.vouchers, start=1):
            for entry, line in enumerate(voucher.lines):
                cells = _cells(content, voucher, line)
                cells |= {"序号": place, "分录序号": entry}
                rows.append([cells.get(caption, "") for _, caption, _ in _COLUMNS])
        workbook.plain(book, "Page1", rows, frozen="A2")
        workbook.plain(book, "t_Schema", _description())
        workbook.saved(book, content.made, "recon", out)


def _cells(content: Import, voucher: Voucher, line: Line) -> dict[str, object]:
    """Cells of one entry by their captions; those that are not here are blank."""
    base, currency, day = content.base_currency, content.currency(line), voucher.day
    date = f"{day.year}-{day.month}-{day.day}"
    return {
        "凭证日期": date,
        "会计年度": int(voucher.period[:4]),
        "会计期间": int(voucher.period[5:]),
        "凭证字": content.terms.word,
        "凭证号": voucher.number,
        "科目代码": content.account(line),
        "科目名称": content.account_name(line),
        "币别代码": "RMB" if currency == "CNY" else currency,
        "币别名称": currency_name(currency),
        "原币金额": Money(content.original_minor(line), currency),
        "借方": Money(line.debit_minor, base),
        "贷方": Money(line.credit_minor, base),
        "制单": content.terms.maker,
        "审核": "NONE",
        "核准": "NONE",
        "出纳": "NONE",
        "结算方式": "*",
        "凭证摘要": voucher.summary[:LONGEST_SUMMARY],
        "数量": 0,
        "数量单位": "*",
        "单价": 0,
        "参考信息": voucher.original.replace(":", " "),
        "业务日期": date,
        "往来业务编号": voucher.reference,
        "附件数": 0,
        "汇率类型": content.terms.k3_rate_type,
        "汇率": money.decimal_rate(content.rate_e8(line)),
        "核算项目": content.terms.k3_items.get(line.account_code, ""),
        "过账": 0,
    }


def _description() -> list[list[str]]:
    """Rows that tell K/3 what the columns are."""
    rows = [
        {"FType": "ClassInfo", "FKey": "ClassType", "FCaption": "VoucherData"},
        {"FType": "ClassInfo", "FKey": "ClassTypeID", "FCaption": "123"},
        {"FType": "PageInfo", "FKey": "Page1", "FCaption": "Page1"},
    ]
    rows += [
        {
            "FType": "FieldInfo", "FKey": name, "FFieldName": name, "FCaption": caption, "FValueType": kind,
            "FColIndex": str(place), "FExpFieldName": name, "FImpFieldName": name, "FSearch": "0", "FPrecision": "0",
            "FSearchName": "0", "FIsShownList": "0", "FViewMask": "0", "FPage": "1",
        }
        for place, (name, caption, kind) in enumerate(_COLUMNS, start=1)
    ]  # fmt: skip
    return [list(_SCHEMA), *([row.get(column, "") for column in _SCHEMA] for row in rows)]
