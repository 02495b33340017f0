"""Parcels, contacts and rates: the newest statement holds, the same again changes nothing."""

from __future__ import annotations


def parcel(**cells) -> dict:
    return {"shipment": {"order_no": "SO1", "waybill_no": "SF1", **cells}}


def test_the_newest_statement_of_a_parcel_holds(desk, page) -> None:
    desk.load(page(parcel(outbound_s=10)))
    (result,) = desk.load(page(parcel(outbound_s=10, signed_s=20)))
    assert (result.rows_restated, result.rows_new) == (1, 0)
    assert desk.rows("SELECT outbound_s, signed_s, file_id FROM canon.shipment") == [(10, 20, 2)]


def test_the_same_parcel_again_keeps_its_first_provenance(desk, page) -> None:
    desk.load(page(parcel(signed_s=20)))
    (result,) = desk.load(page({"exclude": "a heading"}, parcel(signed_s=20)))
    assert result.rows_overlap == 1
    assert desk.rows("SELECT file_id, line_no FROM canon.shipment") == [(1, 2)]


def test_two_parcels_of_one_order_stand_side_by_side(desk, page) -> None:
    desk.load(page(parcel(), parcel(waybill_no="SF2")))
    assert desk.rows("SELECT waybill_no FROM canon.shipment ORDER BY ALL") == [("SF1",), ("SF2",)]


def test_within_one_file_the_last_line_of_a_parcel_holds(desk, page) -> None:
    (result,) = desk.load(page(parcel(outbound_s=10), parcel(signed_s=20)))
    assert (result.rows_canon, result.rows_new, result.rows_overlap) == (2, 1, 1)
    assert desk.rows("SELECT signed_s, line_no FROM canon.shipment") == [(20, 3)]


def test_a_contact_is_noted_once(desk, page) -> None:
    first = {"contact": {"order_no": "SO1", "contacted_s": 5, "way": "sms"}}
    undated = {"contact": {"order_no": "SO1", "way": "phone"}}
    desk.load(page(first, undated), page(first, undated, first))
    assert desk.rows("SELECT contacted_s, way, file_id FROM canon.contact ORDER BY way") == [
        (None, "phone", 1),
        (5, "sms", 1),
    ]


def test_a_rate_of_the_same_day_and_currency_is_replaced(desk, page) -> None:
    rate = {"rate_date": "2026-02-03", "currency": "USD", "base_currency": "CNY", "rate_e8": 695_000_000}
    desk.load(
        page({"rate": rate}), page({"rate": {**rate, "rate_e8": 696_000_000}}, {"rate": {**rate, "currency": "EUR"}})
    )
    assert desk.rows("SELECT currency, rate_e8, file_id FROM canon.rate ORDER BY currency") == [
        ("EUR", 695_000_000, 2),
        ("USD", 696_000_000, 2),
    ]
