"""Small books for stories about matching and classification: terse rows in, canonical rows in a store.

A *drop* is a mapping of books to rows, as the case files write it:

    order:    [{id: o1, number: A1, amount: 12800, at: 02-03 10:00:00}]
    channel:  [{id: c1, number: A1, amount: 12800, at: 02-03 10:00:00, fee: -77}]
    bank:     [{id: b1, amount: 12723, day: 02-04, memo: 结算款 20260203}]
    ledger:   [{id: v1, ref: A1, amount: 12800, day: 02-03}]

``amount`` and ``fee`` are minor units, signed from the merchant's view; ``at`` is Beijing time and ``day`` the business
day (the day of ``at`` when not given), both of 2026 unless a year stands before them; ``number`` is the merchant order
number. What a row does not say has an ordinary value (:data:`ORDINARY`); any column of ``canon.txn`` may be said under
its own name.

One drop is one file in the store, so drops one after the other are files that arrive one after the other; a row whose
``id`` is there already restates it.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import polars as pl
import yaml

from recon import differences, fingerprint, match, times
from recon.calendars import Calendar, days
from recon.contract import DEFAULTS, Contract, FeeTerms
from recon.model import RATE, TXN
from recon.store import Store, open_store

Row = Mapping[str, Any]
Drop = Mapping[str, Sequence[Row]]
Placed = tuple[str, dict[str, Any]]
"""A row and the book that it is of."""

AS_OF: Final = "2026-03-02T10:00:00+08:00"
ORDINARY: Final[dict[str, dict[str, Any]]] = {
    "order": {"account": "shop", "channel": "alipay"},
    "channel": {"account": "A", "channel": "alipay"},
    "bank": {"account": "CCB", "channel": "alipay", "kind": "bank_line"},
    "ledger": {"account": "1012", "channel": "alipay"},
}
ANCHOR: Final = "anchor"
"""Rows whose id starts so only say how far a book is loaded; no leg compares them."""
ANCHORS_PER_DAY: Final = 6
_ANCHORS: Final[dict[str, tuple[str, Row]]] = {
    "order": ("order", {"channel": ""}),
    "bank": ("bank", {"channel": ""}),
    "bank USD": ("bank", {"channel": "", "currency": "USD"}),
    "ledger": ("ledger", {"channel": "", "kind": "entry"}),
}

_SHORT: Final = {"number": "merchant_no", "ref": "reference", "txn": "channel_txn_no", "refund": "refund_no"}
_FILE_COUNTS: Final = (
    "size_bytes", "rows_raw", "rows_canon", "rows_excluded", "rows_rejected", "rows_new", "rows_overlap",
    "rows_restated", "run_id", "ingested_s",
)  # fmt: skip


def day_of(text: str) -> dt.date:
    return dt.date.fromisoformat(text if len(text) > 5 else f"2026-{text}")


def moment_of(text: str) -> int:
    return times.parse_moment(text if text[4:5] == "-" and len(text) > 14 else f"2026-{text}")


def grown(book: str, row: Row) -> dict[str, Any]:
    """Return a whole row of canon.txn (but for what the store adds) from a terse one."""
    said = {_SHORT.get(name, name): value for name, value in row.items()}
    amount = said.pop("amount")
    at, day = said.pop("at", None), said.pop("day", None)
    occurred_s = moment_of(at) if at else None
    business_date = day_of(day) if day else times.local_date(occurred_s if occurred_s is not None else 0)
    kind = "payment" if amount > 0 else "refund"
    full = {"kind": kind, "status": "success", "currency": "CNY", **ORDINARY[book], **said}
    full |= {"txn_id": said["id"], "book": book, "amount_minor": amount, "occurred_s": occurred_s}
    full |= {"business_date": business_date, "fee_minor": said.get("fee")}
    if book == "order":
        full["merchant_no"] = full.get("merchant_no") or full.get("order_no", "")
        full["order_no"] = full.get("order_no") or full["merchant_no"]
    if book == "channel":
        full.setdefault("net_minor", amount + (full["fee_minor"] or 0))
        batch = f"{full['channel']}:{full['account']}:{business_date:%Y%m%d}"
        full.setdefault("batch_no", "" if full["channel"] == "paypal" else batch)
    if book == "ledger":
        full.setdefault("period", times.month_of(business_date))
        full.setdefault("base_amount_minor", amount)
    for short in ("id", "fee"):
        full.pop(short, None)
    for name, type_ in TXN.items():
        if name not in {"native_id", "line_no"}:
            full.setdefault(name, "" if type_ is pl.String else None)
    names = ("amount_minor", "currency", "occurred_s", "merchant_no", "channel", "kind")
    full["fingerprint"] = fingerprint.of_row(**{name: full[name] for name in names})
    full["content"] = repr(sorted(full.items())).encode()
    return full


def dropped(rows: Iterable[Placed]) -> dict[str, list[dict[str, Any]]]:
    """Rows of several books as one drop."""
    drop: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for book, row in rows:
        drop[book].append(row)
    return drop


@dataclass
class Books:
    """A store that drops are put into, and the two stages that read it."""

    store: Store
    matching: match.Settings
    judging: differences.Settings
    as_of_s: int = times.parse_moment(AS_OF)
    files: int = 0
    runs: int = 0

    def put(self, drop: Drop, *, period_start: str = "", period_end: str = "") -> None:
        """Store the rows of one file."""
        self.files += 1
        file: dict[str, Any] = dict.fromkeys(_FILE_COUNTS, 0)
        file |= {"file_id": self.files, "sha256": str(self.files), "name": f"{self.files}.csv", "source": "books"}
        file |= {"encoding": "utf-8", "account": "", "control": "[]"}
        file |= {"period_start": day_of(period_start) if period_start else None}
        file |= {"period_end": day_of(period_end) if period_end else None}
        dates = {"period_start": pl.Date, "period_end": pl.Date}
        self.store.append("meta.file", pl.DataFrame([file], schema_overrides=dates))
        rows = [grown(book, row) for book in ORDINARY for row in drop.get(book, ())]
        assert len({row["txn_id"] for row in rows}) == len(rows), "two rows of one file have the same id"
        known = dict(
            self.store.rows(
                "SELECT txn_id, version FROM canon.txn WHERE txn_id IN (SELECT unnest($ids))",
                {"ids": [row["txn_id"] for row in rows]},
            )
            if rows
            else ()
        )
        for line_no, row in enumerate(rows, 2):
            version = known.get(row["txn_id"], 0)
            row |= {"version": version + 1, "file_id": self.files, "line_no": line_no, "source": "books"}
            if version:
                given = {"id": row["txn_id"], "file": self.files}
                self.store.insert(
                    "canon.txn_superseded",
                    "SELECT *, CAST($file AS INTEGER) AS superseded_by FROM canon.txn WHERE txn_id = $id",
                    given,
                )
                self.store.run("DELETE FROM canon.txn WHERE txn_id = $id", {"id": row["txn_id"]})
        if rows:
            schema = {name: type_ for name, type_ in TXN.items() if name != "native_id"}
            schema |= {"txn_id": pl.String, "source": pl.String, "version": pl.Int32, "file_id": pl.Int32}
            schema |= {"fingerprint": pl.Binary, "content": pl.Binary}
            self.store.append("canon.txn", pl.DataFrame(rows, schema=schema))

    def put_rates(self, rates: Mapping[str, Mapping[str, int]]) -> None:
        """Store rates, in base units per one unit times 10^8: {USD: {02-03: 710000000}}."""
        self.put({})
        found = [
            {"rate_date": day_of(day), "currency": currency, "base_currency": "CNY", "rate_e8": rate, "origin": ""}
            | {"line_no": line_no, "file_id": self.files}
            for line_no, (currency, day, rate) in enumerate(
                ((currency, day, rate) for currency, days in rates.items() for day, rate in days.items()), 2
            )
        ]
        self.store.append("canon.rate", pl.DataFrame(found, schema={**RATE, "file_id": pl.Int32}))

    def anchor(self, loaded: Mapping[str, Sequence[str]], period_end: str = "") -> None:
        """Say from which to which day books are loaded: {order: [02-01, 02-28], alipay: [...], bank: ..., ledger: ...}.

        A book with few rows a day would speak for its whole months, hence so many rows.
        """
        drop: dict[str, list[Row]] = {book: [] for book in ORDINARY}
        for name, (first, last) in loaded.items():
            book, extra = _ANCHORS.get(name, ("channel", {"channel": name}))
            days = (day_of(last) - day_of(first)).days + 1
            for nth in range(days * ANCHORS_PER_DAY):
                day = day_of(first) + dt.timedelta(days=nth // ANCHORS_PER_DAY)
                row = {"id": f"{ANCHOR} {name} {nth} {period_end}", "amount": 1, "net_minor": 0, "status": "closed"}
                drop[book].append(row | {"number": row["id"], "day": f"{day}", "base_amount_minor": 1} | extra)
        self.put(drop, period_end=period_end)

    def match(self) -> match.Matched:
        self.runs += 1
        return match.run(self.store, self.matching, run_id=self.runs, as_of_s=self.as_of_s)

    def classify(self) -> differences.Classified:
        return differences.classify(self.store, self.judging, run_id=self.runs, as_of_s=self.as_of_s)

    def groups(self, leg: str) -> list[tuple[str, list[str], list[str], int]]:
        """Matches of a leg as (pass, left ids, right ids, delta), in order."""
        found = self.store.rows(
            """
            SELECT m.pass, list(x.txn_id ORDER BY x.txn_id) FILTER (x.side = 'left'),
                list(x.txn_id ORDER BY x.txn_id) FILTER (x.side = 'right'), m.delta_minor
            FROM match.match AS m JOIN match.member AS x ON m.leg = x.leg AND m.match_id = x.match_id
            WHERE m.leg = $leg GROUP BY m.pass, m.match_id, m.delta_minor
            """,
            {"leg": leg},
        )
        return sorted((name, left, right, delta) for name, left, right, delta in found)

    def open_rows(self, leg: str) -> list[str]:
        """Ids of the rows of a leg that no match took, in order."""
        found = self.store.rows("SELECT txn_id FROM match.pool WHERE leg = $leg ORDER BY txn_id", {"leg": leg})
        return [row[0] for row in found if not row[0].startswith(ANCHOR)]

    def differences(self) -> list[dict[str, Any]]:
        """Standing differences, every column of diff.difference and ``of`` (the ids of its members)."""
        frame = self.store.frame(
            """
            SELECT d.*, m.of FROM diff.difference AS d
            JOIN (SELECT diff_id, list(txn_id ORDER BY side, txn_id) AS of FROM diff.member GROUP BY diff_id) AS m
            ON d.diff_id = m.diff_id WHERE d.state <> 'cleared' ORDER BY d.leg, d.code, d.business_date, m.of
            """
        )
        return list(frame.iter_rows(named=True))


@contextmanager
def opened(settings: Mapping[str, Any] | None = None, as_of: str = AS_OF) -> Iterator[Books]:
    """Give empty books. ``settings``: tolerances of either stage by name, and ``contracts`` (terms by channel)."""
    said = dict(settings or {})
    other = said.pop("contracts", {})
    contracts = tuple(Contract(**{**_terms(item), **_said_of(other.get(item.channel, {}))}) for item in DEFAULTS)
    if "calendar" in said:
        told = {name: {country: days(texts) for country, texts in by.items()} for name, by in said["calendar"].items()}
        said["calendar"] = Calendar(**told)
    matching = match.Settings(contracts=contracts, **{k: v for k, v in said.items() if hasattr(match.Settings, k)})
    judging = differences.Settings(
        contracts=contracts, **{k: v for k, v in said.items() if hasattr(differences.Settings, k)}
    )
    with open_store(None) as store:
        yield Books(store, matching, judging, times.parse_moment(as_of))


def _said_of(terms: Mapping[str, Any]) -> dict[str, Any]:
    return dict(terms) | ({"fees": tuple(FeeTerms(**each) for each in terms["fees"])} if "fees" in terms else {})


def _terms(contract: Contract) -> dict[str, Any]:
    return {name: getattr(contract, name) for name in contract.__slots__}


def stories(folder: Path) -> dict[str, dict[str, Any]]:
    """Case files of a folder, by name."""
    return {path.stem: yaml.safe_load(path.read_text(encoding="utf-8")) for path in sorted(folder.glob("*.yaml"))}


def played(case: Mapping[str, Any], books: Books) -> None:
    """Put the rows of a case into the books: rates and anchors first, then its drops; matching after each drop."""
    if "rates" in case:
        books.put_rates(case["rates"])
    if "loaded" in case:
        books.anchor(case["loaded"])
    for name, (first, last, printed) in case.get("printed", {}).items():
        books.anchor({name: [first, last]}, period_end=printed)
    given = case["given"]
    for drop in given if isinstance(given, list) else [given]:
        books.put(drop)
        books.match()
