"""PayPal settlement report (STL), versions 6 to 9.

Where from: reports.paypal.com (SFTP), folder ppreports/outgoing, one file a day: ``STL-20260203.01.009.CSV`` (date,
part, version). Records are known by their first cell; comma or tab; UTF-8 with or without byte order mark, old ones
UTF-16:

    "RH",2026/02/04 02:05:05 +0800,"A","PPACCOUNT1",009,
    "FH",01
    "SH",2026/02/03 00:00:00 +0800,2026/02/03 23:59:59 +0800,"PPACCOUNT1",""
    "CH","Transaction ID","Invoice ID","PayPal Reference ID", ... "Bank Reference ID", ...
    "SB","9AB12345CD678901E","P2602030001","","","T0006",2026/02/03 09:15:02 +0800, ... "CR",12900,"USD","DR",469, ...
    "SF","USD",12900,0,0,469,"CR",100000,"CR",112431, ... ,1
    "SC",1
    "RF","USD",12900,0,0,469,"CR",100000,"CR",112431, ... ,1
    "RC",1
    "FF",1

What comes out: one ``channel`` row per SB record, read by the names of its CH record (white space does not count).

- Amounts are unsigned hundredths in every currency, also in those without a cent: JPY 15000 is 150 yen. Debit or credit
  gives the sign. What the ISO currency cannot hold exactly (JPY 15050) is rejected. Fee cells are blank when no fee was
  taken: fee 0. net = gross + fee.
- occurred_s = Transaction Completion Date (Initiation Date where blank). business_date = its local date as printed: the
  account's own day, not that of the workspace; it is the day that SH and SF speak of.
- kind by event code and sign (recon/sources/paypal_codes.py): payments, refunds, chargebacks and their reversals, fees
  of their own, payouts, holds and reserves with their releases, conversions.
- merchant_no = Invoice ID; refunds, chargebacks and conversions repeat that of the payment. related_no = PayPal
  Reference ID unless its type says that it names an order, a subscription or an agreement (ODR, SUB, PAP).
  refund_no = the refund's own Transaction ID. memo = event code, then Custom Field; shop = Store ID.
- Withdrawals carry their Bank Reference ID, the key to the bank statement, as reference; T04xx also
  batch_no = paypal:ACCOUNT:YYYYMMDD.
- Automatic currency conversion: two T0200 rows, related_no = the payment; each is a conversion row in its own currency.

Controls: per section (SF) and report (RF) and currency: gross and fee totals, row count, end balance = begin balance +
gross + fees of the rows; row counts of SC, RC, FF; a currency without SF must come to zero. A file with FH and without
FF is cut off. A report of more than a million rows goes on in a second file (FH 02), whose SF tells of the rows of all
parts: it is compared when all are loaded, in any order (in a report of a single account; its RF says the same).

Source: Settlement Report specification 9.0 and production readers of it (formats/paypal-banks-orders-vouchers.md
section 1a, read 2026-11). The meaning of the begin and end balances is inferred from the specification.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar, Final, TypeAlias

import polars as pl

from recon import money
from recon.model import Status
from recon.sources import paypal_codes
from recon.sources.cells import BLANKS, printed, read_cells, text
from recon.sources.paypal_records import (
    AMOUNT,
    CURRENCY,
    HUNDREDTHS,
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
from recon.sources.source import Control, Direction, Measure, Reading, Settings, Source, Total

COLUMNS: Final = (
    *NEEDED,
    "Custom Field",
    "Consumer ID",
    "Payment Tracking ID",
    "Store ID",
    "Bank Reference ID",
    "Credit Transactional Fee",
    "Credit Promotional Fee",
    "Credit Term",
)
_IDENTIFIERS: Final = ("Transaction ID", "Invoice ID", "PayPal Reference ID", "Bank Reference ID")
_BALANCES_AT: Final = 6
_LABELS: Final = ("gross credits", "gross debits", "fee credits", "fee debits")


class PayPalSettlement(Source):
    """PayPal settlement report."""

    name: ClassVar[str] = "paypal_stl"
    title: ClassVar[str] = "PayPal Settlement Report (STL)"
    raw_table: ClassVar[str] = "paypal.settlement"
    looks_for: ClassVar[str] = "a CH record with Transaction ID and Gross Transaction Amount, but no status"

    def identify(self, piece: Piece) -> bool:
        """Claim a file with a CH record of money columns; the one of the detail report (TRR) has a status, too."""
        keys = columns_of(piece.head_lines)
        return {key(name) for name in NEEDED} <= keys and "transactionalstatus" not in keys

    def read(self, piece: Piece, settings: Settings) -> Reading:  # noqa: ARG002 - every time carries its offset
        """Read all sections. Raises SourceError without a CH record, or when identifiers are destroyed."""
        report = read_report(piece, COLUMNS, _IDENTIFIERS)
        cells = {"custom": text("Custom Field"), "shop": text("Store ID"), "reference": text("Bank Reference ID")}
        typed, bad = read_cells(report.whole, wanted() | cells)
        moved = in_sections(typed, report.sections).with_columns(
            pl.col("fee_minor").fill_null(0), pl.lit(Status.SUCCESS.value).alias("status")
        )
        return Reading(
            raw=report.raw,
            account=report.account,
            period_start=min(report.days, default=None),
            period_end=max(report.days, default=None),
            txns=paypal_codes.rows(moved),
            rejects=pl.concat([report.torn, bad]).sort("line_no", maintain_order=True),
            controls=tuple(
                _controls(report.records, _totals(in_sections(report.whole, report.sections)), report.sections)
            ),
            totals=tuple(_of_all_parts(report.records, report.sections)),
        )


@dataclass(slots=True)
class _Total:
    """Hundredths of one currency: credits and debits of gross and fee, and the number of rows."""

    rows: int = 0
    gross_credits: int = 0
    gross_debits: int = 0
    fee_credits: int = 0
    fee_debits: int = 0

    @property
    def net(self) -> int:
        return self.gross_credits - self.gross_debits + self.fee_credits - self.fee_debits

    def __add__(self, other: _Total) -> _Total:
        return _Total(*(getattr(self, name) + getattr(other, name) for name in _Total.__slots__))


_Totals: TypeAlias = dict[tuple[int, str], _Total]


def _totals(rows: pl.DataFrame) -> _Totals:
    """Totals per (section, currency), of all records that have the right number of cells, rejected cells or not."""
    currency, fee_currency = printed(CURRENCY), printed("Fee Currency")
    gross = rows.select("section", currency.alias("currency"), pl.lit(1).alias("rows"), *_sides("gross", "Transaction"))
    fees = rows.filter(~printed("Fee Amount").is_in(BLANKS)).select(
        "section",
        pl.when(fee_currency == "").then(currency).otherwise(fee_currency).alias("currency"),
        *_sides("fee", "Fee"),
    )
    sums = pl.concat([gross, fees], how="diagonal").group_by("section", "currency").sum()
    totals = (
        (row["section"], row["currency"], _Total(**{name: row[name] or 0 for name in _Total.__slots__}))
        for row in sums.iter_rows(named=True)
    )
    return {(section, code): total for section, code, total in sorted(totals, key=lambda found: found[:2])}


def _sides(part: str, word: str) -> list[pl.Expr]:
    amount = printed(AMOUNT if part == "gross" else "Fee Amount")
    units = pl.when(amount.str.contains(HUNDREDTHS)).then(amount).cast(pl.Int64).fill_null(0)
    side = printed(f"{word} Debit or Credit")
    return [
        pl.when(side == "CR").then(units).otherwise(0).alias(f"{part}_credits"),
        pl.when(side == "DR").then(units).otherwise(0).alias(f"{part}_debits"),
    ]


def _controls(records: pl.DataFrame, totals: _Totals, sections: list[Section]) -> Iterator[Control]:
    """Compare what SF, SC, RF, RC and FF print with the rows they speak of."""
    row_lines = records.filter(pl.col("type") == "SB")["line_no"]
    of_report: _Totals = {}
    for (_, currency), total in totals.items():
        of_report[0, currency] = of_report.get((0, currency), _Total()) + total
    totalled: set[tuple[int, str]] = set()
    for found in told(records, sections):
        if not found.whole:
            continue
        if len(found.cells) > _BALANCES_AT + 4:
            place = found.section, found.cells[1]
            totalled.add(place)
            total = {**of_report, **totals}.get(place, _Total())
            yield from _agree(f"{found.name} {found.cells[1]}", found.cells, found.count, total)
        else:
            yield Control(f"{found.name} rows", found.count, str(found.rows_in(row_lines)))
    for (section, currency), total in totals.items():
        # A currency without SF was converted as it came in: what came and what was converted cancel.
        if (section, currency) not in totalled and any(number == section for number, _ in totalled):
            yield Control(f"no SF {currency}, net", _shown(0), _shown(total.net))


def _agree(name: str, cells: list[str], count: str, total: _Total) -> Iterator[Control]:
    """One SF or RF record: gross and fee totals, begin and end balance, number of rows."""
    sums = (total.gross_credits, total.gross_debits, total.fee_credits, total.fee_debits)
    for label, cell, computed in zip(_LABELS, cells[2:_BALANCES_AT], sums, strict=True):
        yield Control(f"{name} {label}", _shown(_number(cell)) or cell, _shown(computed))
    begin, end = _balances(cells)
    if begin is not None and end is not None:
        yield Control(f"{name} end balance", _shown(end), _shown(begin + total.net))
    yield Control(f"{name} rows", count, str(total.rows))


def _of_all_parts(records: pl.DataFrame, sections: list[Section]) -> Iterator[Total]:
    """What SF prints of a section whose rows are in several files: the part that it stands in knows the whole."""
    days = {part.number: part.days for part in sections if part.days}
    if len({part.account for part in sections}) > 1:
        return
    for found in told(records, sections):
        if found.whole or found.section not in days or len(found.cells) <= _BALANCES_AT + 4:
            continue
        currency = found.cells[1]
        sums = [_number(cell) for cell in found.cells[2:_BALANCES_AT]]
        begin, end = _balances(found.cells)
        figures: list[tuple[str, Measure, Direction, int | None]] = [
            ("rows", "rows", "", int(found.count) if re.fullmatch("[0-9]{1,9}", found.count) else None),
            (_LABELS[0], "amount_minor", "in", _minor(sums[0], currency)),
            (_LABELS[1], "amount_minor", "out", _minor(sums[1], currency, sign=-1)),
            (_LABELS[2], "fee_minor", "in", _minor(sums[2], currency)),
            (_LABELS[3], "fee_minor", "out", _minor(sums[3], currency, sign=-1)),
            (
                "end less begin balance",
                "net_minor",
                "",
                _minor(None if begin is None or end is None else end - begin, currency),
            ),
        ]
        for label, measure, direction, printed_figure in figures:
            if printed_figure is not None:
                yield Total(
                    name=f"{found.name} {currency} {label}",
                    source=PayPalSettlement.name,
                    account=sections[0].account,
                    first=min(days[found.section]),
                    last=max(days[found.section]),
                    measure=measure,
                    direction=direction,
                    printed=printed_figure,
                    currency=currency,
                )


def _minor(hundredths: int | None, currency: str, *, sign: int = 1) -> int | None:
    """Minor units of the currency; None where it cannot hold them exactly, which no sum of readable rows does."""
    if hundredths is None or not re.match("^[A-Z]{3}$", currency):
        return None
    minor, rest = divmod(hundredths * 10 ** money.exponent(currency), 100)
    return None if rest else sign * minor


def _balances(cells: list[str]) -> tuple[int | None, int | None]:
    """Begin and end balance of an SF or RF record."""
    begin, end = (_signed(*cells[at : at + 2]) for at in (_BALANCES_AT, _BALANCES_AT + 2))
    return begin, end


def _number(cell: str) -> int | None:
    return int(cell) if re.match(HUNDREDTHS, cell) else None


def _signed(side: str, cell: str) -> int | None:
    number = _number(cell)
    if number is None or side not in {"CR", "DR"}:
        return None
    return number if side == "CR" else -number


def _shown(hundredths: int | None) -> str:
    return money.show(hundredths, "USD")  # two decimals for every currency, as the report counts
