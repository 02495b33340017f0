"""PayPal's web reports in CSV: what the Activity and the Statement have in common.

Both have one line a movement with Date, Time, TimeZone, Currency, Gross, Fee, Net, Balance, in the language and the
notation of the person who asked for them (recon/sources/paypal_words.py, recon/sources/notation.py):

    "29/12/2015","07:45:51","PST",...,"USD","1,653.75","-73.07","1,580.68",...     English words, British dates
    "9/4/2018","21:15:11","America/Los_Angeles",...,"EUR","-15,00","0,00","-15,00",...     English words, German numbers

How numbers and dates are written is proved by the file or said in recon.toml; it is never guessed:

- decimal mark: by the form of the amounts, else by their sums: of the two ways, one alone has gross + fee = net in
  every line and a balance that runs. Else ``paypal_decimal_mark`` of ``[sources]``.
- order of day and month: by a number above 12, by the year first, by points; by a zone of summer time (PDT, CEST),
  which a day in winter cannot have; or where the running balance proves that the lines stand in the order of time, by
  the one order in which the dates run as well. Else ``paypal_date_order`` of ``[sources]``.

A file that proves two ways at once was rewritten by a spreadsheet and is refused; so is a workbook, in which dates have
already been read in somebody's order. A file that proves none, and needs to, is refused with the setting to make.

Times are in the zone beside them: a place, an offset, or an abbreviation with one meaning; others (CST) are told by
``[sources.paypal_zones]``. A blank one is the workspace's. business_date is the day as printed.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping, Sequence
from typing import ClassVar, Final

import polars as pl

from recon import money
from recon.errors import SourceError
from recon.model import Status
from recon.privacy import masked_name
from recon.sources import balance, notation, paypal_codes, paypal_words, sheet, zones
from recon.sources.cells import BLANKS, Cell, printed, read_cells, text
from recon.sources.export import Export
from recon.sources.notation import Found
from recon.sources.piece import Piece
from recon.sources.source import Control, Reading, Settings

AMOUNTS: Final = ("Gross", "Fee", "Net", "Balance")
IDENTIFIERS: Final = ("Transaction ID", "Reference Txn ID", "Invoice Number", "Bank Reference ID")
_CLOCKS: Final = ("%H:%M:%S", "%H:%M", "%I:%M:%S %p", "%I:%M %p")
_AGREEMENT: Final = r"^[A-Z]-"
_ORDERS: Final = (notation.DAY_FIRST, notation.MONTH_FIRST)
_MARKS: Final = (notation.POINT, notation.COMMA)
_AGAIN: Final = "Load the CSV as PayPal gave it, without opening and saving it in Excel or WPS."


class PayPalCsv(Export):
    """One of PayPal's two web reports."""

    aliases: ClassVar[Mapping[str, str]] = paypal_words.COLUMNS
    personal = paypal_words.PERSONAL
    identifiers: ClassVar[tuple[str, ...]] = IDENTIFIERS
    event: ClassVar[str]
    """Column that says what a movement is: Type or Description."""

    @abstractmethod
    def moved(self, frame: pl.DataFrame) -> pl.DataFrame:
        """Tell of each row whether it moved the balance: ``moves`` (Boolean, null = unknown) and ``state``, row by row.

        ``frame`` has the printed cells, ``code`` (``""`` where the type is unknown) and gross_minor, fee_minor,
        net_minor, balance_minor. ``state`` is ``done``, ``waiting`` or ``void``; null where the status is unknown.
        """

    def read(self, piece: Piece, settings: Settings) -> Reading:
        """Read the file. Raises SourceError when it does not prove how it is written, or holds types nobody knows."""
        if sheet.is_spreadsheet(piece):
            raise SourceError(
                "it is a workbook, which PayPal does not issue: a spreadsheet has read the dates in its own order",
                path=piece.name,
                remedy=_AGAIN,
            )
        try:
            return super().read(piece, settings)
        except SourceError as error:
            if error.path:
                raise
            raise SourceError(
                error.explanation, path=piece.name, line_no=error.line_no, excerpt=error.excerpt, remedy=error.remedy
            ) from None

    def canonical(self, frame: pl.DataFrame, settings: Settings) -> Reading:
        """Return ``txns``; rows as the manuals of the two formats say."""
        cells = frame.select("line_no", *self.required, *self.optional)
        mark = _decimal_mark(cells, settings)
        counted = cells.with_columns(_codes(cells, self.event, settings)).hstack(_amounts(cells, mark))
        moving = counted.hstack(self.moved(counted))
        self._refuse_unknown(moving.filter((pl.col("code") == "") & pl.col("moves")))
        order = _date_order(moving, settings)
        events = _timed(moving, order, settings)
        typed, rejects = read_cells(events, _wanted(events, mark, order))
        facts = events.select(
            "line_no", "code", "moves", "state", "gross_minor", "fee_minor", "net_minor", "occurred_s"
        )
        rows = typed.join(facts, on="line_no", how="left", maintain_order="left")
        idle = (pl.col("code") == "") | (pl.col("state") == "done") | paypal_codes.without_money(pl.col("code"))
        displayed = ~pl.col("moves") & idle.fill_null(value=False)
        return Reading(
            raw=frame,
            account=settings.paypal_account,
            txns=paypal_codes.rows(_rows(rows.filter(~displayed), settings.paypal_account)),
            rejects=rejects,
            excluded=rows.filter(displayed).select("line_no", pl.lit(paypal_codes.NO_MONEY).alias("reason")),
            controls=(*_sums(events), *_chain(events)),
        )

    def _refuse_unknown(self, rows: pl.DataFrame) -> None:
        """Raise SourceError when a row that moved money is of a type that nobody knows."""
        if not rows.height:
            return
        types = rows[self.event].str.strip_chars().unique(maintain_order=True).to_list()
        lines = "\n".join(f'"{name}" = "T...."' for name in types[:20])
        raise SourceError(
            f'column {self.event}: "{types[0]}" is no type of movement known here'
            + (f" (nor are {len(types) - 1} others)" if types[1:] else ""),
            line_no=rows.item(0, "line_no"),
            remedy="Say in recon.toml which event codes these are (PayPal's reference: Transaction event codes):\n"
            f"[sources.paypal_types]\n{lines}",
        )


def _codes(frame: pl.DataFrame, event: str, settings: Settings) -> pl.Expr:
    """Event code of each row: as printed, else by its type; ``""`` where nobody knows the type."""
    own = {paypal_words.folded(word): code for word, code in settings.paypal_types.items()}
    types = frame[event].unique()
    folded = {name: paypal_words.folded(name) for name in types}
    known = {name: own.get(word) or paypal_words.EVENTS.get(word, "") for name, word in folded.items()}
    by_type = pl.col(event).replace_strict(known, default="", return_dtype=pl.String)
    code = printed("Transaction Event Code")
    return pl.when(code.str.contains(paypal_codes.CODE)).then(code).otherwise(by_type).alias("code")


# -- numbers -------------------------------------------------------------------------------------------------------


def _decimal_mark(frame: pl.DataFrame, settings: Settings) -> str:
    """Decimal mark of the file. Raises SourceError when it shows both, or when nothing tells and it matters."""
    places = money.exponents(printed("Currency"))
    cells = pl.concat(
        frame.select("line_no", pl.col(name).alias("text"), places.cast(pl.Int64).alias("places")) for name in AMOUNTS
    ).filter(~pl.col("text").str.strip_chars().is_in(BLANKS))
    found = notation.decimal_mark(cells)
    if len(found.ways) > 1:
        raise _contradiction(found, {notation.POINT: "a decimal point", notation.COMMA: "a decimal comma"})
    if found.proved:
        return found.proved
    read = {mark: _amounts(frame, mark) for mark in _MARKS}
    if read[notation.POINT].equals(read[notation.COMMA]):
        return notation.POINT  # no amount has either mark
    fitting = [mark for mark in _MARKS if _adds_up(frame.hstack(read[mark]))]
    mark = fitting[0] if len(fitting) == 1 else settings.paypal_decimal_mark
    if not mark:
        line_no, example = cells.filter(pl.col("text").str.contains("[.,]")).select("line_no", "text").row(0)
        raise SourceError(
            f'"{example}" may have a decimal point or a decimal comma, and nothing in the file tells which',
            line_no=line_no,
            remedy='Say in recon.toml what it is: [sources] paypal_decimal_mark = "," or "."',
        )
    return mark


def _contradiction(found: Found, called: Mapping[str, str]) -> SourceError:
    (one, (line, cell)), (other, (other_line, other_cell)) = list(found.ways.items())[:2]
    return SourceError(
        f'the file contradicts itself: "{cell}" has {called.get(one, one)}, '
        f'"{other_cell}" in line {other_line} {called.get(other, other)}',
        line_no=line,
        remedy=f"A spreadsheet has rewritten some of its cells. {_AGAIN}",
    )


def _amounts(frame: pl.DataFrame, mark: str) -> pl.DataFrame:
    """``gross_minor``, ``fee_minor``, ``net_minor``, ``balance_minor`` row by row; null where blank or unreadable."""
    return frame.select(_minor(frame, name, mark).alias(f"{name.lower()}_minor") for name in AMOUNTS)


def _minor(frame: pl.DataFrame, name: str, mark: str) -> pl.Expr:
    places = money.exponents(printed("Currency"))
    column = notation.pointed(pl.when(~printed(name).is_in(BLANKS)).then(name), mark)
    sizes = frame.select(places.unique()).to_series().to_list() or [2]
    return pl.coalesce(pl.when(places == size).then(money.minor_units(column, size)) for size in sizes)


def _adds_up(frame: pl.DataFrame) -> bool:
    """Whether every amount can be read, gross + fee = net in every line, and every balance runs."""
    unread = pl.any_horizontal(
        pl.col(f"{name.lower()}_minor").is_null() & ~printed(name).is_in(BLANKS) for name in AMOUNTS
    )
    return not frame.select(unread.any()).item() and all(control.ok for control in (*_sums(frame), *_chain(frame)))


def _sums(frame: pl.DataFrame) -> tuple[Control, ...]:
    """Number of lines in which gross + fee = net, of those that print all three."""
    whole = frame.drop_nulls(["gross_minor", "fee_minor", "net_minor"])
    if not whole.height:
        return ()
    wrong = whole.filter(pl.col("gross_minor") + pl.col("fee_minor") != pl.col("net_minor"))
    name = "lines with gross + fee = net"
    if wrong.height:
        name += f", not line {wrong.item(0, 'line_no')}"
    return (Control(name, str(whole.height), str(whole.height - wrong.height)),)


def _chain(frame: pl.DataFrame) -> tuple[Control, ...]:
    """Running balance of each currency, over the rows that moved it."""
    moving = frame.filter(pl.col("moves")) if "moves" in frame.columns else frame
    steps = moving.select(
        "line_no",
        pl.lit("").alias("account"),
        printed("Currency").alias("currency"),
        pl.coalesce("net_minor", pl.col("gross_minor") + pl.col("fee_minor").fill_null(0)).alias("amount_minor"),
        "balance_minor",
    ).drop_nulls("amount_minor")
    return balance.chain(steps)


# -- dates ---------------------------------------------------------------------------------------------------------


def _date_order(frame: pl.DataFrame, settings: Settings) -> str:
    """Order of day, month and year. Raises SourceError when the file shows two, or nothing tells and it matters."""
    cells = frame.select("line_no", pl.col("Date").alias("text"))
    found = notation.date_order(cells)
    if len(found.ways) > 1:
        raise _contradiction(
            found,
            {
                notation.DAY_FIRST: "the day first",
                notation.MONTH_FIRST: "the month first",
                notation.YEAR_FIRST: "the year first",
                notation.OTHERWISE: "the day or the month first",
            },
        )
    if found.proved:
        return found.proved
    open_days = frame.filter(notation.is_open(pl.col("Date")))
    if not open_days.height:
        return notation.DAY_FIRST  # 2/2/2026 is the same day either way
    for fits in (_in_season, _in_sequence):
        fitting = [order for order in _ORDERS if fits(frame, order)]
        if len(fitting) == 1:
            return fitting[0]
    if not settings.paypal_date_order:
        line_no, example = open_days.select("line_no", "Date").row(0)
        raise SourceError(
            f'"{example}" may have the day or the month first, and nothing in the file tells which',
            line_no=line_no,
            remedy='Say in recon.toml what it is: [sources] paypal_date_order = "D/M/Y" or "M/D/Y". '
            "A report of a whole month tells by itself, by its days after the 12th.",
        )
    return settings.paypal_date_order


def _in_season(frame: pl.DataFrame, order: str) -> bool:
    days = frame.select(notation.day(pl.col("Date"), order)).to_series()
    return zones.in_summer(days, frame["TimeZone"])


def _in_sequence(frame: pl.DataFrame, order: str) -> bool:
    """Whether the dates run as the running balance does, in each currency whose balance proves the order of its lines.

    Zones may differ from line to line, so a day back is none. False where no balance proves anything.
    """
    rows = frame.filter("moves").select(
        printed("Currency").alias("currency"),
        notation.day(pl.col("Date"), order).alias("day"),
        pl.coalesce("net_minor", pl.col("gross_minor") + pl.col("fee_minor").fill_null(0)).alias("net"),
        pl.col("balance_minor").alias("balance"),
    )
    proved = False
    for group in rows.partition_by("currency"):
        downwards, upwards = _runs(group), _runs(group.reverse())
        if downwards == upwards:
            continue
        proved = True
        steps = (group if downwards else group.reverse())["day"].diff().dt.total_days()
        if (steps < -1).any():
            return False
    return proved


def _runs(group: pl.DataFrame) -> bool:
    """Whether balance before + net = balance in every line, and there are two steps or more."""
    steps = group["balance"].diff().slice(1)
    return steps.len() >= 2 and steps.null_count() == 0 and bool((steps == group["net"].slice(1)).all())


# -- rows ----------------------------------------------------------------------------------------------------------


def _timed(frame: pl.DataFrame, order: str, settings: Settings) -> pl.DataFrame:
    """Add ``day`` (Date), ``occurred_s`` (Int64), ``is_time`` and ``is_zone`` (Boolean)."""
    days = frame.with_columns(notation.day(pl.col("Date"), order).alias("day"), _clock().alias("clock"))
    naive = days.select(pl.col("day").cast(pl.Datetime("us")) + pl.col("clock")).to_series()
    at = zones.moments(naive, frame["TimeZone"], settings.paypal_zones, settings.zone)
    is_time = pl.col("is_time") & pl.col("clock").is_not_null()
    return days.hstack(at.rename({"s": "occurred_s"})).with_columns(is_time.alias("is_time")).drop("clock")


def _wanted(frame: pl.DataFrame, mark: str, order: str) -> dict[str, Cell]:
    """Cells that must be readable; those of numbers and times only say where they are not."""
    currency = printed("Currency")
    zone = (
        'is no time zone known here; recon.toml can say which it is: [sources.paypal_zones] "CST" = "America/Chicago"'
    )
    return {
        "native_id": text("Transaction ID"),
        "currency": Cell(
            "Currency", pl.when(currency.str.contains("^[A-Z]{3}$")).then(currency), "is no currency", required=True
        ),
        "merchant_no": text("Invoice Number"),
        "reference_id": text("Reference Txn ID"),
        "reference": text("Bank Reference ID"),
        "custom": text("Custom Number"),
        "name": text("Name"),
        "business_date": Cell("Date", pl.col("day"), f"is not a date of the form {order}", required=True),
        "is_time": Cell("Time", _flag(pl.col("is_time")), "is not a time of that day in its zone"),
        "is_zone": Cell("TimeZone", _flag(pl.col("is_zone")), zone),
        **(
            {"is_status": Cell("Status", _flag(pl.col("moves").is_not_null()), _UNKNOWN_STATUS, required=True)}
            if "Status" in frame.columns
            else {}
        ),
        **{
            f"is_{name.lower()}": Cell(
                name,
                _minor(frame, name, mark),
                "is not an amount with at most the decimals of its currency",
                name == "Gross",
            )
            for name in AMOUNTS
        },
    }


_UNKNOWN_STATUS: Final = "is no status known here, and no balance tells whether money moved"


def _flag(holds: pl.Expr) -> pl.Expr:
    """Something where it holds, null where it does not."""
    return pl.when(holds).then(pl.lit("-"))


def _clock() -> pl.Expr:
    """Time of the day as a Duration since midnight; null when unreadable."""
    bare = printed("Time").str.to_uppercase()
    tries: Sequence[pl.Expr] = [bare.str.to_time(form, strict=False) for form in _CLOCKS]
    return pl.coalesce(tries).cast(pl.Duration("us"))


def _rows(rows: pl.DataFrame, account: str) -> pl.DataFrame:
    """Typed rows -> the columns that ``paypal_codes.rows`` takes."""
    settled = pl.col("moves") | (pl.col("state") == "done")
    status = (
        pl.when(settled)
        .then(pl.lit(Status.SUCCESS.value))
        .when(pl.col("state") == "void")
        .then(pl.lit(Status.CLOSED.value))
        .otherwise(pl.lit(Status.PENDING.value))
    )
    agreement = pl.col("reference_id").str.contains(_AGREEMENT)
    return rows.select(
        "line_no",
        pl.lit(account).alias("account"),
        "code",
        status.alias("status"),
        "native_id",
        "currency",
        pl.col("gross_minor").alias("amount_minor"),
        "fee_minor",
        pl.coalesce("net_minor", pl.col("gross_minor") + pl.col("fee_minor")).alias("net_minor"),
        "occurred_s",
        "business_date",
        "merchant_no",
        "reference_id",
        pl.when(agreement).then(pl.lit("PAP")).otherwise(pl.lit("")).alias("reference_type"),
        "custom",
        "reference",
        masked_name(pl.col("name")).alias("counterparty"),
    )
