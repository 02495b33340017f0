"""Amazon settlement report, flat file V2: what one settlement of a seller's account is made of; one line an amount.

Where: Seller Central > Payments > Reports repository > All statements > Flat file V2, or the Reports API
(GET_V2_SETTLEMENT_REPORT_DATA_FLAT_FILE_V2). Text with tabs, 24 columns.

    settlement-id  settlement-start-date  ...  total-amount  currency  transaction-type  order-id  ...  amount  ...
    12345678901    2026-02-01T00:00:00Z   ...  84.10         EUR                                  ...          ...
    12345678901                           ...                          Order   302-0000000-0000001  ... 100.00 ...
    12345678901                           ...                          Order   302-0000000-0000001  ... -15.90 ...

The first line of a settlement carries total-amount and currency, and no amount; the others are what adds up to it.
European accounts print decimal commas (``95,00``): which mark it is, is decided by the whole file.

What comes out: nothing but raw rows, each of them excluded with the reason: the seller's account at Amazon is none of
the channels that this program reconciles. The amounts are read all the same, and a bad one is a reject.

Control, per settlement: the amounts add up to total-amount. A settlement without that first line has a control too,
which fails: the report was cut. So was one that holds no settlement at all.

Sources: Amazon's column list and public reports (formats/paypal-banks-orders-vouchers.md section 4g, read 2026-11).
The older flat file (V1, 36 columns) is not read.
"""

from __future__ import annotations

from typing import ClassVar, Final

import polars as pl

from recon import money
from recon.model import Book
from recon.sources import cells
from recon.sources.export import Export
from recon.sources.source import Control, Reading, Settings

REASON: Final = "money in the seller's account at Amazon, which is none of the channels reconciled here"
TOTAL: Final = "the settlement's own line: its total, which the others add up to"
_COMMA: Final = r"^-?(\d+|\d{1,3}(\.\d{3})+),\d{1,2}$"
_POINT: Final = r"^-?(\d+|\d{1,3}(,\d{3})+)\.\d{1,2}$"


class AmazonSettlement(Export):
    """Amazon flat file V2 settlement report."""

    name: ClassVar[str] = "amazon_settlement"
    title: ClassVar[str] = "Amazon settlement report V2"
    raw_table: ClassVar[str] = "amazon.settlement"
    book = Book.ORDER
    looks_for: ClassVar[str] = (
        "a header with settlement-id, total-amount, transaction-type, amount-type, amount, posted-date"
    )
    quoted = False
    required = ("settlement-id", "total-amount", "currency", "transaction-type", "amount-type", "amount", "posted-date")

    def canonical(self, frame: pl.DataFrame, settings: Settings) -> Reading:
        """Check every amount, and exclude the line."""
        del settings
        is_total = (cells.printed("total-amount") != "") & (cells.printed("amount") == "")
        units = frame.filter(is_total).select(cells.printed("settlement-id").alias("id"), cells.printed("currency"))
        units = units.unique("id", keep="first", maintain_order=True)
        lines = _pointed(frame).with_columns(cells.printed("settlement-id").alias("id"), is_total.alias("is_total"))
        lines = lines.drop("currency").join(units, on="id", how="left", maintain_order="left")
        places = money.exponents(pl.col("currency").fill_null(""))
        wanted = {"id": cells.text("settlement-id", required=True)}
        totals, bad_totals = cells.read_cells(
            lines.filter("is_total"), wanted | {"minor": cells.amount("total-amount", places)}
        )
        amounts, bad_amounts = cells.read_cells(
            lines.filter(~pl.col("is_total")), wanted | {"minor": cells.amount("amount", places)}
        )
        excluded = [
            totals.select("line_no", pl.lit(TOTAL).alias("reason")),
            amounts.select("line_no", pl.lit(REASON).alias("reason")),
        ]
        return Reading(
            raw=frame,
            rejects=pl.concat([bad_totals, bad_amounts]),
            excluded=pl.concat(excluded).sort("line_no"),
            controls=_sums(totals, amounts, dict(units.rows())),
        )


def _pointed(frame: pl.DataFrame) -> pl.DataFrame:
    """Amounts with a decimal point, when the file has decimal commas and no decimal point anywhere."""
    names = ("total-amount", "amount")
    commas, points = (
        frame.select(pl.any_horizontal(cells.printed(name).str.contains(form).any() for name in names)).item()
        for form in (_COMMA, _POINT)
    )
    if not commas or points:
        return frame
    marks = pl.col(*names).str.replace_all(".", "", literal=True).str.replace_all(",", ".", literal=True)
    return frame.with_columns(marks)


def _sums(totals: pl.DataFrame, amounts: pl.DataFrame, units: dict[str, str]) -> tuple[Control, ...]:
    """One control a settlement, in order of appearance."""
    printed = dict(totals.select("id", "minor").rows())
    added = dict(amounts.group_by("id").agg(pl.col("minor").sum()).rows())
    controls: list[Control] = []
    for name in pl.concat([totals, amounts]).sort("line_no")["id"].unique(maintain_order=True):
        unit = units.get(name, "")
        stated = money.show(printed[name], unit) if name in printed else "none"
        controls.append(Control(f"total-amount of settlement {name}", stated, money.show(added.get(name, 0), unit)))
    return tuple(controls) or (Control("settlements", "none: the report is cut off", "one at least"),)
