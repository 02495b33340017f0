"""A store that grew by many runs is, row by row, the store that was filled and matched at once.

The books of some days come as an hourly job receives them: a day's files, then the hours of the last day, a file that
restates an earlier one, one that overlaps others, a bill that is days late, a day's files once more. Every run loads,
matches and names the differences. Another store gets all of it in one load and is matched once, for the same moment.
Then every table of ``raw_*``, ``canon``, ``match`` and ``diff``, and what ``meta`` says of files, is compared row by
row and column by column. :data:`LEFT_OUT` says which columns tell of the way and not of the end; numbers of files are
compared as the files that they are. What a search may name too much of is told from the rows that stood there before.

``pytest -m slow`` does the same with a month of thousands of orders, and file by file with the sample month.
"""

from __future__ import annotations

import datetime as dt
import random
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any, Final

import pytest

from recon import differences, ingest, match, times
from recon.differences import proofs
from recon.match.nearby import NUMBERS
from recon.store import Store, open_store
from recon.store.journal import begin_run
from sample_data import days
from tests.test_sample_month import LEDGER, MONTH, as_of, files_of

Drop = Sequence[Path]
Rows = list[tuple[Any, ...]]

LEFT_OUT: Final = {
    "run_id": "the run that wrote it: one store had many runs, the other one",
    "first_run": "the same",
    "last_run": "the same",
}
FILES: Final = ("file_id", "superseded_by", "removed_by", "returned_by", "compared_by")
"""Columns that number files in the order of their arrival; compared by what the file is, its sha256."""
SCHEMAS: Final = ("canon", "match", "diff")
OF_META: Final = ("meta.file", "meta.reject", "meta.excluded", "meta.total")
OF_THE_ORDER: Final = {
    "canon.txn_confirmed": ["removed_by"],  # which file took the row away: none did when the other bill came first
    "meta.file": ["rows_new", "rows_confirmed"],  # what its rows were on the day that it came
    "meta.total": ["compared_by"],  # the file with whose arrival a printed total could be compared
}
"""Columns that tell which of two bills of one movement came first; left out when files come in another order."""
MAY_NAME_TOO_MUCH: Final = {
    "match.number": "a day stays named when its row is restated, returned or confirmed by another bill",
    "canon.identity": "the same of identities",
    "canon.told": "the same of the numbers by which one bill tells again what another tells",
}
"""Tables that lead to rows and may lead to too many; they are compared by :func:`leads_to_every_row`."""


# ------------------------------------------------------------------------------------------------ two ways, one end


@dataclass(frozen=True)
class Way:
    """Drops of files in the order in which they arrive, and the moment for which all runs speak."""

    drops: list[Drop]
    as_of_s: int

    def gone(self, *, at_once: bool) -> Store:
        """Store at the end: a run for every drop, or one run for all of them; and a last one that brings nothing.

        The last run writes down what is near (recon.match.nearby), which a run that matches everything does not.
        """
        drops = [[path for drop in self.drops for path in drop]] if at_once else self.drops
        store = open_store(None)
        settings = ingest.Settings(ledger=ingest.LedgerMap(accounts=LEDGER))
        for drop in (*drops, ()):
            run_id = begin_run(store, "run", self.as_of_s)
            found = ingest.ingest(drop, store, settings, run_id=run_id, at_s=self.as_of_s)
            assert [each for each in found if isinstance(each, ingest.Refused)] == []
            match.run(store, match.Settings(), run_id=run_id, as_of_s=self.as_of_s)
            differences.classify(store, differences.Settings(), run_id=run_id, as_of_s=self.as_of_s)
        return store


def tables(store: Store) -> list[str]:
    found = store.rows("SELECT schema_name, table_name FROM duckdb_tables() WHERE NOT temporary ORDER BY ALL")
    names = [f'{schema}."{table}"' for schema, table in found if schema in SCHEMAS or schema.startswith("raw_")]
    return [name.replace('"', "") if name.split(".")[0] in SCHEMAS else name for name in names] + list(OF_META)


def rows_of(store: Store, table: str, *, but: Sequence[str] = ()) -> Rows:
    """All rows of a table with its columns by name, in order; files as their sha256."""
    columns = sorted(row[0] for row in store.rows(f"SELECT column_name FROM (DESCRIBE {table})"))
    told = [
        f"(SELECT sha256 FROM meta.file AS f WHERE f.file_id = t.{name}) AS {name}" if name in FILES else f't."{name}"'
        for name in columns
        if name not in LEFT_OUT and name not in but
    ]
    standing = "WHERE diff_id IN (SELECT diff_id FROM diff.difference WHERE state <> 'cleared')"
    only = standing if table.startswith("diff.") and "diff_id" in columns else ""
    return store.rows(f"SELECT {', '.join(told)} FROM {table} AS t {only} ORDER BY ALL")


def apart(one: Rows, other: Rows) -> list[Rows]:
    """Rows of the first alone, rows of the second alone; a row that stands twice in one of them counts twice."""
    first, second = Counter(one), Counter(other)
    return [] if first == second else [list((first - second).elements()), list((second - first).elements())]


def ends_alike(grown: Store, filled: Store, *, but: dict[str, Sequence[str]] | None = None) -> None:
    """Compare all tables; ``but``: further columns of a table that this way of growing cannot have alike."""
    assert tables(grown) == tables(filled)
    found: dict[str, list[Rows]] = {}
    for table in tables(filled):
        if table not in MAY_NAME_TOO_MUCH:
            left_out = (but or {}).get(table, ())
            found[table] = apart(rows_of(grown, table, but=left_out), rows_of(filled, table, but=left_out))
    assert {table: rows for table, rows in found.items() if rows} == {}, (
        "only where it grew, only where all came at once"
    )
    leads_to_every_row(grown, filled)
    cleared = grown.value("SELECT count(*) FROM diff.difference WHERE state = 'cleared'")
    assert cleared > 0, "on the way something was missing that came later"
    assert filled.value("SELECT count(*) FROM diff.difference WHERE state = 'cleared'") == 0


def leads_to_every_row(grown: Store, filled: Store) -> None:
    """What says on which days a number or an identity stands names in both stores all that the other one names.

    The store that grew may name more: days of rows that stood there once.
    """
    for table in MAY_NAME_TOO_MUCH:
        assert set(rows_of(filled, table)) <= set(rows_of(grown, table)), table
    stood = " UNION ".join(
        f"SELECT hash({name}), business_date FROM {table} WHERE {name} <> ''"
        for name in NUMBERS
        for table in ("canon.txn", "canon.txn_superseded", "canon.txn_confirmed")
    )
    named = set(grown.rows("SELECT number_hash, business_date FROM match.number"))
    assert named <= set(grown.rows(stood)), "no day is named that never printed the number"


# ------------------------------------------------------------------------------------------------ days and hours


@dataclass(frozen=True)
class Received:
    """What came of some days, by folder, and what came besides."""

    days: list[Drop]
    hours: list[Drop]
    late: Drop
    """The Alipay bill of the third day, which is not among that day's files."""
    restating: Drop
    """The order lines of the second day once more, some with another amount or state."""
    overlapping: Drop
    """The order lines of the first and the third day in one file."""
    as_of_s: int

    def in_order(self) -> Way:
        first, *others = self.hours
        next_hours = [*self.restating, *(path for hour in others for path in hour)]
        end = [next_hours, [*self.late, *self.overlapping], self.days[0]]
        return Way([*self.days, first, *end], self.as_of_s)

    def out_of_order(self, *, seed: int, one_by_one: bool = False) -> Way:
        """Files as they happen to come; what restates or overlaps a file comes after it."""
        drops = [*self.days, *self.hours, self.late]
        if one_by_one:
            drops = [[path] for drop in drops for path in drop]
        random.Random(seed).shuffle(drops)
        return Way([*drops, [*self.restating, *self.overlapping, *self.days[0]]], self.as_of_s)


def receive(folder: Path, length: int, a_day: int, *, hours: int) -> Received:
    plan = days.span(length, a_day, 11, dt.date(2025, 1, 28), rate=Fraction(4, 100))
    made = days.write(days.draw(plan), folder / "days", hours=hours)
    by_folder = [sorted(path for path in each.iterdir() if path.is_file()) for each in made]
    late = [path for path in by_folder[2] if path.name.endswith(".csv.zip") and "2088" in path.name]
    assert len(late) == 1
    orders = [next(path for path in each if path.name.startswith("orders_")) for each in by_folder[:3]]
    by_folder[2] = [path for path in by_folder[2] if path not in late]
    count = len(made) - hours
    again, both = folder / "orders_again.csv", folder / "orders_both.csv"
    again.write_text(restated(orders[1].read_text("utf-8-sig")), "utf-8")
    heading, *lines = orders[2].read_text("utf-8-sig").splitlines()
    both.write_text("\n".join([*orders[0].read_text("utf-8-sig").splitlines(), *lines]) + "\n", "utf-8")
    assert orders[0].read_text("utf-8-sig").startswith(heading)
    moment = times.parse_moment(f"{plan.after + dt.timedelta(days=1)}T10:00:00+08:00")
    return Received(by_folder[:count], by_folder[count:], late, [again], [both], moment)


def restated(text: str) -> str:
    """Order lines as a later export has them: every seventh with another amount, every eleventh closed."""
    heading, *lines = text.splitlines()
    columns = heading.split(",")
    amount, status = columns.index("amount"), columns.index("status")
    found = [heading]
    for nth, line in enumerate(lines):
        cells = line.split(",")
        assert len(cells) == len(columns), "a cell with a comma: this test cuts lines at commas"
        if nth % 7 == 3:
            cells[amount] = f"{cells[amount].split('.')[0]}.07"
        if nth % 11 == 5:
            cells[status] = "closed"
        found.append(",".join(cells))
    return "\n".join(found) + "\n"


@pytest.fixture(scope="module")
def received(tmp_path_factory: pytest.TempPathFactory) -> Received:
    return receive(tmp_path_factory.mktemp("received"), 5, 60, hours=2)


@pytest.fixture(scope="module")
def filled(received: Received) -> Iterator[Store]:
    with received.in_order().gone(at_once=True) as store:
        yield store


def test_days_and_hours_in_order_end_as_all_of_them_at_once(received: Received, filled: Store) -> None:
    with received.in_order().gone(at_once=False) as grown:
        for what in ("rows_restated", "rows_overlap", "rows_confirmed"):
            assert grown.value(f"SELECT sum({what}) FROM meta.file") > 0
        ends_alike(grown, filled)


@pytest.mark.slow
def test_days_and_hours_out_of_order_end_as_all_of_them_at_once(received: Received, filled: Store) -> None:
    with received.out_of_order(seed=3).gone(at_once=False) as grown:
        ends_alike(grown, filled)


@pytest.fixture(scope="module")
def month(tmp_path_factory: pytest.TempPathFactory) -> Received:
    return receive(tmp_path_factory.mktemp("received"), 30, 500, hours=4)


@pytest.fixture(scope="module")
def month_filled(month: Received) -> Iterator[Store]:
    with month.in_order().gone(at_once=True) as store:
        yield store


@pytest.mark.slow
def test_a_month_of_days_and_hours_in_order_ends_as_all_of_it_at_once(month: Received, month_filled: Store) -> None:
    with month.in_order().gone(at_once=False) as grown:
        assert all(proof.holds for proof in proofs.prove(grown, "2025-02"))
        ends_alike(grown, month_filled)


@pytest.mark.slow
def test_a_month_of_days_and_hours_out_of_order_ends_as_all_of_it_at_once(month: Received, month_filled: Store) -> None:
    with month.out_of_order(seed=5).gone(at_once=False) as grown:
        ends_alike(grown, month_filled)


# ------------------------------------------------------------------------------------------------ file by file


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1, 2])
def test_the_files_of_some_days_one_by_one_in_any_order_end_as_all_of_them_at_once(
    received: Received, filled: Store, seed: int
) -> None:
    with received.out_of_order(seed=seed, one_by_one=True).gone(at_once=False) as grown:
        ends_alike(grown, filled, but=OF_THE_ORDER)


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1, 2])
def test_the_sample_month_one_by_one_in_any_order_ends_as_all_of_it_at_once(seed: int) -> None:
    files = files_of(MONTH)
    moment = as_of(MONTH)
    shuffled = random.Random(seed).sample(files[:-1], len(files) - 1)
    one_by_one = Way([[path] for path in (*shuffled, files[-1])], moment)
    with one_by_one.gone(at_once=False) as grown, Way([files], moment).gone(at_once=True) as store:
        ends_alike(grown, store, but=OF_THE_ORDER)
