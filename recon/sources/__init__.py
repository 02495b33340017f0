"""The formats that recon reads, found by looking: every module here that defines a :class:`Source` is one.

``identify`` asks all of them; exactly one may say yes. There is no order among formats. Formats outside the tree come
through the entry-point group ``recon.sources`` (each entry names a Source subclass). A workspace adds files of its own
as column mappings (recon/sources/mapping.py): each is one format more, for that workspace.
"""

from __future__ import annotations

import importlib
import inspect
import pkgutil
import re
from functools import cache
from importlib.metadata import entry_points
from typing import TYPE_CHECKING, Final

from recon.errors import SourceError, UsageError
from recon.model import Book
from recon.sources.mapped import MappedSource, raw_table_of
from recon.sources.source import Control, Reading, Settings, Source, Total

if TYPE_CHECKING:
    from collections.abc import Sequence

    from recon.sources.mapping import ColumnMapping
    from recon.sources.piece import Piece

__all__ = [
    "Control",
    "Reading",
    "Settings",
    "Source",
    "Total",
    "by_book",
    "by_name",
    "discover",
    "identify",
    "known",
    "stored_as",
]

_BOOKS: Final[tuple[tuple[Book | None, str], ...]] = (
    (Book.CHANNEL, "Payment channels"),
    (Book.BANK, "Bank statements"),
    (Book.ORDER, "Shops"),
    (Book.LEDGER, "Vouchers"),
    (None, "Parcels and exchange rates"),
)


@cache
def discover() -> tuple[Source, ...]:
    """Return one instance of every format, sorted by name."""
    found: dict[str, type[Source]] = {}
    for module_info in pkgutil.iter_modules(__path__):
        module = importlib.import_module(f"{__name__}.{module_info.name}")
        for _, item in inspect.getmembers(module, inspect.isclass):
            if not issubclass(item, Source) or item.__module__ != module.__name__ or inspect.isabstract(item):
                continue
            if hasattr(item, "name"):
                found[item.name] = item
    for entry in entry_points(group="recon.sources"):
        item = entry.load()
        found[item.name] = item
    return tuple(found[name]() for name in sorted(found))


def known(mappings: Sequence[ColumnMapping] = ()) -> tuple[Source, ...]:
    """Return every format: those found by looking, and the workspace's own."""
    return (*discover(), *map(MappedSource, mappings))


def by_book(mappings: Sequence[ColumnMapping] = ()) -> tuple[tuple[str, tuple[Source, ...]], ...]:
    """Return every format, by the book that its rows stand in: (title of the group, its formats by name)."""
    every = known(mappings)
    return tuple((title, tuple(source for source in every if source.book == book)) for book, title in _BOOKS)


def by_name(name: str, mappings: Sequence[ColumnMapping] = ()) -> Source:
    """Return the format called ``name``. Raises UsageError with the names there are."""
    every = known(mappings)
    for source in every:
        if source.name == name:
            return source
    names = ", ".join(source.name for source in every)
    raise UsageError(f'there is no format "{name}"', remedy=f"Known formats: {names}. See: recon sources")


def stored_as(name: str) -> tuple[str, re.Pattern[str] | None]:
    """Return the raw table of a format, and the pattern of its columns that hold names of people.

    A name that is no format is that of a column mapping, perhaps one that recon.toml has no longer: its rows are still
    in the store, and are explained.
    """
    for source in discover():
        if source.name == name:
            return source.raw_table, source.personal
    return raw_table_of(name), MappedSource.personal


def identify(piece: Piece, mappings: Sequence[ColumnMapping] = ()) -> Source:
    """Return the one format that claims the file. Raises SourceError when none or several do, saying what was asked."""
    every = known(mappings)
    claims = [source for source in every if source.identify(piece)]
    if len(claims) == 1:
        return claims[0]
    if claims:
        raise SourceError(
            "more than one format claims this file: " + ", ".join(source.name for source in claims),
            path=piece.name,
            remedy="Say which it is with --source NAME, and report the file: formats must not overlap.",
        )
    looked = "\n".join(f"{source.name} ({source.title}): {source.looks_for}" for source in every)
    first = next((line for line in piece.head_lines if line.strip()), "")[:120]
    raise SourceError(
        "the format is unknown",
        path=piece.name,
        excerpt=f"first line: {first}" if first else "",
        remedy=f"Looked for:\n{looked}\nOther files: describe the table once (recon sources learn FILE), "
        "an import template (recon sources show orders), or --source NAME.",
    )
