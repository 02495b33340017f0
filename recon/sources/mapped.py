"""Reading a file through its column mapping: one format for each ``[sources.mapping.NAME]`` of recon.toml.

    source = MappedSource(ColumnMapping(name="woo", template="orders", columns={"order_no": ("Order Number",), ...}))
    source.identify(piece), source.read(piece, settings)      as of every other format

The cells are brought under the names and into the forms of the template (:class:`_Translation`); what they mean is then
said by the template itself. recon/sources/mapping.py is the manual.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

import polars as pl

from recon import money
from recon.errors import SourceError
from recon.model import REJECT
from recon.sources import cells, header, printed_forms
from recon.sources.mapping import BY_SIGN, EXTRA, REFUNDED, SKIP, TEMPLATES, ColumnMapping, columns_of
from recon.sources.piece import Piece
from recon.sources.source import Control, Reading, Settings, Source
from recon.sources.table import Table, normal, unique_names
from recon.sources.template import Column, Holds

_ZERO: Final = r"^[+-]?0*\.?0*$"
_JOINS: Final = {Holds.TIME: " ", Holds.DAY: " ", Holds.TEXT: " | "}
_TOTAL: Final = "a line of totals"
REPEATS: Final = "a further line of an order: its amount stands on the order's first line"
DIFFERS: Final = "is not what the first line of the same number says"
PEOPLE: Final = re.compile(
    r"姓名|收货人|收件人|联系人|买家(?:会员名|昵称)|地址|电话|手机|身份证|邮编|"
    r"(?i:^name$|address|street|phone|mobile|postcode|postal|"
    r"\bzip\b|(?:first|last|full|customer|buyer|receiver|recipient|billing|shipping|contact)[ _.-]*name|"
    r"anschrift|straße|strasse|telefon|\bplz\b|vorname|nachname|empfänger)"
)
"""Columns of tables that anybody may have made: what is called like a person, or like where one lives."""
_SAID_ONCE: Final = (Holds.AMOUNT, Holds.RATE, Holds.CURRENCY, Holds.WORD, Holds.TIME, Holds.DAY)


def raw_table_of(name: str) -> str:
    """Raw table of the mapping called ``name``."""
    return f"mapped.{name}"


class MappedSource(Source):
    """One file of the workspace's own, read through its column mapping."""

    # It has no name of its own as a class, so that it is no format that is found by looking.
    personal = PEOPLE

    def __init__(self, mapping: ColumnMapping) -> None:
        self.mapping = mapping
        self.records = TEMPLATES[mapping.template]
        self._headers = {name: tuple(map(normal, headers)) for name, headers in mapping.columns.items()}
        wanted = list(dict.fromkeys(name for headers in self._headers.values() for name in headers))
        self._wanted = tuple(wanted)
        self._lacks = {normal(name) for name in mapping.lacks}
        # These are class attributes of a format; each mapping is a format of its own.
        self.name = mapping.name  # type: ignore[misc]
        self.title = mapping.title or f"[sources.mapping.{mapping.name}]"  # type: ignore[misc]
        self.raw_table = raw_table_of(mapping.name)  # type: ignore[misc]
        self.book = self.records.book  # type: ignore[misc]
        self.looks_for = f"a header with {', '.join(wanted)}"  # type: ignore[misc]

    @property
    def manual(self) -> str:
        """What the mapping says, column by column."""
        mapping = self.mapping
        lines = [
            f"{self.title}: a file of this workspace, read as {mapping.template} (see [sources.mapping.{self.name}]).",
            "",
            f"Where: recon.toml, [sources.mapping.{self.name}].",
            "",
            *(f"    {name:<16} {' + '.join(headers)}" for name, headers in mapping.columns.items()),
            *(f'    {name:<16} "{value}" (constant)' for name, value in mapping.constants.items()),
            *(
                f'    {name:<16} "{printed}" = {word or "(blank)"}'
                for name, words in mapping.words.items()
                for printed, word in words.items()
            ),
            "",
            f"Dates {mapping.date_order}, decimal mark {mapping.decimal_mark}"
            + (f", times in {mapping.zone}" if mapping.zone else "")
            + (f"; one record for each {mapping.once}" if mapping.once else "")
            + f". What comes out: recon sources show {mapping.template}",
        ]
        return "\n".join(lines)

    def identify(self, piece: Piece) -> bool:
        """Tell whether a header with all the mapping's names is there, and none of those it must lack."""
        try:
            return self._header(piece) is not None
        except SourceError:
            return False

    def _header(self, piece: Piece) -> tuple[str, list[str]] | None:
        for separator, names in header.candidates(piece):
            known = set(unique_names(names, {}))
            if known.issuperset(self._wanted) and not known & self._lacks:
                return separator, names
        return None

    def read(self, piece: Piece, settings: Settings) -> Reading:
        """Read the file. Raises SourceError when the header is missing or a spreadsheet has destroyed a number."""
        found = self._header(piece)
        if found is None:
            raise SourceError(
                f"the table header was not found; looked for {self.looks_for}",
                path=piece.name,
                remedy=f"Compare the file's header with [sources.mapping.{self.name}] in recon.toml, "
                "or let it be learnt again: recon sources learn FILE --replace",
            )
        separator, names = found
        printed = [name for name in names if name in self._wanted]
        table = header.read(piece, separator, printed, {})
        records, totals, odd = self._without_totals(table)
        known = columns_of(self.mapping.template)
        numbers = [
            header_name
            for name, headers in self._headers.items()
            if known[name].holds is Holds.NUMBER
            for header_name in headers
        ]
        cells.refuse_destroyed_ids(piece.name, records, numbers)
        translation = _Translation(self.mapping, self._headers, records)
        frame, rejects, excluded = translation.done()
        zoned = dataclasses.replace(settings, zone=self.mapping.zone) if self.mapping.zone else settings
        reading = self.records.canonical(frame, zoned)
        reading = _settled(reading, self._printed(reading.rejects, records), (odd, rejects))
        excluded = pl.concat([reading.excluded, excluded, totals.select("line_no", pl.lit(_TOTAL).alias("reason"))])
        repeated = excluded.filter(pl.col("reason") == REPEATS)["line_no"]
        counted = records.filter(~pl.col("line_no").is_in(repeated.implode()))
        return dataclasses.replace(
            reading,
            raw=table.raw,
            excluded=excluded.sort("line_no"),
            controls=(*reading.controls, *self._sums(counted, totals)),
        )

    def _without_totals(self, table: Table) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]:
        """Return (records, lines of totals, rejects of the table)."""
        if not self.mapping.totals:
            return table.frame, table.frame.clear(), table.rejects
        word = normal(self.mapping.totals)
        texts = [pl.when(cells.printed(name) != "").then(cells.printed(name)) for name in table.header]
        begins = pl.coalesce(texts).str.normalize("NFKC").str.starts_with(word).fill_null(value=False)
        totals = table.frame.filter(begins)
        short = table.unsplit.filter(pl.col("text").str.strip_chars(cells.SURROUNDING + ",;").str.starts_with(word))
        first, *others = table.header
        blank = [pl.lit("").alias(name) for name in others]
        lines = pl.concat([totals, short.select("line_no", pl.col("text").alias(first), *blank)])
        numbers = lines["line_no"].implode()
        return (
            table.frame.filter(~pl.col("line_no").is_in(numbers)),
            lines,
            table.rejects.filter(~pl.col("line_no").is_in(numbers)),
        )

    def _printed(self, rejects: pl.DataFrame, records: pl.DataFrame) -> pl.DataFrame:
        """Rejects of the template with the file's own headers and cells."""
        parts = [rejects.clear()]
        for (name,), group in rejects.group_by("column", maintain_order=True):
            headers = self._headers.get(str(name), ())
            if not headers:
                parts.append(group)
                continue
            shown = records.select("line_no", _joined(headers, " ").alias("value"))
            parts.append(
                group.drop("value")
                .join(shown, on="line_no", how="left")
                .with_columns(pl.lit(" + ".join(headers)).alias("column"))
                .select(rejects.columns)
            )
        return pl.concat(parts)

    def _sums(self, records: pl.DataFrame, totals: pl.DataFrame) -> Iterator[Control]:
        """One control for each amount that the one line of totals prints below a mapped column."""
        known = columns_of(self.mapping.template)
        if totals.height != 1:
            return
        for name, headers in self._headers.items():
            if known[name].holds is not Holds.AMOUNT or len(headers) != 1 or name in ("balance", "net"):
                continue
            (column,) = headers
            minors = [
                pl.select(
                    money.minor_units(pl.lit(printed_forms.plain(frame[column], self.mapping.decimal_mark)))
                ).to_series()
                for frame in (totals, records)
            ]
            if minors[0].drop_nulls().len():
                printed, computed = (money.show(int(found.sum()), "CNY") for found in minors)
                yield Control(f"{self.mapping.totals} {column}", printed, computed)


def _settled(reading: Reading, printed: pl.DataFrame, before: Sequence[pl.DataFrame]) -> Reading:
    """Give every line one fate: a reject is nothing else, and what is canonical is not excluded."""
    rejects = pl.concat([*before, printed.cast({name: kind() for name, kind in REJECT.items()})])
    rejects = rejects.unique(maintain_order=True).sort("line_no", "column", maintain_order=True)
    bad = rejects["line_no"].implode()
    frames = {
        name: frame.filter(~pl.col("line_no").is_in(bad))
        for name in ("txns", "vouchers", "shipments", "contacts", "rates")
        if (frame := getattr(reading, name)) is not None
    }
    taken = pl.concat([*(frame["line_no"] for frame in frames.values()), rejects["line_no"]])
    excluded = reading.excluded.filter(~pl.col("line_no").is_in(taken.implode())).unique(maintain_order=True)
    return dataclasses.replace(reading, rejects=rejects, excluded=excluded, **frames)


def _joined(headers: Sequence[str], separator: str) -> pl.Expr:
    """Cells of several columns in one, blank ones left out; the cell itself where there is one column."""
    if len(headers) == 1:
        return pl.col(headers[0])
    parts = [pl.when(~cells.printed(name).is_in(cells.BLANKS)).then(cells.printed(name)) for name in headers]
    return pl.concat_str(parts, separator=separator, ignore_nulls=True)


class _Translation:
    """Cells of one file under the names, and in the forms, of the template."""

    def __init__(self, mapping: ColumnMapping, headers: Mapping[str, tuple[str, ...]], records: pl.DataFrame) -> None:
        self.mapping = mapping
        self.headers = headers
        self.records = records
        self.rejects: list[pl.DataFrame] = [pl.DataFrame(schema=REJECT)]
        self.excluded: list[pl.DataFrame] = []

    def done(self) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]:
        """Return (frame as ``Records.canonical`` wants it, rejects, excluded)."""
        known = columns_of(self.mapping.template)
        frame = self.records.select("line_no")
        for column in known.values():
            frame = frame.with_columns(self._translated(column).alias(column.name))
        for name in self.mapping.fill_down:
            filled = pl.when(pl.col(name) != "").then(name).forward_fill().fill_null("")
            frame = frame.with_columns(filled.alias(name))
        frame = self._kept(frame)
        if self.mapping.once:
            frame = self._once(frame, known)
        if self.mapping.template == "orders":
            frame = _with_refunds(_by_sign(frame) if self.mapping.constants.get("record") == BY_SIGN else frame)
        if self.mapping.template == "vouchers":
            frame = _sided(frame)
        frame = frame.drop(column.name for column in EXTRA.get(self.mapping.template, ()))
        excluded = pl.concat(self.excluded) if self.excluded else frame.select("line_no", reason=pl.lit("")).clear()
        return frame, pl.concat(self.rejects), excluded

    def _kept(self, frame: pl.DataFrame) -> pl.DataFrame:
        """Take out the lines that are rejects already, and those whose word says that they are left out."""
        bad = pl.concat([rejects["line_no"] for rejects in self.rejects])
        frame = frame.filter(~pl.col("line_no").is_in(bad.implode()))
        for name in self.mapping.words:
            skipped = frame.filter(pl.col(name) == SKIP)
            if skipped.height:
                reason = (
                    f"left out by its {' + '.join(self.headers[name])}, as [sources.mapping.{self.mapping.name}] says"
                )
                self.excluded.append(skipped.select("line_no", pl.lit(reason).alias("reason")))
                frame = frame.filter(pl.col(name) != SKIP)
        return frame

    def _translated(self, column: Column) -> pl.Series:
        headers = self.headers.get(column.name, ())
        default = self.mapping.constants.get(column.name, "")
        default = "" if default == BY_SIGN and column.name == "record" else default
        if not headers:
            return pl.Series([default], dtype=pl.String).new_from_index(0, self.records.height)
        printed = self.records.select(_joined(headers, _JOINS.get(column.holds, "-")).alias("cell"))["cell"]
        texts, reason = self._read(column, printed)
        if texts.has_nulls():
            self._reject(headers, self.records.filter(texts.is_null()).select("line_no"), reason)
        if not default:
            return texts
        blank = printed_forms.bare(printed) == ""
        return pl.select(pl.when(blank).then(pl.lit(default)).otherwise(texts)).to_series()

    def _reject(self, headers: Sequence[str], lines: pl.DataFrame, reason: str) -> None:
        """Reject ``lines`` (line_no) for what stands below ``headers``."""
        shown = self.records.join(lines, on="line_no", how="semi").select(
            "line_no",
            pl.lit(" + ".join(headers)).alias("column"),
            _joined(headers, " ").alias("value"),
            pl.lit(reason).alias("reason"),
        )
        self.rejects.append(shown)

    def _read(self, column: Column, printed: pl.Series) -> tuple[pl.Series, str]:
        """Texts in the template's form, null where the cell has another; and what is said then."""
        mapping, words = self.mapping, self.mapping.words.get(column.name)
        if column.holds in (Holds.AMOUNT, Holds.RATE):
            mark = "point" if mapping.decimal_mark == "." else "comma"
            return printed_forms.plain(printed, mapping.decimal_mark), f"is not an amount with a decimal {mark}"
        if column.holds in (Holds.TIME, Holds.DAY):
            return printed_forms.iso(printed, mapping.date_order), f"is not a date in the order {mapping.date_order}"
        if column.holds is Holds.MONTH:
            return printed.str.replace(r"^\s*(\d{1,2})[./-](\d{4})\s*$", "$2-$1"), ""
        if words is None or column.holds not in (Holds.WORD, Holds.CURRENCY):
            return printed, ""
        targets = {key.casefold(): value for key, value in column.words.items()}
        targets |= {_folded(key): value for key, value in words.items()} | ({} if "" in words else {"": ""})
        bare = printed_forms.bare(printed).str.to_lowercase()
        kept = bare.str.to_uppercase() if column.holds is Holds.CURRENCY else pl.Series([None], dtype=pl.String)
        known = bare.unique()
        read = known.replace_strict(targets, default=None, return_dtype=pl.String)
        texts = bare.replace_strict(known, read, return_dtype=pl.String)
        if column.holds is Holds.CURRENCY:
            texts = texts.fill_null(kept)
        said = f"[sources.mapping.{mapping.name}.words.{column.name}]"
        return texts, f"is none of the words that {said} names"

    def _once(self, frame: pl.DataFrame, known: Mapping[str, Column]) -> pl.DataFrame:
        """Keep the first line of each number; the others repeat it, or contradict it."""
        key = self.mapping.once
        said = [name for name, column in known.items() if column.holds in _SAID_ONCE and self.headers.get(name)]
        silent = {
            name: pl.all_horizontal(cells.printed(header).is_in(cells.BLANKS) for header in self.headers[name])
            for name in said
        }
        lines = frame.sort("line_no").join(
            self.records.select("line_no", *(holds.alias(f"{name} is silent") for name, holds in silent.items())),
            on="line_no",
            maintain_order="left",
        )
        alone = pl.col(key) == ""
        first = alone | (pl.col("line_no") == pl.col("line_no").min().over(key))
        same = {
            name: alone | pl.col(f"{name} is silent") | (pl.col(name) == pl.col(name).first().over(key))
            for name in said
        }
        repeats = ~first & pl.all_horizontal(pl.lit(True), *same.values())
        self.excluded.append(lines.filter(repeats).select("line_no", pl.lit(REPEATS).alias("reason")))
        for name, agrees in same.items():
            self._reject(self.headers[name], lines.filter(~agrees).select("line_no"), DIFFERS)
        return lines.filter(first).select(frame.columns)


def _folded(word: str) -> str:
    return str(printed_forms.bare(pl.Series([word])).str.to_lowercase()[0])


def _is_money(column: str) -> pl.Expr:
    return (pl.col(column) != "") & ~pl.col(column).str.contains(_ZERO)


def _by_sign(frame: pl.DataFrame) -> pl.DataFrame:
    negative = pl.col("amount").str.starts_with("-")
    return frame.with_columns(
        pl.when(negative).then(pl.lit("refund")).otherwise(pl.lit("payment")).alias("record"),
    )


def _with_refunds(frame: pl.DataFrame) -> pl.DataFrame:
    """Refunds are positive, and what went back of an order is a row of its own behind it."""
    refund = pl.col("record").str.to_lowercase().is_in(["refund", "退款"])
    unsigned = [
        pl.when(refund).then(pl.col(name).str.strip_prefix("-")).otherwise(name).alias(name)
        for name in ("amount", "base_amount")
    ]
    whole = (pl.col("status") == REFUNDED) & ~_is_money("refund_amount")
    back = pl.when(whole).then("amount").otherwise("refund_amount").alias("refund_amount")
    frame = frame.with_columns(*unsigned, back)
    given_back = ~refund & _is_money("refund_amount")
    paid = (pl.col("status") == REFUNDED) | (given_back & pl.col("status").is_in(["closed", "关闭"]))
    frame = frame.with_columns(pl.when(paid).then(pl.lit("success")).otherwise("status").alias("status"))
    on_day = [pl.when(pl.col(name) != "").then(pl.col(name).str.head(10)) for name in ("occurred_at", "created_at")]
    when = pl.coalesce(pl.when(pl.col("refunded_at") != "").then("refunded_at"), *on_day, pl.lit(""))
    rows = frame.filter(given_back).with_columns(
        pl.lit("refund").alias("record"),
        pl.col("refund_amount").str.strip_prefix("-").alias("amount"),
        pl.lit("").alias("base_amount"),
        pl.lit("success").alias("status"),
        when.alias("occurred_at"),
    )
    return pl.concat([frame, rows]).sort("line_no", maintain_order=True)


def _sided(frame: pl.DataFrame) -> pl.DataFrame:
    """Amounts of entries on the side that their direction says."""
    sides = [
        pl.when(pl.col("direction") == side).then("amount").otherwise(side).alias(side) for side in ("debit", "credit")
    ]
    return frame.with_columns(sides)
