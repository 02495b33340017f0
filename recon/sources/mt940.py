r"""Bank statement in SWIFT form: MT940 (day's end), and the intraday report MT942.

Where from: the bank's e-banking or EBICS delivery, as .sta, .940, .mt940, .txt or without an extension, many statements
in one file. Records begin with ``:TAG:`` at the start of a line; a line without a known tag continues the one before,
also when it looks like a tag (``:26:37`` of a time that was cut). Envelopes (``{1:F01...}{4:``, ``-}``), headings
before the first record and control characters are passed over.

    :20:ST260203
    :25:NL26VAYB8060476890
    :28C:23/1
    :60F:C260202EUR1000,00
    :61:2602030203CR250,00NTRFNONREF//BR0002
    :86:166?00GUTSCHRIFT?20SVWZ+payout 2026-02-02?32PAYPAL EUROPE
    :62F:C260203EUR1250,00

What comes out: one ``bank`` row per ``:61:``.

- amount: D is money out, C money in; RC takes a credit back (out), RD a debit (in). EC and ED are expected, not booked:
  excluded. The letter after the mark (``CR``, ``DN``) is the third of the currency and says nothing. The comma is the
  decimal sign, also at the end (``300,``); a whole number may have none.
- currency = that of ``:60F:`` or ``:60M:``, else of ``:34F:``. account = ``:25:``, without the currency that
  Dutch banks write behind an IBAN.
- business_date = the entry date (month and day; its year is the one nearest to the value date), else the value date.
  Banks that count 30 days a month print 30 February: the month's last day is meant. occurred_s is never known.
- native_id = bank reference (after ``//``)/YYYYMMDD/amount, as in ``camt``; "" without one. reference = bank reference,
  else the customer's unless NONREF (or EREF: see :86:).
- ``:86:`` in its dialects: German ``166?00...?20...?32name``, Dutch ``/NAME/.../REMI/...``, ING's ``/CNTP/``, free
  text; and the ``:NS:`` lines of old German files. counterparty = the name where the dialect marks it, else "".
  memo = all texts. A continued line joins without a blank when the one before was full (64 characters or more), and
  always in the German form.
- MT942 tells again what the statement will tell. An entry with a bank reference has the same identity there and here,
  so it counts once; one without is excluded, because nothing would keep it from counting twice.
- A ``:61:`` in no known form is a reject; its text is kept.

Controls, per statement or page: opening balance (``:60F:``, ``:60M:``) + entries = closing balance (``:62F:``,
``:62M:``); a statement that has one of the two and not the other is cut off, and the control fails. Per MT942: number
and sum of the entries, where ``:90D:`` and ``:90C:`` print them.

The text is UTF-8, else Latin-1: SWIFT itself is ASCII, and umlauts in names are no keys.

Source: SWIFT's field descriptions and public sample files of German, Dutch and Polish banks
(formats/paypal-banks-orders-vouchers.md section 2b, read 2026-11). The library mt-940 was weighed and left: it fails on
the ING, ASN and SNS forms, knows no line numbers, and one bad entry costs the file.
"""

from __future__ import annotations

import calendar
import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from typing import ClassVar, Final

import polars as pl

from recon import money
from recon.errors import SourceError
from recon.model import EXCLUDED, REJECT, TXN, Book, Kind, Status
from recon.sources import figures, garbage
from recon.sources.piece import Piece
from recon.sources.source import Control, Reading, Settings, Source

_MARK: Final = re.compile(r"^:(?:60[FM]:[CD]\d{6}[A-Z]{3}|61:\d{6}|34F:[A-Z]{3})", re.MULTILINE)
_TAG: Final = re.compile(r":(20|21|25P?|28C?|60[FM]|61|62[FM]|64|65|86|13D?|34F|90[CD]|NS|940|942):(.*)", re.DOTALL)
_ENTRY: Final = re.compile(
    r"(?P<value>\d{6})(?P<entry>\d{4})?(?P<mark>RC|RD|EC|ED|C|D)(?P<code>[A-Z])?(?P<amount>\d[\d,]*)"
    r"(?P<type>[NSF][A-Z0-9]{3})(?P<reference>.*)",
    re.DOTALL,
)
_BALANCE: Final = re.compile(r"(?P<side>[CD])(?P<day>\d{6})(?P<currency>[A-Z]{3})?(?P<amount>\d[\d,]*)\s*")
_SUM: Final = re.compile(r"(?P<count>\d+)(?P<currency>[A-Z]{3})(?P<amount>\d[\d,]*)")
_AMOUNT: Final = re.compile(r"\d+(,\d*)?")
_SEPA: Final = re.compile(r"(?<=\S)(?=(?:EREF|KREF|MREF|CRED|DEBT|SVWZ|ABWA|ABWE|COAM|OAMT)\+)")
_IBAN: Final = re.compile(r"[A-Z]{2}\d{2}[A-Z0-9]{10}")
_FLOOR: Final = re.compile(r"([A-Z]{3})[CD]?\d")
_GERMAN: Final = re.compile(r"\s?\d{3}\s*\?")
_ENVELOPE: Final = re.compile(r"-\}|\{\d:")
_SUBFIELD: Final = re.compile(r"\?(\d\d)")
_WORD: Final = re.compile(r"/([A-Z]{3,4})/")
_SIGNS: Final = {"C": 1, "D": -1, "RC": -1, "RD": 1, "EC": 1, "ED": -1}
_NO_REFERENCE: Final = ("NONREF", "N", "EREF", "EREF+", "KREF", "KREF+")
"""Customer references that say there is none, or that it stands in :86:."""
_PADDING: Final = " \x01\x03\x00"
_BOOK, _KIND, _STATUS = Book.BANK.value, Kind.BANK_LINE.value, Status.SUCCESS.value
_LINE: Final = 64
"""A line of :86: so long was cut by the bank: 65 characters, of which the last may be a blank that got lost."""
_GIVEN: Final = (
    "line_no",
    "book",
    "account",
    "kind",
    "status",
    "native_id",
    "currency",
    "amount_minor",
    "business_date",
    "reference",
    "counterparty",
    "memo",
)
_RAW: Final = (
    "Message",
    "Transaction reference",
    "Statement",
    "Account",
    "Currency",
    "Value date",
    "Entry date",
    "Mark",
    "Funds code",
    "Amount",
    "Type",
    "Customer reference",
    "Bank reference",
    "Supplementary",
    "Details",
    "Printed",
)


@dataclass(slots=True)
class _Field:
    """One record: its tag, the line where it stands, and its text line by line."""

    tag: str
    line_no: int
    lines: list[str]

    @property
    def text(self) -> str:
        return "".join(self.lines).strip()


@dataclass(slots=True)
class _Statement:
    """Records of one statement or page."""

    reference: str
    number: str = ""
    account: str = ""
    currency: str = ""
    intraday: bool = False
    opening: str = ""
    closing: str = ""
    sums: dict[str, str] = field(default_factory=dict)
    """``:90D:`` and ``:90C:``: number and sum of the entries."""
    entries: list[tuple[_Field, list[_Field]]] = field(default_factory=list)
    """``:61:`` and the texts that follow it (``:86:``, ``:NS:``)."""

    @property
    def own_account(self) -> str:
        """Account without the currency that Dutch banks write behind an IBAN."""
        if self.currency and _IBAN.match(self.account):
            return self.account.removesuffix(self.currency).rstrip()
        return self.account


class Mt940(Source):
    """MT940 statement, MT942 intraday report."""

    name: ClassVar[str] = "mt940"
    title: ClassVar[str] = "SWIFT bank statement (MT940/942)"
    raw_table: ClassVar[str] = "bank.mt940"
    book = Book.BANK
    looks_for: ClassVar[str] = (
        "a line that begins with :60F:C or :60F:D and a balance, with :61: and a date, or with :34F:"
    )

    def identify(self, piece: Piece) -> bool:
        """Claim text with an opening balance, an entry or a floor limit at the start of a line."""
        return bool(_MARK.search(piece.head))

    def read(self, piece: Piece, settings: Settings) -> Reading:  # noqa: ARG002 - it prints no times
        """Read all statements. Raises SourceError for a fragment: entries or balances that belong to no statement."""
        with garbage.paused():
            return self._read(piece)

    def _read(self, piece: Piece) -> Reading:
        statements = _statements(piece)
        raw: list[dict[str, str]] = []
        lines: list[int] = []
        rows: list[tuple[object, ...]] = []
        rejects: list[tuple[int, str, str, str]] = []
        excluded: list[tuple[int, str]] = []
        controls: list[Control] = []
        for statement in statements:
            moved = 0
            marks: list[tuple[str, str]] = []
            for entry, details in statement.entries:
                cells = _cells(statement, entry, details)
                lines.append(entry.line_no)
                raw.append(cells)
                marks += [(cells["Mark"], cells["Amount"])] if "Mark" in cells else []
                reason = _not_a_row(cells)
                if reason:
                    excluded.append((entry.line_no, reason))
                    continue
                row, minor, faults = _txn(cells, entry.line_no, details)
                rejects += [(entry.line_no, *fault) for fault in faults]
                rows += row
                moved += minor
            controls += [*_control(statement, moved), *_counts(statement, marks)]
        accounts = {statement.own_account for statement in statements}
        days = [
            day for statement in statements for text in (statement.opening, statement.closing) for day in _days(text)
        ]
        return Reading(
            raw=pl.DataFrame(
                {
                    "line_no": pl.Series(lines, dtype=pl.Int64),
                    **{name: pl.Series([cells.get(name, "") for cells in raw], dtype=pl.String) for name in _RAW},
                }
            ),
            account=accounts.pop() if len(accounts) == 1 else "",
            period_start=min(days, default=None),
            period_end=max(days, default=None),
            txns=pl.DataFrame(rows, schema={name: TXN[name] for name in _GIVEN}, orient="row"),
            rejects=pl.DataFrame(rejects, schema=REJECT, orient="row"),
            excluded=pl.DataFrame(excluded, schema=EXCLUDED, orient="row"),
            controls=tuple(controls),
        )


def _text(piece: Piece) -> str:
    try:
        text = piece.data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = piece.data.decode("latin-1")
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _fields(text: str) -> Iterator[_Field]:
    """Records in the order of the file; what stands before the first one is left out."""
    current: _Field | None = None
    for line_no, line in enumerate(text.split("\n"), 1):
        found = _TAG.match(line) if line.startswith(":") else None
        if found:
            if current:
                yield current
            current = _Field(found.group(1), line_no, [found.group(2)])
        elif _ENVELOPE.match(line) or line.strip(_PADDING) in {"-", ""}:
            if line.strip(_PADDING) and current:  # a blank line inside a text is none; "-" ends the statement
                yield current
                current = None
        elif current:
            current.lines.append(line)
    if current:
        yield current


def _statements(piece: Piece) -> list[_Statement]:
    statements: list[_Statement] = []
    for record in _fields(_text(piece)):
        if record.tag == "20":
            statements.append(_Statement(record.text))
        elif statements:
            _put(statements[-1], record)
        elif record.tag not in {"940", "942"}:
            raise SourceError(
                f"the record :{record.tag}: stands before any :20:, so it belongs to no statement",
                path=piece.name,
                line_no=record.line_no,
                excerpt=f":{record.tag}:{record.text}"[:120],
                remedy="This is a part of a statement: download the whole file again.",
            )
    if not any(statement.account for statement in statements):
        raise SourceError(
            "no statement of the file names its account (:25:)",
            path=piece.name,
            remedy="This is a part of a statement: download the whole file again.",
        )
    return statements


def _put(statement: _Statement, record: _Field) -> None:
    """Sort one record into its statement."""
    tag = record.tag
    if tag in {"86", "NS"} or (tag.startswith("25") and statement.account):  # a second :25: is a mistyped :86:
        if statement.entries and not statement.closing:  # later ones speak of the statement as a whole
            statement.entries[-1][1].append(record)
    elif tag == "61":
        statement.entries.append((record, []))
    elif tag.startswith("25"):
        statement.account = record.text
    elif tag.startswith("28"):
        statement.number = record.text
    elif tag.startswith("60"):
        statement.opening = record.text
        found = _BALANCE.match(record.text)
        statement.currency = (found and found.group("currency")) or statement.currency
    elif tag.startswith("62"):
        statement.closing = record.text
    elif tag.startswith("90"):
        statement.sums[tag] = record.text
    elif tag == "34F":
        statement.intraday = not statement.opening
        found = _FLOOR.match(record.text)
        statement.currency = statement.currency or (found.group(1) if found else "")


def _cells(statement: _Statement, entry: _Field, details: list[_Field]) -> dict[str, str]:
    """Raw cells of one entry, as printed; of one in no known form only the text."""
    cells = {
        "Message": "MT942" if statement.intraday else "MT940",
        "Transaction reference": statement.reference,
        "Statement": statement.number,
        "Account": statement.own_account,
        "Currency": statement.currency,
        "Details": "\n".join(line for record in details for line in record.lines).strip(),
        "Printed": "\n".join(entry.lines).strip(),
    }
    found = _ENTRY.fullmatch(entry.lines[0].rstrip())
    if not found:
        return cells
    customer, _, bank = found.group("reference").partition("//")
    more = [line.strip() for line in entry.lines[1:] if line.strip()]
    if bank and len(more) > 1 and more[0].isalnum() and len(bank + more[0]) <= 16:  # ING cuts the bank reference
        bank += more.pop(0)
    cells |= {
        "Value date": found.group("value"),
        "Entry date": found.group("entry") or "",
        "Mark": found.group("mark"),
        "Funds code": found.group("code") or "",
        "Amount": found.group("amount"),
        "Type": found.group("type"),
        "Customer reference": customer.strip(),
        "Bank reference": bank.strip(),
        "Supplementary": " ".join(more),
    }
    return cells


def _not_a_row(cells: dict[str, str]) -> str:
    """Reason why an entry is no movement of money by itself, ``""`` when it is one."""
    if cells.get("Mark", "").startswith("E"):
        return f"expected, not booked: {cells['Mark']}"
    if cells["Message"] == "MT942" and not cells.get("Bank reference", "x"):
        return "MT942 without a bank reference: the statement will tell it, and nothing would show it is the same"
    return ""


def _txn(
    cells: dict[str, str], line_no: int, details: list[_Field]
) -> tuple[list[tuple[object, ...]], int, list[tuple[str, str, str]]]:
    """Return the canonical row (of _GIVEN; none if it is faulty), its amount, and faults (column, value, reason)."""
    if "Mark" not in cells:
        return [], 0, [("Printed", cells["Printed"], "is no entry: date, C or D, amount and type are expected")]
    faults: list[tuple[str, str, str]] = []
    minor = _amount(cells["Amount"], cells["Currency"])
    if minor is None:
        value = f"{cells['Amount']} {cells['Currency']}".strip()
        faults.append(("Amount", value, "is not an amount with at most the decimals of its currency"))
    day = _booked(cells["Value date"], cells["Entry date"])
    if day is None:
        faults.append(("Entry date", cells["Entry date"] or cells["Value date"], "is not a date"))
    if minor is None or day is None:
        return [], 0, faults
    signed = _SIGNS[cells["Mark"]] * minor
    bank, customer = cells["Bank reference"], cells["Customer reference"]
    named = "" if customer in _NO_REFERENCE else customer
    party, memo = _said(details)
    row = (
        line_no,
        _BOOK,
        cells["Account"],
        _KIND,
        _STATUS,
        f"{bank}/{_compact(day)}/{signed}" if bank else "",
        cells["Currency"],
        signed,
        day,
        bank or named,
        party,
        " | ".join(dict.fromkeys(text for text in (memo, cells["Supplementary"], named) if text)),
    )
    return [row], signed, []


def _amount(text: str, currency: str) -> int | None:
    """Minor units of a SWIFT amount (``1234,5``); null when it is none, or too precise for the currency."""
    if not _AMOUNT.fullmatch(text):
        return None
    try:
        return money.parse(text.replace(",", ".").removesuffix("."), currency)
    except money.MoneyError:
        return None


def _day(year: int, month: int, day: int) -> dt.date | None:
    """Calendar day; 29 to 31 of a shorter month is its last day (interest counts 30 days a month)."""
    if not (1 <= month <= 12 and 1 <= day <= 31):
        return None
    return dt.date(year, month, min(day, calendar.monthrange(year, month)[1]))


@lru_cache(maxsize=4096)  # a statement has few days and thousands of entries
def _value_day(text: str) -> dt.date | None:
    year = int(text[:2])
    return _day(year + (2000 if year < 80 else 1900), int(text[2:4]), int(text[4:6]))


@lru_cache(maxsize=4096)
def _compact(day: dt.date) -> str:
    return f"{day:%Y%m%d}"


@lru_cache(maxsize=4096)
def _booked(value: str, entry: str) -> dt.date | None:
    """Entry date in the year nearest to the value date, else the value date."""
    valued = _value_day(value)
    if valued is None or not entry:
        return valued
    month = int(entry[:2])
    turn = (month - valued.month > 6) - (valued.month - month > 6)
    return _day(valued.year - turn, month, int(entry[2:]))


def _said(details: list[_Field]) -> tuple[str, str]:
    """Counterparty and memo of the texts below an entry."""
    if details and details[0].tag == "NS":
        coded = [(line[:2], line[2:].strip()) for record in details for line in record.lines]
        return next((text for code, text in coded if code == "15"), ""), " | ".join(text for _, text in coded if text)
    lines = [line for record in details for line in record.lines]
    text = "".join(lines)
    if _GERMAN.match(text):
        return _german(text)
    text = _joined(lines)
    return _dutch(text), text


def _joined(lines: list[str]) -> str:
    """Text of continued lines: a full line was cut in the middle of a word."""
    text = "".join(line if len(line) >= _LINE else f"{line.rstrip()} " for line in lines)
    return " ".join(text.split())


def _german(text: str) -> tuple[str, str]:
    """Subfields ``?00`` booking text, ``?20``-``?29`` and ``?60``-``?63`` purpose, ``?32`` ``?33`` name."""
    _, *parts = _SUBFIELD.split(text)
    fields = list(zip(parts[::2], parts[1::2], strict=True))
    name = "".join(part for code, part in fields if code in {"32", "33"})
    purpose = "".join(part for code, part in fields if code[0] in "26")
    purpose = _SEPA.sub(" ", purpose)
    booking = "".join(part for code, part in fields if code == "00")
    texts = (" ".join(part.split()) for part in (booking, purpose))
    return " ".join(name.split()), " | ".join(part for part in texts if part)


def _dutch(text: str) -> str:
    """Name in ``/NAME/X/`` or in ``/CNTP/account/bic/X/city/``, ``""`` when the text has neither."""
    _, *parts = _WORD.split(text)
    for word, part in zip(parts[::2], parts[1::2], strict=True):
        if word == "NAME":
            return part.strip("/ ")
        if word == "CNTP" and part.count("/") >= 2:
            return part.split("/")[2].strip()
    return ""


def _days(balance: str) -> Iterator[dt.date]:
    found = _BALANCE.fullmatch(balance)
    day = _value_day(found.group("day")) if found else None
    if day:
        yield day


def _control(statement: _Statement, moved: int) -> Iterator[Control]:
    """Opening balance and entries against the closing balance; a statement that has one of them has the other too."""
    if not (statement.opening or statement.closing):
        return
    currency = statement.currency
    before, after = (_signed(text, currency) for text in (statement.opening, statement.closing))
    name = " ".join(word for word in (statement.own_account, statement.number, currency, "closing balance") if word)
    printed = money.show(after, currency) or statement.closing or "no record :62F: or :62M:, it is cut off"
    computed = money.show(None if before is None else before + moved, currency)
    yield Control(name, printed, computed or statement.opening or "no record :60F: or :60M:")


def _signed(balance: str, currency: str) -> int | None:
    """Minor units of a balance, None when it is none."""
    found = _BALANCE.fullmatch(balance)
    minor = _amount(found.group("amount"), currency) if found else None
    return None if found is None or minor is None else _SIGNS[found.group("side")] * minor


def _counts(statement: _Statement, marks: list[tuple[str, str]]) -> Iterator[Control]:
    """Number and sum of entries that an MT942 prints in ``:90D:`` and ``:90C:``; ``marks``: mark and amount of each."""
    for tag, text in statement.sums.items():
        found = _SUM.fullmatch(text)
        total = _amount(found.group("amount"), found.group("currency")) if found else None
        if found is None or total is None:
            continue
        side = [amount for mark, amount in marks if (_SIGNS[mark] > 0) == (tag == "90C")]
        minors = [_amount(amount, found.group("currency")) or 0 for amount in side]
        name = " ".join(word for word in (statement.own_account, statement.number, f":{tag}:") if word)
        yield Control(f"{name} entries", figures.count(found.group("count")), str(len(side)))
        currency = found.group("currency")
        yield Control(f"{name} sum", money.show(total, currency), money.show(sum(minors), currency))
