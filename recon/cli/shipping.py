"""Parcels and customers: ``overdue`` (who has not confirmed, and who is due when)."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Final

import typer

from recon.cli import printing
from recon.cli.session import Session, command
from recon.errors import UsageError

if TYPE_CHECKING:
    import polars as pl

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
    "order_no", "carrier", "region", "signed", "deadline", "state", "overdue_hours", "last_contact", "receiver_phone",
    "owner",
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
    is_drawn = form is printing.Format.TABLE or (form is None and printing.is_looked_at())
    columns = ORDERS_SHOWN if is_drawn else ORDERS
    printing.frame(shaped.with_columns(pl.col("is_low_activity").alias("low_activity")).select(columns), form)


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
    for function in (overdue,):
        app.command(rich_help_panel=_PANEL)(command(function))
