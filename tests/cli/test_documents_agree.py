"""The documents of a close, read back: all tell the same numbers, and a close done again writes the same bytes.

Two months: the sample month, and a generated one with differences in three currencies. What is compared is the number
of differences, and the sums of their net and absolute amounts, for every cause, channel and currency.
"""

from __future__ import annotations

import base64
import csv
import io
import json
import os
import re
import shutil
import subprocess
import sys
import zlib
from collections import defaultdict
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pypdf
import pypdfium2
import pytest
from python_calamine import CalamineWorkbook

import recon as package
from recon.differences import lookup
from recon.money import exponent
from recon.privacy import mask_text
from recon.report import DOCUMENTS
from recon.report.words import Speaker
from recon.store import open_store
from sample_data import generate
from tests.cli.conftest import invoke
from tests.report import browser

pytestmark = pytest.mark.slow
AS_OF = "2026-03-02T10:00:00+08:00"
PERIOD = "2026-02"
SAY = Speaker("zh")
Sums = dict[tuple[str, str, str], tuple[int, int, int]]
"""Cause, channel, currency -> number, net, absolute (minor units)."""


def program(*words: object, seed: str = "0") -> str:
    """Run the program as a process of its own, with its own order of sets and dictionaries' hashes."""
    here = os.pathsep.join([str(Path(package.__file__).parents[1]), os.environ.get("PYTHONPATH", "")])
    line = [sys.executable, "-m", "recon", *map(str, words)]
    environment = {**os.environ, "PYTHONPATH": here, "PYTHONHASHSEED": seed}
    done = subprocess.run(line, check=False, capture_output=True, text=True, env=environment)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the sample month, closed."""
    folder = tmp_path_factory.mktemp("agree") / "demo"
    program("demo", folder)
    return folder


@pytest.fixture(scope="module")
def currencies(sample: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a month of 2,000 orders in yuan, dollars and euros, closed."""
    folder = tmp_path_factory.mktemp("agree") / "currencies"
    words = ["--orders", "2000", "--difference-rate", "0.04", "--noise", "--seed", "11", "--out", str(folder)]
    assert generate.main(words) == 0
    shutil.copy(sample / "recon.toml", folder)
    program("-w", folder, "--as-of", AS_OF, "close", PERIOD)
    return folder


@pytest.fixture(params=["sample", "currencies"])
def closed(request: pytest.FixtureRequest) -> Path:
    """Return each of the two months."""
    found: Path = request.getfixturevalue(request.param)
    return found


def listed(folder: Path, *words: str) -> list[dict[str, str]]:
    """Rows of ``recon diffs --format csv``."""
    found = invoke("-w", folder, "diffs", "--period", PERIOD, "--format", "csv", *words)
    assert found.exit_code == 0, found.stderr
    return list(csv.DictReader(io.StringIO(found.stdout)))


def sums(rows: list[tuple[str, str, str, int]]) -> Sums:
    """Add up rows of cause, channel, currency and minor units."""
    found: dict[tuple[str, str, str], list[int]] = defaultdict(list)
    for cause, channel, currency, minor in rows:
        found[cause, channel, currency].append(minor)
    return {key: (len(values), sum(values), sum(map(abs, values))) for key, values in found.items()}


def of_csv(rows: list[dict[str, str]]) -> Sums:
    return sums(
        [
            (SAY.cause(row["leg"], row["code"]), SAY.channel(row["channel"]), row["currency"], int(row["delta_minor"]))
            for row in rows
        ]
    )


def of_workbook(content: bytes) -> Sums:
    book = CalamineWorkbook.from_filelike(io.BytesIO(content))
    rows = []
    for name in book.sheet_names:
        if name != "总览":
            head, *lines = book.get_sheet_by_name(name).to_python()
            for line in lines:
                cells = dict(zip(map(str, head), line, strict=True))
                currency = str(cells["币种"])
                minor = int(Decimal(str(cells["差额"])).scaleb(exponent(currency)).quantize(Decimal(1), ROUND_HALF_UP))
                rows.append((name, str(cells["渠道"]), currency, minor))
    return sums(rows)


def unpacked(html: str, kind: str) -> list[Any]:
    """Return the data blocks of the explorer of one kind."""
    blocks = re.findall(rf'<script type="application/vnd\.recon\.{kind}" id="[\w-]+">([\w+/=]*)</script>', html)
    return [json.loads(zlib.decompress(base64.b64decode(block), -15)) for block in blocks]


def of_explorer(html: str) -> tuple[Sums, dict[str, Any]]:
    """Sums of the page's data, and the data."""
    (head,) = unpacked(html, "head")
    rows = [
        (head["causes"][cause][2], head["channels"][channel][1], head["currencies"][currency][0], int(minor))
        for cause, channel, currency, minor in zip(
            head["cause"], head["channel"], head["currency"], head["delta"], strict=True
        )
    ]
    return sums(rows), head


# ------------------------------------------------------------------------------------------------ the same figures


def test_every_document_tells_the_same_numbers_for_every_cause_channel_and_currency(closed: Path) -> None:
    reports = closed / "reports"
    expected = of_csv(listed(closed))
    assert len({currency for _, _, currency in expected}) >= 2
    assert of_workbook((reports / f"differences-{PERIOD}.xlsx").read_bytes()) == expected
    assert of_explorer((reports / f"explorer-{PERIOD}.html").read_text(encoding="utf-8"))[0] == expected
    attached = pypdf.PdfReader(reports / f"对账健康度报告-{PERIOD}.pdf").attachments
    table = csv.DictReader(io.StringIO(attached[f"differences-{PERIOD}.csv"][0].decode("utf-8-sig")))
    assert of_csv(list(table)) == expected
    assert of_workbook(attached[f"differences-{PERIOD}.xlsx"][0]) == expected


def test_the_list_in_the_explorer_is_that_of_recon_diffs_row_by_row(closed: Path) -> None:
    _, head = of_explorer((closed / "reports" / f"explorer-{PERIOD}.html").read_text(encoding="utf-8"))
    rows = listed(closed)
    assert head["id"] == [row["diff_id"] for row in rows]
    assert head["order"] == [row["order_no"] for row in rows]
    assert head["reference"] == [row["reference"] for row in rows]
    assert [head["batches"][place] for place in head["batch"]] == [row["batch_no"] for row in rows]
    assert [head["actions"][place] for place in head["action"]] == [row["action"] for row in rows]
    assert [head["states"][place][0] for place in head["state"]] == [row["state"] for row in rows]
    assert [head["kinds"][place][0] for place in head["kind"]] == [row["kind"] for row in rows]
    assert [head["today"] - day for day in head["day"]] == [int(row["age_days"]) for row in rows]
    for side in ("left", "right"):
        assert ["" if minor is None else str(minor) for minor in head[side]] == [row[f"{side}_minor"] for row in rows]


def test_a_dossier_tells_what_recon_explain_and_recon_trace_tell(sample: Path) -> None:
    html = (sample / "reports" / f"explorer-{PERIOD}.html").read_text(encoding="utf-8")
    (head,) = unpacked(html, "head")
    dossiers = [dossier for piece in unpacked(html, "dossiers") for dossier in piece]
    traced = 0
    with open_store(sample / "recon.duckdb", read_only=True) as store:
        for i, diff_id in enumerate(head["id"]):
            because, evidence, also, linked, _, records, left, right, events, more = dossiers[i]
            told = lookup.explain(store, diff_id)
            assert (because, linked) == (told.because, [other for other, _, _ in told.linked])
            assert also == [code for code in told.difference["holds"].split(",") if code and code != head_code(head, i)]
            assert {"left": left, "right": right} == {"left": 0, "right": 0} | told.omitted
            places = [f"{head['files'][file]}:{line}" for *_, (file, line), _ in records]
            assert places == [printed.place for printed in told.printed]
            assert [f"{head['files'][file]}:{line}" for file, line in evidence] == told.difference["evidence"].split(
                "; "
            )
            for (_, kind, currency, minor, _, cells), printed in zip(records, told.printed, strict=True):
                assert (kind, currency, minor) == (printed.kind, printed.currency, str(printed.amount_minor))
                names = [head["cells"][cell] for cell in cells[::2]]
                assert names == list(printed.cells)
                kept = [name not in printed.personal for name in names]
                shown = {name: mask_text(value) for name, value in printed.cells.items()}
                assert [v for v, k in zip(cells[1::2], kept, strict=True) if k] == [
                    shown[name] for name, k in zip(names, kept, strict=True) if k
                ]
            if number := head["order"][i] or head["reference"][i]:
                traced += 1
                timeline = lookup.trace(store, number).events
                assert more == 0
                assert [(event[1], event[2], event[7], event[9]) for event in events] == [
                    (event.book, event.kind, event.number, mask_text(event.note)) for event in timeline
                ]
    assert traced > 50


def head_code(head: dict[str, Any], i: int) -> str:
    """Return the code of a difference."""
    code: str = head["causes"][head["cause"][i]][1]
    return code


def test_the_pages_of_the_report_print_what_the_list_adds_up_to(closed: Path) -> None:
    """Per channel and cause: the printed tables are in base currency, at the rates that the report itself prints."""
    pdf = pypdfium2.PdfDocument(closed / "reports" / f"对账健康度报告-{PERIOD}.pdf")
    text = "\n".join(page.get_textpage().get_text_range() for page in pdf).replace("\r", "").replace("\ufffe", "")
    flat = re.sub(r"\s+", "", text)
    rates = {code: Fraction(rate) for code, rate in re.findall(r"([A-Z]{3})([\d.]+)（\d{4}-\d\d-\d\d）", flat)}
    rows = listed(closed)
    assert {row["currency"] for row in rows} <= {*rates, "CNY"}

    def base(minor: int, currency: str) -> int:
        value = minor * rates.get(currency, Fraction(1)) * Fraction(10) ** (2 - exponent(currency))
        return int(value + Fraction(1, 2))

    breaks = [row for row in rows if row["kind"] == "break"]
    groups: dict[tuple[str, ...], int] = defaultdict(int)
    for row in breaks:
        groups[row["leg"], row["code"], row["channel"], row["currency"]] += abs(int(row["delta_minor"]))
    for channel in {row["channel"] for row in breaks}:
        money = sum(base(minor, key[3]) for key, minor in groups.items() if key[2] == channel)
        number = sum(row["channel"] == channel for row in breaks)
        line = rf"{SAY.channel(channel)} [\d,.]+ {re.escape(SAY.exact(money, 'CNY'))} {number:,}\n"
        assert re.search(line, text), (channel, money, number)
    by_cause: dict[tuple[str, str], int] = defaultdict(int)
    for (leg, code, _, currency), minor in groups.items():
        by_cause[leg, code] += base(minor, currency)
    for place, (key, money) in enumerate(sorted(by_cause.items(), key=lambda item: -item[1])[:3], start=1):
        number = sum((row["leg"], row["code"]) == key for row in breaks)
        assert re.search(rf"{place} ?{SAY.cause(*key)} ?{number:,} 笔", text), key
        assert f"{SAY.cause(*key)}（{re.sub(' ', '', SAY.money(money, 'CNY'))}）" in flat, (key, money)
    timing = defaultdict(int)
    for row in rows:
        if row["kind"] == "timing" and row["code"] != "CROSS_DAY":  # whose difference is 0.00 and whose money is not
            timing[SAY.cause(row["leg"], row["code"]), SAY.channel(row["channel"]), row["currency"]] += 1
    printed: dict[tuple[str, str, str], int] = defaultdict(int)
    names = "|".join({key[0] for key in timing})
    for cause, channel, number, currency in re.findall(
        rf"\d{{4}}-\d\d-\d\d ({names}) (\S+) (\d+) [−\d,.]+ ([A-Z]{{3}})\n", text
    ):
        printed[cause, channel, currency] += int(number)
    assert printed == timing


@pytest.mark.skipif(not browser.found(), reason="no Chromium on PATH; script/bootstrap --dev installs it where it may")
def test_a_filter_of_the_explorer_shows_what_recon_diffs_lists_with_the_same(sample: Path, tmp_path: Path) -> None:
    path = sample / "reports" / f"explorer-{PERIOD}.html"
    every = listed(sample)
    asked = {(name, row[name]) for row in every for name in ("channel", "leg", "state", "severity") if row.get(name)}
    asked |= {("code", row["code"]) for row in every}
    causes = {code: sorted({f"{row['leg']}.{code}" for row in every if row["code"] == code}) for _, code in asked}
    with browser.Browser(tmp_path) as started, started.page() as page:
        for place, (name, value) in enumerate(sorted(asked)):
            rows = listed(sample, f"--{name}", value)
            wanted = f"cause={'~'.join(causes[value])}" if name == "code" else f"{name}={value}"
            page.open(path, f"{wanted}&n={place}")
            ids = [row["diff_id"] for row in rows]
            assert page.run("document.getElementById('table').getAttribute('aria-rowcount')") == str(len(ids) + 1)
            assert set(page.run("[...document.querySelectorAll('.tbody .tr')].map((row) => row.dataset.id)")) <= {*ids}
            for limit in (0, 10, 29):
                page.open(path, f"{wanted}&old={limit}&n={place}")
                number = sum(int(row["age_days"]) <= limit for row in rows)
                assert page.run("document.getElementById('table').getAttribute('aria-rowcount')") == str(number + 1)
        assert page.complaints() == page.requests() == []


# ------------------------------------------------------------------------------------------------ the same bytes


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted((folder / "reports").iterdir())}


def test_the_same_close_elsewhere_writes_the_same_bytes_of_every_document(sample: Path, tmp_path: Path) -> None:
    first = contents(sample)
    assert len(first) == len(DOCUMENTS)
    program("demo", tmp_path / "other", seed="7")
    second = contents(tmp_path / "other")
    assert list(first) == list(second)
    assert [name for name in first if first[name] != second[name]] == []


def test_a_month_closed_again_writes_the_same_bytes_of_every_document(sample: Path, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(sample, tmp_path / "again"))
    first = contents(folder)
    for path in (folder / "reports").iterdir():
        path.unlink()
    program("-w", folder, "--as-of", AS_OF, "close", PERIOD, "--reopen", "once more", seed="3")
    second = contents(folder)
    assert list(first) == list(second)
    assert [name for name in first if first[name] != second[name]] == []
