"""Questions: ``diffs``, ``explain``, ``trace`` and ``sql``. They open the store to read only.

Printed lines hold names, phone numbers and accounts of customers. They are masked, unless recon.toml says
``[report] show_personal_data = true``.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Annotated

import typer

from recon.cli import printing
from recon.cli.matching import FailOnDifference, above_limit
from recon.cli.session import Session, command, month, one_of
from recon.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable

    import polars as pl

    from recon.differences.candidates import Candidate
    from recon.differences.lookup import Explanation, Trace

_PANEL = "Questions"
_SHOWN = ("diff_id", "severity", "code", "channel", "number", "delta", "currency", "business_date", "state")
_TIMELINE = ("time", "book", "channel", "event", "status", "amount", "fee", "currency", "number", "file:line", "note")
_TIMELINE_SHOWN = ("time", "book", "event", "status", "amount", "currency", "number", "file:line")
_QUESTION = re.compile(
    r"(?:\s|\(|--[^\n]*\n)*(?:select|with|from|describe|show|summarize|explain|values|table)\b", re.IGNORECASE
)
_READ_BY_CELL = 3


def diffs(
    session: Session,
    period: Annotated[str, typer.Option("--period", metavar="PERIOD", help="Only of this month: 2026-02.")] = "",
    code: Annotated[str, typer.Option("--code", help="Only of this code: REFUND_NOT_SYNCED.")] = "",
    channel: Annotated[str, typer.Option("--channel", help="Only of this channel.")] = "",
    leg: Annotated[
        str, typer.Option("--leg", help="Only of this leg: order_channel, channel_bank, channel_ledger.")
    ] = "",
    state: Annotated[str, typer.Option("--state", help="Only in this state: open, assigned, resolved ...")] = "",
    severity: Annotated[str, typer.Option("--severity", help="Only of this severity: high, medium, low.")] = "",
    form: Annotated[
        printing.Format | None,
        typer.Option("--format", metavar="FORMAT", help="table, csv, json, parquet. A table on a terminal, else csv."),
    ] = None,
    fail_on_difference: FailOnDifference = False,
) -> None:
    """List the differences. Amounts in csv, json and parquet are integers of minor units."""
    from recon import differences
    from recon.differences.severity import Severity
    from recon.differences.states import STATES
    from recon.model import Channel, Leg

    if period:
        month(period)
    added = session.config.differences.rules_added
    one_of("--code", code, differences.titles(added=added))
    one_of("--channel", channel, Channel)
    one_of("--leg", leg, Leg)
    one_of("--state", state, (*STATES, "cleared"))
    one_of("--severity", severity, Severity)
    with session.reading() as store:
        data = differences.select(
            store,
            differences.Wanted(period=period, code=code, channel=channel, leg=leg, state=state, severity=severity),
            language=session.config.workspace.language,
            zone=session.config.workspace.zone,
            added=added,
        )
        failed = fail_on_difference and above_limit(session, store, period)
    chosen = form or (printing.Format.TABLE if printing.is_looked_at() else printing.Format.CSV)
    if chosen is printing.Format.TABLE:
        data = _readable(data)
    elif chosen is printing.Format.CSV:
        data = data.select(differences.COLUMNS)
    printing.frame(data, chosen, right=("delta",))
    session.say(f"{data.height} differences")
    if failed:
        raise typer.Exit(1)


def _readable(data: pl.DataFrame) -> pl.DataFrame:
    """What fits on a screen: a few columns, money as decimals, and the one number that is most telling."""
    import polars as pl

    from recon.money import show

    money = [show(row["delta_minor"], row["currency"], grouped=True) for row in data.iter_rows(named=True)]
    numbers = [pl.when(pl.col(name) != "").then(pl.col(name)) for name in ("order_no", "batch_no", "reference")]
    return data.with_columns(
        pl.Series("delta", money, dtype=pl.String), pl.coalesce([*numbers, pl.lit("")]).alias("number")
    ).select(_SHOWN)


def explain(
    session: Session,
    diff_id: Annotated[str, typer.Argument(metavar="ID", help="As recon diffs lists it; its beginning is enough.")],
) -> None:
    """Explain one difference: its cause, its figures, and the printed lines of both sides."""
    from recon.differences.lookup import explain

    with session.reading() as store:
        added = session.config.differences.rules_added
        found = explain(store, diff_id, language=session.config.workspace.language, added=added)
    for line in _explanation(session, found):
        printing.text(line)


def _explanation(session: Session, found: Explanation) -> list[str]:
    from recon.money import show
    from recon.times import show_moment

    row, zone = found.difference, session.config.workspace.zone
    mask, mask_name = _masks(session)
    left_book, right_book = row["leg"].split("_")
    facts = [
        ("difference", f"{row['diff_id']}  {row['code']} {found.title}  {row['kind']}, {row['state']}"),
        ("severity", row["severity"]),
        ("assigned to", row["assignee"]),
        ("leg", f"{row['leg']}  {row['channel']}  {row['business_date']}"),
        ("order", row["order_no"]),
        ("reference", row["reference"]),
        ("batch", row["batch_no"]),
        (left_book, _money(row["left_minor"], row["currency"])),
        (right_book, _money(row["right_minor"], row["currency"])),
        ("delta", _money(row["delta_minor"], row["currency"])),
        ("because", mask(found.because)),
        ("action", found.action),
        ("also holds", ", ".join(code for code in row["holds"].split(",") if code and code != row["code"])),
        ("clears on", str(row["clears_on"] or "")),
        ("match", " ".join(found.match) if found.match else ""),
        *(("linked", " ".join(item)) for item in found.linked),
        *(
            ("history", f"{show_moment(at_s, zone)} {actor} {action}: {reason}")
            for at_s, actor, action, reason in found.history
        ),
    ]
    lines = [f"{name:<11} {value}" for name, value in facts if value]
    for side, book in (("left", left_book), ("right", right_book)):
        printed = [item for item in found.printed if item.side == side]
        lines += ["", f"{book}: " + ("the printed lines" if printed else "no line")]
        for item in printed:
            amount = show(item.amount_minor, item.currency, grouped=True)
            lines.append(f"  {item.place}  {item.kind} {amount} {item.currency}")
            cells = [
                f"{name} = {mask_name(value) if name in item.personal else mask(value)}"
                for name, value in item.cells.items()
            ]
            # A few lines are read cell by cell; many, as those of a settlement batch, one under the other.
            lines += [f"      {cell}" for cell in (cells if len(printed) <= _READ_BY_CELL else ["; ".join(cells)])]
        if more := found.omitted.get(side):
            lines.append(f"  ... and {more} lines more")
    if found.candidates:
        lines += ["", "might be the other side (nothing has claimed it; decide yourself)"]
        lines += [f"  {item.place}  {_candidate(item)}" for item in found.candidates]
    return lines


def _candidate(item: Candidate) -> str:
    """Say what speaks for a candidate and what against it."""
    amount = "the very amount" if not item.gap_minor else f"{_money(item.gap_minor, item.currency)} more or less"
    days = f"{abs(item.days_apart)} days {'later' if item.days_apart > 0 else 'earlier'}" if item.days_apart else ""
    stranger = "" if item.is_known else "a payer that no payout_patterns of recon.toml recognise"
    said = [
        _money(item.amount_minor, item.currency),
        str(item.day),
        item.number,
        amount,
        days or "the same day",
        stranger,
    ]
    return "  ".join(text for text in said if text)


def _money(minor: int | None, currency: str) -> str:
    from recon.money import show

    return "" if minor is None else f"{show(minor, currency, grouped=True)} {currency}"


def _masks(session: Session) -> tuple[Callable[[str], str], Callable[[str], str]]:
    """How free text, and what is known to be a name or an address, is shown."""
    if session.config.report.show_personal_data:
        return str, str
    from recon.privacy import mask_name, mask_text

    return mask_text, mask_name


def trace(
    session: Session,
    order_no: Annotated[str, typer.Argument(metavar="ORDER_NO", help="An order, payment, channel or refund number.")],
) -> None:
    """Show the timeline of an order in all books: order, channel, bank, ledger and shipment."""
    from recon.differences.lookup import trace

    with session.reading() as store:
        config = session.config.workspace
        found = trace(store, order_no, zone=config.zone, language=config.language)
    rows = _timeline(session, found)
    if printing.is_looked_at():
        kept = [_TIMELINE.index(name) for name in _TIMELINE_SHOWN]
        printing.table(_TIMELINE_SHOWN, [[row[number] for number in kept] for row in rows], right=("amount",))
    else:
        printing.table(_TIMELINE, rows)
    # Into a pipe goes the timeline alone: one table, one shape.
    if printing.is_looked_at() and found.differences.height:
        printing.frame(found.differences)


def _timeline(session: Session, found: Trace) -> list[tuple[object, ...]]:
    from recon.money import show
    from recon.times import show_moment

    zone, (mask, _) = session.config.workspace.zone, _masks(session)
    return [
        (
            show_moment(event.occurred_s, zone) or event.day,
            event.book,
            event.channel,
            event.kind,
            event.status,
            show(event.amount_minor, event.currency),
            show(event.fee_minor, event.currency),
            event.currency,
            event.number,
            event.place,
            mask(event.note),
        )
        for event in found.events
    ]


def sql(
    session: Session,
    query: Annotated[str, typer.Argument(metavar="QUERY", help='"select * from canon.txn_readable limit 5"')],
    form: Annotated[
        printing.Format | None,
        typer.Option("--format", metavar="FORMAT", help="table, csv, json, parquet. A table on a terminal, else csv."),
    ] = None,
) -> None:
    """Ask the store anything, in SQL. The store is opened to read only: nothing can be changed."""
    if not _QUESTION.match(query):
        raise UsageError("this is no question", excerpt=query, remedy="Ask with SELECT, WITH, FROM, DESCRIBE or SHOW.")
    with session.reading() as store:
        data = store.frame(query)
    printing.frame(data if session.config.report.show_personal_data else _masked(data, query), form)


def _masked(data: pl.DataFrame, query: str) -> pl.DataFrame:
    """Mask personal data in the text cells; a name is known by its column alone, in raw tables as the format says."""
    import polars as pl

    from recon.differences.printed import NAMES
    from recon.privacy import masked_name, masked_text
    from recon.sources import discover
    from recon.sources.mapped import PEOPLE

    asked = query.lower()
    personal = [
        source.personal
        for source in discover()
        if source.personal and f"raw_{source.raw_table.partition('.')[0]}" in asked
    ]
    if "raw_mapped" in asked:
        personal.append(PEOPLE)
    cells = []
    for name, kind in data.schema.items():
        cell = pl.col(name)
        if kind == pl.String:
            of_people = name in NAMES or any(pattern.search(name) for pattern in personal)
            cell = (masked_name(cell) if of_people else masked_text(cell)).alias(name)
        cells.append(cell)
    return data.select(cells)


def add_to(app: typer.Typer) -> None:
    """Add this family's commands."""
    for function in (diffs, explain, trace, sql):
        app.command(rich_help_panel=_PANEL)(command(function))
