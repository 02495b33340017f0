"""The house rules that a reader relies on: imports point one way, and some things are known in one place only."""

from __future__ import annotations

import ast
import logging
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from importlinter import cli as importlinter

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "recon"
MODULES = sorted(PACKAGE.rglob("*.py"))
MODELS = sorted(PACKAGE.rglob("*.sql"))

# A stage in which a number may be money. `cli` and `report` also draw: widths, percentages, coordinates.
MONEY_STAGES = ("differences", "fulfilment", "ingest", "match", "model", "money", "fingerprint", "sources", "store")


def place(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def imported(path: Path) -> Iterator[str]:
    """Yield the dotted names that a module imports, wherever in it the import stands."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def importers_of(name: str, paths: list[Path]) -> set[str]:
    return {place(path) for path in paths if any(n == name or n.startswith(f"{name}.") for n in imported(path))}


@pytest.fixture
def loggers() -> Iterator[None]:
    """Loggers that speak again afterwards: import-linter switches off every one that it finds."""
    found = [logger for logger in logging.root.manager.loggerDict.values() if isinstance(logger, logging.Logger)]
    silent = {logger for logger in found if logger.disabled}
    yield
    for logger in found:
        logger.disabled = logger in silent


@pytest.mark.usefixtures("loggers")
def test_imports_point_one_way() -> None:
    assert importlinter.lint_imports(config_filename=str(ROOT / "pyproject.toml"), no_cache=True) == 0


def test_only_the_store_imports_duckdb() -> None:
    importers = importers_of("duckdb", MODULES)
    assert importers
    assert {path for path in importers if not path.startswith("recon/store/")} == set()


def test_only_money_knows_decimal() -> None:
    assert importers_of("decimal", MODULES) == {"recon/money.py"}


def test_only_times_asks_for_the_time() -> None:
    clock = re.compile(r"\b(?:datetime|date|dt)\.(?:now|today|utcnow)$|\btime\.time(?:_ns)?$")
    askers = set()
    for path in MODULES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Attribute) and clock.search(ast.unparse(node)):
                askers.add(place(path))
    assert askers == {"recon/times.py"}


def test_no_float_is_made_where_money_passes() -> None:
    floats = set()
    for path in MODULES:
        if path.relative_to(PACKAGE).parts[0].removesuffix(".py") not in MONEY_STAGES:
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            called = isinstance(node, ast.Call) and ast.unparse(node.func) == "float"
            typed = isinstance(node, ast.Attribute) and node.attr in {"Float32", "Float64", "float64"}
            if called or typed:
                floats.add(f"{place(path)}:{node.lineno}")
    assert floats == set()


def test_no_model_computes_in_floats() -> None:
    types = re.compile(r"\b(?:double|float[48]?|real)\b", re.IGNORECASE)
    comment = re.compile(r"--.*$", re.MULTILINE)
    offenders = {place(path) for path in MODELS if types.search(comment.sub("", path.read_text(encoding="utf-8")))}
    assert offenders == set()


def test_the_score_of_the_demo_shares_no_code_with_recon() -> None:
    assert importers_of("recon", [ROOT / "sample_data" / "score.py"]) == set()


@pytest.mark.parametrize("path", MODULES, ids=place)
def test_a_module_has_a_name_of_its_trade_and_can_be_read_in_one_go(path: Path) -> None:
    assert path.stem not in {"base", "common", "helper", "helpers", "manager", "misc", "shared", "util", "utils"}
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 550
