"""The work itself: ``match``, ``run`` (the hourly job), ``close`` (the monthly one), ``resolve`` (a person decides)."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from recon.cli import documents, loading, printing
from recon.cli.session import Session, actor, command
from recon.errors import StoreError, UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from recon.differences.proofs import Proof
    from recon.ingest import Ingested, Refused
    from recon.store import Store

_PANEL = "Work"
FailOnDifference = Annotated[
    bool,
    typer.Option(
        "--fail-on-difference",
        help="Leave with 1 when more breaks are open than [workspace] difference_limit allows.",
    ),
]


def compare(session: Session, store: Store, run_id: int) -> None:
    """Match what is open and name the differences."""
    from recon import differences, match

    with printing.progress("matching", quiet=session.quiet) as tell:
        matched = match.run(store, session.config.match, run_id=run_id, as_of_s=session.as_of_s)
        if matched.exhausted:
            printing.notice(
                f"{matched.exhausted} searches for payouts in parts were given up: too many candidates; they stay open "
                "(recon sql 'from match.given_up')"
            )
        tell("naming the differences")
        differences.classify(store, session.config.differences, run_id=run_id, as_of_s=session.as_of_s)


def load_inbox(session: Session, store: Store, run_id: int) -> tuple[list[Ingested | Refused], int]:
    """Load what is new in the inbox; returns the files that were not known yet, and the exit code of refusals.

    A channel's word that a day had no trades is no news: it stays in the inbox, and would be told every hour.
    """
    from recon.ingest import Known

    if not session.inbox.is_dir():
        raise UsageError("there is no inbox", place=str(session.inbox), remedy="Make the folder and put files into it.")
    outcomes = loading.load(session, store, [session.inbox], run_id=run_id)
    silent = sum(loading.without_trades(outcome) for outcome in outcomes)
    known = sum(isinstance(outcome, Known) for outcome in outcomes)
    news = [outcome for outcome in outcomes if not isinstance(outcome, Known) and not loading.without_trades(outcome)]
    without = f", {silent} without trades" if silent else ""
    session.say(f"{len(news)} new files, {known} known already{without}")
    return news, loading.refused(outcomes)


def above_limit(session: Session, store: Store, period: str = "") -> bool:
    """Tell whether more breaks are open than the settings allow."""
    from recon.differences.states import count_breaks

    return count_breaks(store, period=period) > session.config.workspace.difference_limit


def match(session: Session, fail_on_difference: FailOnDifference = False) -> None:
    """Match what is open in the store and name the differences."""
    from recon.ingest.status import overview
    from recon.store.journal import begin_run, end_run

    with session.writing() as store:
        run_id = begin_run(store, "match", session.as_of_s)
        compare(session, store, run_id)
        end_run(store, run_id)
        data = overview(store)
        failed = fail_on_difference and above_limit(session, store)
    printing.frame(data.filter(data["subject"].is_in(["leg", "waiting", "difference"])))
    if failed:
        raise typer.Exit(1)


def run(session: Session, fail_on_difference: FailOnDifference = False) -> None:
    """Load the inbox and match: the hourly job. Prints the files that were new, and nothing when none was."""
    from recon.store.journal import begin_run, end_run

    session.config  # noqa: B018 - wrong settings are told before the store is made
    with session.writing() as store:
        run_id = begin_run(store, "run", session.as_of_s)
        news, code = load_inbox(session, store, run_id)
        compare(session, store, run_id)
        end_run(store, run_id)
        failed = fail_on_difference and above_limit(session, store)
    if news:
        loading.show(news)
    if code or failed:
        raise typer.Exit(code or 1)


def close(
    session: Session,
    period: Annotated[str, typer.Argument(metavar="PERIOD", help="The month: 2026-02, or last-month.")],
    reopen: Annotated[
        str, typer.Option("--reopen", metavar="REASON", help="Open a closed period again; the reason is kept.")
    ] = "",
    fail_on_difference: FailOnDifference = False,
) -> None:
    """Close a month: load, match, prove that the sums agree, write all documents, lock the period."""
    _, failed = close_period(session, session.period(period), reopen=reopen)
    if failed and fail_on_difference:
        raise typer.Exit(1)


def close_period(session: Session, period: str, *, reopen: str = "") -> tuple[list[Path], bool]:
    """Do what ``recon close`` does; prints and returns the documents' paths, and whether breaks are above the limit.

    The store is held to write while rows change, and to read only while documents are written. A file that is refused
    keeps the period open: a month is not closed on half of its bills. So does another command that slips in between:
    what was proven and printed would not be what is locked.
    """
    from recon import report
    from recon.differences import proofs, states
    from recon.ingest.status import periods
    from recon.store.journal import begin_run, end_run, standing
    from recon.times import now_s

    who = actor()
    with session.writing() as store:
        if reopen and states.is_locked(store, period):
            with store.transaction():
                states.reopen(store, period, reason=reopen, actor=who, at_s=now_s())
        states.require_open(store, period)
        run_id = begin_run(store, "close", session.as_of_s)
        _, code = load_inbox(session, store, run_id)
        if code:
            printing.notice(f"{period} is not closed: files in the inbox were refused")
            raise typer.Exit(code)
        if period not in (known := periods(store)):
            there = f"There are: {', '.join(known)}" if known else "Load files first: recon ingest PATH"
            raise UsageError("no book has anything in this period", place=period, remedy=there)
        compare(session, store, run_id)
        _hold(proofs.prove(store, period))
        failed = above_limit(session, store, period)
        proven = standing(store)
    with session.reading() as store, printing.progress("writing documents", quiet=session.quiet):
        figures = report.compute(store, session.config.report, period=period, as_of_s=session.as_of_s)
        paths = documents.build(session, store, period, as_of_s=session.as_of_s, out=session.reports)
    with session.writing() as store, store.transaction():
        if standing(store) != proven:
            raise StoreError(
                "another command changed the store while the documents were written; the period stays open",
                place=period,
                remedy=f"Close it again: recon close {period}",
            )
        states.keep_metrics(store, period, report.metrics(figures))
        states.lock(store, period, as_of_s=session.as_of_s, run_id=run_id, actor=who, at_s=now_s())
        end_run(store, run_id)
    for path in paths:
        printing.text(str(path))
    session.say(f"{period} is closed")
    return paths, failed


def _hold(found: Sequence[Proof]) -> None:
    """Stop when a law does not hold: then the program is wrong, not the books, and no month is closed on it."""
    broken = [
        f"{proof.name} {proof.leg} {proof.book} {proof.currency}: {proof.detail}" for proof in found if not proof.holds
    ]
    if broken:
        msg = "a proof does not hold, the period stays open\n" + "\n".join(broken)
        raise RuntimeError(msg)


def resolve(
    session: Session,
    diff_id: Annotated[
        str, typer.Argument(metavar="[ID]", help="As recon diffs lists it.", show_default=False)
    ] = "",
    state: Annotated[
        str, typer.Option("--state", help="open, assigned, resolved, written_off or suspended.", show_default=False)
    ] = "",
    reason: Annotated[
        str, typer.Option("--reason", help="Why; it is kept with your name in the audit chain.", show_default=False)
    ] = "",
    to: Annotated[
        str, typer.Option("--to", metavar="NAME", help="Who works on it, with --state assigned.", show_default=False)
    ] = "",
    answers: Annotated[
        Path | None,
        typer.Option(
            "--from", metavar="FILE.xlsx", show_default=False,
            help="Take the results and reasons of a list of differences (recon report diffs), all or none.",
        ),
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="With --from: check and show, change nothing.")] = False,
) -> None:  # fmt: skip
    """Decide about a difference, or take the decisions that were written into a list of differences."""
    from recon.differences import states
    from recon.times import now_s

    if (answers is None) == (not diff_id) or (answers and (state or reason or to)) or (dry_run and not answers):
        raise UsageError(
            "one difference or a list of them",
            remedy="recon resolve ID --state STATE --reason REASON, or recon resolve --from FILE.xlsx [--dry-run]",
        )
    if answers is not None:
        resolve_list(session, answers, dry_run=dry_run)
        return
    with session.writing() as store:
        done = states.resolve(store, diff_id, state=state, reason=reason, actor=actor(), at_s=now_s(), assignee=to)
    printing.table(("diff_id", "before", "after"), [(done.diff_id, done.before, done.after)])


def resolve_list(session: Session, path: Path, *, dry_run: bool) -> None:
    """Take the answers of a workbook, all or none; problems are printed one a cell, and leave with 2."""
    from recon.differences import states
    from recon.report import answers
    from recon.times import now_s

    given = answers.read(path)
    with session.reading() if dry_run else session.writing() as store:
        judged = answers.judge(store, given)
        if not judged.problems and not dry_run:
            states.resolve_all(store, judged.decisions, actor=actor(), at_s=now_s())
    if judged.problems:
        columns = ("sheet", "cell", "diff_id", "value", "problem")
        printing.table(columns, [tuple(getattr(each, name) for name in columns) for each in judged.problems])
        raise UsageError(
            f"{len(judged.problems)} cells cannot be taken; nothing was changed",
            place=str(path),
            remedy="Mend them in the workbook and run the command again.",
        )
    rows = [(each.diff_id, judged.before[each.diff_id], each.state, each.reason) for each in judged.decisions]
    printing.table(("diff_id", "before", "after", "reason"), rows)
    session.say(
        f"{len(rows)} {'would be' if dry_run else 'were'} decided, {judged.unchanged} were as the list says already"
    )


def add_to(app: typer.Typer) -> None:
    """Add this family's commands."""
    for function in (match, run, close, resolve):
        app.command(rich_help_panel=_PANEL)(command(function))
