"""Tables that other systems export, as text or workbook: what formats with one header of known names have in common.

A format is a subclass of :class:`Export`: it names the columns by which its header is recognised and the columns that
it reads, and has one method, :meth:`Export.canonical`, which gets a frame with *all* columns it asked for (blank where
the file has none). Header names are compared after ``table.normal``, in any order, wherever the header stands;
separators are comma, tab and semicolon.

    class Pinduoduo(Export):
        required = ("订单号", "用户实付金额(元)", "售后状态")     its header has these, and no other format's has
        optional = ("支付时间",)                                  read where it is there

Exports of shops become rows of the order book, by :func:`order_rows`; what one printed line says of an order is a
payment, a refund, or both, with the line as the origin of either.
"""

from __future__ import annotations

import dataclasses
from abc import abstractmethod
from collections.abc import Mapping, Sequence
from typing import ClassVar, Final

import polars as pl

from recon import times
from recon.errors import SourceError
from recon.model import Book, Kind, Status
from recon.sources import cells, header
from recon.sources.cells import Cell
from recon.sources.piece import Piece
from recon.sources.source import Reading, Settings, Source
from recon.sources.table import Table, read_table

MOMENTS: Final = (*cells.SECONDS, "%Y/%m/%dT%H:%M:%S")


class Export(Source):
    """One table that another system exports."""

    required: ClassVar[tuple[str, ...]]
    """The header must have all of these (normalised; ``aliases`` applied)."""
    either: ClassVar[tuple[str, ...]] = ()
    """... and one of these."""
    optional: ClassVar[tuple[str, ...]] = ()
    """Columns that are read where they are there, and blank for :meth:`canonical` where they are not."""
    aliases: ClassVar[Mapping[str, str]] = {}
    """Other normalised spellings -> the one column name used."""
    foreign: ClassVar[tuple[str, ...]] = ()
    """Normalised names that make the file something else."""
    identifiers: ClassVar[tuple[str, ...]] = ()
    """Columns of long numbers: a file in which a spreadsheet has rounded one of them is refused."""
    quoted: ClassVar[bool] = True
    """Whether text cells with a separator in them are written in quotes; if not, a quote is an inch mark."""

    @abstractmethod
    def canonical(self, frame: pl.DataFrame, settings: Settings) -> Reading:
        """Turn printed cells (``line_no`` + every required and optional column) into records.

        ``raw`` of the reading is filled in afterwards, and the rejects of the table are added.
        """

    def identify(self, piece: Piece) -> bool:
        """Tell whether the header is there, in the text or in a sheet. Never raises."""
        try:
            return self._header(piece) is not None
        except SourceError:
            return False

    def read(self, piece: Piece, settings: Settings) -> Reading:
        """Read the file. Raises SourceError when there is no header, or an identifier is destroyed."""
        table = self._table(piece)
        frame = table.frame
        cells.refuse_destroyed_ids(piece.name, frame, [name for name in self.identifiers if table.has(name)])
        wanted = (*self.required, *self.either, *self.optional)
        absent = [pl.lit("").alias(name) for name in dict.fromkeys(wanted) if not table.has(name)]
        reading = self.canonical(frame.with_columns(absent), settings)
        rejects = pl.concat([table.rejects, reading.rejects]).sort("line_no", "column", maintain_order=True)
        return dataclasses.replace(reading, raw=table.raw, rejects=rejects)

    def _header(self, piece: Piece) -> tuple[str, list[str]] | None:
        """Separator (``""``: a workbook) and normalised names of the header, None when there is none."""
        for separator, names in header.candidates(piece):
            known = {self.aliases.get(name, name) for name in names}
            if set(self.required) <= known and (not self.either or known & set(self.either)):
                return None if known & set(self.foreign) else (separator, names)
        return None

    def _table(self, piece: Piece) -> Table:
        found = self._header(piece)
        if found is None:
            raise SourceError(
                "the table header was not found; looked for a line with the columns " + ", ".join(self.required),
                path=piece.name,
                remedy=f"Export the file again with these columns: recon sources show {self.name}",
            )
        separator, names = found
        printed = [name for name in names if self.aliases.get(name, name) in self.required]
        if separator and not self.quoted:
            return read_table(piece, required=printed, separator=separator, aliases=self.aliases, quoted=False)
        return header.read(piece, separator, printed, self.aliases)


# -- cells of orders -----------------------------------------------------------------------------------------------


def moment(column: str, zone: str, *, required: bool = False) -> Cell:
    """UTC epoch seconds of a printed time, with or without its ``="..."`` guard; blank tokens are blank."""
    typed = times.epoch_s(cells.printed(column), MOMENTS, zone)
    return Cell(column, typed, "is not a time of the expected form", required)


def state(column: str, rules: Sequence[tuple[str, str]], known: str) -> Cell:
    """Printed state of an order, by the first rule whose expression (Rust syntax) it matches; other states are rejects.

    Expressions are matched on the text with full-width commas made ``,``; ``known`` lists the states for the reject.
    """
    bare = cells.printed(column).str.replace_all("，", ",", literal=True)
    tries = [pl.when(bare.str.contains(form)).then(pl.lit(word)) for form, word in rules]
    return Cell(column, pl.coalesce(tries), f"is no order state known here ({known})", required=True)


# -- rows of the order book ----------------------------------------------------------------------------------------

NO_MONEY: Final = "the order's amount is 0: no money moved"


def order_rows(orders: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Orders, one a line -> rows of the order book. Returns (txns, excluded).

    ``orders``: line_no; channel, shop, order_no, native_id, merchant_no, channel_txn_no, memo (String); currency;
    status, refund_status (model.Status); paid_minor, refunded_minor (Int64, not negative, 0 = none); occurred_s (when
    it was paid, null = not printed); business_date.

    A payment of more than 0 is a payment row, a refund of more than 0 a refund row after it. Exports of orders print
    no time for refunds: a refund has none, and stands on the day of its payment, the only day that the line gives.
    Lines with neither are excluded.
    """
    payment = orders.filter(pl.col("paid_minor") > 0).select(
        *_shared(),
        pl.lit(Kind.PAYMENT.value).alias("kind"),
        "status",
        pl.col("paid_minor").alias("amount_minor"),
        "occurred_s",
    )
    refund = orders.filter(pl.col("refunded_minor") > 0).select(
        *_shared(),
        pl.lit(Kind.REFUND.value).alias("kind"),
        pl.col("refund_status").alias("status"),
        (-pl.col("refunded_minor")).alias("amount_minor"),
        pl.lit(None, dtype=pl.Int64).alias("occurred_s"),
    )
    nothing = orders.filter((pl.col("paid_minor") == 0) & (pl.col("refunded_minor") == 0))
    txns = pl.concat([payment, refund]).sort("line_no", maintain_order=True)
    return txns, nothing.select("line_no", pl.lit(NO_MONEY).alias("reason"))


def _shared() -> list[pl.Expr]:
    return [
        pl.col("line_no"),
        pl.lit(Book.ORDER.value).alias("book"),
        pl.col("channel"),
        pl.col("shop").alias("account"),
        pl.col("native_id"),
        pl.col("currency"),
        pl.col("business_date"),
        pl.col("order_no"),
        pl.col("merchant_no"),
        pl.col("channel_txn_no"),
        pl.col("memo"),
        pl.col("shop"),
    ]


def shop_of(orders: pl.DataFrame) -> str:
    """The one shop that all rows of a file are of, else ``""``."""
    shops = orders["shop"].unique().to_list()
    return str(shops[0]) if len(shops) == 1 else ""


def noted(*captions: str) -> pl.Expr:
    """Memo of the columns that are not blank: ``主订单编号=351...; 支付方式=在线支付``.

    Only of cells that do not change while the order moves on: a changed memo restates the row and re-opens its match.
    """
    parts = [
        pl.when(~cells.printed(name).is_in(cells.BLANKS)).then(pl.concat_str(pl.lit(f"{name}="), cells.printed(name)))
        for name in captions
    ]
    return pl.concat_str(parts, separator="; ", ignore_nulls=True)


SETTLED: Final = Status.SUCCESS.value
WAITING: Final = Status.PENDING.value
VOID: Final = Status.CLOSED.value
