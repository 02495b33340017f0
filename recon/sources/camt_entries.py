r"""Entries of a bank statement in XML -> columns of text, a few thousand entries at a time.

Which elements of an entry become which cells stands here; :mod:`recon.sources.camt_xml` walks through the XML and hands
their texts over, however it gets at them:

    entries.begin(statement, line)      an entry; its texts are put at the places of entries.wanted, row count - 1
    entries.end()
    entries.frame()                     all of them, with the columns of SCHEMA
"""

from __future__ import annotations

from typing import Final

import polars as pl

_TOGETHER: Final = 5000
"""Entries that become columns at a time."""
_TX: Final = "NtryDtls/TxDtls"
_SAID: Final[dict[str, tuple[str, ...]]] = {
    "NtryRef": ("NtryRef",),
    "Amt": ("Amt",),
    "CdtDbtInd": ("CdtDbtInd",),
    "RvslInd": ("RvslInd",),
    "Sts": ("Sts", "Sts/Cd", "Sts/Prtry"),
    "BookgDt": ("BookgDt/Dt", "BookgDt/DtTm"),
    "ValDt": ("ValDt/Dt", "ValDt/DtTm"),
    "AcctSvcrRef": ("AcctSvcrRef",),
    "NbOfTxs": ("NtryDtls/Btch/NbOfTxs",),
}
"""Cells of which the first element that has a text counts."""
_EVERYTHING: Final[dict[str, tuple[str, ...]]] = {
    "BkTxCd": ("BkTxCd/Domn/Cd", "BkTxCd/Domn/Fmly/Cd", "BkTxCd/Domn/Fmly/SubFmlyCd", "BkTxCd/Prtry/Cd"),
    "EndToEndId": (f"{_TX}/Refs/EndToEndId",),
    "TxId": (f"{_TX}/Refs/TxId",),
    "InstrId": (f"{_TX}/Refs/InstrId",),
    "DbtrAcct": (f"{_TX}/RltdPties/DbtrAcct/Id/IBAN", f"{_TX}/RltdPties/DbtrAcct/Id/Othr/Id"),
    "CdtrAcct": (f"{_TX}/RltdPties/CdtrAcct/Id/IBAN", f"{_TX}/RltdPties/CdtrAcct/Id/Othr/Id"),
    "Ustrd": (f"{_TX}/RmtInf/Ustrd",),
    "Ref": (f"{_TX}/RmtInf/Strd/CdtrRefInf/Ref", f"{_TX}/RmtInf/Strd/CdtrRefInf/CdtrRef"),
    "AddtlTxInf": (f"{_TX}/AddtlTxInf",),
    "AddtlNtryInf": ("AddtlNtryInf",),
}
"""Cells that join the distinct texts of all elements with `` | ``: what stands once per transaction."""
_PARTIES: Final[dict[str, tuple[tuple[str, ...], ...]]] = {
    role: tuple(
        paths
        for name in (role, f"Ultmt{role}")
        for paths in (
            (f"{_TX}/RltdPties/{name}/Nm", f"{_TX}/RltdPties/{name}/Pty/Nm"),
            (f"{_TX}/RltdPties/{name}/Agt/FinInstnId/Nm",),
        )
    )
    for role in ("Dbtr", "Cdtr")
}
"""Cells that join the texts of the first group of elements that has any."""
CURRENCY: Final = "@Ccy"
_OWN_REFERENCE: Final = f"{_TX}/Refs/AcctSvcrRef"
COLUMNS: Final = (
    "NtryRef", "Amt", "Ccy", "CdtDbtInd", "RvslInd", "Sts", "BookgDt", "ValDt", "AcctSvcrRef", "BkTxCd", "NbOfTxs",
    "EndToEndId", "TxId", "InstrId", "Dbtr", "DbtrAcct", "Cdtr", "CdtrAcct", "Ustrd", "Ref", "AddtlTxInf",
    "AddtlNtryInf",
)  # fmt: skip
"""Cells of an entry, named by its elements."""
SCHEMA: Final[dict[str, type[pl.DataType]]] = {
    "statement": pl.Int64,
    "line": pl.Int64,
    **dict.fromkeys(COLUMNS, pl.String),
}


class Wanted:
    """A place in the tree of the paths whose texts are wanted, and the texts found there so far.

    ``below`` knows children by their local names, and by their tags with a name space once they were met.
    """

    __slots__ = ("below", "is_wanted", "names", "rows", "texts")

    def __init__(self) -> None:
        self.names: dict[str, Wanted] = {}
        self.below: dict[str, Wanted | None] = {}
        self.is_wanted = False
        self.rows: list[int] = []
        self.texts: list[str] = []

    def met(self, tag: str) -> Wanted | None:
        """Place of the children with a tag, None when nothing there is wanted."""
        found = self.below[tag] = self.names.get(tag.rpartition("}")[2])
        return found


class Entries:
    """Columns of the entries read so far: texts by path, and frames of those that are complete."""

    def __init__(self) -> None:
        self.frames: list[pl.DataFrame] = []
        self.wanted = Wanted()
        self.places: dict[str, Wanted] = {}
        groups = (*_SAID.values(), *_EVERYTHING.values(), *(paths for party in _PARTIES.values() for paths in party))
        for path in {path for paths in (*groups, (_OWN_REFERENCE, _TX, f"Amt/{CURRENCY}")) for path in paths}:
            place = self.wanted
            for name in path.split("/"):
                place = place.names.setdefault(name, Wanted())
            place.is_wanted = True
            self.places[path] = place
        self.statements: list[int] = []
        self.lines: list[int] = []

    @property
    def count(self) -> int:
        """Entries that are not packed yet."""
        return len(self.lines)

    def begin(self, statement: int, line: int) -> None:
        """Begin an entry: its texts are taken under the row ``count - 1``."""
        self.statements.append(statement)
        self.lines.append(line)

    def end(self) -> None:
        """Pack the entries taken so far when they are many."""
        if self.count >= _TOGETHER:
            self._pack()

    def frame(self) -> pl.DataFrame:
        """All entries."""
        self._pack()
        return pl.concat(self.frames)

    def _pack(self) -> None:
        cells = {name: self._first(*paths) for name, paths in _SAID.items()}
        cells |= {name: self._all(paths) for name, paths in _EVERYTHING.items()}
        cells |= {name: self._all(*groups) for name, groups in _PARTIES.items()}
        cells["Amt"], cells["Ccy"] = self._leading("Amt"), self._leading(f"Amt/{CURRENCY}")
        rows = pl.Series(self.places[_TX].rows, dtype=pl.Int64)
        alone = pl.Series(range(self.count), dtype=pl.Int64).is_in(rows.filter(rows.is_unique()).implode())
        own, only = cells["AcctSvcrRef"], self._first(_OWN_REFERENCE)
        cells["AcctSvcrRef"] = own.zip_with((own != "") | ~alone, only)
        numbers = {
            "statement": pl.Series(self.statements, dtype=pl.Int64),
            "line": pl.Series(self.lines, dtype=pl.Int64),
        }
        self.frames.append(pl.DataFrame(numbers | {name: cells[name] for name in COLUMNS}))
        self.statements, self.lines = [], []
        for place in self.places.values():
            place.rows, place.texts = [], []

    def _found(self, path: str) -> pl.DataFrame:
        """Texts at a path, in order: row and text, without the white space around."""
        place = self.places[path]
        text = pl.Series(place.texts, dtype=pl.String).str.strip_chars()
        return pl.DataFrame({"row": pl.Series(place.rows, dtype=pl.Int64), "text": text})

    def _spread(self, found: pl.DataFrame) -> pl.Series:
        """Texts of rows that occur once, as a column of all entries; the others are blank."""
        if found.height == self.count:
            return found["text"]
        return pl.repeat("", self.count, dtype=pl.String, eager=True).scatter(found["row"], found["text"])

    def _leading(self, path: str) -> pl.Series:
        """The first text at a path, blank or not."""
        return self._spread(self._found(path).unique("row", keep="first", maintain_order=True))

    def _first(self, *paths: str) -> pl.Series:
        """First text that is not blank."""
        column = pl.repeat("", self.count, dtype=pl.String, eager=True)
        for path in paths:
            found = self._found(path).filter(pl.col("text") != "").unique("row", keep="first", maintain_order=True)
            if found.height:
                column = column.zip_with(column != "", self._spread(found))
        return column

    def _all(self, *groups: tuple[str, ...]) -> pl.Series:
        """Distinct texts of the first group that has any, joined."""
        column = pl.repeat("", self.count, dtype=pl.String, eager=True)
        for paths in groups:
            found = pl.concat([self._found(path) for path in paths])
            found = found.with_columns(pl.col("text").str.replace_all(r"\s+", " ")).filter(pl.col("text") != "")
            if found["row"].n_unique() < found.height:
                found = found.group_by("row", maintain_order=True).agg(pl.col("text").unique(maintain_order=True))
                found = found.with_columns(pl.col("text").list.join(" | "))
            if found.height:
                column = column.zip_with(column != "", self._spread(found.sort("row")))
        return column
