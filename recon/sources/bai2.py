"""Bank statement in BAI2 form (Cash Management Balance Reporting), as banks of the United States and Canada send it.

Where from: the bank's e-banking or SFTP delivery (previous-day report), as .bai, .bai2 or .txt. Records of fields with
commas between them, which end in ``/``; 88 continues the record before it:

    01,122099999,123456789,260203,0612,1,80,,2/                     file: sender, receiver, day and time of its making
    02,123456789,122099999,1,260202,2359,USD,2/                     group: status, as-of day, currency, modifier
    03,0975312468,,010,500000,,,015,512500,,,100,15000,1,,400,2500,1,/   account, and type, amount, count of its totals
    16,142,15000,Z,BR0001,,PAYPAL            TRANSFER/              entry: type, amount, funds type, references, text
    88,PPD ID: SAMPLE/
    16,475,2500,V,260203,,BR0002,1042,CHECK PAID/
    49,1045000,5/                                                   sum of all amounts of the account, its records
    98,1045000,1,7/                                                 the same of the group, and of the file:
    99,1045000,1,9/

What comes out: one ``bank`` row per 16.

- The amount is an integer in the smallest unit of the currency, without a sign; the type says which way it goes:
  100-399 and 920-959 are money in, 400-699 and 960-999 money out. Another type (7xx, loans) is a reject, because
  nothing says its direction. 890 tells no money and is excluded, as is an amount of 0.
- currency = that of the account, else of the group. Where neither names one, the workspace must state it.
- business_date = the group's as-of day; occurred_s is never known. native_id = bank reference/YYYYMMDD/amount, ""
  without one; reference = bank reference, else the customer's. memo = the text; counterparty = the name behind
  ``CRNM:`` (money out) or ``DBNM:`` (money in), which some banks put into 88.
- A report that is not final (modifier 1 or 3) is told again by the final one. An entry with a bank reference has the
  same identity there and here; one without is excluded. So is an entry of a group that is a deletion or a test
  (status 2 or 4).
- Funds types S, V and D bring further fields. A line that begins with no record code continues the record before, and
  several records may stand on one line; then line_no is the record's number in the file.

Controls: per account opening balance (010) + entries = closing balance (015), total credits (100) and debits (400) with
their counts against the entries (where there are any), and the sums of 49, 98 and 99. The counts of records in 49, 98
and 99 are noted and bind nothing: banks count the lines of long texts in several ways.

Source: BAI's format description as public programs implement it, and three public sample files
(formats/paypal-banks-orders-vouchers.md section 2d, read 2026-11).
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import ClassVar, Final

import polars as pl

from recon import money
from recon.errors import SourceError
from recon.model import EXCLUDED, REJECT, TXN, Book, Kind, Status
from recon.sources import figures
from recon.sources.piece import Piece
from recon.sources.source import Control, Reading, Settings, Source

_FILE: Final = re.compile(r"01,[^,\n]*,[^,\n]*,\d{6},\d{0,4},")
_RECORD: Final = re.compile(r"\s*(01|02|03|16|88|49|98|99)[,:](.*)", re.DOTALL)
_NEXT: Final = re.compile(
    r"/[ \t]+(?=(?:02,[^,]*,[^,]*,\d?,\d{6},|03,[^,]*,[A-Z]{0,3},|16,\d{3},|88,|(?:49|98|99),[+-]?\d+,))"
)
_AMOUNT: Final = re.compile(r"[+-]?\d{1,18}")
_NAME: Final = re.compile(r"(CRNM|DBNM):[ \t]*(.*)")
_DETAILS: Final = 2
"""Fields before a text: bank reference and customer reference."""
_FUNDS: Final = {"V": 2, "S": 3}
"""Fields that a funds type brings; D says itself how many."""
_INTERIM: Final = ("1", "3")
_VOID: Final = {"2": "a deletion", "4": "a test"}
_CREDIT, _DEBIT = 1, -1
_RAW: Final = (
    "As of", "Group status", "Modifier", "Account", "Currency", "Type", "Amount", "Funds type", "Bank reference",
    "Customer reference", "Text",
)  # fmt: skip
_GIVEN: Final = (
    "line_no", "book", "account", "kind", "status", "native_id", "currency", "amount_minor", "business_date",
    "reference", "counterparty", "memo",
)  # fmt: skip


@dataclass(slots=True)
class _Record:
    """One record with its continuations; ``number`` counts all records of the file."""

    code: str
    line_no: int
    number: int
    words: list[list[str]]
    """Lines of the record's text, and those of each 88 that follows."""

    @property
    def text(self) -> str:
        """The record's own text."""
        return _joined(self.words[0])

    @property
    def more(self) -> list[str]:
        """Texts of the 88 that follow."""
        return [_joined(lines) for lines in self.words[1:]]

    @property
    def fields(self) -> list[str]:
        """Fields of a record that holds no text: continuations go on where the record ends."""
        return [cell.strip() for cell in ",".join([self.text, *self.more]).split(",")]


@dataclass(slots=True)
class _Entry:
    """Fields of one 16."""

    record: _Record
    type: str
    amount: str
    funds: str
    bank_reference: str
    customer_reference: str
    text: str


@dataclass(slots=True)
class _Account:
    record: _Record
    number: str
    currency: str
    totals: dict[str, tuple[str, str]]
    """Type -> amount and count, as printed."""
    amounts: list[str]
    """All amounts of the record, as printed."""
    entries: list[_Entry] = field(default_factory=list)
    end: _Record | None = None


@dataclass(slots=True)
class _Group:
    record: _Record
    status: str
    day: str
    currency: str
    modifier: str
    accounts: list[_Account] = field(default_factory=list)
    end: _Record | None = None


class Bai2(Source):
    """BAI2 balance report."""

    name: ClassVar[str] = "bai2"
    title: ClassVar[str] = "BAI2 bank statement"
    raw_table: ClassVar[str] = "bank.bai2"
    book = Book.BANK
    looks_for: ClassVar[str] = "a first line 01, with sender, receiver, a day YYMMDD and a time"

    def identify(self, piece: Piece) -> bool:
        """Tell by the file header, the first line that is not blank."""
        return _FILE.match(piece.head.lstrip("\ufeff \t\n")) is not None

    def read(self, piece: Piece, settings: Settings) -> Reading:
        """Read all groups. Raises SourceError for a record that stands where none of its kind may."""
        del settings  # it prints no times of entries
        records = list(_records(piece.text))
        groups = _groups(piece, records)
        entries = [
            (group, account, entry) for group in groups for account in group.accounts for entry in account.entries
        ]
        lines = [entry.record.line_no for _, _, entry in entries]
        shared = len(set(lines)) < len(lines)
        found = _Found()
        for group, account, entry in entries:
            found.add(entry.record.number if shared else entry.record.line_no, group, account, entry)
        accounts = {account.number for group in groups for account in group.accounts}
        days = [day for day in (_day(group.day) for group in groups) if day]
        return Reading(
            raw=pl.DataFrame(found.raw, schema={"line_no": pl.Int64, **dict.fromkeys(_RAW, pl.String)}, orient="row"),
            account=accounts.pop() if len(accounts) == 1 else "",
            period_start=min(days, default=None),
            period_end=max(days, default=None),
            txns=pl.DataFrame(found.rows, schema={name: TXN[name] for name in _GIVEN}, orient="row"),
            rejects=pl.DataFrame(found.rejects, schema=REJECT, orient="row"),
            excluded=pl.DataFrame(found.excluded, schema=EXCLUDED, orient="row"),
            controls=tuple(_controls(records, groups)),
        )


# -- records -------------------------------------------------------------------------------------------------------


def _records(text: str) -> Iterator[_Record]:
    """Records in the order of the file, each with its continuations."""
    current: _Record | None = None
    number = 0
    for line_no, line in enumerate(text.split("\n"), 1):
        for part in _NEXT.split(line) if "/" in line else [line]:
            found = _RECORD.match(part)
            if not found:
                if current and part.strip():
                    current.words[-1].append(part.strip())
                continue
            number += 1
            if found[1] == "88" and current:
                current.words.append([found[2]])
            else:
                if current:
                    yield current
                current = _Record(found[1], line_no, number, [[found[2]]])
    if current:
        yield current


def _joined(lines: list[str]) -> str:
    """One text of the lines of a record, without the ``/`` that ends it."""
    return " ".join(lines).rstrip().removesuffix("/").rstrip()


def _groups(piece: Piece, records: list[_Record]) -> list[_Group]:
    groups: list[_Group] = []
    for record in records:
        group = groups[-1] if groups and not groups[-1].end else None
        account = group.accounts[-1] if group and group.accounts and not group.accounts[-1].end else None
        if record.code == "02":
            cells = [*record.fields, *[""] * 7]
            groups.append(_Group(record, status=cells[2], day=cells[3], currency=cells[5], modifier=cells[6]))
        elif record.code == "03" and group:
            group.accounts.append(_account(record))
        elif record.code == "16" and account:
            account.entries.append(_entry(record))
        elif record.code == "49" and account:
            account.end = record
        elif record.code == "98" and group:
            group.end = record
        elif record.code not in {"01", "99"}:
            raise SourceError(
                f"the record {record.code} stands outside of {'an account' if group else 'a group'}",
                path=piece.name,
                line_no=record.line_no,
                excerpt=f"{record.code},{record.text}"[:120],
                remedy="This is a part of a report: download the whole file again.",
            )
    return groups


def _account(record: _Record) -> _Account:
    cells = record.fields
    number, currency = cells[0], cells[1] if len(cells) > 1 else ""
    totals: dict[str, tuple[str, str]] = {}
    amounts: list[str] = []
    at = 2
    while at < len(cells):
        kind, amount, count, funds = [*cells[at : at + 4], "", "", "", ""][:4]
        if kind and amount:
            totals.setdefault(kind, (amount, count))
            amounts.append(amount)
        at += 4 + _further(funds, cells[at + 4 :])
    return _Account(record, number, currency, totals, amounts)


def _further(funds: str, rest: list[str]) -> int:
    """Count the fields that a funds type brings; ``rest`` follows it."""
    if funds == "D":
        return 1 + 2 * int(rest[0]) if rest and rest[0].isascii() and rest[0].isdigit() and len(rest[0]) < 3 else 1
    return _FUNDS.get(funds, 0)


def _entry(record: _Record) -> _Entry:
    cells = record.text.split(",")
    more = list(record.more)
    while True:
        before = 3 + _further(cells[2].strip(), cells[3:]) if len(cells) > 2 else 3
        if len(cells) >= before + _DETAILS or not more:
            break
        cells += more.pop(0).split(",")
    cells += [""] * (before + _DETAILS - len(cells))
    text = ",".join(cells[before + _DETAILS :]).strip()
    return _Entry(
        record,
        type=cells[0].strip(),
        amount=cells[1].strip() if len(cells) > 1 else "",
        funds=",".join(cells[2:before]).strip(),
        bank_reference=cells[before].strip(),
        customer_reference=cells[before + 1].strip(),
        text="\n".join([words for words in (text, *(line.strip() for line in more)) if words]),
    )


# -- rows ----------------------------------------------------------------------------------------------------------


def _side(kind: str) -> int:
    """1 for a type of money in, -1 for money out, 0 for one whose direction is not known."""
    code = int(kind) if kind.isascii() and kind.isdigit() and len(kind) <= 3 else 0
    if 100 <= code < 400 or 920 <= code < 960:
        return _CREDIT
    return _DEBIT if 400 <= code < 700 or 960 <= code < 1000 else 0


def _minor(printed: str) -> int | None:
    return int(printed) if _AMOUNT.fullmatch(printed) else None


def _moved(entry: _Entry) -> int:
    """Signed amount; 0 when it is not known."""
    return _side(entry.type) * (_minor(entry.amount) or 0)


def _day(printed: str) -> dt.date | None:
    try:
        return dt.datetime.strptime(f"20{printed} +0000", "%Y%m%d %z").date()
    except ValueError:
        return None


@dataclass(slots=True)
class _Found:
    """What the entries of a file become."""

    raw: list[tuple[object, ...]] = field(default_factory=list)
    rows: list[tuple[object, ...]] = field(default_factory=list)
    rejects: list[tuple[int, str, str, str]] = field(default_factory=list)
    excluded: list[tuple[int, str]] = field(default_factory=list)

    def add(self, line_no: int, group: _Group, account: _Account, entry: _Entry) -> None:
        """Put one entry where it belongs."""
        currency = account.currency or group.currency
        self.raw.append(
            (
                line_no, group.day, group.status, group.modifier, account.number, currency, entry.type, entry.amount,
                entry.funds, entry.bank_reference, entry.customer_reference, entry.text,
            )
        )  # fmt: skip
        reason = _not_a_row(group, entry)
        if reason:
            self.excluded.append((line_no, reason))
            return
        day = _day(group.day)
        faults = [
            ("As of", group.day, "is no day YYMMDD") if day is None else None,
            ("Account", account.number, "is blank") if not account.number else None,
            ("Type", entry.type, "is no type whose direction is known") if not _side(entry.type) else None,
            ("Amount", entry.amount, "is no whole number") if _minor(entry.amount) is None else None,
            ("Currency", currency, "is no currency code") if not re.fullmatch(r"([A-Z]{3})?", currency) else None,
        ]
        found = [(line_no, *fault) for fault in faults if fault]
        if day is None or found:
            self.rejects += found
            return
        moved = _moved(entry)
        native = f"{entry.bank_reference}/{day:%Y%m%d}/{moved}" if entry.bank_reference else ""
        names = dict(_NAME.findall(entry.text))
        self.rows.append(
            (
                line_no, Book.BANK.value, account.number, Kind.BANK_LINE.value, Status.SUCCESS.value, native, currency,
                moved, day, entry.bank_reference or entry.customer_reference,
                names.get("DBNM" if moved > 0 else "CRNM", "").strip(), " | ".join(entry.text.split("\n")),
            )
        )  # fmt: skip


def _not_a_row(group: _Group, entry: _Entry) -> str:
    """Reason why an entry is no movement of money by itself, ``""`` when it is one."""
    if group.status in _VOID:
        return f"group status {group.status}: {_VOID[group.status]}"
    if entry.type == "890" or _minor(entry.amount) == 0:
        return f"moves no money: type {entry.type}"
    if group.modifier in _INTERIM and not entry.bank_reference:
        return "interim, without a bank reference: the final report will tell it, and nothing would show it is the same"
    return ""


# -- controls ------------------------------------------------------------------------------------------------------


def _controls(records: list[_Record], groups: list[_Group]) -> Iterator[Control]:
    for group in groups:
        for account in group.accounts:
            yield from _of_account(account, account.currency or group.currency, group.day)
    for group in groups:
        name = f"98 of {group.day}"
        parts = [account.end for account in group.accounts]
        yield from _sums(name, group.record, group.end, parts, "accounts")
    if not records:
        yield Control("99", "no such record: the file is cut off", "0")
        return
    last = records[-1] if records[-1].code == "99" else None
    yield from _sums("99", records[0], last, [group.end for group in groups], "groups")


def _of_account(account: _Account, currency: str, day: str) -> Iterator[Control]:
    name = f"{account.number} {day}"

    def shown(minor: int) -> str:
        return money.show(minor, currency)

    told = {kind: _minor(amount) for kind, (amount, _) in account.totals.items()}
    opening, closing = told.get("010"), told.get("015")
    sides = {"100": _CREDIT, "400": _DEBIT}
    moved = sum(_moved(entry) for entry in account.entries)
    if not account.entries:
        moved = sum(side * (told.get(kind) or 0) for kind, side in sides.items())
    if opening is not None and closing is not None:
        yield Control(f"{name} closing balance", shown(closing), shown(opening + moved))
    for kind, side in sides.items():
        if not account.entries or kind not in account.totals:
            continue
        mine = [entry for entry in account.entries if _side(entry.type) == side]
        printed, count = account.totals[kind]
        total = _minor(printed)
        added = sum(abs(_minor(entry.amount) or 0) for entry in mine)
        yield Control(f"{name} type {kind}", printed if total is None else shown(total), shown(added))
        if count.isascii() and count.isdigit():
            yield Control(f"{name} type {kind} count", figures.count(count), str(len(mine)))
    added = sum(_minor(amount) or 0 for amount in (*account.amounts, *(entry.amount for entry in account.entries)))
    if account.end is None:
        yield Control(f"{name} 49", "no such record: the file is cut off", str(added))
        return
    cells = [*account.end.fields, ""]
    yield Control(f"{name} 49 sum", _number(cells[0]), str(added))
    yield Control(f"{name} 49 records", _number(cells[1]), str(_size(account.record, account.end)), binding=False)


def _sums(name: str, start: _Record, end: _Record | None, parts: list[_Record | None], of: str) -> Iterator[Control]:
    """Controls of 98 or 99: the sum of the sums of its parts, how many there are, and how many records."""
    added = sum(_minor(part.fields[0]) or 0 for part in parts if part and part.fields)
    if end is None:
        yield Control(name, "no such record: the file is cut off", str(added))
        return
    cells = [*end.fields, "", ""]
    yield Control(f"{name} sum", _number(cells[0]), str(added))
    yield Control(f"{name} {of}", _number(cells[1]), str(len(parts)))
    yield Control(f"{name} records", _number(cells[2]), str(_size(start, end)), binding=False)


def _number(printed: str) -> str:
    """A printed number without a plus sign and leading zeros; anything else as it is."""
    return str(int(printed)) if _AMOUNT.fullmatch(printed) else printed


def _size(start: _Record, end: _Record) -> int:
    """How many records there are from one to another, continuations counted."""
    return end.number - start.number + 1
