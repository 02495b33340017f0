"""Files in: ``ingest``."""

from __future__ import annotations

import os
from contextlib import chdir
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeGuard

import typer

from recon.cli import printing
from recon.cli.session import Session, actor, command
from recon.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from recon.ingest import Ingested, Known, Refused
    from recon.store import Store

_PANEL = "Files"


def load(
    session: Session, store: Store, paths: Sequence[Path], *, run_id: int, source: str = "", accept: str = ""
) -> list[Ingested | Known | Refused]:
    """Load files and folders into the open store; tell what was refused, and go on with the others.

    Names are kept as seen from the workspace (``inbox/bill.csv``), wherever the command was started, so that evidence
    reads the same for everybody.
    """
    from recon.ingest import Ingested, Refused, ingest
    from recon.times import now_s

    home = session.folder.resolve()
    seen = [_seen_from(home, path) for path in paths]
    settings = replace(session.config.ingest, accept_mismatch=accept, actor=actor())
    with printing.progress("loading", quiet=session.quiet) as tell, chdir(home):
        outcomes = ingest(seen, store, settings, run_id=run_id, at_s=now_s(), source=source, progress=tell)
    for outcome in outcomes:
        if without_trades(outcome):
            session.say(str(outcome.error))
        elif isinstance(outcome, Refused):
            printing.error(outcome.error)
        elif isinstance(outcome, Ingested):
            _tell_what_other_files_say(session, outcome)
    return outcomes


def _tell_what_other_files_say(session: Session, file: Ingested) -> None:
    """Tell which bills show the same movements or add them up; that two files differ must not be missed."""
    if file.totals_agree:
        session.say(f"{file.name}: {file.totals_agree} figures of a summary agree with the rows they are about")
    if file.totals_differ:
        differ = "1 figure does" if file.totals_differ == 1 else f"{file.totals_differ} figures do"
        printing.notice(f"{file.name}: {differ} not agree with the rows of another file: recon status --totals")
    if file.rows_confirmed:
        session.say(f"{file.name}: {file.rows_confirmed} rows tell again what another bill tells")
    if file.confirmed_earlier:
        session.say(f"{file.name}: {file.confirmed_earlier} rows of files loaded before tell the same movements")
    if file.contradictions:
        rows = "1 movement is" if file.contradictions == 1 else f"{file.contradictions} movements are"
        printing.notice(f"{file.name}: {rows} told with another amount by another bill: recon status --contradictions")


def without_trades(outcome: Ingested | Known | Refused) -> TypeGuard[Refused]:
    """Tell whether the file is the channel's word that nothing was traded."""
    from recon.errors import NoTradesError
    from recon.ingest import Refused

    return isinstance(outcome, Refused) and isinstance(outcome.error, NoTradesError)


def _seen_from(home: Path, path: Path) -> Path:
    """Return the path relative to the workspace; one that is given absolute and lies elsewhere stays as it is."""
    full = path.resolve()
    return path if path.is_absolute() and not full.is_relative_to(home) else Path(os.path.relpath(full, home))


def show(outcomes: Sequence[Ingested | Known | Refused]) -> None:
    """Print one row a file."""
    from recon.ingest import Ingested, Known

    columns = (
        "file", "result", "source", "rows", "new", "overlap", "restated", "confirmed", "excluded", "rejected", "totals"
    )  # fmt: skip
    rows: list[tuple[object, ...]] = []
    for outcome in outcomes:
        if isinstance(outcome, Ingested):
            agree = sum(control.ok for control in outcome.controls)
            rows.append(
                (
                    outcome.name, "loaded", outcome.source, outcome.rows_raw, outcome.rows_new, outcome.rows_overlap,
                    outcome.rows_restated, outcome.rows_confirmed, outcome.rows_excluded, outcome.rows_rejected,
                    f"{agree}/{len(outcome.controls)}" if outcome.controls else "",
                )
            )  # fmt: skip
        else:
            word = "known" if isinstance(outcome, Known) else "no trades" if without_trades(outcome) else "refused"
            rows.append((outcome.name, word, *[""] * (len(columns) - 2)))
    printing.table(columns, rows, right=columns[3:-1])


def refused(outcomes: Sequence[Ingested | Known | Refused]) -> int:
    """Exit code of the worst refusal, 0 when there was none."""
    from recon.ingest import Refused

    return max((outcome.error.exit_code for outcome in outcomes if isinstance(outcome, Refused)), default=0)


def ingest(
    session: Session,
    paths: Annotated[list[Path], typer.Argument(metavar="PATH...", help="Files, folders, zips and gzips.")],
    source: Annotated[
        str, typer.Option("--source", metavar="NAME", help="Read the files as this format instead of recognising it.")
    ] = "",
    accept_mismatch: Annotated[
        str | None,
        typer.Option(
            "--accept-mismatch",
            metavar="REASON",
            help="Load files although their totals are not those of the rows, or a spreadsheet has destroyed their "
            "numbers; the reason is kept with each such file.",
            show_default=False,
        ),
    ] = None,
) -> None:
    """Load files: the format is recognised by content; a file known already changes nothing."""
    from recon.store.journal import begin_run, end_run

    reason = (accept_mismatch or "").strip()
    if accept_mismatch is not None and not reason:
        raise UsageError(
            "the reason is blank",
            place="--accept-mismatch",
            remedy='Say why the file is right: --accept-mismatch "the bank confirmed it by phone"',
        )
    session.config  # noqa: B018 - wrong settings are told before the store is made
    if source:
        from recon.sources import by_name

        by_name(source, session.config.ingest.sources.mappings)
    with session.writing() as store:
        run_id = begin_run(store, "ingest", session.as_of_s)
        outcomes = load(session, store, paths, run_id=run_id, source=source, accept=reason)
        end_run(store, run_id)
    show(outcomes)
    if code := refused(outcomes):
        raise typer.Exit(code)


def add_to(app: typer.Typer) -> None:
    """Add this family's commands."""
    app.command(rich_help_panel=_PANEL)(command(ingest))
