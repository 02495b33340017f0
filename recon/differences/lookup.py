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
from typing import TYPE_CHECKING, Any

from recon.differences import printed, timeline
from recon.differences.candidates import Candidate, candidates
from recon.differences.rule import ACTIONS
from recon.differences.selecting import titles
from recon.errors import UsageError
from recon.times import BEIJING

if TYPE_CHECKING:
    from collections.abc import Iterable

    import polars as pl

    from recon.differences.rulebook import AddedRule
    from recon.store import Store


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
    limit: int = printed.LIMIT,
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
    lines = printed.lines(store, [difference["diff_id"]], limit=limit)
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
        printed=_printed(store, lines),
        omitted={
            row["side"]: row["total"] - limit
            for row in lines.iter_rows(named=True)
            if row["place"] == limit < row["total"]
        },
        history=tuple(history),
        linked=tuple(linked),
        candidates=tuple(candidates(store, difference)),
    )


def _action(name: str, language: str) -> str:
    words = {str(action): pair for action, pair in ACTIONS.items()}
    return words[name][0 if language == "zh" else 1] if name in words else name


def _printed(store: Store, lines: pl.DataFrame) -> tuple[Printed, ...]:
    """Look the records up where their files were stored as printed."""
    cells = printed.cells(store, lines)
    return tuple(
        Printed(
            side=row["side"],
            book=row["book"],
            kind=row["kind"],
            currency=row["currency"],
            amount_minor=row["amount_minor"],
            place=f"{row['name']}:{row['line_no']}",
            cells=cells[row["source"]].of(row["file_id"], row["line_no"]),
            personal=cells[row["source"]].personal,
        )
        for row in lines.iter_rows(named=True)
    )


# ------------------------------------------------------------------------------------------------ trace


def trace(store: Store, number: str, *, zone: str = BEIJING, language: str = "zh") -> Trace:
    """Return the timeline of an order (or payment, channel or refund number) in all books.

    What has only a date stands at the end of that day in ``zone``. Raises UsageError when no book knows the number.
    """
    known, reached = timeline.followed(store, [number.strip()])
    events = timeline.events(store, known, reached, zone=zone)
    if not events.height:
        raise UsageError(
            f'no book knows the number "{number}"',
            remedy="Give an order, payment, channel or refund number, whole. What is loaded: recon status --files",
        )
    differences = store.frame(
        """
        SELECT DISTINCT
            d.diff_id, d.code, d.leg, d.state,
            CASE $language WHEN 'zh' THEN d.because_zh ELSE d.because_en END AS because
        FROM diff.difference AS d JOIN diff.member AS m ON m.diff_id = d.diff_id
        WHERE list_contains($ids, m.txn_id)
        ORDER BY d.leg, d.diff_id
        """,
        {"ids": reached["txn_id"].to_list(), "language": language},
    )
    return Trace(
        numbers=tuple(sorted(known["number"])),
        events=tuple(_event(row) for row in events.iter_rows(named=True)),
        differences=differences,
    )


def _event(row: dict[str, Any]) -> Event:
    found = {name: value for name, value in row.items() if name not in ("key", "name", "line_no")}
    place = row["name"] if row["line_no"] is None else f"{row['name']}:{row['line_no']}"
    return Event(place=place, **found)
