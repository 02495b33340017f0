"""Import templates: recon's own tables for what no known export brings. This module is what the four have in common.

A template is CSV (comma, tab or semicolon) or a spreadsheet, UTF-8 or GB18030. Its columns are found by name, in any
order, each by its English name or its Chinese caption, mixed as you like; columns that the template does not know are
kept in raw and otherwise left alone. A blank cell means unknown. Lines above the header are skipped.

    record,订单号,amount,状态,occurred_at        record,order_no,amount,status,occurred_at
    支付,ORD-1001,12.50,成功,2026-02-01 10:00:03    payment,ORD-1001,12.50,success,2026-02-01 10:00:03

Times are read as ``2026-02-01 10:00:03``, with ``/``, ``T`` or 年月日, with or without seconds; with a zone offset
(``+08:00``, ``Z``) they are that moment, without one they are in the workspace's zone. Whether a bare date will do is
said by each template. Parts of a second are dropped. Currencies are ISO 4217 codes (or 人民币, 美元 ...); blank is the
workspace's base currency. Words of a closed set are read in English (any case) or Chinese; any other word is a reject.

In code: a template is a subclass of :class:`Template` with its columns and one method, :meth:`Records.canonical`, which
gets a frame with *all* columns of the template under their English names. A file whose headers are its own is read
through the same method, once a column mapping of recon.toml has named its columns (recon/sources/mapping.py).
"""

from __future__ import annotations

import dataclasses
from abc import ABC, abstractmethod
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import ClassVar, Final

import polars as pl

from recon import money, times
from recon.errors import SourceError
from recon.model import Book, Channel
from recon.sources import cells, header, sheet
from recon.sources.cells import Cell
from recon.sources.piece import Piece
from recon.sources.source import Reading, Settings, Source
from recon.sources.table import Table, normal, read_table

CHANNELS: Final = {
    "alipay": Channel.ALIPAY.value,
    "支付宝": Channel.ALIPAY.value,
    "wechat": Channel.WECHAT.value,
    "微信": Channel.WECHAT.value,
    "微信支付": Channel.WECHAT.value,
    "unionpay": Channel.UNIONPAY.value,
    "银联": Channel.UNIONPAY.value,
    "云闪付": Channel.UNIONPAY.value,
    "paypal": Channel.PAYPAL.value,
}
_DAYS: Final = ("%Y-%m-%d", "%Y%m%d")
_TIMES: Final = tuple(f"%Y-%m-%d %H:%M{rest}" for rest in (":%S%z", ":%S", "", ":%S%.f", ":%S%.f%z", "%z"))
_CURRENCIES: Final = {
    "人民币": "CNY", "RMB": "CNY", "美元": "USD", "欧元": "EUR", "英镑": "GBP", "日元": "JPY", "港币": "HKD",
}  # fmt: skip


class Holds(StrEnum):
    """What the cells of a column are."""

    TEXT = "text"
    NUMBER = "number"  # of an order, a payment, a voucher: a text that a spreadsheet must not have rounded
    WORD = "word"
    AMOUNT = "amount"
    RATE = "rate"
    CURRENCY = "currency"
    TIME = "time"
    DAY = "day"
    MONTH = "month"


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a template."""

    name: str
    """English name, and the name in raw."""
    caption: str
    holds: Holds = Holds.TEXT
    words: Mapping[str, str] = field(default_factory=dict)
    """The closed set of a column of words: as printed -> as it is kept."""
    printed: str = ""
    """English name in files, where it differs from ``name``: ``line_no`` is taken by the physical line."""


@dataclass(frozen=True, slots=True)
class _Layout:
    """How one file prints the template: what separates cells (``""``: a spreadsheet) and its column names."""

    separator: str
    names: tuple[tuple[str, str], ...]  # (printed and normalised, the template's name)


class Records(ABC):
    """What a table may say, column by column, and what its rows become."""

    name: ClassVar[str]
    book: ClassVar[Book | None]
    columns: ClassVar[tuple[Column, ...]]
    required: ClassVar[tuple[str, ...]]
    """There must be all of these."""
    either: ClassVar[tuple[tuple[str, ...], ...]] = ()
    """... and one of each of these."""

    def lacks(self, names: Collection[str]) -> tuple[str, ...]:
        """Columns that there must be and are not in ``names``; of those of which one is enough, the first."""
        alone = [name for name in self.required if name not in names]
        return (*alone, *(group[0] for group in self.either if not set(group) & set(names)))

    @abstractmethod
    def canonical(self, frame: pl.DataFrame, settings: Settings) -> Reading:
        """Turn printed cells (``line_no`` + every column of the template, blank where the file has none) into records.

        ``raw`` of the reading, and the names in ``rejects``, are filled in afterwards.
        """


class Template(Records, Source):
    """One import template."""

    foreign: ClassVar[tuple[str, ...]] = ()
    """Normalised names that make the file something else: key columns of other templates and of known exports."""

    def __init__(self) -> None:
        self._key_of: dict[str, str] = {}
        for column in self.columns:
            for spelling in (column.name, column.printed or column.name, column.caption):
                self._key_of[_folded(spelling)] = column.name

    def identify(self, piece: Piece) -> bool:
        """Tell whether a header with the template's required columns is there. Never raises."""
        try:
            return self._layout(piece) is not None
        except SourceError:
            return False

    def read(self, piece: Piece, settings: Settings) -> Reading:
        """Read the file. Raises SourceError when the header is missing or ambiguous, or identifiers are destroyed."""
        layout = self._layout(piece)
        if layout is None:
            raise SourceError(
                f"no header of the template {self.name} was found; looked for {self._wanted()}",
                path=piece.name,
                remedy=f"See the template's columns: recon sources show {self.name}",
            )
        printed = self._printed_names(piece, layout)
        table = self._table(piece, layout, printed)
        identifiers = [c.name for c in self.columns if c.holds is Holds.NUMBER and c.name in printed]
        shown = table.frame.select("line_no", *(pl.col(name).alias(printed[name]) for name in identifiers))
        cells.refuse_destroyed_ids(piece.name, shown, [printed[name] for name in identifiers])
        absent = [pl.lit("").alias(column.name) for column in self.columns if column.name not in table.header]
        reading = self.canonical(table.frame.with_columns(absent), settings)
        rejects = reading.rejects.with_columns(pl.col("column").replace(printed))
        return dataclasses.replace(
            reading,
            raw=table.raw,
            rejects=pl.concat([table.rejects, rejects]).sort("line_no", "column", maintain_order=True),
        )

    # -- the header ------------------------------------------------------------------------------------------------

    def _layout(self, piece: Piece) -> _Layout | None:
        for separator, printed in header.candidates(piece):
            names = tuple((name, self._key_of[_folded(name)]) for name in printed if _folded(name) in self._key_of)
            if self._claims(printed, {key for _, key in names}):
                return _Layout(separator, names)
        return None

    def _claims(self, header: Sequence[str], keys: set[str]) -> bool:
        return not self.lacks(keys) and not {_folded(name) for name in header} & set(self.foreign)

    def _printed_names(self, piece: Piece, layout: _Layout) -> dict[str, str]:
        printed: dict[str, str] = {}
        for name, key in layout.names:
            if key in printed:
                raise SourceError(
                    f'two columns, "{printed[key]}" and "{name}", both mean {key}',
                    path=piece.name,
                    remedy="Keep the one that counts and rename or remove the other.",
                )
            printed[key] = name
        return printed

    def _table(self, piece: Piece, layout: _Layout, printed: Mapping[str, str]) -> Table:
        required = [printed[name] for name in self.required]
        aliases = dict(layout.names)
        if not layout.separator:
            return sheet.read_sheet(piece, required=required, aliases=aliases)
        return read_table(piece, required=required, separator=layout.separator, aliases=aliases)

    def _wanted(self) -> str:
        caption = {column.name: f"{column.printed or column.name} {column.caption}" for column in self.columns}
        wanted = [", ".join(caption[name] for name in self.required)]
        return ", and ".join(wanted + [" or ".join(caption[name] for name in group) for group in self.either])


def _folded(name: str) -> str:
    """Header name for look-up: as ``table.normal``, in lower case, blanks as underscores (``Order No`` = order_no)."""
    return normal(name).casefold().replace(" ", "_")


# -- cells that only templates have --------------------------------------------------------------------------------


def choice(frame: pl.DataFrame, column: str, words: Mapping[str, str], *, required: bool = False) -> Cell:
    """One of a closed set of words in English (any case) or Chinese, translated."""
    bare = cells.printed(column).str.to_lowercase()
    typed = bare.replace_strict(dict(words), default=None, return_dtype=pl.String)
    return Cell(column, _by_value(frame, column, typed), "is none of " + ", ".join(words), required)


def currency(frame: pl.DataFrame, column: str, base: str) -> Cell:
    """ISO 4217 code; blank is ``base``."""
    bare = cells.printed(column).str.to_uppercase().replace(_CURRENCIES)
    typed = pl.when(bare.is_in(cells.BLANKS)).then(pl.lit(base)).when(bare.str.contains("^[A-Z]{3}$")).then(bare)
    return Cell(column, _by_value(frame, column, typed), "is no ISO 4217 currency code")


def amount(frame: pl.DataFrame, column: str, unit: Cell | str, *, required: bool = True) -> Cell:
    """Minor units, with the decimals of the currency ``unit``: one code, or each row's own (:func:`currency`)."""
    places = money.exponents(pl.lit(unit) if isinstance(unit, str) else unit.typed.fill_null(""))
    sizes = frame.select(places.unique()).to_series().to_list() or [2]
    if len(sizes) == 1:
        typed = money.minor_units(pl.col(column), sizes[0])
    else:
        typed = pl.coalesce(pl.when(places == size).then(money.minor_units(pl.col(column), size)) for size in sizes)
    return Cell(column, typed, "is not an amount with at most the decimals of its currency", required)


def moment(frame: pl.DataFrame, column: str, zone: str, *, required: bool = False) -> Cell:
    """UTC epoch seconds; a bare date is a reject."""
    typed = pl.lit(_moments(frame, column, zone))
    return Cell(column, typed, "is not a time (a date alone does not say when)", required)


def moment_or_day(frame: pl.DataFrame, column: str, zone: str) -> Cell:
    """Struct of ``s`` (UTC epoch seconds, null when only a date is printed) and ``day`` (Date in ``zone``)."""
    at = _moments(frame, column, zone)
    days = frame.select(times.business_date(pl.lit(at), zone)).to_series()
    rest = days.is_null() & (frame[column] != "")
    if rest.any():
        bare = frame.filter(rest).select(times.day(_dashed(column), _DAYS)).to_series()
        days = days.scatter(rest.arg_true(), bare)
    typed = pl.when(pl.lit(days).is_not_null()).then(pl.struct(pl.lit(at).alias("s"), pl.lit(days).alias("day")))
    return Cell(column, typed, "is neither a time nor a date")


def _by_value(frame: pl.DataFrame, column: str, typed: pl.Expr) -> pl.Expr:
    """``typed``, worked out once for each distinct cell: a column of words has few."""
    known = frame.select(pl.col(column).unique()).with_columns(typed.alias("typed"))
    return pl.col(column).replace_strict(known[column], known["typed"], default=None, return_dtype=pl.String)


def day(column: str, *, required: bool = False) -> Cell:
    """Calendar day; the midnight that a spreadsheet puts after a date is ignored."""
    bare = _dashed(column).str.replace(r" 00:00(:00)?$", "")
    return Cell(column, times.day(bare, _DAYS), "is not a date", required)


def _dashed(column: str) -> pl.Expr:
    """Date or time with every way to write the date made ``2026-2-3``, and one blank before the time."""
    ways = {"/": "-", "年": "-", "月": "-", "日": " ", "T": " ", "Z": "+00:00"}
    text = cells.printed(column).str.replace_many(list(ways), list(ways.values()))
    return text.str.replace_all("  ", " ", literal=True).str.strip_chars()


def _moments(frame: pl.DataFrame, column: str, zone: str) -> pl.Series:
    """Epoch seconds of a column of times; null where blank, a bare date or unreadable.

    A file prints its times in one form, so each form is tried only on the rows that those before it could not read.
    """
    result = frame.select(times.epoch_s(pl.col(column), ("%Y-%m-%d %H:%M:%S",), zone)).to_series()
    rest = (result.is_null() & (frame[column] != "")).arg_true()
    text = frame[rest].select(_dashed(column).alias("text"))
    for form in _TIMES:
        if not rest.len():
            break
        zoned = pl.col("text").str.to_datetime(form, strict=False, time_unit="us").dt.epoch("s")
        found = text.select(zoned if form.endswith("%z") else times.epoch_s(pl.col("text"), (form,), zone)).to_series()
        result = result.scatter(rest.filter(found.is_not_null()), found.drop_nulls())
        rest, text = rest.filter(found.is_null()), text.filter(found.is_null())
    return result


# -- rows that cells alone do not decide ---------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Doubt:
    """Rows rejected for what their cells say together: the column to name, a predicate on typed columns, why."""

    column: str
    holds: pl.Expr
    reason: str


def typed_rows(
    frame: pl.DataFrame, wanted: Mapping[str, Cell], doubts: Sequence[Doubt] = ()
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Type all cells, then reject the rows that a doubt holds for. Returns (typed, rejects) as ``cells.read_cells``."""
    typed, rejects = cells.read_cells(frame, wanted)
    found = [rejects]
    for doubt in doubts:
        hits = typed.filter(doubt.holds).select("line_no")
        if hits.height:
            typed = typed.filter(~doubt.holds.fill_null(value=False))
            value = frame.join(hits, on="line_no", how="semi").select("line_no", pl.col(doubt.column).alias("value"))
            found.append(
                value.select(
                    "line_no", pl.lit(doubt.column).alias("column"), "value", pl.lit(doubt.reason).alias("reason")
                )
            )
    return typed, pl.concat(found).sort("line_no", "column")


def set_aside(typed: pl.DataFrame, holds: pl.Expr, reason: str) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Split off the rows that are by rule no record. Returns (the others, excluded with the reason)."""
    gone = typed.filter(holds).select("line_no", pl.lit(reason).alias("reason"))
    return (typed.filter(~holds.fill_null(value=False)) if gone.height else typed), gone
