"""The workspace that a command works on, and the options that every command takes.

A workspace is a folder: ``recon.toml`` (settings), ``recon.duckdb`` (the store), ``inbox/`` (files to load) and
``reports/`` (documents). It is named by ``-w DIR``, else by RECON_WORKSPACE, else it is the current folder.

Every command takes the same few options, before or after its name: ``recon -w demo diffs`` and ``recon diffs -w demo``
are the same. :func:`command` adds them to the signature of a command function and hands it a :class:`Session`, so that
each command declares only what is its own.
"""

from __future__ import annotations

import getpass
import inspect
import re
from collections.abc import Callable, Iterable
from contextlib import contextmanager
from dataclasses import dataclass, replace
from difflib import get_close_matches
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer
from typer.models import ArgumentInfo, OptionInfo

from recon.cli import printing
from recon.errors import StoreError, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from recon.config import Config
    from recon.store import Store

READER_WAIT_S: Final = 60
"""A reading command waits this long for a writer to end, unless --wait says otherwise."""

_PANEL: Final = "Options of every command"
WorkspaceOption = Annotated[
    Path | None,
    typer.Option(
        "--workspace", "-w", metavar="DIR", envvar="RECON_WORKSPACE", rich_help_panel=_PANEL, show_default=False,
        help="Folder that holds recon.toml, recon.duckdb, inbox/ and reports/; the current folder when not named.",
    ),
]  # fmt: skip
AsOfOption = Annotated[
    str | None,
    typer.Option(
        "--as-of", metavar="MOMENT", rich_help_panel=_PANEL, show_default=False,
        help="Speak for this moment instead of now: 2026-03-02 or 2026-03-02T10:00+08:00. Repeats a run exactly.",
    ),
]  # fmt: skip
WaitOption = Annotated[
    int | None,
    typer.Option(
        "--wait", metavar="SECONDS", min=0, rich_help_panel=_PANEL, show_default=False,
        help=f"Wait this long for a database in use; reading commands wait {READER_WAIT_S} when not told.",
    ),
]  # fmt: skip
QuietOption = Annotated[
    bool | None,
    typer.Option(
        "--quiet", "-q", rich_help_panel=_PANEL, show_default=False,
        help="No narration and no progress; errors are still told.",
    ),
]  # fmt: skip


@dataclass(frozen=True)
class Session:
    """One execution: a workspace, the moment it speaks for, how long it waits, how much it talks."""

    given: Path | None = None
    as_of: str | None = None
    wait_s: int | None = None
    quiet: bool | None = None

    @property
    def folder(self) -> Path:
        """The workspace, as the user named it."""
        return self.given or Path()

    @property
    def inbox(self) -> Path:
        """Files to load."""
        return self.folder / "inbox"

    @property
    def reports(self) -> Path:
        """Documents written."""
        return self.folder / "reports"

    @property
    def database(self) -> Path:
        """The store. Absolute: while files are loaded, the process stands in the workspace."""
        return self.folder.absolute() / "recon.duckdb"

    @property
    def heads(self) -> Path:
        """Where the audit chain ended after each change, noted outside of the store."""
        from recon.store.anchors import FILE

        return self.folder.absolute() / FILE

    @cached_property
    def config(self) -> Config:
        """The workspace's settings. Raises UsageError when recon.toml is missing or wrong."""
        from recon.config import load

        return load(self.folder)

    @cached_property
    def as_of_s(self) -> int:
        """The moment the run speaks for: --as-of, else now, in epoch seconds."""
        from recon.times import now_s

        return self.moment(self.as_of) if self.as_of else now_s()

    def moment(self, text: str) -> int:
        """Read a moment given by the user, in the workspace's zone. Raises UsageError."""
        from recon.times import parse_moment

        try:
            return parse_moment(text, self.config.workspace.zone)
        except ValueError:
            raise UsageError(
                f'"{text}" is no moment', place="--as-of", remedy="Write 2026-03-02 or 2026-03-02T10:00:00+08:00"
            ) from None

    def period(self, text: str) -> str:
        """Return a month given by the user, ``last-month`` and ``this-month`` as seen at --as-of. Raises UsageError."""
        from recon.times import local_date, month_before, month_of

        if text not in ("last-month", "this-month"):
            return month(text)
        present = month_of(local_date(self.as_of_s, self.config.workspace.zone))
        return present if text == "this-month" else month_before(present)

    @contextmanager
    def reading(self) -> Iterator[Store]:
        """Open the store to read; waits for a writer with a message."""
        wait_s = READER_WAIT_S if self.wait_s is None else self.wait_s
        with self._opened(read_only=True, wait_s=wait_s) as store:
            yield store

    @contextmanager
    def writing(self) -> Iterator[Store]:
        """Open the store to write; says who holds it when it is busy. Made when there is none."""
        from recon.store import anchors

        with self._opened(read_only=False, wait_s=self.wait_s or 0) as store:
            yield store
            anchors.anchor(store, self.heads)

    @contextmanager
    def _opened(self, *, read_only: bool, wait_s: int) -> Iterator[Store]:
        from recon.store import open_store

        settings = self.config.store
        try:
            store = open_store(self.database, read_only=read_only, settings=settings)
        except StoreError as error:
            if "in use" not in error.explanation or not wait_s:
                raise
            printing.notice(f"{error.place}: {error.explanation}; waiting up to {wait_s} s")
            store = open_store(self.database, read_only=read_only, wait_s=wait_s, settings=settings)
        with store:
            yield store

    def say(self, text: str) -> None:
        """Narrate on stderr; silent with --quiet and where nobody looks (cron)."""
        if not self.quiet:
            printing.narrate(text)


def actor() -> str:
    """Name of the person (or job) that changes a state, for the audit trail."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a container may run as a number without a name
        return "unknown"


def month(text: str) -> str:
    """Return ``text`` when it is a period ``YYYY-MM``. Raises UsageError."""
    from recon.times import month_bounds

    try:
        month_bounds(text)
    except ValueError:
        raise UsageError(f'"{text}" is no period', place="PERIOD", remedy="Write it like 2026-02") from None
    return text


def one_of(option: str, value: str, known: Iterable[str]) -> str:
    """Return ``value`` when it is blank or known. Raises UsageError with the nearest known one."""
    names = list(known)
    if value and value not in names:
        close = get_close_matches(value, names, n=1, cutoff=0.5)
        remedy = f"Did you mean {close[0]}?" if close else f"There are: {', '.join(names)}"
        raise UsageError(f'there is no "{value}"', place=option, remedy=remedy)
    return value


def joined(session: Session, **given: Any) -> Session:  # noqa: ANN401 - the options, by the names of Session's fields
    """Return the session with what a command was told itself; what it was not told stays."""
    return replace(session, **{name: value for name, value in given.items() if value is not None})


_OPTIONS: Final = {"given": WorkspaceOption, "as_of": AsOfOption, "wait_s": WaitOption, "quiet": QuietOption}


def _as_it_is(text: str) -> str:
    """Help in which a section's name in brackets is not taken for a mark of style, and left out."""
    return re.sub(r"(?<!\\)\[(?=[a-z]+\])", r"\\[", text)


def command(function: Callable[..., None]) -> Callable[..., None]:
    """Make ``function(session, ...)`` a command that takes the options of every command, and hand it the session."""
    own = inspect.signature(function, eval_str=True)
    kept = [parameter for name, parameter in own.parameters.items() if name != "session"]
    added = [
        inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=None, annotation=option)
        for name, option in _OPTIONS.items()
        if name not in own.parameters
    ]
    context = inspect.Parameter("context", inspect.Parameter.KEYWORD_ONLY, annotation=typer.Context)

    def run(context: typer.Context, **values: object) -> None:
        shared = {name: values.pop(name) for name in _OPTIONS if name in values}
        function(joined(context.find_object(Session) or Session(), **shared), **values)

    run.__name__, run.__doc__ = function.__name__, _as_it_is(function.__doc__ or "")
    for parameter in kept:
        for told in getattr(parameter.annotation, "__metadata__", ()):
            if isinstance(told, OptionInfo | ArgumentInfo) and told.help:
                told.help = _as_it_is(told.help)
    parameters = [parameter.replace(kind=inspect.Parameter.KEYWORD_ONLY) for parameter in kept]
    signature = inspect.Signature([context, *parameters, *added])
    vars(run)["__signature__"] = signature
    run.__annotations__ = {name: parameter.annotation for name, parameter in signature.parameters.items()}
    return run
