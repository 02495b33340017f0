"""Were the goods really sent: events that do not follow each other, and parcels and orders that miss each other."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import polars as pl
import pytest

from recon import model, times
from recon.fulfilment import FINDING, NOT_JUDGED, Settings, Truth, truth
from recon.store import Store

Load = Callable[..., None]
DAY_S = 86_400
HOUR_S = 3_600
START_S = times.parse_moment("2026-02-01 00:00:00")
AS_OF_S = START_S + 27 * DAY_S


def at(day: float, hour: float = 0) -> int:
    """Return the moment so many days and hours after 1 February."""
    return START_S + round(day * DAY_S + hour * HOUR_S)


@pytest.fixture
def orders(store: Store) -> Callable[..., None]:
    """Return a function that puts payments (and refunds) into the order book."""

    def put(*given: dict[str, object]) -> None:
        rows = []
        for number, more in enumerate(given, 1):
            row = {
                "txn_id": f"t{number}", "version": 1, "book": "order", "channel": "alipay", "source": "orders",
                "kind": "payment", "status": "success", "currency": "CNY", "amount_minor": 10_000, "shop": "旗舰店",
                "occurred_s": at(1), "order_no": f"O{number}", "line_no": number + 1, "file_id": 9,
                "fingerprint": b"", "content": b"",
            } | more  # fmt: skip
            day = times.local_date(int(str(row["occurred_s"])))
            rows.append({"business_date": day, "merchant_no": row["order_no"]} | row)
        frame = pl.DataFrame(rows, infer_schema_length=None)
        blank = {
            name: pl.lit("") for name, kind in model.TXN.items() if kind is pl.String and name not in frame.columns
        }
        store.append("canon.txn", frame.with_columns(**blank).drop("native_id"))
        counts = ("raw", "canon", "excluded", "rejected", "new", "overlap", "restated", "confirmed")
        facts = {"file_id": 9, "sha256": "o", "name": "orders.csv", "size_bytes": 1, "source": "orders", "encoding": ""}
        facts |= {"account": "", "control": "[]", "run_id": 1, "ingested_s": 0}
        store.append("meta.file", pl.DataFrame([facts | {f"rows_{name}": 0 for name in counts}]))

    return put


def judged(store: Store, as_of_s: int = AS_OF_S, period: str = "", **settings: object) -> Truth:
    return truth(store, Settings(**settings), as_of_s=as_of_s, period=period)  # type: ignore[arg-type]


def found(store: Store, *columns: str, **more: object) -> Sequence[tuple[object, ...]]:
    return judged(store, **more).findings.select(*(columns or ("kind", "order_no"))).rows()


def parcel(order: str = "O1", **events: object) -> dict[str, object]:
    return {"order_no": order, "waybill_no": f"W-{order}", "signed_s": None, "amount_minor": 10_000} | events


def fine(order: str = "O1", day: float = 2) -> dict[str, object]:
    """Make a parcel with nothing against it."""
    return parcel(order, outbound_s=at(day), first_scan_s=at(day, 5), signed_s=at(day + 2))


# ------------------------------------------------------------------------------------------------ events in order


def test_a_parcel_whose_events_follow_each_other_is_not_listed(store: Store, load: Load) -> None:
    load(fine())
    assert found(store) == []


@pytest.mark.parametrize(("hours", "kinds"), [(47.9, []), (48, ["late_first_scan"]), (60, ["late_first_scan"])])
def test_48_hours_between_outbound_and_first_scan_go_to_the_audit_queue(
    store: Store, load: Load, hours: float, kinds: list[str]
) -> None:
    load(parcel(outbound_s=at(2), first_scan_s=at(2, hours), signed_s=at(8)))
    assert [kind for kind, _ in found(store)] == kinds
    assert all(is_audit for (is_audit,) in found(store, "is_audit"))


def test_the_hours_can_be_set(store: Store, load: Load) -> None:
    load(parcel(outbound_s=at(2), first_scan_s=at(2, 30), signed_s=at(8)))
    assert found(store, audit_hours=24) == [("late_first_scan", "O1")]


def test_a_finding_says_what_happened_and_where_it_is_printed(store: Store, load: Load, orders) -> None:
    orders({"order_no": "O1"})
    load(parcel(outbound_s=at(2), first_scan_s=at(4, 5), signed_s=at(6)))
    (row,) = judged(store).findings.to_dicts()
    assert row == {
        "kind": "late_first_scan",
        "is_audit": True,
        "order_no": "O1",
        "waybill_no": "W-O1",
        "carrier": "",
        "shop": "旗舰店",
        "paid_s": at(1),
        "outbound_s": at(2),
        "first_scan_s": at(4, 5),
        "signed_s": at(6),
        "hours": 53,
        "currency": "CNY",
        "amount_minor": 10_000,
        "business_date": times.local_date(at(2)),
        "because_zh": "出库后 53 小时才有首扫记录。",
        "because_en": "First scanned 53 hours after it left the house.",
        "evidence": "shipments-1.csv:2",
    }


def test_a_parcel_that_was_never_scanned_is_listed_once_48_hours_are_over(store: Store, load: Load) -> None:
    load(parcel(outbound_s=at(2)), fine("O2"))
    assert found(store, as_of_s=at(4) - 1) == []
    assert found(store, "kind", "hours", as_of_s=at(4, 1)) == [("late_first_scan", 49)]


def test_where_no_scans_are_printed_none_is_missed(store: Store, load: Load) -> None:
    load(*(parcel(f"O{number}", outbound_s=at(2)) for number in range(10)))
    assert found(store) == []
    assert judged(store).not_judged.select("kind", "number").rows() == [("late_first_scan", 10)]


@pytest.mark.parametrize(
    ("events", "kind", "because"),
    [
        (
            {"outbound_s": at(5), "first_scan_s": at(5, 1), "signed_s": at(4)},
            "signed_before_outbound",
            "签收早于出库 24 小时。",
        ),
        ({"outbound_s": at(5), "signed_s": at(5, -0.5)}, "signed_before_outbound", "签收早于出库 30 分钟。"),
        (
            {"outbound_s": at(5), "first_scan_s": at(4), "signed_s": at(6)},
            "scan_out_of_order",
            "首扫早于出库 24 小时。",
        ),
        (
            {"outbound_s": at(5), "first_scan_s": at(7), "signed_s": at(6)},
            "scan_out_of_order",
            "签收早于首扫 24 小时。",
        ),
    ],
)
def test_events_that_do_not_follow_each_other_are_listed(
    store: Store, load: Load, events: dict[str, object], kind: str, because: str
) -> None:
    load(parcel(**events))
    assert (kind, because) in found(store, "kind", "because_zh")


def test_clocks_may_differ_by_an_hour(store: Store, load: Load) -> None:
    load(parcel(outbound_s=at(5), first_scan_s=at(5, -0.9), signed_s=at(6)))
    assert found(store) == []


def test_what_is_later_than_the_moment_asked_for_has_not_happened(store: Store, load: Load) -> None:
    load(parcel(outbound_s=at(5), signed_s=at(4)), fine("O2"))
    assert found(store, as_of_s=at(4, 12)) == []


# ------------------------------------------------------------------------------------------------ waybills used twice


def test_a_waybill_of_two_orders_is_listed_with_both(store: Store, load: Load) -> None:
    load(
        fine("O1") | {"waybill_no": "W1", "receiver_name": "张三"},
        fine("O2", 5) | {"waybill_no": "W1", "receiver_name": "李四"},
    )
    assert found(store, "kind", "order_no", "because_zh", "evidence") == [
        ("waybill_reused", "O1, O2", "同一运单号用于 2 个订单。", "shipments-1.csv:2; shipments-1.csv:3")
    ]


def test_orders_packed_together_are_listed_with_that_word(store: Store, load: Load) -> None:
    load(fine("O1") | {"waybill_no": "W1"}, fine("O2") | {"waybill_no": "W1"})
    ((because,),) = found(store, "because_zh")
    assert "可能是合并发货" in str(because)


def test_the_same_parcel_told_twice_is_one(store: Store, load: Load) -> None:
    load(fine("O1"), file_id=1)
    load(fine("O1"), file_id=2)
    assert found(store) == []


# ------------------------------------------------------------------------------------------------ orders without parcel


def test_an_order_that_was_paid_and_never_shipped_is_listed_with_its_printed_line(
    store: Store, load: Load, orders
) -> None:
    orders({"order_no": "O1"}, {"order_no": "O2"})
    load(fine("O1"))
    assert found(store, "kind", "order_no", "amount_minor", "evidence") == [
        ("paid_not_shipped", "O2", 10_000, "orders.csv:3")
    ]


def test_a_waybill_alone_is_no_shipment(store: Store, load: Load, orders) -> None:
    orders({"order_no": "O1"}, {"order_no": "O2"})
    load(fine("O1"), parcel("O2"))
    assert found(store, "kind", "order_no", "evidence") == [
        ("paid_not_shipped", "O2", "orders.csv:3; shipments-1.csv:3")
    ]


@pytest.mark.parametrize(
    "second",
    [
        {"status": "pending"},
        {"occurred_s": at(3, 12)},  # less than 48 hours before the last shipment that is known
        {"channel": "paypal", "shop": "海外店"},  # a shop that ships nothing
        {"order_no": "O1", "merchant_no": "P1"},  # another payment of the order that was shipped
    ],
)
def test_an_order_that_need_not_have_been_shipped_is_not_listed(
    store: Store, load: Load, orders, second: dict[str, object]
) -> None:
    orders({"order_no": "O1"}, {"order_no": "O2"} | second)
    load(fine("O1", 2))
    assert found(store) == []


def test_an_order_that_was_paid_back_needs_no_parcel(store: Store, load: Load, orders) -> None:
    orders({"order_no": "O1"}, {"order_no": "O2"}, {"order_no": "O2", "kind": "refund", "amount_minor": -10_000})
    load(fine("O1"))
    assert found(store) == []


def test_a_parcel_may_name_the_payment_instead_of_the_order(store: Store, load: Load, orders) -> None:
    orders({"order_no": "O1"}, {"order_no": "O2", "merchant_no": "PAY-2"})
    load(fine("O1"), fine("PAY-2"))
    assert found(store) == []


def test_shops_that_do_not_ship_are_counted_with_the_reason(store: Store, load: Load, orders) -> None:
    orders({"order_no": "O1"}, *({"order_no": f"P{number}", "shop": "门店"} for number in range(7)))
    load(fine("O1"))
    (row,) = judged(store).not_judged.to_dicts()
    assert (row["kind"], row["what"], row["number"]) == ("paid_not_shipped", "门店 / alipay", 7)


# ------------------------------------------------------------------------------------------------ parcels without order


def test_a_parcel_of_an_order_that_the_order_book_does_not_know_is_listed(store: Store, load: Load, orders) -> None:
    orders({"order_no": "O1", "occurred_s": at(0)}, {"order_no": "O2", "occurred_s": at(20)})
    load(fine("O1", 1), fine("O2", 21), fine("GHOST", 15))
    assert found(store, "kind", "order_no", "evidence") == [("delivered_without_order", "GHOST", "shipments-1.csv:4")]


@pytest.mark.parametrize("day", [3, 22])
def test_a_parcel_from_outside_the_time_of_the_orders_loaded_is_not_judged(
    store: Store, load: Load, orders, day: int
) -> None:
    orders({"order_no": "O1", "occurred_s": at(0)}, {"order_no": "O2", "occurred_s": at(20)})
    load(fine("O1", 1), fine("O2", 21), fine("GHOST", day))
    assert found(store) == []
    assert judged(store).not_judged.select("kind", "number").rows() == [("delivered_without_order", 1)]


def test_a_waybill_that_a_carrier_delivered_and_no_order_names_is_listed(store: Store, load: Load, orders) -> None:
    orders({"order_no": "O1", "occurred_s": at(0)}, {"order_no": "O2", "occurred_s": at(20)})
    load(fine("O1", 1), fine("O2", 21))
    load({"order_no": "", "waybill_no": "YT9", "first_scan_s": at(10), "signed_s": at(12)}, file_id=2)
    assert found(store, "kind", "waybill_no", "evidence") == [("delivered_without_order", "YT9", "shipments-2.csv:2")]


# ------------------------------------------------------------------------------------------------ the month


def test_a_finding_belongs_to_the_month_of_its_event(store: Store, load: Load, orders) -> None:
    orders({"order_no": "O1"})
    load(parcel(outbound_s=at(2), first_scan_s=at(6), signed_s=at(8)))
    assert found(store, period="2026-02") == [("late_first_scan", "O1")]
    assert found(store, period="2026-03") == []
    assert (judged(store, period="2026-02").parcels, judged(store, period="2026-02").orders) == (1, 1)
    assert (judged(store, period="2026-03").parcels, judged(store, period="2026-03").orders) == (0, 0)


def test_the_columns_are_the_documented_ones_even_of_nothing(store: Store) -> None:
    empty = judged(store)
    assert dict(empty.findings.schema) == FINDING
    assert dict(empty.not_judged.schema) == NOT_JUDGED
