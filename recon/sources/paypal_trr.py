"""PayPal transaction detail report (TRR), versions 4 to 11: everything that happened, money or not.

Where from: reports.paypal.com (SFTP), folder ppreports/outgoing, one file a day: ``TRR-20260203.01.011.CSV``. The same
records as in the settlement report, with more columns: after the 13 of money a Transactional Status, then the items,
addresses and names of the payer (54 columns in version 8):

    "RH",2026/02/04 02:05:05 +0800,"A","PPACCOUNT1",011,
    "FH",01
    "SH",2026/02/03 00:00:00 +0800,2026/02/03 23:59:59 +0800,"PPACCOUNT1",""
    "CH","Transaction ID","Invoice ID", ... "Fee Currency","Transactional Status","Insurance Amount", ...
    "SB","9AB12345CD678901E","P2602030001", ... "CR",12900,"USD","DR",469,"USD","S", ...
    "SF",1
    "SC",1
    "RF",1
    "RC",1
    "FF",1

What comes out: one ``channel`` row per SB record that is or may become a movement of money, as the settlement report
gives it (recon/sources/paypal_codes.py); where both are loaded, the settlement report's row is the transaction and this
one confirms it.

- status: S, F (refunded in part) and V (reversed later, by a row of its own) are success; D (denied) is closed; P is
  pending, but a withdrawal, a deposit or a conversion has left the balance while the bank still works on it. Any other
  letter is a reject.
- Authorisations and voids (T13nn), rows for display (T98nn) and other events (T99nn) are excluded: no money moved.
- All else as in the settlement report: amounts are unsigned hundredths in every currency; occurred_s and business_date
  by Transaction Completion Date as printed; merchant_no = Invoice ID; memo = event code, then Custom Field.
- counterparty = the payer's name, masked; addresses, mail and names as printed stay in raw.

The report prints no balance, and its rows do not add up to one: denied and pending ones stand beside those that moved
money. So nothing is summed. Controls: the row counts of SF, SC, RF, RC and FF (SF may count one currency). A file with
FH and without FF is cut off.

Source: Transaction Detail Report specification, public reports of version 8 and a production reader of them
(formats/paypal-banks-orders-vouchers.md section 1c, read 2026-11). Columns of versions 4 to 7 are read by their names.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import ClassVar, Final

import polars as pl

from recon.privacy import masked_name
from recon.sources import paypal_codes
from recon.sources.cells import Cell, printed, read_cells, text
from recon.sources.paypal_records import (
    CURRENCY,
    NEEDED,
    Section,
    columns_of,
    in_sections,
    key,
    read_report,
    told,
    wanted,
)
from recon.sources.piece import Piece
from recon.sources.source import Control, Reading, Settings, Source

STATUS: Final = "Transactional Status"
COLUMNS: Final = (*NEEDED, STATUS, "Custom Field", "First Name", "Last Name", "Consumer Business Name", "Store ID")
_IDENTIFIERS: Final = ("Transaction ID", "Invoice ID", "PayPal Reference ID")
_NAMES: Final = ("Consumer Business Name", "First Name", "Last Name")


class PayPalDetail(Source):
    """PayPal transaction detail report."""

    name: ClassVar[str] = "paypal_trr"
    title: ClassVar[str] = "PayPal Transaction Detail Report (TRR)"
    raw_table: ClassVar[str] = "paypal.detail"
    personal = re.compile(r"(?i)^(?:first|last|consumer business|shipping) *name$|address|phone")
    looks_for: ClassVar[str] = "a CH record with Transaction ID, Gross Transaction Amount and Transactional Status"
    confirms: ClassVar[tuple[str, ...]] = ("paypal_stl",)

    def identify(self, piece: Piece) -> bool:
        """Claim a file with a CH record of money columns and a status."""
        return {key(name) for name in (*NEEDED, STATUS)} <= columns_of(piece.head_lines)

    def read(self, piece: Piece, settings: Settings) -> Reading:  # noqa: ARG002 - every time carries its offset
        """Read all sections. Raises SourceError without a CH record, or when identifiers are destroyed."""
        report = read_report(piece, COLUMNS, _IDENTIFIERS)
        moneyless = paypal_codes.without_money(printed("Transaction Event Code"))
        excluded = report.whole.filter(moneyless).select("line_no", pl.lit(paypal_codes.NO_MONEY).alias("reason"))
        typed, bad = read_cells(report.whole.filter(~moneyless), wanted() | _more())
        events = in_sections(typed, report.sections).with_columns(
            pl.col("fee_minor").fill_null(0),
            masked_name(pl.coalesce(pl.when(pl.col(name) != "").then(name) for name in _NAMES).fill_null("")).alias(
                "counterparty"
            ),
        )
        return Reading(
            raw=report.raw,
            account=report.account,
            period_start=min(report.days, default=None),
            period_end=max(report.days, default=None),
            txns=paypal_codes.rows(events),
            rejects=pl.concat([report.torn, bad]).sort("line_no", maintain_order=True),
            excluded=excluded,
            controls=tuple(_controls(report.records, in_sections(report.whole, report.sections), report.sections)),
        )


def _more() -> dict[str, Cell]:
    letter, code = printed(STATUS), printed("Transaction Event Code")
    return {
        "status": Cell(
            STATUS, paypal_codes.status(letter, code), "is none of " + ", ".join(paypal_codes.STATUSES), required=True
        ),
        "custom": text("Custom Field"),
        "shop": text("Store ID"),
        **{name: text(name) for name in _NAMES},
    }


def _controls(records: pl.DataFrame, rows: pl.DataFrame, sections: list[Section]) -> Iterator[Control]:
    """Compare the counts that the report prints with the number of SB records."""
    row_lines = records.filter(pl.col("type") == "SB")["line_no"]
    counts = dict(
        rows.group_by("section", printed(CURRENCY).alias("unit"))
        .len()
        .select(pl.concat_str("section", pl.lit(" "), "unit"), "len")
        .rows()
    )
    for found in told(records, sections):
        if not found.whole:
            continue
        unit = found.cells[1] if len(found.cells) > 2 else ""
        if unit:
            in_section = f"{found.section} {unit}"
            count = (
                counts.get(in_section, 0)
                if found.section
                else sum(number for place, number in counts.items() if place.endswith(f" {unit}"))
            )
            yield Control(f"{found.name} {unit} rows", found.count, str(count))
        else:
            yield Control(f"{found.name} rows", found.count, str(found.rows_in(row_lines)))
