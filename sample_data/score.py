"""Compare the truth of a generated month with what the program found.

    recon diffs --format csv > diffs.csv
    python sample_data/score.py month/truth.csv diffs.csv [--strict] [--list 50]

A row of the truth is *found* when a difference has the same leg and code and, of order_no, reference and batch_no,
every one that the truth fills. Each difference serves one row only, and the assignment is as large as it can be; among
equals, the one with the same amount is taken. What no row takes is *false*. Nothing of the program is imported here.

The last line is ``planted N, found N, missed M, false F``. With ``--strict`` the exit code is 1 when anything is missed
or false.
"""

from __future__ import annotations

import argparse
import csv
import sys
from collections import defaultdict, deque
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

KEYS: Final = ("order_no", "reference", "batch_no")
Row = dict[str, str]


@dataclass(frozen=True, slots=True)
class Score:
    """What was planted and what became of it: pairs (truth, difference), truth rows missed, differences too many."""

    found: list[tuple[Row, Row]]
    missed: list[Row]
    false: list[Row]

    @property
    def planted(self) -> int:
        """Rows of the truth."""
        return len(self.found) + len(self.missed)

    @property
    def other_amount(self) -> list[tuple[Row, Row]]:
        """Pairs that were found but whose amounts differ; they count as found."""
        return [(truth, diff) for truth, diff in self.found if _minor(truth["amount"]) != _minor(diff["delta_minor"])]

    @property
    def line(self) -> str:
        """The one line others read."""
        counts = (self.planted, len(self.found), len(self.missed), len(self.false))
        return "planted {}, found {}, missed {}, false {}".format(*counts)


def score(truth_path: Path, diffs_path: Path) -> Score:
    """Score two files. Raises KeyError when one of them lacks a column, ValueError when an amount is no integer."""
    truth = defaultdict(list)
    diffs = defaultdict(list)
    for row in _read(truth_path, ("leg", "code", *KEYS, "amount")):
        truth[row["leg"], row["code"]].append(row)
    for row in _read(diffs_path, ("leg", "code", *KEYS, "delta_minor")):
        diffs[row["leg"], row["code"]].append(row)
    found: list[tuple[Row, Row]] = []
    missed: list[Row] = []
    false: list[Row] = []
    for kind in sorted(truth.keys() | diffs.keys()):
        planted, shown = truth[kind], diffs[kind]
        taken = _assign(planted, shown)
        found += [(planted[row], shown[diff]) for diff, row in sorted(taken.items())]
        served = set(taken.values())
        missed += [row for number, row in enumerate(planted) if number not in served]
        false += [diff for number, diff in enumerate(shown) if number not in taken]
    return Score(found, missed, false)


def _read(path: Path, columns: tuple[str, ...]) -> list[Row]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.DictReader(file)
        absent = set(columns) - set(reader.fieldnames or ())
        if absent:
            raise KeyError(f"{path}: no column {', '.join(sorted(absent))}")
        return list(reader)


def _minor(text: str) -> int:
    return int(text or "0")


def _assign(planted: list[Row], shown: list[Row]) -> dict[int, int]:
    """Largest one-to-one assignment, shown -> planted, by index (augmenting paths, without recursion)."""
    able = _candidates(planted, shown)
    taken: dict[int, int] = {}
    serves: dict[int, int] = {}
    for start in sorted(range(len(planted)), key=lambda row: len(able[row])):
        came_from: dict[int, int] = {}
        queue = deque([start])
        free = None
        while queue and free is None:
            row = queue.popleft()
            for diff in able[row]:
                if diff in came_from:
                    continue
                came_from[diff] = row
                if diff not in taken:
                    free = diff
                    break
                queue.append(taken[diff])
        while free is not None:
            row = came_from[free]
            taken[free] = row
            serves[row], free = free, serves.get(row)
    return taken


def _candidates(planted: list[Row], shown: list[Row]) -> list[list[int]]:
    """For each planted row the shown ones with its keys, those with its amount first."""
    at: dict[tuple[str, str], list[int]] = defaultdict(list)
    for number, diff in enumerate(shown):
        for key in KEYS:
            at[key, diff[key]].append(number)
    able = []
    for row in planted:
        filled = [key for key in KEYS if row[key]]
        near: Iterable[int] = at[filled[0], row[filled[0]]] if filled else range(len(shown))
        same = [diff for diff in near if all(shown[diff][key] == row[key] for key in filled)]
        amount = _minor(row["amount"])
        able.append(sorted(same, key=lambda diff: _minor(shown[diff]["delta_minor"]) != amount))
    return able


def table(result: Score) -> str:
    """Planted, found, missed and false per leg and code."""
    counts: dict[tuple[str, str], list[int]] = defaultdict(lambda: [0, 0, 0, 0])
    for columns, rows in (
        ((0, 1), [truth for truth, _ in result.found]),
        ((0, 2), result.missed),
        ((3,), result.false),
    ):
        for row in rows:
            for column in columns:
                counts[row["leg"], row["code"]][column] += 1
    lines = [f"{'leg':<16}{'code':<26}{'planted':>8}{'found':>8}{'missed':>8}{'false':>8}"]
    lines += [f"{leg:<16}{code:<26}" + "".join(f"{n:>8}" for n in row) for (leg, code), row in sorted(counts.items())]
    return "\n".join(lines)


def _listed(title: str, rows: list[Row], amount: str, limit: int) -> list[str]:
    words = ([row["leg"], row["code"], *(row[key] or "-" for key in KEYS), row[amount] or "0"] for row in rows[:limit])
    head = [f"\n{title}:"] if rows else []
    tail = [f"  ... and {len(rows) - limit} more"] if len(rows) > limit else []
    return [*head, *("  " + " ".join(row) for row in words), *tail]


def main(arguments: list[str] | None = None) -> int:
    """Print the table, what was missed, what is false, and the one line."""
    parser = argparse.ArgumentParser(description="Compare truth.csv with the output of recon diffs --format csv.")
    parser.add_argument("truth", type=Path)
    parser.add_argument("diffs", type=Path)
    parser.add_argument("--strict", action="store_true", help="exit code 1 when anything is missed or false")
    parser.add_argument("--list", type=int, default=50, metavar="N", help="show at most N missed and N false rows")
    given = parser.parse_args(arguments)
    result = score(given.truth, given.diffs)
    print(table(result))
    other = [{**truth, "delta_minor": diff["delta_minor"]} for truth, diff in result.other_amount]
    for line in (
        *_listed("missed", result.missed, "amount", given.list),
        *_listed("false", result.false, "delta_minor", given.list),
        *_listed("found with another amount (counted as found)", other, "delta_minor", given.list),
    ):
        print(line)
    print(result.line)
    return 1 if given.strict and (result.missed or result.false) else 0


if __name__ == "__main__":
    sys.exit(main())
