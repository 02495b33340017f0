"""The workspace: ``demo`` and ``init`` make one, ``status``, ``doctor`` and ``verify`` look after it."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from recon.cli import checking, printing
from recon.cli.matching import close_period
from recon.cli.session import Session, command, joined
from recon.errors import ReconError, StoreError, UsageError

if TYPE_CHECKING:
    import polars as pl

_PANEL = "Workspace"
_MARKER = ".recon-demo"
_APART = frozenset({"month.json", "truth.csv", "shipping_truth.csv"})
"""Files of the sample month that are about it and not part of the workspace."""
_ACCOUNTS = {"1012.01": "alipay", "1012.02": "wechat", "1012.03": "unionpay", "1012.04": "paypal"}


def sample_month() -> Path:
    """Folder of the sample month: inside an installed package, else beside it in a checkout."""
    import recon

    package = Path(recon.__file__).parent
    for folder in (package / "_sample", package.parent / "sample_data" / "month"):
        if folder.is_dir():
            return folder
    raise UsageError(
        "the sample month is not here",
        remedy="Write one in a checkout: python sample_data/generate.py --orders 500 --seed 1 --out sample_data/month",
    )


def demo(
    session: Session,
    folder: Annotated[
        Path, typer.Argument(metavar="[DIR]", help="Folder to make; an earlier demo is replaced.")
    ] = Path("demo"),
) -> None:
    """Load, match and close a sample month of an invented merchant, and print the paths of its documents."""
    from recon.config import FILE, default_toml

    sample = sample_month()
    facts: dict[str, Any] = json.loads((sample / "month.json").read_text(encoding="utf-8"))
    _make_room(folder)
    shutil.copytree(sample, folder, ignore=lambda _, names: _APART & set(names), dirs_exist_ok=True)
    settings = folder / FILE
    if not settings.exists():
        settings.write_text(default_toml(merchant="云杉家居", ledger_accounts=_ACCOUNTS), encoding="utf-8")
    there = joined(session, given=folder, as_of=session.as_of or facts["as_of"])
    there.say(f"{facts['orders']} orders of {facts['period']}, as of {facts['as_of']}")
    close_period(there, facts["period"])
    session.say(f"Look around: recon -w {folder} diffs")


def _make_room(folder: Path) -> None:
    """Make the folder, empty but for the marker. Raises UsageError rather than remove what is no demo."""
    if folder.exists() and not folder.is_dir():
        raise UsageError("this is a file", place=str(folder), remedy="Name a folder: recon demo DIR")
    if folder.is_dir() and any(folder.iterdir()):
        if not (folder / _MARKER).exists():
            raise UsageError(
                "the folder is not empty, and it is no earlier demo",
                place=str(folder),
                remedy="Name another folder: recon demo DIR",
            )
        for item in folder.iterdir():
            if item.name != _MARKER:
                shutil.rmtree(item) if item.is_dir() and not item.is_symlink() else item.unlink()
    folder.mkdir(parents=True, exist_ok=True)
    (folder / _MARKER).write_text("recon demo made this folder, and may replace it.\n", encoding="utf-8")


def init(
    session: Session,
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Folder to make.")],
    merchant: Annotated[str, typer.Option("--merchant", help="Name of the merchant, for the reports.")] = "",
) -> None:
    """Make a workspace: a commented recon.toml, inbox/ and reports/."""
    from recon.config import FILE, default_toml

    path = folder / FILE
    if path.exists():
        raise UsageError("this is a workspace already", place=str(path), remedy="Edit its recon.toml.")
    for part in (folder / "inbox", folder / "reports"):
        part.mkdir(parents=True, exist_ok=True)
    path.write_text(default_toml(merchant=merchant), encoding="utf-8")
    printing.text(str(path))
    session.say("Map your ledger accounts in it, put bills into inbox/, then: recon run")


def status(
    session: Session,
    files: Annotated[bool, typer.Option("--files", help="One row a loaded file.")] = False,
    rejects: Annotated[bool, typer.Option("--rejects", help="One row a cell or row that could not be read.")] = False,
    contradictions: Annotated[
        bool,
        typer.Option("--contradictions", help="One row a movement that two bills of a channel tell with two amounts."),
    ] = False,
    totals: Annotated[
        bool, typer.Option("--totals", help="One row a total that a file prints about its rows or another's.")
    ] = False,
) -> None:
    """Show what the workspace holds: files, rows of each book, matches, differences, periods."""
    from recon.ingest import status as known

    listing = known.overview
    for asked, found in (
        (totals, known.totals),
        (contradictions, known.contradictions),
        (rejects, known.rejects),
        (files, known.files),
    ):
        listing = found if asked else listing
    with session.reading() as store:
        data = listing(store)
    printing.frame(_readable(session, data))


def _readable(session: Session, data: pl.DataFrame) -> pl.DataFrame:
    """Show minor units as decimals (``told_minor`` as ``told``) and moments (``ingested_s`` as ``ingested_at``)."""
    import polars as pl

    from recon.money import show
    from recon.times import show_moment

    if "measure" in data.columns:  # figures of another file's rows are texts of minor units, unless they count
        cells = {
            name: [
                show(int(text), code) if text and measure not in {"", "rows"} else text
                for text, measure, code in data.select(name, "measure", "currency").rows()
            ]
            for name in ("printed", "computed")
        }
        data = data.with_columns(pl.Series(name, shown, pl.String) for name, shown in cells.items())
        return data.drop("measure", "currency")
    columns = []
    for name in data.columns:
        if name.endswith("_minor"):
            shown = [show(minor, code) for minor, code in data.select(name, "currency").rows()]
            columns.append(pl.Series(name.removesuffix("_minor"), shown, pl.String))
        elif name == "ingested_s":
            zone = session.config.workspace.zone
            columns.append(pl.Series("ingested_at", [show_moment(at_s, zone) for at_s in data[name]], pl.String))
        else:
            columns.append(data[name])
    return pl.DataFrame(columns)


def verify(
    session: Session,
    head: Annotated[
        str,
        typer.Option("--head", metavar="HASH", help="A hash that a report printed: is its entry still in the chain?"),
    ] = "",
) -> None:
    """Check the audit chain: that no entry was changed, removed, slipped in, or cut off at the end."""
    from recon.store import anchors, journal

    with session.reading() as store:
        broken = journal.verify(store, anchors.heads(session.heads))
        entry = store.value("SELECT seq FROM meta.audit WHERE hash = $head", {"head": head.strip().lower()})
    if head and entry is None:
        broken.append(f"no entry has the hash {head}")
    if broken:
        raise StoreError(
            f"the audit chain is broken in {len(broken)} places" if len(broken) > 1 else "the audit chain is broken",
            place=str(session.database),
            excerpt="\n".join(broken[:20]),
            remedy="Compare with a backup: somebody or something changed meta.audit, or the database was made anew\n"
            f"(then {session.heads.name} is of the old one).",
        )
    if head:
        printing.text(f"entry {entry}")
    session.say("the audit chain is intact")


def doctor(session: Session) -> None:
    """Check what recon needs before it is needed: settings, database, libraries, fonts, disk."""
    checks = checking.examine(session)
    printing.table(("check", "result", "detail"), [(check.name, check.result, check.detail) for check in checks])
    problems: list[ReconError] = [check.problem for check in checks if check.problem]
    for problem in problems:
        printing.error(problem)
    if problems:
        raise typer.Exit(max(problem.exit_code for problem in problems))


def add_to(app: typer.Typer) -> None:
    """Add this family's commands."""
    for function in (demo, init, status, doctor, verify):
        app.command(rich_help_panel=_PANEL)(command(function))
