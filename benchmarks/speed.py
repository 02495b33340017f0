"""Speed: recon beside the floor and its peers, what an hour and a day cost in a store that grows, and starting up.

    python benchmarks/speed.py                                  100,000 orders; 30 days; peers; start-up
    python benchmarks/speed.py --sizes 100000,1000000 --daily 1000000,10000000 --days 30,90,365      all
    python benchmarks/speed.py --days 30,90,365 --sizes ""      the increment alone
    python benchmarks/speed.py --sizes 20000 --days 5 --orders-per-day 1000 --skip-peers      a look in two minutes
    python benchmarks/speed.py --sizes "" --days "" --daily 10000000 --memory-limit 2GB      another limit of the store

Everything runs in processes of its own, the way a user runs it, one after the other. CPU seconds (user and system, as
the kernel counts them for the process) stand beside wall clock, because on a machine that others use wall clock says
little; ratios are made of CPU seconds of one run of this program. The peak is the largest resident set.

**whole** (``--sizes``) A month of ``sample_data/generate.py``, all books, from the files to the list of differences:

- *floor: text tables* DuckDB reads the month's text tables into a database file, all columns text, nothing checked
- *floor: typed query* a query by hand over two of them (orders, WeChat Pay): numbers, amounts and states compared,
  seven causes told; it knows the answer's shape in advance, keeps no line and no file, and looks at one channel
- *recon ingest / match / classify / export* every stage apart: all files of the month; three legs; causes; csv

**daily** (``--daily``) The same where the month comes as the files of 28 days (``sample_data/days.py``), as channels
issue the bills of a merchant of that size; then what more costs in that store: days and hours of ``--orders-per-day``,
through ``recon run``.

**peers** The same two sides for everybody, csv: the orders' payments and the channels', one row a merchant number with
amount, currency and state. Each peer runs in an environment of its own, made for the purpose, and does what it can:
fastrecon (keyed) and datarecon compare two files by key, datacompy two polars frames. None of them keeps rows, reads
bills, knows refunds or carts, or names a cause. recon's figure beside them is the whole of the above.

**increment** (``--days``) A store of N days at ``--orders-per-day`` (bills, orders and vouchers of each day as files of
the day) and what arrives then, through ``recon run``: the first day after a full match (which also writes down what is
near, see recon/match/nearby.py), another day, two days at once, an hour, another hour, two hours at once. Beside it
what the same store costs when everything is ingested again, and when everything stored is matched again; and how many
rows of matches, members, open rows and differences the two ways to the same store have apart.

**start-up** ``recon --help``, ``recon status`` and ``recon diffs`` (csv) on the largest store of a month and the
largest that grew, the cheapest of three runs.
"""

from __future__ import annotations

import argparse
import csv
import datetime as dt
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
from benchmarks.speed_programs import APART, PEERS, SIDES, STAGE, TYPED  # noqa: E402

START: Final = dt.date(2025, 1, 1)
WEEKS: Final = 4
VOUCHERS: Final = 10_000_000
"""More than a week has."""


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

    def generate(self, script: str, out: Path, *words: str) -> None:
        """Run a generator of ``sample_data``."""
        print(f"{out.name} ...", file=sys.stderr, flush=True)
        cost_of([sys.executable, str(ROOT / "sample_data" / script), "--out", str(out), *words], self.folder)

    def recon(self, place: Path, as_of: str, *words: str) -> Cost:
        """Run one command of recon."""
        return cost_of(recon("-w", str(place), "--as-of", as_of, *words), self.folder, limit_gb=self.limit_gb)[1]

    def stage(self, name: str, place: Path, as_of: str) -> Cost:
        """Run one stage alone."""
        command = [sys.executable, "-c", STAGE, name, str(place), as_of]
        return cost_of(command, self.folder, limit_gb=self.limit_gb)[1]


def whole(bench: Bench, orders: int, *, peers: bool) -> Path:
    """Print the table of one month; returns the workspace."""
    month = bench.folder / f"month{orders}"
    bench.generate("generate.py", month, "--orders", str(orders), "--seed", "5")
    as_of = json.loads((month / "month.json").read_text(encoding="utf-8"))["as_of"]
    place = bench.new_workspace(f"month{orders}.workspace")
    costs = stages(bench, place, month / "inbox", as_of)
    if peers:
        costs |= beside(bench, place)
    shutil.rmtree(month)
    show_stages(f"**{orders:,} orders, the files of a month**", costs)
    return place


def daily(bench: Bench, orders: int, per_day: int) -> Path:
    """Print the table of a month that came as the files of 28 days, and what more costs then; returns the workspace.

    The generator holds what it draws in memory; a week at a time is what it can of the largest.
    """
    drops = bench.folder / f"daily{orders}"
    for week in range(WEEKS):
        of_week = ["--days", "7", "--orders-per-day", str(orders // (7 * WEEKS)), "--seed", str(7 + week)]
        of_week += ["--first", str(START + dt.timedelta(weeks=week)), "--first-voucher", str(week * VOUCHERS + 1)]
        bench.generate("days.py", drops, *of_week)
    after = START + dt.timedelta(weeks=WEEKS)
    place = bench.new_workspace(f"daily{orders}.workspace")
    costs = stages(bench, place, drops, moment(after - dt.timedelta(days=1)))
    shutil.rmtree(drops)
    show_stages(f"**{orders:,} orders, the files of {7 * WEEKS} days**", costs)
    more = bench.folder / f"more{orders}"
    few = ["--days", "5", "--orders-per-day", str(per_day), "--hours", "4", "--seed", "11"]
    bench.generate("days.py", more, *few, "--first", str(after), "--first-voucher", str(WEEKS * VOUCHERS + 1))
    arrived = arrivals(bench, place, sorted(more.iterdir()))
    shutil.rmtree(more)
    matched = costs["recon match"] + costs["recon classify"]
    show_arrivals(
        f"**more, on {transactions(bench, place)} transactions**", costs["recon ingest"] + matched, matched, arrived
    )
    return place


def stages(bench: Bench, place: Path, inbox: Path, as_of: str) -> dict[str, Cost]:
    """Measure the floor and every stage of recon on the files of ``inbox``."""
    bare = bench.folder / "bare.duckdb"
    tables = [str(path) for path in text_tables(inbox, bench.folder)]
    _, floor = cost_of([sys.executable, "-c", BARE, str(bare), *tables], bench.folder)
    _, typed = cost_of([sys.executable, "-c", TYPED, str(bare)], bench.folder)
    bare.unlink()
    shutil.rmtree(bench.folder / "exports", ignore_errors=True)
    costs = {"floor: text tables": floor, "floor: typed query": typed}
    costs["recon ingest"] = bench.recon(place, as_of, "ingest", str(inbox))
    for name in ("match", "classify"):
        costs[f"recon {name}"] = bench.stage(name, place, as_of)
    costs["recon export"] = bench.recon(place, as_of, "diffs", "--format", "csv")
    ours = [cost for name, cost in costs.items() if name.startswith("recon")]
    return costs | {"floor, both": floor + typed, "recon, whole": sum(ours[1:], ours[0])}


def show_stages(title: str, costs: dict[str, Cost]) -> None:
    """Print stages and their multiples of the floor."""
    both = costs["floor, both"].cpu_s
    rows = [(name, one.wall_s, one.cpu_s, f"{one.peak_mb:,.0f}", one.cpu_s / both) for name, one in costs.items()]
    table(title, ("stage", "wall s", "CPU s", "peak MB", "x floor"), rows)


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
    words = ["--days", str(days + 5), "--orders-per-day", str(per_day), "--hours", "4", "--seed", "7"]
    bench.generate("days.py", drops, *words, "--first", str(START))
    folders = sorted(path for path in drops.iterdir() if path.is_dir())
    history, later = folders[:days], folders[days:]
    place = bench.new_workspace(f"days{days}.workspace")
    as_of = moment(day_of(history[-1]))
    ingested = bench.recon(place, as_of, "ingest", *map(str, history))
    matched = bench.stage("match", place, as_of) + bench.stage("classify", place, as_of)
    arrived = arrivals(bench, place, later)
    as_of = moment(day_of(later[-1]))
    grown = bench.folder / "grown.duckdb"
    shutil.copyfile(place / "recon.duckdb", grown)
    bench.stage("forget", place, as_of)
    again = bench.stage("match", place, as_of) + bench.stage("classify", place, as_of)
    shutil.rmtree(drops)
    title = f"**{days} days at {per_day:,} orders: {transactions(bench, place)} transactions at the end**"
    show_arrivals(title, ingested + matched, again, arrived)
    compared, _ = cost_of([sys.executable, "-c", APART, str(grown), str(place / "recon.duckdb")], bench.folder)
    print("\nWhat arrived bit by bit, beside the same matched again from nothing: " + compared.strip())
    grown.unlink()
    return place


def day_of(folder: Path) -> dt.date:
    """Day of a folder that ``days.py`` wrote."""
    return dt.date.fromisoformat(folder.name[:10])


def moment(day: dt.date) -> str:
    """When the day's work is done."""
    return f"{day}T23:00:00+08:00"


def arrivals(bench: Bench, place: Path, folders: list[Path]) -> dict[str, Cost]:
    """Let ``recon run`` find four days and four hours in the inbox, one drop after the other; what each took."""
    first, second, third, fourth, *hours = folders
    drops = {
        "first day after a full match": [first],
        "one more day": [second],
        "two more days at once": [third, fourth],
        "one more hour": hours[:1],
        "another hour": hours[1:2],
        "two more hours at once": hours[2:],
    }
    costs: dict[str, Cost] = {}
    for name, arrived in drops.items():
        inbox = place / "inbox"
        shutil.rmtree(inbox, ignore_errors=True)
        for folder in arrived:
            shutil.copytree(folder, inbox / folder.name)
        costs[name] = bench.recon(place, moment(day_of(arrived[-1])), "run")
    return costs


def show_arrivals(title: str, full: Cost, again: Cost, arrived: dict[str, Cost]) -> None:
    """Print what arrived, and how many times cheaper it was than loading or matching everything."""
    rows: list[tuple[object, ...]] = [
        ("everything ingested and matched", full.wall_s, full.cpu_s, f"{full.peak_mb:,.0f}", "", ""),
        ("everything stored matched again", again.wall_s, again.cpu_s, f"{again.peak_mb:,.0f}", "", ""),
        *(
            (name, one.wall_s, one.cpu_s, f"{one.peak_mb:,.0f}", full.cpu_s / one.cpu_s, again.cpu_s / one.cpu_s)
            for name, one in arrived.items()
        ),
    ]
    table(title, ("what", "wall s", "CPU s", "peak MB", "times cheaper than full", "than matching again"), rows)


def transactions(bench: Bench, place: Path) -> str:
    """Number of transactions in the store, as a text."""
    counted, _ = cost_of(
        recon("-w", str(place), "sql", "SELECT count(*) AS rows FROM canon.txn", "--format", "csv"), bench.folder
    )
    return f"{next(int(row[0]) for row in csv.reader(counted.splitlines()) if row and row[0].isdigit()):,}"


def start_up(bench: Bench, place: Path) -> None:
    """Print what starting costs on a store, the cheapest of three runs each."""
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
    table(f"**start-up** on {transactions(bench, place)} transactions", ("command", "wall s", "CPU s", "peak MB"), rows)


def size_of(place: Path) -> int:
    """Bytes of a workspace's store."""
    return (place / "recon.duckdb").stat().st_size


def numbers(text: str) -> list[int]:
    """Comma-separated numbers; none for a blank text."""
    return [int(each) for each in text.split(",") if each.strip()]


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--sizes", type=numbers, default=[100_000], help="orders a month, joined by commas")
    parser.add_argument("--daily", type=numbers, default=[], help="the same as files of days, joined by commas")
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
        months = [whole(bench, size, peers=not given.skip_peers) for size in given.sizes]
        grown = [increment(bench, days, given.orders_per_day) for days in given.days]
        grown += [daily(bench, size, given.orders_per_day) for size in given.daily]
        for place in {max(places, key=size_of) for places in (months, grown) if places}:
            start_up(bench, place)
    print(f"\nload average at the end: {' '.join(f'{each:.1f}' for each in os.getloadavg())}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
