"""The files that the readers are measured on are what their formats are, and the benchmark measures what it says."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.format_files import DOCUMENTS, TABLES, Format
from benchmarks.format_speed import NAMES
from recon.ingest.writing import counted
from recon.sources import Settings, identify
from recon.sources.piece import Piece

SCRIPT = Path(__file__).resolve().parents[2] / "benchmarks" / "format_speed.py"
ROWS = 84


@pytest.mark.parametrize("known", [*TABLES, *DOCUMENTS], ids=lambda known: known.source)
def test_a_generated_file_is_read_whole_by_its_format_and_agrees_with_itself(known: Format, tmp_path: Path) -> None:
    path = tmp_path / NAMES.get(known.source, "bill.txt")
    known.write(path, ROWS)
    piece = Piece(path.name, path.read_bytes())
    source = identify(piece)
    reading = source.read(piece, Settings())
    counts = counted(path.name, reading)
    assert source.name == known.source
    assert (counts.raw, counts.canon, counts.rejected) == (ROWS, ROWS, 0)
    assert [control for control in reading.controls if not control.ok] == []


def run(*words: str) -> list[list[str]]:
    command = [sys.executable, str(SCRIPT), "--repeat", "1", *words]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in done.stdout.splitlines()]


@pytest.mark.slow
def test_the_command_prints_a_line_a_format() -> None:
    names, _, *lines = run("--rows", "100", "--formats", "unionpay_zm,spdb", "--ingest")
    assert names[:3] == ["format", "MB", "rows"]
    assert [line[0] for line in lines] == ["unionpay_zm", "spdb"]
    assert all(line[2] == "100" for line in lines)


@pytest.mark.slow
def test_the_command_prints_a_line_a_size_of_a_document() -> None:
    names, _, *lines = run("--documents", "--rows", "100")
    assert names[0] == "format"
    assert [line[:2] for line in lines] == [["camt", "100"], ["mt940", "100"]]
