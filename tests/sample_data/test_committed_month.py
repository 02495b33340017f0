"""The month in the checkout is what the generator writes today, and it is small."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path

import pytest

from sample_data import generate
from tests.sample_data.unionpay_files import answered

MONTH = Path(__file__).resolve().parents[2] / "sample_data" / "month"


@pytest.fixture(scope="module")
def fresh(tmp_path_factory):
    out = tmp_path_factory.mktemp("fresh")
    facts = json.loads((MONTH / "month.json").read_text("utf-8"))
    generate.main(["--orders", str(facts["orders"]), "--seed", str(facts["seed"]), "--out", str(out)])
    return out


def files(folder: Path) -> set[Path]:
    return {path.relative_to(folder) for path in folder.rglob("*") if path.is_file()}


def contents(path: Path) -> object:
    """Bytes, but of a zip (or an answer with one in it) its members: zlibs squeeze differently."""
    if path.suffix != ".zip" and not path.name.endswith(".answer.txt"):
        return path.read_bytes()
    data = path.read_bytes()
    with zipfile.ZipFile(io.BytesIO(data if path.suffix == ".zip" else answered(data))) as bundle:
        return {name: bundle.read(name) for name in bundle.namelist()}


def test_the_committed_month_is_what_the_generator_writes(fresh):
    assert files(MONTH) == files(fresh)
    for path in sorted(files(MONTH)):
        if path.parts[0] != "proofs":  # pictures, too, are squeezed by the machine's libraries
            assert contents(MONTH / path) == contents(fresh / path), path


def test_the_committed_month_is_small():
    assert sum((MONTH / path).stat().st_size for path in files(MONTH)) < 2_000_000
