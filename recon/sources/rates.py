"""Import template 汇率: one line a day and currency; the rate that conversions of that day are checked against.

Where: from whoever publishes the rates that you book with.

    rate_date 日期                                                                                required
    currency 币种          ISO 4217                                                              required
    base_currency 本位币   blank = the workspace's base currency
    rate 汇率              base units per one unit, at most 8 decimals                           required
    source 来源            who published it

    rate_date,currency,base_currency,rate,source
    2026-02-02,USD,CNY,6.9532,中国外汇交易中心

What comes out: one rate a line, times 10^8. A rate must be above zero.

The columns 日期, 币种 and 汇率 may also stand over a bank statement; so a file that has other columns than the
template's is read as rates only when it has base_currency too.

Source: recon's own template.
"""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from recon.sources import cells, template
from recon.sources.source import Reading, Settings
from recon.sources.template import Column, Doubt, Holds, Template


class Rates(Template):
    """Exchange rates by day."""

    name = "rates"
    title = "导入模板：汇率"
    raw_table = "rates.day"
    book = None
    looks_for = "a header with rate_date 日期, currency 币种, rate 汇率 (and base_currency 本位币, or no other columns)"
    columns = (
        Column("rate_date", "日期", Holds.DAY),
        Column("currency", "币种", Holds.CURRENCY),
        Column("base_currency", "本位币", Holds.CURRENCY),
        Column("rate", "汇率", Holds.RATE),
        Column("source", "来源"),
    )
    required = ("rate_date", "currency", "rate")
    foreign = ("record", "记录类型", "voucher_no", "凭证号", "order_no", "订单号")

    def _claims(self, header: Sequence[str], keys: set[str]) -> bool:
        named = [name for name in header if name]
        return super()._claims(header, keys) and ("base_currency" in keys or len(named) == len(keys))

    def canonical(self, frame: pl.DataFrame, settings: Settings) -> Reading:
        """Return ``rates``; columns as the manual above says."""
        unit = template.currency(frame, "currency", settings.base_currency)
        typed, rejects = template.typed_rows(
            frame,
            {
                "rate_date": template.day("rate_date", required=True),
                "currency": unit,
                "base_currency": template.currency(frame, "base_currency", settings.base_currency),
                "rate_e8": cells.rate("rate", required=True),
                "origin": cells.text("source"),
                "printed_currency": cells.text("currency", required=True),  # no default here: a rate of what?
            },
            (Doubt("rate", pl.col("rate_e8") <= 0, "is not above zero"),),
        )
        return Reading(raw=frame, rates=typed.drop("printed_currency"), rejects=rejects)
