"""The one-cent benchmark, small, through the command line: no misfire at a tolerance of nothing and of one fen."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).resolve().parents[2] / "benchmarks" / "one_cent.py"


@pytest.mark.slow
def test_pairs_one_fen_apart_and_equal_ones_are_told_apart() -> None:
    command = [sys.executable, str(SCRIPT), "--pairs", "2000", "--seed", "7", "--strict"]
    done = subprocess.run(command, capture_output=True, check=False, encoding="utf-8")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "tolerance 0: 8,040 comparisons, 4,040 to list, 4,040 listed; misfires 0" in done.stdout
    assert "tolerance 1: 8,040 comparisons, 40 to list, 40 listed; misfires 0" in done.stdout
