"""A format for tests, and a desk to load its files on.

``Notebook`` files say their records in JSON, one a line, so that a test states exactly the canonical rows it is about:

    NOTEBOOK
    {"native_id": "A1", "amount_minor": 1250}                       a channel payment (see PAYMENT for the rest)
    {"voucher": {"voucher_no": "记-1", "account_code": "1012.01", "debit_minor": 1250}}
    {"reject": "is no amount"}   {"exclude": "an item line"}   {"control": ["笔数", "2", "3"]}   {"lost": true}
    {"total": {"name": "合计", "measure": "rows", "printed": 2}}   {"covers": ["2026-02-03", "2026-02-03"]}
"""

from __future__ import annotations

import datetime as dt
import json
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import ClassVar

import polars as pl
import pytest

from recon import ingest, sources
from recon.errors import SourceError
from recon.ingest import Settings
from recon.model import CONTACT, EXCLUDED, RATE, REJECT, SHIPMENT, TXN, VOUCHER
from recon.sources import Control, Reading, Source, Total
from recon.sources.piece import Piece
from recon.store import Store, open_store

HEADING = "NOTEBOOK"
PAYMENT = {
    "book": "channel",
    "channel": "alipay",
    "account": "2088",
    "kind": "payment",
    "status": "success",
    "currency": "CNY",
    "amount_minor": 100,
    "business_date": "2026-02-03",
}
ENTRY = {"voucher_date": "2026-02-03", "period": "2026-02", "debit_minor": 0, "credit_minor": 0}
FRAMES = {"txns": TXN, "vouchers": VOUCHER, "shipments": SHIPMENT, "contacts": CONTACT, "rates": RATE}
DEFAULTS = {"txns": PAYMENT, "vouchers": ENTRY, "shipments": {}, "contacts": {}, "rates": {}}
DATES = ("business_date", "voucher_date", "rate_date")


class Notebook(Source):
    name: ClassVar[str] = "notebook"
    title: ClassVar[str] = "试验本"
    raw_table: ClassVar[str] = "notebook.record"
    looks_for: ClassVar[str] = "a first line NOTEBOOK"

    def identify(self, piece: Piece) -> bool:
        return piece.head.startswith(HEADING)

    def read(self, piece: Piece, _settings: sources.Settings) -> Reading:
        rows: dict[str, list[dict]] = {name: [] for name in FRAMES}
        raw, rejects, excluded = [], [], []
        about: dict = {"controls": [], "totals": []}
        for line_no, line in enumerate(piece.text.splitlines()[1:], 2):
            said = json.loads(line)
            if told_of_the_file(said, about):
                continue
            raw.append({"line_no": line_no, "text": line, **said.pop("columns", {})})
            if "damaged" in said:
                raise SourceError(said["damaged"], path=piece.name, line_no=line_no)
            if "reject" in said:
                rejects.append({"line_no": line_no, "column": "金额", "value": line, "reason": said["reject"]})
            elif "exclude" in said:
                excluded.append({"line_no": line_no, "reason": said["exclude"]})
            elif "lost" not in said:
                for name in FRAMES:
                    word = name.removesuffix("s")
                    record = said.get(word, said if word == "txn" and not set(said) & WORDS else None)
                    if record is not None:
                        rows[name].append({**DEFAULTS[name], **record, "line_no": line_no})
        return Reading(
            raw=pl.DataFrame(raw, infer_schema_length=None) if raw else pl.DataFrame(schema={"line_no": pl.Int64}),
            rejects=pl.DataFrame(rejects, schema=REJECT),
            excluded=pl.DataFrame(excluded, schema=EXCLUDED),
            **{name: tuple(value) if isinstance(value, list) else value for name, value in about.items()},
            **{name: framed(found, FRAMES[name]) for name, found in rows.items() if found},
        )


def told_of_the_file(said: dict, about: dict) -> bool:
    """Take what a line says of the file as a whole; False for a record."""
    if "control" in said:
        about["controls"].append(Control(*said["control"]))
    elif "total" in said:
        days = {name: dt.date.fromisoformat(said["total"].get(name, "2026-02-03")) for name in ("first", "last")}
        about["totals"].append(Total(**{"source": "trade", "account": "2088"} | said["total"] | days))
    elif "covers" in said:
        first, last = (dt.date.fromisoformat(day) for day in said["covers"])
        about |= {"account": said.get("account", "2088"), "period_start": first, "period_end": last}
    else:
        return False
    return True


WORDS = {name.removesuffix("s") for name in FRAMES}


def framed(rows: list[dict], columns: dict) -> pl.DataFrame:
    dated = [
        {key: dt.date.fromisoformat(value) if key in DATES else value for key, value in row.items()} for row in rows
    ]
    used = {key for row in rows for key in row}
    return pl.DataFrame(dated, schema={name: kind for name, kind in columns.items() if name in used})


def page(*records: dict) -> bytes:
    """Bytes of one notebook file."""
    lines = [HEADING, *(json.dumps(record, ensure_ascii=False) for record in records)]
    return "\n".join(lines).encode()


class Desk:
    """A store in memory, a folder, and one short word for loading files."""

    def __init__(self, store: Store, folder: Path) -> None:
        self.store = store
        self.folder = folder
        self._count = 0

    def load(self, *files: bytes | Path, settings: Settings | None = None, **options) -> list:
        """Load files in this order: bytes become 1.txt, 2.txt ... in the order of their first loading."""
        paths = [file if isinstance(file, Path) else self.put(file) for file in files]
        return ingest.ingest(paths, self.store, settings or Settings(), run_id=1, at_s=1_770_000_000, **options)

    def put(self, data: bytes, name: str = "") -> Path:
        self._count += 1
        path = self.folder / (name or f"{self._count}.txt")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        return path

    def rows(self, sql: str) -> list[tuple]:
        return self.store.rows(sql)

    def ids(self) -> dict[str, int]:
        """Current txn_id -> amount_minor."""
        return dict(self.rows("SELECT txn_id, amount_minor FROM canon.txn ORDER BY txn_id"))

    def everything(self) -> dict[str, list[tuple]]:
        """Every row of every table, sorted: what must not change when nothing may change."""
        tables = self.rows(
            "SELECT table_schema, table_name FROM information_schema.tables "
            "WHERE table_type = 'BASE TABLE' AND table_schema NOT IN ('information_schema', 'pg_catalog') ORDER BY ALL"
        )
        return {
            f"{schema}.{table}": self.rows(f'SELECT * FROM "{schema}"."{table}" ORDER BY ALL')
            for schema, table in tables
        }


@contextmanager
def opened_desk() -> Iterator[Desk]:
    with tempfile.TemporaryDirectory() as folder, open_store(None) as store:
        yield Desk(store, Path(folder))


@pytest.fixture(scope="module", autouse=True)
def only_the_notebook() -> Iterator[None]:
    """Ingest knows one format here; that it finds the real ones is the business of tests/sources."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sources, "discover", lambda: (Notebook(),))
        yield


@pytest.fixture
def desk() -> Iterator[Desk]:
    with opened_desk() as desk:
        yield desk


@pytest.fixture(scope="session")
def new_desk():
    """For properties, which need a fresh desk per example: a context manager that gives one."""
    return opened_desk


@pytest.fixture(scope="session", name="page")
def page_fixture():
    return page
