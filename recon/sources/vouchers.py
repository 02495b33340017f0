"""Import template 凭证: what finance booked, one line an entry of a voucher.

Where: any finance system that can export its entries as a table.

    voucher_no 凭证号      number of the voucher in its period                                   required
    line_no 分录号         number of the entry in the voucher
    voucher_date 凭证日期                                                                         required
    period 会计期间        2026-02 (also 202602, 2026-2, 2026年2月); blank = month of voucher_date
    account_code 科目代码                                                                         required
    account_name 科目名称, summary 摘要
    debit 借方, credit 贷方     base currency; blank = 0; red entries are negative               required
    currency 币种, fc_amount 原币金额, fx_rate 汇率     of foreign entries; rate = base units per one unit
    reference 业务单号     order, payment or refund number; blank = looked for in the summary
    channel 支付渠道       alipay 支付宝 | wechat 微信 | unionpay 银联 云闪付 | paypal

    voucher_no,line_no,voucher_date,account_code,summary,debit,credit,reference
    记-102,1,2026-02-03,1012.01,销售 ORD-1001,128.00,,ORD-1001
    记-102,2,2026-02-03,6001,销售 ORD-1001,,128.00,ORD-1001

What comes out: one voucher line a line. ``fc_amount_minor`` is the magnitude, whatever sign is printed: the direction
is in debit and credit. An entry without an original amount, or whose currency is the base currency, is a base currency
entry: its ``currency`` is blank. An original amount in no stated currency that is not the entry's own base amount is a
reject: it must be foreign, and which currency is lost. An entry with neither debit nor credit books nothing and is
excluded. A rate of 0 is read as unknown.

Source: recon's own template; negative (red) entries as Kingdee and Yonyou accept them.
"""

from __future__ import annotations

import polars as pl

from recon.model import Book
from recon.sources import cells, template
from recon.sources.cells import Cell
from recon.sources.source import Reading, Settings
from recon.sources.template import Column, Doubt, Holds, Template


class Vouchers(Template):
    """Voucher lines of any finance system."""

    name = "vouchers"
    title = "导入模板：凭证"
    raw_table = "vouchers.entry"
    book = Book.LEDGER
    looks_for = "a header with voucher_no 凭证号, voucher_date 凭证日期, account_code 科目代码, debit 借方, credit 贷方"
    columns = (
        Column("voucher_no", "凭证号", Holds.NUMBER),
        Column("entry_no", "分录号", printed="line_no"),
        Column("voucher_date", "凭证日期", Holds.DAY),
        Column("period", "会计期间", Holds.MONTH),
        Column("account_code", "科目代码", Holds.NUMBER),
        Column("account_name", "科目名称"),
        Column("summary", "摘要"),
        Column("debit", "借方", Holds.AMOUNT),
        Column("credit", "贷方", Holds.AMOUNT),
        Column("currency", "币种", Holds.CURRENCY),
        Column("fc_amount", "原币金额", Holds.AMOUNT),
        Column("fx_rate", "汇率", Holds.RATE),
        Column("reference", "业务单号", Holds.NUMBER),
        Column("channel", "支付渠道", Holds.WORD, words=template.CHANNELS),
    )
    required = ("voucher_no", "voucher_date", "account_code", "debit", "credit")
    # Kingdee's own export has these captions too, but prints the period in two columns, and the number as well.
    foreign = ("record", "记录类型", "凭证字", "会计年度")

    def canonical(self, frame: pl.DataFrame, settings: Settings) -> Reading:
        """Return ``vouchers``; columns as the manual above says."""
        unit = template.currency(frame, "currency", settings.base_currency)
        base = settings.base_currency
        booked = pl.col("debit").fill_null(0) - pl.col("credit").fill_null(0)
        unnamed = (pl.col("printed_currency") == "") & pl.col("fc_amount").is_not_null()
        typed, rejects = template.typed_rows(
            frame,
            {
                "voucher_no": cells.text("voucher_no", required=True),
                "entry_no": cells.text("entry_no"),
                "voucher_date": template.day("voucher_date", required=True),
                "period": _period("period"),
                "account_code": cells.text("account_code", required=True),
                "account_name": cells.text("account_name"),
                "summary": cells.text("summary"),
                "debit": template.amount(frame, "debit", base, required=False),
                "credit": template.amount(frame, "credit", base, required=False),
                "currency": unit,
                "printed_currency": cells.text("currency"),
                "fc_amount": template.amount(frame, "fc_amount", unit, required=False),
                "fx_rate": cells.rate("fx_rate"),
                "reference": cells.text("reference"),
                "channel": template.choice(frame, "channel", template.CHANNELS),
            },
            (
                Doubt("fx_rate", pl.col("fx_rate") < 0, "is negative"),
                Doubt(
                    "fc_amount",
                    unnamed & (pl.col("fc_amount").abs() != booked.abs()) & (pl.col("fc_amount") != 0),
                    "is an original amount without a currency",
                ),
            ),
        )
        nothing = (pl.col("debit").fill_null(0) == 0) & (pl.col("credit").fill_null(0) == 0)
        typed, excluded = template.set_aside(typed, nothing, "neither debit nor credit: the entry books nothing")
        foreign = (pl.col("currency") != settings.base_currency) & pl.col("fc_amount").is_not_null()
        vouchers = typed.select(
            "line_no",
            "voucher_no",
            "entry_no",
            "voucher_date",
            pl.col("period").fill_null(pl.col("voucher_date").dt.strftime("%Y-%m")),
            "account_code",
            "account_name",
            "summary",
            pl.col("debit").fill_null(0).alias("debit_minor"),
            pl.col("credit").fill_null(0).alias("credit_minor"),
            pl.when(foreign).then("currency").otherwise(pl.lit("")).alias("currency"),
            pl.when(foreign).then(pl.col("fc_amount").abs()).alias("fc_amount_minor"),
            pl.when(pl.col("fx_rate") != 0).then("fx_rate").alias("fx_rate_e8"),
            "reference",
            pl.col("channel").fill_null(""),
        )
        return Reading(raw=frame, vouchers=vouchers, rejects=rejects, excluded=excluded)


def _period(column: str) -> Cell:
    """Accounting period as ``YYYY-MM``; null where blank."""
    form = r"^(\d{4})(?:[-/.年]?)(\d{1,2})月?$"
    year, month = (cells.printed(column).str.extract(form, group) for group in (1, 2))
    real = month.cast(pl.Int64, strict=False).is_between(1, 12)
    typed = pl.when(real).then(pl.concat_str(year, month.str.zfill(2), separator="-"))
    return Cell(column, typed, "is not a month like 2026-02")
