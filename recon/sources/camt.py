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
from dataclasses import dataclass, field
from typing import ClassVar, Final
from xml.parsers import expat

import polars as pl

from recon import money, times
from recon.errors import SourceError
from recon.model import EXCLUDED, REJECT, TXN, Book, Kind, Status
from recon.sources.piece import Piece
from recon.sources.source import Control, Reading, Settings, Source

_ROOT: Final = re.compile(r"<(?:[\w.-]+:)?(?:BkToCstmrStmt|BkToCstmrAcctRpt|BkToCstmrDbtCdtNtfctn)\b")
_STATEMENTS: Final = ("Stmt", "Rpt", "Ntfctn")
_AMOUNT: Final = re.compile(r"\d+(\.\d*)?|\.\d+")
_DATE: Final = re.compile(r"(\d{4}-\d\d-\d\d)(?:T(\d\d:\d\d:\d\d)(?:\.\d+)?)?(Z|[+-]\d\d:\d\d)?")
_DECLARED: Final = re.compile(rb"<\?xml[^>]*?encoding\s*=\s*[\"']([\w.-]+)[\"']")
_NATIVE: Final = {"utf-8", "utf-16", "iso-8859-1", "us-ascii"}
_BOOKED: Final = ("BOOK", "")
_RAW: Final = (
    "Message",
    "Statement",
    "Account",
    "Entry",
    "NtryRef",
    "Amt",
    "Ccy",
    "CdtDbtInd",
    "RvslInd",
    "Sts",
    "BookgDt",
    "ValDt",
    "AcctSvcrRef",
    "BkTxCd",
    "NbOfTxs",
    "EndToEndId",
    "TxId",
    "InstrId",
    "Dbtr",
    "DbtrAcct",
    "Cdtr",
    "CdtrAcct",
    "Ustrd",
    "Ref",
    "AddtlTxInf",
    "AddtlNtryInf",
)


@dataclass(slots=True)
class _Node:
    """An element below a statement: local name, its line, its Ccy attribute, text and children."""

    name: str
    line_no: int
    currency: str = ""
    text: str = ""
    children: list[_Node] = field(default_factory=list)

    def all(self, path: str) -> list[_Node]:
        """All elements at ``path`` (``NtryDtls/TxDtls``)."""
        found = [self]
        for name in path.split("/"):
            found = [child for node in found for child in node.children if child.name == name]
        return found

    def said(self, *paths: str) -> str:
        """Text of the first element of the first path that has one."""
        return next((node.text.strip() for path in paths for node in self.all(path) if node.text.strip()), "")

    def everything(self, *paths: str) -> str:
        """Distinct texts of all elements of all paths, joined by ``" | "``."""
        texts = (" ".join(node.text.split()) for path in paths for node in self.all(path))
        return " | ".join(dict.fromkeys(text for text in texts if text))


@dataclass(slots=True)
class _Statement:
    """One Stmt, Rpt or Ntfctn: its head without the entries, and the entries as raw rows with their lines."""

    message: str
    head: _Node
    entries: list[tuple[int, dict[str, str]]]

    @property
    def account(self) -> str:
        return self.head.said("Acct/Id/IBAN", "Acct/Id/Othr/Id", "Acct/Id/PrtryAcct/Id", "Acct/Id/BBAN", "Acct/Id/UPIC")


class Camt(Source):
    """camt.053 statement, camt.052 report, camt.054 notification."""

    name: ClassVar[str] = "camt"
    title: ClassVar[str] = "ISO 20022 bank statement (camt.052/053/054)"
    raw_table: ClassVar[str] = "bank.camt"
    book = Book.BANK
    looks_for: ClassVar[str] = "XML with an element BkToCstmrStmt, BkToCstmrAcctRpt or BkToCstmrDbtCdtNtfctn"

    def identify(self, piece: Piece) -> bool:
        """Claim XML with one of the three message elements in its first part."""
        return bool(_ROOT.search(piece.head))

    def read(self, piece: Piece, settings: Settings) -> Reading:
        """Read all statements of the message. Raises SourceError when the XML is damaged or has a DTD."""
        statements = _parse(piece)
        raw = _raw(statements)
        rows: list[dict[str, object]] = []
        rejects: list[tuple[int, str, str, str]] = []
        excluded: list[tuple[int, str]] = []
        for entry in raw.iter_rows(named=True):
            reason = _not_a_row(entry)
            if reason:
                excluded.append((entry["line_no"], reason))
                continue
            row, faults = _txn(entry, settings.zone)
            if faults:
                rejects += [(entry["line_no"], *fault) for fault in faults]
                continue
            rows.append(row)
        txns = pl.DataFrame(rows, schema={name: TXN[name] for name in _GIVEN}, orient="row")
        accounts = {statement.account for statement in statements}
        days = [day for statement in statements for day in _days(statement.head)]
        return Reading(
            raw=raw,
            account=accounts.pop() if len(accounts) == 1 else "",
            period_start=min(days, default=None),
            period_end=max(days, default=None),
            txns=txns,
            rejects=pl.DataFrame(rejects, schema=REJECT, orient="row"),
            excluded=pl.DataFrame(excluded, schema=EXCLUDED, orient="row"),
            controls=tuple(control for statement in statements for control in _controls(statement)),
        )


class _Builder:
    """Handlers of the XML parser. Entries are reduced to raw rows as soon as they end, so that memory stays flat."""

    def __init__(self, piece: Piece) -> None:
        self.piece = piece
        self.parser = expat.ParserCreate("utf-8" if _declared(piece) not in _NATIVE else None)
        self.parser.buffer_text = True
        self.parser.StartDoctypeDeclHandler = self.doctype
        self.parser.StartElementHandler = self.start
        self.parser.EndElementHandler = self.end
        self.parser.CharacterDataHandler = self.characters
        self.open: list[_Node] = []
        self.message = ""
        self.entries: list[tuple[int, dict[str, str]]] = []
        self.statements: list[_Statement] = []

    def doctype(self, *_: object) -> None:
        """Refuse a document type declaration."""
        raise SourceError(
            "the XML has a document type declaration, which no bank statement has",
            path=self.piece.name,
            line_no=self.parser.CurrentLineNumber,
            remedy="Do not load this file; ask the bank where it comes from.",
        )

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """Open an element; only what is inside a statement is kept."""
        local = name.rpartition(":")[2]
        if local.startswith("BkToCstmr"):
            self.message = local
        if self.open or local in _STATEMENTS:
            node = _Node(local, self.parser.CurrentLineNumber, attributes.get("Ccy", ""))
            if self.open:
                self.open[-1].children.append(node)
            self.open.append(node)

    def characters(self, data: str) -> None:
        """Add text to the open element."""
        if self.open:
            self.open[-1].text += data

    def end(self, _: str) -> None:
        """Close an element."""
        if not self.open:
            return
        node = self.open.pop()
        if node.name == "Ntry" and len(self.open) == 1:
            self.entries.append((node.line_no, _entry(node)))
            self.open[-1].children.pop()
        elif not self.open:
            self.statements.append(_Statement(_MESSAGE.get(self.message, ""), node, self.entries))
            self.entries = []


_MESSAGE: Final = {"BkToCstmrStmt": "camt.053", "BkToCstmrAcctRpt": "camt.052", "BkToCstmrDbtCdtNtfctn": "camt.054"}


def _declared(piece: Piece) -> str:
    found = _DECLARED.search(piece.data[:200])
    return found.group(1).decode().lower() if found else "utf-8"


def _parse(piece: Piece) -> list[_Statement]:
    encoding = _declared(piece)
    builder = _Builder(piece)
    try:
        data = piece.data if encoding in _NATIVE else piece.data.decode(encoding).encode()
        builder.parser.Parse(data, True)  # noqa: FBT003 - positional only
    except expat.ExpatError as error:
        raise SourceError(
            f"the XML is damaged: {expat.ErrorString(error.code)}",
            path=piece.name,
            line_no=error.lineno,
            remedy="Download the statement again; the file was cut or edited.",
        ) from None
    except (LookupError, UnicodeDecodeError):
        raise SourceError(
            f"the XML says its encoding is {encoding}, and is not",
            path=piece.name,
            remedy="Download the statement again; the file was converted or edited.",
        ) from None
    if not builder.statements:
        raise SourceError(
            "the message holds no statement (no element Stmt, Rpt or Ntfctn)",
            path=piece.name,
            remedy="Ask the bank for the statement; this file says nothing about any account.",
        )
    return builder.statements


def _entry(node: _Node) -> dict[str, str]:
    """Raw cells of one Ntry, named by its elements; what stands once per transaction is joined."""
    tx = "NtryDtls/TxDtls"
    amount = next(iter(node.all("Amt")), _Node("Amt", node.line_no))
    alone = len(node.all(tx)) == 1
    return {
        "NtryRef": node.said("NtryRef"),
        "Amt": amount.text.strip(),
        "Ccy": amount.currency.strip(),
        "CdtDbtInd": node.said("CdtDbtInd"),
        "RvslInd": node.said("RvslInd"),
        "Sts": node.said("Sts", "Sts/Cd", "Sts/Prtry"),
        "BookgDt": node.said("BookgDt/Dt", "BookgDt/DtTm"),
        "ValDt": node.said("ValDt/Dt", "ValDt/DtTm"),
        "AcctSvcrRef": node.said("AcctSvcrRef", *([f"{tx}/Refs/AcctSvcrRef"] if alone else [])),
        "BkTxCd": node.everything(
            "BkTxCd/Domn/Cd", "BkTxCd/Domn/Fmly/Cd", "BkTxCd/Domn/Fmly/SubFmlyCd", "BkTxCd/Prtry/Cd"
        ),
        "NbOfTxs": node.said("NtryDtls/Btch/NbOfTxs"),
        "EndToEndId": node.everything(f"{tx}/Refs/EndToEndId"),
        "TxId": node.everything(f"{tx}/Refs/TxId"),
        "InstrId": node.everything(f"{tx}/Refs/InstrId"),
        "Dbtr": _party(node, "Dbtr"),
        "DbtrAcct": node.everything(f"{tx}/RltdPties/DbtrAcct/Id/IBAN", f"{tx}/RltdPties/DbtrAcct/Id/Othr/Id"),
        "Cdtr": _party(node, "Cdtr"),
        "CdtrAcct": node.everything(f"{tx}/RltdPties/CdtrAcct/Id/IBAN", f"{tx}/RltdPties/CdtrAcct/Id/Othr/Id"),
        "Ustrd": node.everything(f"{tx}/RmtInf/Ustrd"),
        "Ref": node.everything(f"{tx}/RmtInf/Strd/CdtrRefInf/Ref", f"{tx}/RmtInf/Strd/CdtrRefInf/CdtrRef"),
        "AddtlTxInf": node.everything(f"{tx}/AddtlTxInf"),
        "AddtlNtryInf": node.everything("AddtlNtryInf"),
    }


def _party(node: _Node, role: str) -> str:
    for name in (role, f"Ultmt{role}"):
        place = f"NtryDtls/TxDtls/RltdPties/{name}"
        found = node.everything(f"{place}/Nm", f"{place}/Pty/Nm") or node.everything(f"{place}/Agt/FinInstnId/Nm")
        if found:
            return found
    return ""


def _raw(statements: list[_Statement]) -> pl.DataFrame:
    """All entries in the order of the file, as printed; line_no as the manual says."""
    lines = [line_no for statement in statements for line_no, _ in statement.entries]
    shared = len(set(lines)) < len(lines)
    rows: list[dict[str, str | int]] = []
    for statement in statements:
        head = {"Message": statement.message, "Statement": statement.head.said("Id"), "Account": statement.account}
        for line_no, cells in statement.entries:
            place = len(rows) + 1
            rows.append({"line_no": place if shared else line_no, **head, "Entry": str(place), **cells})
    return pl.DataFrame(rows, schema={"line_no": pl.Int64, **dict.fromkeys(_RAW, pl.String)}, orient="row")


def _not_a_row(entry: dict[str, str]) -> str:
    """Reason why an entry is no movement of money by itself, ``""`` when it is one."""
    if entry["Sts"] not in _BOOKED:
        return f"not booked yet: Sts {entry['Sts']}"
    if entry["Message"] != "camt.053" and not entry["AcctSvcrRef"]:
        return (
            f"{entry['Message']} without AcctSvcrRef: the statement will tell it, and nothing would show it is the same"
        )
    return ""


_GIVEN: Final = (
    "line_no",
    "book",
    "account",
    "kind",
    "status",
    "native_id",
    "currency",
    "amount_minor",
    "occurred_s",
    "business_date",
    "reference",
    "counterparty",
    "memo",
)


def _txn(entry: dict[str, str], zone: str) -> tuple[dict[str, object], list[tuple[str, str, str]]]:
    """Return the canonical row of one raw entry, and its faults as (column, value, reason): with any it is no row."""
    faults: list[tuple[str, str, str]] = []
    amount = _amount(entry["Amt"], entry["Ccy"])
    if amount is None:
        reason = "is not an amount with at most the decimals of its currency"
        faults.append(("Amt", f"{entry['Amt']} {entry['Ccy']}".strip(), reason))
    side = {"CRDT": 1, "DBIT": -1}.get(entry["CdtDbtInd"], 0)
    if not side:
        faults.append(("CdtDbtInd", entry["CdtDbtInd"], "is neither CRDT nor DBIT"))
    dated = "BookgDt" if entry["BookgDt"] else "ValDt"
    day, occurred_s = _moment(entry[dated], zone if dated == "BookgDt" else "")
    if day is None:
        faults.append((dated, entry[dated], "is not a date" if entry[dated] else "is blank, and so is BookgDt"))
    ids = [name for name in entry["EndToEndId"].split(" | ") if name not in {"", "NOTPROVIDED"}]
    texts = [*ids, *(entry[name] for name in ("AddtlNtryInf", "Ustrd", "Ref", "AddtlTxInf"))]
    received = (side > 0) != (entry["RvslInd"] in {"true", "1"})
    minor, bank_no = side * (amount or 0), entry["AcctSvcrRef"]
    row: dict[str, object] = {
        "line_no": entry["line_no"],
        "book": Book.BANK.value,
        "account": entry["Account"],
        "kind": Kind.BANK_LINE.value,
        "status": Status.SUCCESS.value,
        "native_id": f"{bank_no}/{day:%Y%m%d}/{minor}" if bank_no and day else "",
        "currency": entry["Ccy"],
        "amount_minor": minor,
        "occurred_s": occurred_s,
        "business_date": day,
        "reference": bank_no or next(iter(ids), ""),
        "counterparty": entry["Dbtr" if received else "Cdtr"],
        "memo": " | ".join(dict.fromkeys(part for text in texts for part in text.split(" | ") if part)),
    }
    return row, faults


def _amount(text: str, currency: str) -> int | None:
    if not (currency and _AMOUNT.fullmatch(text)):
        return None
    try:
        return money.parse(text, currency)
    except money.MoneyError:
        return None


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


def _days(head: _Node) -> Iterator[dt.date]:
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


def _controls(statement: _Statement) -> Iterator[Control]:
    """Balances and sums of one camt.053 statement; reports and notifications tell only a part of the day."""
    head = statement.head
    if statement.message != "camt.053":
        return
    name = head.said("Id") or statement.account
    booked = [cells for _, cells in statement.entries if cells["Sts"] in _BOOKED]
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
    if len(booked) == len(statement.entries) and _is_whole(head):
        yield from _summary(name, head, booked)


def _balances(head: _Node) -> dict[str, list[tuple[str, int]]]:
    """Balances by currency, in order, as (code, signed minor units); unreadable ones are left out."""
    found: dict[str, list[tuple[str, int]]] = {}
    for node in head.all("Bal"):
        for printed in node.all("Amt")[:1]:
            currency = printed.currency.strip()
            minor = _amount(printed.text.strip(), currency)
            sign = {"CRDT": 1, "DBIT": -1}.get(node.said("CdtDbtInd"), 0)
            if minor is not None and sign:
                code = node.said("Tp/CdOrPrtry/Cd", "Tp/CdOrPrtry/Prtry")
                found.setdefault(currency, []).append((code, sign * minor))
    return found


def _moved(entries: list[dict[str, str]], currency: str, *sides: str) -> int:
    """Signed sum of the readable entries of a currency."""
    signs = {"CRDT": 1, "DBIT": -1}
    of_side = [cells for cells in entries if cells["CdtDbtInd"] in (sides or signs) and cells["Ccy"] == currency]
    return sum(signs[cells["CdtDbtInd"]] * (_amount(cells["Amt"], currency) or 0) for cells in of_side)


def _both(printed: int, computed: int, currency: str) -> tuple[str, str]:
    return money.show(printed, currency), money.show(computed, currency)


def _is_whole(head: _Node) -> bool:
    """Whether the statement is one page; the sums of a page may be those of all pages."""
    pages = [node for name in ("StmtPgntn", "MsgPgntn") for node in head.all(name)]
    return all(page.said("PgNb") in {"1", ""} and page.said("LastPgInd") != "false" for page in pages)


def _summary(name: str, head: _Node, booked: list[dict[str, str]]) -> Iterator[Control]:
    count = head.said("TxsSummry/TtlNtries/NbOfNtries")
    if count:
        yield Control(f"{name} entries", count.lstrip("0") or "0", str(len(booked)))
    currencies = {cells["Ccy"] for cells in booked}
    currency = head.said("Acct/Ccy") or (currencies.pop() if len(currencies) == 1 else "")
    for element, side, label in (("TtlCdtNtries", "CRDT", "credits"), ("TtlDbtNtries", "DBIT", "debits")):
        total = _amount(head.said(f"TxsSummry/{element}/Sum"), currency)
        if total is not None:
            yield Control(f"{name} {label}", *_both(total, abs(_moved(booked, currency, side)), currency))
