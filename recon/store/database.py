"""The DuckDB file of a workspace: opening, waiting for it, migrating it, reading and writing it.

A DuckDB file has one writer, and while it writes not even a reader gets in. So a writing command opens the store late
and closes it early, and one that finds it busy waits up to ``wait_s`` and then says who holds it. All changes of one
command happen in :meth:`Store.transaction`: killed at any moment, the store is as before or as after.
"""

from __future__ import annotations

import os
import re
import time
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, Final, Self

import duckdb
import polars as pl

from recon.errors import StoreError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from types import TracebackType

    import pyarrow as pa

SCHEMA: Final = files("recon.store") / "schema"
_BATCH_ROWS: Final = 122_880  # a row group of DuckDB
_CHECKPOINT: Final = "256MB"
_GB: Final = 1000**3
_LEAST_MEMORY: Final = 1 * _GB
_MOST_MEMORY: Final = 3 * _GB
_PASSED_ON: Final = "got external error: "
# Functions that Spark has under these names: the models call Spark's name and DuckDB is taught it (same text on both).
DIALECT: Final = (
    "CREATE OR REPLACE TEMP MACRO sha2(text, bits) AS sha256(text)",
    "CREATE OR REPLACE TEMP MACRO datediff(later, earlier) AS CAST(later AS DATE) - CAST(earlier AS DATE)",
)

HASH_PROBE: Final = "SELECT hash('云杉 recon 2026')"
"""SELECT of one number. Where hashes are stored, it is stored beside them: when it changes, all of them have."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """How the store may use the machine."""

    memory_limit: str = "auto"
    """What the database may take of memory; larger work spills beside it. "auto": 1 GB, and of a store above 2 GB half
    its size, but at most 3 GB, and never more than half of the machine's. Blank: 80 % of the machine's."""
    threads: int = 0
    """0: one per processor."""


class _Shown:
    """A frame that DuckDB reads through the Arrow interface, again for every statement.

    DuckDB keeps what was registered until the transaction ends, also when the name is gone: it gets this holder, which
    can let the frame go, instead of the frame. Views of strings are shared, not copied; DuckDB reads one batch per
    thread, so that one large batch would be slow.
    """

    def __init__(self, frame: pl.DataFrame) -> None:
        is_small = frame.height <= _BATCH_ROWS and pl.Null not in frame.dtypes
        self._rows: Any = frame if is_small else _in_batches(frame)
        self._nothing = frame.clear()

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        return self._rows.__arrow_c_stream__(requested_schema)

    def let_go(self) -> None:
        self._rows = self._nothing


def _in_batches(frame: pl.DataFrame) -> pa.Table:
    """Return the frame in batches of a row group.

    DuckDB reads a large frame a sixth faster from pyarrow than from polars itself, and refuses from polars a column of
    type Null.
    """
    import pyarrow as pa  # noqa: PLC0415 - slow to load, and most commands show small frames only

    whole = frame.to_arrow(compat_level=pl.CompatLevel.newest())
    return pa.Table.from_batches(whole.to_batches(max_chunksize=_BATCH_ROWS), schema=whole.schema)


class Store:
    """An open database. Use it as a context manager."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, path: Path | None, *, read_only: bool) -> None:
        self._con = connection
        self.path = path
        self.read_only = read_only

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Give the file back; other commands may then open it."""
        self._con.close()

    # -- reading ---------------------------------------------------------------------------------------------------

    def frame(self, sql: str, params: Mapping[str, object] | None = None) -> pl.DataFrame:
        """Result of one SELECT as a polars frame; ``$name`` parameters are bound."""
        try:
            relation = self._con.sql(sql, params=dict(params)) if params else self._con.sql(sql)
            # polars takes the rows as they come: a table of pyarrow between them would hold all of them once more, and
            # loading pyarrow is a fifth of what a short command takes. polars keeps the class of what it was given to
            # the end; the relation's would keep duckdb, which then complains of leaks on stderr: hence a neutral one.
            return pl.DataFrame(SimpleNamespace(__arrow_c_stream__=relation.__arrow_c_stream__))
        except (duckdb.Error, pl.exceptions.ComputeError) as error:
            raise _refused(error, sql) from error

    def rows(self, sql: str, params: Mapping[str, object] | None = None) -> list[tuple[Any, ...]]:
        """Result of one SELECT as tuples; for small results."""
        try:
            return list(self._con.execute(sql, dict(params) if params else None).fetchall())
        except duckdb.Error as error:
            raise _refused(error, sql) from error

    def value(self, sql: str, params: Mapping[str, object] | None = None) -> Any:  # noqa: ANN401 - whatever the query asks
        """First cell of the first row, None when there is no row."""
        found = self.rows(sql, params)
        return found[0][0] if found else None

    # -- writing ---------------------------------------------------------------------------------------------------

    def run(self, sql: str, params: Mapping[str, object] | None = None) -> int:
        """Execute one statement; returns the number of rows it changed (0 when it is no change of rows)."""
        found = self.rows(sql, params)
        return int(found[0][0]) if found and found[0] and isinstance(found[0][0], int) else 0

    def append(self, table: str, frame: pl.DataFrame) -> int:
        """Add the rows of ``frame`` to ``table`` by column name; returns their number."""
        if not frame.height:
            return 0
        with self.shown("frame_in", frame):
            return self.run(f"INSERT INTO {table} BY NAME SELECT * FROM frame_in")  # noqa: S608 - table is ours

    def insert(self, table: str, select: str, params: Mapping[str, object] | None = None) -> int:
        """Add the rows of a SELECT to ``table`` by column name; returns their number."""
        return self.run(f"INSERT INTO {table} BY NAME {select}", params)

    def temp(self, name: str, content: str | pl.DataFrame, params: Mapping[str, object] | None = None) -> int:
        """Make (or replace) the temporary table ``name`` from a SELECT or a frame; returns its number of rows."""
        if isinstance(content, pl.DataFrame):
            with self.shown("frame_in", content):
                return self.run(f"CREATE OR REPLACE TEMP TABLE {name} AS SELECT * FROM frame_in")  # noqa: S608
        return self.run(f"CREATE OR REPLACE TEMP TABLE {name} AS {content}", params)

    @contextmanager
    def shown(self, name: str, frame: pl.DataFrame) -> Iterator[None]:
        """Let SQL see ``frame`` under ``name`` for the duration of the block, without a copy."""
        held = _Shown(frame)
        self._con.register(name, held)
        try:
            yield
        except BaseException:
            # A statement that failed has aborted its transaction, which then refuses this one too; the roll-back takes
            # the name away. What must be heard is the first error.
            with suppress(duckdb.Error):
                self._con.unregister(name)
            raise
        finally:
            held.let_go()
        self._con.unregister(name)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing: commit at the end of the block, roll back when it raises."""
        self._con.execute("BEGIN TRANSACTION")
        try:
            yield
        except BaseException:
            self._con.execute("ROLLBACK")
            raise
        self._con.execute("COMMIT")

    def ensure_raw(self, raw_table: str, columns: list[str]) -> str:
        """Make sure ``raw_<schema>.<table>`` has these text columns (plus file_id, line_no); returns its SQL name.

        A column that a newer export brings is added; older rows then hold NULL there.
        """
        schema, table = raw_table.split(".")
        name = f"{_quoted('raw_' + schema)}.{_quoted(table)}"
        self.run(f"CREATE SCHEMA IF NOT EXISTS {_quoted('raw_' + schema)}")
        self.run(f"CREATE TABLE IF NOT EXISTS {name} (file_id INTEGER NOT NULL, line_no BIGINT NOT NULL)")
        known = {row[0].lower() for row in self.rows(f"SELECT column_name FROM (DESCRIBE {name})")}  # noqa: S608
        for column in columns:
            if column.lower() not in known:
                self.run(f"ALTER TABLE {name} ADD COLUMN {_quoted(column)} VARCHAR")
                known.add(column.lower())
        return name


def _quoted(identifier: str) -> str:
    return '"' + identifier.replace('"', '""') + '"'


def _refused(error: Exception, sql: str) -> StoreError:
    # What DuckDB finds wrong among later rows reaches us through polars, which puts words before it.
    said = str(error).removeprefix(_PASSED_ON)
    return StoreError(f"the database refused a statement: {said}", sql=sql, excerpt=sql.strip()[:2000])


def open_store(
    path: Path | None, *, read_only: bool = False, wait_s: int = 0, settings: Settings | None = None
) -> Store:
    """Open the workspace's database (None: in memory), migrated to this program's schema.

    A busy file is tried again for ``wait_s`` seconds. Raises StoreError when it stays busy (naming the process that
    holds it), is missing (read-only), or was written by a newer program.
    """
    if path is not None and read_only and not path.exists():
        raise StoreError("there is no database here yet", place=str(path), remedy="Load files first: recon ingest PATH")
    connection = _connect(path, read_only=read_only, wait_s=wait_s)
    store = Store(connection, path, read_only=read_only)
    try:
        _tune(store, settings or Settings())
        _migrate(store)
    except BaseException:
        store.close()
        raise
    return store


def _connect(path: Path | None, *, read_only: bool, wait_s: int) -> duckdb.DuckDBPyConnection:
    deadline = time.monotonic() + wait_s
    while True:
        try:
            return duckdb.connect(str(path) if path else ":memory:", read_only=read_only)
        except duckdb.Error as error:
            busy = re.search(r"Could not set lock|Conflicting lock", str(error)) is not None
            if not busy:
                raise StoreError(f"the database cannot be opened: {error}", place=str(path)) from error
            if time.monotonic() >= deadline:
                holder = re.search(r"\(PID (\d+)\)", str(error))
                who = f" (process {holder[1]})" if holder else ""
                raise StoreError(
                    f"the database is in use by another process{who}",
                    place=str(path),
                    remedy="Wait until it has ended, or let this command wait: --wait SECONDS",
                ) from error
            time.sleep(0.2)


def _tune(store: Store, settings: Settings) -> None:
    store.run("SET preserve_insertion_order = false")
    # A checkpoint writes the groups of rows anew that are not full or have lost rows. By default it comes with every
    # 16 MB of changes, after each file of a large month, and takes a tenth of the time of loading it.
    store.run(f"SET checkpoint_threshold = '{_CHECKPOINT}'")
    if limit := _memory_limit(settings.memory_limit, store.path):
        store.run(f"SET memory_limit = '{limit}'")
    if settings.threads:
        store.run(f"SET threads = {settings.threads}")
    for macro in DIALECT:
        store.run(macro)


def _memory_limit(stated: str, path: Path | None) -> str:
    """Return the limit in DuckDB's words; ``""``: DuckDB's own."""
    if stated != "auto":
        return stated
    size = path.stat().st_size if path else 0
    machine = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return f"{min(max(_LEAST_MEMORY, size // 2), _MOST_MEMORY, machine // 2) // 1000**2}MB"


def _migrate(store: Store) -> None:
    """Apply schema/NNNN_*.sql not applied yet, in order; each in one transaction."""
    steps = sorted(item.name for item in SCHEMA.iterdir() if item.name.endswith(".sql"))
    known = store.value(
        "SELECT count(*) FROM information_schema.tables WHERE table_schema = 'meta' AND table_name = 'migration'"
    )
    done = {row[0] for row in store.rows("SELECT name FROM meta.migration")} if known else set()
    if unknown := done - set(steps):
        raise StoreError(
            f"the database was written by a newer version of recon (it has {', '.join(sorted(unknown))})",
            place=str(store.path),
            remedy="Install the newer version.",
        )
    todo = [step for step in steps if step not in done]
    if not todo or store.read_only:
        return
    for step in todo:
        with store.transaction():
            for statement in re.split(r";\s*\n", (SCHEMA / step).read_text(encoding="utf-8")):
                if statement.strip():
                    store.run(statement)
            store.run("CREATE TABLE IF NOT EXISTS meta.migration (name VARCHAR PRIMARY KEY)")
            store.run("INSERT INTO meta.migration VALUES ($name)", {"name": step})
