"""Delimited text -> a frame of printed cells with physical line numbers.

The header is found by the names it must contain, wherever it stands (preambles grow and shrink over the years); names
are compared after :func:`normal`, which takes away blanks, tabs, quotes, back-ticks and the full-width/half-width
difference. Records end at the first line that the format calls a trailer. A record whose number of cells does not fit
the header is a reject with its line, never shifted into other columns.

    table = read_table(piece, required=("商户订单号", "订单金额(元)"), trailer=r"^#")
    table.frame      line_no + one String column per header name, cells as printed
    table.before     text of the lines above the header; table.after: (line_no, text) from the trailer on
"""

from __future__ import annotations

import csv
import io
import re
import sys
import unicodedata
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Final

import polars as pl

from recon.errors import SourceError
from recon.model import REJECT

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from recon.sources.piece import Piece

_SURROUNDING: Final = " \t\r\n\"'`\ufeff\u3000\xa0"
_SAMPLE: Final = 1_000
_UNIT: Final = "\x1f"
BLANK_LINE: Final = r"^[ \t,\x{3000}\x{feff}]*$"
"""Pattern (Rust syntax) of a line in which nothing stands."""


@lru_cache(maxsize=32_768)  # some eighty formats ask about the same first lines of a file
def normal(name: str) -> str:
    """Header name for comparison: NFKC, surrounding blanks and quotes off, inner white space folded to one blank."""
    return re.sub(r"\s+", " ", unicodedata.normalize("NFKC", name).strip(_SURROUNDING)).strip(_SURROUNDING)


def split_header(line: str, separator: str) -> list[str]:
    """Cells of one header line, normalised. An unbalanced quote makes an ordinary split."""
    try:
        cells = next(csv.reader([line.removeprefix("\ufeff")], delimiter=separator), [])
    except csv.Error:
        cells = line.split(separator)
    return [normal(cell) for cell in cells]


def find_header(lines: Sequence[str], required: Sequence[str], separator: str = ",") -> int | None:
    """Index of the first line whose cells contain all ``required`` names (already normalised), else None."""
    wanted = {normal(name) for name in required}
    probe = max(wanted, key=len)
    for index, line in enumerate(lines):
        if probe.split("(")[0] in unicodedata.normalize("NFKC", line) and wanted <= set(split_header(line, separator)):
            return index
    return None


def layout(lines: Sequence[str], editions: Sequence[Sequence[str]]) -> tuple[Sequence[str], str] | None:
    """Return the first edition whose columns a header line has, and its separator (a spreadsheet may have put tabs)."""
    for required in editions:
        for separator in (",", "\t"):
            if find_header(lines, required, separator) is not None:
                return required, separator
    return None


@dataclass(frozen=True, slots=True)
class Table:
    """Printed cells of one file."""

    header: tuple[str, ...]
    header_line: int
    frame: pl.DataFrame
    before: tuple[str, ...]
    after: tuple[tuple[int, str], ...]
    rejects: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=REJECT))
    unsplit: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema={"line_no": pl.Int64, "text": pl.String}))
    """Records that are rejects because their cells do not fit the header: line and whole text."""

    @property
    def raw(self) -> pl.DataFrame:
        """Every record of the file, as ``Reading.raw`` wants it, by line.

        That is :attr:`frame` and between its rows the :attr:`unsplit` records, whole text in the first column.
        """
        if not self.unsplit.height:
            return self.frame
        first, *others = self.header
        blank = [pl.lit("").alias(name) for name in others]
        whole = self.unsplit.select("line_no", pl.col("text").alias(first), *blank)
        return pl.concat([self.frame, whole]).sort("line_no")

    def has(self, *names: str) -> bool:
        """Whether the header has all these names."""
        return set(names) <= set(self.header)


def unique_names(cells: Sequence[str], aliases: Mapping[str, str]) -> list[str]:
    """Header cells as frame columns: aliases applied, blanks named ``column_7``, repeats ``name_2``."""
    names: list[str] = []
    for position, cell in enumerate(cells, 1):
        name = aliases.get(cell, cell) or f"column_{position}"
        repeat = 2
        base = name
        while name in names or name == "line_no":
            name, repeat = f"{base}_{repeat}", repeat + 1
        names.append(name)
    return names


def read_table(  # noqa: PLR0913 - the ways in which delimited files differ, each with a default
    piece: Piece,
    *,
    required: Sequence[str],
    separator: str = ",",
    trailer: str = "",
    aliases: Mapping[str, str] | None = None,
    quoted: bool = True,
    multiline: bool = True,
    exact: bool = False,
    cell_mark: str = "",
) -> Table:
    """Read the records below the header that contains ``required``.

    - ``trailer``: regular expression (Rust syntax); the first line below the header it matches ends the records.
    - ``aliases``: normalised header names -> the one column name used.
    - ``quoted=False``: quotes are ordinary characters.
    - ``multiline=False``: a record never spans lines, so a stray quote (24" monitor) costs its own line at most.
    - ``exact=True``: a record may not be longer than the header line, not even by empty cells. For formats whose texts
      may hold a bare separator: that would push an empty last cell out, and shift all cells between.
    - ``cell_mark``: a character that starts every cell (WeChat's back-tick). Cells are split where separator and mark
      stand together, so that separators inside a cell do no harm; the mark itself is removed. A line in which a
      spreadsheet has quoted cells is split by its quotes instead, if that fits the header.

    Raises SourceError when there is no such header.
    """
    data = piece.utf8
    joint = f"{separator}{cell_mark}"
    if cell_mark:  # one pass over the bytes, so that the cells are separated by one character
        data = data.replace(joint.encode(), _UNIT.encode())
    lines = _lines(data)
    top = _shown(lines["text"].head(500), joint if cell_mark else "").to_list()
    at = find_header(top, required, separator)
    if at is None:
        raise SourceError(
            "the table header was not found; looked for a line with the columns " + ", ".join(required),
            path=piece.name,
            remedy="Download the file again and do not delete or rename its heading lines.",
        )
    names = unique_names(split_header(top[at], separator), aliases or {})
    written = len(names)
    while names and names[-1].startswith("column_"):  # a trailing separator in the header makes no column
        names.pop()
    spare = written - len(names) if exact else sys.maxsize
    body, after = _ended(lines, at + 1, trailer, data)
    if cell_mark:
        after = after.with_columns(_shown(after["text"], joint))
    end = at + 1 + body.height
    records = _records(body, separator) if quoted and multiline and not cell_mark else body
    blank = records["text"].str.contains(BLANK_LINE)
    records = records.filter(~blank) if blank.any() else records
    # Records that stand in the file one after the other are read from it; others are put together first.
    printed = _upto(data, lines, end) if records.height == body.height else b""
    if cell_mark:
        records, respelt = _unmarked(records, separator, cell_mark, len(names))
        printed = b"" if respelt else printed
        separator, quoted = _UNIT, False
    frame, rejects = _cells(piece, records, names, separator, quoted=quoted, spare=spare, printed=printed)
    above = _headless(lines.head(at), frame, separator)
    if above.height:
        records = pl.concat([above, records])
        reason = pl.lit("it stands above the header, which must have been printed before it, too").alias("reason")
        rejects = pl.concat(
            [
                above.select(
                    "line_no", pl.lit("").alias("column"), pl.col("text").str.head(200).alias("value"), reason
                ),
                rejects,
            ]
        )
    if cell_mark and printed and frame.height:
        frame = frame.with_columns(pl.col(names[0]).str.strip_prefix(cell_mark))
    unsplit = records.filter(pl.col("line_no").is_in(rejects["line_no"].implode())).select("line_no", "text")
    if cell_mark:  # shown as printed, marks and all
        unsplit = lines.filter(pl.col("line_no").is_in(unsplit["line_no"].implode()))
        unsplit = unsplit.with_columns(_shown(unsplit["text"], joint))
        rejects = rejects.with_columns(_shown(rejects["value"], joint))
    return Table(tuple(names), at + 1, frame, tuple(top[:at]), tuple(after.rows()), rejects, unsplit)


def _shown(texts: pl.Series, joint: str) -> pl.Series:
    """Lines as the file has them, where :data:`_UNIT` stands for ``joint``."""
    return texts.str.replace_all(_UNIT, joint, literal=True) if joint else texts


def _ended(lines: pl.DataFrame, start: int, trailer: str, data: bytes) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Lines from ``start`` on, up to the first that matches ``trailer`` and from it on."""
    body = lines.slice(start)
    ends = body["text"].str.contains(trailer).arg_true() if trailer else pl.Series(dtype=pl.UInt32)
    if not ends.len():
        return body, body.clear()
    after = body.slice(int(ends[0]))
    if data.endswith(b"\n"):
        after = after.vstack(pl.DataFrame({"line_no": [lines.height + 1], "text": [""]}))
    return body.slice(0, int(ends[0])), after


def _upto(data: bytes, lines: pl.DataFrame, end: int) -> bytes:
    """Bytes of the first ``end`` lines."""
    if end == lines.height:
        return data
    return data[: int(lines["text"].head(end).str.len_bytes().sum()) + end]


def _lines(data: bytes) -> pl.DataFrame:
    """``line_no`` and ``text`` of all lines."""
    if not data:
        return pl.DataFrame(schema={"line_no": pl.Int64, "text": pl.String})
    lines = pl.read_lines(data, name="text")
    return lines.with_row_index("line_no", offset=1).with_columns(pl.col("line_no").cast(pl.Int64))


def _unmarked(records: pl.DataFrame, separator: str, mark: str, width: int) -> tuple[pl.DataFrame, bool]:
    """Take the mark off the first cell. Returns (records, whether one was spelt anew, as its cells were in quotes)."""
    joint = separator + mark
    bare = records.with_columns(pl.col("text").str.strip_prefix(mark))
    in_quotes = records["text"].str.contains(rf'(?:^|{re.escape(separator)})"{re.escape(mark)}')
    if not in_quotes.any():
        return bare, False
    texts = bare["text"].to_list()
    for at in in_quotes.arg_true():
        cells = (by_quotes(_shown(records["text"].slice(at, 1), joint).item(), separator) or [[]])[0]
        while len(cells) > width and not cells[-1].strip(_SURROUNDING):
            cells.pop()
        if len(cells) == width:
            texts[at] = _UNIT.join(cell.removeprefix(mark) for cell in cells)
    return bare.with_columns(pl.Series("text", texts, dtype=pl.String)), True


def _records(body: pl.DataFrame, separator: str) -> pl.DataFrame:
    """Join physical lines that a quoted line break cut; ``line_no`` is the first of them.

    A cell is quoted when its first character is a quote, so an inch mark (24" lamp) opens nothing, and a quote that no
    later line closes at a cell's end opens nothing either: joining there would swallow the records in between.
    """
    odd = body.with_row_index("at").filter(pl.col("text").str.count_matches('"', literal=True) % 2 == 1)
    if not odd.height:
        return body
    cut = re.escape(separator)
    marks = odd.select(
        "at",
        pl.col("text").str.contains(rf'(?:^|{cut})\s*"(?:[^"]|"")*$').alias("opens"),
        pl.col("text").str.contains(rf'^(?:[^"]|"")*"\s*(?:{cut}|$)').alias("closes"),
    ).rows()
    inside: list[int] = []  # positions of lines that continue the one before
    start: int | None = None
    for at, opens, closes in marks:
        if start is not None and closes:
            inside += range(start + 1, at + 1)
            start = None
        else:
            start = at if opens else None
    if not inside:
        return body
    continues = pl.Series("at", range(body.height), dtype=pl.UInt32).is_in(inside)
    marked = body.with_columns((~continues).cast(pl.UInt32).cum_sum().alias("record"))
    whole = (pl.col("line_no").first(), pl.col("text").str.join("\n"))
    return marked.group_by("record", maintain_order=True).agg(*whole).select("line_no", "text")


def _headless(above: pl.DataFrame, frame: pl.DataFrame, separator: str) -> pl.DataFrame:
    """Lines above the header that are records: as wide as it, and filled as the records below it are.

    Lists of several pages print the header on each; where the first is lost, its records must not be lost with it.
    Titles, accounts and totals above a table are of another width, or blank for half of it.
    """
    width = len(frame.columns) - 1
    blank = rf"^[{_SURROUNDING}]*$"
    wide = above.filter(pl.col("text").str.count_matches(separator, literal=True) >= width - 1)
    if not wide.height or not frame.height:
        return wide.clear()
    cells = frame.head(_SAMPLE).select(~pl.exclude("line_no").str.contains(blank))
    least = int(cells.select(pl.sum_horizontal(pl.all()).min()).item())
    filled = pl.col("text").str.split(separator).list.eval(~pl.element().str.contains(blank)).list.sum()
    return wide.filter(filled.is_between(max(least, width // 2 + 1), width))


def _cells(
    piece: Piece,
    body: pl.DataFrame,
    names: list[str],
    separator: str,
    *,
    quoted: bool,
    spare: int,
    printed: bytes,
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Split records into cells; records of another width are rejects (up to ``spare`` empty cells more are allowed).

    ``printed`` is the file whose last lines are ``body``, or empty when they stand nowhere as they are.
    """
    width = len(names)
    odd = body["text"].str.count_matches(separator, literal=True) != width - 1
    if quoted:
        odd = odd | body["text"].str.contains('"', literal=True)
    nothing = pl.DataFrame(schema=REJECT)
    if not odd.any():
        return _split(piece, body, names, separator, printed=printed), nothing
    if quoted:
        whole = body["text"].str.contains(well_quoted(width, separator))
        if whole.all():
            return _split(piece, body, names, separator, quote='"', printed=printed), nothing
    plain, rest = body.filter(~odd), body.filter(odd)
    del body
    parts = [_split(piece, plain, names, separator)]
    if quoted:
        whole = whole.filter(odd)
        parts.append(_split(piece, rest.filter(whole), names, separator, quote='"'))
        rest = rest.filter(~whole)
    # Row by row, but only the records that the columnar split cannot vouch for.
    good, rejects = _split_carefully(rest, names, separator, quoted=quoted, spare=spare)
    return pl.concat([*parts, good]).sort("line_no"), rejects


def well_quoted(width: int, separator: str) -> str:
    """Pattern of a line of ``width`` cells, each without a quote, in quotes (doubled inside) or guarded ``="351"``."""
    cut = re.escape(separator)
    cell = rf'(?:"(?:[^"\n]|"")*"|="[^"{cut}\n]*"|[^"{cut}\n]*)'
    return rf"^{cell}(?:{cut}{cell}){{{width - 1}}}$"


def _split(
    piece: Piece,
    records: pl.DataFrame,
    names: list[str],
    separator: str,
    *,
    quote: str | None = None,
    printed: bytes = b"",
) -> pl.DataFrame:
    """Split records whose width is known to be right."""
    schema = dict.fromkeys(names, pl.String)
    if not records.height:
        return pl.DataFrame(schema={"line_no": pl.Int64, **schema})
    cells = pl.read_csv(
        printed or records["text"].str.join("\n").item().encode(),
        has_header=False,
        skip_lines=records.item(0, "line_no") - 1 if printed else 0,
        separator=separator,
        quote_char=quote,
        schema=schema,
        empty_string_is_null=False,
    )
    if cells.height != records.height or sum(cells.null_count().row(0)):
        msg = f"{piece.name}: {records.height} records became {cells.height} rows"
        raise AssertionError(msg)
    return cells.insert_column(0, records["line_no"])


def _split_carefully(
    rest: pl.DataFrame, names: list[str], separator: str, *, quoted: bool, spare: int
) -> tuple[pl.DataFrame, pl.DataFrame]:
    width = len(names)
    good: list[tuple[int | str, ...]] = []
    bad: list[tuple[int, str, str, str]] = []
    for line_no, text in rest.select("line_no", "text").iter_rows():
        records = by_quotes(text, separator) if quoted else [text.split(separator)]
        cells = records[0] if len(records) == 1 else []  # several records in one text are never one of them
        plain = text.split(separator)
        if len(cells) != width == len(plain):  # the quote was an inch mark, not the start of a quoted cell
            cells = plain
        while width < len(cells) <= width + spare and not cells[-1].strip(_SURROUNDING):
            cells.pop()
        if len(cells) == width:
            good.append((line_no, *cells))
        else:
            bad.append((line_no, "", text[:200], f"the record has {len(cells)} cells, the header {width}"))
    schema: dict[str, type[pl.DataType]] = {"line_no": pl.Int64, **dict.fromkeys(names, pl.String)}
    return pl.DataFrame(good, schema=schema, orient="row"), pl.DataFrame(bad, schema=REJECT, orient="row")


def by_quotes(text: str, separator: str) -> list[list[str]]:
    """Records that ``text`` is by its quotes; none where a cell is longer than any is."""
    try:
        return list(csv.reader(io.StringIO(text), delimiter=separator))
    except csv.Error:
        return []
