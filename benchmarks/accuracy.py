"""Accuracy: how many differences of generated months the program finds, and how many it invents.

    python benchmarks/accuracy.py                                  five seeds x 50,000 orders x three rates
    python benchmarks/accuracy.py --orders 5000 --seeds 1 --rates 0.01 --list 20
    python benchmarks/accuracy.py --history 60 --history-orders 200000   the same months on a large store as well

For every seed and difference rate ``sample_data/generate.py --noise`` writes a month, and the program is run on it as a
user runs it: ``recon init``, the merchant's settings, ``recon ingest`` and ``recon match`` on the first of the next
month and, when the late bills are there, on the second, ``recon diffs --format csv``. The month's answer sheet,
``truth.csv``, is compared with what was named:

- recall: of the differences that are there, the share that was found with the right leg, code and numbers;
- precision: of the differences named, the share that is there. What is not there is a false alarm;
- confusion: a planted difference that was named, but otherwise: same leg and numbers, another code.

With ``--history DAYS`` every month is run twice: in a workspace of its own, and in one that holds the DAYS before the
month already (``sample_data/days.py``, another seed; loaded and matched once, copied for every month). What is found
must not depend on what is stored, so both sizes of store stand beside each other, figure by figure. Of the large store
a difference is the month's when its evidence names a file of the month; what rests on files of the history alone was
there before the month came, and is only compared with what it was. Numbers of the two cannot meet: they carry the day.

Differences that are too few to measure are still counted: with n of them a share is known to about 1/n. Nothing here
imports the program. The exit code is 0 whatever the figures are; with ``--strict`` it is 1 when they miss the aims.
"""

from __future__ import annotations

import argparse
import csv
import datetime as dt
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from sample_data import score  # noqa: E402 - found by the line above

AIM: Final = 0.995
LEAST_RATE: Final = "0.0003"
SETTINGS: Final = {
    "merchant": 'merchant = "云杉家居"',
    "accounts": '"1012.01" = "alipay"\n"1012.02" = "wechat"\n"1012.03" = "unionpay"\n"1012.04" = "paypal"',
    "unionpay": '# UnionPay pays days off together.\nsettle = "merged"',
}
MONTH: Final = dt.date(2026, 2, 1)
"""First day of the month that ``sample_data/generate.py`` writes."""
MONTH_DAYS: Final = 28
HISTORY_SEED: Final = 900
NO_ROWS: Final = ("leg", "code", *score.KEYS, "delta_minor")
LATE: Final = (
    "unionpay/898310048990001_20260214",
    "unionpay/898310048990001_20260221",
    "alipay/20880312345678900156_202603",
    "wechat/1900012345All2026-03",
    "wechat/1900012345基本账户2026-03",
)
"""Beginnings of the files that arrive after the others."""
Key = tuple[str, str]
Row = dict[str, str]


@dataclass(slots=True)
class Tally:
    """What became of the planted rows and the named ones, by leg and code."""

    found: Counter[Key] = field(default_factory=Counter)
    missed: Counter[Key] = field(default_factory=Counter)
    false: Counter[Key] = field(default_factory=Counter)
    confused: Counter[tuple[str, str, str]] = field(default_factory=Counter)

    def add(self, other: Tally) -> None:
        """Count another month in."""
        self.found.update(other.found)
        self.missed.update(other.missed)
        self.false.update(other.false)
        self.confused.update(other.confused)


@dataclass(frozen=True, slots=True)
class Month:
    """One month that was run: its figures and its rows for those who want to look."""

    seed: int
    rate: str
    tally: Tally
    missed: list[Row]
    false: list[Row]
    seconds: int
    store: str
    """What it was run on: ``alone``, or ``history``."""
    elsewhere: str = ""
    """What became of the differences of the history while the month came."""

    @property
    def line(self) -> str:
        """The month in a line."""
        found, missed, false = (sum(one.values()) for one in (self.tally.found, self.tally.missed, self.tally.false))
        return (
            f"rate {self.rate:<7} seed {self.seed:<4} {self.store:<8} planted {found + missed:>5}  found {found:>5}  "
            f"missed {missed:>4}  false {false:>4}  ({self.seconds} s)"
        )


@dataclass(frozen=True, slots=True)
class History:
    """The days before the month, loaded and matched: the workspace to copy, its files, and what stands in it."""

    workspace: Path
    files: Path
    orders: int
    transactions: int
    standing: dict[str, str]
    """Code of every difference by its id."""


def recon(workspace: Path, *words: str, stdout: Path | None = None) -> None:
    """Run the program as a command. Raises SystemExit with its words when it fails."""
    command = [sys.executable, "-m", "recon", "-w", str(workspace), *words]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    with (stdout or Path(os.devnull)).open("wb") as out:
        ended = subprocess.run(command, stdout=out, stderr=subprocess.PIPE, env=environment, check=False)  # noqa: S603
    if ended.returncode:
        sys.exit(f"recon {' '.join(words)} ended with {ended.returncode}:\n{ended.stderr.decode()}")


def write_settings(workspace: Path, period: str) -> None:
    """Fill in what the merchant's contracts say and the defaults do not."""
    path = workspace / "recon.toml"
    text = path.read_text("utf-8")
    for before, after in (
        ('merchant = ""', SETTINGS["merchant"]),
        ("[ledger.accounts]\n", f"[ledger.accounts]\n{SETTINGS['accounts']}\n"),
        ("[channel.unionpay]\n", f"[channel.unionpay]\n{SETTINGS['unionpay']}\n"),
    ):
        if text.count(before) != 1:
            sys.exit(f"{path}: expected one {before!r}; adapt SETTINGS of this benchmark")
        text = text.replace(before, after)
    path.write_text(text + f'\n[[channel.wechat.fees]]\nsince = "{period}-16"\nrate = "0.54%"\n', "utf-8")


def write_history(folder: Path, days: int, orders: int, seed: int) -> History:
    """Write the days before the month, load and match them in one workspace."""
    files, workspace = folder / "days", folder / "workspace"
    first = MONTH - dt.timedelta(days=days)
    a_day = max(orders // days, 1)
    write = [sys.executable, str(ROOT / "sample_data/days.py"), "--days", str(days), "--orders-per-day", str(a_day)]
    subprocess.run(  # noqa: S603
        [*write, "--first", str(first), "--seed", str(seed), "--out", str(files)],
        check=True,
        stdout=subprocess.DEVNULL,
    )
    recon(folder, "init", str(workspace))
    write_settings(workspace, f"{MONTH:%Y-%m}")
    moment = f"{MONTH}T10:00:00+08:00"
    recon(workspace, "ingest", "--as-of", moment, str(files))
    recon(workspace, "match", "--as-of", moment)
    count = folder / "count.csv"
    recon(workspace, "sql", "select count(*) as n from canon.txn", "--format", "csv", stdout=count)
    transactions = int(_rows(count)[0]["n"])
    return History(workspace, files, a_day * days, transactions, _standing(_listing(workspace, moment, folder)))


def write_month(folder: Path, orders: int, seed: int, rate: str) -> Path:
    """Generate one month; returns its folder."""
    month = folder / "month"
    generate = [sys.executable, str(ROOT / "sample_data/generate.py"), "--noise", "--out", str(month)]
    subprocess.run(  # noqa: S603
        [*generate, "--orders", str(orders), "--seed", str(seed), "--difference-rate", rate],
        check=True,
        stdout=subprocess.DEVNULL,
    )
    return month


def run_month(month: Path, seed: int, rate: str, history: History | None = None) -> Month:
    """Let the program find the differences of a month, alone or on the store of a history, and compare."""
    start = time.perf_counter()
    workspace = month.with_name("on-history" if history else "workspace")
    facts = json.loads((month / "month.json").read_text("utf-8"))
    if history:
        shutil.copytree(history.workspace, workspace)
    else:
        recon(workspace.parent, "init", str(workspace))
        write_settings(workspace, facts["period"])
    as_of = facts["as_of"]
    day_before = (dt.datetime.fromisoformat(as_of) - dt.timedelta(days=1)).isoformat()
    files = sorted(path for path in (month / "inbox").rglob("*") if path.is_file())
    for moment, late in ((day_before, False), (as_of, True)):
        drop = [str(path) for path in files if path.relative_to(month / "inbox").as_posix().startswith(LATE) == late]
        recon(workspace, "ingest", "--as-of", moment, *drop)
        recon(workspace, "match", "--as-of", moment)
    rows = _listing(workspace, as_of, workspace)
    mine = [row for row in rows if str(month) in row["evidence"]] if history else rows
    others = [row for row in rows if row not in mine]
    told = elsewhere(history, others) if history else ""
    seconds = int(time.perf_counter() - start)
    return _compare(month / "truth.csv", workspace / "open.csv", mine, (seed, rate, seconds, told))


def _rows(path: Path) -> list[Row]:
    with path.open(encoding="utf-8-sig", newline="") as source:
        return list(csv.DictReader(source))


def _listing(workspace: Path, moment: str, folder: Path) -> list[Row]:
    """Differences that stand."""
    diffs = folder / "diffs.csv"
    recon(workspace, "diffs", "--as-of", moment, "--format", "csv", stdout=diffs)
    return [row for row in _rows(diffs) if row["state"] != "cleared"]


def _standing(rows: list[Row]) -> dict[str, str]:
    return {row["diff_id"]: row["code"] for row in rows}


def elsewhere(history: History, rows: list[Row]) -> str:
    """What became of the history's own differences, by what they are called."""
    before, after = history.standing, _standing(rows)
    renamed = Counter(
        (before[name], after[name]) for name in before.keys() & after.keys() if before[name] != after[name]
    )
    new = Counter(after[name] for name in after.keys() - before.keys())
    gone = Counter(before[name] for name in before.keys() - after.keys())
    told = [f"{len(before)} before the month, {len(after)} after it"]
    told += [f"{n} {code} came" for code, n in sorted(new.items())]
    told += [f"{n} {code} went" for code, n in sorted(gone.items())]
    told += [f"{n} {one} became {other}" for (one, other), n in sorted(renamed.items())]
    return ", ".join(told)


def _compare(truth: Path, shown: Path, rows: list[Row], about: tuple[int, str, int, str]) -> Month:
    with shown.open("w", encoding="utf-8", newline="") as out:
        writer = csv.DictWriter(out, rows[0].keys() if rows else NO_ROWS)
        writer.writeheader()
        writer.writerows(rows)
    result = score.score(truth, shown)
    tally = Tally()
    tally.found.update((row["leg"], row["code"]) for row, _ in result.found)
    tally.missed.update((row["leg"], row["code"]) for row in result.missed)
    tally.false.update((row["leg"], row["code"]) for row in result.false)
    tally.confused.update(_confusions(result))
    seed, rate, seconds, told = about
    store = "history" if told else "alone"
    return Month(seed, rate, tally, result.missed, result.false, seconds, store, told)


def _confusions(result: score.Score) -> list[tuple[str, str, str]]:
    """(leg, planted, named) of every row that was missed: what the program called it instead, if it did."""
    left = list(result.false)
    pairs = []
    for row in result.missed:
        filled = [key for key in score.KEYS if row[key]]
        named = next(
            (one for one in left if one["leg"] == row["leg"] and any(one[key] == row[key] for key in filled)), None
        )
        if named:
            left.remove(named)
        pairs.append((row["leg"], row["code"], named["code"] if named else "(nothing)"))
    return pairs + [(row["leg"], "(nothing)", row["code"]) for row in left]


def share(part: int, whole: int) -> str:
    """A share with four decimals; a dash where there is nothing to share."""
    return f"{part / whole:.4f}" if whole else "-"


def table(tally: Tally) -> str:
    """Per leg and code, and overall: planted, found, missed, false, recall, precision."""
    lines = [
        f"{'leg':<16}{'code':<26}{'planted':>8}{'found':>8}{'missed':>8}{'false':>8}{'recall':>9}{'precision':>11}"
    ]
    keys = sorted(tally.found.keys() | tally.missed.keys() | tally.false.keys())
    rows = [(leg, code, tally.found[leg, code], tally.missed[leg, code], tally.false[leg, code]) for leg, code in keys]
    rows.append(("all", "", sum(tally.found.values()), sum(tally.missed.values()), sum(tally.false.values())))
    for leg, code, found, missed, false in rows:
        numbers = f"{found + missed:>8}{found:>8}{missed:>8}{false:>8}"
        lines.append(f"{leg:<16}{code:<26}{numbers}{share(found, found + missed):>9}{share(found, found + false):>11}")
    return "\n".join(lines)


def beside(alone: Tally, large: Tally) -> str:
    """Per leg and code, and overall, the figures of both sizes of store: alone / on the history."""
    head = ("planted", "found", "missed", "false", "recall", "precision")
    lines = [f"{'leg':<16}{'code':<26}" + "".join(f"{name:>16}" for name in head)]
    both = (alone, large)
    keys = sorted({key for tally in both for one in (tally.found, tally.missed, tally.false) for key in one})
    for key in [*keys, None]:
        cells = []
        for tally in both:
            found, missed, false = (
                one[key] if key else sum(one.values()) for one in (tally.found, tally.missed, tally.false)
            )
            numbers = (found + missed, found, missed, false)
            cells.append([*map(str, numbers), share(found, found + missed), share(found, found + false)])
        leg, code = key or ("all", "")
        told = (f"{one} / {other}" for one, other in zip(*cells, strict=True))
        lines.append(f"{leg:<16}{code:<26}" + "".join(f"{cell:>16}" for cell in told))
    return "\n".join(lines)


def confusion(tally: Tally) -> str:
    """Planted code -> named code, for what was not named as planted."""
    if not tally.confused:
        return "confusion: none; every planted difference was named as planted, and nothing else was named"
    head = "confusion (planted -> named; nothing on the left: a false alarm):"
    rows = sorted(tally.confused.items(), key=lambda pair: (-pair[1], pair[0]))
    return "\n".join([head, *(f"{n:>8}  {leg:<16}{planted:<26}-> {named}" for (leg, planted, named), n in rows)])


def verdict(tally: Tally, quiet: Tally) -> tuple[bool, list[str]]:
    """Whether the aims are met, and a sentence for each."""
    keys = tally.found.keys() | tally.missed.keys() | tally.false.keys()
    below = []
    for key in sorted(keys):
        found, missed, false = tally.found[key], tally.missed[key], tally.false[key]
        if found < AIM * (found + missed) or found < AIM * (found + false):
            below.append(" ".join(key))
    told = [f"precision and recall at least {AIM} per code: " + ("yes" if not below else f"no: {', '.join(below)}")]
    alarms = sum(quiet.false.values())
    if quiet.found or quiet.missed or alarms:
        told.append(f"false alarms at a rate of {LEAST_RATE}: {alarms} (aim: none)")
    return not below and not alarms, told


def _listed(months: list[Month], limit: int) -> list[str]:
    """Rows missed and false, for somebody who wants to look into them."""
    lines = []
    for month in months:
        for title, rows in (("missed", month.missed), ("false", month.false)):
            for row in rows[:limit]:
                names = " ".join(row[key] or "-" for key in score.KEYS)
                amount = row.get("amount") or row.get("delta_minor") or "0"
                said = f"  {row['because']}" if row.get("because") else ""
                place = f"{month.rate} {month.seed} {month.store}"
                lines.append(f"{place} {title:<7}{row['leg']} {row['code']} {names} {amount}{said}")
    return lines


def summed(months: list[Month], *, store: str, rate: str = "") -> Tally:
    """Figures of the months of one size of store, of one rate or of all."""
    total = Tally()
    for month in months:
        if month.store == store and rate in {"", month.rate}:
            total.add(month.tally)
    return total


def report(months: list[Month], rates: list[str], limit: int) -> tuple[bool, list[str]]:
    """Whether the aims are met on every size of store, and the text under the heading."""
    parts = [month.line for month in months]
    stores = list(dict.fromkeys(month.store for month in months))
    parts += [f"history of rate {one.rate} seed {one.seed}: {one.elsewhere}" for one in months if one.elsewhere]
    for rate in [*(rates if len(rates) > 1 else ()), ""]:
        tallies = [summed(months, store=store, rate=rate) for store in stores]
        parts += ["", f"rate {rate}" if rate else "all rates"]
        parts += (
            ["each figure: month alone / on the history", beside(*tallies)] if len(stores) > 1 else [table(*tallies)]
        )
    met = True
    for store in stores:
        total, quiet = summed(months, store=store), Tally()
        for rate in rates:
            if float(rate) <= float(LEAST_RATE):
                quiet.add(summed(months, store=store, rate=rate))
        good, sentences = verdict(total, quiet)
        met &= good
        listed = _listed([month for month in months if month.store == store], limit)
        parts += ["", *([store] if len(stores) > 1 else []), confusion(total), "", *listed, *sentences]
    return met, parts


def main(arguments: list[str] | None = None) -> int:
    """Run the months and print what came out."""
    parser = argparse.ArgumentParser(description="Measure precision and recall of recon on generated months.")
    parser.add_argument("--orders", type=int, default=50_000, help="order lines in a month (default 50000)")
    parser.add_argument("--seeds", default="1,2,3,4,5", help="comma separated (default 1,2,3,4,5)")
    parser.add_argument("--rates", default="0.0003,0.003,0.01", help="difference rates (default 0.0003,0.003,0.01)")
    parser.add_argument(
        "--history", type=int, default=0, metavar="DAYS", help="on a store that holds the DAYS before the month, too"
    )
    parser.add_argument(
        "--history-orders", type=int, default=0, metavar="N", help="orders in the history (default: as many a day)"
    )
    parser.add_argument("--jobs", type=int, default=1, help="months at the same time (default 1)")
    parser.add_argument("--list", type=int, default=0, metavar="N", help="show N missed and N false rows of each month")
    parser.add_argument("--out", type=Path, help="write the figures here, too")
    parser.add_argument("--keep", type=Path, help="keep months, workspaces and answers in this folder")
    parser.add_argument("--strict", action="store_true", help="exit code 1 when the aims are missed")
    given = parser.parse_args(arguments)
    seeds = [int(seed) for seed in given.seeds.split(",")]
    rates = given.rates.split(",")
    heading = [
        f"accuracy on generated months with noise: {given.orders} orders, seeds {given.seeds}, rates {given.rates}"
    ]
    with tempfile.TemporaryDirectory() as temporary:
        place = (given.keep or Path(temporary)).resolve()
        history = None
        if given.history:
            (place / "history").mkdir(parents=True)
            orders = given.history_orders or given.orders * given.history // MONTH_DAYS
            history = write_history(place / "history", given.history, orders, HISTORY_SEED)
            heading.append(
                f"history: {given.history} days before the month, {history.orders} orders, "
                f"{history.transactions} transactions"
            )
            print(heading[-1], file=sys.stderr, flush=True)

        def run(wanted: tuple[str, int]) -> list[Month]:
            rate, seed = wanted
            folder = place / f"{rate}-{seed}"
            folder.mkdir(parents=True)
            month = write_month(folder, given.orders, seed, rate)
            found = []
            for store in [None, history] if history else [None]:
                found.append(run_month(month, seed, rate, store))
                print(found[-1].line, file=sys.stderr, flush=True)
            return found

        with ThreadPoolExecutor(given.jobs) as pool:
            months = [
                one for found in pool.map(run, [(rate, seed) for rate in rates for seed in seeds]) for one in found
            ]
    met, parts = report(months, rates, given.list)
    text = "\n".join([*heading, *parts])
    print(text)
    if given.out:
        given.out.write_text(text + "\n", "utf-8")
    return 1 if given.strict and not met else 0


if __name__ == "__main__":
    sys.exit(main())
