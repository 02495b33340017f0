"""Customers whose orders run over their window one after the other, and who looks after which order."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

import pytest

from recon import times
from recon.fulfilment import LOW_ACTIVITY, Settings, low_activity, overdue
from recon.store import Store

Load = Callable[..., None]
FIRST_S = times.parse_moment("2026-02-01 10:00:00")
DAY_S = 86_400
LATE, IN_TIME, TOO_LATE = None, 1, 3


def signed(*confirmed_days: int | None, **cells: object) -> list[dict[str, object]]:
    """Make orders of one customer, signed two days apart; each confirmed so many days later, or never."""
    return [
        {
            "order_no": f"{cells.get('receiver_phone', 'O')}-{number}",
            "waybill_no": f"W{cells.get('receiver_phone', '')}{number}",
            "signed_s": FIRST_S + number * 2 * DAY_S,
            "confirmed_s": None if days is None else FIRST_S + (number * 2 + days) * DAY_S,
            **cells,
        }
        for number, days in enumerate(confirmed_days)
    ]


def streaks(store: Store, day: int = 40, settings: Settings | None = None) -> list[tuple[object, ...]]:
    found = low_activity(store, settings or Settings(), as_of_s=FIRST_S + day * DAY_S)
    return found.select("receiver_phone", "orders", "overdue", "streak").rows()


@pytest.mark.parametrize(
    ("confirmed", "expected"),
    [
        ([LATE, LATE], []),
        ([LATE, LATE, LATE], [(3, 3, 3)]),
        ([LATE, TOO_LATE, LATE], [(3, 3, 3)]),
        ([IN_TIME, LATE, LATE, LATE, LATE], [(5, 4, 4)]),
        ([LATE, LATE, IN_TIME, LATE], []),
        ([LATE, LATE, LATE, IN_TIME], []),
    ],
)
def test_three_overdue_orders_in_a_row_up_to_the_last_make_a_low_activity_customer(
    store: Store, load: Load, confirmed: list[int | None], expected: list[tuple[int, int, int]]
) -> None:
    load(*signed(*confirmed))
    assert [row[1:] for row in streaks(store)] == expected


def test_an_order_within_its_window_says_nothing_yet(store: Store, load: Load) -> None:
    load(*signed(LATE, LATE, LATE, LATE))
    assert [row[1:] for row in streaks(store, day=7)] == [(3, 3, 3)]
    assert [row[1:] for row in streaks(store, day=9)] == [(4, 4, 4)]


def test_how_many_it_takes_can_be_set(store: Store, load: Load) -> None:
    load(*signed(LATE, LATE))
    assert len(streaks(store, settings=Settings(low_activity_orders=2))) == 1


def test_customers_are_told_apart_by_number_and_where_it_is_masked_by_name_too(store: Store, load: Load) -> None:
    load(
        *signed(LATE, LATE, LATE, receiver_phone="13800001234", receiver_name="张三"),
        *signed(LATE, LATE, receiver_phone="138****5678", receiver_name="李四"),
        {**signed(LATE, receiver_phone="138****5678", receiver_name="王五")[0], "order_no": "W5", "waybill_no": "W5"},
        *signed(LATE, LATE, LATE, receiver_phone="139****9999", receiver_name="赵六"),
        {**signed(LATE, receiver_phone="13800001234", receiver_name="张三丰")[0], "order_no": "Z", "waybill_no": "Z"},
    )
    found = low_activity(store, Settings(), as_of_s=FIRST_S + 40 * DAY_S)
    assert found.select("receiver_phone", "streak", "is_certain").rows() == [
        ("13800001234", 4, True),
        ("139****9999", 3, False),
    ]
    assert found["order_nos"][1] == "139****9999-0, 139****9999-1, 139****9999-2"


def test_orders_without_a_number_belong_to_no_customer(store: Store, load: Load) -> None:
    load(*signed(LATE, LATE, LATE, receiver_phone=""))
    assert streaks(store) == []


def test_their_overdue_orders_are_marked(store: Store, load: Load) -> None:
    load(*signed(LATE, LATE, LATE, receiver_phone="1"), *signed(LATE, receiver_phone="2"))
    found = overdue(store, Settings(), as_of_s=FIRST_S + 40 * DAY_S)
    assert dict(found.select("order_no", "is_low_activity").rows()) == {
        "1-0": True,
        "1-1": True,
        "1-2": True,
        "2-0": False,
    }


def test_the_columns_are_the_documented_ones_even_of_an_empty_list(store: Store) -> None:
    assert dict(low_activity(store, Settings(), as_of_s=0).schema) == LOW_ACTIVITY


# ------------------------------------------------------------------------------------------------ owners


def owners(store: Store, **settings: object) -> dict[str, str]:
    found = overdue(store, Settings(**settings), as_of_s=FIRST_S + 40 * DAY_S)  # type: ignore[arg-type]
    return dict(found.select("order_no", "owner").rows())


def test_without_owners_nobody_is_named(store: Store, load: Load) -> None:
    load(*signed(LATE))
    assert owners(store) == {"O-0": ""}


def test_orders_are_shared_by_region(store: Store, load: Load) -> None:
    load(
        {"order_no": "A", "region": "same_city"},
        {"order_no": "B", "region": "remote"},
        {"order_no": "C", "region": ""},
    )
    share = {"张三": "同城，跨省", "李四": "remote"}
    assert owners(store, owners_by="region", owners=share) == {"A": "张三", "B": "李四", "C": ""}


def test_orders_are_shared_by_the_shop_of_the_order_book(store: Store, load: Load) -> None:
    load({"order_no": "A"}, {"order_no": "B"})
    store.run(
        "INSERT INTO canon.txn BY NAME SELECT 'x' AS txn_id, 1 AS version, 'order' AS book, '' AS channel, "
        "'' AS source, '' AS account, 'payment' AS kind, 'success' AS status, 'CNY' AS currency, 1 AS amount_minor, "
        "DATE '2026-02-01' AS business_date, '' AS period, 'A' AS order_no, '' AS merchant_no, '' AS channel_txn_no, "
        "'' AS related_no, '' AS refund_no, '' AS batch_no, '' AS reference, '' AS counterparty, '' AS memo, "
        "'旗舰店' AS shop, 1 AS file_id, 1 AS line_no, ''::BLOB AS fingerprint, ''::BLOB AS content"
    )
    assert owners(store, owners_by="shop", owners={"张三": "旗舰店, 小店"}) == {"A": "张三", "B": ""}


def test_shared_by_hash_a_customer_has_one_owner_and_each_owner_about_as_many(store: Store, load: Load) -> None:
    load(*(row for number in range(150) for row in signed(LATE, LATE, receiver_phone=f"138{number:08d}")))
    share = owners(store, owners={"张三": "", "李四": "", "王五": ""})
    assert all(share[f"138{number:08d}-0"] == share[f"138{number:08d}-1"] for number in range(150))
    assert min(Counter(share.values()).values()) > 60
    fewer = owners(store, owners={"张三": "", "李四": ""})
    assert all(fewer[order] == owner for order, owner in share.items() if owner != "王五")
