"""Speed of each format's reader beside a bare read of the same bytes, on generated files (``format_files.py``).

    python benchmarks/format_speed.py                                  1,000,000 rows of each table, the best of 3
    python benchmarks/format_speed.py --rows 100000 --repeat 1 --formats alipay_trade,orders
    python benchmarks/format_speed.py --documents                      camt and MT940: seconds, and memory as files grow
    python benchmarks/format_speed.py --ingest --formats wechat_trade  the whole of ``recon ingest`` as well

A reader is measured alone: from the file on the disk to its finished ``Reading`` (every cell as printed with its line,
canonical rows with exact money and times, rejects, the totals that the file prints recomputed). Nothing is stored,
unless ``--ingest`` asks for a run of the command into a new workspace. Each measurement is a process of its own; the
clock starts when the program's modules are loaded.

The bare read is DuckDB's ``read_csv`` of the same bytes into a table in memory, every column as text, nothing checked
or typed. Where the file is GB18030, turning it into UTF-8 counts (in Python, in one go; writing the result for DuckDB
does not). A file of fixed width is read by lines and cut into its 42 fields by ``substring``.

``x bare`` is the ratio of wall clock, ``x cpu`` that of processor time: other work on the machine only ever adds, to
the first more than to the second. With ``--repeat`` the best of each counts; bare reads and readers take turns.

For documents there is no bare reader of their kind. The memory is the largest resident set beyond that of the loaded
program, for files of 10,000, 100,000 and 1,000,000 entries: what grows is the reading itself (``reading MB``: the
finished frames), and what is needed to get there beyond it should not.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import resource
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

ROOT: Final = Path(__file__).resolve().parents[1]
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))

import duckdb  # noqa: E402 - the checkout must be found first

from benchmarks.format_files import DOCUMENTS, TABLES, Format  # noqa: E402
from recon.ingest.opening import opened  # noqa: E402
from recon.ingest.writing import counted  # noqa: E402
from recon.sources import Reading, Settings, by_name, discover  # noqa: E402
from recon.sources.unionpay_zm import FIELDS  # noqa: E402

SIZES: Final = (10_000, 100_000, 1_000_000)
FORMATS: Final = {known.source: known for known in (*TABLES, *DOCUMENTS)}
NAMES: Final = {
    "unionpay_zm": "INN26020388ZM_898319849000018",
    "wechat_funds": "1900012345基本账户2026-02-01_2026-02-28.csv",
}
"""Names of files that say what their content does not: a day, an account."""


@dataclass(frozen=True, slots=True)
class Measured:
    """One read: rows, seconds of wall clock and of processor time, megabytes beyond the loaded program."""

    rows: int
    seconds: float
    cpu_s: float
    peak_mb: float
    result_mb: float = 0.0
    """Size of what came out, where it is known."""


# -- in a process of its own ---------------------------------------------------------------------------------------


class Clock:
    """Seconds since it was started, but for those while it was stopped."""

    def __init__(self) -> None:
        self.before_mb = _peak_mb()
        self.wall, self.cpu = -time.perf_counter(), -time.process_time()

    def stop(self) -> None:
        """Count no more."""
        self.wall += time.perf_counter()
        self.cpu += time.process_time()

    def go_on(self) -> None:
        """Count again."""
        self.wall -= time.perf_counter()
        self.cpu -= time.process_time()

    def tell(self, rows: int, result_mb: float = 0.0) -> None:
        """Print what was counted until it was stopped."""
        found = {"rows": rows, "seconds": self.wall, "cpu_s": self.cpu, "peak_mb": _peak_mb() - self.before_mb}
        print(json.dumps(found | {"result_mb": result_mb}))


def _peak_mb() -> float:
    """Largest resident set; on Linux that of the program alone, not of the process that started it."""
    status = Path("/proc/self/status")
    if status.exists():
        return int(re.findall(r"VmHWM:\s*(\d+)", status.read_text(encoding="ascii"))[0]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1024**2 if sys.platform == "darwin" else 1024)


def read(source: str, path: Path) -> None:
    """Read the file with its format and print what it took. Ends the program if the file is not read as it should."""
    discover()
    format_ = by_name(source)
    clock = Clock()
    (piece,) = opened([path], max_file_bytes=2**40)
    if isinstance(piece, Exception):
        sys.exit(str(piece))
    reading = format_.read(piece, Settings())
    clock.stop()
    counts = counted(path.name, reading)
    odd = [control for control in reading.controls if not control.ok]
    if not format_.identify(piece) or counts.rejected or odd or not counts.canon:
        sys.exit(f"{source} does not read its own benchmark: {counts}, {odd[:3]}, {reading.rejects.head(3).to_dicts()}")
    clock.tell(counts.raw, _size_mb(reading))


def _size_mb(reading: Reading) -> float:
    frames = (reading.raw, reading.txns, reading.vouchers)
    return sum(frame.estimated_size("mb") for frame in frames if frame is not None)


def bare(source: str, path: Path) -> None:
    """Read the file with DuckDB, all cells as text, and print what it took."""
    known = FORMATS[source]
    connection = duckdb.connect()
    clock = Clock()
    if known.encoding != "utf-8":
        text = path.read_bytes().decode(known.encoding).encode()
        clock.stop()
        path = path.with_suffix(".utf8")
        path.write_bytes(text)
        del text
        clock.go_on()
    if known.columns:
        columns = {f"c{number}": "VARCHAR" for number in range(known.columns)}
        given = {"path": str(path), "columns": columns, "skip": known.skip, "quote": known.quote}
        connection.execute(
            "CREATE TABLE t AS SELECT * FROM read_csv($path, columns = $columns, skip = $skip, quote = $quote, "
            "escape = $quote, delim = ',', header = false, auto_detect = false, null_padding = true, "
            "strict_mode = false)",
            given,
        )
    else:
        cuts, start = [], 1
        for number, (_, length) in enumerate(FIELDS):
            cuts.append(f"substring(line, {start}, {length}) AS c{number}")
            start += length + 1
        connection.execute(
            f"CREATE TABLE t AS SELECT {', '.join(cuts)} FROM read_csv($path, columns = {{'line': 'VARCHAR'}}, "  # noqa: S608 - numbers of our own
            "delim = chr(1), quote = '', escape = '', header = false, auto_detect = false)",
            {"path": str(path)},
        )
    clock.stop()
    found = connection.execute("SELECT count(*) FROM t").fetchone()
    clock.tell(found[0] if found else 0)


# -- the tables ----------------------------------------------------------------------------------------------------


def measured(what: str, source: str, path: Path) -> Measured:
    """Run one read in a process of its own."""
    command = [sys.executable, __file__, "--child", what, source, str(path)]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, capture_output=True, text=True, env=environment, check=False)  # noqa: S603
    if done.returncode:
        sys.exit(f"{what} {source} ended with {done.returncode}:\n{done.stderr[-2000:]}")
    said: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return Measured(**said)


def ingested(path: Path) -> float:
    """Seconds of wall clock of ``recon ingest`` of the file into a new workspace, starting Python included."""
    with tempfile.TemporaryDirectory(prefix="format-speed-") as folder:
        recon = [sys.executable, "-m", "recon"]
        environment = os.environ | {"PYTHONPATH": str(ROOT)}
        subprocess.run([*recon, "init", folder], capture_output=True, env=environment, check=True)  # noqa: S603
        start = time.perf_counter()
        command = [*recon, "-w", folder, "ingest", str(path)]
        done = subprocess.run(command, capture_output=True, text=True, env=environment, check=False)  # noqa: S603
        if done.returncode:
            sys.exit(f"recon ingest {path.name} ended with {done.returncode}:\n{done.stderr[-2000:]}")
        return time.perf_counter() - start


def best(runs: list[Measured]) -> Measured:
    """Least of each figure."""
    least = (min(getattr(run, name) for run in runs) for name in ("seconds", "cpu_s", "peak_mb"))
    return Measured(runs[0].rows, *least, runs[0].result_mb)


def written(folder: Path, known: Format, rows: int) -> Path:
    """Write the file; returns its path."""
    path = folder / NAMES.get(known.source, f"{known.source}.txt")
    known.write(path, rows)
    return path


def tables(folder: Path, chosen: list[Format], rows: int, repeat: int, *, ingest: bool) -> None:
    """Print the table of the formats that are tables."""
    extra = "| ingest s " if ingest else ""
    names = "| format         |      MB |      rows |  bare s | reader s |    rows/s | x bare | x cpu | reader MB "
    names += f"{extra}|"
    print(names)
    print(re.sub("[^|]", "-", names))
    for known in chosen:
        path = written(folder, known, rows)
        runs = [(measured("bare", known.source, path), measured("read", known.source, path)) for _ in range(repeat)]
        floor, reader = best([run[0] for run in runs]), best([run[1] for run in runs])
        stored = f"| {ingested(path):>8.1f} " if ingest else ""
        print(
            f"| {known.source:<14} | {path.stat().st_size / 1e6:>7,.0f} | {reader.rows:>9,} | {floor.seconds:>7.2f} "
            f"| {reader.seconds:>8.2f} | {reader.rows / reader.seconds:>9,.0f} "
            f"| {reader.seconds / floor.seconds:>6.2f} | {reader.cpu_s / floor.cpu_s:>5.2f} | {reader.peak_mb:>9,.0f} "
            f"{stored}|",
            flush=True,
        )
        for file in folder.iterdir():
            file.unlink()


def documents(folder: Path, chosen: list[Format], sizes: list[int], repeat: int) -> None:
    """Print seconds and memory of camt and MT940."""
    print("| format |   entries |      MB | seconds | cpu s | entries/s | memory MB | reading MB |")
    print("|--------|----------:|--------:|--------:|------:|----------:|----------:|-----------:|")
    for known in chosen:
        for rows in sizes:
            path = written(folder, known, rows)
            found = best([measured("read", known.source, path) for _ in range(repeat)])
            print(
                f"| {known.source:<6} | {rows:>9,} | {path.stat().st_size / 1e6:>7,.0f} | {found.seconds:>7.2f} "
                f"| {found.cpu_s:>5.2f} | {found.rows / found.seconds:>9,.0f} | {found.peak_mb:>9,.0f} "
                f"| {found.result_mb:>10,.0f} |",
                flush=True,
            )
            path.unlink()


def main() -> None:
    """Measure what the command line asks for."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("--rows", type=int, default=0, help="rows of each file; 1,000,000, and several for documents")
    parser.add_argument("--repeat", type=int, default=3, help="runs of each measurement, the best of which counts")
    parser.add_argument("--formats", default="", help="joined by commas; all of them")
    parser.add_argument("--documents", action="store_true", help="camt and MT940 instead of the tables")
    parser.add_argument("--ingest", action="store_true", help="run recon ingest on each file as well")
    parser.add_argument("--child", nargs=3, metavar=("WHAT", "SOURCE", "PATH"), help=argparse.SUPPRESS)
    said = parser.parse_args()
    if said.child:
        what, source, path = said.child
        {"read": read, "bare": bare}[what](source, Path(path))
        return
    chosen = list(DOCUMENTS if said.documents else TABLES)
    if wanted := [name for name in said.formats.split(",") if name]:
        if unknown := set(wanted) - {known.source for known in chosen}:
            sys.exit(f"no such format here: {', '.join(sorted(unknown))}")
        chosen = [known for known in chosen if known.source in wanted]
    with tempfile.TemporaryDirectory(prefix="format-speed-") as folder:
        if said.documents:
            documents(Path(folder), chosen, [said.rows] if said.rows else list(SIZES), said.repeat)
        else:
            tables(Path(folder), chosen, said.rows or 1_000_000, said.repeat, ingest=said.ingest)


if __name__ == "__main__":
    main()
