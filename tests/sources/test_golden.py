"""Every format against its golden files: ``tests/sources/<format>/<input>`` beside what must come out of it.

Beside an input stand one file per frame of the reading, as CSV, in the order of the rows:

    bill.csv.canon.csv      Reading.txns, only the columns the format gives; null is blank, the empty text is ""
    bill.csv.vouchers.csv   likewise .shipments.csv, .contacts.csv, .rates.csv
    bill.csv.rejects.csv    when something was rejected
    bill.csv.excluded.csv   when rows are by a stated rule no canonical record
    bill.csv.controls.csv   when the file prints figures about itself
    bill.csv.totals.csv     when it prints figures about the rows of another file
    bill.csv.error.txt      instead of all these, when the file as a whole is refused: the message as the user sees it

``tests/sources/unknown/`` holds files that no format may claim. ``pytest --update-golden`` rewrites what differs.
A test of one format that needs more than this stands in ``tests/sources/test_<format>.py``.
"""

from __future__ import annotations

import dataclasses
import sys
from pathlib import Path

import polars as pl
import pytest

from recon import model
from recon.errors import SourceError
from recon.ingest.confirming import stronger_sources
from recon.sources import Control, Reading, Settings, Source, by_name, discover
from recon.sources.piece import Piece

HERE = Path(__file__).parent
RECORDS = {
    "canon": ("txns", model.TXN),
    "vouchers": ("vouchers", model.VOUCHER),
    "shipments": ("shipments", model.SHIPMENT),
    "contacts": ("contacts", model.CONTACT),
    "rates": ("rates", model.RATE),
}
REFUSED = ".error.txt"
ENDINGS = (*(f".{name}.csv" for name in (*RECORDS, "rejects", "excluded", "controls", "totals")), REFUSED)
UNKNOWN = "unknown"


def is_expectation(path: Path) -> bool:
    return any(path.name.endswith(end) and path.with_name(path.name.removesuffix(end)).exists() for end in ENDINGS)


def golden_inputs() -> list[Path]:
    files = sorted(path for path in HERE.glob("*/*") if path.is_file() and not path.name.startswith((".", "_")))
    return [path for path in files if path.suffix != ".pyc" and not is_expectation(path)]


INPUTS = golden_inputs()
CLAIMED = [path for path in INPUTS if path.parent.name != UNKNOWN]
READABLE = [path for path in CLAIMED if not path.with_name(path.name + REFUSED).exists()]


def named(path: Path) -> str:
    return f"{path.parent.name}/{path.name}"


def opened(path: Path) -> Piece:
    return Piece(path.name, path.read_bytes())


def read(path: Path) -> Reading:
    return by_name(path.parent.name).read(opened(path), Settings())


def said(reading: Reading) -> dict[str, str]:
    """Everything a reading says, as the text of the files that stand beside its input."""
    files: dict[str, str] = {}
    for name, (attribute, columns) in RECORDS.items():
        frame = getattr(reading, attribute)
        if frame is not None:
            given = [column for column in columns if column in frame.columns]
            files[f".{name}.csv"] = model.shaped(frame, columns).select(given).write_csv()
    for name, frame in (("rejects", reading.rejects), ("excluded", reading.excluded)):
        if frame.height:
            files[f".{name}.csv"] = frame.write_csv()
    if reading.controls:
        rows = [(control.name, control.printed, control.computed, judged(control)) for control in reading.controls]
        frame = pl.DataFrame(rows, schema=["name", "printed", "computed", "ok"], orient="row")
        files[".controls.csv"] = frame.write_csv()
    if reading.totals:
        told = [dataclasses.asdict(total) for total in reading.totals]
        rows = [row | {name: " ".join(row[name]) for name in ("kinds", "statuses")} for row in told]
        files[".totals.csv"] = pl.DataFrame(rows).write_csv()
    return files


def judged(control: Control) -> str:
    """``true``, ``false``, or ``noted``: a mismatch of a figure that the issuer does not promise refuses no file."""
    return "true" if control.ok else "false" if control.binding else "noted"


def result(path: Path) -> dict[str, str]:
    try:
        return said(read(path))
    except SourceError as error:
        return {REFUSED: f"{error}\n"}


@pytest.mark.parametrize("path", CLAIMED, ids=named)
def test_a_file_reads_as_its_golden_files_say(path: Path, update_golden: bool) -> None:
    now = result(path)
    beside = {end: path.with_name(path.name + end) for end in ENDINGS}
    if update_golden:
        for end, file in beside.items():
            if end in now:
                file.write_bytes(now[end].encode())
            else:
                file.unlink(missing_ok=True)
    assert now == {end: file.read_bytes().decode() for end, file in beside.items() if file.exists()}


@pytest.mark.parametrize("path", INPUTS, ids=named)
def test_a_file_is_claimed_by_its_own_format_only(path: Path) -> None:
    claims = {source.name for source in discover() if source.identify(opened(path))}
    assert claims == ({path.parent.name} - {UNKNOWN})


@pytest.mark.parametrize("path", READABLE, ids=named)
def test_every_raw_row_is_canonical_or_excluded_or_rejected(path: Path) -> None:
    reading = read(path)
    frames = [getattr(reading, attribute) for attribute, _ in RECORDS.values()]
    canonical = {line for frame in frames if frame is not None for line in frame["line_no"]}
    excluded, rejected = set(reading.excluded["line_no"]), set(reading.rejects["line_no"])
    assert canonical | excluded | rejected == set(reading.raw["line_no"])
    assert len(canonical) + len(excluded) + len(rejected) == reading.raw.height
    assert reading.excluded.height == len(excluded)


@pytest.mark.parametrize("path", READABLE, ids=named)
def test_transactions_stand_in_the_book_under_which_the_format_is_listed(path: Path) -> None:
    txns = read(path).txns
    assert set(() if txns is None else txns["book"]) <= {by_name(path.parent.name).book}


@pytest.mark.parametrize("path", READABLE, ids=named)
def test_raw_cells_are_text_as_printed(path: Path) -> None:
    raw = read(path).raw
    assert raw.schema["line_no"] == pl.Int64
    assert {kind for name, kind in raw.schema.items() if name != "line_no"} == {pl.String()}
    assert raw.null_count().sum_horizontal().item() == 0


@pytest.mark.parametrize("source", discover(), ids=lambda source: source.name)
def test_a_format_has_a_golden_file_and_a_manual(source: Source) -> None:
    assert any(path.parent.name == source.name for path in INPUTS)
    manual = sys.modules[type(source).__module__].__doc__ or ""
    assert len(manual.splitlines()) > 5


def test_a_golden_folder_is_named_after_a_format() -> None:
    assert {path.parent.name for path in INPUTS} <= {source.name for source in discover()} | {UNKNOWN}


def test_what_formats_confirm_are_formats_and_none_confirms_itself() -> None:
    known = {source.name for source in discover()}
    for weaker, stronger in stronger_sources().items():
        assert stronger <= known - {weaker}
