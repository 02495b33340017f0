"""Speed: recon beside the floor and its peers, what an hour and a day cost in a store that grows, and starting up.

    python benchmarks/speed.py                                      100,000 orders; 30 days; peers; start-up
    python benchmarks/speed.py --sizes 100000,1000000,10000000      the growth of cost with size
    python benchmarks/speed.py --days 30,90,365 --sizes ""          the increment alone
    python benchmarks/speed.py --sizes 20000 --days 5 --orders-per-day 1000 --skip-peers       a look in two minutes
    python benchmarks/speed.py --sizes 10000000 --days "" --memory-limit 4GB --address-space 6  within a limit

Everything runs in processes of its own, the way a user runs it, one after the other. CPU seconds (user and system, as
the kernel counts them for the process) stand beside wall clock, because on a machine that others use wall clock says
little; ratios are made of CPU seconds of one run of this program. The peak is the largest resident set.

**whole** A month of ``sample_data/generate.py``, all books, from the files to the list of differences:

- *floor: text tables* DuckDB reads the month's text tables into a database file, all columns text, nothing checked
- *floor: typed query* a query by hand over two of them (orders, WeChat Pay): numbers, amounts and states compared, seven
  causes told; it knows the answer's shape in advance, keeps no line and no file, and looks at one channel
- *recon ingest / match / classify / export* every stage apart: all files of the month; three legs; causes; csv

**peers** The same two sides for everybody, csv: the orders' payments and the channels', one row a merchant number with
amount, currency and state. Each peer runs in an environment of its own, made for the purpose, and does what it can:
fastrecon (keyed) and datarecon compare two files by key, datacompy two polars frames. None of them keeps rows, reads
bills, knows refunds or carts, or names a cause. recon's figure beside them is the whole of the above.

**increment** A store of N days at ``--orders-per-day`` (``sample_data/days.py``: bills, orders and vouchers of each day
as files of the day) and what arrives then, through ``recon run``: the first day after a full match (which also writes
down what is near, see recon/match/nearby.py), another day, two days at once, an hour, another hour. Beside it what the
same store costs when everything is ingested again, and when everything stored is matched again.

**start-up** ``recon --help``, ``recon status`` and ``recon diffs`` (csv) on the largest store of the run, best of three.
"""

from __future__ import annotations

# ruff: noqa: E501 - the lines of the programs below stay as they would be written by themselves
import argparse
import csv
import json
import os
import platform
import shutil
import sys
import tempfile
import venv
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import duckdb
import polars as pl

ROOT: Final = Path(__file__).resolve().parents[1]
if not __package__:  # run by path: the modules beside this one are imported as benchmarks.*
    sys.path.insert(0, str(ROOT))

from benchmarks.ingest_speed import (  # noqa: E402 - after the path is set
    BARE,
    Cost,
    cost_of,
    recon,
    text_tables,
    workspace,
)

TYPED: Final = """
import sys
import duckdb
connection = duckdb.connect(sys.argv[1], read_only=True)
connection.execute("SET enable_progress_bar = false")
tables = {}
for (name,) in connection.execute("SELECT table_name FROM duckdb_tables()").fetchall():
    columns = [row[0] for row in connection.execute(f"DESCRIBE {name}").fetchall()]
    first = connection.execute(f"SELECT * FROM {name} LIMIT 1").fetchone()
    if "pay_no" in columns:
        tables["orders"] = name
    elif first and any(str(cell).lstrip("\\ufeff") == "交易时间" for cell in first):
        tables.setdefault("wechat", (name, [str(cell).lstrip("\\ufeff") for cell in first]))
name, heads = tables["wechat"]
columns = [row[0] for row in connection.execute(f"DESCRIBE {name}").fetchall()]
at = {head: columns[place] for place, head in enumerate(heads)}
found = connection.execute(f'''
WITH l AS (
    SELECT coalesce(pay_no, order_no) AS number, sum(CAST(amount AS DECIMAL(18, 2))) AS amount, min(status) AS status, count(*) AS n
    FROM {tables["orders"]} WHERE record = 'payment' AND channel = 'wechat' GROUP BY ALL
), r AS (
    SELECT ltrim({at["商户订单号"]}, '`') AS number, sum(CAST(ltrim({at["订单金额"]}, '`') AS DECIMAL(18, 2))) AS amount, count(*) AS n
    FROM {name} WHERE {at["交易状态"]} = '`SUCCESS' GROUP BY ALL
)
SELECT CASE
        WHEN l.number IS NULL THEN 'missing in orders' WHEN r.number IS NULL THEN 'missing at the channel'
        WHEN l.status <> 'success' THEN 'status' WHEN r.n > l.n THEN 'paid twice' WHEN l.n > r.n THEN 'entered twice or cart'
        WHEN abs(l.amount - r.amount) = 0.01 THEN 'one cent' ELSE 'amount'
    END AS cause, count(*)
FROM l FULL JOIN r ON l.number = r.number
WHERE l.number IS NULL OR r.number IS NULL OR l.amount <> r.amount OR l.status <> 'success'
GROUP BY ALL ORDER BY ALL''').fetchall()
print(found)
"""
STAGE: Final = """
import sys
from pathlib import Path
from recon import differences, match
from recon.cli.session import Session
from recon.store.journal import begin_run
session = Session(Path(sys.argv[2]), sys.argv[3])
with session.writing() as store:
    run_id = begin_run(store, sys.argv[1], session.as_of_s)
    if sys.argv[1] == "match":
        match.run(store, session.config.match, run_id=run_id, as_of_s=session.as_of_s)
    elif sys.argv[1] == "classify":
        differences.classify(store, session.config.differences, run_id=run_id, as_of_s=session.as_of_s)
    else:  # forget that anything was matched
        store.run("UPDATE match.progress SET settings = ''")
"""
"""One stage alone: match, classify, or what makes the next match start from nothing."""
SIDES: Final = """
import sys
import duckdb
connection = duckdb.connect(sys.argv[1], read_only=True)
connection.execute("SET enable_progress_bar = false")
for book, path in (("order", sys.argv[2]), ("channel", sys.argv[3])):
    connection.execute(f'''COPY (
        SELECT merchant_no AS number, CAST(sum(amount_minor) AS DECIMAL(18, 0)) * 0.01 AS amount, min(currency) AS currency,
            min(status) AS status
        FROM canon.txn WHERE book = '{book}' AND kind = 'payment' AND merchant_no <> '' GROUP BY merchant_no
    ) TO '{path}' (HEADER)''')
"""
FASTRECON: Final = """
import sys
from fastrecon import compare, CsvFile
print(compare(left=CsvFile(path=sys.argv[1]), right=CsvFile(path=sys.argv[2]), keys=["number"], compare_mode="keyed").summary())
"""
DATACOMPY: Final = """
import sys
import polars as pl
from datacompy import PolarsCompare
print(PolarsCompare(pl.read_csv(sys.argv[1]), pl.read_csv(sys.argv[2]), join_columns=["number"]).report()[:300])
"""
DATARECON: Final = """
import sys
from datarecon import reconcile
print(reconcile(sys.argv[1], sys.argv[2], key="number").summary())
"""
PEERS: Final = {
    "fastrecon": (("fastrecon==0.9.3",), FASTRECON),
    "datacompy (polars)": (("datacompy==1.1.0", "polars"), DATACOMPY),
    "datarecon": (("datarecon==0.1.1",), DATARECON),
}


def table(title: str, heads: tuple[str, ...], rows: list[tuple[object, ...]]) -> None:
    """Print one markdown table; the first column is text, the others are figures."""
    cells = [heads, *(tuple(f"{cell:,.2f}" if isinstance(cell, float) else str(cell) for cell in row) for row in rows)]
    widths = [max(len(row[place]) for row in cells) for place in range(len(heads))]
    print(f"\n{title}\n")
    for number, row in enumerate(cells):
        aligned = [
            row[0].ljust(widths[0]),
            *(cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True)),
        ]
        print(f"| {' | '.join(aligned)} |")
        if not number:
            print(f"|{'|'.join('-' * (width + 1) + (':' if place else '-') for place, width in enumerate(widths))}|")
    sys.stdout.flush()


def machine() -> str:
    """Machine and versions, one line each."""
    model = next(
        (line.partition(":")[2].strip() for line in _lines("/proc/cpuinfo") if line.startswith("model name")), ""
    )
    memory = next((line.split()[1] for line in _lines("/proc/meminfo") if line.startswith("MemTotal")), "0")
    load = " ".join(f"{each:.1f}" for each in os.getloadavg())
    return (
        f"{os.cpu_count()} x {model or platform.processor()}, {int(memory) // 1024**2} GB, {platform.platform()}\n"
        f"Python {platform.python_version()}, DuckDB {duckdb.__version__}, polars {pl.__version__}; "
        f"load average at the start: {load}"
    )


def _lines(path: str) -> list[str]:
    try:
        return Path(path).read_text(encoding="utf-8").splitlines()
    except OSError:
        return []


@dataclass(frozen=True, slots=True)
class Bench:
    """Where the benchmark works and how."""

    folder: Path
    memory_limit: str
    limit_gb: int

    def new_workspace(self, name: str) -> Path:
        """Make a workspace with the accounts of the generated merchant."""
        place = self.folder / name
        workspace(place)
        if self.memory_limit:
            settings = place / "recon.toml"
            text = settings.read_text(encoding="utf-8")
            lines = [line for line in text.splitlines() if not line.lstrip("#").startswith("memory_limit")]
            at = lines.index("[store]") + 1
            settings.write_text("\n".join([*lines[:at], f'memory_limit = "{self.memory_limit}"', *lines[at:], ""]))
        return place

    def recon(self, place: Path, as_of: str, *words: str) -> Cost:
        """Run one command of recon."""
        return cost_of(recon("-w", str(place), "--as-of", as_of, *words), self.folder, limit_gb=self.limit_gb)[1]

    def stage(self, name: str, place: Path, as_of: str) -> Cost:
        """Run one stage alone."""
        command = [sys.executable, "-c", STAGE, name, str(place), as_of]
        return cost_of(command, self.folder, limit_gb=self.limit_gb)[1]


def whole(bench: Bench, orders: int, *, peers: bool) -> Path:
    """Print the table of one size; returns the workspace."""
    month = bench.folder / f"month{orders}"
    script = str(ROOT / "sample_data" / "generate.py")
    command = [sys.executable, script, "--out", str(month), "--orders", str(orders), "--seed", "5"]
    cost_of(command, bench.folder)
    as_of = json.loads((month / "month.json").read_text(encoding="utf-8"))["as_of"]
    bare = bench.folder / "bare.duckdb"
    tables = [str(path) for path in text_tables(month / "inbox", bench.folder)]
    _, floor = cost_of([sys.executable, "-c", BARE, str(bare), *tables], bench.folder)
    _, typed = cost_of([sys.executable, "-c", TYPED, str(bare)], bench.folder)
    bare.unlink()
    shutil.rmtree(bench.folder / "exports", ignore_errors=True)
    place = bench.new_workspace(f"whole{orders}")
    costs = {"floor: text tables": floor, "floor: typed query": typed}
    costs["recon ingest"] = bench.recon(place, as_of, "ingest", str(month / "inbox"))
    for name in ("match", "classify"):
        costs[f"recon {name}"] = bench.stage(name, place, as_of)
    costs["recon export"] = bench.recon(place, as_of, "diffs", "--format", "csv")
    ours = [cost for name, cost in costs.items() if name.startswith("recon")]
    both = floor + typed
    costs["floor, both"] = both
    costs["recon, whole"] = sum(ours[1:], ours[0])
    if peers:
        costs |= beside(bench, place)
    shutil.rmtree(month)
    rows = [(name, one.wall_s, one.cpu_s, f"{one.peak_mb:,.0f}", one.cpu_s / both.cpu_s) for name, one in costs.items()]
    table(f"**{orders:,} orders**", ("stage", "wall s", "CPU s", "peak MB", "x floor"), rows)
    return place


def beside(bench: Bench, place: Path) -> dict[str, Cost]:
    """Run the peers on the two sides of a store, each in its own environment; one that cannot is said to."""
    left, right = bench.folder / "orders.csv", bench.folder / "channel.csv"
    cost_of([sys.executable, "-c", SIDES, str(place / "recon.duckdb"), str(left), str(right)], bench.folder)
    found: dict[str, Cost] = {}
    for number, (name, (packages, code)) in enumerate(PEERS.items()):
        home = bench.folder / f"peer{number}"
        if not home.exists():
            venv.create(home, with_pip=True)
            cost_of([str(home / "bin" / "pip"), "install", "-q", *packages], bench.folder, must=False)
        command = [str(home / "bin" / "python"), "-c", code, str(left), str(right)]
        said, cost = cost_of(command, bench.folder, must=False)
        if not said:
            print((bench.folder / "output.txt").read_text(encoding="utf-8", errors="replace")[-400:], file=sys.stderr)
        found[f"peer: {name}{'' if said else ' (failed)'}"] = cost
    return found


def increment(bench: Bench, days: int, per_day: int) -> Path:
    """Print what arrives costs in a store of ``days`` days; returns the workspace."""
    drops = bench.folder / f"days{days}"
    script = str(ROOT / "sample_data" / "days.py")
    words = ["--days", str(days + 5), "--orders-per-day", str(per_day), "--hours", "2", "--out", str(drops)]
    cost_of([sys.executable, script, *words, "--seed", "7"], bench.folder)
    folders = sorted(path for path in drops.iterdir() if path.is_dir())
    history, (first, second, *pair), hours = folders[:days], folders[days:-2], folders[-2:]
    place = bench.new_workspace(f"grown{days}")

    def moment(folder: Path) -> str:
        return f"{folder.name[:10]}T23:00:00+08:00"

    costs: list[tuple[str, Cost]] = []
    stored = [str(folder) for folder in history]
    ingested = bench.recon(place, moment(history[-1]), "ingest", *stored)
    matched = bench.stage("match", place, moment(history[-1])) + bench.stage("classify", place, moment(history[-1]))
    arrivals = {
        "first day after a full match": [first],
        "one more day": [second],
        "two more days at once": pair,
        "one more hour": hours[:1],
        "another hour": hours[1:],
    }
    for name, folders_in in arrivals.items():
        inbox = place / "inbox"
        shutil.rmtree(inbox, ignore_errors=True)
        for folder in folders_in:
            shutil.copytree(folder, inbox / folder.name)
        costs.append((name, bench.recon(place, moment(folders_in[-1]), "run")))
    bench.stage("forget", place, moment(hours[-1]))
    again = bench.stage("match", place, moment(hours[-1])) + bench.stage("classify", place, moment(hours[-1]))
    counted, _ = cost_of(
        recon("-w", str(place), "sql", "SELECT count(*) AS rows FROM canon.txn", "--format", "csv"), bench.folder
    )
    transactions = next(int(row[0]) for row in csv.reader(counted.splitlines()) if row and row[0].isdigit())
    full = ingested + matched
    rows: list[tuple[object, ...]] = [
        ("everything ingested and matched", full.wall_s, full.cpu_s, f"{full.peak_mb:,.0f}", "", ""),
        ("everything stored matched again", again.wall_s, again.cpu_s, f"{again.peak_mb:,.0f}", "", ""),
        *(
            (name, one.wall_s, one.cpu_s, f"{one.peak_mb:,.0f}", full.cpu_s / one.cpu_s, again.cpu_s / one.cpu_s)
            for name, one in costs
        ),
    ]
    heads = ("what", "wall s", "CPU s", "peak MB", "times cheaper than full", "than matching again")
    table(f"**{days} days at {per_day:,} orders: {transactions:,} transactions at the end**", heads, rows)
    shutil.rmtree(drops)
    return place


def start_up(bench: Bench, place: Path) -> None:
    """Print what starting costs on a store."""
    commands = {
        "python -c pass": [sys.executable, "-c", "pass"],
        "import polars, duckdb": [sys.executable, "-c", "import polars, duckdb"],
        "recon --help": recon("--help"),
        "recon status": recon("-w", str(place), "status"),
        "recon diffs --format csv": recon("-w", str(place), "diffs", "--format", "csv"),
    }
    rows: list[tuple[object, ...]] = []
    for name, command in commands.items():
        best = min((cost_of(command, bench.folder)[1] for _ in range(3)), key=lambda cost: cost.cpu_s)
        rows.append((name, best.wall_s, best.cpu_s, f"{best.peak_mb:,.0f}"))
    table(f"**start-up** on {place.name}, the cheapest of three", ("command", "wall s", "CPU s", "peak MB"), rows)


def numbers(text: str) -> list[int]:
    """Comma-separated numbers; none for a blank text."""
    return [int(each) for each in text.split(",") if each.strip()]


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--sizes", type=numbers, default=[100_000], help="orders a month, joined by commas")
    parser.add_argument("--days", type=numbers, default=[30], help="days stored, joined by commas")
    parser.add_argument("--orders-per-day", type=int, default=5_000)
    parser.add_argument("--skip-peers", action="store_true", help="no other programs (they are installed with pip)")
    parser.add_argument("--memory-limit", default="", help="of the store, for example 4GB; blank: recon's default")
    parser.add_argument("--address-space", type=int, default=0, metavar="GB", help="kill what asks for more")
    given = parser.parse_args()
    print(machine())
    print("command: python benchmarks/speed.py", *sys.argv[1:])
    with tempfile.TemporaryDirectory(prefix="recon-speed-") as name:
        bench = Bench(Path(name), given.memory_limit, given.address_space)
        places = [whole(bench, size, peers=not given.skip_peers) for size in given.sizes]
        places += [increment(bench, days, given.orders_per_day) for days in given.days]
        if places:
            start_up(bench, max(places, key=lambda place: (place / "recon.duckdb").stat().st_size))
    print(f"\nload average at the end: {' '.join(f'{each:.1f}' for each in os.getloadavg())}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
