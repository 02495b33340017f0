"""The way back from a difference to the printed lines, and from an order number to everything the books say of it.

:func:`explain` follows one difference through its members to ``canon.txn`` and from there, by ``(file_id, line_no)``,
to the raw rows: what the file printed, column by column. A settlement batch stands for its transactions.

:func:`trace` starts from any number a person may hold (order, payment, channel or refund number) and follows the
numbers that the rows found carry until no new row comes: order -> payment number -> channel number -> refund numbers ->
vouchers, the batch that settled them and the bank line that paid the batch. Nothing is written.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from recon.differences.candidates import Candidate, candidates
from recon.differences.rule import ACTIONS
from recon.differences.selecting import titles
from recon.errors import UsageError
from recon.sources import stored_as
from recon.times import BEIJING, parse_moment

if TYPE_CHECKING:
    from collections.abc import Iterable

    import polars as pl

    from recon.differences.rulebook import AddedRule
    from recon.store import Store

PRINTED_LIMIT: Final = 20
"""Printed lines shown of one side: a settlement batch may have tens of thousands."""

_ORDER: Final = ("order", "channel", "bank", "ledger", "shipment")
"""Of events at the same moment."""

_ROUNDS: Final = 6  # order -> payment -> channel -> refund -> voucher; a longer chain has not been seen


@dataclass(frozen=True, slots=True, kw_only=True)
class Printed:
    """One record as its file printed it."""

    side: str
    """``left`` or ``right`` book of the leg."""
    book: str
    kind: str
    currency: str
    amount_minor: int
    place: str
    """``file:line``."""
    cells: dict[str, str]
    """Printed columns that are not blank, in the order of the file."""
    personal: frozenset[str]
    """Those that hold names of people and addresses: mask them before they leave the house."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """Everything known about one difference."""

    difference: dict[str, Any]
    """The row of ``diff.difference``."""
    title: str
    because: str
    action: str
    """What the code is called, why it holds here and what to do, in words."""
    match: tuple[str, str, str] | None
    """Pass, cardinality and state of the match behind it; None for a one-sided difference."""
    printed: tuple[Printed, ...]
    omitted: dict[str, int]
    """Side -> lines beyond the limit."""
    history: tuple[tuple[int, str, str, str], ...]
    """Changes of state: moment (epoch seconds), actor, action, reason."""
    linked: tuple[tuple[str, str, str], ...]
    """The same event on other legs: id, leg, code."""
    candidates: tuple[Candidate, ...]
    """Rows that might be the other side of a one-sided difference: for a person to decide."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One line of a timeline."""

    occurred_s: int | None
    """UTC epoch seconds; None when the source prints only a date."""
    day: dt.date | None
    """The book's own accounting day; None for what is no movement of money."""
    book: str
    channel: str
    kind: str
    status: str
    currency: str
    amount_minor: int | None
    fee_minor: int | None
    number: str
    """The number by which the book knows it."""
    place: str
    """``file:line``."""
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Trace:
    """What all books say about one order."""

    numbers: tuple[str, ...]
    """Every number that was followed, sorted."""
    events: tuple[Event, ...]
    """In time."""
    differences: pl.DataFrame
    """diff_id, code, leg, state, because of the differences that these rows have."""


# ------------------------------------------------------------------------------------------------ explain


def explain(
    store: Store,
    diff_id: str,
    *,
    language: str = "zh",
    limit: int = PRINTED_LIMIT,
    added: Iterable[AddedRule] = (),
) -> Explanation:
    """Return one difference with the printed lines of both sides. ``diff_id`` may be shortened while it is unique.

    Sentences are in ``language`` (``zh`` or ``en``); ``added`` are the workspace's own rules, for their titles.

    Raises UsageError when no difference, or more than one, has the id.
    """
    found = store.frame(
        "SELECT * FROM diff.difference WHERE starts_with(diff_id, $id) ORDER BY diff_id = $id DESC, diff_id LIMIT 6",
        {"id": diff_id},
    ).to_dicts()
    if not found or not diff_id:
        raise UsageError(f'there is no difference "{diff_id}"', remedy="List them: recon diffs")
    if len(found) > 1 and found[0]["diff_id"] != diff_id:
        several = ", ".join(str(row["diff_id"]) for row in found[:5])
        raise UsageError(f'"{diff_id}" is the beginning of several differences', remedy=f"Among them: {several}")
    difference = found[0]
    full = {"id": difference["diff_id"]}
    printed: list[Printed] = []
    omitted: dict[str, int] = {}
    for side in ("left", "right"):
        rows = _members(store, difference["diff_id"], side)
        printed += _printed(store, side, rows[:limit])
        if len(rows) > limit:
            omitted[side] = len(rows) - limit
    matches = store.rows(
        "SELECT pass, cardinality, state FROM match.match WHERE match_id = $id", {"id": difference["match_id"]}
    )
    history = store.rows("SELECT at_s, actor, action, reason FROM meta.audit WHERE subject = $id ORDER BY seq", full)
    linked = store.rows(
        "SELECT diff_id, leg, code FROM diff.difference WHERE list_contains(string_split($linked, ','), diff_id) "
        "ORDER BY leg",
        {"linked": difference["linked"]},
    )
    return Explanation(
        difference=difference,
        title=titles(language, added).get(difference["code"], ""),
        because=difference[f"because_{language}"],
        action=_action(difference["action"], language),
        match=matches[0] if difference["match_id"] and matches else None,
        printed=tuple(printed),
        omitted=omitted,
        history=tuple(history),
        linked=tuple(linked),
        candidates=tuple(candidates(store, difference)),
    )


def _action(name: str, language: str) -> str:
    words = {str(action): pair for action, pair in ACTIONS.items()}
    return words[name][0 if language == "zh" else 1] if name in words else name


def _members(store: Store, diff_id: str, side: str) -> list[dict[str, Any]]:
    """Transactions of one side of a difference, in the order of their files; those of a batch for a batch."""
    return store.frame(
        """
        SELECT t.book, t.kind, t.currency, t.amount_minor, t.file_id, t.line_no, f.name, f.source
        FROM (
            SELECT t.* FROM canon.txn AS t JOIN diff.member AS m ON m.txn_id = t.txn_id
            WHERE m.diff_id = $id AND m.side = $side
            UNION ALL
            SELECT t.* FROM canon.txn AS t JOIN diff.member AS m ON m.txn_id = t.batch_no || '|' || t.currency
            WHERE m.diff_id = $id AND m.side = $side AND t.book = 'channel' AND t.batch_no <> ''
            UNION
            SELECT t.* FROM canon.txn AS t
            JOIN match.announcement AS a ON a.txn_id = t.txn_id
            JOIN diff.member AS m ON m.txn_id = a.batch_id
            WHERE m.diff_id = $id AND m.side = $side
        ) AS t
        JOIN meta.file AS f ON f.file_id = t.file_id
        ORDER BY t.file_id, t.line_no
        """,
        {"id": diff_id, "side": side},
    ).to_dicts()


def _printed(store: Store, side: str, rows: list[dict[str, Any]]) -> list[Printed]:
    """Look the rows up where their files were stored as printed."""
    printed = []
    for row in rows:
        table, personal = stored_as(row["source"])
        cells = _cells(store, table, row["file_id"], row["line_no"])
        printed.append(
            Printed(
                side=side,
                book=row["book"],
                kind=row["kind"],
                currency=row["currency"],
                amount_minor=row["amount_minor"],
                place=f"{row['name']}:{row['line_no']}",
                cells=cells,
                personal=frozenset(name for name in cells if personal and personal.search(name)),
            )
        )
    return printed


def _cells(store: Store, raw_table: str, file_id: int, line_no: int) -> dict[str, str]:
    schema, table = raw_table.split(".")
    found = store.frame(
        f'SELECT * EXCLUDE (file_id, line_no) FROM "raw_{schema}"."{table}" '  # noqa: S608 - a format's own table
        "WHERE file_id = $file_id AND line_no = $line_no LIMIT 1",
        {"file_id": file_id, "line_no": line_no},
    ).to_dicts()
    cells = {name: str(value or "").strip() for name, value in (found[0] if found else {}).items()}
    return {name: value for name, value in cells.items() if value}


# ------------------------------------------------------------------------------------------------ trace


def trace(store: Store, number: str, *, zone: str = BEIJING, language: str = "zh") -> Trace:
    """Return the timeline of an order (or payment, channel or refund number) in all books.

    What has only a date stands at the end of that day in ``zone``. Raises UsageError when no book knows the number.
    """
    numbers, ids = _followed(store, number.strip())
    events = _movements(store, ids) + _parcels(store, numbers) + _reminders(store, numbers)
    if not events:
        raise UsageError(
            f'no book knows the number "{number}"',
            remedy="Give an order, payment, channel or refund number, whole. What is loaded: recon status --files",
        )
    events.sort(key=lambda event: (_moment_s(event, zone), _ORDER.index(event.book), event.place))
    differences = store.frame(
        """
        SELECT DISTINCT
            d.diff_id, d.code, d.leg, d.state,
            CASE $language WHEN 'zh' THEN d.because_zh ELSE d.because_en END AS because
        FROM diff.difference AS d JOIN diff.member AS m ON m.diff_id = d.diff_id
        WHERE list_contains($ids, m.txn_id)
        ORDER BY d.leg, d.diff_id
        """,
        {"ids": ids, "language": language},
    )
    return Trace(numbers=tuple(sorted(numbers)), events=tuple(events), differences=differences)


def _moment_s(event: Event, zone: str) -> int:
    if event.occurred_s is not None:
        return event.occurred_s
    return parse_moment(f"{event.day}T23:59:59", zone) if event.day else 0


def _followed(store: Store, number: str) -> tuple[set[str], list[str]]:
    """Return the numbers that belong together, and the txn_ids of all rows that carry one of them (bank lines too)."""
    numbers = {number} - {""}
    ids: list[str] = []
    for _ in range(_ROUNDS):
        rows = store.rows(
            """
            SELECT txn_id, order_no, merchant_no, channel_txn_no, related_no, refund_no
            FROM canon.txn
            WHERE list_contains($numbers, order_no) OR list_contains($numbers, merchant_no)
               OR list_contains($numbers, channel_txn_no) OR list_contains($numbers, related_no)
               OR list_contains($numbers, refund_no) OR list_contains($numbers, reference)
            """,
            {"numbers": sorted(numbers)},
        )
        ids = sorted(row[0] for row in rows)
        more = {text for row in rows for text in row[1:] if text}
        if more <= numbers:
            break
        numbers |= more
    # What matching found without a number: the voucher of a whole day, the bank line of a batch.
    partners = store.rows(
        """
        SELECT DISTINCT o.txn_id
        FROM match.member AS m
        JOIN match.match AS g ON g.match_id = m.match_id AND g.state <> 'suggested'
        JOIN match.member AS o ON o.match_id = m.match_id AND o.leg = m.leg AND o.side <> m.side
        JOIN canon.txn AS t ON t.txn_id = m.txn_id AND t.book IN ('order', 'channel')
        WHERE list_contains($ids, m.txn_id)
        UNION
        SELECT DISTINCT o.txn_id
        FROM canon.txn AS t
        JOIN match.member AS m
            ON m.txn_id = t.batch_no || '|' || t.currency AND m.leg = 'channel_bank' AND m.side = 'left'
        JOIN match.member AS o ON o.match_id = m.match_id AND o.leg = m.leg AND o.side = 'right'
        WHERE list_contains($ids, t.txn_id) AND t.book = 'channel' AND t.batch_no <> ''
        UNION
        SELECT a.txn_id
        FROM canon.txn AS t
        JOIN match.announcement AS a ON a.batch_id = t.batch_no || '|' || t.currency
        WHERE list_contains($ids, t.txn_id) AND t.book = 'channel' AND t.batch_no <> ''
        """,
        {"ids": ids},
    )
    return numbers, sorted({*ids, *(row[0] for row in partners)})


def _movements(store: Store, ids: list[str]) -> list[Event]:
    rows = store.rows(
        """
        SELECT
            t.occurred_s, t.business_date, t.book, t.channel, t.kind, t.status, t.currency, t.amount_minor, t.fee_minor,
            CASE
                WHEN t.kind = 'refund' AND t.refund_no <> '' THEN t.refund_no
                WHEN t.book = 'order' THEN t.order_no
                WHEN t.book = 'channel' THEN t.channel_txn_no
                ELSE t.reference
            END,
            f.name || ':' || t.line_no, t.memo
        FROM canon.txn AS t JOIN meta.file AS f ON f.file_id = t.file_id
        WHERE list_contains($ids, t.txn_id)
        """,
        {"ids": ids},
    )
    return [
        Event(
            occurred_s=row[0], day=row[1], book=row[2], channel=row[3], kind=row[4], status=row[5], currency=row[6],
            amount_minor=row[7], fee_minor=row[8], number=row[9], place=row[10], note=row[11],
        )
        for row in rows
    ]  # fmt: skip


def _parcels(store: Store, numbers: set[str]) -> list[Event]:
    """Shipments of the order and contacts with its receiver, each moment an event of the book ``shipment``."""
    rows = store.rows(
        """
        WITH step AS (
            SELECT order_no, outbound_s AS at_s, 'outbound' AS kind, waybill_no AS number, carrier AS note,
                   file_id, line_no
            FROM canon.shipment
            UNION ALL
            SELECT order_no, first_scan_s, 'first_scan', waybill_no, carrier, file_id, line_no FROM canon.shipment
            UNION ALL
            SELECT order_no, signed_s, 'signed', waybill_no, sign_proof, file_id, line_no FROM canon.shipment
            UNION ALL
            SELECT order_no, confirmed_s, 'confirmed', waybill_no, carrier, file_id, line_no FROM canon.shipment
            UNION ALL
            SELECT order_no, contacted_s, 'contact', order_no, way, file_id, line_no FROM canon.contact
        )
        SELECT s.at_s, s.kind, s.number, f.name || ':' || s.line_no, s.note
        FROM step AS s JOIN meta.file AS f ON f.file_id = s.file_id
        WHERE s.at_s IS NOT NULL AND list_contains($numbers, s.order_no)
        """,
        {"numbers": sorted(numbers)},
    )
    return [
        Event(
            occurred_s=row[0], day=None, book="shipment", channel="", kind=row[1], status="", currency="",
            amount_minor=None, fee_minor=None, number=row[2], place=row[3], note=row[4],
        )
        for row in rows
    ]  # fmt: skip


def _reminders(store: Store, numbers: set[str]) -> list[Event]:
    """Reminders that were sent to the receiver, or may have been: the note says which, by what way, and to whom."""
    rows = store.rows(
        """
        SELECT coalesce(sent_s, tried_s), state, order_no, outbox, reminder || ' reminder, ' || way
            || CASE WHEN recipient <> '' THEN ' ' || recipient ELSE '' END
        FROM meta.message
        WHERE state IN ('sent', 'uncertain') AND list_contains($numbers, order_no)
        """,
        {"numbers": sorted(numbers)},
    )
    return [
        Event(
            occurred_s=row[0], day=None, book="shipment", channel="", kind="reminder", status=row[1], currency="",
            amount_minor=None, fee_minor=None, number=row[2], place=f"outbox/{row[3]}", note=row[4],
        )
        for row in rows
    ]  # fmt: skip
