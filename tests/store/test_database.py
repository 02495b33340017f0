"""The database file: opened, waited for, migrated, written all or nothing."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import polars as pl
import pytest

from recon.errors import StoreError
from recon.store import Settings, database, open_store


def test_a_new_store_has_the_schema_and_opens_again(tmp_path: Path) -> None:
    path = tmp_path / "recon.duckdb"
    with open_store(path) as store:
        store.append("meta.excluded", pl.DataFrame({"file_id": [1], "line_no": [2], "reason": ["x"]}))
    with open_store(path) as store:
        assert store.rows("FROM meta.excluded") == [(1, 2, "x")]
        assert store.value("SELECT count(*) FROM canon.txn") == 0


def test_reading_before_anything_was_loaded_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="there is no database here yet") as caught:
        open_store(tmp_path / "recon.duckdb", read_only=True)
    assert caught.value.remedy == "Load files first: recon ingest PATH"


def test_a_read_only_store_cannot_be_written(tmp_path: Path) -> None:
    open_store(tmp_path / "recon.duckdb").close()
    with (
        open_store(tmp_path / "recon.duckdb", read_only=True) as store,
        pytest.raises(StoreError, match="the database refused a statement"),
    ):
        store.run("DELETE FROM meta.run")


def test_a_store_of_a_newer_program_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "recon.duckdb"
    with open_store(path) as store:
        store.run("INSERT INTO meta.migration VALUES ('9999_later.sql')")
    with pytest.raises(StoreError, match=r"written by a newer version of recon \(it has 9999_later.sql\)"):
        open_store(path)


def test_a_file_that_is_no_database_is_refused_and_not_touched(tmp_path: Path) -> None:
    path = tmp_path / "recon.duckdb"
    path.write_text("no database, but more than a few bytes of text, so that there is a header to look at" * 99)
    before = path.read_bytes()
    with pytest.raises(StoreError, match="the database cannot be opened"):
        open_store(path)
    assert path.read_bytes() == before


@pytest.mark.slow
def test_a_store_that_another_process_writes_is_busy_and_says_who_holds_it(tmp_path: Path) -> None:
    path = tmp_path / "recon.duckdb"
    program = (
        "import sys, pathlib, recon.store\n"
        "with recon.store.open_store(pathlib.Path(sys.argv[1])):\n"
        "    print('open', flush=True)\n"
        "    input()"
    )
    holder = subprocess.Popen(
        [sys.executable, "-c", program, path],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        cwd=Path(__file__).resolve().parents[2],
    )
    try:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"open\n"
        with pytest.raises(StoreError, match=rf"in use by another process \(process {holder.pid}\)"):
            open_store(path)
    finally:
        holder.communicate(b"\n")
    open_store(path).close()


def test_a_transaction_is_all_or_nothing() -> None:
    with open_store(None) as store:

        def fails() -> None:
            with store.transaction():
                store.run("INSERT INTO meta.migration VALUES ('a')")
                store.ensure_raw("x.y", ["列"])
                msg = "halfway"
                raise RuntimeError(msg)

        with pytest.raises(RuntimeError, match="halfway"):
            fails()
        assert store.value("SELECT count(*) FROM meta.migration WHERE name = 'a'") == 0
        assert store.value("SELECT count(*) FROM information_schema.schemata WHERE schema_name = 'raw_x'") == 0


def test_a_statement_that_fails_rolls_back_and_the_store_goes_on() -> None:
    with open_store(None) as store:
        rows = pl.DataFrame({"file_id": [1], "line_no": [2], "reason": [None]}, schema_overrides={"reason": pl.String})

        def fails() -> None:
            with store.transaction():
                store.run("INSERT INTO meta.migration VALUES ('a')")
                store.append("meta.excluded", rows)

        with pytest.raises(StoreError, match="NOT NULL constraint failed") as caught:
            fails()
        assert "INSERT INTO meta.excluded" in caught.value.sql
        assert store.value("SELECT count(*) FROM meta.migration WHERE name = 'a'") == 0


def test_rows_are_appended_by_column_name_and_not_by_place() -> None:
    with open_store(None) as store:
        assert store.append("meta.excluded", pl.DataFrame({"reason": ["x"], "line_no": [2], "file_id": [1]})) == 1
        assert store.append("meta.excluded", pl.DataFrame(schema={"reason": pl.String})) == 0
        assert store.rows("SELECT file_id, line_no, reason FROM meta.excluded") == [(1, 2, "x")]


def test_a_temporary_table_can_come_from_a_frame_or_a_select() -> None:
    with open_store(None) as store:
        assert store.temp("one", pl.DataFrame({"a": [1, 2]})) == 2
        assert store.temp("two", "SELECT a FROM one WHERE a > $least", {"least": 1}) == 1
        assert store.insert("two", "SELECT 3 AS a") == 1
        assert store.frame("SELECT a FROM two ORDER BY a")["a"].to_list() == [2, 3]


def test_a_frame_is_seen_only_inside_its_block() -> None:
    with open_store(None) as store:
        with store.shown("seen", pl.DataFrame({"a": [1]})):
            assert store.value("SELECT a FROM seen") == 1
        with pytest.raises(StoreError, match="seen does not exist"):
            store.value("SELECT a FROM seen")


@pytest.mark.parametrize("column", ['a "quoted" name', "select", "订单金额（元）", "a;b"])
def test_a_raw_column_may_have_any_name(column: str) -> None:
    with open_store(None) as store:
        name = store.ensure_raw("alipay.trade", [column])
        store.ensure_raw("alipay.trade", [column, "新列"])
        store.append(name, pl.DataFrame({"file_id": [1], "line_no": [2], column: ["x"], "新列": ["y"]}))
        assert store.rows(f"FROM {name}") == [(1, 2, "x", "y")]


def test_memory_and_threads_can_be_limited() -> None:
    with open_store(None, settings=Settings(memory_limit="512MB", threads=1)) as store:
        assert store.value("SELECT current_setting('threads')") == 1
        assert store.value("SELECT current_setting('memory_limit')") == "488.2 MiB"


@pytest.mark.parametrize(("size_gb", "limit_mb"), [(0, 1_000), (2, 1_000), (4, 2_000), (60, 3_000)])
def test_a_large_store_may_take_more_memory(tmp_path: Path, size_gb: int, limit_mb: int) -> None:
    path = tmp_path / "recon.duckdb"
    with path.open("wb") as file:
        file.truncate(size_gb * 1000**3)  # takes no space
    half_of_machine = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2 // 1000**2
    assert database._memory_limit("auto", path) == f"{min(limit_mb, half_of_machine)}MB"
    assert database._memory_limit("512MB", path) == "512MB"


def test_the_functions_of_the_models_have_sparks_names_and_order_of_arguments() -> None:
    with open_store(None) as store:
        assert store.value("SELECT datediff(DATE '2026-03-01', DATE '2026-02-27')") == 2
        assert store.value("SELECT sha2('a', 256)").startswith("ca978112")


def test_a_row_that_fails_after_others_were_read_is_told_in_the_databases_own_words() -> None:
    rows = "SELECT CAST(if(number = 900000, 'x', '1') AS INTEGER) AS one FROM range(1000000) AS r(number)"
    with open_store(None) as store:
        with pytest.raises(StoreError) as caught:
            store.frame(rows)
        said = "the database refused a statement: Conversion Error: Could not convert string 'x' to INT32"
        assert caught.value.explanation.startswith(said)
        assert store.value("SELECT 1") == 1


def test_a_short_question_leaves_pyarrow_alone_and_nothing_on_stderr() -> None:
    program = (
        "import sys, polars, recon.store\n"
        "with recon.store.open_store(None) as store:\n"
        "    store.temp('asked', polars.DataFrame({'number': [1, 2]}))\n"
        "    print(store.frame('SELECT sum(number)::INTEGER AS total FROM asked').rows(), 'pyarrow' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", program], check=False, capture_output=True, text=True)
    assert (done.returncode, done.stdout, done.stderr) == (0, "[(3,)] False\n", "")
