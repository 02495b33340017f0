"""The program ``recon``: its commands put together, and the one place where an error becomes words and an exit code.

    0  done                         3  a file could not be read
    1  differences above the limit  4  the store is busy, missing or damaged
    2  wrong usage or settings      5  the period is closed
                                    6  a message did not arrive, or nobody can know whether it did
    70 (recon job) the program itself broke

A ReconError is told and its class names the exit code. Anything else is a bug and keeps its traceback.
"""

from __future__ import annotations

import os
import sys
from typing import Annotated, Any

import typer

from recon import __version__
from recon.cli import documents, formats, loading, matching, printing, reading, rules, scheduling, shipping, workspace
from recon.cli.help import Command, Group
from recon.cli.session import AsOfOption, QuietOption, Session, WaitOption, WorkspaceOption
from recon.errors import ReconError


class Program(Group):
    """The group of all commands, and their error handler."""

    def invoke(self, ctx: Any) -> Any:  # noqa: ANN401 - typer's own types differ between its versions
        """Run the command; turn an error into words on stderr and its exit code."""
        try:
            result = super().invoke(ctx)
            sys.stdout.flush()
        except ReconError as problem:
            printing.error(problem)
            raise typer.Exit(problem.exit_code) from None
        except BrokenPipeError:
            # The reader (head, less) has had enough. What is still buffered must not fail again at exit.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            raise typer.Exit(0) from None
        except KeyboardInterrupt:
            printing.notice("interrupted; the store is as it was before the step that was running")
            raise typer.Exit(130) from None
        return result


app = typer.Typer(
    name="recon",
    cls=Program,
    help="Reconcile the order, channel, bank and ledger books of a merchant, and name the cause of every difference.",
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _tell_version(wanted: bool) -> None:  # noqa: FBT001 - typer calls it with the option's value
    if wanted:
        printing.text(f"recon {__version__}")
        raise typer.Exit


@app.callback()
def start(
    context: typer.Context,
    given: WorkspaceOption = None,
    as_of: AsOfOption = None,
    wait_s: WaitOption = None,
    quiet: QuietOption = None,
    _version: Annotated[
        bool, typer.Option("--version", help="Print the version.", is_eager=True, callback=_tell_version)
    ] = False,
) -> None:
    """Keep what was said before the command's name; what is said after it goes before."""
    context.obj = Session(given, as_of, wait_s, quiet)


for family in (workspace, loading, formats, matching, scheduling, rules, reading, shipping, documents):
    family.add_to(app)
for _family in (app, *(group.typer_instance for group in app.registered_groups)):
    for _command in _family.registered_commands if _family else ():
        _command.cls = Command


def main() -> None:
    """Run the program with the arguments of this process."""
    app(prog_name="recon")
