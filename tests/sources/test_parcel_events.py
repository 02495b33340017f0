"""What the golden files of the carriers' events do not say by themselves: when a parcel is signed for, and when not."""

from __future__ import annotations

import json

import pytest

from recon.errors import SourceError
from recon.sources import Reading, Settings
from recon.sources.kuaidi100 import Kuaidi100
from recon.sources.piece import Piece
from recon.sources.sf_routes import SfRoutes

NOON_S = 1770264000  # 2026-02-05 12:00:00 +08:00
NOON = "2026-02-05 12:00:00"


def kuaidi(*documents: object) -> Reading:
    text = "\n".join(json.dumps(document, ensure_ascii=False) for document in documents)
    return Kuaidi100().read(Piece("log.jsonl", text.encode()), Settings())


def sf(*documents: object) -> Reading:
    text = "\n".join(json.dumps(document, ensure_ascii=False) for document in documents)
    return SfRoutes().read(Piece("log.jsonl", text.encode()), Settings())


def parcel(state: str, text: str = "已签收", status: str = "签收") -> dict[str, object]:
    events = [{"time": NOON, "context": text, "status": status}]
    return {"nu": "YT1", "com": "yuantong", "state": state, "data": events}


def route(code: str, text: str = "已签收", at: str = NOON, **others: str) -> dict[str, str]:
    return {"acceptTime": at, "opCode": code, "remark": text, **others}


def answer(*routes: dict[str, str]) -> dict[str, object]:
    return {"apiResultData": json.dumps({"msgData": {"routeResps": [{"mailNo": "SF1", "routes": list(routes)}]}})}


def push(*routes: dict[str, str]) -> dict[str, object]:
    return {"Body": {"WaybillRoute": [{"mailno": "SF1", "orderid": "ORD-1", **event} for event in routes]}}


@pytest.mark.parametrize("state", ["3", "301", "302", "303"])
def test_these_states_of_kuaidi100_are_a_signature(state):
    assert kuaidi(parcel(state)).shipments["signed_s"].to_list() == [NOON_S]


@pytest.mark.parametrize("state", ["0", "1", "2", "4", "5", "6", "14", "304", "501"])
def test_no_other_state_is_one_whatever_the_events_say(state):
    assert kuaidi(parcel(state)).shipments["signed_s"].to_list() == [None]


@pytest.mark.parametrize(
    ("text", "signed"),
    [
        ("已签收，签收人：本人", True),
        ("客户已从丰巢柜取出", True),
        ("快件已投递至丰巢柜", False),
        ("已签收，签收人凭取货码在菜鸟驿站待取", False),
        ("已由小区便利店代收", False),
    ],
)
def test_a_drop_in_a_locker_or_station_is_no_signature(text, signed):
    expected = [NOON_S if signed else None]
    assert kuaidi(parcel("3", text)).shipments["signed_s"].to_list() == expected
    assert sf(answer(route("80", text))).shipments["signed_s"].to_list() == expected


def test_sf_tells_a_locker_by_a_second_code_too():
    assert sf(answer(route("80", secondaryStatusCode="401"))).shipments["signed_s"].to_list() == [None]


def test_what_is_signed_after_a_return_was_signed_by_the_shop():
    back = route("99", "退回", "2026-02-04 12:00:00")
    assert sf(answer(back, route("80"))).shipments["signed_s"].to_list() == [None]
    assert sf(push(back), push(route("80"))).shipments["signed_s"].to_list() == [None, None]


def test_pushes_of_one_file_are_put_together():
    frame = sf(push(route("50", "收件", "2026-02-03 20:31:00")), push(route("80"))).shipments
    assert frame.select("order_no", "first_scan_s", "signed_s").rows() == [
        ("ORD-1", 1770121860, None),
        ("ORD-1", 1770121860, NOON_S),
    ]


def test_a_push_without_the_pick_up_does_not_say_when_the_parcel_was_first_scanned():
    assert sf(push(route("80"))).shipments["first_scan_s"].to_list() == [None]
    assert sf(answer(route("30"))).shipments["first_scan_s"].to_list() == [NOON_S]


def test_a_time_that_is_none_rejects_the_parcel_and_keeps_it_in_raw():
    reading = kuaidi(parcel("3"), {**parcel("3"), "data": [{"time": "2026-02-05", "context": "已签收"}]})
    assert (reading.raw.height, reading.shipments.height) == (2, 1)
    assert reading.rejects.select("line_no", "column", "value").rows() == [(2, "data", "2026-02-05")]


@pytest.mark.parametrize("text", ['{"nu":"1","com":"a","data":[', "[" * 100_000, '[{"nu":1} {"nu":2}]', "[[1]]", "7"])
def test_damaged_json_is_an_error_of_the_file(text):
    for source in (Kuaidi100(), SfRoutes()):
        with pytest.raises(SourceError, match="JSON"):
            source.read(Piece("log.json", text.encode()), Settings())


def test_numbers_that_are_no_text_stay_as_they_are_printed():
    events = '[{"time":"2026-02-05 12:00:00","context":""}]'
    text = f'{{"nu":"YT1","com":"yuantong","state":0,"x":1.10,"data":{events}}}'
    reading = Kuaidi100().read(Piece("log.json", text.encode()), Settings())
    assert reading.raw.select("state", "other").row(0) == ("0", '{"x":"1.10"}')


# ------------------------------------------------------------------------------------------------ where from, where to


def told(*events: tuple[str, str, str, str], **more: object) -> dict[str, object]:
    """Make an answer of Kuaidi100 from (time, text, status, areaName), newest first as it prints them."""
    data = [
        {"time": f"2026-02-0{at}", "context": text, "status": status, "areaName": area}
        for at, text, status, area in events
    ]
    return {"nu": "YT1", "com": "yuantong", "state": "3", "data": data, **more}


def places(found: Reading) -> tuple[str, str]:
    return found.shipments.select("sent_from", "sent_to").row(0)


def test_a_parcel_went_from_its_first_scan_to_its_signature() -> None:
    route = told(
        ("5 12:00:00", "已签收", "签收", "广东,深圳市,龙岗区"),
        ("4 12:00:00", "离开转运中心", "在途", "湖北,武汉市"),
        ("3 12:00:00", "已收件", "揽收", "浙江,杭州市"),
    )
    assert places(kuaidi(route)) == ("浙江 杭州", "广东 深圳")


def test_the_place_of_the_delivery_stands_for_a_signature_without_one() -> None:
    route = told(
        ("5 12:00:00", "已签收", "签收", ""),
        ("5 08:00:00", "【深圳】派件中", "派件", ""),
        ("3 12:00:00", "【杭州】已收件", "揽收", ""),
    )
    assert places(kuaidi(route)) == ("浙江 杭州", "广东 深圳")


def test_where_the_end_prints_no_place_the_last_place_of_the_route_is_not_taken() -> None:
    route = told(("5 12:00:00", "已签收", "签收", ""), ("3 12:00:00", "已收件", "揽收", "浙江,杭州市"))
    assert places(kuaidi(route)) == ("浙江 杭州", "")


def test_the_ends_that_kuaidi100_tells_itself_come_first() -> None:
    ends = {"from": {"name": "江苏,苏州市"}, "to": {"name": "新疆,喀什地区"}}
    route = told(
        ("5 12:00:00", "已签收", "签收", "浙江,杭州市"), ("3 12:00:00", "已收件", "揽收", "浙江,杭州市"), routeInfo=ends
    )
    assert places(kuaidi(route)) == ("江苏 苏州", "新疆 喀什")


def test_sf_prints_the_city_of_each_scan() -> None:
    routes = (
        route("50", "已收件", "2026-02-03 10:00:00", acceptAddress="杭州市"),
        route("44", "派送中", "2026-02-05 09:00:00", acceptAddress="深圳市"),
        route("80", acceptAddress=""),
    )
    assert places(sf(answer(*routes))) == ("浙江 杭州", "广东 深圳")


# ------------------------------------------------------------------------------------------------ drops


def test_a_drop_is_kept_with_its_time_beside_the_signature_that_follows() -> None:
    route = told(
        ("5 19:00:00", "客户已从丰巢柜取出，已签收", "签收", ""),
        ("5 12:00:00", "已投柜", "投柜或驿站", ""),
        ("3 12:00:00", "已收件", "揽收", ""),
    )
    assert kuaidi(route).shipments.select("dropped_s", "signed_s").row(0) == (NOON_S, NOON_S + 7 * 3600)


@pytest.mark.parametrize("code", ["125", "642"])
def test_sf_tells_a_locker_by_its_code(code) -> None:
    found = sf(answer(route("50", "已收件", "2026-02-03 10:00:00"), route(code, "已投递"))).shipments
    assert found.select("dropped_s", "signed_s").row(0) == (NOON_S, None)
