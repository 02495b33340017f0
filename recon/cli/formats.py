"""What can be read: ``sources``, ``sources show`` and ``sources learn``.

Outside of a workspace these are the formats that recon brings; in one, its own column mappings are listed with them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from recon.cli import learning, printing
from recon.cli.help import Group
from recon.cli.session import Session, command

if TYPE_CHECKING:
    from recon.sources.mapping import ColumnMapping

_PANEL = "Files"
_LISTED = ("book", "name", "title", "where", "recognised by")

sources = typer.Typer(
    cls=Group, help="What can be read: list the formats, or show one's manual.", invoke_without_command=True
)


def _mappings(context: typer.Context) -> tuple[ColumnMapping, ...]:
    """Column mappings of the workspace, none where there is no workspace."""
    from recon.config import FILE

    session = context.find_object(Session) or Session()
    return session.config.ingest.sources.mappings if (session.folder / FILE).exists() else ()


@sources.callback()
def list_sources(context: typer.Context) -> None:
    """List the formats that can be read, show the manual of one of them, or teach recon a file of your own."""
    if context.invoked_subcommand is None:
        from recon.sources import by_book

        rows = [
            (source.book or "", source.name, source.title, source.where, source.looks_for)
            for _, group in by_book(_mappings(context))
            for source in group
        ]
        shown = slice(4) if printing.is_looked_at() else slice(None)  # the manual says the rest
        printing.table(_LISTED[shown], [row[shown] for row in rows])


@sources.command("show")
def show_source(
    context: typer.Context, name: Annotated[str, typer.Argument(metavar="NAME", help="As recon sources lists it.")]
) -> None:
    """Show the manual of one format: where to download it, what it looks like, what comes out of it."""
    from recon.sources import by_name, mapping

    if name in mapping.MANUALS:
        printing.text(mapping.MANUALS[name])
    else:
        printing.text(by_name(name, _mappings(context)).manual)


def add_to(app: typer.Typer) -> None:
    """Add this family's commands."""
    sources.command("learn")(command(learning.learn))
    app.add_typer(sources, name="sources", rich_help_panel=_PANEL)
