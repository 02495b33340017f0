"""Which signed orders wait for their confirmation, since when, and what the work list says about each."""

from __future__ import annotations

from collections.abc import Callable

import polars as pl
import pytest

from recon import times
from recon.errors import UsageError
from recon.fulfilment import UNCONFIRMED, Settings, overdue, signed_days, unconfirmed
from recon.store import Store

Load = Callable[..., None]
SIGNED_S = times.parse_moment("2026-02-03 10:00:00")
HOUR_S = 3600
SETTINGS = Settings()


def after(hours: float) -> int:
    return SIGNED_S + round(hours * HOUR_S)


def states(store: Store, as_of_s: int, settings: Settings = SETTINGS) -> dict[str, str]:
    return dict(unconfirmed(store, settings, as_of_s=as_of_s).select("order_no", "state").rows())


# ------------------------------------------------------------------------------------------------ the window


@pytest.mark.parametrize(
    ("hours", "state"),
    [
        (0, "within_window"),
        (38.39, "within_window"),
        (38.4, "first_reminder"),
        (45.99, "first_reminder"),
        (46, "second_reminder"),
        (48, "second_reminder"),
        (48.001, "overdue"),
    ],
)
def test_reminders_are_due_at_a_fifth_of_the_window_and_two_hours_before_its_end(
    store: Store, load: Load, hours: float, state: str
) -> None:
    load({"region": "cross_province"})
    assert states(store, after(hours)) == {"ORD-1": state}


@pytest.mark.parametrize(("region", "hours"), [("same_city", 24), ("cross_province", 48), ("remote", 72), ("", 48)])
def test_the_window_depends_on_the_region(store: Store, load: Load, region: str, hours: int) -> None:
    load({"region": region})
    assert overdue(store, SETTINGS, as_of_s=after(hours)).is_empty()
    late = overdue(store, SETTINGS, as_of_s=after(hours + 5.5))
    assert late.select("window_hours", "deadline_s", "overdue_s", "overdue_hours").rows() == [
        (hours, after(hours), 5.5 * HOUR_S, 5)
    ]


def test_windows_and_reminders_can_be_set(store: Store, load: Load) -> None:
    load({"region": "same_city"})
    settings = Settings(same_city_hours=10, first_reminder_percent=50, second_reminder_hours=1)
    assert [states(store, after(h), settings)["ORD-1"] for h in (4.9, 5, 9, 10.1)] == [
        "within_window",
        "first_reminder",
        "second_reminder",
        "overdue",
    ]


def test_the_second_reminder_is_never_before_the_first(store: Store, load: Load) -> None:
    load({"region": "same_city"})
    short = Settings(same_city_hours=5)  # a fifth is one hour, less than the two of the second reminder
    found = unconfirmed(store, short, as_of_s=after(3.5))
    assert found.select("state", "first_reminder_s", "second_reminder_s").rows() == [
        ("within_window", after(4), after(4))
    ]
    assert states(store, after(4), short) == {"ORD-1": "second_reminder"}


@pytest.mark.parametrize(
    "wrong",
    [{"same_city_hours": 0}, {"remote_hours": -1}, {"first_reminder_percent": 101}, {"second_reminder_hours": -1}],
)
def test_settings_that_make_no_sense_are_refused(wrong: dict[str, int]) -> None:
    with pytest.raises(UsageError, match=next(iter(wrong))):
        Settings(**wrong)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("parcel", "settings", "expected"),
    [
        ({"sent_from": "浙江 杭州", "sent_to": "浙江 杭州"}, {}, ("same_city", "places", 24)),
        ({"sent_from": "浙江 杭州", "sent_to": "广东 深圳"}, {}, ("cross_province", "places", 48)),
        ({"sent_from": "浙江 杭州", "sent_to": "新疆 喀什"}, {}, ("remote", "places", 72)),
        (
            {"sent_from": "浙江 杭州", "sent_to": "新疆 喀什"},
            {"remote_provinces": ("西藏",)},
            ("cross_province", "places", 48),
        ),
        ({"sent_from": "浙江 杭州", "sent_to": "浙江 宁波"}, {}, ("", "", 48)),
        ({"sent_to": "浙江 杭州"}, {}, ("", "", 48)),
        ({"sent_to": "浙江 杭州"}, {"ships_from": "浙江杭州"}, ("same_city", "places", 24)),
        ({"carrier": "闪送"}, {}, ("same_city", "carrier", 24)),
        ({"region": "remote", "sent_from": "浙江 杭州", "sent_to": "浙江 杭州"}, {}, ("remote", "printed", 72)),
    ],
)
def test_a_region_that_is_not_printed_follows_from_carrier_or_places_or_is_not_known(
    store: Store, load: Load, parcel: dict[str, str], settings: dict[str, object], expected: tuple[str, str, int]
) -> None:
    load(parcel)
    found = unconfirmed(store, Settings(**settings), as_of_s=after(1))  # type: ignore[arg-type]
    assert found.select("region", "region_by", "window_hours").row(0) == expected


@pytest.mark.parametrize(
    ("carrier", "region", "hours"),
    [
        ("圆通速递", "remote", 96),
        ("圆通速递", "same_city", 60),
        ("顺丰速运", "same_city", 12),
        ("顺丰速运", "cross_province", 48),
        ("中通快递", "remote", 72),
        ("", "", 48),
    ],
)
def test_a_carrier_may_have_windows_of_its_own(store: Store, load: Load, carrier: str, region: str, hours: int) -> None:
    load({"carrier": carrier, "region": region})
    windows = {"圆通": 60, "圆通/偏远": 96, "顺丰/same_city": 12}
    found = unconfirmed(store, Settings(carrier_hours=windows), as_of_s=after(1))
    assert found["window_hours"].to_list() == [hours]


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"carrier_hours": {"顺丰/火星": 3}}, "carrier_hours"),
        ({"carrier_hours": {"顺丰": 0}}, "carrier_hours"),
        ({"remote_provinces": ("新疆省",)}, "remote_provinces"),
        ({"ships_from": "某地"}, "ships_from"),
        ({"owners_by": "region", "owners": {"张三": "火星"}}, "owners"),
    ],
)
def test_names_that_there_are_not_are_refused(wrong: dict[str, object], told: str) -> None:
    with pytest.raises(UsageError, match=told):
        Settings(**wrong)  # type: ignore[arg-type]


# ------------------------------------------------------------------------------------------------ what counts as signed


def test_a_drop_that_the_shop_system_took_for_a_signature_is_none(store: Store, load: Load) -> None:
    load({"signed_s": SIGNED_S}, file_id=1)
    load({"order_no": "", "signed_s": None, "dropped_s": SIGNED_S + 8}, file_id=2)
    assert states(store, after(100)) == {}


def test_the_signature_that_follows_a_drop_is_one(store: Store, load: Load) -> None:
    load({"signed_s": SIGNED_S}, file_id=1)
    load({"order_no": "", "signed_s": after(5), "dropped_s": SIGNED_S}, file_id=2)
    found = unconfirmed(store, SETTINGS, as_of_s=after(60))
    assert found.select("order_no", "signed_s", "state").rows() == [("ORD-1", after(5), "overdue")]


def test_confirmed_and_unsigned_orders_are_not_listed(store: Store, load: Load) -> None:
    load(
        {"order_no": "confirmed", "confirmed_s": after(1)},
        {"order_no": "under way", "signed_s": None},
        {"order_no": "waiting"},
    )
    assert set(states(store, after(100))) == {"waiting"}


def test_what_is_later_than_the_moment_asked_for_has_not_happened(store: Store, load: Load) -> None:
    load({"confirmed_s": after(60), "contacted_s": after(55), "way": "电话"})
    assert states(store, after(-1)) == {}
    assert states(store, after(61)) == {}
    row = overdue(store, SETTINGS, as_of_s=after(50)).row(0, named=True)
    assert (row["last_contact_s"], row["last_contact_by"]) == (None, "")


def test_an_order_in_two_parcels_is_signed_with_the_last_and_has_the_longest_window(store: Store, load: Load) -> None:
    load(
        {"waybill_no": "W1", "region": "same_city", "carrier": "顺丰", "sign_proof": "proofs/1.png"},
        {
            "waybill_no": "W2",
            "region": "remote",
            "carrier": "圆通",
            "signed_s": after(10),
            "sign_proof": "proofs/2.png",
        },
    )
    assert states(store, after(9)) == {}
    row = unconfirmed(store, SETTINGS, as_of_s=after(83)).row(0, named=True)
    assert (row["signed_s"], row["region"], row["window_hours"]) == (after(10), "remote", 72)
    assert (row["waybill_no"], row["sign_proof"]) == ("W1, W2", "proofs/1.png, proofs/2.png")
    assert (row["amount_minor"], row["state"], row["overdue_hours"]) == (12800, "overdue", 1)
    assert row["evidence"] == "shipments-1.csv:2; shipments-1.csv:3"


def test_a_line_from_before_the_waybill_does_not_hold_the_order_back(store: Store, load: Load) -> None:
    load({"waybill_no": "", "signed_s": None}, {"waybill_no": "W1"})
    assert states(store, after(49)) == {"ORD-1": "overdue"}


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 2, 0)])
def test_the_order_in_which_exports_arrive_makes_no_difference(
    store: Store, load: Load, order: tuple[int, ...]
) -> None:
    exports: list[dict[str, object]] = [
        {"signed_s": None, "receiver_phone": ""},
        {"region": "same_city"},
        {"region": "same_city", "sign_proof": "proofs/1.png", "contacted_s": after(20), "way": "短信"},
    ]
    for index in order:
        load(exports[index], file_id=index + 1)
    row = overdue(store, SETTINGS, as_of_s=after(30)).row(0, named=True)
    assert (row["overdue_hours"], row["sign_proof"], row["receiver_phone"]) == (6, "proofs/1.png", "13800001234")
    assert row["evidence"] == "shipments-1.csv:2; shipments-2.csv:2; shipments-3.csv:2"


# ------------------------------------------------------------------------------------------------ the list


def test_the_longest_overdue_stands_first_and_order_numbers_break_ties(store: Store, load: Load) -> None:
    load(
        {"order_no": "B"},
        {"order_no": "A"},
        {"order_no": "C", "region": "same_city"},
        {"order_no": "D", "region": "remote"},
    )
    late = overdue(store, SETTINGS, as_of_s=after(73))
    assert late.select("order_no", "overdue_hours").rows() == [("C", 49), ("A", 25), ("B", 25), ("D", 1)]


def test_the_last_contact_is_shown_with_its_way(store: Store, load: Load) -> None:
    load(
        {"contacted_s": after(20), "way": "短信"},
        {"contacted_s": after(30), "way": "电话"},
        {"order_no": "ORD-2"},
    )
    late = overdue(store, SETTINGS, as_of_s=after(49))
    assert late.select("order_no", "last_contact_s", "last_contact_by").rows() == [
        ("ORD-1", after(30), "电话"),
        ("ORD-2", None, ""),
    ]


def test_the_columns_are_the_documented_ones_even_of_an_empty_list(store: Store, load: Load) -> None:
    assert overdue(store, SETTINGS, as_of_s=after(0)).schema == pl.Schema(UNCONFIRMED)
    load({})
    assert overdue(store, SETTINGS, as_of_s=after(50)).schema == pl.Schema(UNCONFIRMED)


# ------------------------------------------------------------------------------------------------ days since signature


def test_days_since_signature_are_whole_days_of_orders_signed_in_full(store: Store, load: Load) -> None:
    load(
        {"order_no": "confirmed", "confirmed_s": after(1)},
        {"order_no": "half", "waybill_no": "W1"},
        {"order_no": "half", "waybill_no": "W2", "signed_s": None},
        {"order_no": "young", "signed_s": after(1)},
    )
    assert signed_days(store, as_of_s=after(8 * 24)).rows() == [
        ("confirmed", SIGNED_S, 8),
        ("young", after(1), 7),
    ]
