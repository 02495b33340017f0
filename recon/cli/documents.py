"""Documents: one of them alone (``report``), and the proposed reversal vouchers (``vouchers``)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from recon.cli import printing
from recon.cli.session import Session, command, month
from recon.errors import UsageError

if TYPE_CHECKING:
    from recon.store import Store

_PANEL = "Documents"


class Document(StrEnum):
    """The documents of a month."""

    HEALTH = "health"
    DIFFS = "diffs"
    OVERDUE = "overdue"
    SHIPPING = "shipping"
    VOUCHERS = "vouchers"


class Language(StrEnum):
    """Languages of the documents."""

    ZH = "zh"
    EN = "en"


PeriodOption = Annotated[
    str, typer.Option("--period", metavar="PERIOD", help="The month: 2026-02.", show_default=False)
]
OutOption = Annotated[
    Path | None,
    typer.Option("--out", metavar="DIR", help="Folder to write to instead of reports/.", show_default=False),
]
LanguageOption = Annotated[
    Language | None, typer.Option("--language", help="Instead of the language of recon.toml.", show_default=False)
]


def report(
    session: Session,
    document: Annotated[
        Document, typer.Argument(help="health: the PDF; diffs, overdue, shipping: the Excel work lists.")
    ],
    period: PeriodOption = "",
    out: OutOption = None,
    language: LanguageOption = None,
) -> None:
    """Write one document of a month and print its path."""
    write(session, document.value, period, out, language)


def vouchers(
    session: Session,
    period: PeriodOption = "",
    form: Annotated[
        list[str] | None,
        typer.Option(
            "--format", metavar="FORMAT", show_default=False,
            help="template, k3, cloud, u8, beancount, hledger or all; may be said several times. "
            "Without it: [vouchers] formats of recon.toml.",
        ),
    ] = None,
    into: Annotated[
        str,
        typer.Option(
            "--into", metavar="PERIOD", show_default=False,
            help="Book them in this later month: where the month itself is closed in the finance system already.",
        ),
    ] = "",
    out: OutOption = None,
    language: LanguageOption = None,
) -> None:  # fmt: skip
    """Write the proposed reversal vouchers of a month (冲正凭证, balanced), as your finance system imports them.

    Prints the path of each file. Nothing is posted, here or elsewhere.
    """
    write(session, Document.VOUCHERS.value, period, out, language, into=into, formats=tuple(form or ()))


def write(
    session: Session,
    document: str,
    period: str,
    out: Path | None,
    language: Language | None,
    *,
    into: str = "",
    formats: tuple[str, ...] = (),
) -> None:
    """Write one document, as of the period's close, else of the last matching, else of --as-of; print its path."""
    with opened(session, period) as (store, as_of_s):
        if document == Document.VOUCHERS.value:
            _require_open(session, store, period, into)
        with printing.progress("writing", quiet=session.quiet):
            paths = build(
                session, store, period, as_of_s=as_of_s, out=out or session.reports, language=language, only=document,
                into=into, formats=formats,
            )  # fmt: skip
    for path in paths:
        printing.text(str(path))


def _require_open(session: Session, store: Store, period: str, into: str) -> None:
    """Refuse to book into a month that is closed, or that lies before the differences."""
    from recon.differences import states

    if into:
        if month(into) < period:
            raise UsageError(f"{into} is before {period}", place="--into", remedy="A reversal is booked later.")
        if into != period:
            states.require_open(store, into)
    elif states.is_locked(store, period):
        session.say(f"{period} is closed here; if finance has closed it too, book in an open month: --into PERIOD")


@contextmanager
def opened(session: Session, period: str) -> Iterator[tuple[Store, int]]:
    """Open the store to read for one month's documents; gives the moment that they speak for, too.

    Raises UsageError when there is no such month, or nothing was matched.
    """
    from recon.differences.states import moment_of
    from recon.ingest.status import periods

    with session.reading() as store:
        known = periods(store)
        if not period or month(period) not in known:
            what = f'no book has anything in "{period}"' if period else "which month?"
            there = f"There are: {', '.join(known)}" if known else "Load files first: recon ingest PATH"
            raise UsageError(what, place="--period", remedy=there)
        as_of_s = session.as_of_s if session.as_of else moment_of(store, period)
        if as_of_s is None:
            raise UsageError("nothing was matched yet", remedy="Match first: recon run")
        yield store, as_of_s


def build(
    session: Session,
    store: Store,
    period: str,
    *,
    as_of_s: int,
    out: Path,
    language: Language | None = None,
    only: str = "",
    into: str = "",
    formats: tuple[str, ...] = (),
) -> list[Path]:
    """Write all documents of a month, or one of them; returns their paths. Reads the store."""
    from recon import fulfilment, report

    config = session.config
    settings = config.report
    if formats:
        report.chosen(formats, place="--format")
        settings = replace(settings, vouchers=replace(settings.vouchers, formats=formats))
    confirmations = shipped = None
    if only in ("", Document.OVERDUE.value):
        confirmations = report.Confirmations(
            orders=fulfilment.overdue(store, config.fulfilment, as_of_s=as_of_s),
            customers=fulfilment.low_activity(store, config.fulfilment, as_of_s=as_of_s),
            policy=config.fulfilment.low_activity_policy,
            owners=tuple(config.fulfilment.owners),
        )
    if only in ("", Document.HEALTH.value, Document.SHIPPING.value):
        found = fulfilment.truth(store, config.fulfilment, as_of_s=as_of_s, period=period)
        shipped = report.Shipping(
            findings=found.findings, not_judged=found.not_judged, parcels=found.parcels, orders=found.orders
        )
    return report.build(
        store, settings, period=period, as_of_s=as_of_s, out=out, only=only,
        language=language.value if language else config.workspace.language,
        fulfilled=report.Fulfilled(confirmations=confirmations, shipped=shipped), into=into,
    )  # fmt: skip


def add_to(app: typer.Typer) -> None:
    """Add this family's commands."""
    for function in (report, vouchers):
        app.command(rich_help_panel=_PANEL)(command(function))
