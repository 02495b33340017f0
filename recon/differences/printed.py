"""The printed lines behind differences: from members to ``canon.txn`` and from there to the raw rows, for many at once.

    lines(store, ids)    one row per record: which difference and side, what it is, ``file:line``
    cells(store, found)  what the file printed there, column by column, blank ones left out

A settlement batch stands for its transactions, so that a difference may have tens of thousands of records: the first
of each side are taken, and how many there are is said.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import polars as pl

from recon.differences.reading import model
from recon.privacy import masked_name, masked_text
from recon.sources import stored_as

if TYPE_CHECKING:
    from recon.store import Store

LIMIT: Final = 20
"""Printed lines taken of one side: a settlement batch may have tens of thousands."""
NAMES: Final = frozenset({"receiver_name", "收货人", "receiver_address", "收货地址"})
"""Columns that hold names of people and where they live, whatever the format says of itself."""


@dataclass(frozen=True, slots=True)
class Cells:
    """The cells of the printed records of one file format, by ``(file_id, line_no)``."""

    columns: tuple[str, ...]
    personal: frozenset[str]
    """Columns that hold names of people and addresses."""
    records: dict[tuple[int, int], tuple[str, ...]]

    def of(self, file_id: int, line_no: int) -> dict[str, str]:
        """Columns of one record that are not blank, in the order of the file."""
        values = self.records.get((file_id, line_no), ())
        return {name: value for name, value in zip(self.columns, values, strict=False) if value}


def lines(store: Store, diff_ids: Sequence[str], *, limit: int = LIMIT) -> pl.DataFrame:
    """Records behind differences, in the order of their files.

    Columns: diff_id, side (``left`` or ``right``), book, kind, currency, amount_minor, file_id, line_no, name, source,
    place (from 1) and total (records of that side, of which the first ``limit`` are returned).
    """
    with store.shown("asked_difference", pl.DataFrame({"diff_id": diff_ids}, schema={"diff_id": pl.String})):
        return store.frame(model("writing/printed_line"), {"most": limit})


def cells(store: Store, found: pl.DataFrame, *, masked: bool = False) -> dict[str, Cells]:
    """Printed cells of the records ``found`` (columns source, file_id, line_no), by format.

    ``masked`` hides names, addresses and what looks like personal data; else that is the caller's business. A file
    whose rows are not in the store as printed has no cells.
    """
    wanted = found.select("source", "file_id", "line_no").unique(maintain_order=True)
    return {
        str(source): _of_source(store, str(source), part.select("file_id", "line_no"), masked=masked)
        for (source,), part in wanted.group_by("source", maintain_order=True)
    }


def _of_source(store: Store, source: str, wanted: pl.DataFrame, *, masked: bool) -> Cells:
    raw_table, of_people = stored_as(source)
    schema, table = raw_table.split(".")
    if not store.value(
        "SELECT count(*) FROM information_schema.tables WHERE table_schema = $schema AND table_name = $table",
        {"schema": f"raw_{schema}", "table": table},
    ):
        return Cells((), frozenset(), {})
    with store.shown("wanted_line", wanted):
        raw = store.frame(
            f'SELECT r.* FROM wanted_line AS w JOIN "raw_{schema}"."{table}" AS r '  # noqa: S608 - a table there is
            "ON r.file_id = w.file_id AND r.line_no = w.line_no ORDER BY r.file_id, r.line_no"
        ).unique(("file_id", "line_no"), keep="first", maintain_order=True)
    columns = tuple(name for name in raw.columns if name not in ("file_id", "line_no"))
    personal = frozenset(name for name in columns if name in NAMES or (of_people and of_people.search(name)))
    text = raw.select(
        "file_id", "line_no", *(pl.col(name).cast(pl.String).fill_null("").str.strip_chars() for name in columns)
    )
    if masked:
        text = text.with_columns(
            (masked_name if name in personal else masked_text)(pl.col(name)).alias(name) for name in columns
        )
    return Cells(columns, personal, {(row[0], row[1]): row[2:] for row in text.iter_rows()})
