"""The skeleton of PayPal's report files: records known by their first cell, columns by name, sections by position.

    RH report, FH file, SH section: who and when     CH the names of the columns below
    SB one row                                       SF, SC, RF, RC, FF: totals and counts of section, report and file

Comma or tab; white space and case in column names do not count (``TransactionID``, ``Transaction  ID``). A record of
another width than its CH record, or with an open quote, is torn: it stays in raw as a whole and is a reject.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
from dataclasses import dataclass
from typing import Final

import polars as pl

from recon.errors import SourceError
from recon.model import REJECT
from recon.sources.piece import Piece
from recon.sources.table import normal, unique_names

RECORD: Final = r'^\s*"?(RH|FH|SH|CH|SB|SF|SC|RF|RC|FF)"?[,\t]'
COLUMNS: Final = (
    "Transaction ID",
    "Invoice ID",
    "PayPal Reference ID",
    "PayPal Reference ID Type",
    "Transaction Event Code",
    "Transaction Initiation Date",
    "Transaction Completion Date",
    "Transaction Debit or Credit",
    "Gross Transaction Amount",
    "Gross Transaction Currency",
    "Fee Debit or Credit",
    "Fee Amount",
    "Fee Currency",
    "Custom Field",
    "Consumer ID",
    "Payment Tracking ID",
    "Store ID",
    "Bank Reference ID",
    "Credit Transactional Fee",
    "Credit Promotional Fee",
    "Credit Term",
)
NEEDED: Final = COLUMNS[:13]


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """What stands between one CH record and the next, with what its SH record says."""

    line_no: int
    number: int
    account: str
    days: tuple[dt.date, ...]
    raw: pl.DataFrame
    torn: pl.DataFrame


def key(name: str) -> str:
    """Column name without white space and case: ``TransactionID`` and ``Transaction  ID`` are the same column."""
    return re.sub(r"\s", "", normal(name)).lower()


_NAME_OF_KEY: Final = {key(name): name for name in COLUMNS}


def _separator(line: str) -> str:
    found = re.match(RECORD, line)
    return found.group(0)[-1] if found else ","


def split(line: str) -> list[str]:
    """Cells of one record, the separator being what follows its type."""
    try:
        return next(csv.reader(io.StringIO(line.strip()), delimiter=_separator(line)), [])
    except csv.Error:
        return line.split(_separator(line))


def read_records(piece: Piece) -> pl.DataFrame:
    """All records: line_no, type, text. A line that starts no record belongs to the cell that a line break cut."""
    text = pl.Series("text", [piece.text]).str.split("\n").explode()
    lines = text.to_frame().with_row_index("line_no", offset=1)
    lines = lines.filter(pl.col("text").str.strip_chars() != "").select(
        pl.col("line_no").cast(pl.Int64), pl.col("text").str.extract(RECORD, 1).alias("type"), "text"
    )
    if not lines["type"].null_count():
        return lines
    record = pl.col("type").is_not_null().cum_sum()
    joined = lines.with_columns(record.alias("record")).filter(pl.col("record") > 0)
    return (
        joined.group_by("record", maintain_order=True)
        .agg(pl.col("line_no").first(), pl.col("type").first(), pl.col("text").str.join("\n"))
        .drop("record")
    )


def read_sections(piece: Piece, records: pl.DataFrame) -> list[Section]:
    """Split the SB records of all sections. Raises SourceError when CH is missing or that of another report."""
    rows = records.filter(pl.col("type") == "SB").select("line_no", "text")
    heads = records.filter(pl.col("type").is_in(["RH", "SH", "CH"])).rows()
    starts = [line_no for line_no, kind, _ in heads if kind == "CH"]
    if not starts or (rows.height and rows.item(0, "line_no") < starts[0]):
        raise SourceError(
            "SB records without a CH record before them: nothing says what their cells mean",
            path=piece.name,
            line_no=rows.item(0, "line_no") if rows.height else 0,
            remedy="Download the report again; it was cut or edited.",
        )
    sections: list[Section] = []
    account = ""
    days: tuple[dt.date, ...] = ()
    for line_no, kind, line in heads:
        cells = split(line)
        if kind == "RH":
            account = cells[3].strip() if len(cells) > 3 else ""
        elif kind == "SH":
            account = cells[3].strip() if len(cells) > 3 else account
            days = _days(cells[1:3])
        else:
            end = next((start for start in starts if start > line_no), None)
            inside = pl.col("line_no") > line_no if end is None else pl.col("line_no").is_between(line_no, end)
            raw, torn = _cells(piece, rows.filter(inside), _names(piece, line_no, cells), _separator(line))
            sections.append(
                Section(line_no=line_no, number=len(sections) + 1, account=account, days=days, raw=raw, torn=torn)
            )
    return sections


def _days(cells: list[str]) -> tuple[dt.date, ...]:
    found = (re.match(r"(\d{4})/(\d\d)/(\d\d)\b", cell.strip()) for cell in cells)
    try:
        return tuple(dt.date(*map(int, day.groups())) for day in found if day)
    except ValueError:
        return ()


def _names(piece: Piece, line_no: int, cells: list[str]) -> list[str]:
    names = unique_names([_NAME_OF_KEY.get(key(cell), normal(cell)) for cell in cells[1:]], {})
    while names and names[-1].startswith("column_"):
        names.pop()
    missing = [name for name in NEEDED if name not in names]
    if missing:
        raise SourceError(
            "the CH record lacks the columns " + ", ".join(missing),
            path=piece.name,
            line_no=line_no,
            remedy="This is no settlement report of version 6 to 9, or its header was edited.",
        )
    return names


def _cells(piece: Piece, rows: pl.DataFrame, names: list[str], separator: str) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Split SB records into cells. Returns (raw, torn rows as rejects); columns of newer versions are there, blank."""
    bare = pl.col("text").str.replace_all(r'"(?:[^"]|"")*"', "")
    odd = (bare.str.count_matches(separator, literal=True) != len(names)) | bare.str.contains('"', literal=True)
    marked = rows.with_columns((odd | pl.col("text").str.contains("\n", literal=True)).alias("odd"))
    even, rest = marked.filter(~pl.col("odd")), marked.filter("odd")
    schema = dict.fromkeys(names, pl.String)
    parts: list[pl.DataFrame] = []
    if even.height:
        text_of_all = even["text"].str.join("\n").item().encode()
        split = pl.read_csv(
            io.BytesIO(text_of_all), has_header=False, separator=separator, schema={"SB": pl.String, **schema}
        )
        if split.height != even.height:
            msg = f"{piece.name}: {even.height} records became {split.height} rows"
            raise AssertionError(msg)
        parts.append(split.drop("SB").fill_null("").insert_column(0, even["line_no"]))
    good: list[tuple[int | str, ...]] = []
    torn: list[tuple[int, str, str, str]] = []
    for line_no, line in rest.select("line_no", "text").iter_rows():  # only what the columns cannot vouch for
        cells = list(csv.reader(io.StringIO(line), delimiter=separator))
        values = cells[0][1:] if len(cells) == 1 else []
        while len(values) > len(names) and not values[-1].strip():
            values.pop()
        if len(values) == len(names):
            good.append((line_no, *values))
        else:
            reason = f"the record has {len(values) + 1} cells, its CH record {len(names) + 1}"
            torn.append((line_no, "", line[:200], reason if values else "a quote is open or a line is broken"))
    parts.append(pl.DataFrame(good, schema={"line_no": pl.Int64, **schema}, orient="row"))
    torn_rows = pl.DataFrame(torn, schema=REJECT, orient="row")
    whole = rows.join(torn_rows, on="line_no", how="semi")
    parts.append(whole.select("line_no", pl.col("text").alias(names[0])))
    missing = [pl.lit("").alias(name) for name in COLUMNS if name not in names]
    return pl.concat(parts, how="diagonal").fill_null("").with_columns(missing).sort("line_no"), torn_rows


def in_sections(frame: pl.DataFrame, sections: list[Section]) -> pl.DataFrame:
    """Add account and section (number) of each row, by its line."""
    starts = pl.DataFrame(
        [(part.line_no, part.number, part.account) for part in sections],
        schema={"from_line": pl.Int64, "section": pl.Int64, "account": pl.String},
        orient="row",
    )
    return frame.set_sorted("line_no").join_asof(
        starts.set_sorted("from_line"), left_on="line_no", right_on="from_line"
    )
