"""Documents of one period, written from the store: what a CFO reads and what a clerk works from.

    对账健康度报告-2026-02.pdf           health.py    the health report, differences attached
    differences-2026-02.xlsx            listing.py   one sheet per cause
    overdue-confirmation-2026-02.xlsx   overdue.py   signed but not confirmed
    shipping-truth-2026-02.xlsx         shipping.py  were the goods really sent: the audit queue and its neighbours
    vouchers-2026-02.csv                vouchers/    proposed reversals, as finance systems take them
    explorer-2026-02.html               explorer.py  all differences with their evidence, to look with

``compute`` fills one tree of figures from the books (``figures``, ``bridge``, ``sql/``); ``sentences`` say them and
``charts`` draw them: everything a reader sees of a number comes from that tree. The same store and the same as-of
give the same bytes. Nothing is written to the store.
"""

from __future__ import annotations

import csv
import dataclasses
import io
import tempfile
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal

from recon import differences
from recon.report.settings import Settings
from recon.report.voucher_terms import Terms
from recon.report.words import Speaker

if TYPE_CHECKING:
    from collections.abc import Mapping

    from recon.report.computing import compute, metrics
    from recon.report.errors import FontError, PrinterError
    from recon.report.figures import Figures
    from recon.report.headline import Notice, notice
    from recon.report.overdue import Confirmations
    from recon.report.shipping import Shipping
    from recon.report.vouchers import ALL, Layout, Proposals, chosen, discover
    from recon.store import Store

__all__ = [
    "ALL",
    "DOCUMENTS",
    "Confirmations",
    "Figures",
    "FontError",
    "Fulfilled",
    "Notice",
    "PrinterError",
    "Settings",
    "Shipping",
    "Terms",
    "build",
    "chosen",
    "compute",
    "discover",
    "metrics",
    "notice",
]

DOCUMENTS: Final = ("health", "diffs", "overdue", "shipping", "vouchers", "explorer")
_FROM: Final = {
    "ALL": "vouchers",
    "Confirmations": "overdue",
    "Figures": "figures",
    "FontError": "errors",
    "Notice": "headline",
    "PrinterError": "errors",
    "Shipping": "shipping",
    "chosen": "vouchers",
    "compute": "computing",
    "discover": "vouchers",
    "metrics": "computing",
    "notice": "headline",
}


def __getattr__(name: str) -> object:
    """Load what makes documents (Excel, PDF, pictures) when it is asked for: every command comes by here."""
    if name not in _FROM:
        msg = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(msg)
    found = getattr(import_module(f"{__name__}.{_FROM[name]}"), name)
    globals()[name] = found  # no module has a name of these: loaded, it would take the name's place
    return found


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Fulfilled:
    """What the fulfilment stage found; report and fulfilment do not know each other."""

    confirmations: Confirmations | None = None
    shipped: Shipping | None = None


def build(  # noqa: PLR0913 - which documents, of what, for whom
    store: Store,
    settings: Settings,
    *,
    period: str,
    as_of_s: int,
    out: Path,
    language: Literal["zh", "en"] = "zh",
    only: str = "",
    fulfilled: Fulfilled | None = None,
    into: str = "",
) -> list[Path]:
    """Write the documents of ``period`` (``YYYY-MM``) into the folder ``out`` and return their paths.

    ``only`` names one of DOCUMENTS. ``fulfilled`` holds what the fulfilment stage found; without it the overdue and the
    shipping workbook are left out, and so is the shipments' part of the health report. Reversal vouchers are booked in
    the month ``into`` instead of ``period``. The store may be open to read only. Raises FontError or PrinterError when
    this machine cannot print the PDF, ValueError for a document or month that is none.
    """
    if only and only not in DOCUMENTS:
        msg = f"there is no document {only!r}; there are {', '.join(DOCUMENTS)}"
        raise ValueError(msg)
    fulfilled = fulfilled or Fulfilled()
    needed = (("overdue", fulfilled.confirmations), ("shipping", fulfilled.shipped))
    absent = {name for name, found in needed if found is None}
    if only in absent:
        msg = f"the document {only!r} needs what the fulfilment stage found"
        raise ValueError(msg)
    from recon.report.vouchers import chosen

    settings = dataclasses.replace(settings, language=language)
    out.mkdir(parents=True, exist_ok=True)
    layouts = {f"vouchers-{each.name}": each for each in chosen(settings.vouchers.formats, place="formats")}
    names: dict[str, str] = {
        "health": f"{Speaker(language)('对账健康度报告', 'reconciliation-health')}-{period}.pdf",
        "diffs": f"differences-{period}.xlsx",
        "overdue": f"overdue-confirmation-{period}.xlsx",
        "shipping": f"shipping-truth-{period}.xlsx",
        **{name: f"vouchers-{period}{layout.suffix}" for name, layout in layouts.items()},
        "explorer": f"explorer-{period}.html",
    }
    documents = [only] if only else [name for name in DOCUMENTS if name not in absent]
    wanted = [name for each in documents for name in (layouts if each == "vouchers" else (each,))]
    # All are made aside and then moved, so that no document of an earlier run is replaced when one cannot be made.
    with tempfile.TemporaryDirectory(dir=out, prefix=".making-") as folder:
        made = _Documents(store, settings, period, as_of_s, Path(folder), out, fulfilled, layouts=layouts, into=into)
        parts = {name: made.write(name) for name in wanted}
        for name in wanted:
            parts[name].replace(out / names[name])
    return [out / names[name] for name in wanted]


class _Documents:
    """Each document as a file in ``folder``; what two of them need is made once."""

    def __init__(  # noqa: PLR0913 - as build
        self, store: Store, settings: Settings, period: str, as_of_s: int, folder: Path, home: Path,
        fulfilled: Fulfilled, *, layouts: Mapping[str, Layout], into: str,
    ) -> None:  # fmt: skip
        self._store, self._settings, self._period, self._as_of_s = store, settings, period, as_of_s
        self._folder, self._home = folder, home
        self._confirmations, self._shipped = fulfilled.confirmations, fulfilled.shipped
        self._layouts, self._into = layouts, into
        self._proposals: Proposals | None = None
        self._computed: Figures | None = None

    def write(self, name: str) -> Path:
        """Write one of DOCUMENTS, or the vouchers in one layout; returns its path."""
        path = self._folder / name
        if not path.exists():
            writers = {
                "health": self._health,
                "diffs": self._differences,
                "overdue": self._late,
                "shipping": self._truth,
                **dict.fromkeys(self._layouts, self._vouchers),
                "explorer": self._explorer,
            }
            writers[name](path)
        return path

    def _health(self, path: Path) -> None:
        from recon.report import health
        from recon.report.pages import Attachment

        figures = self._figures()
        say = Speaker(self._settings.language)
        attachments = []
        if figures.breaks or figures.timing_count:
            about = say("差异清单", "list of differences")
            workbook = self.write("diffs").read_bytes()
            attachments = [
                Attachment(f"differences-{self._period}.csv", about, self._table()),
                Attachment(f"differences-{self._period}.xlsx", about, workbook),
            ]
        path.write_bytes(health.render(figures, self._proposed(), self._settings, attachments))

    def _differences(self, path: Path) -> None:
        from recon.report import listing

        listing.write(self._store, self._settings, period=self._period, as_of_s=self._as_of_s, out=path)

    def _late(self, path: Path) -> None:
        from recon.report import overdue

        assert self._confirmations is not None  # noqa: S101 - build asks for it
        overdue.write(
            self._confirmations, self._settings, period=self._period, as_of_s=self._as_of_s, out=path, home=self._home
        )

    def _truth(self, path: Path) -> None:
        from recon.report import shipping

        assert self._shipped is not None  # noqa: S101 - build asks for it
        shipping.write(self._shipped, self._settings, period=self._period, as_of_s=self._as_of_s, out=path)

    def _vouchers(self, path: Path) -> None:
        from recon.report import vouchers

        vouchers.write(
            self._proposed().vouchers, self._settings.vouchers, layout=self._layouts[path.name],
            base_currency=self._settings.base_currency, as_of_s=self._as_of_s, out=path,
        )  # fmt: skip

    def _explorer(self, path: Path) -> None:
        from recon.report import explorer

        explorer.write(self._store, self._figures(), self._settings, out=path)

    def _figures(self) -> Figures:
        from recon.report import shipping
        from recon.report.computing import compute

        if self._computed is None:
            shipments = shipping.figures(self._shipped) if self._shipped else None
            self._computed = compute(
                self._store, self._settings, period=self._period, as_of_s=self._as_of_s, shipping=shipments
            )
        return self._computed

    def _proposed(self) -> Proposals:
        from recon.report import vouchers

        if self._proposals is None:
            self._proposals = vouchers.propose(
                self._store, self._settings, period=self._period, as_of_s=self._as_of_s, into=self._into
            )
        return self._proposals

    def _table(self) -> bytes:
        """Return the differences as ``recon diffs --format csv`` prints them, with a byte order mark."""
        frame = differences.select(
            self._store,
            differences.Wanted(period=self._period),
            language=self._settings.language,
            zone=self._settings.zone,
        ).select(differences.COLUMNS)
        out = io.StringIO()
        sheet = csv.writer(out, lineterminator="\r\n")
        sheet.writerow(frame.columns)
        sheet.writerows(frame.iter_rows())
        return ("\ufeff" + out.getvalue()).encode()
