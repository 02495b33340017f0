"""Bank statement in OFX: version 1 (SGML, tags often not closed) and version 2 (XML), also as QFX or QBO.

Where from: a bank's e-banking, "Download for Quicken, Money or QuickBooks". The head may stand on several lines, on
one, or be missing; what counts is the element ``<OFX>``. Several accounts may share a file:

    OFXHEADER:100 ...
    <OFX><BANKMSGSRSV1><STMTTRNRS><STMTRS><CURDEF>USD<BANKACCTFROM><BANKID>123<ACCTID>9100</BANKACCTFROM>
    <BANKTRANLIST><DTSTART>20260201<DTEND>20260228
    <STMTTRN><TRNTYPE>CREDIT<DTPOSTED>20260203<TRNAMT>250.00<FITID>F0001<NAME>PAYPAL<MEMO>payout 2026-02-02</STMTTRN>

What comes out: one ``bank`` row per STMTTRN of a bank account (STMTRS) or credit card (CCSTMTRS).

- amount: TRNAMT with its sign. The comma of Brazilian and French banks is a decimal sign when one or two digits follow
  and there is no point; any other comma is a reject. Trailing zeros beyond the currency's decimals are allowed.
- currency: that of the transaction (CURRENCY/CURSYM), else CURDEF of its statement. ORIGCURRENCY only tells what the
  amount was converted from.
- business_date = the day of DTPOSTED as printed. occurred_s only when it has a time other than 00:00 and 12:00, which
  is how banks write "no time", and an offset (``[-5:EST]``): without one it is not said whose time it is.
- native_id = FITID/YYYYMMDD/amount: FITID should be unique in an account, but some banks count from 1 in every file.
  reference = REFNUM, else CHECKNUM other than 0, else FITID. counterparty = NAME, or that of PAYEE. memo = MEMO.
- account = ACCTID. There is no opening balance, and LEDGERBAL alone proves nothing: the one control is that the file
  ends with ``</OFX>``; one that does not was cut off.
- An investment account (INVSTMTRS) is no bank account: its cash rows (STMTTRN) are excluded, and a file without these
  and without a bank account is refused; so is one in which the bank only tells an error (SEVERITY ERROR).
- line_no is the line of ``<STMTTRN>``. Where several share a line, it is the transaction's place in the file instead.

The text is UTF-8, else what CHARSET says (1252, 8859-1), else GB18030: heads say USASCII whatever follows.

Source: the OFX 1.0.3 and 2.2 specifications and public sample files of American, Australian and Canadian banks
(formats/paypal-banks-orders-vouchers.md section 2c, read 2026-11).
"""

from __future__ import annotations

import datetime as dt
import html
import re
from typing import ClassVar, Final

import polars as pl

from recon import money, times
from recon.errors import SourceError
from recon.model import EXCLUDED, REJECT, TXN, Book, Kind, Status
from recon.sources.piece import Piece
from recon.sources.source import Control, Reading, Settings, Source

_ROOT: Final = re.compile(r"<OFX>|<\?OFX\b|^\s*OFXHEADER:", re.IGNORECASE)
_TOKEN: Final = re.compile(r"<(/?)([A-Za-z0-9_.]+)(?:\s[^<>]*)?>\s*(<!\[CDATA\[(.{0,4000}?)\]\]>|[^<]*)", re.DOTALL)
_CHARSET: Final = re.compile(rb"CHARSET:\s*([\w-]+)|encoding=\"([\w-]+)\"", re.IGNORECASE)
_AMOUNT: Final = re.compile(r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)")
_COMMA: Final = re.compile(r"[+-]?\d*,\d{1,2}")
_POSTED: Final = re.compile(
    r"(\d{8})(?:(\d{2})(\d{2})(\d{2})?(?:\.\d+)?)?\s*(?:\[\s*([+-]?\d+(?:\.\d+)?)(?::\w*)?\s*\])?"
)
_NO_TIME: Final = ("", "000000", "120000")
_STATEMENTS: Final = ("STMTRS", "CCSTMTRS", "INVSTMTRS")
_CURRENCIES: Final = {"CURRENCY": "CURSYM", "ORIGCURRENCY": "ORIGCURSYM"}
_CELLS: Final = (
    "TRNTYPE",
    "DTPOSTED",
    "DTUSER",
    "TRNAMT",
    "FITID",
    "CHECKNUM",
    "REFNUM",
    "NAME",
    "MEMO",
    "CURSYM",
    "ORIGCURSYM",
)
_RAW: Final = ("Statement", "ACCTID", "CURDEF", "Transaction", *_CELLS)
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


class _Scan:
    """One pass over the tags: statements, transactions with lines, periods and errors, in the order of the file."""

    def __init__(self, text: str) -> None:
        self.statements: list[dict[str, str]] = []
        self.rows: list[tuple[int, dict[str, str]]] = []
        self.days: list[str] = []
        self.errors: list[str] = []
        self._statement = {"Statement": "", "ACCTID": "", "CURDEF": ""}
        self._row: dict[str, str] | None = None
        self._symbol = "CURSYM"
        self._code, self._failed = "", False
        line_no, seen = 1, 0
        for token in _TOKEN.finditer(text):
            name = token.group(2).upper()
            if token.group(1):
                self._close(name)
            elif name == "STMTTRN":
                line_no, seen = line_no + text.count("\n", seen, token.start()), token.start()
                self._row = dict(self._statement)
                self.rows.append((line_no, self._row))
            else:
                value = token.group(4) if token.group(4) is not None else html.unescape(token.group(3))
                self._open(name, " ".join(value.split()))

    def _close(self, name: str) -> None:
        if name == "STMTTRN":
            self._row = None
        elif name in _CURRENCIES:
            self._symbol = "CURSYM"
        elif name == "STATUS":
            self._failed = False

    def _open(self, name: str, value: str) -> None:
        """Take the value of a tag; of one that is not closed it ends at the next tag."""
        if name in _STATEMENTS:
            self._statement = {"Statement": name, "ACCTID": "", "CURDEF": ""}
            self.statements.append(self._statement)
        elif name in _CURRENCIES:
            self._symbol = _CURRENCIES[name]
        elif self._row is not None:
            self._row.setdefault(self._symbol if name == "CURSYM" else name, value)
        elif name in {"ACCTID", "CURDEF"}:
            self._statement[name] = self._statement[name] or value
        elif name in {"DTSTART", "DTEND"}:
            self.days.append(value)
        else:
            self._state(name, value)

    def _state(self, name: str, value: str) -> None:
        if name == "CODE":
            self._code = value
        elif name == "SEVERITY":
            self._failed = value.upper() == "ERROR"
            self.errors += [self._code] if self._failed else []
        elif name == "MESSAGE" and self._failed:
            self.errors[-1] = f"{self._code} {value}".strip()


class Ofx(Source):
    """OFX 1 and 2 bank and credit card statement."""

    name: ClassVar[str] = "ofx"
    title: ClassVar[str] = "OFX bank statement (also QFX, QBO)"
    raw_table: ClassVar[str] = "bank.ofx"
    book = Book.BANK
    looks_for: ClassVar[str] = "an element <OFX>, or a first line OFXHEADER:"

    def identify(self, piece: Piece) -> bool:
        """Claim text with an OFX head or root element in its first part."""
        return bool(_ROOT.search(piece.head))

    def read(self, piece: Piece, settings: Settings) -> Reading:  # noqa: ARG002 - times without an offset stay unknown
        """Read all statements. Raises SourceError when there is no bank statement in the file."""
        text = _text(piece)
        found = _Scan(text)
        _refuse_without_statement(piece, found)
        raw = _raw(found)
        rows: list[tuple[object, ...]] = []
        rejects: list[tuple[int, str, str, str]] = []
        excluded: list[tuple[int, str]] = []
        for cells in raw.iter_rows(named=True):
            if cells["Statement"] == "INVSTMTRS":
                excluded.append((cells["line_no"], "cash of an investment account, which is no bank account"))
                continue
            row, faults = _txn(cells)
            rejects += [(cells["line_no"], *fault) for fault in faults]
            rows += row
        accounts = {statement["ACCTID"] for statement in found.statements if statement["Statement"] != "INVSTMTRS"}
        days = [day for day, _ in map(_posted, found.days) if day]
        return Reading(
            raw=raw,
            account=accounts.pop() if len(accounts) == 1 else "",
            period_start=min(days, default=None),
            period_end=max(days, default=None),
            txns=pl.DataFrame(rows, schema={name: TXN[name] for name in _GIVEN}, orient="row"),
            rejects=pl.DataFrame(rejects, schema=REJECT, orient="row"),
            excluded=pl.DataFrame(excluded, schema=EXCLUDED, orient="row"),
            controls=(_ended(text),),
        )


def _ended(text: str) -> Control:
    """Whether the element that holds everything is closed; it must be, in either version of OFX."""
    whole = text.rstrip("\x00\x1a \t\r\n").upper().endswith("</OFX>")
    return Control("end of the file", "</OFX>" if whole else "none, it is cut off", "</OFX>")


def _text(piece: Piece) -> str:
    declared = _CHARSET.search(piece.start[:1000])
    charset = (declared.group(1) or declared.group(2)).decode().lower() if declared else ""
    try:
        return piece.data.decode("utf-8-sig")
    except UnicodeDecodeError:
        pass
    try:
        return piece.data.decode(
            {"1252": "cp1252", "8859-1": "latin-1", "iso-8859-1": "latin-1"}.get(charset, "gb18030")
        )
    except UnicodeDecodeError:
        return piece.text


def _refuse_without_statement(piece: Piece, found: _Scan) -> None:
    if any(statement["Statement"] != "INVSTMTRS" for statement in found.statements) or found.rows:
        return
    if found.statements:
        explanation = "it holds an investment account (INVSTMTRS) and no bank account"
        remedy = "Download the statement of the bank account instead."
    elif found.errors:
        explanation = f"the bank answered with an error instead of a statement: {found.errors[0]}"
        remedy = "Download the statement again."
    else:
        explanation = "it holds no statement (no element STMTRS or CCSTMTRS)"
        remedy = "Download the statement again; this file says nothing about any account."
    raise SourceError(explanation, path=piece.name, remedy=remedy)


def _raw(found: _Scan) -> pl.DataFrame:
    """All transactions in the order of the file, as printed; line_no as the manual says."""
    shared = len({line_no for line_no, _ in found.rows}) < len(found.rows)
    lines = [place if shared else line_no for place, (line_no, _) in enumerate(found.rows, 1)]
    columns = {name: [cells.get(name, "") for _, cells in found.rows] for name in _RAW if name != "Transaction"}
    columns["Transaction"] = [str(place) for place in range(1, len(lines) + 1)]
    frame = {"line_no": pl.Series(lines, dtype=pl.Int64)}
    return pl.DataFrame(frame | {name: pl.Series(columns[name], dtype=pl.String) for name in _RAW})


def _txn(cells: dict[str, str]) -> tuple[list[tuple[object, ...]], list[tuple[str, str, str]]]:
    """Return the canonical row of one raw row (of _GIVEN; none if it is faulty), and faults (column, value, reason)."""
    currency = cells["CURSYM"] or cells["CURDEF"]
    minor, (day, occurred_s) = _amount(cells["TRNAMT"], currency), _posted(cells["DTPOSTED"])
    faults: list[tuple[str, str, str]] = []
    if minor is None:
        value = f"{cells['TRNAMT']} {currency}".strip() if cells["TRNAMT"] else ""
        faults.append(("TRNAMT", value, "is not an amount with at most the decimals of its currency"))
    if day is None:
        faults.append(("DTPOSTED", cells["DTPOSTED"], "is not a date of the form YYYYMMDD"))
    if minor is None or day is None:
        return [], faults
    number = cells["CHECKNUM"] if cells["CHECKNUM"].strip("0") else ""
    row = (
        cells["line_no"],
        Book.BANK.value,
        cells["ACCTID"],
        Kind.BANK_LINE.value,
        Status.SUCCESS.value,
        f"{cells['FITID']}/{day:%Y%m%d}/{minor}" if cells["FITID"] else "",
        currency,
        minor,
        occurred_s,
        day,
        cells["REFNUM"] or number or cells["FITID"],
        cells["NAME"],
        cells["MEMO"],
    )
    return [row], []


def _amount(text: str, currency: str) -> int | None:
    plain = text.replace(",", ".") if _COMMA.fullmatch(text) else text
    if not _AMOUNT.fullmatch(plain):
        return None
    try:
        return money.parse(plain, currency)
    except money.MoneyError:
        return None


def _posted(text: str) -> tuple[dt.date | None, int | None]:
    """Day as printed, and epoch seconds when a time and its offset are."""
    found = _POSTED.match(text)
    if not found:
        return None, None
    date, hour, minute, second, offset = found.groups()
    try:
        day = dt.date(int(date[:4]), int(date[4:6]), int(date[6:]))
        clock = f"{hour or ''}{minute or ''}{second or ('00' if hour else '')}"
        if clock in _NO_TIME or offset is None:
            return day, None
        hours, _, part = offset.lstrip("+-").partition(".")
        minutes = int(hours) * 60 + int((part or "0").ljust(2, "0")[:2]) * 60 // 100
        local = times.parse_moment(f"{day}T{hour}:{minute}:{second or '00'}+00:00")
    except ValueError:
        return None, None
    return day, local - (-minutes if offset.startswith("-") else minutes) * 60
