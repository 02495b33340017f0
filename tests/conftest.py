"""What all tests share: golden files that can be rewritten on purpose, and sample files that may be absent.

Markers are registered in pyproject.toml.
"""

from __future__ import annotations

from pathlib import Path

import pytest

SAMPLES = Path(__file__).resolve().parents[2] / "shared" / "samples"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--update-golden",
        action="store_true",
        help="rewrite the golden files with what the program says now; read the diff before you commit it",
    )


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip what reads the public samples where they are not beside the checkout: they may not be copied into it."""
    if SAMPLES.is_dir():
        return
    absent = pytest.mark.skip(reason="no ../shared/samples beside this checkout")
    for item in items:
        if item.get_closest_marker("samples"):
            item.add_marker(absent)


@pytest.fixture
def update_golden(request: pytest.FixtureRequest) -> bool:
    """Whether a golden file that differs is to be rewritten instead of failing the test."""
    return bool(request.config.getoption("--update-golden"))
