"""The skeleton of PayPal's report files: records known by their first cell, columns by name, sections by position.

    RH report, FH file, SH section: who and when     CH the names of the columns below
    SB one row                                       SF, SC, RF, RC, FF: totals and counts of section, report and file

Comma or tab; white space and case in column names do not count (``TransactionID``, ``Transaction  ID``). A record of
another width than its CH record, or with an open quote, is torn: it stays in raw as a whole and is a reject.

The columns of money are the same in all these reports, and so are their cells (:func:`wanted`): unsigned hundredths
in every currency, also in those without a cent (JPY 15000 is 150 yen), with CR or DR beside them.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import polars as pl

from recon import money
from recon.errors import SourceError
from recon.model import REJECT
from recon.sources.cells import BLANKS, Cell, printed, refuse_destroyed_ids, text
from recon.sources.paypal_codes import CODE
from recon.sources.piece import Piece
from recon.sources.table import by_quotes, normal, unique_names, well_quoted

RECORD: Final = r'^\s*"?(RH|FH|SH|CH|SB|SF|SC|RF|RC|FF)"?[,\t]'
AMOUNT: Final = "Gross Transaction Amount"
CURRENCY: Final = "Gross Transaction Currency"
SIDE: Final = "Transaction Debit or Credit"
FEE_SIDE: Final = "Fee Debit or Credit"
NEEDED: Final = (
    "Transaction ID",
    "Invoice ID",
    "PayPal Reference ID",
    "PayPal Reference ID Type",
    "Transaction Event Code",
    "Transaction Initiation Date",
    "Transaction Completion Date",
    SIDE,
    AMOUNT,
    CURRENCY,
    FEE_SIDE,
    "Fee Amount",
    "Fee Currency",
)
HUNDREDTHS: Final = r"^\d{1,16}$"
_SIDES: Final = ("CR", "DR")
_WHEN: Final = "Transaction Completion Date"
_TIME: Final = "%Y/%m/%d %H:%M:%S %z"
_USUAL_TIME: Final = r"^\d{4}/\d\d/\d\d \d\d:\d\d:\d\d [+-](?:0\d|1[0-4])[0-5]\d$"


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """What stands between one CH record and the next, with what its SH record says.

    Where a second file of the report goes on with a section, its SH and CH records say the same again; ``number`` then
    is the same, too.
    """

    line_no: int
    number: int
    account: str
    days: tuple[dt.date, ...]
    raw: pl.DataFrame
    torn: pl.DataFrame


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """All records and sections of a file, and its rows: ``raw``, those of them that are ``whole``, those ``torn``."""

    records: pl.DataFrame
    sections: list[Section]
    raw: pl.DataFrame
    whole: pl.DataFrame
    torn: pl.DataFrame

    @property
    def account(self) -> str:
        """The account, if all sections are of one."""
        return self.sections[0].account if len({part.account for part in self.sections}) == 1 else ""

    @property
    def days(self) -> list[dt.date]:
        """Days that the sections say they begin and end with."""
        return [day for part in self.sections for day in part.days]


def read_report(piece: Piece, columns: Sequence[str], identifiers: Sequence[str]) -> Report:
    """Read all sections. Raises SourceError without a CH record, or when ``identifiers`` are destroyed."""
    records = read_records(piece)
    sections = read_sections(piece, records, columns)
    raw = pl.concat([part.raw for part in sections], how="diagonal").fill_null("").sort("line_no")
    refuse_destroyed_ids(piece.name, raw, identifiers)
    torn = pl.concat([part.torn for part in sections])
    whole = raw.join(torn, on="line_no", how="anti", maintain_order="left") if torn.height else raw
    return Report(records=records, sections=sections, raw=raw, whole=whole, torn=torn)


def key(name: str) -> str:
    """Column name without white space and case: ``TransactionID`` and ``Transaction  ID`` are the same column."""
    return re.sub(r"\s", "", normal(name)).lower()


def columns_of(lines: Sequence[str]) -> set[str]:
    """Keys of the columns that the first CH record among ``lines`` names; empty without one."""
    for line in lines:
        found = re.match(RECORD, line)
        if found and found.group(1) == "CH":
            return {key(cell) for cell in split(line)}
    return set()


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
    lines = pl.read_lines(piece.utf8, name="text") if piece.utf8 else pl.DataFrame(schema={"text": pl.String})
    lines = lines.with_row_index("line_no", offset=1)
    lines = lines.filter(~pl.col("text").str.contains(r"^\s*$")).select(
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


def read_sections(piece: Piece, records: pl.DataFrame, columns: Sequence[str]) -> list[Section]:
    """Split the SB records of all sections; each has all ``columns``, blank where its CH record has none of the name.

    Raises SourceError when CH is missing or lacks the columns of money.
    """
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
    numbers: dict[tuple[str, tuple[dt.date, ...]], int] = {}
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
            names = _names(piece, line_no, cells, columns)
            raw, torn = _cells(rows.filter(inside), names, _separator(line), piece=piece, columns=columns)
            number = numbers.setdefault((account, days), len(numbers) + 1)
            sections.append(Section(line_no=line_no, number=number, account=account, days=days, raw=raw, torn=torn))
    return sections


def _days(cells: list[str]) -> tuple[dt.date, ...]:
    found = (re.match(r"(\d{4})/(\d\d)/(\d\d)\b", cell.strip()) for cell in cells)
    try:
        return tuple(dt.date(*map(int, day.groups())) for day in found if day)
    except ValueError:
        return ()


def _names(piece: Piece, line_no: int, cells: list[str], columns: Sequence[str]) -> list[str]:
    known = {key(name): name for name in columns}
    names = unique_names([known.get(key(cell), normal(cell)) for cell in cells[1:]], {})
    while names and names[-1].startswith("column_"):
        names.pop()
    missing = [name for name in NEEDED if name not in names]
    if missing:
        raise SourceError(
            "the CH record lacks the columns " + ", ".join(missing),
            path=piece.name,
            line_no=line_no,
            remedy="Download the report again as PayPal delivers it; its header was edited, or it is another report.",
        )
    return names


def _cells(
    rows: pl.DataFrame, names: list[str], separator: str, *, piece: Piece, columns: Sequence[str]
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Split SB records into cells. Returns (raw, torn rows as rejects); columns of newer versions are there, blank."""
    good_form = pl.col("text").str.contains(well_quoted(len(names) + 1, separator))
    marked = rows.with_columns(good_form.alias("even"))
    even, rest = marked.filter("even"), marked.filter(~pl.col("even"))
    schema = dict.fromkeys(names, pl.String)
    parts: list[pl.DataFrame] = []
    if even.height:
        split = pl.read_csv(
            even["text"].str.join("\n").item().encode(),
            has_header=False,
            separator=separator,
            schema={"SB": pl.String, **schema},
            empty_string_is_null=False,
        )
        if split.height != even.height or sum(split.null_count().row(0)):
            msg = f"{piece.name}: {even.height} records became {split.height} rows"
            raise AssertionError(msg)
        parts.append(split.drop("SB").insert_column(0, even["line_no"]))
    good: list[tuple[int | str, ...]] = []
    torn: list[tuple[int, str, str, str]] = []
    for line_no, line in rest.select("line_no", "text").iter_rows():  # only what the columns cannot vouch for
        cells = by_quotes(line, separator)
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
    missing = [pl.lit("").alias(name) for name in columns if name not in names]
    return pl.concat(parts, how="diagonal").fill_null("").with_columns(missing).sort("line_no"), torn_rows


@dataclass(frozen=True, slots=True)
class Told:
    """One record that totals or counts: SF, SC, RF, RC or FF, and the lines whose SB records it speaks of."""

    name: str
    """As a control is called: ``SF``, or ``SF 2`` where there are several sections."""
    section: int
    """Number of the section, 0 = all of them."""
    cells: list[str]
    from_line: int
    line_no: int
    whole: bool = True
    """False: it speaks of rows of other files, too."""

    @property
    def count(self) -> str:
        """Number of rows: the last cell, without leading zeros."""
        return self.cells[-1].lstrip("0") or "0"

    def rows_in(self, lines: pl.Series) -> int:
        """How many of ``lines`` (of SB records) it speaks of."""
        return int(lines.is_between(self.from_line, self.line_no).sum())


def told(records: pl.DataFrame, sections: Sequence[Section]) -> Iterator[Told]:
    """Records that total or count; FF without a count where FH has none: the file is cut off.

    A report of more than a million rows goes on in a second file (FH 02), and what it says of a section and of the
    report (SF, SC, RF, RC) is of the rows of all its files. Such records are not ``whole`` unless the parts from 01 on
    are all in this file.
    """
    numbers = {part.line_no: part.number for part in sections}
    starts = {part.number: part.line_no for part in reversed(sections)}
    section, file_line, part, complete, begun_before = 0, 0, 0, True, 0
    for line_no, kind, line in records.filter(~pl.col("type").is_in(["SB", "RH", "SH"])).rows():
        cells = [cell.strip() for cell in split(line)]
        if kind == "CH":
            section = numbers[line_no]
        elif kind == "FH":
            number = int(cells[-1]) if re.fullmatch(r"[0-9]{1,9}", cells[-1]) else part + 1
            complete = complete and number == part + 1
            begun_before = 0 if complete or section else 1
            file_line, part = line_no, number
        elif kind in {"SF", "SC"}:
            name = f"{kind} {section}" if len(starts) > 1 else kind
            yield Told(name, section, cells, starts.get(section, 0), line_no, whole=section != begun_before)
        elif kind == "FF":
            yield Told(kind, 0, cells, file_line, line_no)
            file_line = 0
        else:
            yield Told(kind, 0, cells, 0, line_no, whole=complete)
    if file_line:
        yield Told("FF", 0, ["FF", "no FF record: the file is cut off"], file_line, records["line_no"][-1])


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


def wanted() -> dict[str, Cell]:
    """Cells of money, time and numbers that all these reports have; ``fee_minor`` is null where none is printed."""
    reason = "is no unsigned number of hundredths that the currency can hold exactly"
    fee_free = printed("Fee Amount").is_in([*BLANKS, "0"])
    fee_side, fee_currency = printed(FEE_SIDE), printed("Fee Currency")
    side, currency, code = printed(SIDE), printed(CURRENCY), printed("Transaction Event Code")
    when = pl.when(printed(_WHEN) == "").then(printed("Transaction Initiation Date")).otherwise(printed(_WHEN))
    moment = when.map_batches(_moments, return_dtype=pl.Int64, is_elementwise=True)
    day = when.str.slice(0, 10).str.to_date("%Y/%m/%d", strict=False)
    charged_here = fee_free | (fee_currency == currency)
    return {
        "native_id": text("Transaction ID", required=True),
        "merchant_no": text("Invoice ID"),
        "reference_id": text("PayPal Reference ID"),
        "reference_type": text("PayPal Reference ID Type"),
        "code": _held("Transaction Event Code", code.str.contains(CODE), code, "is no event code"),
        "occurred_s": Cell(_WHEN, moment, "is not a time with its offset from UTC", required=True),
        "business_date": Cell(_WHEN, day, "is not a date"),
        "side": _held(SIDE, side.is_in(_SIDES), side, "is neither CR nor DR"),
        "currency": _held(CURRENCY, currency.str.contains("^[A-Z]{3}$"), currency, "is no currency"),
        "amount_minor": Cell(AMOUNT, _minor(AMOUNT, SIDE), reason, required=True),
        "fee_side": _held(FEE_SIDE, fee_free | fee_side.is_in(_SIDES), pl.lit("-"), "is neither CR nor DR"),
        "fee_minor": Cell("Fee Amount", _minor("Fee Amount", FEE_SIDE), reason),
        "fee_currency": Cell(
            "Fee Currency", pl.when(charged_here).then(pl.lit("-")), "is not the currency of the amount"
        ),
    }


def _moments(texts: pl.Series) -> pl.Series:
    """Epoch seconds of times with their offset from UTC; a report prints one form, and one or two offsets."""
    if not texts.len() or not texts.str.contains(_USUAL_TIME).all():
        return texts.str.to_datetime(_TIME, time_unit="us", time_zone="UTC", strict=False).dt.epoch("s")
    offsets = texts.str.tail(5)
    known = offsets.unique()
    hours, minutes = known.str.slice(1, 2).cast(pl.Int64), known.str.slice(3, 2).cast(pl.Int64)
    ahead = (hours * 3600 + minutes * 60) * pl.select(
        pl.when(known.str.head(1) == "-").then(-1).otherwise(1)
    ).to_series()
    local = texts.str.head(19).str.to_datetime(_TIME[:-3], time_unit="us", strict=False).dt.epoch("s")
    return local - offsets.replace_strict(known, ahead, return_dtype=pl.Int64)


def _minor(amount: str, side: str) -> pl.Expr:
    """Unsigned hundredths -> signed minor units of the row's currency; null when unreadable or not exact."""
    units = pl.when(printed(amount).str.contains(HUNDREDTHS)).then(printed(amount)).cast(pl.Int64)
    factor = money.exponents(printed(CURRENCY)).replace_strict({0: 1, 2: 100, 3: 1000}, return_dtype=pl.Int64)
    minor = pl.when(units * factor % 100 == 0).then(units * factor // 100)
    return pl.when(printed(side) == "DR").then(-minor).otherwise(minor)


def _held(column: str, holds: pl.Expr, value: pl.Expr, reason: str) -> Cell:
    return Cell(column, pl.when(holds).then(value), reason, required=True)
