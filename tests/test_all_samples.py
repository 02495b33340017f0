"""Every public sample file: read with all its rows and its totals, or refused for a reason that the file deserves.

``all_samples.md`` beside this module is the table, one line a file of ``../shared/samples``:

    file      its name
    format    the one format that claims it; blank: none does
    lines     what INDEX.tsv of the samples counts: records + lines that are none (headings, totals, other records)
    rows      records read; each is canonical, excluded by a stated rule, or rejected
    totals    of the canonical rows, by currency, in decimals
    controls  how many of the figures that the file prints about itself agree with its rows
    outcome   "loaded", or what ``recon ingest`` says when it refuses the file
    why       written by a person: what the refusal, the rejects or the exclusions are due to

``pytest tests/test_all_samples.py --update-golden`` writes anew all but ``why``: read the diff, and say why.
"""

from __future__ import annotations

import csv
from dataclasses import astuple, dataclass, fields, replace
from functools import cache
from pathlib import Path

import polars as pl
import pytest

from recon import money
from recon.errors import SourceError
from recon.ingest import Ingested, Known, Refused, Settings, ingest, status
from recon.ingest.writing import counted
from recon.sources import Reading, Source, discover
from recon.sources import Settings as SourceSettings
from recon.sources.piece import Piece
from recon.store import open_store

pytestmark = pytest.mark.samples

SAMPLES = Path(__file__).resolve().parents[2] / "shared" / "samples"
INDEX = "INDEX.tsv"
TABLE = Path(__file__).with_name("all_samples.md")
TITLE = "# What becomes of every public sample file (tests/test_all_samples.py)\n\n"


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table; all cells are text."""

    file: str
    format: str = ""
    lines: str = ""
    rows: str = ""
    canonical: str = ""
    excluded: str = ""
    rejected: str = ""
    totals: str = ""
    controls: str = ""
    outcome: str = ""
    why: str = ""


COLUMNS = [field.name for field in fields(Row)]


def table() -> dict[str, Row]:
    lines = TABLE.read_text(encoding="utf-8").splitlines() if TABLE.exists() else []
    cells = [[cell.strip().replace("&#124;", "|") for cell in line.split("|")[1:-1]] for line in lines if "|" in line]
    return {row[0]: Row(*row) for row in cells[2:]}


def written(rows: list[Row]) -> str:
    lines = [COLUMNS, ["---"] * len(COLUMNS), *(astuple(row) for row in rows)]
    return TITLE + "".join(f"| {' | '.join(cell.replace('|', '&#124;') for cell in line)} |\n" for line in lines)


KNOWN = table()


def opened(name: str) -> Piece:
    return Piece(name, (SAMPLES / name).read_bytes())


def claiming(piece: Piece) -> list[Source]:
    return [source for source in discover() if source.identify(piece)]


def claimed(piece: Piece) -> str:
    return ", ".join(source.name for source in claiming(piece))


@cache
def index() -> dict[str, str]:
    with (SAMPLES / INDEX).open(encoding="utf-8", newline="") as file:
        return {line["file"]: line["rows"] for line in csv.DictReader(file, delimiter="\t")}


def indexed(name: str) -> int:
    """How many rows INDEX.tsv counts in the file, by its own rule: all lines of a table that are not blank, mostly."""
    return int(index()[name].strip("~+"))


def totals(reading: Reading) -> str:
    if reading.txns is None:
        return ""
    sums = reading.txns.group_by("currency").agg(pl.col("amount_minor").sum()).sort("currency")
    return ", ".join(f"{currency} {money.show(minor, currency)}".strip() for currency, minor in sums.iter_rows())


@pytest.fixture(scope="module")
def outcomes(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Ingested | Known | Refused]:
    """What ``recon ingest`` says of each sample, all of them loaded into one store, ordinary settings."""
    paths = sorted(path for path in SAMPLES.iterdir() if path.name != INDEX)
    with open_store(tmp_path_factory.mktemp("samples") / "recon.duckdb", read_only=False) as store:
        found = ingest(paths, store, Settings(), run_id=1, at_s=0)
    return {Path(outcome.name).name: outcome for outcome in found}


def said(outcome: Ingested | Known | Refused) -> str:
    if isinstance(outcome, Refused):
        shown = outcome.error.excerpt.splitlines()[:1] if "totals" in outcome.error.explanation else []
        return ": ".join([outcome.error.explanation.splitlines()[0], *shown])
    return "the same bytes as another sample" if isinstance(outcome, Known) else "loaded"


def now(name: str, outcome: Ingested | Known | Refused) -> Row:
    """The line that the file has today, but for what a person writes."""
    piece = opened(name)
    row = Row(name, claimed(piece), str(indexed(name)), outcome=said(outcome))
    try:
        (source,) = claiming(piece)
        reading = source.read(piece, SourceSettings())
    except (ValueError, SourceError):  # none claims it, or what it holds is no bill
        return row
    counts = counted(name, reading)
    agreeing = f"{sum(control.ok for control in reading.controls)}/{len(reading.controls)}" if reading.controls else ""
    others = indexed(name) - counts.raw
    return replace(
        row,
        lines=f"{counts.raw}{others:+d}" if others else str(counts.raw),
        rows=str(counts.raw),
        canonical=str(counts.canon),
        excluded=str(counts.excluded),
        rejected=str(counts.rejected),
        totals=totals(reading),
        controls=agreeing,
    )


def test_every_sample_stands_in_the_table(outcomes: dict[str, Ingested | Known | Refused], update_golden: bool) -> None:
    if update_golden:
        fresh = [
            replace(now(name, outcome), why=KNOWN[name].why if name in KNOWN else "")
            for name, outcome in sorted(outcomes.items())
        ]
        TABLE.write_text(written(fresh), encoding="utf-8")
    assert sorted(table()) == sorted(outcomes)


@pytest.mark.parametrize("name", KNOWN)
def test_a_sample_is_read_or_refused_as_the_table_says(
    name: str, outcomes: dict[str, Ingested | Known | Refused], update_golden: bool
) -> None:
    if not update_golden:
        assert now(name, outcomes[name]) == replace(KNOWN[name], why="")


@pytest.mark.parametrize("name", KNOWN)
def test_a_sample_is_claimed_by_one_format_at_most(name: str) -> None:
    assert len(claiming(opened(name))) <= 1


@pytest.mark.parametrize("row", KNOWN.values(), ids=KNOWN)
def test_what_is_not_simply_loaded_has_a_reason_that_a_person_wrote(row: Row) -> None:
    plain = row.outcome == "loaded" and row.rejected == row.excluded == "0" and row.lines == row.rows
    assert plain or row.why


@pytest.mark.slow
def test_the_account_of_rows_adds_up_for_every_file_that_is_stored(tmp_path: Path) -> None:
    paths = sorted(path for path in SAMPLES.iterdir() if path.name != INDEX)
    taken = Settings(accept_mismatch="samples are cut and edited by their authors", max_reject_percent=100)
    with open_store(tmp_path / "recon.duckdb") as store:
        found = [item for item in ingest(paths, store, taken, run_id=1, at_s=0) if isinstance(item, Ingested)]
        files = status.files(store)
        raw = dict.fromkeys(files["file_id"], 0)
        for schema, table in store.rows(
            "SELECT table_schema, table_name FROM information_schema.tables WHERE table_schema LIKE 'raw_%'"
        ):
            printed = f'SELECT file_id, count(DISTINCT line_no) FROM "{schema}"."{table}" GROUP BY file_id'
            raw |= {file_id: raw[file_id] + lines for file_id, lines in store.rows(printed)}
        rejected = dict(store.rows("SELECT file_id, count(DISTINCT line_no) FROM meta.reject GROUP BY file_id"))
        figures = status.totals(store).filter(pl.col("binding") & (pl.col("state") == "differs"))
        assert len(found) == files.height > 40
    for row in files.iter_rows(named=True):
        assert row["adds_up"], row["name"]
        assert row["rows_rejected"] <= rejected.get(row["file_id"], 0)
        assert raw[row["file_id"]] <= row["rows_raw"] <= raw[row["file_id"]] + row["rows_rejected"], row["name"]
    taken_for_a_reason = set(files.filter(pl.col("accepted") != "")["name"])
    assert figures.height
    assert set(figures["file"]) <= taken_for_a_reason
