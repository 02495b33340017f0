"""The program as a whole: what it lists, how it fails, what goes to stdout and what to stderr."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import Result

import recon as package
from recon.cli import printing
from recon.errors import LockedPeriodError, SourceError, StoreError, UsageError

Run = Callable[..., Result]
COMMANDS = [
    "demo", "init", "status", "doctor", "verify", "ingest", "sources", "match", "run", "close", "resolve",
    "diffs", "explain", "trace", "sql", "overdue", "reminders", "shipping", "report", "vouchers",
    "schedule", "job",
]  # fmt: skip


def program(*words: object, **options: object) -> subprocess.CompletedProcess[str]:
    """Run the program as a process of its own."""
    here = os.pathsep.join([str(Path(package.__file__).parents[1]), os.environ.get("PYTHONPATH", "")])
    environment = {**os.environ, "COLUMNS": "200", "PYTHONPATH": here}
    line = [sys.executable, "-m", "recon", *map(str, words)]
    return subprocess.run(line, check=False, capture_output=True, text=True, env=environment, **options)


def test_help_lists_every_command(recon: Run) -> None:
    text = recon("--help").stdout
    assert [name for name in COMMANDS if f" {name} " not in text] == []


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_says_what_it_is_for_and_takes_the_common_options(command: str, recon: Run) -> None:
    found = recon(command, "--help")
    assert found.exit_code == 0
    assert len(found.stdout.splitlines()[3].strip()) > 20
    if command != "sources":
        assert "--workspace" in found.stdout
        assert "--as-of" in found.stdout


@pytest.mark.parametrize(
    ("command", "section"),
    [("report", "[mail] to"), ("vouchers", "[vouchers] formats"), ("overdue", "[report]"), ("run", "[workspace]")],
)
def test_help_names_sections_of_the_settings_in_their_brackets(command: str, section: str, recon: Run) -> None:
    assert section in " ".join(recon(command, "--help").stdout.split())


@pytest.mark.parametrize("words", [["--help"], ["diffs", "--help"], ["rules", "--help"], ["sources", "show", "-h"]])
def test_help_loads_neither_the_engine_nor_the_printer_nor_what_draws_markdown(words: list[str]) -> None:
    code = (
        f"import sys; sys.argv = ['recon', *{words}]\n"
        "from recon.cli import main\n"
        "try: main()\n"
        "except SystemExit: pass\n"
        "heavy = {'duckdb', 'polars', 'pyarrow', 'weasyprint', 'openpyxl', 'holidays'}\n"
        "unused = {'rich.markdown', 'rich.traceback', 'markdown_it', 'pygments'}\n"
        "sys.exit(','.join(sorted((heavy | unused) & set(sys.modules))) or 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], check=False, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
    assert "Usage: recon" in done.stdout


def test_rich_is_whole_after_help() -> None:
    code = (
        "import sys; sys.argv = ['recon', '--help']\n"
        "from recon.cli import main\n"
        "try: main()\n"
        "except SystemExit: pass\n"
        "from rich.markdown import Markdown; from rich.traceback import Traceback\n"
        "assert Markdown('a') and Traceback.extract"
    )
    done = subprocess.run([sys.executable, "-c", code], check=False, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")


def test_the_version_is_data(recon: Run) -> None:
    assert recon("--version").stdout == f"recon {package.__version__}\n"


def test_a_module_is_the_same_program() -> None:
    assert program("--version").stdout == f"recon {package.__version__}\n"


# ------------------------------------------------------------------------------------------------ errors


@pytest.mark.parametrize(
    "words", [["explode"], ["diffs", "--colour", "red"], ["explain"], ["diffs", "--format", "xml"]]
)
def test_wrong_usage_leaves_with_2_and_says_nothing_on_stdout(words: list[str], recon: Run) -> None:
    found = recon(*words)
    assert found.exit_code == 2
    assert found.stdout == ""
    assert "Usage: recon" in found.stderr


@pytest.mark.parametrize(("kind", "code"), [(UsageError, 2), (SourceError, 3), (StoreError, 4), (LockedPeriodError, 5)])
def test_an_error_leaves_with_the_code_of_its_class(
    kind: type[UsageError], code: int, recon: Run, workspace: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_: object) -> None:
        raise kind("it does not work", remedy="Do it otherwise.")

    monkeypatch.setattr("recon.ingest.status.overview", fail)
    (workspace / "inbox" / "empty").mkdir()
    assert recon("-w", workspace, "ingest", workspace / "inbox").exit_code == 0
    found = recon("-w", workspace, "status")
    assert found.exit_code == code
    assert found.stdout == ""
    assert found.stderr == "recon: it does not work\n  Do it otherwise.\n"


def test_an_error_is_printed_as_place_excerpt_explanation_remedy(capsys: pytest.CaptureFixture[str]) -> None:
    printing.error(
        SourceError(
            "has more decimals than CNY",
            path="inbox/a.csv",
            line_no=7,
            column="金额",
            value="1.234",
            excerpt="7 | x,1.234",
            remedy="Download it again.",
        )
    )
    assert capsys.readouterr() == (
        "",
        'recon: inbox/a.csv:7: column 金额: "1.234" has more decimals than CNY\n  7 | x,1.234\n  Download it again.\n',
    )


def test_a_bug_keeps_its_traceback(recon: Run, loaded: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("recon.ingest.status.overview", fail)
    with pytest.raises(ZeroDivisionError):
        recon("-w", loaded, "status")


def test_an_interrupt_is_told_in_one_line(recon: Run, loaded: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("recon.ingest.status.overview", interrupt)
    found = recon("-w", loaded, "status")
    assert found.exit_code == 130
    assert found.stderr == "recon: interrupted; the store is as it was before the step that was running\n"


def test_a_reader_that_has_had_enough_is_no_error(loaded: Path) -> None:
    line = f'"{sys.executable}" -m recon -w "{loaded}" sql "select range as n from range(1000000)" | head -2'
    done = subprocess.run(["bash", "-o", "pipefail", "-c", line], check=False, capture_output=True, text=True)
    assert (done.returncode, done.stdout, done.stderr) == (0, "n\n0\n", "")


# ------------------------------------------------------------------------------------------------ the workspace


def test_the_workspace_is_named_before_or_after_the_command(recon: Run, loaded: Path) -> None:
    before, after = recon("-w", loaded, "status"), recon("status", "-w", loaded)
    assert before.exit_code == 0
    assert before.stdout == after.stdout


def test_the_workspace_is_named_by_the_environment(recon: Run, loaded: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RECON_WORKSPACE", str(loaded))
    assert recon("status").exit_code == 0


def test_what_is_said_after_the_command_goes_before_what_is_said_earlier(
    recon: Run, loaded: Path, tmp_path: Path
) -> None:
    assert recon("-w", tmp_path, "status").exit_code == 2
    assert recon("-w", tmp_path, "status", "-w", loaded).exit_code == 0


def test_the_workspace_is_the_current_folder(loaded: Path) -> None:
    done = program("status", cwd=loaded)
    assert done.returncode == 0
    assert "orders" in done.stdout


def test_a_folder_without_settings_is_no_workspace(recon: Run, tmp_path: Path) -> None:
    found = recon("-w", tmp_path, "run")
    assert found.exit_code == 2
    assert found.stderr.startswith(f"recon: {tmp_path}: there is no recon.toml\n  Make a workspace: recon init DIR")
    assert not (tmp_path / "recon.duckdb").exists()


def test_a_workspace_without_a_store_says_what_to_do(recon: Run, workspace: Path) -> None:
    found = recon("-w", workspace, "status")
    assert found.exit_code == 4
    assert "there is no database here yet" in found.stderr
    assert "recon ingest PATH" in found.stderr


def test_a_moment_that_is_none_is_refused(recon: Run, loaded: Path) -> None:
    found = recon("-w", loaded, "--as-of", "yesterday", "match")
    assert found.exit_code == 2
    assert found.stderr.startswith('recon: --as-of: "yesterday" is no moment\n')


def test_a_database_in_use_is_told_with_who_holds_it(loaded: Path) -> None:
    code = (
        "import duckdb, sys\n"
        f"held = duckdb.connect({str(loaded / 'recon.duckdb')!r})\n"
        "print('held', flush=True)\n"
        "sys.stdin.readline()\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as holder:
        assert holder.stdout
        assert holder.stdout.readline() == "held\n"
        writer = program("-w", loaded, "ingest", loaded / "inbox")
        reader = program("-w", loaded, "status", "--wait", "1")
        holder.communicate("\n")
    assert writer.returncode == reader.returncode == 4
    assert f"the database is in use by another process (process {holder.pid})" in writer.stderr
    assert "waiting up to 1 s" in reader.stderr
    assert program("-w", loaded, "status").returncode == 0
