"""Parcels and customers: ``overdue`` (not confirmed yet), ``reminders`` (tell them), ``shipping`` (really sent?)."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from recon.cli import printing
from recon.cli.session import Session, command, joined, month, one_of
from recon.errors import DeliveryError, UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    import polars as pl

    from recon.fulfilment.reminders import Message

_PANEL = "Shipments"
FormatOption = Annotated[
    printing.Format | None,
    typer.Option("--format", help="table on a terminal and csv elsewhere, unless told.", show_default=False),
]


class Standing(StrEnum):
    """Where an order stands in its window; as ``recon.fulfilment.State``."""

    WITHIN_WINDOW = "within_window"
    FIRST_REMINDER = "first_reminder"
    SECOND_REMINDER = "second_reminder"
    OVERDUE = "overdue"


ORDERS: Final = (
    "order_no", "waybill_no", "carrier", "region", "region_by", "signed", "window_hours", "first_reminder",
    "second_reminder", "deadline", "state", "overdue_hours", "last_contact", "last_contact_by", "receiver_name",
    "receiver_phone", "low_activity", "shop", "owner", "currency", "amount_minor", "evidence",
)  # fmt: skip
"""Columns of ``recon overdue``: moments in the workspace's zone, amounts in minor units."""
ORDERS_SHOWN: Final = (
    "order_no", "signed", "deadline", "state", "overdue_hours", "last_contact_by", "receiver_phone", "owner",
)  # fmt: skip
"""Those that fit a terminal."""
CUSTOMERS: Final = (
    "receiver_name", "receiver_phone", "is_certain", "orders", "overdue", "streak", "since", "last", "order_nos",
    "policy",
)  # fmt: skip
"""Columns of ``recon overdue --customers``."""


def overdue(
    session: Session,
    state: Annotated[
        Standing | None, typer.Option("--state", help="Only orders that stand there.", show_default=False)
    ] = None,
    every: Annotated[bool, typer.Option("--all", help="Orders too that nothing is due for yet.")] = False,
    customers: Annotated[
        bool, typer.Option("--customers", help="Low-activity customers (低活跃用户) instead, with what follows.")
    ] = False,
    form: FormatOption = None,
) -> None:
    """List orders signed for and not confirmed: overdue ones, and those for which a reminder is due.

    Longest overdue first. Names and telephone numbers are masked unless [report] show_personal_data is set.
    """
    import polars as pl

    from recon import fulfilment

    if customers and (state or every):
        raise UsageError("customers stand in no window", place="--customers", remedy="Leave --state and --all away.")
    settings = session.config.fulfilment
    with session.reading() as store:
        if customers:
            found = fulfilment.low_activity(store, settings, as_of_s=session.as_of_s)
        else:
            found = fulfilment.unconfirmed(store, settings, as_of_s=session.as_of_s)
    found = _masked(found, session)
    if customers:
        shaped = _moments(found, settings.zone, since="since_s", last="last_s")
        printing.frame(
            shaped.with_columns(pl.lit(settings.low_activity_policy).alias("policy")).select(CUSTOMERS), form
        )
        return
    kept = pl.col("state") == state.value if state else pl.lit(every) | (pl.col("state") != "within_window")
    shaped = _moments(
        found.filter(kept), settings.zone, signed="signed_s", deadline="deadline_s", last_contact="last_contact_s",
        first_reminder="first_reminder_s", second_reminder="second_reminder_s",
    )  # fmt: skip
    columns = ORDERS_SHOWN if _is_drawn(form) else ORDERS
    printing.frame(shaped.with_columns(pl.col("is_low_activity").alias("low_activity")).select(columns), form)


FINDINGS: Final = (
    "kind", "is_audit", "order_no", "waybill_no", "carrier", "shop", "paid", "outbound", "first_scan", "signed",
    "hours", "currency", "amount_minor", "business_date", "because", "evidence",
)  # fmt: skip
"""Columns of ``recon shipping``."""
FINDINGS_SHOWN: Final = ("kind", "order_no", "waybill_no", "because")


def shipping(
    session: Session,
    period: Annotated[str, typer.Option("--period", metavar="PERIOD", help="Only of this month: 2026-02.")] = "",
    kind: Annotated[str, typer.Option("--kind", help="Only findings of this kind: late_first_scan ...")] = "",
    form: FormatOption = None,
) -> None:
    """List parcels and orders whose events do not go together (发货真实性): the audit queue and its neighbours.

    What the files loaded cannot tell is counted on stderr, with the reason.
    """
    import polars as pl

    from recon import fulfilment
    from recon.fulfilment.truth import KINDS

    one_of("--kind", kind, KINDS)
    if period:
        month(period)
    settings = session.config.fulfilment
    with session.reading() as store:
        found = fulfilment.truth(store, settings, as_of_s=session.as_of_s, period=period)
    language = session.config.workspace.language
    rows = found.findings.filter(pl.lit(kind == "") | (pl.col("kind") == kind))
    shaped = _moments(
        rows, settings.zone, paid="paid_s", outbound="outbound_s", first_scan="first_scan_s", signed="signed_s"
    ).with_columns(pl.col(f"because_{language}").alias("because"))
    printing.frame(shaped.select(FINDINGS_SHOWN if _is_drawn(form) else FINDINGS), form)
    for row in found.not_judged.iter_rows(named=True):
        what = f" ({row['what']})" if row["what"] else ""
        session.say(f"{row['number']} not judged for {row['kind']}{what}: {row[f'reason_{language}']}")


MESSAGES: Final = ("message_key", "order_no", "reminder", "way", "recipient", "due", "state", "attempts", "answer")
"""Columns of ``recon reminders``; telephone numbers are masked."""
_SETTLING_WAIT_S: Final = 60
"""What was sent is taken over into the store even when another command holds it for a while."""
_TROUBLE: Final = ("refused", "failed", "uncertain")


def reminders(
    session: Session,
    out: Annotated[
        Path | None,
        typer.Option("--out", metavar="DIR", help="Folder of the outbox instead of outbox/.", show_default=False),
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show what is due; write and send nothing.")] = False,
) -> None:
    """Write the reminders that are due to the outbox, and post them where [reminders] post says so: each once.

    Prints every reminder that is due, with what became of it. Leaves with 6 when one could not be delivered, or when
    nobody can know whether it was.
    """
    from recon.fulfilment import reminders as due

    config = session.config
    if dry_run:
        with session.reading() as store:
            found = due.due(store, config.fulfilment, config.reminders, as_of_s=session.as_of_s)
            known = {each.message_key: each for each in due.stored(store, [each.message_key for each in found])}
        _show([known.get(each.message_key, each) for each in found], session)
        return
    shown = _remind(session, out or session.folder / "outbox")
    _show(shown, session)
    trouble = [each for each in shown if each.state in _TROUBLE]
    if trouble:
        raise DeliveryError(
            f"{len(trouble)} of {len(shown)} reminders did not arrive for certain",
            remedy="The answers stand beside them. What failed is tried again by the next run while it is due;\n"
            "what is uncertain is not sent again: ask the gateway, or call.",
        )


def _remind(session: Session, outbox: Path) -> list[Message]:
    """Write, post and keep; returns the messages that are due, as they are stored afterwards.

    The store is held to write before and after the posts and not while they last; what happens meanwhile is in the
    journal, from which the next run goes on if this one is killed.
    """
    import os

    from recon.delivery import Journal
    from recon.fulfilment import outbox as file
    from recon.fulfilment import reminders as due
    from recon.fulfilment.sending import Sender

    config = session.config
    sender = Sender(reminders=config.reminders, secrets=os.environ)
    with Journal(outbox) as journal:
        with session.writing() as store:
            with store.transaction():
                due.settle(store, journal.entries())
                messages = due.due(store, config.fulfilment, config.reminders, as_of_s=session.as_of_s)
                queue = due.keep(store, messages)
            journal.forget()
            keys = [each.message_key for each in messages]
            names = {each.outbox for each in due.stored(store, keys)}
            written = {name: due.in_outbox(store, name) for name in names}
        for name, kept in sorted(written.items()):
            file.write(outbox / name, kept, zone=config.workspace.zone)
        with printing.progress("posting", quiet=session.quiet):
            sender.send([each for each in queue if each.way in config.reminders.post], journal)
        with joined(session, wait_s=session.wait_s or _SETTLING_WAIT_S).writing() as store:
            with store.transaction():
                due.settle(store, journal.entries())
            journal.forget()
            return due.stored(store, keys)


def _show(messages: Sequence[Message], session: Session) -> None:
    from recon.privacy import mask_phone
    from recon.times import show_moment

    zone = session.config.workspace.zone
    printing.table(
        MESSAGES,
        [
            (
                each.message_key, each.order_no, each.reminder, each.way, mask_phone(each.recipient),
                show_moment(each.due_s, zone), each.state, each.attempts, each.answer,
            )
            for each in messages
        ],
    )  # fmt: skip


def _is_drawn(form: printing.Format | None) -> bool:
    return form is printing.Format.TABLE or (form is None and printing.is_looked_at())


def _masked(frame: pl.DataFrame, session: Session) -> pl.DataFrame:
    """Return the frame with receivers as they may be shown."""
    import polars as pl

    from recon import privacy

    if session.config.report.show_personal_data:
        return frame
    return frame.with_columns(
        privacy.masked_name(pl.col("receiver_name")).alias("receiver_name"),
        privacy.masked_phone(pl.col("receiver_phone")).alias("receiver_phone"),
    )


def _moments(frame: pl.DataFrame, zone: str, **columns: str) -> pl.DataFrame:
    """Add columns of local date-time text, named by the keyword, of the epoch columns; blank where there is none."""
    import polars as pl

    def shown(name: str) -> pl.Expr:
        moment = pl.from_epoch(name, time_unit="s").dt.replace_time_zone("UTC").dt.convert_time_zone(zone)
        return moment.dt.strftime("%Y-%m-%d %H:%M:%S").fill_null("")

    return frame.with_columns(shown(name).alias(target) for target, name in columns.items())


def add_to(app: typer.Typer) -> None:
    """Add this family's commands."""
    for function in (overdue, reminders, shipping):
        app.command(rich_help_panel=_PANEL)(command(function))
