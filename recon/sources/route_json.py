"""Parcel events in JSON: what the carriers' formats have in common.

A carrier answers with JSON documents: one, several one after the other (a log of answers, one a line), or an array.
Each parcel in them is one raw row; its events stay together in one cell, as JSON. Numbers are kept as they are
printed.

    parcels ready to be read    Parcel(line_no=1, cells={"nu": "YT...", "data": "[...]"}, events=(Event(...), ...))
    what is made of them        one shipment a parcel: when it was first scanned, and when it was truly signed for

``line_no`` is the line where the document begins; where several parcels share a line, it is the parcel's place in the
file instead: first, second ...

A drop in a locker or at a pick-up station is no signature: the customer has not seen the goods. It is told by words
too, because carriers report it under the code of a signature.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Final

import polars as pl

from recon import times
from recon.model import EXCLUDED, REJECT, SHIPMENT
from recon.sources.json_text import shown
from recon.sources.source import Reading

_DROPPED: Final = re.compile(r"柜|驿站|代收点|自提点|便利店|菜鸟|丰巢")
_FETCHED: Final = re.compile(r"取件|取出|取走|已取|本人")


@dataclass(frozen=True, slots=True)
class Event:
    """One scan: when (UTC epoch seconds), the carrier's code or word for it, and its text."""

    at_s: int
    code: str
    text: str
    place: str = ""
    """Province and city of the scan (:func:`recon.places.place`), blank when not printed or not known."""
    put_aside: bool = False
    """Whether the carrier's code says: put into a locker or a station."""

    @property
    def dropped(self) -> bool:
        """Whether the text tells of a locker or a station from which the customer has not fetched the parcel."""
        return _DROPPED.search(self.text) is not None and _FETCHED.search(self.text) is None


@dataclass(slots=True)
class Parcel:
    """What one document says of one parcel, and what is made of it."""

    line_no: int
    cells: dict[str, str]
    waybill_no: str = ""
    carrier: str = ""
    order_no: str = ""
    first_scan_s: int | None = None
    dropped_s: int | None = None
    signed_s: int | None = None
    sent_from: str = ""
    sent_to: str = ""
    excluded: str = ""
    """Why it is no record, ``""`` when it is one."""
    rejects: list[tuple[str, str, str]] = field(default_factory=list)
    """Column, value and reason of every cell that cannot be read."""

    def locate(self, events: Sequence[Event], arriving: Collection[str]) -> None:
        """Tell from the events, oldest first, where it came from and went to, and when it was last dropped.

        It came from the place of its first scan. It went to the place of its signature, or of an event before it whose
        code is one of ``arriving`` (delivery, drop): the last place of a route is not the receiver's when the events at
        the end print none. A parcel that is still on its way has not arrived anywhere.
        """
        self.dropped_s = max((event.at_s for event in events if event.dropped or event.put_aside), default=None)
        self.sent_from = next((event.place for event in events if event.at_s == self.first_scan_s), "")
        if self.signed_s is not None:
            ends = [
                event.place
                for event in events
                if event.at_s == self.signed_s or (event.at_s < self.signed_s and event.code in arriving)
            ]
            self.sent_to = next((place for place in reversed(ends) if place), "")


def cells_of(source: dict[str, object], names: Sequence[str]) -> dict[str, str]:
    """Raw cells: the named members as text, and all others together as JSON in ``other``."""
    others = {name: value for name, value in source.items() if name not in names}
    return {**{name: shown(source.get(name)) for name in names}, "other": shown(others) if others else ""}


def moment(text: str) -> int | None:
    """UTC epoch seconds of ``2026-02-03 10:00:03`` in Beijing time; None when it is no time, or a date alone."""
    try:
        return times.parse_moment(text, times.BEIJING) if ":" in text else None
    except (ValueError, OverflowError):
        return None


def reading(parcels: Sequence[Parcel], columns: Sequence[str]) -> Reading:
    """Parcels -> raw, shipments, excluded and rejects; places in the file instead of lines where lines are shared."""
    lines = [parcel.line_no for parcel in parcels]
    if len(set(lines)) < len(lines):
        for place, parcel in enumerate(parcels, 1):
            parcel.line_no = place
    good = [parcel for parcel in parcels if not parcel.rejects and not parcel.excluded]
    names = (*columns, "other")
    raw = pl.DataFrame(
        [(parcel.line_no, *(parcel.cells[name] for name in names)) for parcel in parcels],
        schema={"line_no": pl.Int64, **dict.fromkeys(names, pl.String)},
        orient="row",
    )
    kept = (
        "line_no", "order_no", "waybill_no", "carrier", "sent_from", "sent_to", "first_scan_s", "dropped_s", "signed_s"
    )  # fmt: skip
    shipments = pl.DataFrame(
        [tuple(getattr(parcel, name) for name in kept) for parcel in good],
        schema={name: SHIPMENT[name] for name in kept},
        orient="row",
    )
    rejects = [(parcel.line_no, *reject) for parcel in parcels for reject in parcel.rejects]
    excluded = [(parcel.line_no, parcel.excluded) for parcel in parcels if parcel.excluded and not parcel.rejects]
    return Reading(
        raw=raw,
        shipments=shipments,
        rejects=pl.DataFrame(rejects, schema=REJECT, orient="row"),
        excluded=pl.DataFrame(excluded, schema=EXCLUDED, orient="row"),
    )
