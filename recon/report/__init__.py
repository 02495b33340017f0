"""Documents of one period, written from the store: what a CFO reads and what a clerk works from.

    对账健康度报告-2026-02.pdf           health.py    the health report, differences attached
    differences-2026-02.xlsx            listing.py   one sheet per cause
    overdue-confirmation-2026-02.xlsx   overdue.py   signed but not confirmed
    vouchers-2026-02.csv                vouchers.py  proposed reversals, balanced

``compute`` fills one tree of figures from the books (``figures``, ``bridge``, ``sql/``); ``sentences`` say them and
``charts`` draw them: everything a reader sees of a number comes from that tree. The same store and the same as-of
give the same bytes. Nothing is written to the store.
"""

from __future__ import annotations

import csv
import dataclasses
import io
from collections.abc import Callable
from pathlib import Path
from typing import Final, Literal

import polars as pl

from recon import differences
from recon.report import health, listing, vouchers
from recon.report import overdue as overdue_list
from recon.report.compute import compute, metrics
from recon.report.errors import FontError, PrinterError
from recon.report.figures import Figures
from recon.report.pages import Attachment
from recon.report.settings import Settings
from recon.report.vouchers import Proposals
from recon.report.words import Speaker
from recon.store import Store

__all__ = ["DOCUMENTS", "Figures", "FontError", "PrinterError", "Settings", "build", "compute", "metrics"]

DOCUMENTS: Final = ("health", "diffs", "overdue", "vouchers")


def build(
    store: Store,
    settings: Settings,
    *,
    period: str,
    as_of_s: int,
    out: Path,
    language: Literal["zh", "en"] = "zh",
    only: str = "",
    overdue: pl.DataFrame | None = None,
) -> list[Path]:
    """Write the documents of ``period`` (``YYYY-MM``) into the folder ``out`` and return their paths.

    ``only`` names one of DOCUMENTS. ``overdue`` holds the rows of ``recon.fulfilment.overdue`` (report and fulfilment
    do not know each other); without it the overdue workbook is left out. The store may be open to read only. Raises
    FontError or PrinterError when this machine cannot print the PDF, ValueError for a document or month that is none.
    """
    if only and only not in DOCUMENTS:
        msg = f"there is no document {only!r}; there are {', '.join(DOCUMENTS)}"
        raise ValueError(msg)
    if only == "overdue" and overdue is None:
        msg = "the overdue list needs the rows of recon.fulfilment.overdue"
        raise ValueError(msg)
    settings = dataclasses.replace(settings, language=language)
    made = _Documents(store, settings, period, as_of_s, out, overdue)
    names: dict[str, tuple[str, Callable[[], bytes]]] = {
        "health": (f"{Speaker(language)('对账健康度报告', 'reconciliation-health')}-{period}.pdf", made.health),
        "diffs": (f"differences-{period}.xlsx", made.differences),
        "overdue": (f"overdue-confirmation-{period}.xlsx", made.overdue),
        "vouchers": (f"vouchers-{period}.csv", made.vouchers),
    }
    wanted = [only] if only else [name for name in DOCUMENTS if name != "overdue" or overdue is not None]
    contents = {name: names[name][1]() for name in wanted}
    out.mkdir(parents=True, exist_ok=True)
    paths = []
    for name in wanted:
        path = out / names[name][0]
        part = path.with_name(path.name + ".part")
        part.write_bytes(contents[name])
        part.replace(path)
        paths.append(path)
    return paths


class _Documents:
    """The bytes of each document; what two of them need is made once."""

    def __init__(
        self, store: Store, settings: Settings, period: str, as_of_s: int, out: Path, overdue: pl.DataFrame | None
    ) -> None:
        self._store, self._settings, self._period, self._as_of_s, self._out = store, settings, period, as_of_s, out
        self._overdue = overdue
        self._workbook: bytes | None = None
        self._proposals: Proposals | None = None

    def health(self) -> bytes:
        figures = compute(self._store, self._settings, period=self._period, as_of_s=self._as_of_s)
        say = Speaker(self._settings.language)
        attachments = []
        if figures.breaks or figures.timing_count:
            about = say("差异清单", "list of differences")
            attachments = [
                Attachment(f"differences-{self._period}.csv", about, self._table()),
                Attachment(f"differences-{self._period}.xlsx", about, self.differences()),
            ]
        return health.render(figures, self._proposed(), self._settings, attachments)

    def differences(self) -> bytes:
        if self._workbook is None:
            frame = listing.select(self._store, period=self._period)
            self._workbook = listing.write(frame, self._settings, period=self._period, as_of_s=self._as_of_s)
        return self._workbook

    def overdue(self) -> bytes:
        assert self._overdue is not None  # noqa: S101 - build asks for it
        return overdue_list.write(
            self._overdue, self._settings, period=self._period, as_of_s=self._as_of_s, out=self._out
        )

    def vouchers(self) -> bytes:
        return vouchers.write(self._proposed().vouchers, self._settings.base_currency)

    def _proposed(self) -> Proposals:
        if self._proposals is None:
            self._proposals = vouchers.propose(self._store, self._settings, period=self._period, as_of_s=self._as_of_s)
        return self._proposals

    def _table(self) -> bytes:
        """Return the differences as ``recon diffs --format csv`` prints them, with a byte order mark."""
        frame = differences.select(
            self._store, period=self._period, language=self._settings.language, zone=self._settings.zone
        )
        out = io.StringIO()
        sheet = csv.writer(out, lineterminator="\r\n")
        sheet.writerow(frame.columns)
        sheet.writerows(frame.iter_rows())
        return ("\ufeff" + out.getvalue()).encode()
