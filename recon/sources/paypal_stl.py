"""PayPal settlement report (STL), versions 6 to 9.

Where from: the reports server (SFTP), folder ppreports/outgoing, one file a day: ``STL-20260203.01.009.CSV``. Records
are known by their first cell; comma or tab; UTF-8 with or without byte order mark, old ones UTF-16:

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
- kind by event code (the two digits after T are enough, with the exceptions in ``_KIND_OF_CODE``). A payment that is a
  debit is money the merchant sent: transfer. A reversal that is a credit is none of the merchant's refunds: adjustment.
- merchant_no = Invoice ID; refunds, chargebacks and conversions repeat that of the payment. related_no = PayPal
  Reference ID unless its type says that it names an order, a subscription or an agreement (ODR, SUB, PAP).
  refund_no = the refund's own Transaction ID. memo = event code, then Custom Field; shop = Store ID.
- Withdrawals carry their Bank Reference ID, the key to the bank statement, as reference; T04xx also
  batch_no = paypal:ACCOUNT:YYYYMMDD.
- Automatic currency conversion: two T0200 rows, related_no = the payment; each is a conversion row in its own currency.

Controls: per section (SF) and report (RF) and currency: gross and fee totals, row count, end balance = begin balance +
gross + fees of the rows; row counts of SC, RC, FF; a currency without SF must come to zero. A report that goes on in a
second file (FH 02) is not compared with RF and RC, which count all its files. A file with FH and without FF is cut off.

Source: Settlement Report specification 9.0 and production readers of it (formats/paypal-banks-orders-vouchers.md
section 1a, read 2026-11). The meaning of the begin and end balances is inferred from the specification.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import ClassVar, Final, TypeAlias

import polars as pl

from recon import money
from recon.model import Book, Channel, Kind, Status
from recon.sources.cells import BLANKS, Cell, printed, read_cells, refuse_destroyed_ids, text
from recon.sources.paypal_records import NEEDED, RECORD, Section, in_sections, key, read_records, read_sections, split
from recon.sources.piece import Piece
from recon.sources.source import Control, Reading, Settings, Source

_KIND_OF_CODE: Final = {
    "T1101": Kind.PAYOUT,  # a withdrawal that came back
    "T1105": Kind.HOLD,  # release of a general hold
    "T1108": Kind.FEE,  # fee given back
    "T1109": Kind.FEE,
    "T1110": Kind.HOLD,  # hold for a dispute and its release
    "T1111": Kind.HOLD,
    "T1201": Kind.CHARGEBACK,
    "T1202": Kind.CHARGEBACK_REVERSAL,
}
_KIND_OF_GROUP: Final = {
    "T00": Kind.PAYMENT,
    "T01": Kind.FEE,
    "T02": Kind.CONVERSION,
    "T03": Kind.PAYOUT,  # bank to PayPal: the same leg as a withdrawal, other sign
    "T04": Kind.PAYOUT,
    "T05": Kind.TRANSFER,  # debit card
    "T06": Kind.TRANSFER,
    "T07": Kind.TRANSFER,
    "T11": Kind.REFUND,
    "T13": Kind.HOLD,  # authorisations
    "T15": Kind.HOLD,
    "T17": Kind.TRANSFER,  # withdrawal to something that is no bank
    "T20": Kind.TRANSFER,  # between the merchant's own accounts
    "T21": Kind.HOLD,
}
_IDENTIFIERS: Final = ("Transaction ID", "Invoice ID", "PayPal Reference ID", "Bank Reference ID")
_NO_MOVEMENT: Final = ("ODR", "SUB", "PAP")  # order, subscription, pre-approved payment: no transaction
_AMOUNT: Final = "Gross Transaction Amount"
_CURRENCY: Final = "Gross Transaction Currency"
_SIDE: Final = "Transaction Debit or Credit"
_SIDES: Final = ("CR", "DR")
_WHEN: Final = "Transaction Completion Date"
_HUNDREDTHS: Final = r"^\d{1,16}$"
_TIME: Final = "%Y/%m/%d %H:%M:%S %z"
_BALANCES_AT: Final = 6


class PayPalSettlement(Source):
    """PayPal settlement report."""

    name: ClassVar[str] = "paypal_stl"
    title: ClassVar[str] = "PayPal Settlement Report (STL)"
    raw_table: ClassVar[str] = "paypal.settlement"
    looks_for: ClassVar[str] = "a CH record with Transaction ID and Gross Transaction Amount, but no status"

    def identify(self, piece: Piece) -> bool:
        """Claim a file with a CH record of money columns; the one of the detail report (TRR) has a status, too."""
        for line in piece.head_lines:
            found = re.match(RECORD, line)
            if found and found.group(1) == "CH":
                keys = {key(cell) for cell in split(line)}
                return {key(name) for name in NEEDED} <= keys and "transactionalstatus" not in keys
        return False

    def read(self, piece: Piece, settings: Settings) -> Reading:  # noqa: ARG002 - every time carries its offset
        """Read all sections. Raises SourceError without a CH record, or when identifiers are destroyed."""
        records = read_records(piece)
        sections = read_sections(piece, records)
        raw = pl.concat([part.raw for part in sections], how="diagonal").fill_null("").sort("line_no")
        refuse_destroyed_ids(piece.name, raw, _IDENTIFIERS)
        torn = pl.concat([part.torn for part in sections])
        whole = raw.join(torn, on="line_no", how="anti", maintain_order="left") if torn.height else raw
        typed, bad = read_cells(whole, _wanted())
        days = [day for part in sections for day in part.days]
        return Reading(
            raw=raw,
            account=sections[0].account if len({part.account for part in sections}) == 1 else "",
            period_start=min(days, default=None),
            period_end=max(days, default=None),
            txns=_txns(in_sections(typed, sections)),
            rejects=pl.concat([torn, bad]).sort("line_no", maintain_order=True),
            controls=tuple(_controls(records, _totals(in_sections(whole, sections)), sections)),
        )


def _minor(amount: str, side: str) -> pl.Expr:
    """Unsigned hundredths -> signed minor units of the row's currency; null when unreadable or not exact."""
    units = pl.when(printed(amount).str.contains(_HUNDREDTHS)).then(printed(amount)).cast(pl.Int64)
    factor = money.exponents(printed(_CURRENCY)).replace_strict({0: 1, 2: 100, 3: 1000}, return_dtype=pl.Int64)
    minor = pl.when(units * factor % 100 == 0).then(units * factor // 100)
    return pl.when(printed(side) == "DR").then(-minor).otherwise(minor)


def _wanted() -> dict[str, Cell]:
    reason = "is no unsigned number of hundredths that the currency can hold exactly"
    fee_free = printed("Fee Amount").is_in([*BLANKS, "0"])
    fee_side, fee_currency = printed("Fee Debit or Credit"), printed("Fee Currency")
    side, currency, code = printed(_SIDE), printed(_CURRENCY), printed("Transaction Event Code")
    when = pl.when(printed(_WHEN) == "").then(printed("Transaction Initiation Date")).otherwise(printed(_WHEN))
    moment = when.str.to_datetime(_TIME, time_unit="us", time_zone="UTC", strict=False).dt.epoch("s")
    day = when.str.slice(0, 10).str.to_date("%Y/%m/%d", strict=False)
    charged_here = fee_free | (fee_currency == currency)
    return {
        "native_id": text("Transaction ID", required=True),
        "merchant_no": text("Invoice ID"),
        "reference_id": text("PayPal Reference ID"),
        "reference_type": text("PayPal Reference ID Type"),
        "code": _held("Transaction Event Code", code.str.contains(r"^T\d{4}$"), code, "is no event code"),
        "occurred_s": Cell(_WHEN, moment, "is not a time with its offset from UTC", required=True),
        "business_date": Cell(_WHEN, day, "is not a date"),
        "side": _held(_SIDE, side.is_in(_SIDES), side, "is neither CR nor DR"),
        "currency": _held(_CURRENCY, currency.str.contains("^[A-Z]{3}$"), currency, "is no currency"),
        "amount_minor": Cell(_AMOUNT, _minor(_AMOUNT, _SIDE), reason, required=True),
        "fee_side": _held(
            "Fee Debit or Credit", fee_free | fee_side.is_in(_SIDES), pl.lit("-"), "is neither CR nor DR"
        ),
        "fee_minor": Cell("Fee Amount", _minor("Fee Amount", "Fee Debit or Credit"), reason),
        "fee_currency": Cell("Fee Currency", _if(charged_here, pl.lit("-")), "is not the currency of the amount"),
        "custom": text("Custom Field"),
        "shop": text("Store ID"),
        "reference": text("Bank Reference ID"),
    }


def _held(column: str, holds: pl.Expr, value: pl.Expr, reason: str) -> Cell:
    return Cell(column, _if(holds, value), reason, required=True)


def _if(holds: pl.Expr, value: pl.Expr) -> pl.Expr:
    return pl.when(holds).then(value)


def _txns(rows: pl.DataFrame) -> pl.DataFrame:
    code, amount = pl.col("code"), pl.col("amount_minor")
    group = code.str.slice(0, 3).replace_strict(_values(_KIND_OF_GROUP), default=Kind.ADJUSTMENT.value)
    told = code.replace_strict(_values(_KIND_OF_CODE), default=group, return_dtype=pl.String)
    kind = (
        pl.when((told == Kind.PAYMENT.value) & (amount < 0))
        .then(pl.lit(Kind.TRANSFER.value))
        .when((told == Kind.REFUND.value) & (amount > 0))
        .then(pl.lit(Kind.ADJUSTMENT.value))
        .otherwise(told)
    )
    fee = pl.col("fee_minor").fill_null(0)
    day = pl.col("business_date").dt.strftime("%Y%m%d")
    batch = pl.concat_str(pl.lit(f"{Channel.PAYPAL.value}:"), "account", pl.lit(":"), day)
    custom = pl.col("custom").str.replace_all(r"\s+", " ")
    names_movement = ~pl.col("reference_type").is_in(_NO_MOVEMENT)
    return rows.with_columns(kind.alias("kind")).select(
        "line_no",
        pl.lit(Book.CHANNEL.value).alias("book"),
        pl.lit(Channel.PAYPAL.value).alias("channel"),
        "account",
        "kind",
        pl.lit(Status.SUCCESS.value).alias("status"),
        "native_id",
        "currency",
        "amount_minor",
        fee.alias("fee_minor"),
        (amount + fee).alias("net_minor"),
        "occurred_s",
        "business_date",
        "merchant_no",
        pl.col("native_id").alias("channel_txn_no"),
        pl.when(names_movement).then("reference_id").otherwise(pl.lit("")).alias("related_no"),
        pl.when(pl.col("kind") == Kind.REFUND.value).then("native_id").otherwise(pl.lit("")).alias("refund_no"),
        pl.when(code.str.starts_with("T04")).then(batch).otherwise(pl.lit("")).alias("batch_no"),
        "reference",
        pl.when(custom == "").then(code).otherwise(code + " | " + custom).alias("memo"),
        "shop",
    )


def _values(kinds: Mapping[str, Kind]) -> dict[str, str]:
    return {code: kind.value for code, kind in kinds.items()}


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
    currency, fee_currency = printed(_CURRENCY), printed("Fee Currency")
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
    amount = printed(_AMOUNT if part == "gross" else "Fee Amount")
    units = _if(amount.str.contains(_HUNDREDTHS), amount).cast(pl.Int64).fill_null(0)
    side = printed(f"{word} Debit or Credit")
    return [
        pl.when(side == "CR").then(units).otherwise(0).alias(f"{part}_credits"),
        pl.when(side == "DR").then(units).otherwise(0).alias(f"{part}_debits"),
    ]


@dataclass(frozen=True, slots=True)
class _Printed:
    """One record that totals or counts: SF, SC, RF, RC or FF, and the lines whose SB records it speaks of."""

    name: str
    section: int
    cells: list[str]
    from_line: int
    line_no: int


def _told(records: pl.DataFrame, several: bool) -> Iterator[_Printed]:  # noqa: FBT001 - private, and named where it is called
    section, section_line, file_line, first_file = 0, 0, 0, True
    for line_no, kind, line in records.filter(~pl.col("type").is_in(["SB", "RH", "SH"])).rows():
        cells = [cell.strip() for cell in split(line)]
        if kind == "CH":
            section, section_line = section + 1, line_no
        elif kind == "FH":
            file_line, first_file = line_no, _count(cells) == "1"
        elif kind in {"SF", "SC"}:
            yield _Printed(f"{kind} {section}" if several else kind, section, cells, section_line, line_no)
        elif kind == "FF" or first_file:
            yield _Printed(kind, 0, cells, file_line if kind == "FF" else 0, line_no)
            file_line = 0 if kind == "FF" else file_line
    if file_line:
        yield _Printed("FF", 0, ["FF", "no FF record: the file is cut off"], file_line, records["line_no"][-1])


def _controls(records: pl.DataFrame, totals: _Totals, sections: list[Section]) -> Iterator[Control]:
    """Compare what SF, SC, RF, RC and FF print with the rows they speak of."""
    row_lines = records.filter(pl.col("type") == "SB")["line_no"]
    of_report: _Totals = {}
    for (_, currency), total in totals.items():
        of_report[0, currency] = of_report.get((0, currency), _Total()) + total
    told: set[tuple[int, str]] = set()
    for found in _told(records, several=len(sections) > 1):
        if len(found.cells) > _BALANCES_AT + 4:
            place = found.section, found.cells[1]
            told.add(place)
            yield from _agree(
                f"{found.name} {found.cells[1]}", found.cells, {**of_report, **totals}.get(place, _Total())
            )
        else:
            rows = row_lines.is_between(found.from_line, found.line_no).sum()
            yield Control(f"{found.name} rows", _count(found.cells), str(rows))
    for (section, currency), total in totals.items():
        # A currency without SF was converted as it came in: what came and what was converted cancel.
        if (section, currency) not in told and any(number == section for number, _ in told):
            yield Control(f"no SF {currency}, net", _shown(0), _shown(total.net))


def _count(cells: list[str]) -> str:
    """Last cell of a counting record, without leading zeros."""
    return cells[-1].lstrip("0") or "0"


def _agree(name: str, cells: list[str], total: _Total) -> Iterator[Control]:
    """One SF or RF record: gross and fee totals, begin and end balance, number of rows."""
    labels = ("gross credits", "gross debits", "fee credits", "fee debits")
    sums = (total.gross_credits, total.gross_debits, total.fee_credits, total.fee_debits)
    for label, cell, computed in zip(labels, cells[2:_BALANCES_AT], sums, strict=True):
        yield Control(f"{name} {label}", _shown(_number(cell)) or cell, _shown(computed))
    begin, end = (_signed(*cells[at : at + 2]) for at in (_BALANCES_AT, _BALANCES_AT + 2))
    if begin is not None and end is not None:
        yield Control(f"{name} end balance", _shown(end), _shown(begin + total.net))
    yield Control(f"{name} rows", _count(cells), str(total.rows))


def _number(cell: str) -> int | None:
    return int(cell) if re.match(_HUNDREDTHS, cell) else None


def _signed(side: str, cell: str) -> int | None:
    number = _number(cell)
    if number is None or side not in {"CR", "DR"}:
        return None
    return number if side == "CR" else -number


def _shown(hundredths: int | None) -> str:
    return money.show(hundredths, "USD")  # two decimals for every currency, as the report counts
