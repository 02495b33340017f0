"""What UnionPay's merchant files of fixed width have in common (ZM and ZME): bytes into fields, signs, years, the day.

A record is one line of fields of fixed length with one blank between them, and no header. The lengths count *bytes* of
GBK: ``账户充值`` fills eight of the 32 bytes of 商户自定义域. So the line is cut as bytes and each field is decoded by
itself; cut as characters, every field behind a Chinese one would stand in the wrong place.

    FIELDS = (("交易代码", 3), ("代理机构标识码", 11))
    cut(piece, FIELDS, "ZM")   ->  line_no, 交易代码, 代理机构标识码 (String, blanks around them kept)

A line of another length means a cut download or a file that an editor has re-saved in another encoding. Then nothing in
the file can be trusted to stand in its place, and the file is refused.
"""

from __future__ import annotations

import datetime as dt
import re
from typing import TYPE_CHECKING, Final, TypeAlias

import polars as pl

from recon import times
from recon.errors import SourceError
from recon.sources import cells

if TYPE_CHECKING:
    from recon.sources.piece import Piece

Fields: TypeAlias = tuple[tuple[str, int], ...]
"""Name and length in bytes of each field, in order."""

DAYS_AROUND: Final = 2
"""A row lies at most so many days away from the settlement day of its file."""
_NAME: Final = re.compile(r"INN(\d{6})\d\dZME?_")
_CHINESE: Final = bytes(range(0x80)) + b"\x00" * 0x80
"""Bytes that are no ASCII become NUL: the line keeps its length and is text that columns can be cut from."""


def width(fields: Fields) -> int:
    """Length of a record in bytes, line end not counted."""
    return sum(length for _, length in fields) + len(fields) - 1


def cut(piece: Piece, fields: Fields, kind: str) -> pl.DataFrame:
    """Cut the bytes: ``line_no`` and the fields as text, blanks around them kept; blank lines are no records.

    Raises SourceError at the first line that is not as long as a record. ``kind`` is what the record is called.
    """
    data = piece.data.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    plain = data if data.isascii() else data.translate(_CHINESE)
    lines = pl.read_lines(plain, name="text") if plain else pl.DataFrame(schema={"text": pl.String})
    frame = lines.select(pl.col("text").cast(pl.Binary).alias("line")).with_row_index("line_no", offset=1)
    size = pl.col("line").bin.size().cast(pl.Int64)
    frame = frame.with_columns(pl.col("line_no").cast(pl.Int64), ((size + 1).cum_sum() - size - 1).alias("at"))
    frame = frame.filter(size > 0)
    _refuse_other_lengths(piece, data, frame, fields, kind)
    starts, start = {}, 0
    for name, length in fields:
        starts[name] = start
        start += length + 1
    texts = [pl.col("line").bin.slice(starts[name], length).cast(pl.String).alias(name) for name, length in fields]
    cut_up = frame.select("line_no", *texts)
    return cut_up if plain is data else _decoded(cut_up, data, frame["at"], fields, starts)


def _refuse_other_lengths(piece: Piece, data: bytes, frame: pl.DataFrame, fields: Fields, kind: str) -> None:
    odd = frame.filter(pl.col("line").bin.size() != width(fields)).head(1)
    if not odd.height:
        return
    line_no, line, at = odd.row(0)
    raise SourceError(
        f"the line has {len(line)} bytes, a {kind} record has {width(fields)}: "
        "the file was cut or saved in another encoding",
        path=piece.name,
        line_no=line_no,
        excerpt=f"{line_no} | {data[at : at + min(len(line), 80)].decode('gb18030', errors='replace')}",
        remedy="Download the file again and load it as it comes, without opening and saving it in an editor.",
    )


def _decoded(cut_up: pl.DataFrame, data: bytes, at: pl.Series, fields: Fields, starts: dict[str, int]) -> pl.DataFrame:
    """Put the Chinese back where NUL stands for it. A character cut in half by its field's end becomes U+FFFD."""
    names = [name for name, _ in fields]
    held = cut_up.select(pl.col(names).str.contains("\x00", literal=True).any()).row(0, named=True)
    found: list[pl.Series] = []
    for name, length in fields:
        if not held[name]:
            continue
        rows = cut_up[name].str.contains("\x00", literal=True).arg_true()
        places = (at.gather(rows) + starts[name]).to_list()
        texts = [data[place : place + length].decode("gb18030", errors="replace") for place in places]
        found.append(cut_up[name].scatter(rows, pl.Series(texts, dtype=pl.String)))
    return cut_up.with_columns(found)


# -- cells ---------------------------------------------------------------------------------------------------------


def signed(column: str) -> cells.Cell:
    """Return an X+n cell in fen: ``C`` positive, ``D`` negative, a blank only before zero; null if all blank."""
    text = pl.col(column)
    flag, digits = text.str.slice(0, 1), text.str.extract(r"^[CD ](\d+)$").cast(pl.Int64, strict=False)
    fen = pl.when(flag == "C").then(digits).when(flag == "D").then(-digits).when(digits == 0).then(digits)
    return cells.Cell(column, fen, "is not C or D and an amount in fen (a blank instead of the letter: only before 0)")


def unsigned(column: str) -> cells.Cell:
    """Return an n12 cell in fen; it is required."""
    fen = pl.when(pl.col(column).str.contains(r"^\d{12}$")).then(pl.col(column).cast(pl.Int64, strict=False))
    return cells.Cell(column, fen, "is not an amount of 12 digits in fen", required=True)


# -- days ----------------------------------------------------------------------------------------------------------


def name_day(name: str) -> dt.date | None:
    """Settlement day in a file name like ``INN26020388ZM_898310048990001``, None when it tells none."""
    found = _NAME.findall(name)
    try:
        return dt.datetime.strptime(f"20{found[-1]} +0000", "%Y%m%d %z").date() if found else None
    except ValueError:
        return None


def year(moment: pl.Expr, day: dt.date | None) -> pl.Expr:
    """Year (String) in which a printed ``MMDD...`` is nearest to ``day``; null when there is no day."""
    if day is None:
        return pl.lit(None, dtype=pl.String)
    month = moment.str.slice(0, 2).cast(pl.Int32, strict=False)
    years = pl.when(month - day.month > 6).then(day.year - 1).when(day.month - month > 6).then(day.year + 1)
    return years.otherwise(day.year).cast(pl.String)


def year_before(moment: pl.Expr, day: dt.date) -> pl.Expr:
    """Year (String) of the last printed ``MMDD...`` that is not after ``day``."""
    past = moment.str.slice(0, 4) <= f"{day:%m%d}"
    return pl.when(past).then(pl.lit(f"{day.year}")).otherwise(pl.lit(f"{day.year - 1}"))


def settlement_day(name: str, typed: pl.DataFrame) -> dt.date | None:
    """Return the day in the file name, or None when there is none or a row lies more than two days away from it.

    ``typed`` has ``occurred_s``.
    """
    day = name_day(name)
    if day is None or not typed.height:
        return day
    days = typed.select(times.business_date(pl.col("occurred_s")).alias("day"))["day"]
    around = dt.timedelta(days=DAYS_AROUND)
    return day if days.is_between(day - around, day + around).all() else None


def batch(account: pl.Expr, day: pl.Expr) -> pl.Expr:
    """Settlement batch of a merchant's day: UnionPay pays out one sum a day and prints no number for it."""
    return pl.lit("unionpay:") + account + ":" + day.dt.to_string("%Y%m%d")
