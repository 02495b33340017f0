"""The checkout itself: locks, reasons, scripts, and what may not be written into any file."""

from __future__ import annotations

import importlib.metadata
import os
import re
import shutil
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

import recon

ROOT = Path(__file__).resolve().parents[1]
PYPROJECT_TEXT = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
PYPROJECT: dict[str, Any] = tomllib.loads(PYPROJECT_TEXT)
LOCKS = sorted((ROOT / "requirements").glob("*.txt"))
LOCK_NAMES = ["build", "dev", "runtime", "tools"]
SCRIPTS = [ROOT / ".ci" / "run", *sorted(path for path in (ROOT / "script").iterdir() if not path.suffix)]

# The groups as script/lock compiles them: a lock's name and the requirements it must hold.
DECLARED: dict[str, list[str]] = {
    "runtime": PYPROJECT["project"]["dependencies"],
    "dev": PYPROJECT["project"]["dependencies"] + PYPROJECT["dependency-groups"]["dev"],
    "build": PYPROJECT["dependency-groups"]["build"],
    "tools": PYPROJECT["dependency-groups"]["tools"],
}


def locked(lock: str) -> list[tuple[Requirement, int]]:
    """Return each requirement of a lock with the number of hashes that follow it."""
    text = (ROOT / "requirements" / f"{lock}.txt").read_text(encoding="utf-8")
    text = re.sub(r"^#.*\n", "", text, flags=re.MULTILINE).replace("\\\n", " ")
    rows = [re.split(r"\s+--hash=sha256:", line.strip()) for line in text.splitlines() if line.strip()]
    return [(Requirement(head), len(hashes)) for head, *hashes in rows]


def pinned(lock: str) -> dict[str, set[str]]:
    """Return each package of a lock with the versions pinned for it (one a marker)."""
    versions: dict[str, set[str]] = {}
    for requirement, _ in locked(lock):
        versions.setdefault(canonicalize_name(requirement.name), set()).add(str(requirement.specifier))
    return versions


def files_of_the_project() -> list[Path]:
    """Return every file that is, or could be, committed."""
    if not (ROOT / ".git").exists() or shutil.which("git") is None:
        pytest.skip("not a git checkout")
    listed = subprocess.run(
        ["git", "-C", ROOT, "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        check=True,
        capture_output=True,
    )
    names = listed.stdout.decode().split("\0")
    return [path for name in names if name and (path := ROOT / name).is_file()]


# ------------------------------------------------------------------------------------------------ dependencies


def test_the_locks_are_those_that_script_lock_writes() -> None:
    assert [path.stem for path in LOCKS] == LOCK_NAMES


@pytest.mark.parametrize("lock", LOCK_NAMES)
def test_a_lock_pins_and_hashes_every_package(lock: str) -> None:
    loose = [
        str(requirement)
        for requirement, hashes in locked(lock)
        if hashes == 0 or [part.operator for part in requirement.specifier] != ["=="]
    ]
    assert loose == []


@pytest.mark.parametrize("lock", LOCK_NAMES)
def test_a_lock_carries_no_address(lock: str) -> None:
    text = (ROOT / "requirements" / f"{lock}.txt").read_text(encoding="utf-8")
    assert re.findall(r"\S*://\S*|--(?:extra-)?index-url.*|--find-links.*|--trusted-host.*", text) == []


@pytest.mark.parametrize("lock", LOCK_NAMES)
def test_a_lock_holds_what_pyproject_asks_for(lock: str) -> None:
    versions = pinned(lock)
    unmet = [
        text
        for text in DECLARED[lock]
        if not any(
            Requirement(text).specifier.contains(version.removeprefix("=="))
            for version in versions.get(canonicalize_name(Requirement(text).name), set())
        )
    ]
    assert unmet == [], "run script/lock"


def test_locks_that_share_an_environment_agree() -> None:
    together = [pinned(lock) for lock in ("runtime", "dev", "build")]
    names = set().union(*together)
    disputed = {
        name: versions
        for name in names
        if len(versions := {frozenset(lock[name]) for lock in together if name in lock}) > 1
    }
    assert disputed == {}


def test_there_is_no_second_kind_of_lock() -> None:
    found = [name for name in ("uv.lock", "poetry.lock", "pdm.lock", "Pipfile.lock") if (ROOT / name).exists()]
    assert found == []


def test_what_builds_the_package_is_locked() -> None:
    assert set(PYPROJECT["build-system"]["requires"]) <= set(PYPROJECT["dependency-groups"]["build"])


def test_every_dependency_says_why() -> None:
    declared = {text for texts in DECLARED.values() for text in texts}
    silent = [
        text for text in declared if not re.search(rf'^ +"{re.escape(text)}", +# \w', PYPROJECT_TEXT, re.MULTILINE)
    ]
    assert silent == []


def test_every_ignored_lint_rule_says_why() -> None:
    section = PYPROJECT_TEXT.partition("[tool.ruff.lint]")[2].partition("[tool.ruff.lint.flake8-boolean-trap]")[0]
    lines = [line for line in section.splitlines() if re.search(r'"[A-Z]+\d*"', line) and not line.startswith("select")]
    assert len(lines) > 20
    assert [line for line in lines if not re.search(r"# [\w`]", line)] == []


# ------------------------------------------------------------------------------------------------ scripts


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.name)
def test_a_script_can_be_run_and_says_what_it_is_for(script: Path) -> None:
    assert os.access(script, os.X_OK)
    first, second = script.read_text(encoding="utf-8").splitlines()[:2]
    assert first == "#!/usr/bin/env bash"
    assert second.startswith("# ")
    assert "set -euo pipefail" in script.read_text(encoding="utf-8")
    subprocess.run(["bash", "-n", script], check=True)


def test_ci_runs_what_a_developer_runs() -> None:
    assert "script/test" in (ROOT / ".ci" / "run").read_text(encoding="utf-8")


def test_bootstrap_refuses_a_word_it_does_not_know() -> None:
    done = subprocess.run([ROOT / "script" / "bootstrap", "--all"], check=False, capture_output=True, text=True)
    assert done.returncode == 2
    assert done.stderr == "usage: script/bootstrap [--dev]\n"


# ------------------------------------------------------------------------------------------------ text


def test_no_file_names_a_package_index_or_a_place_on_somebodys_machine() -> None:
    # An index is configured where the program is installed; a path of one machine helps nobody on another.
    unwanted = re.compile(
        r"https?://[^\s\"'<>)]*(?:py(?:pi|thonhosted)|npm(?:js)?\.|deb(?:ian)?\.|/simple\b)[^\s\"'<>)]*"
        r"|(?<![\w.}/])/(?:work|root|home/\w+|Users/\w+)/[\w.]+"
    )
    found = []
    for path in files_of_the_project():
        content = path.read_bytes()
        if b"\0" in content[:8192]:
            continue
        text = content.decode("utf-8", errors="replace")
        found += [f"{path.relative_to(ROOT)}: {hit.group()}" for hit in unwanted.finditer(text)]
    assert found == []


def test_the_version_is_told_once() -> None:
    assert importlib.metadata.version("recon") == recon.__version__


# ------------------------------------------------------------------------------------------------ the wheel


@pytest.mark.slow
def test_a_wheel_carries_all_that_the_program_reads(tmp_path: Path) -> None:
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", tmp_path],
        cwd=ROOT,
        check=True,
        capture_output=True,
    )
    (wheel,) = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        carried = set(archive.namelist())

    expected = set()
    for folder, inside in (
        ("recon", "recon"),
        ("sample_data/month", "recon/_sample"),
        ("reports/templates", "recon/_templates"),
    ):
        for path in files_of_the_project():
            if path.is_relative_to(ROOT / folder):
                expected.add(f"{inside}/{path.relative_to(ROOT / folder).as_posix()}")
    assert expected - carried == set()
    assert any(name.endswith("/licenses/LICENSE") for name in carried)
