"""业务规则沙盒: ``rules`` lists the causes in force, ``columns`` what a condition may ask, ``try`` tries a change.

A change is a file with a ``[rules]`` section as recon.toml has it. Nothing of a trial is stored.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from recon.cli import printing
from recon.cli.help import Group
from recon.cli.session import Session, command, month, one_of
from recon.errors import UsageError

_PANEL = "Work"


def show(session: Session) -> None:
    """List the rules in force, leg by leg, in the order in which they are tried."""
    from recon.differences.rulebook import RULES, rules_of

    settings = session.config.differences
    language = session.config.workspace.language
    rows = [
        (str(leg), rule.code, rule.zh if language == "zh" else rule.en, rule.kind, rule.when)
        for leg in RULES
        for rule in rules_of(settings, leg)
    ]
    printing.table(("leg", "code", "title", "kind", "when"), rows)


def columns(
    session: Session,
    leg: Annotated[str, typer.Argument(metavar="LEG", help="order_channel, channel_bank or channel_ledger.")],
) -> None:
    """List the facts that a rule of this leg may ask, with their types."""
    from recon.differences.sandbox import columns_of
    from recon.model import Leg

    one_of("LEG", leg, Leg)
    with session.reading() as store:
        found = columns_of(store, session.config.differences, Leg(leg), as_of_s=session.as_of_s)
    printing.table(("column", "type"), found)


def trial(
    session: Session,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A file with a [rules] section.")],
    period: Annotated[str, typer.Option("--period", metavar="PERIOD", help="Only of this month: 2026-02.")] = "",
) -> None:
    """Run a changed set of rules on what is stored; shows which differences would change their name."""
    from recon import config
    from recon.differences.sandbox import try_rules
    from recon.differences.states import moment_of

    if period:
        month(period)
    try:
        text = file.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise UsageError("there is no such file", place=str(file)) from None
    wanted = config.parse(text, place=str(file)).differences
    current = session.config.differences
    changed = replace(current, rules_off=wanted.rules_off, rules_added=wanted.rules_added)
    with session.reading() as store:
        spoken_for = None if session.as_of else moment_of(store, period)
        as_of_s = session.as_of_s if spoken_for is None else spoken_for
        changes, counts = try_rules(store, current, changed, as_of_s=as_of_s, period=period)
    printing.frame(changes)
    for leg, code, before, after in counts.filter(counts["before"] != counts["after"]).iter_rows():
        session.say(f"{leg} {code}: {before} -> {after}")
    session.say(f"{changes.height} differences change their name; nothing was stored")


def add_to(app: typer.Typer) -> None:
    """Add this family's commands."""
    family = typer.Typer(
        cls=Group,
        help="The rules that name differences: list them, or try a change on history.",
        invoke_without_command=True,
    )

    @family.callback()
    def start(context: typer.Context) -> None:
        if context.invoked_subcommand is None:
            show(context.find_object(Session) or Session())

    family.command("list")(command(show))
    family.command("columns")(command(columns))
    family.command("try")(command(trial))
    app.add_typer(family, name="rules", rich_help_panel=_PANEL)
