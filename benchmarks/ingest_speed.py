"""Speed: a generated month through ``recon ingest`` and ``recon match``, beside a bare read of the same text files.

    python benchmarks/ingest_speed.py                       100,000 orders
    python benchmarks/ingest_speed.py --orders 1000000 --seed 5 --repeat 3
    python benchmarks/ingest_speed.py --month DIR           a month that ``sample_data/generate.py`` wrote before

One table comes out, a line a stage: rows, seconds, rows per second, peak memory, and seconds as a multiple of the bare
read. Each stage runs in a process of its own, the way a user runs it, so that its seconds include starting Python and
its peak (the child's largest resident set) is its own. With ``--repeat`` the fastest of the runs counts, stage by
stage: other work on the machine only ever adds.

The bare read is DuckDB's ``read_csv`` into tables of a database file, all columns as text, nothing checked, typed or
identified: the least that any program does that keeps what the files say. It reads the text files of the inbox that are
tables (orders, shipments, vouchers, WeChat Pay; Alipay's zips, of trades and of the account, are unpacked and turned
into UTF-8 before the clock starts); ``recon`` reads these and the fixed-width, PayPal and bank files as well.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import tomllib
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[1]
ACCOUNTS: Final = {"1012.01": "alipay", "1012.02": "wechat", "1012.03": "unionpay", "1012.04": "paypal"}
TABLES: Final = ("**/orders*.csv", "**/shipments*.csv", "**/vouchers*.csv", "**/1900012345*.csv")
BARE: Final = """
import sys
import duckdb
connection = duckdb.connect(sys.argv[1])
connection.execute("SET enable_progress_bar = false")  # it would stand in what is printed
rows = 0
for number, path in enumerate(sys.argv[2:]):
    # WeChat Pay and Alipay end with lines of another width; padding takes them as they are.
    connection.execute(
        f"CREATE TABLE t{number} AS SELECT * FROM read_csv($path, all_varchar = true, header = false, delim = ',', "
        "null_padding = true, strict_mode = false, ignore_errors = true, parallel = false)"
        if not path.rpartition("/")[2].startswith(("orders", "shipments", "vouchers"))
        else f"CREATE TABLE t{number} AS SELECT * FROM read_csv($path, all_varchar = true)",
        {"path": path},
    )
    rows += connection.execute(f"SELECT count(*) FROM t{number}").fetchone()[0]
connection.close()
print(rows)
"""
MEASURE: Final = """
import json, os, resource, sys, time
report, limit_gb, *command = sys.argv[1:]
started = time.perf_counter()
child = os.fork()
if not child:
    if int(limit_gb):
        resource.setrlimit(resource.RLIMIT_AS, (int(limit_gb) * 1024**3,) * 2)
    try:
        os.execvp(command[0], command)
    finally:
        os._exit(127)
_, status, usage = os.wait4(child, 0)
wall = time.perf_counter() - started
unit = 1024**2 if sys.platform == "darwin" else 1024
cost = [os.waitstatus_to_exitcode(status), wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / unit]
with open(report, "w", encoding="utf-8") as out:
    json.dump(cost, out)
"""
"""The kernel counts as a process's peak what its parent held when it was started; so a small one stands between."""
COUNT: Final = "SELECT coalesce(sum(rows_raw), 0) AS rows FROM meta.file"


@dataclass(frozen=True, slots=True)
class Measured:
    """One stage: records read, seconds of wall clock, peak resident set of its process."""

    stage: str
    rows: int
    seconds: float
    peak_mb: float


@dataclass(frozen=True, slots=True)
class Cost:
    """What one process took: wall clock and CPU seconds, and its largest resident set."""

    wall_s: float
    cpu_s: float
    peak_mb: float

    def __add__(self, other: Cost) -> Cost:
        return Cost(self.wall_s + other.wall_s, self.cpu_s + other.cpu_s, max(self.peak_mb, other.peak_mb))


def cost_of(command: list[str], folder: Path, *, limit_gb: int = 0, must: bool = True) -> tuple[str, Cost]:
    """Run a command; returns what it printed and what it took. Ends the program when it fails and ``must``."""
    output, report = folder / "output.txt", folder / "cost.json"
    with output.open("wb") as out:
        measuring = [sys.executable, "-I", "-S", "-c", MEASURE, str(report), str(limit_gb), *command]
        subprocess.run(measuring, stdout=out, stderr=subprocess.STDOUT, env=_environment(), check=True)  # noqa: S603 - our own words
    text = output.read_text(encoding="utf-8", errors="replace")
    code, *cost = json.loads(report.read_text(encoding="utf-8"))
    if code and must:
        sys.exit(f"{' '.join(command[:6])} ... ended with {code}:\n{text[-2000:]}")
    return text if not code else "", Cost(*cost)


def _environment() -> dict[str, str]:
    """As where recon is installed: modules are compiled once, at the latest by the first run, not by each."""
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return kept | {"PYTHONPATH": str(ROOT)}


def recon(*words: str) -> list[str]:
    """Command line of this checkout's own recon."""
    return [sys.executable, "-m", "recon", *words]


def workspace(folder: Path) -> None:
    """Make a workspace with the accounts of the generated merchant."""
    cost_of(recon("init", str(folder)), folder.parent)
    settings = folder / "recon.toml"
    text = settings.read_text(encoding="utf-8")
    stated = tomllib.loads(text).get("ledger", {}).get("accounts", {})
    head, section, tail = text.partition("[ledger.accounts]\n")
    if not section:
        sys.exit("recon.toml has no [ledger.accounts]: the benchmark no longer fits the program")
    missing = "".join(f'"{code}" = "{channel}"\n' for code, channel in ACCOUNTS.items() if code not in stated)
    settings.write_text(head + section + missing + tail, encoding="utf-8")


def text_tables(inbox: Path, folder: Path) -> list[Path]:
    """Text files that a bare reader can read: those of the inbox, and the members of Alipay's zips as UTF-8.

    ``inbox`` is a month's (``generate.py``) or has a folder a day (``days.py``).
    """
    found = [path for pattern in TABLES for path in sorted(inbox.glob(pattern))]
    exports = folder / "exports"
    exports.mkdir(exist_ok=True)
    for packed in sorted(inbox.glob("**/*2088*.zip")):
        with zipfile.ZipFile(packed) as archive:
            for number, member in enumerate(archive.infolist()):
                target = exports / f"{packed.parent.name}_{packed.stem}_{number}.csv"
                target.write_bytes(archive.read(member).decode("gb18030").encode())
                found.append(target)
    return found


def measured(month: Path, folder: Path) -> list[Measured]:
    """Measure the three stages once, each on fresh files."""
    facts = json.loads((month / "month.json").read_text(encoding="utf-8"))
    tables = text_tables(month / "inbox", folder)
    bare = folder / "bare.duckdb"
    text, cost = cost_of([sys.executable, "-c", BARE, str(bare), *map(str, tables)], folder)
    stages = [Measured("duckdb read_csv, all text", int(text.split()[0]), cost.wall_s, cost.peak_mb)]
    bare.unlink()
    place = folder / "workspace"
    workspace(place)
    options = ["-w", str(place), "--as-of", facts["as_of"]]
    costs = {}
    for name, words in (("ingest", ["ingest", str(month / "inbox")]), ("match", ["match"])):
        _, costs[name] = cost_of(recon(*options, *words), folder)
    listed, _ = cost_of(recon("-w", str(place), "sql", COUNT, "--format", "csv"), folder)
    rows = next(int(word) for word in reversed(listed.split()) if word.isdigit())
    stages += [Measured(f"recon {name}", rows, cost.wall_s, cost.peak_mb) for name, cost in costs.items()]
    return stages


def main() -> int:
    """Generate, measure, print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--orders", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=5)
    parser.add_argument("--month", type=Path, help="a month that is there already")
    parser.add_argument("--repeat", type=int, default=1, help="runs; the fastest counts")
    given = parser.parse_args()
    best: dict[str, Measured] = {}
    with tempfile.TemporaryDirectory(prefix="recon-speed-") as name:
        folder = Path(name)
        month = given.month or folder / "month"
        if not given.month:
            generate = [sys.executable, str(ROOT / "sample_data" / "generate.py"), "--out", str(month)]
            cost_of([*generate, "--orders", str(given.orders), "--seed", str(given.seed)], folder)
        for number in range(given.repeat):
            run = folder / f"run{number}"
            run.mkdir()
            for stage in measured(month, run):
                kept = best.setdefault(stage.stage, stage)
                best[stage.stage] = min(kept, stage, key=lambda one: one.seconds)
    floor = next(iter(best.values())).seconds
    print(f"| {'stage':26} | {'rows':>11} | {'seconds':>8} | {'rows/s':>9} | {'peak MB':>8} | {'x bare':>6} |")
    print(f"|{'-' * 28}|{'-' * 12}:|{'-' * 9}:|{'-' * 10}:|{'-' * 9}:|{'-' * 7}:|")
    for stage in best.values():
        speed, ratio = stage.rows / stage.seconds, stage.seconds / floor
        print(
            f"| {stage.stage:26} | {stage.rows:11,} | {stage.seconds:8.1f} | {speed:9,.0f} | {stage.peak_mb:8,.0f} "
            f"| {ratio:6.2f} |"
        )
    return 0


if __name__ == "__main__":
    sys.exit(main())
