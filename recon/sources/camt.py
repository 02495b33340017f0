"""Bank statement in XML: ISO 20022 camt.053, and the intraday report camt.052 and notification camt.054.

Where from: the bank's e-banking or EBICS/SWIFT delivery, often as a zip of many files, sometimes without an extension.
All versions (001.01 to 001.14) and any name space prefix: elements are known by their local names.

    <BkToCstmrStmt><Stmt><Acct><Id><IBAN>NL26VAYB8060476890</IBAN></Id></Acct>
      <Bal><Tp><CdOrPrtry><Cd>OPBD</Cd></CdOrPrtry></Tp><Amt Ccy="USD">100.00</Amt><CdtDbtInd>CRDT</CdtDbtInd>...</Bal>
      <Ntry><Amt Ccy="USD">250.00</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts>BOOK</Sts>
        <BookgDt><Dt>2026-02-06</Dt></BookgDt><AcctSvcrRef>BR0002</AcctSvcrRef><NtryDtls>...</NtryDtls></Ntry></Stmt>

What comes out: one ``bank`` row per Ntry, also where it stands for a batch; its TxDtls are texts for matching.

- amount: CdtDbtInd gives the direction of the money, also when RvslInd is true (then the entry takes back another one,
  and the parties are those of that one). Amounts may print up to 5 decimals; more than the currency has is a reject.
- Only booked entries are rows: PDNG, INFO and FUTR are excluded with that reason.
- business_date = BookgDt, else ValDt. occurred_s only when BookgDt has a time other than midnight, which is how banks
  write "no time"; without an offset the time is in the workspace's zone.
- native_id = AcctSvcrRef/YYYYMMDD/amount: banks give a charge or a reversal the reference of the payment it belongs
  to, also in a later statement, and one must not replace the other. reference = AcctSvcrRef, else EndToEndId unless
  NOTPROVIDED. memo = EndToEndId, AddtlNtryInf, Ustrd, structured reference, AddtlTxInf, distinct, joined by " | ".
  counterparty = Dbtr of money in, Cdtr of money out (a name, or that of its bank), else the ultimate one.
- account = IBAN, else the other identification.
- camt.052 and camt.054 tell again what the statement will tell. An entry with AcctSvcrRef has the same identity there
  and here, so it counts once; one without is excluded, because nothing would keep it from counting twice.
- line_no is the line of ``<Ntry``. Where several entries share a line (XML without line breaks), it is the entry's
  place in the file instead: first, second ...

Controls, per statement: opening balance (OPBD, else PRCD; a first ITBD on a later page) + booked entries = closing
balance (CLBD, else the last ITBD), and number and sums of TxsSummry when all entries are booked.

A document type declaration (DTD) is refused: statements have none, and entities are a known way to attack readers.

Source: ISO 20022 message definitions and public sample files of many versions (formats/paypal-banks-orders-vouchers.md
section 2a, read 2026-11).
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from typing import ClassVar, Final

import polars as pl

from recon import money, times
from recon.model import EXCLUDED, REJECT, Book, Kind, Status
from recon.sources import camt_xml
from recon.sources.camt_entries import COLUMNS
from recon.sources.camt_xml import Node, Statement
from recon.sources.piece import Piece
from recon.sources.source import Control, Reading, Settings, Source

_ROOT: Final = re.compile(r"<(?:[\w.-]+:)?(?:BkToCstmrStmt|BkToCstmrAcctRpt|BkToCstmrDbtCdtNtfctn)\b")
_AT_ONCE: Final = 20_000
_AMOUNT: Final = r"^(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)$"
_DATE: Final = re.compile(r"(\d{4}-\d\d-\d\d)(?:T(\d\d:\d\d:\d\d)(?:\.\d+)?)?(Z|[+-]\d\d:\d\d)?")
_SIDES: Final = {"CRDT": 1, "DBIT": -1}
_BOOKED: Final = ("BOOK", "")
_RAW: Final = ("Message", "Statement", "Account", "Entry", *COLUMNS)


class Camt(Source):
    """camt.053 statement, camt.052 report, camt.054 notification."""

    name: ClassVar[str] = "camt"
    title: ClassVar[str] = "ISO 20022 bank statement (camt.052/053/054)"
    raw_table: ClassVar[str] = "bank.camt"
    book = Book.BANK
    streams: ClassVar[bool] = True
    looks_for: ClassVar[str] = "XML with an element BkToCstmrStmt, BkToCstmrAcctRpt or BkToCstmrDbtCdtNtfctn"

    def identify(self, piece: Piece) -> bool:
        """Claim XML with one of the three message elements in its first part."""
        return bool(_ROOT.search(piece.head))

    def read(self, piece: Piece, settings: Settings) -> Reading:
        """Read all statements of the message. Raises SourceError when the XML is damaged or has a DTD."""
        statements, entries = camt_xml.read(piece)
        raw = _raw(statements, entries)
        reason = _not_a_row()
        excluded = raw.select("line_no", reason.alias("reason")).filter(pl.col("reason") != "")
        judged = _judged(raw.filter(reason == ""), settings.zone)
        rejects = _rejects(judged)
        txns = judged.join(rejects, on="line_no", how="anti", maintain_order="left") if rejects.height else judged
        accounts = {statement.account for statement in statements}
        days = [day for statement in statements for day in _days(statement.head)]
        controls = [
            control for number, statement in enumerate(statements) for control in _controls(statement, entries, number)
        ]
        return Reading(
            raw=raw.select("line_no", *_RAW),
            account=accounts.pop() if len(accounts) == 1 else "",
            period_start=min(days, default=None),
            period_end=max(days, default=None),
            txns=pl.concat([_canonical(part) for part in _slices(txns)]),
            rejects=rejects,
            excluded=excluded.cast({name: kind() for name, kind in EXCLUDED.items()}),
            controls=tuple(controls),
        )


def _slices(frame: pl.DataFrame) -> Iterator[pl.DataFrame]:
    """The frame in parts: memos are put together as lists, which take several times what comes of them."""
    yield from frame.iter_slices(_AT_ONCE) if frame.height else (frame,)


def _raw(statements: list[Statement], entries: pl.DataFrame) -> pl.DataFrame:
    """All entries as printed, with what their statement says of them; line_no as the manual says."""
    heads = pl.DataFrame(
        {
            "statement": pl.Series(range(len(statements)), dtype=pl.Int64),
            "Message": [statement.message for statement in statements],
            "Statement": [statement.head.said("Id") for statement in statements],
            "Account": [statement.account for statement in statements],
        }
    )
    place = pl.int_range(1, pl.len() + 1, dtype=pl.Int64)
    line_no = place if entries["line"].n_unique() < entries.height else pl.col("line")
    return entries.select(
        line_no.alias("line_no"), place.cast(pl.String).alias("Entry"), pl.all().exclude("line")
    ).join(heads, on="statement", how="left", maintain_order="left")


def _not_a_row() -> pl.Expr:
    """Reason why an entry is no movement of money by itself, ``""`` when it is one."""
    status, message = pl.col("Sts"), pl.col("Message")
    again = (message != "camt.053") & (pl.col("AcctSvcrRef") == "")
    told = " without AcctSvcrRef: the statement will tell it, and nothing would show it is the same"
    return (
        pl.when(~status.is_in(_BOOKED))
        .then(pl.lit("not booked yet: Sts ") + status)
        .when(again)
        .then(message + told)
        .otherwise(pl.lit(""))
    )


def _judged(raw: pl.DataFrame, zone: str) -> pl.DataFrame:
    """Add amount_minor, side, day, occurred_s (null where they cannot be read) and ``dated``, the column of the day."""
    booked = pl.col("BookgDt") != ""
    dated = raw.with_columns(
        pl.when(booked).then(pl.lit("BookgDt")).otherwise(pl.lit("ValDt")).alias("dated"),
        pl.when(booked).then(pl.col("BookgDt")).otherwise(pl.col("ValDt")).alias("printed_day"),
        pl.col("CdtDbtInd").replace_strict(_SIDES, default=None, return_dtype=pl.Int64).alias("side"),
        _minor(raw, "Amt", "Ccy").alias("printed_minor"),
    )
    moments = {
        (text, kind): _moment(text, zone if kind == "BookgDt" else "")
        for text, kind in dated.select("printed_day", "dated").unique().rows()
    }
    known = pl.DataFrame(
        [(text, kind, *found) for (text, kind), found in moments.items()],
        schema={"printed_day": pl.String, "dated": pl.String, "business_date": pl.Date, "occurred_s": pl.Int64},
        orient="row",
    )
    return dated.join(known, on=["printed_day", "dated"], how="left", maintain_order="left")


def _minor(frame: pl.DataFrame, amount: str, currency: str) -> pl.Expr:
    """Printed amounts without a sign in minor units of their currency; null where one is missing or does not fit."""
    readable = (pl.col(currency) != "") & pl.col(amount).str.contains(_AMOUNT)
    currencies = frame[currency].unique().to_list()
    places: int | pl.Expr = money.exponent(currencies[0]) if len(currencies) == 1 else money.exponents(pl.col(currency))
    return pl.when(readable).then(money.minor_units(pl.col(amount), places))


def _rejects(judged: pl.DataFrame) -> pl.DataFrame:
    """Cells that cannot be read, by line: amount, direction, day."""
    printed = pl.concat_str("Amt", "Ccy", separator=" ").str.strip_chars()
    blank = pl.when(pl.col("printed_day") == "").then(pl.lit("is blank, and so is BookgDt"))
    too_fine = pl.lit("is not an amount with at most the decimals of its currency")
    faults = (
        ("printed_minor", pl.lit("Amt"), printed, too_fine),
        ("side", pl.lit("CdtDbtInd"), pl.col("CdtDbtInd"), pl.lit("is neither CRDT nor DBIT")),
        ("business_date", pl.col("dated"), pl.col("printed_day"), blank.otherwise(pl.lit("is not a date"))),
    )
    found = [
        judged.filter(pl.col(name).is_null()).select(
            "line_no", column.alias("column"), value.alias("value"), reason.alias("reason")
        )
        for name, column, value, reason in faults
    ]
    return pl.concat(found).cast({name: kind() for name, kind in REJECT.items()}).sort("line_no", maintain_order=True)


def _canonical(judged: pl.DataFrame) -> pl.DataFrame:
    """Entries without a fault -> columns of ``model.TXN``."""
    minor = pl.col("side") * pl.col("printed_minor")
    bank_no = pl.col("AcctSvcrRef")
    ids = pl.col("EndToEndId").str.split(" | ").list.filter(~pl.element().is_in(["", "NOTPROVIDED"]))
    others = [pl.col(name).str.split(" | ") for name in ("AddtlNtryInf", "Ustrd", "Ref", "AddtlTxInf")]
    texts = pl.concat_list(ids, *others).list.filter(pl.element() != "").list.unique(maintain_order=True)
    received = (pl.col("side") > 0) != pl.col("RvslInd").is_in(["true", "1"])
    native_id = pl.concat_str(
        bank_no, pl.col("business_date").dt.to_string("%Y%m%d"), minor.cast(pl.String), separator="/"
    )
    return judged.select(
        "line_no",
        pl.lit(Book.BANK.value).alias("book"),
        pl.col("Account").alias("account"),
        pl.lit(Kind.BANK_LINE.value).alias("kind"),
        pl.lit(Status.SUCCESS.value).alias("status"),
        pl.when(bank_no != "").then(native_id).otherwise(pl.lit("")).alias("native_id"),
        pl.col("Ccy").alias("currency"),
        minor.alias("amount_minor"),
        "occurred_s",
        "business_date",
        pl.when(bank_no != "").then(bank_no).otherwise(ids.list.first().fill_null("")).alias("reference"),
        pl.when(received).then("Dbtr").otherwise("Cdtr").alias("counterparty"),
        texts.list.join(" | ").alias("memo"),
    )


def _moment(text: str, zone: str) -> tuple[dt.date | None, int | None]:
    """Day as printed, and epoch seconds when a time other than midnight is printed (and ``zone`` asks for one)."""
    found = _DATE.fullmatch(text)
    if not found:
        return None, None
    day, time, offset = found.groups()
    try:
        timed = (
            times.parse_moment(f"{day}T{time}{offset or ''}", zone) if zone and time not in {None, "00:00:00"} else None
        )
        return dt.date.fromisoformat(day), timed
    except ValueError:
        return None, None


def _days(head: Node) -> Iterator[dt.date]:
    """First and last day of the statement: FrToDt, else the days of its opening and closing balances."""
    start, end = (_moment(head.said(f"FrToDt/{way}DtTm", f"FrToDt/{way}Dt"), "")[0] for way in ("Fr", "To"))
    if start and end:
        midnight = "T00:00:00" in head.said("FrToDt/ToDtTm") and end > start
        yield from (start, end - dt.timedelta(days=1) if midnight else end)
        return
    for node in head.all("Bal"):
        day = _moment(node.said("Dt/Dt", "Dt/DtTm"), "")[0]
        if day and node.said("Tp/CdOrPrtry/Cd") in {"OPBD", "CLBD"}:
            yield day


def _controls(statement: Statement, entries: pl.DataFrame, number: int) -> Iterator[Control]:
    """Balances and sums of one camt.053 statement; reports and notifications tell only a part of the day."""
    head = statement.head
    if statement.message != "camt.053":
        return
    name = head.said("Id") or statement.account
    of_statement = entries.filter(pl.col("statement") == number)
    booked = of_statement.filter(pl.col("Sts").is_in(_BOOKED))
    for currency, balances in _balances(head).items():
        codes = dict(reversed(balances))  # the first of a kind counts
        interim = [minor for code, minor in balances if code == "ITBD"]
        opening, closing = codes.get("OPBD", codes.get("PRCD")), codes.get("CLBD")
        if opening is None and interim and (closing is not None or len(interim) > 1):
            opening = interim.pop(0)
        if closing is None and interim:
            closing = interim[-1]
        if opening is not None and closing is not None:
            computed = opening + _moved(booked, currency)
            yield Control(f"{name} {currency} closing balance", *_both(closing, computed, currency))
    if booked.height == of_statement.height and _is_whole(head):
        yield from _summary(name, head, booked)


def _balances(head: Node) -> dict[str, list[tuple[str, int]]]:
    """Balances by currency, in order, as (code, signed minor units); unreadable ones are left out."""
    found: dict[str, list[tuple[str, int]]] = {}
    for node in head.all("Bal"):
        for printed in node.all("Amt")[:1]:
            currency = printed.currency.strip()
            minor = _amount(printed.text.strip(), currency)
            sign = _SIDES.get(node.said("CdtDbtInd"), 0)
            if minor is not None and sign:
                code = node.said("Tp/CdOrPrtry/Cd", "Tp/CdOrPrtry/Prtry")
                found.setdefault(currency, []).append((code, sign * minor))
    return found


def _amount(text: str, currency: str) -> int | None:
    """Read a printed amount of a head."""
    if not (currency and re.fullmatch(_AMOUNT, text)):
        return None
    try:
        return money.parse(text, currency)
    except money.MoneyError:
        return None


def _moved(entries: pl.DataFrame, currency: str, *sides: str) -> int:
    """Signed sum of the readable entries of a currency."""
    of_side = entries.filter((pl.col("Ccy") == currency) & pl.col("CdtDbtInd").is_in(sides or tuple(_SIDES)))
    sign = pl.col("CdtDbtInd").replace_strict(_SIDES, default=0, return_dtype=pl.Int64)
    return int(of_side.select((sign * _minor(of_side, "Amt", "Ccy")).sum()).item())


def _both(printed: int, computed: int, currency: str) -> tuple[str, str]:
    return money.show(printed, currency), money.show(computed, currency)


def _is_whole(head: Node) -> bool:
    """Whether the statement is one page; the sums of a page may be those of all pages."""
    pages = [node for name in ("StmtPgntn", "MsgPgntn") for node in head.all(name)]
    return all(page.said("PgNb") in {"1", ""} and page.said("LastPgInd") != "false" for page in pages)


def _summary(name: str, head: Node, booked: pl.DataFrame) -> Iterator[Control]:
    count = head.said("TxsSummry/TtlNtries/NbOfNtries")
    if count:
        yield Control(f"{name} entries", count.lstrip("0") or "0", str(booked.height))
    currencies = booked["Ccy"].unique().to_list()
    currency = head.said("Acct/Ccy") or (currencies[0] if len(currencies) == 1 else "")
    for element, side, label in (("TtlCdtNtries", "CRDT", "credits"), ("TtlDbtNtries", "DBIT", "debits")):
        total = _amount(head.said(f"TxsSummry/{element}/Sum"), currency)
        if total is not None:
            yield Control(f"{name} {label}", *_both(total, abs(_moved(booked, currency, side)), currency))
