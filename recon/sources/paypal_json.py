"""PayPal transaction search (JSON): the pages that the interface answers with.

Where: api-m.paypal.com (REST), GET /v1/reporting/transactions with ``fields=all``, up to 31 days a call and 500
transactions a page; each page saved as it comes: one a file, one a line, or an array of them.

    {"transaction_details":[
      {"transaction_info":{"transaction_id":"9AB12345CD678901E","transaction_event_code":"T0006",
         "transaction_initiation_date":"2026-02-03T01:15:02+0000","transaction_updated_date":"2026-02-03T01:15:02+0000",
         "transaction_amount":{"currency_code":"USD","value":"129.00"},"fee_amount":{"currency_code":"USD","value":"-4.69"},
         "transaction_status":"S","invoice_id":"P2602030001", ...},
       "payer_info":{...},"shipping_info":{...},"cart_info":{...}}, ...],
     "account_number":"PPACCOUNT1","start_date":"2026-02-03T00:00:00+0000","end_date":"2026-02-04T00:00:00+0000",
     "page":1,"total_items":1,"total_pages":1}

What comes out: one ``channel`` row a transaction that is or may become a movement of money, as the settlement report
gives it; where a report in another form is loaded, too, its row is the transaction and this one confirms it.

- amount = transaction_amount, fee = fee_amount: signed decimals in whole units, as text (JPY "15000" is 15000 yen). No
  fee_amount: fee 0. A fee in another currency is a reject.
- occurred_s = transaction_updated_date, else transaction_initiation_date. The interface prints UTC, so business_date is
  the day in the workspace's zone; a time with another offset is the account's own, and so is its day.
- status: S and V are success, P is pending (withdrawals, deposits and conversions have left the balance), D is closed.
  Authorisations and voids (T13nn), rows for display (T98nn) and other events (T99nn) are excluded: no money moved. The
  interface gives a Transaction ID twice where an event has a part of money and one without.
- merchant_no = invoice_id; related_no = paypal_reference_id unless its type names an order, a subscription or an
  agreement; reference = bank_reference_id; memo = event code, then custom_field; shop = store_info.store_id;
  counterparty = the payer's name, masked. account = account_number of the page.
- raw: one row a transaction, its members as columns (``transaction_info.transaction_id``), lists as JSON.
- period: the days that start_date and end_date cover as a whole, in the workspace's zone.
- line_no is the line where the transaction begins; where several share a line, it is the transaction's place in the
  file instead: first, second ...

Control: where all pages of a search are in the file, their transactions are as many as total_items. One page alone says
nothing about the rows of the others. ending_balance and available_balance are kept in raw: the interface leaves them
out of searches with filters, and does not say in which order it lists.

Source: PayPal's description of the interface (Transaction Search 1.9), and programs that read it
(formats/paypal-banks-orders-vouchers.md section 1f, read 2026-11).
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import ClassVar, Final, TypeAlias

import polars as pl

from recon import money, times
from recon.errors import SourceError
from recon.privacy import masked_name
from recon.sources import json_text, paypal_codes
from recon.sources.cells import Cell, printed, read_cells, text
from recon.sources.paypal_codes import CODE
from recon.sources.piece import Piece
from recon.sources.source import Control, Reading, Settings, Source

INFO: Final = "transaction_info"
_ROWS: Final = "transaction_details"
_TIME: Final = "%Y-%m-%dT%H:%M:%S%z"
_ID, _CODE, _STATUS = (f"{INFO}.{name}" for name in ("transaction_id", "transaction_event_code", "transaction_status"))
_UPDATED, _INITIATED = (f"{INFO}.transaction_{name}_date" for name in ("updated", "initiation"))
_AMOUNT, _UNIT = (f"{INFO}.transaction_amount.{name}" for name in ("value", "currency_code"))
_FEE, _FEE_UNIT = (f"{INFO}.fee_amount.{name}" for name in ("value", "currency_code"))
_REFERENCE, _REFERENCE_TYPE = f"{INFO}.paypal_reference_id", f"{INFO}.paypal_reference_id_type"
_INVOICE, _CUSTOM, _BANK = (f"{INFO}.{name}" for name in ("invoice_id", "custom_field", "bank_reference_id"))
_STORE: Final = "store_info.store_id"
_NAMES: Final = (
    "payer_info.payer_name.alternate_full_name",
    "payer_info.payer_name.full_name",
    "payer_info.payer_name.given_name",
    "payer_info.payer_name.surname",
    "shipping_info.name",
)
_COLUMNS: Final = (
    _ID, _CODE, _STATUS, _UPDATED, _INITIATED, _AMOUNT, _UNIT, _FEE, _FEE_UNIT, _REFERENCE, _REFERENCE_TYPE, _INVOICE,
    _CUSTOM, _BANK, _STORE, *_NAMES,
)  # fmt: skip

_Page: TypeAlias = tuple[dict[str, object], list[tuple[int, object]]]


class PayPalJson(Source):
    """PayPal transaction search."""

    name: ClassVar[str] = "paypal_json"
    title: ClassVar[str] = "PayPal Transaction Search (JSON)"
    raw_table: ClassVar[str] = "paypal.search"
    personal = re.compile(r"^(?:payer_info\.(?:payer_name|address|phone)|shipping_info\.(?:name|address))")
    looks_for: ClassVar[str] = 'JSON with "transaction_details" of transactions with "transaction_info"'
    confirms: ClassVar[tuple[str, ...]] = ("paypal_stl", "paypal_trr", "paypal_activity", "paypal_statement")

    def identify(self, piece: Piece) -> bool:
        """Tell by the names of the answer's members."""
        head = piece.head.lstrip("\ufeff \t\r\n")
        found = re.search(rf'"{_ROWS}"\s*:\s*\[\s*(\]|\{{)', head) if head.startswith(("{", "[")) else None
        return found is not None and (found[1] == "]" or f'"{INFO}"' in head)

    def read(self, piece: Piece, settings: Settings) -> Reading:
        """Read all pages. Raises SourceError where the text is no JSON, or holds something else than transactions."""
        pages = json_text.members(piece, _ROWS)
        _refuse_others(piece, pages)
        raw = _raw(piece, pages)
        moneyless = paypal_codes.without_money(printed(_CODE))
        excluded = raw.filter(moneyless).select("line_no", pl.lit(paypal_codes.NO_MONEY).alias("reason"))
        typed, rejects = read_cells(raw.filter(~moneyless), _wanted(raw, settings))
        accounts = raw.select("line_no", pl.Series("account", _accounts(pages), dtype=pl.String))
        name = pl.coalesce(pl.when(pl.col(name) != "").then(name) for name in _NAMES).fill_null("")
        events = typed.join(accounts, on="line_no", how="left", maintain_order="left").with_columns(
            pl.col("fee_minor").fill_null(0), masked_name(name).alias("counterparty")
        )
        periods = [period for page, _ in pages for period in _period(page, settings)]
        numbers = set(accounts["account"])
        return Reading(
            raw=raw,
            account=numbers.pop() if len(numbers) == 1 else "",
            period_start=min((first for first, _ in periods), default=None),
            period_end=max((last for _, last in periods), default=None),
            txns=paypal_codes.rows(events),
            rejects=rejects,
            excluded=excluded,
            controls=tuple(_controls(pages)),
        )


def _refuse_others(piece: Piece, pages: Sequence[_Page]) -> None:
    """Raise SourceError when an answer is no page of transactions: an error, or another interface's."""
    for page, transactions in pages:
        if not transactions and "total_items" not in page and "account_number" not in page:
            said = ": ".join(json_text.shown(page[name]) for name in ("name", "message") if name in page)
            raise SourceError(
                "an answer in the file holds no transactions" + (f': "{said[:200]}"' if said else ""),
                path=piece.name,
                remedy="Ask for the page again, and save all pages of the search.",
            )


def _raw(piece: Piece, pages: Sequence[_Page]) -> pl.DataFrame:
    """One row a transaction: its members as columns, whatever they are, as printed."""
    rows: list[dict[str, str]] = []
    lines: list[int] = []
    for _, transactions in pages:
        for line_no, transaction in transactions:
            if not isinstance(transaction, dict) or not isinstance(transaction.get(INFO), dict):
                raise SourceError(
                    f"a transaction without {INFO}", path=piece.name, line_no=line_no, remedy="Ask with fields=all."
                )
            lines.append(line_no)
            rows.append(dict(_flat(transaction)))
    if len(set(lines)) < len(lines):
        lines = list(range(1, len(lines) + 1))
    names = dict.fromkeys(name for row in rows for name in row)
    cells = {name: pl.Series(name, [row.get(name, "") for row in rows], dtype=pl.String) for name in names}
    absent = {name: pl.Series(name, [""] * len(rows), dtype=pl.String) for name in _COLUMNS if name not in cells}
    return pl.DataFrame({"line_no": pl.Series("line_no", lines, dtype=pl.Int64), **cells, **absent})


def _flat(members: Mapping[str, object], above: str = "") -> Iterator[tuple[str, str]]:
    """Members of members, named by the way to them: ``transaction_info.transaction_amount.value``."""
    for name, value in members.items():
        path = f"{above}{name}"
        if isinstance(value, dict):
            yield from _flat(value, f"{path}.")
        else:
            yield path, json_text.shown(value)


def _accounts(pages: Sequence[_Page]) -> list[str]:
    """Account of each transaction: that of its page."""
    return [json_text.shown(page.get("account_number")) for page, transactions in pages for _ in transactions]


def _moment(member: object) -> int | None:
    """UTC epoch seconds of a time with its offset; None when it is none."""
    try:
        return times.parse_moment(json_text.shown(member), "UTC")
    except ValueError:
        return None


def _period(page: Mapping[str, object], settings: Settings) -> Iterator[tuple[dt.date, dt.date]]:
    """First and last day that a page's search covers as a whole; nothing when it covers none, or does not say."""
    start_s, end_s = _moment(page.get("start_date")), _moment(page.get("end_date"))
    if start_s is None or end_s is None:
        return
    day = dt.timedelta(days=1)
    first = times.local_date(start_s - 1, settings.zone) + day
    last = times.local_date(end_s + 1, settings.zone) - day
    if first <= last:
        yield first, last


def _controls(pages: Sequence[_Page]) -> Iterator[Control]:
    """Compare total_items of each search whose pages are all there with the transactions on them."""
    searches: dict[tuple[str, ...], dict[str, int]] = {}
    for page, transactions in pages:
        named = ("account_number", "start_date", "end_date", "total_items", "total_pages")
        search = tuple(json_text.shown(page.get(name)) for name in named)
        searches.setdefault(search, {})[json_text.shown(page.get("page")) or "1"] = len(transactions)
    for (_, start, end, items, total), found in searches.items():
        # A search of more pages than the file has is not complete; so a count of any size costs nothing.
        pages_told = int(total) if re.fullmatch("[0-9]{1,9}", total) else 0
        if items and pages_told <= len(found) and set(found) >= set(map(str, range(1, pages_told + 1))):
            period = f" from {start} to {end}" if start and end else ""
            yield Control(f"total_items{period}", items, str(sum(found.values())))


def _wanted(raw: pl.DataFrame, settings: Settings) -> dict[str, Cell]:
    code, unit, fee_unit = printed(_CODE), printed(_UNIT), printed(_FEE_UNIT)
    places = money.exponents(unit)
    sizes = raw.select(places.unique()).to_series().to_list() or [2]
    told = pl.when(printed(_UPDATED) == "").then(printed(_INITIATED)).otherwise(printed(_UPDATED))
    when = told.str.replace(r"\.\d+", "").str.replace(r"Z$", "+0000")
    occurred = when.str.to_datetime(_TIME, time_unit="us", time_zone="UTC", strict=False).dt.epoch("s")
    in_utc = when.str.contains(r"[+-]00:?00$")
    day = pl.when(in_utc).then(times.business_date(occurred, settings.zone)).otherwise(times.day(when.str.head(10)))
    amount = "is not an amount with at most the decimals of its currency"

    def minor(column: str) -> pl.Expr:
        return pl.coalesce(pl.when(places == size).then(money.minor_units(pl.col(column), size)) for size in sizes)

    return {
        "native_id": text(_ID, required=True),
        "code": Cell(_CODE, pl.when(code.str.contains(CODE)).then(code), "is no event code", required=True),
        "status": Cell(
            _STATUS,
            paypal_codes.status(printed(_STATUS), code),
            "is none of " + ", ".join(paypal_codes.STATUSES),
            required=True,
        ),
        "currency": Cell(_UNIT, pl.when(unit.str.contains("^[A-Z]{3}$")).then(unit), "is no currency", required=True),
        "amount_minor": Cell(_AMOUNT, minor(_AMOUNT), amount, required=True),
        "fee_minor": Cell(_FEE, minor(_FEE), amount),
        "fee_currency": Cell(_FEE_UNIT, pl.when(fee_unit == unit).then(fee_unit), "is not the currency of the amount"),
        "occurred_s": Cell(_UPDATED, occurred, "is not a time with its offset from UTC", required=True),
        "business_date": Cell(_UPDATED, day, "is not a date"),
        "merchant_no": text(_INVOICE),
        "reference_id": text(_REFERENCE),
        "reference_type": text(_REFERENCE_TYPE),
        "reference": text(_BANK),
        "custom": text(_CUSTOM),
        "shop": text(_STORE),
        **{name: text(name) for name in _NAMES},
    }
