"""金蝶云星空 凭证引入: the workbook that Kingdee Cloud takes in.

Sheet ``凭证#单据头(FBillHead)``: row 1 has the technical keys, row 2 their captions (``*``: must be filled), the
entries begin in row 3; see ``recon sources show kingdee_cloud``. The cells of the voucher itself stand on its first
entry only.

    FBillHead(GL_VOUCHER)  ...  FDate       FYEAR  FPERIOD  FVOUCHERGROUPID  FVOUCHERGROUPNO  ...  FDEBIT  FCREDIT
    *单据头(序号)          ...  *日期       年度   期间     *凭证字编码      *凭证号          ...  借方    贷方
    100001                 ...  2026-02-28  2026   2        PRE001           118              ...  -100    0
                           ...                                                                ...  0       -100

Which dimensions (核算维度) there are depends on the customer: ``[vouchers.cloud_dimensions]`` names the columns of the
customer's own import template, and they are put behind the account. FBUSNO is the refund's number.

Source: the key rows of three systems. Uncertain: codes of currencies other than PRE007; ``cloud_currencies`` sets them.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import ClassVar, Final

from openpyxl import Workbook

from recon import money
from recon.errors import UsageError
from recon.report import workbook
from recon.report.vouchers.layouts.layout import LONGEST_SUMMARY, Import, Layout, currency_name
from recon.report.vouchers.voucher import Line, Voucher
from recon.report.workbook import Money

SHEET: Final = "凭证#单据头(FBillHead)"
_CURRENCIES: Final = {"CNY": "PRE001", "USD": "PRE007"}
_FIRST_BILL: Final = 100_001
_HEAD: Final[Mapping[str, str]] = {
    "FBillHead(GL_VOUCHER)": "*单据头(序号)",
    "FAccountBookID": "*(单据头)账簿#编码",
    "FAccountBookID#Name": "(单据头)账簿#名称",
    "FDate": "*(单据头)日期",
    "FBUSDATE": "(单据头)业务日期",
    "FYEAR": "(单据头)会计年度",
    "FPERIOD": "(单据头)期间",
    "FVOUCHERGROUPID": "*(单据头)凭证字#编码",
    "FVOUCHERGROUPID#Name": "(单据头)凭证字#名称",
    "FVOUCHERGROUPNO": "*(单据头)凭证号",
    "FATTACHMENTS": "(单据头)附件数",
    "FISADJUSTVOUCHER": "(单据头)是否调整期凭证",
    "FACCBOOKORGID": "(单据头)核算组织#编码",
    "FACCBOOKORGID#Name": "(单据头)核算组织#名称",
    "FSourceBillKey": "(单据头)业务类型#编码",
    "FSourceBillKey#Name": "(单据头)业务类型#名称",
    "FIMPORTVERSION": "(单据头)引入版本号",
}
_ACCOUNT: Final[Mapping[str, str]] = {
    "*Split*1": "间隔列",
    "FEntity": "*单据体(序号)",
    "FEXPLANATION": "(单据体)摘要",
    "FACCOUNTID": "*(单据体)科目编码#编码",
    "FACCOUNTID#Name": "(单据体)科目编码#名称",
}
_MONEY: Final[Mapping[str, str]] = {
    "FCURRENCYID": "*(单据体)币别#编码",
    "FCURRENCYID#Name": "(单据体)币别#名称",
    "FEXCHANGERATETYPE": "*(单据体)汇率类型#编码",
    "FEXCHANGERATETYPE#Name": "(单据体)汇率类型#名称",
    "FEXCHANGERATE": "(单据体)汇率",
    "FUnitId": "(单据体)单位#编码",
    "FUnitId#Name": "(单据体)单位#名称",
    "FPrice": "(单据体)单价",
    "FQty": "(单据体)数量",
    "FAMOUNTFOR": "(单据体)原币金额",
    "FDEBIT": "(单据体)借方金额",
    "FCREDIT": "(单据体)贷方金额",
    "FSettleTypeID": "(单据体)结算方式#编码",
    "FSettleTypeID#Name": "(单据体)结算方式#名称",
    "FSETTLENO": "(单据体)结算号",
    "FBUSNO": "(单据体)业务编号",
    "FEXPORTENTRYID": "(单据体)导出分录内码",
}


class KingdeeCloud(Layout):
    """Workbook for 云星空."""

    name: ClassVar[str] = "cloud"
    title: ClassVar[str] = "金蝶云星空凭证"
    suffix: ClassVar[str] = "-kingdee-cloud.xlsx"

    def write(self, content: Import, out: Path) -> None:
        """Write the workbook. Raises UsageError when a currency has no code."""
        columns = {**_HEAD, **_ACCOUNT, **_dimensions(content), **_MONEY}
        rows: list[list[object]] = [list(columns), list(columns.values())]
        for place, voucher in enumerate(content.vouchers):
            head = _head(content, voucher) | {"FBillHead(GL_VOUCHER)": _FIRST_BILL + place}
            for entry, line in enumerate(voucher.lines, start=1):
                cells = (head if entry == 1 else {}) | {"FEntity": entry} | _entry(content, voucher, line)
                rows.append([cells.get(key, "") for key in columns])
        book = Workbook(write_only=True)
        workbook.plain(book, SHEET, rows, frozen="A3")
        workbook.saved(book, content.made, "recon", out)


def _dimensions(content: Import) -> dict[str, str]:
    """Columns of the dimensions that the settings name."""
    told = content.terms.cloud_dimensions.values()
    names = dict.fromkeys(item.split("=", 1)[0] for items in told for item in items)
    return {name: f"(单据体)核算维度#{name.removeprefix('FDetailID#')}" for name in names}


def _head(content: Import, voucher: Voucher) -> dict[str, object]:
    terms, day = content.terms, voucher.day.isoformat()
    return {
        "FAccountBookID": terms.cloud_book,
        "FAccountBookID#Name": terms.cloud_book_name,
        "FDate": day,
        "FBUSDATE": day,
        "FYEAR": int(voucher.period[:4]),
        "FPERIOD": int(voucher.period[5:]),
        "FVOUCHERGROUPID": terms.cloud_word,
        "FVOUCHERGROUPID#Name": terms.word,
        "FVOUCHERGROUPNO": voucher.number,
        "FATTACHMENTS": 0,
    }


def _entry(content: Import, voucher: Voucher, line: Line) -> dict[str, object]:
    currency, base = content.currency(line), content.base_currency
    code = (_CURRENCIES | dict(content.terms.cloud_currencies)).get(currency, "")
    if not code:
        raise UsageError(
            f"云星空's code of {currency} is not known",
            place="[vouchers.cloud_currencies]",
            remedy=f'Look it up in 云星空 (基础资料 > 币别) and write: "{currency}" = "PRE..."',
        )
    dimensions = dict(item.split("=", 1) for item in content.terms.cloud_dimensions.get(line.account_code, ()))
    return {
        **dimensions,
        "FEXPLANATION": voucher.summary[:LONGEST_SUMMARY],
        "FACCOUNTID": content.account(line),
        "FACCOUNTID#Name": content.account_name(line),
        "FCURRENCYID": code,
        "FCURRENCYID#Name": currency_name(currency),
        "FEXCHANGERATETYPE": content.terms.cloud_rate_type,
        "FEXCHANGERATE": money.decimal_rate(content.rate_e8(line)),
        "FAMOUNTFOR": Money(content.original_minor(line), currency),
        "FDEBIT": Money(line.debit_minor, base),
        "FCREDIT": Money(line.credit_minor, base),
        "FBUSNO": voucher.reference,
    }
