"""What the two sums beside Alipay's bills have in common: they are checked and kept, and no transactions come of them.

A summary is a subclass that says which bill it adds up (:attr:`AlipaySummary.reason`), how its header is recognised,
and what its figures must agree with: the rows above 合计 (:meth:`AlipaySummary.controls`) and the rows of the bill
(:meth:`AlipaySummary.claims`).
"""

from __future__ import annotations

import datetime as dt
from abc import abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Final

import polars as pl

from recon.sources import alipay_page
from recon.sources.piece import Piece
from recon.sources.source import Control, Reading, Settings, Source, Total
from recon.sources.table import Table

TOTAL: Final = "合计"


@dataclass(frozen=True, slots=True)
class Span:
    """Whose rows a summary adds up: the account, first and last day (inclusive)."""

    account: str
    first: dt.date
    last: dt.date


class AlipaySummary(Source):
    """One summary; its rows repeat the money of a bill."""

    editions: ClassVar[Sequence[Sequence[str]]]
    """Columns by which a header is recognised, one tuple per edition."""
    family: ClassVar[str]
    """The bills it belongs to, as their titles begin: 业务 or 账务."""
    reason: ClassVar[str]
    """Why its rows are excluded."""

    @abstractmethod
    def controls(self, table: Table) -> list[Control]:
        """Figures that the file must have in common with itself."""

    @abstractmethod
    def claims(self, table: Table, span: Span) -> list[Total]:
        """Figures of the row 合计 about the rows of the bill; none without that row."""

    def identify(self, piece: Piece) -> bool:
        """Tell by the column names, wherever the header stands."""
        return alipay_page.find(piece, self.editions, family=self.family) is not None

    def read(self, piece: Piece, settings: Settings) -> Reading:
        """Read the sums. Raises SourceError when there is no header."""
        del settings  # Alipay prints Beijing time and CNY, wherever the workspace is
        table, _ = alipay_page.records(piece, self.editions, family=self.family)
        account, first, last = alipay_page.preamble(table.before)
        return Reading(
            raw=table.raw,
            account=account,
            period_start=first,
            period_end=last,
            rejects=table.rejects,
            excluded=table.frame.select("line_no", pl.lit(self.reason).alias("reason")),
            controls=(*alipay_page.closing_line(table), *self.controls(table)),
            totals=tuple(self.claims(table, Span(account, first, last)) if account and first and last else ()),
        )
