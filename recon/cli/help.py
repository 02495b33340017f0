"""Help without the parts of rich that it does not use.

typer prints help through ``typer.rich_utils``, which on its first lines imports what draws Markdown and tracebacks: a
parser of Markdown, pygments and its list of all languages, and more, a third of the time of ``recon --help``. recon's
help is written in neither, and its errors keep Python's own tracebacks (``pretty_exceptions_enable=False``).
"""

from __future__ import annotations

import sys
from types import ModuleType
from typing import Any, Final

from typer.core import TyperCommand, TyperGroup

_UNUSED: Final = {"rich.markdown": "Markdown", "rich.traceback": "Traceback"}
"""Modules of which ``typer.rich_utils`` takes one class each, for help and errors of a kind that recon has not."""


def prepare() -> None:
    """Load what prints help; two empty classes stand in for those it would not use, then rich is as before."""
    if "typer.rich_utils" in sys.modules:
        return
    standing_in = {name: _with_class(name, kind) for name, kind in _UNUSED.items() if name not in sys.modules}
    sys.modules.update(standing_in)
    try:
        import typer.rich_utils  # noqa: F401
    finally:
        for name in standing_in:
            del sys.modules[name]


def _with_class(name: str, kind: str) -> ModuleType:
    module = ModuleType(name)
    setattr(module, kind, type(kind, (), {}))
    return module


class Command(TyperCommand):
    """A command whose help is printed at once."""

    def format_help(self, ctx: Any, formatter: Any) -> None:  # noqa: ANN401 - typer's own types differ between its versions
        """Print the help."""
        prepare()
        super().format_help(ctx, formatter)


class Group(TyperGroup):
    """A group of commands whose help is printed at once."""

    def format_help(self, ctx: Any, formatter: Any) -> None:  # noqa: ANN401
        """Print the help."""
        prepare()
        super().format_help(ctx, formatter)
