"""金蝶云星空 凭证引入: the voucher workbook that Kingdee Cloud (云星空) exports and imports; one row an entry.

Where: 云星空 > 财务会计 > 总账 > 凭证管理 > 凭证查询 > 选项 > 引出, sheet ``凭证#单据头(FBillHead)``. Row 1 has
technical keys, row 2 their Chinese captions, the entries begin in row 3. Which columns there are for 核算维度
(``FDetailID#...``) depends on the customer.

    FBillHead(GL_VOUCHER)  ...  FDate     FYEAR  FPERIOD  FVOUCHERGROUPID#Name  FVOUCHERGROUPNO  ...  FDEBIT  FCREDIT
    单据头(序号)           ...  日期      年度   期间     凭证字                凭证号           ...  借方    贷方
    100001                 ...  2026-2-3  2026   2        记                     12               ...  128     0
                           ...                                                                   ...  0       128

The cells of the voucher itself (FBillHead ... FVOUCHERGROUPNO) stand on its first entry only and hold for the rows
below, down to the next row that has one of FBillHead, FDate or FVOUCHERGROUPNO.

What comes out: one voucher line a row, as of the voucher template (see ``recon sources show vouchers``).

- voucher_no = 凭证字-凭证号 (the name of the 凭证字, else its code; PRE001 is 记), entry_no = FEntity, else the row's
  place in the voucher; period = FYEAR and FPERIOD.
- FDEBIT and FCREDIT are base currency, red entries negative. FAMOUNTFOR counts where the currency (its name, else its
  code: PRE001 is CNY, PRE007 USD) is another than the base currency. FEXCHANGERATE 1 is no rate.
- reference = FBUSNO; where it is blank a number is looked for in FEXPLANATION, as always.
- The row of captions is excluded.

Sources: the key row of three systems. Uncertain: codes of currencies other than PRE007 (a code that is no currency is
a reject), and what FEntity numbers.
"""

from __future__ import annotations

from typing import ClassVar, Final

import polars as pl

from recon.model import Book
from recon.sources import cells, voucher_export
from recon.sources.export import Export
from recon.sources.source import Reading, Settings

CAPTIONS: Final = "the row of Chinese captions"
_HEAD: Final = ("FBillHead(GL_VOUCHER)", "FDate", "FVOUCHERGROUPNO")
"""Any of these makes a row the first entry of a voucher."""
_OF_VOUCHER: Final = (*_HEAD, "FYEAR", "FPERIOD", "FVOUCHERGROUPID", "FVOUCHERGROUPID#Name")
_PLAIN: Final = {
    "voucher_date": "FDate",
    "account_code": "FACCOUNTID",
    "account_name": "FACCOUNTID#Name",
    "summary": "FEXPLANATION",
    "debit": "FDEBIT",
    "credit": "FCREDIT",
    "fc_amount": "FAMOUNTFOR",
    "reference": "FBUSNO",
}
_PRINTED: Final = {
    **_PLAIN,
    "voucher_no": "FVOUCHERGROUPNO",
    "entry_no": "FEntity",
    "period": "FPERIOD",
    "currency": "FCURRENCYID",
    "fx_rate": "FEXCHANGERATE",
}
_CURRENCIES: Final = {"PRE001": "CNY", "PRE007": "USD"}


class KingdeeCloud(Export):
    """金蝶云星空 vouchers."""

    name: ClassVar[str] = "kingdee_cloud"
    title: ClassVar[str] = "金蝶云星空凭证"
    raw_table: ClassVar[str] = "kingdee.cloud_entry"
    book = Book.LEDGER
    looks_for: ClassVar[str] = "a row with FBillHead(GL_VOUCHER), FDate, FVOUCHERGROUPNO, FACCOUNTID, FDEBIT, FCREDIT"
    required = (*_HEAD, "FEXPLANATION", "FACCOUNTID", "FDEBIT", "FCREDIT")
    optional = (
        "FYEAR", "FPERIOD", "FVOUCHERGROUPID", "FVOUCHERGROUPID#Name", "FEntity", "FACCOUNTID#Name", "FCURRENCYID",
        "FCURRENCYID#Name", "FEXCHANGERATE", "FAMOUNTFOR", "FBUSNO",
    )  # fmt: skip
    identifiers = ("FBUSNO",)

    def canonical(self, frame: pl.DataFrame, settings: Settings) -> Reading:
        """Return ``vouchers``; columns as the manual above says."""
        is_caption = pl.col("FDEBIT").str.contains("借方") & pl.col("FCREDIT").str.contains("贷方")
        rows = _completed(frame.filter(~is_caption))
        entries = rows.select(
            "line_no",
            voucher_export.number("word", "FVOUCHERGROUPNO").fill_null("").alias("voucher_no"),
            voucher_export.period("FYEAR", "FPERIOD").alias("period"),
            "entry_no",
            _first_of("FCURRENCYID#Name", "FCURRENCYID").replace(_CURRENCIES).alias("currency"),
            voucher_export.rate("FEXCHANGERATE").alias("fx_rate"),
            *(pl.col(printed).alias(name) for name, printed in _PLAIN.items()),
        )
        reading = voucher_export.entries(entries, _PRINTED, settings)
        captions = frame.filter(is_caption).select("line_no", pl.lit(CAPTIONS).alias("reason"))
        return Reading(
            raw=frame,
            vouchers=reading.vouchers,
            rejects=reading.rejects,
            excluded=pl.concat([reading.excluded, captions]).sort("line_no"),
        )


def _completed(rows: pl.DataFrame) -> pl.DataFrame:
    """Give every entry the cells of its voucher, ``word`` (凭证字) and ``entry_no``."""
    begins = pl.any_horizontal(cells.printed(name) != "" for name in _HEAD)
    counted = rows.with_columns(begins.cum_sum().alias("voucher"))
    place = pl.int_range(1, pl.len() + 1).over("voucher").cast(pl.String)
    own = cells.printed("FEntity")
    return counted.with_columns(
        *(
            pl.when(pl.col("voucher") > 0).then(pl.col(name).first().over("voucher")).otherwise(name)
            for name in _OF_VOUCHER
        ),
        pl.when(own != "").then(own).otherwise(place).alias("entry_no"),
    ).with_columns(_first_of("FVOUCHERGROUPID#Name", "FVOUCHERGROUPID").replace({"PRE001": "记"}).alias("word"))


def _first_of(*names: str) -> pl.Expr:
    return pl.coalesce(*(pl.when(cells.printed(name) != "").then(cells.printed(name)) for name in names), pl.lit(""))
