"""Documents: one of them alone (``report``), and the proposed reversal vouchers (``vouchers``)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from recon.cli import dispatch, printing
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
    EXPLORER = "explorer"


class Language(StrEnum):
    """Languages of the documents."""

    ZH = "zh"
    EN = "en"


PeriodOption = Annotated[
    str,
    typer.Option("--period", metavar="PERIOD", help="The month: 2026-02, last-month, this-month.", show_default=False),
]
OutOption = Annotated[
    Path | None,
    typer.Option("--out", metavar="DIR", help="Folder to write to instead of reports/.", show_default=False),
]
LanguageOption = Annotated[
    Language | None,
    typer.Option("--language", "--lang", help="Instead of the language of recon.toml.", show_default=False),
]


def report(
    session: Session,
    document: Annotated[
        Document,
        typer.Argument(help="health: the PDF; diffs, overdue, shipping: Excel; explorer: one HTML page to look with."),
    ],
    addresses: Annotated[
        list[str] | None,
        typer.Argument(metavar="[ADDRESS]...", help="With --email: who gets it.", show_default=False),
    ] = None,
    period: PeriodOption = "",
    email: Annotated[
        bool, typer.Option("--email", help="Mail the health report to each ADDRESS, else to [mail] to: each once.")
    ] = False,
    wecom: Annotated[
        bool, typer.Option("--wecom", help="Post its summary into the WeCom group of the robot's address: once.")
    ] = False,
    again: Annotated[
        bool, typer.Option("--again", help="Send again what was sent, or may have been, in an earlier run.")
    ] = False,
    out: OutOption = None,
    language: LanguageOption = None,
) -> None:
    """Write one document of a month and print its path; with --email or --wecom, send the health report.

    The server and the recipients stand under [mail] in recon.toml; RECON_SMTP_USER, RECON_SMTP_PASSWORD and
    RECON_WECOM_REPORT_WEBHOOK in the environment. What became of each message is printed; leaves with 6 when one did
    not arrive for certain.
    """
    if not (email or wecom):
        if addresses or again:
            raise UsageError("nothing is sent", place="--email", remedy="Say --email or --wecom, too.")
        write(session, document.value, period, out, language)
        return
    if document is not Document.HEALTH:
        raise UsageError(f"{document.value} is not sent", place="--email", remedy="recon report health --email")
    if addresses and not email:
        raise UsageError("addresses without --email", place="--wecom", remedy="A WeCom group has no addresses.")
    send_health(
        session, period, dispatch.addressees(session, addresses or []) if email else [],
        dispatch.webhook() if wecom else "", out=out, language=language, again=again,
    )  # fmt: skip


def send_health(
    session: Session,
    asked: str,
    to: list[str],
    robot: str,
    *,
    out: Path | None = None,
    language: Language | None = None,
    again: bool = False,
) -> None:
    """Write the health report, print its path, and send it to whom it has not been sent yet."""
    from recon import report

    dispatch.check(session, to=to)
    with opened(session, asked) as (store, as_of_s, period):
        with printing.progress("writing", quiet=session.quiet):
            (path,) = build(
                session, store, period, as_of_s=as_of_s, out=out or session.reports, language=language,
                only=Document.HEALTH.value,
            )  # fmt: skip
        chosen = language.value if language else session.config.workspace.language
        settings = replace(session.config.report, language=chosen)
        figures = report.compute(store, settings, period=period, as_of_s=as_of_s)
    printing.text(str(path))
    said = report.notice(figures, settings, document=path.name)
    dispatch.send(session, dispatch.parcels(session, period, said, path, to=to, robot=robot), again=again)


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
    asked: str,
    out: Path | None,
    language: Language | None,
    *,
    into: str = "",
    formats: tuple[str, ...] = (),
) -> None:
    """Write one document, as of the period's close, else of the last matching, else of --as-of; print its path."""
    with opened(session, asked) as (store, as_of_s, period):
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
def opened(session: Session, asked: str) -> Iterator[tuple[Store, int, str]]:
    """Open the store to read for one month's documents; gives the moment that they speak for, and the month.

    Raises UsageError when there is no such month, or nothing was matched.
    """
    from recon.differences.states import moment_of
    from recon.ingest.status import periods

    period = session.period(asked) if asked else ""
    with session.reading() as store:
        known = periods(store)
        if period not in known:
            what = f'no book has anything in "{period}"' if period else "which month?"
            there = f"There are: {', '.join(known)}" if known else "Load files first: recon ingest PATH"
            raise UsageError(what, place="--period", remedy=there)
        as_of_s = session.as_of_s if session.as_of else moment_of(store, period)
        if as_of_s is None:
            raise UsageError("nothing was matched yet", remedy="Match first: recon run")
        yield store, as_of_s, period


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
