"""Every format against damaged files: it refuses them with a typed error, or it says what it could not read.

A golden file (in the long run a public sample too) is damaged in a few places: bytes flipped, inserted, deleted, lines
doubled or dropped, cells emptied or swollen, columns exchanged, the encoding changed, the end cut off, for a workbook
inside its sheets. Whatever comes out, these laws hold:

- recognising never raises, and reading raises nothing but SourceError, in bounded time (a watchdog ends the run);
- every record read is canonical, excluded or rejected, and only one of them;
- what is canonical is complete: amounts, dates, closed sets of words;
- nothing is silently less: records that are gone without a refusal, a reject or a figure that does not agree are no
  more than the lines that were touched;
- a file that is cut is noticed, where the format prints a figure about its rows or has an end of its own.

Formats are found by themselves. The default run tries a few damages each, always the same; ``script/fuzz
[NAME]`` tries thousands, new ones each time. What that finds becomes a golden file or a case of its own.
"""

from __future__ import annotations

import faulthandler
import io
import re
import zipfile
import zlib
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from recon import ingest
from recon.errors import SourceError
from recon.ingest import writing
from recon.sources import Reading, Settings, Source, discover
from recon.sources.mapped import MappedSource
from recon.sources.mapping import ColumnMapping
from recon.sources.piece import Piece

HERE = Path(__file__).parent
SAMPLES = Path(__file__).resolve().parents[3] / "shared" / "samples"
UNKNOWN = HERE / "unknown"
TOO_LONG_S = 300
"""A damaged file of a few kilobytes that is not read by then hangs."""
SMALL_BYTES = 100_000
PACKED = b"PK\x03\x04"
EXPECTED = (
    *(f".{name}.csv" for name in (
        "canon", "vouchers", "shipments", "contacts", "rates", "totals", "rejects", "excluded", "controls"
    )),
    ".error.txt",
)  # fmt: skip
PARTIAL = re.compile(r"^balance chain|^lines with |^结算金额 = |^total (in|out)$|:90[CD]:")
"""Figures that a cut takes away with the lines: each line's own, or those of a last line that not every export has."""
FORMED = re.compile(rb"""[<{]|\[\s*[\[{"]""")
"""How XML and JSON begin."""
HOSTILE = (
    b"\x00", b"\x1f", b'"', b"'", b"`", b",", b"\t", b";", b"|", b"\n", b"\r", b"\r\n", b"\xff", b"\xef\xbb\xbf",
    b"\xff\xfe", b"=", b"#", b"-", b"<", b">", b"&", b"{", b"}", b"\\", b":61:", b'""', b',"', b'",', b"9" * 19,
    b"9" * 400, b"1E+400", b"-0.00", b"0.001", b"1,2,3", b"NaN", b"2026-02-30", b"99999999", b"\xe3\x80\x80",
    b"\xef\xbc\x8c", b"\xcc\xe2", b"\xf0\x9f\x90\x89",
)  # fmt: skip
ENCODINGS = ("utf-8", "utf-8-sig", "utf-16", "utf-32", "gb18030", "latin-1")


OWN = MappedSource(
    ColumnMapping(
        name="mapped",
        template="orders",
        columns={
            "order_no": ("Name",),
            "occurred_at": ("Paid at",),
            "created_at": ("Created at",),
            "amount": ("Total",),
            "currency": ("Currency",),
            "status": ("Financial Status",),
            "refund_amount": ("Refunded Amount",),
        },
        constants={"record": "payment"},
        words={"status": {"paid": "success", "refunded": "refunded", "pending": "pending", "voided": "skip"}},
        once="order_no",
    )
)
"""A column mapping, tried on the files of another format: whatever a workspace maps, the laws hold."""
FOLDERS = {OWN.name: "shopify"}
OUTCOMES: Counter[str] = Counter()
"""What became of the damaged files of a test: refused, not recognised, told (a reject, a figure), nothing to tell."""


# -- damages -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Damage:
    """One damage: ``where`` and ``far`` are shares of the file, 0 its start and 1 its end."""

    kind: str
    where: float
    far: float
    what: bytes


def at(size: int, share: float) -> int:
    return min(int(size * share), max(size - 1, 0))


def flipped(data: bytes, damage: Damage) -> bytes:
    place = at(len(data), damage.where)
    return data[:place] + bytes([data[place] ^ (damage.what[0] or 1)]) + data[place + 1 :]


def inserted(data: bytes, damage: Damage) -> bytes:
    place = at(len(data), damage.where)
    return data[:place] + damage.what + data[place:]


def deleted(data: bytes, damage: Damage) -> bytes:
    place = at(len(data), damage.where)
    return data[:place] + data[place + 1 + int(damage.far * 40) :]


def truncated(data: bytes, damage: Damage) -> bytes:
    return data[: at(len(data), damage.where)]


def line_doubled(data: bytes, damage: Damage) -> bytes:
    lines = data.split(b"\n")
    place = at(len(lines), damage.where)
    return b"\n".join([*lines[: place + 1], lines[place], *lines[place + 1 :]])


def line_dropped(data: bytes, damage: Damage) -> bytes:
    lines = data.split(b"\n")
    place = at(len(lines), damage.where)
    return b"\n".join(lines[:place] + lines[place + 1 :])


def lines_exchanged(data: bytes, damage: Damage) -> bytes:
    lines = data.split(b"\n")
    one, other = at(len(lines), damage.where), at(len(lines), damage.far)
    lines[one], lines[other] = lines[other], lines[one]
    return b"\n".join(lines)


def cell_replaced(data: bytes, damage: Damage) -> bytes:
    lines = data.split(b"\n")
    place = at(len(lines), damage.where)
    cells = lines[place].split(b",")
    cells[at(len(cells), damage.far)] = damage.what
    lines[place] = b",".join(cells)
    return b"\n".join(lines)


def cell_emptied(data: bytes, damage: Damage) -> bytes:
    return cell_replaced(data, Damage(damage.kind, damage.where, damage.far, b""))


def columns_exchanged(data: bytes, damage: Damage) -> bytes:
    def turned(line: bytes) -> bytes:
        cells = line.split(b",")
        one, other = at(len(cells), damage.where), at(len(cells), damage.far)
        cells[one], cells[other] = cells[other], cells[one]
        return b",".join(cells)

    return b"\n".join(turned(line) for line in data.split(b"\n"))


def encoded_anew(data: bytes, damage: Damage) -> bytes:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        return text.encode(ENCODINGS[at(len(ENCODINGS), damage.where)], errors="replace")
    return data[::-1]


def ends_changed(data: bytes, damage: Damage) -> bytes:
    ends = (b"\n", b"\r\n", b"\r")
    return data.replace(b"\r\n", b"\n").replace(b"\n", ends[at(len(ends), damage.where)])


LOCAL: dict[str, Callable[[bytes, Damage], bytes]] = {
    "flip": flipped,
    "insert": inserted,
    "delete": deleted,
    "double a line": line_doubled,
    "drop a line": line_dropped,
    "replace a cell": cell_replaced,
    "empty a cell": cell_emptied,
}
TOUCHED = {"delete": 42}
"""How many lines a damage may touch, where that is more than a line and its neighbour."""
WHOLE: dict[str, Callable[[bytes, Damage], bytes]] = {
    "truncate": truncated,
    "exchange lines": lines_exchanged,
    "exchange columns": columns_exchanged,
    "encode anew": encoded_anew,
    "change line ends": ends_changed,
}
ALL = LOCAL | WHOLE


def damages(kinds: dict[str, Any]) -> st.SearchStrategy[Damage]:
    share = st.floats(0, 1, allow_nan=False, width=32)
    return st.builds(Damage, st.sampled_from(sorted(kinds)), share, share, st.sampled_from(HOSTILE))


def damaged(data: bytes, damage: Damage) -> bytes:
    """The file with the damage; that of a workbook that can be opened mostly inside it."""
    if not data:
        return data
    if data.startswith(PACKED) and damage.what[0] % 4:
        try:
            return within(data, damage)
        except (zipfile.BadZipFile, zlib.error, NotImplementedError, EOFError, ValueError, OSError, RuntimeError):
            pass  # it was damaged from outside before
    return ALL[damage.kind](data, damage)


def within(data: bytes, damage: Damage) -> bytes:
    """The workbook with one of its inner files damaged; it is packed properly again."""
    packed = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as new:
        names = [name for name in old.namelist() if "sheet" in name.lower() or "shared" in name.lower()]
        chosen = names[at(len(names), damage.far)]
        for name in old.namelist():
            inner = old.read(name)
            new.writestr(name, ALL[damage.kind](inner, damage) if name == chosen and inner else inner)
    return packed.getvalue()


# -- laws --------------------------------------------------------------------------------------------------------------


def reading_of(source: Source, piece: Piece) -> Reading | None:
    """Reading that keeps the laws, None when the file is refused (or would be: only --source makes it be read)."""
    faulthandler.dump_traceback_later(TOO_LONG_S, exit=True)  # each file has its own time, however many a test tries
    claimed = source.identify(piece)
    try:
        reading = source.read(piece, Settings())
    except SourceError:
        OUTCOMES["refused"] += 1
        return None
    writing.counted(piece.name, reading)
    complete(source, piece, reading)
    OUTCOMES["not recognised" if not claimed else "told" if noticed(reading) else "nothing to tell"] += 1
    return reading if claimed else None


def complete(source: Source, piece: Piece, reading: Reading) -> None:
    """Hold the transactions to what the store takes; an account of unknown currency is refused only there."""
    draft = writing.Draft(
        name=piece.name, sha256="", size_bytes=0, encoding="", source=source.name,
        raw_table=source.raw_table, raw=reading.raw, reading=reading, odd=False,
    )  # fmt: skip
    with suppress(SourceError):
        writing._completed(draft, ingest.Settings())


def noticed(reading: Reading | None) -> bool:
    return reading is None or reading.rejects.height > 0 or not all(control.ok for control in reading.controls)


def ended_a_section(before: Reading, after: Reading) -> bool:
    """Whether the cut fell between two parts with figures of their own (statements, settlements): nobody can tell."""
    return 0 < len(after.controls) < len(before.controls) and set(after.controls) <= set(before.controls)


def sums(reading: Reading) -> list[tuple[Any, ...]]:
    if reading.txns is None:
        return []
    return reading.txns.group_by("currency").agg(pl.col("amount_minor").sum()).sort("currency").rows()


def tells_its_end(path: Path, reading: Reading) -> bool:
    """Whether a cut must show: the file prints figures of its rows, or its form has an end (XML, JSON, workbook)."""
    formed = path.read_bytes().lstrip(b"\xef\xbb\xbf \r\n")
    structured = FORMED.match(formed) and b"\n{" not in formed  # "[HISTORYDETAIL]" begins no JSON
    figures = [control for control in reading.controls if not PARTIAL.search(control.name)]
    return bool(figures) or bool(structured) or formed.startswith((PACKED, b"\xd0\xcf\x11\xe0"))


# -- files -------------------------------------------------------------------------------------------------------------


def is_input(path: Path) -> bool:
    expected = any(path.name.endswith(end) and path.with_name(path.name.removesuffix(end)).exists() for end in EXPECTED)
    return path.is_file() and not expected and not path.name.startswith((".", "_"))


@cache
def files(source: Source, *, samples: bool = False) -> tuple[Path, ...]:
    """Golden files of the format, and the small public samples that it claims."""
    folder = HERE / FOLDERS.get(source.name, source.name)
    found = [path for path in sorted(folder.glob("*")) if is_input(path)]
    if samples and SAMPLES.is_dir():
        small = [path for path in sorted(SAMPLES.iterdir()) if path.stat().st_size < SMALL_BYTES]
        found += [path for path in small if source.identify(Piece(path.name, path.read_bytes()))]
    return tuple(found)


@cache
def original(source: Source, path: Path) -> Reading | None:
    try:
        return source.read(Piece(path.name, path.read_bytes()), Settings())
    except SourceError:
        return None


@pytest.fixture(autouse=True)
def watchdog() -> Iterator[None]:
    OUTCOMES.clear()
    faulthandler.dump_traceback_later(TOO_LONG_S, exit=True)
    yield
    faulthandler.cancel_dump_traceback_later()


def tries(count: int, *, always_the_same: bool = True) -> Callable[..., Any]:
    return settings(
        max_examples=count, derandomize=always_the_same, deadline=None, database=None,
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip


EACH = pytest.mark.parametrize("source", [*discover(), OWN], ids=lambda source: source.name)


def damaged_anyhow(source: Source, data: st.DataObject, *, samples: bool) -> None:
    path = data.draw(st.sampled_from(files(source, samples=samples)))
    content = path.read_bytes()
    for damage in data.draw(st.lists(damages(ALL), min_size=1, max_size=4)):
        content = damaged(content, damage)
    piece = Piece(path.name, content)
    if samples:  # the long run
        for other in discover():
            other.identify(piece)
    reading_of(source, piece)


def damaged_in_one_place(source: Source, data: st.DataObject, *, samples: bool) -> None:
    path = data.draw(st.sampled_from(files(source, samples=samples)))
    damage = data.draw(damages(LOCAL))
    content = path.read_bytes()
    before = original(source, path)
    after = reading_of(source, Piece(path.name, damaged(content, damage)))
    if before is None or after is None or noticed(after) or content.startswith((PACKED, b"\xd0\xcf")):
        return
    gone = before.raw.height - after.raw.height
    assert gone <= TOUCHED.get(damage.kind, 2)


def cut(source: Source, data: st.DataObject, *, samples: bool) -> None:
    path = data.draw(st.sampled_from(files(source, samples=samples)))
    before = original(source, path)
    share = data.draw(st.floats(0, 1, exclude_max=True, width=32))
    after = reading_of(source, Piece(path.name, truncated(path.read_bytes(), Damage("truncate", share, 0, b""))))
    if before is None or after is None or noticed(before) or noticed(after) or not tells_its_end(path, before):
        return
    if ended_a_section(before, after):
        return
    then, now = (before.raw.height, sums(before)), (after.raw.height, sums(after))
    assert now == then


LAWS = pytest.mark.parametrize("law", [damaged_anyhow, damaged_in_one_place, cut], ids=lambda law: law.__name__)


@EACH
@LAWS
def test_a_damaged_file_is_refused_or_read_by_the_laws(source: Source, law: Callable[..., None]) -> None:
    @tries(6)
    @given(st.data())
    def hold(data: st.DataObject) -> None:
        law(source, data, samples=False)

    hold()


@pytest.mark.fuzz
@EACH
@LAWS
def test_thousands_of_damaged_files_are_refused_or_read_by_the_laws(source: Source, law: Callable[..., None]) -> None:
    @tries(300, always_the_same=False)
    @given(st.data())
    def hold(data: st.DataObject) -> None:
        law(source, data, samples=True)

    try:
        hold()
    finally:
        counts = ", ".join(f"{count} {outcome}" for outcome, count in sorted(OUTCOMES.items()))
        print(f"\n{source.name}, {law.__name__}: {OUTCOMES.total()} damaged files: {counts}")  # noqa: T201 - script/fuzz shows it


@pytest.mark.slow
@EACH
def test_no_format_trips_over_a_file_of_another(source: Source) -> None:
    for path in (*sorted(UNKNOWN.iterdir()), *(file for other in discover() for file in files(other)[:2])):
        piece = Piece(path.name, path.read_bytes())
        if not source.identify(piece):
            reading_of(source, piece)
