"""Small books filled by hand, so that every figure of a document can be checked by adding up a few numbers."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

import polars as pl
import pytest

from recon.store import Store, open_store

BLANK = b"\0" * 32


class Books:
    """Rows for an in-memory store. Dates are written ``02-03``; amounts are minor units."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.number = 0
        self.schemas: dict[str, list[tuple[Any, ...]]] = {}
        self.put("meta.file", file_id=1, sha256="f", name="books.csv", source="test", encoding="utf-8", control="[]")

    def run(self, sql: str) -> None:
        self.store.run(sql)

    def day(self, text: str) -> dt.date:
        return dt.date.fromisoformat(text if len(text) > 5 else f"2026-{text}")

    def put(self, table: str, **cells: object) -> None:
        """Insert one row; columns not named are blank, zero or null as their type and nullability allow."""
        if table not in self.schemas:
            self.schemas[table] = self.store.rows(f'SELECT column_name, column_type, "null" FROM (DESCRIBE {table})')
        schema = self.schemas[table]
        row: dict[str, Any] = {}
        for name, kind, nullable in schema:
            empty = None if nullable == "YES" else "" if kind == "VARCHAR" else BLANK if kind == "BLOB" else 0
            row[name] = cells.pop(name, empty)
        assert not cells, f"{table} has no {sorted(cells)}"
        types = {
            "VARCHAR": pl.String,
            "DATE": pl.Date,
            "BLOB": pl.Binary,
            "INTEGER": pl.Int32,
            "BIGINT": pl.Int64,
            "BOOLEAN": pl.Boolean,
        }
        self.store.append(table, pl.DataFrame([row], schema={name: types[kind] for name, kind, _ in schema}))

    def txn(
        self,
        book: str,
        kind: str,
        amount: int,
        day: str,
        *,
        channel: str = "alipay",
        currency: str = "CNY",
        **more: object,
    ) -> str:
        """Put one movement; returns its txn_id. Channel rows net to amount plus fee."""
        self.number += 1
        txn_id = f"t{self.number}"
        date = self.day(day)
        cells: dict[str, object] = {
            "txn_id": txn_id, "version": 1, "book": book, "channel": channel, "kind": kind, "status": "success",
            "currency": currency, "amount_minor": amount, "business_date": date, "period": f"{date:%Y-%m}",
            "file_id": 1, "line_no": self.number,
        }  # fmt: skip
        if book == "channel":
            cells["fee_minor"] = more.pop("fee", 0)
            cells["net_minor"] = amount + int(str(cells["fee_minor"]))
        self.put("canon.txn", **{**cells, **more})
        return txn_id

    def batch(self, batch_no: str, net: int, day: str, *, channel: str = "alipay", currency: str = "CNY") -> str:
        batch_id = f"{batch_no}|{currency}"
        self.put(
            "match.batch", batch_id=batch_id, kind="batch", channel=channel, currency=currency, batch_no=batch_no,
            business_date=self.day(day), net_minor=net, due_date=self.day(day), last_date=self.day(day),
        )  # fmt: skip
        return batch_id

    def match(self, leg: str, left: list[str], right: list[str], *, state: str = "confirmed") -> str:
        self.number += 1
        match_id = f"m{self.number}"
        self.put(
            "match.match",
            match_id=match_id,
            leg=leg,
            **{"pass": "test"},
            cardinality="1:1",
            state=state,
            currency="CNY",
        )
        for side, ids in (("left", left), ("right", right)):
            for txn_id in ids:
                self.put("match.member", leg=leg, txn_id=txn_id, side=side, match_id=match_id)
        return match_id

    def open(self, leg: str, side: str, *ids: str) -> None:
        for txn_id in ids:
            self.put("match.pool", leg=leg, side=side, txn_id=txn_id)

    def difference(
        self,
        code: str,
        leg: str,
        delta: int,
        day: str,
        *,
        members: dict[str, str] | None = None,
        channel: str = "alipay",
        currency: str = "CNY",
        kind: str = "break",
        gap: int | None = None,
        state: str = "open",
        **more: object,
    ) -> str:
        self.number += 1
        diff_id = f"D{self.number:04d}"
        cells: dict[str, object] = {
            "diff_id": diff_id, "code": code, "kind": kind, "leg": leg, "channel": channel, "currency": currency,
            "left_minor": delta if delta > 0 else None, "right_minor": -delta if delta < 0 else None,
            "delta_minor": delta, "gap_minor": delta if gap is None else gap, "business_date": self.day(day),
            "because_zh": f"原因 {code}", "because_en": f"because {code}", "action": "investigate",
            "evidence": "books.csv:1", "state": state, "first_seen_s": 1_772_000_000, "severity": "low",
        }  # fmt: skip
        self.put("diff.difference", **{**cells, **more})
        for txn_id, side in (members or {}).items():
            self.put("diff.member", diff_id=diff_id, side=side, txn_id=txn_id)
        return diff_id

    def voucher(
        self,
        voucher_no: str,
        lines: list[tuple[str, int, int]],
        *,
        period: str = "2026-02",
        day: str = "02-03",
        reference: str = "",
        channel: str = "alipay",
        currency: str = "",
        paid: int | None = None,
        rate_e8: int | None = None,
    ) -> str:
        """Put a whole voucher (account, debit, credit) and the ledger row of its line on 1012; returns its id."""
        ledger = ""
        for place, (account, debit, credit) in enumerate(lines, start=1):
            self.number += 1
            self.put(
                "canon.voucher",
                voucher_id=f"{period}:{voucher_no}:{place}",
                voucher_no=voucher_no,
                entry_no=str(place),
                voucher_date=self.day(day),
                period=period,
                account_code=account,
                account_name=f"科目{account}",
                debit_minor=debit,
                credit_minor=credit,
                currency=currency,
                fc_amount_minor=paid,
                fx_rate_e8=rate_e8,
                reference=reference,
                channel="",
                file_id=1,
                line_no=self.number,
            )
            if account.startswith("1012"):
                self.number -= 1
                kind = "payment" if debit - credit > 0 else "refund"
                amount = debit - credit if paid is None else paid
                ledger = self.txn(
                    "ledger", kind, amount, day, channel=channel, currency=currency or "CNY",
                    base_amount_minor=debit - credit, reference=reference,
                )  # fmt: skip
        return ledger


@pytest.fixture
def store() -> Iterator[Store]:
    with open_store(None) as opened:
        yield opened


@pytest.fixture
def books(store: Store) -> Books:
    return Books(store)


@pytest.fixture
def february(books: Books) -> Books:
    """A month with one of each kind of thing; the sums stand in test_figures.py."""
    # Alipay, 3 February: three orders of 100.00 paid with a fee of 0.60 each, paid out the next day.
    orders = [books.txn("order", "payment", 10_000, "02-03", order_no=f"O{i}", merchant_no=f"O{i}") for i in range(3)]
    paid = [
        books.txn(
            "channel",
            "payment",
            10_000,
            "02-03",
            fee=-60,
            merchant_no=f"O{i}",
            channel_txn_no=f"A{i}",
            batch_no="alipay:A:20260203",
        )
        for i in range(3)
    ]
    for left, right in zip(orders, paid, strict=True):
        books.match("order_channel", [left], [right])
    first = books.batch("alipay:A:20260203", 29_820, "02-03")
    bank = books.txn("bank", "bank_line", 29_820, "02-04", reference="B1")
    books.match("channel_bank", [first], [bank])
    # An order the channel does not know (80.00), a payment the orders do not know (50.00, not paid out by the bank).
    lost = books.txn("order", "payment", 8_000, "02-10", order_no="O9", merchant_no="O9")
    books.open("order_channel", "left", lost)
    books.difference("CHANNEL_MISSING", "order_channel", 8_000, "02-10", members={lost: "left"}, order_no="O9")
    stray = books.txn(
        "channel", "payment", 5_000, "02-11", channel="wechat", fee=-30, merchant_no="W1", batch_no="wechat:W:20260211"
    )
    books.open("order_channel", "right", stray)
    books.difference(
        "ORDER_MISSING", "order_channel", -5_000, "02-11", members={stray: "right"}, channel="wechat", order_no="W1"
    )
    missing = books.batch("wechat:W:20260211", 4_970, "02-11", channel="wechat")
    books.open("channel_bank", "left", missing)
    books.difference(
        "PAYOUT_MISSING",
        "channel_bank",
        4_970,
        "02-11",
        members={missing: "left"},
        channel="wechat",
        batch_no="wechat:W:20260211",
    )
    # Across the end: ordered on the 28th, at the channel on 1 March. Across the beginning: ordered in January.
    late = books.txn("order", "payment", 3_000, "02-28", channel="unionpay", order_no="U1", merchant_no="U1")
    after = books.txn(
        "channel", "payment", 3_000, "03-01", channel="unionpay", merchant_no="U1", batch_no="unionpay:U:20260301"
    )
    match = books.match("order_channel", [late], [after])
    books.difference(
        "CROSS_DAY",
        "order_channel",
        0,
        "02-28",
        members={late: "left", after: "right"},
        channel="unionpay",
        kind="timing",
        gap=3_000,
        match_id=match,
        clears_on=dt.date(2026, 3, 4),
    )
    before = books.txn("order", "payment", 700, "01-31", channel="unionpay", order_no="U0", merchant_no="U0")
    early = books.txn(
        "channel", "payment", 700, "02-01", channel="unionpay", merchant_no="U0", batch_no="unionpay:U:20260201"
    )
    books.match("order_channel", [before], [early])
    # UnionPay's batch of 1 February is on its way; the batch of 31 January (9.00) arrives on 1 February.
    way = books.batch("unionpay:U:20260201", 700, "02-01", channel="unionpay")
    books.open("channel_bank", "left", way)
    books.difference(
        "PAYOUT_IN_TRANSIT", "channel_bank", 700, "02-01", members={way: "left"}, channel="unionpay", kind="timing",
        clears_on=dt.date(2026, 3, 3), batch_no="unionpay:U:20260201",
    )  # fmt: skip
    old = books.batch("unionpay:U:20260131", 900, "01-31", channel="unionpay")
    arrived = books.txn("bank", "bank_line", 900, "02-01", channel="unionpay", reference="B0")
    books.match("channel_bank", [old], [arrived])
    # PayPal, dollars: 20.00 and a dispute fee of 1.50, euros exchanged to 5.00, 12.00 withdrawn and arrived.
    order = books.txn(
        "order", "payment", 2_000, "02-05", channel="paypal", currency="USD", order_no="P1", merchant_no="P1"
    )
    usd = books.txn("channel", "payment", 2_000, "02-05", channel="paypal", currency="USD", fee=-98, merchant_no="P1")
    books.match("order_channel", [order], [usd])
    books.txn("channel", "fee", -150, "02-06", channel="paypal", currency="USD")
    books.txn("channel", "conversion", 500, "02-06", channel="paypal", currency="USD")
    books.txn("channel", "conversion", -450, "02-06", channel="paypal", currency="EUR")
    payout = books.txn("channel", "payout", -1_200, "02-09", channel="paypal", currency="USD", reference="BR1")
    books.put(
        "match.batch",
        batch_id=payout,
        kind="payout",
        channel="paypal",
        currency="USD",
        business_date=books.day("02-09"),
        net_minor=1_200,
        due_date=books.day("02-11"),
        last_date=books.day("02-11"),
    )
    dollars = books.txn("bank", "bank_line", 1_200, "02-11", channel="paypal", currency="USD", reference="BR1")
    books.match("channel_bank", [payout], [dollars])
    books.put(
        "canon.rate",
        rate_date=books.day("02-27"),
        currency="USD",
        base_currency="CNY",
        rate_e8=700_000_000,
        origin="test",
        file_id=1,
    )
    return books
