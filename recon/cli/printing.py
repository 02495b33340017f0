"""What a command says: data on stdout, narration on stderr.

On a terminal a table is drawn for the eye (widths in terminal cells, so that Chinese text stands in its column); into a
pipe or a file the same rows go as CSV, so that nothing has to be parsed back out of a drawing. Progress and narration
are for a person who looks: they are silent when stderr is no terminal. Errors and notices are always told.
"""

from __future__ import annotations

import csv
import io
import json
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final

from recon.errors import ReconError, UsageError

if TYPE_CHECKING:
    import polars as pl
    from rich.console import Console
    from rich.table import Table


_UNBOUNDED: Final = 10_000
_NARROW: Final = 8
"""No column is made narrower than this; a terminal too narrow for that cuts."""


class Format(StrEnum):
    """How a listing is written."""

    TABLE = "table"
    CSV = "csv"
    JSON = "json"
    PARQUET = "parquet"


def _console(*, stderr: bool = False) -> Console:
    from rich.console import Console

    return Console(stderr=stderr, highlight=False, emoji=False, markup=False)


def is_looked_at() -> bool:
    """Tell whether stdout is a terminal."""
    return sys.stdout.isatty()


def is_answered() -> bool:
    """Tell whether somebody sits at a terminal who can be asked."""
    return sys.stdin.isatty() and sys.stderr.isatty()


# ------------------------------------------------------------------------------------------------ narration


def narrate(text: str) -> None:
    """Tell what is going on, where somebody looks."""
    if sys.stderr.isatty():
        _console(stderr=True).print(text, style="dim")


def notice(text: str) -> None:
    """Tell something that must not be missed, on stderr."""
    print(f"recon: {text}", file=sys.stderr, flush=True)  # noqa: T201 - the one place that prints


def complaint(text: str) -> None:
    """Pass on what another run of the program has said on its stderr."""
    print(text, file=sys.stderr, flush=True)  # noqa: T201 - the one place that prints


def error(problem: ReconError) -> None:
    """Print an error as ``recon: place: explanation``, excerpt and remedy indented below it."""
    notice(problem.text())


@contextmanager
def progress(title: str, *, quiet: bool | None = False) -> Iterator[Callable[[str], None]]:
    """Show that long work goes on, while the block runs; the function given takes the name of what is done now."""
    if quiet or not sys.stderr.isatty():
        yield lambda _: None
        return
    with _console(stderr=True).status(title) as status:
        yield lambda what: status.update(f"{title}: {what}")


# ------------------------------------------------------------------------------------------------ data


def text(line: str = "") -> None:
    """Print one line of data as it is."""
    print(line)  # noqa: T201 - the one place that prints


def table(columns: Sequence[str], rows: Sequence[Sequence[object]], *, right: Sequence[str] = ()) -> None:
    """Print rows: a drawn table on a terminal, CSV elsewhere. Columns named in ``right`` hold numbers."""
    if is_looked_at():
        drawn(columns, rows, right=right)
        return
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(rows)
    sys.stdout.write(buffer.getvalue())


def drawn(columns: Sequence[str], rows: Sequence[Sequence[object]], *, right: Sequence[str] = ()) -> None:
    """Print rows as a drawn table, whether or not somebody looks."""
    from rich import box
    from rich.table import Table

    grid = Table(box=box.SIMPLE_HEAD, header_style="bold", pad_edge=False)
    for name in columns:
        grid.add_column(name, justify="right" if name in right else "left", overflow="fold")
    for row in rows:
        grid.add_row(*("" if cell is None else str(cell) for cell in row))
    console = _console()
    natural = console.measure(grid, options=console.options.update(max_width=_UNBOUNDED)).maximum
    if not is_looked_at():
        console.width = natural
    elif natural > console.width:
        _fit(grid, console.width)
    console.print(grid)


def _fit(grid: Table, width: int) -> None:
    """Take what is too much from the widest columns, so that a short cell stays one word; a long one is folded."""
    from rich.cells import cell_len

    widths = [max(cell_len(str(cell)) for cell in (column.header, *column.cells)) for column in grid.columns]
    too_much = sum(widths) + 3 * len(widths) - width
    while too_much > 0 and max(widths) > _NARROW:
        widths[widths.index(max(widths))] -= 1
        too_much -= 1
    for column, size in zip(grid.columns, widths, strict=True):
        column.width = size


def frame(data: pl.DataFrame, form: Format | None = None, *, right: Sequence[str] = ()) -> None:
    """Print a frame; ``form`` None: a table on a terminal, CSV elsewhere. ``right`` names texts that are numbers.

    Bytes are written as hex. Parquet goes to a file or a pipe, never to a terminal (UsageError).
    """
    chosen = form or (Format.TABLE if is_looked_at() else Format.CSV)
    if chosen is Format.PARQUET:
        if is_looked_at():
            raise UsageError("parquet is not text", place="--format", remedy="Send it to a file: ... > diffs.parquet")
        buffer = io.BytesIO()
        data.write_parquet(buffer)
        sys.stdout.buffer.write(buffer.getvalue())
    elif chosen is Format.TABLE:
        numbers = [name for name, kind in data.schema.items() if kind.is_numeric()]
        drawn(data.columns, _plain(data).rows(), right=[*numbers, *right])
    elif chosen is Format.JSON:
        text(json.dumps(_plain(data).to_dicts(), ensure_ascii=False, default=str, indent=1))
    else:
        sys.stdout.write(_plain(data).write_csv())


def _plain(data: pl.DataFrame) -> pl.DataFrame:
    """Return the frame with cells that a text format can hold: bytes as hex, nested values as JSON."""
    import polars as pl

    cells = []
    for name, kind in data.schema.items():
        cell = pl.col(name)
        if kind == pl.Binary:
            cell = cell.bin.encode("hex")
        elif kind.is_nested():
            cell = cell.map_elements(_json, return_dtype=pl.String)
        cells.append(cell)
    return data.select(cells)


def _json(value: Any) -> str:  # noqa: ANN401 - whatever a query returns
    return json.dumps(value.to_list() if hasattr(value, "to_list") else value, ensure_ascii=False, default=str)
