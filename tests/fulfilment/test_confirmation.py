"""Which signed orders wait for their confirmation, since when, and what the work list says about each."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl
import pytest

from recon import model, times
from recon.errors import UsageError
from recon.fulfilment import UNCONFIRMED, Settings, overdue, signed_days, unconfirmed
from recon.store import Store, open_store

SIGNED = "2026-02-03 10:00:00"
SIGNED_S = times.parse_moment(SIGNED)
HOUR_S = 3600
SETTINGS = Settings()


@pytest.fixture
def store() -> Iterator[Store]:
    with open_store(None) as opened:
        yield opened


def load(store: Store, *parcels: dict[str, object], file_id: int = 1) -> None:
    """Put parcels (and their contacts) into the store as lines 2, 3 ... of a file ``shipments-<file_id>.csv``."""
    name = f"shipments-{file_id}.csv"
    counts = ("size_bytes", "rows_raw", "rows_canon", "rows_excluded", "rows_rejected", "ingested_s", "run_id")
    texts = ("encoding", "account", "control")
    file = {"file_id": file_id, "sha256": name, "name": name, "source": "shipments", **dict.fromkeys(texts, "")}
    grown = dict.fromkeys((*counts, "rows_new", "rows_overlap", "rows_restated"), 0)
    store.append("meta.file", pl.DataFrame([file | grown]))
    shipments, contacts = [], []
    for line_no, given in enumerate(parcels, 2):
        row = {"order_no": "ORD-1", "waybill_no": "W1", "signed_s": SIGNED_S, "currency": "CNY", "amount_minor": 12800}
        row |= {"receiver_name": "张示例", "receiver_phone": "13800001234", "line_no": line_no} | given
        if "contacted_s" in row:
            contact = {"order_no": row["order_no"], "contacted_s": row.pop("contacted_s"), "way": row.pop("way")}
            contacts.append(contact | {"line_no": line_no})
        shipments.append(row)
    for table, columns, rows in (
        ("canon.shipment", model.SHIPMENT, shipments),
        ("canon.contact", model.CONTACT, contacts),
    ):
        frame = model.shaped(pl.DataFrame(rows, infer_schema_length=None), columns) if rows else pl.DataFrame()
        store.append(table, frame.with_columns(pl.lit(file_id).alias("file_id")) if rows else frame)


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
    store: Store, hours: float, state: str
) -> None:
    load(store, {"region": "cross_province"})
    assert states(store, after(hours)) == {"ORD-1": state}


@pytest.mark.parametrize(("region", "hours"), [("same_city", 24), ("cross_province", 48), ("remote", 72), ("", 48)])
def test_the_window_depends_on_the_region(store: Store, region: str, hours: int) -> None:
    load(store, {"region": region})
    assert overdue(store, SETTINGS, as_of_s=after(hours)).is_empty()
    late = overdue(store, SETTINGS, as_of_s=after(hours + 5.5))
    assert late.select("window_hours", "deadline_s", "overdue_s", "overdue_hours").rows() == [
        (hours, after(hours), 5.5 * HOUR_S, 5)
    ]


def test_windows_and_reminders_can_be_set(store: Store) -> None:
    load(store, {"region": "same_city"})
    settings = Settings(same_city_hours=10, first_reminder_percent=50, second_reminder_hours=1)
    assert [states(store, after(h), settings)["ORD-1"] for h in (4.9, 5, 9, 10.1)] == [
        "within_window",
        "first_reminder",
        "second_reminder",
        "overdue",
    ]


def test_the_second_reminder_is_never_before_the_first(store: Store) -> None:
    load(store, {"region": "same_city"})
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


# ------------------------------------------------------------------------------------------------ what counts as signed


def test_confirmed_and_unsigned_orders_are_not_listed(store: Store) -> None:
    load(
        store,
        {"order_no": "confirmed", "confirmed_s": after(1)},
        {"order_no": "under way", "signed_s": None},
        {"order_no": "waiting"},
    )
    assert set(states(store, after(100))) == {"waiting"}


def test_what_is_later_than_the_moment_asked_for_has_not_happened(store: Store) -> None:
    load(store, {"confirmed_s": after(60), "contacted_s": after(55), "way": "电话"})
    assert states(store, after(-1)) == {}
    assert states(store, after(61)) == {}
    row = overdue(store, SETTINGS, as_of_s=after(50)).row(0, named=True)
    assert (row["last_contact_s"], row["last_contact_by"]) == (None, "")


def test_an_order_in_two_parcels_is_signed_with_the_last_and_has_the_longest_window(store: Store) -> None:
    load(
        store,
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


def test_a_line_from_before_the_waybill_does_not_hold_the_order_back(store: Store) -> None:
    load(store, {"waybill_no": "", "signed_s": None}, {"waybill_no": "W1"})
    assert states(store, after(49)) == {"ORD-1": "overdue"}


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 2, 0)])
def test_the_order_in_which_exports_arrive_makes_no_difference(store: Store, order: tuple[int, ...]) -> None:
    exports: list[dict[str, object]] = [
        {"signed_s": None, "receiver_phone": ""},
        {"region": "same_city"},
        {"region": "same_city", "sign_proof": "proofs/1.png", "contacted_s": after(20), "way": "短信"},
    ]
    for index in order:
        load(store, exports[index], file_id=index + 1)
    row = overdue(store, SETTINGS, as_of_s=after(30)).row(0, named=True)
    assert (row["overdue_hours"], row["sign_proof"], row["receiver_phone"]) == (6, "proofs/1.png", "13800001234")
    assert row["evidence"] == "shipments-1.csv:2; shipments-2.csv:2; shipments-3.csv:2"


# ------------------------------------------------------------------------------------------------ the list


def test_the_longest_overdue_stands_first_and_order_numbers_break_ties(store: Store) -> None:
    load(
        store,
        {"order_no": "B"},
        {"order_no": "A"},
        {"order_no": "C", "region": "same_city"},
        {"order_no": "D", "region": "remote"},
    )
    late = overdue(store, SETTINGS, as_of_s=after(73))
    assert late.select("order_no", "overdue_hours").rows() == [("C", 49), ("A", 25), ("B", 25), ("D", 1)]


def test_the_last_contact_is_shown_with_its_way(store: Store) -> None:
    load(
        store,
        {"contacted_s": after(20), "way": "短信"},
        {"contacted_s": after(30), "way": "电话"},
        {"order_no": "ORD-2"},
    )
    late = overdue(store, SETTINGS, as_of_s=after(49))
    assert late.select("order_no", "last_contact_s", "last_contact_by").rows() == [
        ("ORD-1", after(30), "电话"),
        ("ORD-2", None, ""),
    ]


def test_the_columns_are_the_documented_ones_even_of_an_empty_list(store: Store) -> None:
    assert overdue(store, SETTINGS, as_of_s=after(0)).schema == pl.Schema(UNCONFIRMED)
    load(store, {})
    assert overdue(store, SETTINGS, as_of_s=after(50)).schema == pl.Schema(UNCONFIRMED)


# ------------------------------------------------------------------------------------------------ days since signature


def test_days_since_signature_are_whole_days_of_orders_signed_in_full(store: Store) -> None:
    load(
        store,
        {"order_no": "confirmed", "confirmed_s": after(1)},
        {"order_no": "half", "waybill_no": "W1"},
        {"order_no": "half", "waybill_no": "W2", "signed_s": None},
        {"order_no": "young", "signed_s": after(1)},
    )
    assert signed_days(store, as_of_s=after(8 * 24)).rows() == [
        ("confirmed", SIGNED_S, 8),
        ("young", after(1), 7),
    ]
