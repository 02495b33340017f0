"""A store that holds a long history already, so that what arrives must find its way in it: by number, day and amount.

``History`` is made once (its file is copied for every story) and holds what a merchant's store of four months holds:
the days are loaded and matched, a few things stand open, some vouchers cite no number and were matched by their amount
alone, some payments were refunded days later. Its numbers start with H, its amounts are 100,000.00 and more and occur
once each, so that small books beside it never meet it by chance; books that shall meet it name one of its sales.

Alipay, WeChat Pay and UnionPay have no history on the days of tests/test_properties.py (a payout of the day would be
that of both); PayPal, orders and the ledger have, so that those days, too, are full of rows.
"""

from __future__ import annotations

import datetime as dt
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from recon.calendars import Calendar
from recon.store import Store, open_store
from tests.match.books import Books, Placed, dropped, opened

FIRST: Final = dt.date(2025, 11, 1)
LAST: Final = dt.date(2026, 2, 28)
LOADED_UNTIL: Final = "2026-03-31"
"""The files of the history say that they cover the days up to this one; so nothing waits for a file."""
FREE: Final = {dt.date.fromisoformat(f"2026-{day}") for day in ("01-31", "02-03", "02-04", "02-14", "02-28")}
CHANNELS: Final = ("alipay", "wechat", "unionpay", "paypal")
_FEE_PPM: Final = {"alipay": 6_000, "wechat": 6_000, "unionpay": 5_000, "paypal": 34_000}
_LEAST: Final = 10_000_000
_STEP: Final = 1_013
_REFUND_AFTER: Final = dt.timedelta(days=5)


@dataclass(frozen=True)
class Sale:
    """One sale of the history."""

    nth: int
    channel: str
    day: dt.date
    amount: int

    @property
    def number(self) -> str:
        return f"H{self.nth}"

    @property
    def txn(self) -> str:
        return f"HT{self.nth}"

    @property
    def at(self) -> str:
        return f"{self.day} {9 + self.nth % 12:02d}:{self.nth % 60:02d}:{self.nth % 53:02d}"

    @property
    def batch(self) -> str:
        return "" if self.channel == "paypal" else f"{self.channel}:A:{self.day:%Y%m%d}"

    @property
    def fee(self) -> int:
        fixed = 30 if self.channel == "paypal" else 0
        return -((self.amount * _FEE_PPM[self.channel] + 500_000) // 1_000_000 + fixed)

    @property
    def unordered(self) -> bool:
        """The order system does not know it: a difference that stands in the history."""
        return self.nth % 500 == 7

    @property
    def unbooked(self) -> bool:
        """Finance has not booked it: another difference that stands."""
        return self.nth % 450 == 11

    @property
    def blank(self) -> bool:
        """Its voucher cites nothing: only the amount, near the day, says what it books."""
        return self.nth % 9 == 4

    @property
    def refunded(self) -> bool:
        """Refunded by a third, days later, in all books. On free days only PayPal moves."""
        back = self.day + _REFUND_AFTER
        return self.nth % 14 == 3 and back <= LAST and (self.channel == "paypal" or back not in FREE)

    def about(self) -> dict[str, Any]:
        return {"number": self.number, "channel": self.channel, "at": self.at}

    def rows(self) -> list[Placed]:
        """Its rows in three books, with those of its refund."""
        paid = {"id": f"hc{self.nth}", "txn": self.txn, "amount": self.amount, "fee": self.fee, **self.about()}
        found: list[Placed] = [("channel", paid)]
        if not self.unordered:
            found.append(("order", {"id": f"ho{self.nth}", "amount": self.amount, **self.about()}))
        if not self.unbooked:
            cited = "" if self.blank else self.number
            row = {"id": f"hv{self.nth}", "ref": cited, "amount": self.amount, "channel": self.channel}
            found.append(("ledger", row | {"day": f"{self.day}"}))
        if self.refunded:
            found += self.refund_rows("", self.amount // 3, self.day + _REFUND_AFTER)
        return found

    def refund_rows(self, copy: str, amount: int, day: dt.date) -> list[Placed]:
        """Rows of a refund of it: order system, channel (which gives a part of the fee back or not), voucher."""
        refund = f"HR{self.nth}{copy}"
        about = {"refund": refund, "amount": -amount, "channel": self.channel, "at": f"{day} 15:00:00"}
        back = 0 if self.channel == "alipay" else (amount * _FEE_PPM[self.channel] + 500_000) // 1_000_000
        moved = {"id": f"hd{self.nth}{copy}", "txn": f"HU{self.nth}{copy}", "related_no": self.txn, "fee": back}
        booked = {"id": f"hw{self.nth}{copy}", "ref": refund, "amount": -amount, "channel": self.channel}
        return [
            ("order", {"id": f"hr{self.nth}{copy}", "number": self.number} | about),
            ("channel", moved | {"number": self.number} | about),
            ("ledger", booked | {"day": f"{day}"}),
        ]


def sales(a_day: int) -> list[Sale]:
    """All sales of the history, ``a_day`` of them every day."""
    found: list[Sale] = []
    for number in range((LAST - FIRST).days + 1):
        day = FIRST + dt.timedelta(days=number)
        for _ in range(a_day):
            nth = len(found)
            found.append(Sale(nth, "paypal" if day in FREE else CHANNELS[nth % 4], day, _LEAST + nth * _STEP))
    return found


def days_of(rows: list[Placed]) -> list[Placed]:
    """Bank line, fee voucher and payout voucher of every trade day of these rows."""
    nets: dict[tuple[str, str], int] = {}
    fees: dict[tuple[str, str], int] = {}
    for book, row in rows:
        if book == "channel" and row["channel"] != "paypal":
            key = row["channel"], row["at"][:10]
            nets[key] = nets.get(key, 0) + row["amount"] + row["fee"]
            fees[key] = fees.get(key, 0) + row["fee"]
    found: list[Placed] = []
    for (channel, day), net in sorted(nets.items()):
        traded = dt.date.fromisoformat(day)
        batch = f"{channel}:A:{traded:%Y%m%d}"
        due = Calendar().due_date(traded, 1, working=channel == "unionpay", country="CN")
        arrived = {"id": f"hb {batch}", "amount": net, "channel": channel, "day": f"{due}"}
        found.append(("bank", arrived | {"memo": f"结算 {traded:%Y%m%d}"}))
        booked = {"ref": batch, "channel": channel, "day": day}
        found.append(("ledger", booked | {"id": f"hf {batch}", "kind": "fee", "amount": fees[channel, day]}))
        found.append(("ledger", booked | {"id": f"hp {batch}", "kind": "payout", "amount": -net, "day": f"{due}"}))
    return found


EDGES: Final[list[Placed]] = [
    (book, {"id": f"anchor {book} {channel} {day}", "number": f"anchor {book} {channel} {day}", "amount": 1}
     | {"channel": channel, "status": "closed", "net_minor": 0, "day": f"{day}", "kind": kind})
    for book, channel, kind in (
        *(("channel", channel, "payment") for channel in CHANNELS),
        ("order", "alipay", "payment"), ("bank", "", "bank_line"), ("ledger", "", "entry"),
    )
    for day in (FIRST, LOADED_UNTIL)
]  # fmt: skip
"""Rows of no leg that make small books speak for the days of the history, so that both are judged in the same light."""


def put_edges(books: Books) -> None:
    """Make the books speak for the days of the history."""
    books.put(dropped(EDGES), period_start=f"{FIRST}", period_end=LOADED_UNTIL)


def put_beginnings(books: Books) -> None:
    """Edges, and a settled batch of each channel on the first day: a credit before the first batch is due waits.

    For small books, which shall begin where the history begins.
    """
    put_edges(books)
    paid: list[Placed] = []
    for name in ("alipay", "wechat", "unionpay"):
        about = {"id": f"begin {name}", "number": f"begin {name}", "channel": name, "amount": 1, "fee": 0}
        paid.append(("channel", about | {"at": f"{FIRST} 09:00:00"}))
    books.put(dropped(paid + [placed for placed in days_of(paid) if placed[0] == "bank"]))


@dataclass(frozen=True, repr=False)
class History:
    """A history that was matched and classified, and what can be copied of it."""

    path: Path
    sales: list[Sale]
    rows: int
    files: int
    runs: int

    def __repr__(self) -> str:
        return f"History({self.path.name}, {self.rows:,} rows)"

    @contextmanager
    def copied(self, *, matched: bool = True) -> Iterator[Books]:
        """Give books that hold the history and may be changed; not ``matched``: as if nothing had looked at it yet."""
        with tempfile.TemporaryDirectory(dir=self.path.parent) as folder:
            path = Path(shutil.copy(self.path, folder))
            with opened() as small, open_store(path) as store:
                if not matched:
                    for table in tables(store, "match", "diff"):
                        store.run(f"DELETE FROM {table}")
                yield Books(store, small.matching, small.judging, small.as_of_s, self.files, self.runs)


def tables(store: Store, *schemas: str) -> list[str]:
    """Tables of these schemas, as schema.table, in order."""
    found = store.rows("SELECT schema_name, table_name FROM duckdb_tables() WHERE NOT temporary ORDER BY ALL")
    return [f"{schema}.{table}" for schema, table in found if schema in schemas]


def grow(folder: Path, *, a_day: int) -> History:
    """Make the history: all but the last two days in one file, these one after the other, as a daily job would."""
    sold = sales(a_day)
    path = folder / f"history{a_day}.duckdb"
    end = LAST - dt.timedelta(days=1)
    rows = [row for sale in sold for row in sale.rows()]
    rows += days_of(rows)
    with opened() as small, open_store(path) as store:
        books = Books(store, small.matching, small.judging, small.as_of_s)
        put_edges(books)
        for day in (None, end, LAST):
            books.put(dropped(each for each in rows if _arrives(each, end) == day))
            books.match()
            books.classify()
        return History(path, sold, len(rows), books.files, books.runs)


def _arrives(placed: Placed, end: dt.date) -> dt.date | None:
    """Day of its file: None for all that comes at first, the last one for what lies ahead."""
    day = dt.date.fromisoformat((placed[1].get("at") or placed[1]["day"])[:10])
    return None if day < end else min(day, LAST)
