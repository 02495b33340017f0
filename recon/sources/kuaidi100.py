"""快递100 物流轨迹: parcel events as Kuaidi100's interfaces answer (query) or send (push) them, in JSON.

Where: poll.kuaidi100.com, interface 实时查询, or the body that 订阅推送 posts, saved as they come: one document a
file, one a line, or an array of them.

    {"message":"ok","nu":"YT1000200030005","com":"yuantong","status":"200","state":"3","ischeck":"1","data":[
      {"time":"2026-02-05 12:00:00","context":"已签收，签收人：本人","status":"签收"},
      {"time":"2026-02-03 20:31:00","context":"【杭州】已收件","status":"揽收"}]}
    {"status":"shutdown","lastResult":{"message":"","nu":"YT1000200030006", ...}}                        (push)

What comes out: one shipment a parcel. raw: one row a parcel, its events in the cell ``data``.

- waybill_no = nu, carrier = com. Kuaidi100 does not know the merchant's order: order_no is blank.
- first_scan_s: the first event whose status (or statusCode) is 揽收 (1, 103); where events have no status, the first
  whose text does not tell of an order only (已下单, 待揽收, 等待揽收, 打单).
- signed_s: only while ``state`` says signed: 3, 301 (by the customer), 302 (after an exception), 303 (by another
  person). It is the first event of that status (签收, 本人签收 ...), or the newest one where events have no status.
  304 (signed by a locker or station) and 501 (dropped there) are no signature, and an event under 签收 whose text
  tells of a locker or a station is none either, unless it tells that the parcel was fetched from it.
- 4 退签, 6 退回 and 14 拒签 are not signed, whatever the events say. All other states are on the way. ``ischeck`` is
  ignored. A state not in Kuaidi100's table is a reject.
- dropped_s: the last event whose text or status (304, 501) tells of a locker or a station.
- sent_from, sent_to: ``routeInfo`` (from, to) where the answer has it, else the places of the first scan and of the
  delivery (areaName, location, or 【杭州】 at the beginning of the text).
- Answers without a parcel (查无结果) and parcels without events are excluded. Times are Beijing time.

Sources: Kuaidi100's interface description and its table of states (formats/paypal-banks-orders-vouchers.md section
4h, read 2026-11). Uncertain: events of carriers that write a locker's signature in words not known here.
"""

from __future__ import annotations

import re
from typing import ClassVar, Final

from recon.errors import SourceError
from recon.places import place
from recon.sources import json_text, route_json
from recon.sources.piece import Piece
from recon.sources.route_json import Event, Parcel
from recon.sources.source import Reading, Settings, Source

COLUMNS: Final = ("nu", "com", "state", "condition", "ischeck", "status", "message", "data")
_MARKS: Final = tuple(
    re.compile(rf'"{name}"\s*:\s*{form}') for name, form in (("nu", '"'), ("com", '"'), ("data", r"\["))
)
_SIGNED: Final = frozenset({"3", "301", "302", "303"})
_STATES: Final = _SIGNED | {
    "0", "1", "2", "4", "5", "6", "7", "8", "10", "11", "12", "13", "14", "101", "102", "103", "201", "202", "203",
    "204", "205", "206", "207", "208", "209", "210", "304", "401", "501", "1001", "1002", "1003",
}  # fmt: skip
_TAKEN: Final = frozenset({"1", "103", "揽收", "已揽收"})
_SIGNATURES: Final = _SIGNED | {"签收", "本人签收", "代签", "派件异常后签收", "异常后签收", "已签收"}
_ASIDE: Final = frozenset({"304", "501", "投柜或站签收", "投柜或驿站"})
_ARRIVING: Final = _ASIDE | {"5", "派件", "派送中", "1001", "到达派件城市"}
_BRACKET: Final = re.compile(r"\s*[【\[]([^】\]]{2,30})[】\]]")
_ORDERED: Final = re.compile(r"下单|待揽|等待揽收|打单|电子面单|待取件")


class Kuaidi100(Source):
    """Kuaidi100 query answers and pushes."""

    name: ClassVar[str] = "kuaidi100"
    title: ClassVar[str] = "快递100 物流轨迹"
    raw_table: ClassVar[str] = "kuaidi100.parcel"
    book = None
    looks_for: ClassVar[str] = 'JSON with "nu", "com" and "data" of Kuaidi100'

    def identify(self, piece: Piece) -> bool:
        """Tell by the members that every answer with a parcel has."""
        head = piece.head.lstrip("\ufeff \t\r\n")
        return head.startswith(("{", "[")) and all(mark.search(head) for mark in _MARKS)

    def read(self, piece: Piece, settings: Settings) -> Reading:
        """Read every parcel. Raises SourceError where the text is no JSON."""
        del settings  # Kuaidi100 prints Beijing time
        parcels = [_parcel(piece, line_no, value) for line_no, value in json_text.documents(piece)]
        return route_json.reading(parcels, COLUMNS)


def _parcel(piece: Piece, line_no: int, value: object) -> Parcel:
    if not isinstance(value, dict):
        raise SourceError(
            f"a JSON object was expected, not {json_text.shown(value)[:60]}", path=piece.name, line_no=line_no
        )
    pushed = value.get("lastResult")
    body: dict[str, object] = pushed if isinstance(pushed, dict) else value
    parcel = Parcel(line_no, route_json.cells_of(body, COLUMNS))
    parcel.waybill_no, parcel.carrier = parcel.cells["nu"].strip(), parcel.cells["com"].strip()
    data = body.get("data")
    if not parcel.waybill_no or not isinstance(data, list) or not data:
        said = parcel.cells["message"].strip() or "no message"
        parcel.excluded = f"an answer without parcel events: {said}"
        return parcel
    state = parcel.cells["state"].strip()
    if state not in _STATES:
        parcel.rejects.append(("state", state, "is no state of Kuaidi100's table" if state else "is blank"))
    events = _events(parcel, data)
    if not parcel.rejects:
        parcel.first_scan_s = _first_scan(events)
        parcel.signed_s = _signed(events) if state in _SIGNED else None
        parcel.locate(events, _ARRIVING)
        _told_route(parcel, body.get("routeInfo"))
    return parcel


def _told_route(parcel: Parcel, route: object) -> None:
    """Take the ends of the route where the answer has them: they are the sender's and the receiver's own."""
    for field, end in (("sent_from", "from"), ("sent_to", "to")):
        told = route.get(end) if isinstance(route, dict) else None
        name = place(json_text.shown(told.get("name"))) if isinstance(told, dict) else ""
        if name:
            setattr(parcel, field, name)


def _place(cells: dict[str, str]) -> str:
    """Place of an event: printed in a cell of its own, or in brackets at the beginning of its text."""
    bracket = _BRACKET.match(cells.get("context", ""))
    printed = (cells.get("areaName", ""), cells.get("location", ""), bracket[1] if bracket else "")
    return next((name for text in printed if (name := place(text))), "")


def _events(parcel: Parcel, data: list[object]) -> list[Event]:
    """Events, oldest first; bad ones are rejects of the parcel."""
    events: list[Event] = []
    for item in data:
        cells = {name: json_text.shown(cell) for name, cell in item.items()} if isinstance(item, dict) else {}
        printed = cells.get("time", "") or cells.get("ftime", "")
        at_s = route_json.moment(printed)
        if at_s is None:
            value = printed or json_text.shown(item)[:200]
            parcel.rejects.append(("data", value, "is no event with a time like 2026-02-03 10:00:03"))
            continue
        code = cells.get("statusCode", "") or cells.get("status", "")
        events.append(Event(at_s, code, cells.get("context", ""), _place(cells), put_aside=code in _ASIDE))
    return sorted(events, key=lambda event: event.at_s)


def _first_scan(events: list[Event]) -> int | None:
    taken = [event for event in events if event.code in _TAKEN]
    moved = [event for event in events if _ORDERED.search(event.text) is None]
    return next((event.at_s for event in (*taken, *moved)), None)


def _signed(events: list[Event]) -> int | None:
    """First true signature among the events of a parcel whose state says signed."""
    told = any(event.code for event in events)
    claims = [event for event in events if event.code in _SIGNATURES] if told else events[-1:]
    return next((event.at_s for event in claims if not event.dropped), None)
