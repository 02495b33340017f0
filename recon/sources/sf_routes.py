r"""顺丰路由: parcel events as SF Express answers (EXP_RECE_SEARCH_ROUTES) or pushes them (路由推送), in JSON.

Where: qiao.sf-express.com (顺丰丰桥), interface 路由查询, or the body of the push, saved as they come: one document a
file, one a line, or an array of them. In an answer ``apiResultData`` is JSON once more, as text; as an object it is
read too.

    {"apiResultCode":"A1000","apiResultData":"{\"success\":true,\"msgData\":{\"routeResps\":[{\"mailNo\":
      \"SF1000200030004\",\"routes\":[{\"acceptTime\":\"2026-02-01 20:31:00\",\"opCode\":\"50\", ...
    {"Body":{"WaybillRoute":[{"mailno":"SF1000200030004","orderid":"ORD-1001","acceptTime":"2026-02-02 18:20:11",
      "opCode":"80","remark":"已签收", ...}]}}                                                            (push)

What comes out: one shipment a parcel of each document. raw: one row a parcel, its events in the cell ``routes``.

- waybill_no = mailNo, carrier = 顺丰, order_no = orderId: the number under which the shipment was ordered. Only
  pushes have it; in answers order_no is blank.
- first_scan_s: the first event with opCode 50 or 54 (收件), in an answer else the first of all. (A push brings only
  what is new; the pushes of one file are put together.)
- signed_s: the first event with opCode 80 (签收) that is a signature of the customer. It is none when its
  secondaryStatusCode is 401, when its text tells of a locker or a station from which nothing was fetched yet, or when
  the parcel was sent back before (99, 648): then the shop has signed.
- dropped_s: the last event into a locker or a station: 125, 642, secondaryStatusCode 401, or told by its text.
- sent_from, sent_to: acceptAddress of the first scan and of the delivery (44, 70, 80, a drop).
- All other codes (30, 31, 36, 3036, 44 派送, 70 未派成功, 125 and 642 in a locker, 8000 after the signature ...) are
  on the way.
- Answers without a route are excluded. Times are Beijing time; a time that is none is a reject.

Sources: SF's interface description and public programs (formats/paypal-banks-orders-vouchers.md section 4h, read
2026-11). Uncertain: secondaryStatusCode 401, the codes 99 and 648, and that opCode 54 is a pick-up everywhere.
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

COLUMNS: Final = ("mailNo", "orderId", "routes")
_MARK: Final = re.compile(r'\\?"(routeResps|WaybillRoute)\\?"\s*:')
_PICKED_UP: Final = frozenset({"50", "54"})
_SIGNED: Final = "80"
_IN_LOCKER: Final = "401"
_LOCKER_CODES: Final = frozenset({"125", "642"})
_ARRIVING: Final = _LOCKER_CODES | {"44", "70", _SIGNED}
_RETURNED: Final = frozenset({"99", "648"})
_SPELLINGS: Final = {"mailno": "mailNo", "orderid": "orderId"}


class SfRoutes(Source):
    """SF Express route answers and pushes."""

    name: ClassVar[str] = "sf_routes"
    title: ClassVar[str] = "顺丰路由"
    raw_table: ClassVar[str] = "sf.parcel"
    book = None
    looks_for: ClassVar[str] = 'JSON with "routeResps" or "WaybillRoute" of SF Express'

    def identify(self, piece: Piece) -> bool:
        """Tell by the member that holds the routes, whether its text is JSON or JSON within JSON."""
        head = piece.head.lstrip("\ufeff \t\r\n")
        return head.startswith(("{", "[")) and _MARK.search(head) is not None

    def read(self, piece: Piece, settings: Settings) -> Reading:
        """Read every parcel. Raises SourceError where the text is no JSON."""
        del settings  # SF prints Beijing time
        parcels: list[Parcel] = []
        pushed: dict[str, list[Event]] = {}
        for line_no, value in json_text.documents(piece):
            parcels.extend(_parcels(piece, line_no, value, pushed))
        return route_json.reading(parcels, COLUMNS)


def _parcels(piece: Piece, line_no: int, value: object, pushed: dict[str, list[Event]]) -> list[Parcel]:
    """Parcels of one document; one that is excluded when it has none. ``pushed``: events pushed so far, by mailno."""
    if not isinstance(value, dict):
        raise SourceError(
            f"a JSON object was expected, not {json_text.shown(value)[:60]}", path=piece.name, line_no=line_no
        )
    result = _result(piece, line_no, value)
    found = [_parcel(line_no, answer, None if whole else pushed) for answer, whole in _answers(result)]
    if found:
        return found
    messages = (result.get("errorMsg"), value.get("apiErrorMsg"))
    said = next((json_text.shown(message) for message in messages if message), "no message")
    empty = Parcel(line_no, route_json.cells_of(value, COLUMNS))
    empty.excluded = f"an answer without routes: {said}"
    return [empty]


def _result(piece: Piece, line_no: int, value: dict[str, object]) -> dict[str, object]:
    """The part of a document that is SF's result: apiResultData read as JSON, or the document itself."""
    inner: object = value.get("apiResultData", value)
    if isinstance(inner, str):
        try:
            inner = json_text.inner(inner) if inner.strip() else {}
        except (ValueError, RecursionError):
            raise SourceError(
                "is no JSON; the answer is cut or was changed",
                path=piece.name,
                line_no=line_no,
                column="apiResultData",
                value=str(inner)[:60],
                remedy="Save the carrier's answer again, whole and unchanged.",
            ) from None
    return inner if isinstance(inner, dict) else {}


def _answers(result: dict[str, object]) -> list[tuple[dict[str, object], bool]]:
    """One object a parcel, with ``mailNo`` and ``routes``, and whether these are all its events so far.

    The events of a push are gathered by their mailno; they are those since the last push.
    """
    inner = next((part for name in ("msgData", "Body") if isinstance(part := result.get(name), dict)), result)
    answers = inner.get("routeResps")
    if isinstance(answers, list):
        return [(answer, True) for answer in answers if isinstance(answer, dict)]
    pushed = inner.get("WaybillRoute")
    gathered: dict[str, dict[str, object]] = {}
    for event in pushed if isinstance(pushed, list) else [pushed] if isinstance(pushed, dict) else []:
        if not isinstance(event, dict):
            continue
        named = {_SPELLINGS.get(name.lower(), name): cell for name, cell in event.items()}
        number = json_text.shown(named.get("mailNo"))
        parcel = gathered.setdefault(number, {"mailNo": number, "orderId": named.get("orderId"), "routes": []})
        routes = parcel["routes"]
        if isinstance(routes, list):
            routes.append(event)
    return [(parcel, False) for parcel in gathered.values()]


def _parcel(line_no: int, answer: dict[str, object], pushed: dict[str, list[Event]] | None) -> Parcel:
    """One parcel. ``pushed`` is None when the answer has all events of the parcel; else it is added to."""
    named = {_SPELLINGS.get(name.lower(), name): cell for name, cell in answer.items()}
    parcel = Parcel(line_no, route_json.cells_of(named, COLUMNS), carrier="顺丰")
    parcel.waybill_no, parcel.order_no = parcel.cells["mailNo"].strip(), parcel.cells["orderId"].strip()
    routes = named.get("routes")
    if not isinstance(routes, list) or not routes:
        parcel.excluded = "an answer without routes: the parcel has no events yet"
        return parcel
    if not parcel.waybill_no:
        parcel.rejects.append(("mailNo", "", "is blank"))
    events = _events(parcel, routes)
    if not parcel.rejects:
        if pushed is not None:
            events = sorted(pushed.get(parcel.waybill_no, []) + events, key=lambda event: event.at_s)
            pushed[parcel.waybill_no] = events
        picked_up = [event.at_s for event in events if event.code in _PICKED_UP]
        parcel.first_scan_s = next(iter(picked_up), events[0].at_s if pushed is None else None)
        parcel.signed_s = _signed(events)
        parcel.locate(events, _ARRIVING)
    return parcel


def _events(parcel: Parcel, routes: list[object]) -> list[Event]:
    """Events, oldest first; bad ones are rejects of the parcel. A signature into a locker has no code."""
    events: list[Event] = []
    for item in routes:
        cells = {name: json_text.shown(cell) for name, cell in item.items()} if isinstance(item, dict) else {}
        at_s = route_json.moment(cells.get("acceptTime", ""))
        if at_s is None:
            value = cells.get("acceptTime", "") or json_text.shown(item)[:200]
            parcel.rejects.append(("routes", value, "is no event with a time like 2026-02-03 10:00:03"))
            continue
        in_locker = cells.get("secondaryStatusCode") == _IN_LOCKER or cells.get("opCode") in _LOCKER_CODES
        code = "" if cells.get("secondaryStatusCode") == _IN_LOCKER else cells.get("opCode", "")
        events.append(
            Event(at_s, code, cells.get("remark", ""), place(cells.get("acceptAddress", "")), put_aside=in_locker)
        )
    return sorted(events, key=lambda event: event.at_s)


def _signed(events: list[Event]) -> int | None:
    for event in events:
        if event.code in _RETURNED:
            return None
        if event.code == _SIGNED and not event.dropped:
            return event.at_s
    return None
