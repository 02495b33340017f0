"""Bills that tell the same movement: which row is the transaction, which confirms it, in whatever order they come."""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import ClassVar

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recon import sources
from recon.ingest import status
from recon.ingest.confirming import stronger_sources
from recon.match.nearby import show_arrivals
from recon.sources.piece import Piece
from tests.ingest.conftest import Notebook

TRADE, ACCOUNT, EXTRACT = "TRADE", "ACCOUNT", "EXTRACT"


class Trade(Notebook):
    name: ClassVar[str] = "trade"
    raw_table: ClassVar[str] = "notebook.trade"
    heading: ClassVar[str] = TRADE

    def identify(self, piece: Piece) -> bool:
        return piece.head.startswith(self.heading + "\n")


class Account(Trade):
    name: ClassVar[str] = "account"
    raw_table: ClassVar[str] = "notebook.account"
    heading: ClassVar[str] = ACCOUNT
    confirms: ClassVar[tuple[str, ...]] = ("trade",)


class Extract(Trade):
    name: ClassVar[str] = "extract"
    raw_table: ClassVar[str] = "notebook.extract"
    heading: ClassVar[str] = EXTRACT
    confirms: ClassVar[tuple[str, ...]] = ("account",)


@pytest.fixture(scope="module", autouse=True)
def only_the_notebook() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sources, "discover", lambda: (Account(), Extract(), Notebook(), Trade()))
        yield


@pytest.fixture(scope="session")
def bill(page):
    """Return bytes of a bill of one of the three sorts."""

    def made(heading: str, *rows: dict) -> bytes:
        return page(*rows).replace(b"NOTEBOOK", heading.encode(), 1)

    return made


def paid(number: str, amount: int, fee: int | None = None, **more) -> dict:
    """Row of a trade bill: amount, and the fee that it says was taken."""
    net = None if fee is None else amount + fee
    row = {"native_id": number, "channel_txn_no": number, "amount_minor": amount, "fee_minor": fee, "net_minor": net}
    return row | more


def booked(serial: str, number: str, amount: int, **more) -> dict:
    """Row of an account bill: its own serial, and the number of the movement."""
    return {"native_id": serial, "channel_txn_no": number, "amount_minor": amount} | more


def charged(serial: str, number: str, amount: int, **more) -> dict:
    """Fee row of an account bill."""
    return {"native_id": serial, "kind": "fee", "related_no": number, "amount_minor": amount} | more


def given_back(request: str, number: str, amount: int, fee: int | None = None, **more) -> dict:
    """Refund row of a trade bill as Alipay prints it: the number is the trade's, the request alone is its own."""
    row = paid(number, amount, fee, kind="refund", related_no=number, refund_no=request)
    return row | {"native_id": f"{number}/{request}"} | more


def standing(desk) -> list[tuple]:
    return desk.rows("SELECT txn_id, amount_minor FROM canon.txn ORDER BY txn_id")


def confirming(desk) -> list[tuple]:
    return desk.rows("SELECT txn_id, confirms_txn_id, agrees FROM canon.txn_confirmed ORDER BY txn_id")


# ------------------------------------------------------------------------------------------------ two bills


@pytest.mark.parametrize("order", [(0, 1), (1, 0)], ids=["trade bill first", "account bill first"])
def test_the_trade_bill_is_the_transaction_and_the_account_bill_confirms_it(desk, bill, order) -> None:
    files = [
        bill(TRADE, paid("T1", 10000, -60), paid("T2", 500, -3)),
        bill(ACCOUNT, booked("S1", "T1", 10000), charged("S2", "T1", -60), booked("S3", "P1", -9000, kind="payout")),
    ]
    desk.load(*(files[number] for number in order))
    assert standing(desk) == [
        ("account:2088:payout:S3", -9000),
        ("trade:2088:payment:T1", 10000),
        ("trade:2088:payment:T2", 500),
    ]
    assert confirming(desk) == [
        ("account:2088:fee:S2", "trade:2088:payment:T1", True),
        ("account:2088:payment:S1", "trade:2088:payment:T1", True),
    ]


@pytest.mark.parametrize(
    "lost",
    [
        "DELETE FROM canon.told_state",  # a store of before
        "UPDATE canon.told_state SET probe = 1",  # hashed by another version of the database
        "UPDATE canon.told_state SET sources = 'trade'",  # written when fewer bills told movements twice
    ],
)
def test_where_numbers_stand_is_made_anew_when_it_is_not_sure_to_be_right(desk, bill, lost: str) -> None:
    desk.load(bill(TRADE, paid("T1", 10000, -60)))
    desk.store.run("DELETE FROM canon.told")
    desk.store.run(lost)
    desk.load(bill(ACCOUNT, booked("S1", "T1", 10000), charged("S2", "T1", -60)))
    assert [row[:2] for row in confirming(desk)] == [
        ("account:2088:fee:S2", "trade:2088:payment:T1"),
        ("account:2088:payment:S1", "trade:2088:payment:T1"),
    ]


def test_rows_that_stand_on_days_long_ago_are_found_by_their_number(desk, bill) -> None:
    desk.load(bill(TRADE, paid("T1", 10000, business_date="2025-03-01"), paid("T2", 500)))
    desk.load(bill(ACCOUNT, booked("S1", "T1", 10000, business_date="2026-02-27")))
    assert confirming(desk) == [("account:2088:payment:S1", "trade:2088:payment:T1", True)]


def test_alone_the_account_bill_serves_for_both(desk, bill) -> None:
    desk.load(bill(ACCOUNT, booked("S1", "T1", 10000), charged("S2", "T1", -60)))
    assert standing(desk) == [("account:2088:fee:S2", -60), ("account:2088:payment:S1", 10000)]
    assert confirming(desk) == []


def test_lines_that_confirm_are_counted_apart(desk, bill) -> None:
    trade = bill(TRADE, paid("T1", 10000, -60))
    account = bill(ACCOUNT, booked("S1", "T1", 10000), charged("S2", "T1", -60), booked("S3", "T2", 500))
    first, second = desk.load(trade, account)
    assert (first.rows_new, first.rows_confirmed, first.confirmed_earlier) == (1, 0, 0)
    assert (second.rows_canon, second.rows_new, second.rows_confirmed) == (3, 1, 2)
    assert desk.rows("SELECT file_id, rows_new, rows_confirmed FROM meta.file ORDER BY file_id") == [
        (1, 1, 0),
        (2, 1, 2),
    ]


def test_a_trade_bill_that_comes_second_says_what_now_confirms_it(desk, bill) -> None:
    _, second = desk.load(
        bill(ACCOUNT, booked("S1", "T1", 10000), booked("S2", "T2", 9)), bill(TRADE, paid("T1", 10000))
    )
    assert (second.rows_new, second.rows_confirmed, second.confirmed_earlier, second.contradictions) == (1, 0, 1, 0)


def test_a_line_of_two_records_is_new_as_long_as_one_of_them_is(desk, bill) -> None:
    both = {"txn": booked("S1", "T1", 10000), "voucher": {"voucher_no": "1", "account_code": "6001"}}
    _, second = desk.load(bill(TRADE, paid("T1", 10000)), bill(ACCOUNT, both))
    assert (second.rows_canon, second.rows_new, second.rows_confirmed) == (1, 1, 0)


@pytest.mark.parametrize("order", [(0, 1), (1, 0)], ids=["trade bill first", "account bill first"])
def test_an_unequal_amount_is_the_same_movement_and_news(desk, bill, order) -> None:
    files = [bill(TRADE, paid("T1", 10000, -60)), bill(ACCOUNT, booked("S1", "T1", 9990), charged("S2", "T1", -50))]
    *_, last = desk.load(*(files[number] for number in order))
    assert last.contradictions == 2
    assert standing(desk) == [("trade:2088:payment:T1", 10000)]
    assert confirming(desk) == [
        ("account:2088:fee:S2", "trade:2088:payment:T1", False),
        ("account:2088:payment:S1", "trade:2088:payment:T1", False),
    ]


def test_what_reached_the_account_is_compared_and_not_the_price(desk, bill) -> None:
    discounted = paid("T1", 10000, -60) | {"net_minor": 8940}  # the merchant paid a coupon of 10.00 himself
    desk.load(bill(TRADE, discounted), bill(ACCOUNT, booked("S1", "T1", 9000)))
    assert confirming(desk) == [("account:2088:payment:S1", "trade:2088:payment:T1", True)]


def test_an_account_bill_that_nets_the_fee_agrees_too(desk, bill) -> None:
    desk.load(bill(TRADE, paid("T1", 10000, -60)), bill(ACCOUNT, booked("S1", "T1", 9940)))
    assert confirming(desk) == [("account:2088:payment:S1", "trade:2088:payment:T1", True)]


@pytest.mark.parametrize(
    "other",
    [
        {"kind": "transfer"},
        {"channel": "wechat"},
        {"channel_txn_no": "T10"},
        {"channel_txn_no": ""},
        {"book": "bank", "kind": "bank_line"},
        {"amount_minor": -10000},
    ],
    ids=["kind", "channel", "number", "no number", "book", "direction"],
)
def test_another_movement_stays_a_transaction_of_its_own(desk, bill, other) -> None:
    desk.load(bill(TRADE, paid("T1", 10000)), bill(ACCOUNT, booked("S1", "T1", 10000, **other)))
    assert len(standing(desk)) == 2


def test_another_day_is_the_same_movement(desk, bill) -> None:
    desk.load(bill(TRADE, paid("T1", 10000)), bill(ACCOUNT, booked("S1", "T1", 10000, business_date="2026-02-09")))
    assert confirming(desk) == [("account:2088:payment:S1", "trade:2088:payment:T1", True)]


def test_another_currency_contradicts(desk, bill) -> None:
    desk.load(bill(TRADE, paid("T1", 10000)), bill(ACCOUNT, booked("S1", "T1", 10000, currency="USD")))
    assert confirming(desk) == [("account:2088:payment:S1", "trade:2088:payment:T1", False)]


def test_a_payment_booked_in_parts_agrees_by_its_sum(desk, bill) -> None:
    desk.load(bill(TRADE, paid("T1", 10000)), bill(ACCOUNT, booked("S1", "T1", 4000), booked("S2", "T1", 6000)))
    assert confirming(desk) == [
        ("account:2088:payment:S1", "trade:2088:payment:T1", True),
        ("account:2088:payment:S2", "trade:2088:payment:T1", True),
    ]


# ------------------------------------------------------------------------------------------------ refunds and fees


def test_partial_refunds_under_one_trade_number_meet_their_own(desk, bill) -> None:
    refund = {"kind": "refund", "related_no": "T1"}
    desk.load(
        bill(ACCOUNT, booked("S1", "T1", -300, **refund), booked("S2", "T1", -200, **refund)),
        bill(TRADE, given_back("R1", "T1", -200), given_back("R2", "T1", -300)),
    )
    assert confirming(desk) == [
        ("account:2088:refund:S1", "trade:2088:refund:T1/R2", True),
        ("account:2088:refund:S2", "trade:2088:refund:T1/R1", True),
    ]


def test_two_equal_refunds_are_two_and_a_third_stands_alone(desk, bill) -> None:
    refund = {"kind": "refund", "related_no": "T1"}
    desk.load(
        bill(TRADE, given_back("R1", "T1", -200), given_back("R2", "T1", -200)),
        bill(ACCOUNT, *(booked(f"S{number}", "T1", -200, **refund) for number in (1, 2, 3))),
    )
    assert [confirmed for _, confirmed, _ in confirming(desk)] == ["trade:2088:refund:T1/R1", "trade:2088:refund:T1/R2"]
    assert ("account:2088:refund:S3", -200) in standing(desk)


def test_a_refund_of_another_day_under_the_same_trade_number_is_another_refund(desk, bill) -> None:
    other = booked("S1", "T1", -200, kind="refund", related_no="T1", business_date="2026-02-20")
    desk.load(bill(TRADE, given_back("R1", "T1", -300), given_back("R2", "T1", -200)), bill(ACCOUNT, other))
    assert confirming(desk) == []
    assert len(standing(desk)) == 3


def test_a_contradicting_refund_of_the_same_day_is_seen(desk, bill) -> None:
    desk.load(
        bill(TRADE, given_back("R1", "T1", -300)),
        bill(ACCOUNT, booked("S1", "T1", -301, kind="refund", related_no="T1")),
    )
    assert confirming(desk) == [("account:2088:refund:S1", "trade:2088:refund:T1/R1", False)]


def test_a_fee_charged_in_two_rows_agrees_by_its_sum(desk, bill) -> None:
    desk.load(bill(TRADE, paid("T1", 10000, -60)), bill(ACCOUNT, charged("S1", "T1", -40), charged("S2", "T1", -20)))
    assert confirming(desk) == [
        ("account:2088:fee:S1", "trade:2088:payment:T1", True),
        ("account:2088:fee:S2", "trade:2088:payment:T1", True),
    ]


def test_the_fee_of_a_payment_and_the_part_given_back_on_its_refund_meet_their_own(desk, bill) -> None:
    desk.load(
        bill(ACCOUNT, charged("S1", "T1", -60), charged("S2", "T1", 12)),
        bill(TRADE, paid("T1", 10000, -60), given_back("R1", "T1", -2000, 12)),
    )
    assert confirming(desk) == [
        ("account:2088:fee:S1", "trade:2088:payment:T1", True),
        ("account:2088:fee:S2", "trade:2088:refund:T1/R1", True),
    ]


def test_a_fee_given_back_before_its_refund_is_loaded_stands_alone(desk, bill) -> None:
    desk.load(bill(TRADE, paid("T1", 10000, -60)), bill(ACCOUNT, charged("S1", "T1", -60), charged("S2", "T1", 12)))
    assert confirming(desk) == [("account:2088:fee:S1", "trade:2088:payment:T1", True)]
    assert ("account:2088:fee:S2", 12) in standing(desk)


@pytest.mark.parametrize("fee", [None, 0])
def test_a_fee_that_the_trade_bill_does_not_print_is_a_transaction_of_its_own(desk, bill, fee) -> None:
    desk.load(bill(TRADE, paid("T1", 10000, fee)), bill(ACCOUNT, charged("S1", "T1", -60)))
    assert ("account:2088:fee:S1", -60) in standing(desk)


def test_a_further_fee_beside_the_one_that_the_trade_bill_prints_stands_alone(desk, bill) -> None:
    desk.load(bill(TRADE, paid("T1", 10000, -60)), bill(ACCOUNT, charged("S1", "T1", -60), charged("S2", "T1", -80)))
    assert confirming(desk) == [("account:2088:fee:S1", "trade:2088:payment:T1", True)]


def test_a_fee_row_with_a_number_of_its_own_meets_the_same_row_of_the_other_bill(desk, bill) -> None:
    dispute = paid("F1", -2000, kind="fee", related_no="C1")
    desk.load(
        bill(TRADE, paid("C1", -5000, -7, kind="chargeback"), dispute),
        bill(
            ACCOUNT,
            booked("S1", "C1", -5000, kind="chargeback"),
            booked("S2", "F1", -2000, kind="fee", related_no="C1"),
        ),
    )
    assert confirming(desk) == [
        ("account:2088:chargeback:S1", "trade:2088:chargeback:C1", True),
        ("account:2088:fee:S2", "trade:2088:fee:F1", True),
    ]


# ------------------------------------------------------------------------------------------------ again, anew, more


def test_a_confirming_row_is_known_when_an_overlapping_file_brings_it_again(desk, bill) -> None:
    row = booked("S1", "T1", 10000)
    *_, third = desk.load(bill(TRADE, paid("T1", 10000)), bill(ACCOUNT, row), bill(ACCOUNT, row, booked("S2", "T2", 5)))
    assert (third.rows_new, third.rows_overlap, third.rows_confirmed) == (1, 1, 0)
    assert desk.rows("SELECT txn_id, version, file_id FROM canon.txn_confirmed") == [("account:2088:payment:S1", 1, 2)]


def test_a_restated_confirming_row_keeps_its_older_version_and_is_compared_anew(desk, bill) -> None:
    trade, first = bill(TRADE, paid("T1", 10000)), bill(ACCOUNT, booked("S1", "T1", 9990))
    *_, third = desk.load(trade, first, bill(ACCOUNT, booked("S1", "T1", 10000)))
    assert (third.rows_restated, third.rows_confirmed, third.contradictions) == (1, 0, 0)
    assert desk.rows("SELECT version, amount_minor, agrees FROM canon.txn_confirmed") == [(2, 10000, True)]
    assert desk.rows("SELECT version, amount_minor, superseded_by FROM canon.txn_superseded") == [(1, 9990, 3)]


def test_a_restated_trade_row_is_compared_anew(desk, bill) -> None:
    account = bill(ACCOUNT, booked("S1", "T1", 10000))
    *_, third = desk.load(bill(TRADE, paid("T1", 10000)), account, bill(TRADE, paid("T1", 9990)))
    assert (third.contradictions, third.confirmed_earlier) == (1, 1)
    assert confirming(desk) == [("account:2088:payment:S1", "trade:2088:payment:T1", False)]


def test_a_trade_row_restated_as_another_movement_gives_the_confirming_row_back(desk, bill) -> None:
    row = {**paid("T1", 10000), "native_id": "X"}
    desk.load(bill(TRADE, row), bill(ACCOUNT, booked("S1", "T1", 10000)), bill(TRADE, row | {"channel_txn_no": "T9"}))
    assert standing(desk) == [("account:2088:payment:S1", 10000), ("trade:2088:payment:X", 10000)]
    assert confirming(desk) == []
    assert desk.rows("FROM canon.txn_returned") == [("account:2088:payment:S1", 3)]


def test_of_three_bills_the_strongest_that_has_the_movement_stands(desk, bill) -> None:
    files = [
        bill(EXTRACT, booked("E1", "T1", 100), booked("E2", "T2", 200), booked("E3", "T3", 300)),
        bill(ACCOUNT, booked("S1", "T1", 100), booked("S2", "T2", 200)),
        bill(TRADE, paid("T1", 100)),
    ]
    desk.load(*files)
    assert [txn_id for txn_id, _ in standing(desk)] == [
        "account:2088:payment:S2",
        "extract:2088:payment:E3",
        "trade:2088:payment:T1",
    ]
    assert confirming(desk) == [
        ("account:2088:payment:S1", "trade:2088:payment:T1", True),
        ("extract:2088:payment:E1", "trade:2088:payment:T1", True),
        ("extract:2088:payment:E2", "account:2088:payment:S2", True),
    ]


def test_strength_passes_on_through_what_is_confirmed() -> None:
    assert stronger_sources() == {"account": {"trade"}, "extract": {"trade", "account"}}


def test_sources_that_confirm_each_other_are_a_mistake(monkeypatch) -> None:
    monkeypatch.setattr(Trade, "confirms", ("extract",))
    with pytest.raises(AssertionError, match="sources confirm each other in a circle"):
        stronger_sources()


def test_a_file_of_a_source_without_a_kin_costs_nothing(desk, page, monkeypatch) -> None:
    monkeypatch.setattr("recon.ingest.confirming._gather", None)
    (result,) = desk.load(page(paid("T1", 100)))
    assert result.rows_new == 1


# ------------------------------------------------------------------------------------------------ what matching sees


def work(desk, last_file: int) -> set[str]:
    show_arrivals(desk.store, last_file)
    return {row[0] for row in desk.rows("SELECT txn_id FROM gone")} | {
        f"+{row[0]}" for row in desk.rows("SELECT txn_id FROM fresh")
    }


def test_a_row_that_leaves_or_comes_back_is_seen_by_matching(desk, bill) -> None:
    row = {**paid("T1", 10000), "native_id": "X"}
    desk.load(bill(ACCOUNT, booked("S1", "T1", 10000), booked("S2", "T2", 5)))
    desk.load(bill(TRADE, row))
    assert work(desk, 1) == {"account:2088:payment:S1", "+trade:2088:payment:X"}
    desk.load(bill(TRADE, row | {"channel_txn_no": "T9"}))
    assert work(desk, 2) == {"trade:2088:payment:X", "+trade:2088:payment:X", "+account:2088:payment:S1"}


def test_a_row_that_never_stood_re_opens_nothing(desk, bill) -> None:
    desk.load(bill(TRADE, paid("T1", 10000)))
    desk.load(bill(ACCOUNT, booked("S1", "T1", 10000)))
    assert work(desk, 1) == set()


# ------------------------------------------------------------------------------------------------ the law


@st.composite
def months(draw: st.DrawFn) -> list[list[tuple[str, dict]]]:
    """Files of three bills that tell some movements: all, some or none of them, with equal or other amounts and days.

    A trade bill may come in two editions of which the later restates the earlier; their order is kept.
    """
    rows: dict[str, list[dict]] = {TRADE: [], ACCOUNT: [], EXTRACT: []}
    again: list[dict] = []
    for nth in range(draw(st.integers(1, 4))):
        number, amount, fee = f"T{nth}", draw(st.sampled_from([100, 250])), draw(st.sampled_from([None, 0, -3]))
        refunds = [draw(st.sampled_from([-10, -20])) for _ in range(draw(st.integers(0, 3)))]
        day = {"business_date": draw(st.sampled_from(["2026-02-03", "2026-02-04"]))}
        other = draw(st.sampled_from([0, 0, 0, 1]))
        if draw(st.booleans()):
            rows[TRADE] += [paid(number, amount, fee, **day)]
            rows[TRADE] += [given_back(f"R{at}", number, back, **day) for at, back in enumerate(refunds)]
            if draw(st.booleans()):
                again.append(paid(number, amount + draw(st.sampled_from([0, 5])), fee, **day))
        if draw(st.booleans()):
            rows[ACCOUNT] += [booked(f"S{nth}", number, amount + other)]
            rows[ACCOUNT] += [charged(f"F{nth}", number, fee)] if fee else []
            rows[ACCOUNT] += [
                booked(f"B{nth}{at}", number, back, kind="refund", related_no=number, **day)
                for at, back in enumerate(draw(st.permutations(refunds)))
            ]
        if draw(st.booleans()):
            rows[EXTRACT] += [booked(f"E{nth}", number, amount)]
    files = []
    for heading, told in rows.items():
        cut = draw(st.integers(0, len(told)))
        overlap = draw(st.integers(0, 1))
        files += [[(heading, row) for row in part] for part in (told[: cut + overlap], told[cut:]) if part]
    files = draw(st.permutations(files))
    return [*files, [(TRADE, row) for row in again]] if again else files


def told(desk) -> tuple[list[tuple], list[tuple]]:
    return (
        desk.rows("SELECT txn_id, version, amount_minor FROM canon.txn ORDER BY ALL"),
        desk.rows(
            "SELECT txn_id, version, amount_minor, confirms_txn_id, agrees FROM canon.txn_confirmed ORDER BY ALL"
        ),
    )


@settings(max_examples=12, deadline=None)
@given(month=months(), seed=st.integers(0, 1000))
def test_any_order_of_files_gives_the_same_transactions_and_confirmations(new_desk, bill, month, seed) -> None:
    shuffled = list(month)
    random.Random(seed).shuffle(shuffled)
    # The restating edition comes after what it restates, wherever the other bills come.
    late = [file for file in shuffled if file is month[-1] and file[0][0] == TRADE]
    shuffled = [file for file in shuffled if file not in late] + late
    if late and seed % 2:
        last_trade = max((at for at, file in enumerate(shuffled[:-1]) if file[0][0] == TRADE), default=-1)
        shuffled = [*shuffled[: last_trade + 1], *late, *shuffled[last_trade + 1 : -1]]
    with new_desk() as one, new_desk() as two:
        for desk, files in ((one, month), (two, shuffled)):
            for number, file in enumerate(files):
                rows = [row for _, row in file]
                (result,) = desk.load(bill(file[0][0], *rows, {"control": [f"file {number}", "", ""]}))
                counts = result.rows_new, result.rows_overlap, result.rows_restated, result.rows_confirmed
                assert sum(counts) == len(file)
            before = desk.everything()
            desk.load(*sorted(desk.folder.iterdir()))
            assert desk.everything() == before
        assert told(one) == told(two)
        stored = {row[0] for row in one.rows("SELECT txn_id FROM canon.txn")}
        for _, _, _, confirms, _ in told(one)[1]:
            assert confirms in stored


def test_a_contradiction_is_listed_with_both_lines_and_amounts(desk, bill) -> None:
    desk.load(bill(TRADE, paid("T1", 10000, -60)), bill(ACCOUNT, booked("S1", "T1", 9990), charged("S2", "T1", -50)))
    fee, row = status.contradictions(desk.store).to_dicts()
    assert (fee["kind"], fee["told_minor"], fee["stands_minor"]) == ("fee", -50, -60)
    assert (row["kind"], row["told_minor"], row["stands_minor"]) == ("payment", 9990, 10000)
    assert (row["number"], row["told_by"], row["stands_by"]) == ("T1", "account", "trade")
    assert row["told_at"].endswith("2.txt:2")
    assert row["stands_at"].endswith("1.txt:2")
    confirmed = status.overview(desk.store).filter(pl.col("subject") == "confirmed")
    assert confirmed.rows() == [("confirmed", "account by trade", 2, "2 tell another amount")]
