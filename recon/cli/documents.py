"""Documents: one of them alone (``report``), and the proposed reversal vouchers (``vouchers``)."""

from __future__ import annotations

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
    session: Session, period: PeriodOption = "", out: OutOption = None, language: LanguageOption = None
) -> None:
    """Write the proposed reversal vouchers of a month (冲正凭证, balanced) and print the path."""
    write(session, Document.VOUCHERS.value, period, out, language)


def write(session: Session, document: str, period: str, out: Path | None, language: Language | None) -> None:
    """Write one document, as of the period's close, else of the last matching, else of --as-of; print its path."""
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
        with printing.progress("writing", quiet=session.quiet):
            folder = out or session.reports
            paths = build(session, store, period, as_of_s=as_of_s, out=folder, language=language, only=document)
    for path in paths:
        printing.text(str(path))


def build(
    session: Session,
    store: Store,
    period: str,
    *,
    as_of_s: int,
    out: Path,
    language: Language | None = None,
    only: str = "",
) -> list[Path]:
    """Write all documents of a month, or one of them; returns their paths. Reads the store."""
    from recon import fulfilment, report

    config = session.config
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
        store, config.report, period=period, as_of_s=as_of_s, out=out, only=only,
        language=language.value if language else config.workspace.language,
        fulfilled=report.Fulfilled(confirmations=confirmations, shipped=shipped),
    )  # fmt: skip


def add_to(app: typer.Typer) -> None:
    """Add this family's commands."""
    for function in (report, vouchers):
        app.command(rich_help_panel=_PANEL)(command(function))
