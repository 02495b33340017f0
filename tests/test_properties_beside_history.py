"""The laws of tests/test_properties.py beside a history of tens of thousands of matched rows: the other size of store.

Random books are put into a store that holds four months already (tests/match/history.py). What is said of them must be
what a store without a history says, and the history must be left alone. Other books meet the history on purpose: late
rows for old days, refunds and second vouchers of what was matched long ago, restatements, vouchers without a number and
movements of an amount that stands already; then what the store says must be what it says when everything is matched at
once. ``pytest -m slow tests/test_properties_beside_history.py`` tries more books beside a longer history.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Callable
from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recon.differences import proofs
from tests.match.books import Books, Placed, opened
from tests.match.history import FREE, History, Sale, grow, put_beginnings, sales
from tests.test_properties import OFTEN, PERIODS, PLACES, apart, events, run, state, tries

A_DAY: Final = 60
A_DAY_SLOW: Final = 300
FLAWS: Final = ("amount", "number", "status")
State = dict[str, list[tuple[Any, ...]]]


@pytest.fixture(scope="session")
def history(tmp_path_factory: pytest.TempPathFactory) -> History:
    return grow(tmp_path_factory.mktemp("history"), a_day=A_DAY)


@pytest.fixture(scope="session")
def long_history(tmp_path_factory: pytest.TempPathFactory) -> History:
    return grow(tmp_path_factory.mktemp("history"), a_day=A_DAY_SLOW)


def in_drops(rows: list[Placed], places: list[int], count: int) -> list[list[Placed]]:
    """Deal the rows out to ``count`` drops; neighbours (rows of one event) come in different ones unless drawn so."""
    drops: dict[int, list[Placed]] = defaultdict(list)
    for nth, row in enumerate(rows):
        drops[(nth + places[nth % len(places)]) % count].append(row)
    return list(drops.values())


def told_beside(before: State, after: State) -> State:
    """What the second state says and the first does not."""
    return {what: sorted(set(after[what]) - set(before[what]), key=repr) for what in after}


# ------------------------------------------------------------------------------------- books that meet nothing of it


def says_the_same_on_both_sizes(history: History, rows: list[Placed], places: list[int], count: int) -> None:
    with opened() as books:
        put_beginnings(books)
        alone = told_beside(run(books, []), run(books, *in_drops(rows, places, count)))
    with history.copied() as books:
        before = state(books)
        after = run(books, *in_drops(rows, places, count))
        assert apart(alone, told_beside(before, after)) == {}
        assert apart(before, {what: sorted(set(before[what]) & set(after[what])) for what in before}) == {}, (
            "the history is left alone"
        )


@tries(2)
@given(rows=events(), places=PLACES)
def test_of_random_books_a_store_with_a_history_says_what_one_without_says(
    history: History, rows: list[Placed], places: list[int]
) -> None:
    says_the_same_on_both_sizes(history, rows, places, 2)


@pytest.mark.slow
@tries(20, always_the_same=False)
@given(rows=events(), places=PLACES)
def test_of_many_random_books_a_store_with_a_long_history_says_what_one_without_says(
    long_history: History, rows: list[Placed], places: list[int]
) -> None:
    says_the_same_on_both_sizes(long_history, rows, places, 4)


# ------------------------------------------------------------------------------------------ books that meet it


def refund_of(draw: st.DrawFn, sale: Sale, nth: int) -> list[Placed]:
    """A refund of a sale of months ago, in one, two or three books, with and without the payment's number."""
    day = dt.date(2026, 2, draw(st.sampled_from([10, 20, 4])))
    rows = sale.refund_rows(f"x{nth}", sale.amount // draw(st.sampled_from([1, 2, 5])), day)
    hidden = {"number": ""} if draw(OFTEN) else {}
    return [(book, row | (hidden if book == "channel" else {})) for book, row in rows if draw(OFTEN)]


def paid_again(draw: st.DrawFn, sale: Sale, nth: int) -> list[Placed]:
    """A late row of the channel for the old day: the same order paid once more; its batch grows."""
    late = {"id": f"lc{nth}", "txn": f"LT{nth}", "amount": sale.amount + draw(st.sampled_from([0, 0, -100]))}
    return [("channel", sale.about() | late | {"fee": sale.fee})]


def ordered_again(draw: st.DrawFn, sale: Sale, nth: int) -> list[Placed]:
    """The order system tells of the order once more: the same entry, or an attempt under another payment number."""
    row = {"id": f"lo{nth}", "order_no": sale.number, "channel": sale.channel, "at": sale.at, "amount": sale.amount}
    number, status = draw(st.sampled_from([(f"L{nth}", "closed"), (sale.number, "success"), (f"L{nth}", "success")]))
    return [("order", row | {"number": number, "status": status})]


def booked_again(draw: st.DrawFn, sale: Sale, nth: int) -> list[Placed]:
    """A second voucher of it, weeks later or on the day."""
    row = {"id": f"lv{nth}", "ref": draw(st.sampled_from([sale.number, sale.txn])), "channel": sale.channel}
    day = draw(st.sampled_from(["2026-02-20", f"{sale.day}"]))
    return [("ledger", row | {"amount": sale.amount, "day": day})]


def same_amount(draw: st.DrawFn, sale: Sale, nth: int) -> list[Placed]:
    """Another movement of that amount near its day, and perhaps a second voucher without a number."""
    assert sale.blank
    day = sale.day + dt.timedelta(days=draw(st.sampled_from([0, 1, -2])))
    if day in FREE or sale.channel == "paypal":
        day = sale.day
    row = {"number": f"L{nth}", "txn": f"LT{nth}", "channel": sale.channel, "at": f"{day} 08:00:00"}
    found: list[Placed] = [("channel", row | {"id": f"lm{nth}", "amount": sale.amount, "fee": sale.fee})]
    if draw(OFTEN):
        blank = {"id": f"lb{nth}", "ref": "", "channel": sale.channel, "amount": sale.amount, "day": f"{sale.day}"}
        found.append(("ledger", blank))
    return found


def of_its_day(draw: st.DrawFn, sale: Sale, nth: int) -> list[Placed]:
    """A second fee voucher, a second payout voucher, or another bank line, that name the sale's trade day."""
    if sale.channel == "paypal":
        return []
    about = {"channel": sale.channel, "amount": draw(st.sampled_from([sale.fee, -777]))}
    kind = draw(st.sampled_from(["fee", "bank", "payout"]))
    after = sale.day + dt.timedelta(days=draw(st.sampled_from([1, 2])))
    if kind == "bank":
        line = {"id": f"ll{nth}", "amount": sale.amount, "memo": f"结算 {sale.day:%Y%m%d}", "day": f"{after}"}
        return [("bank", about | line)]
    return [("ledger", about | {"id": f"lf{nth}", "ref": sale.batch, "kind": kind, "day": f"{after}"})]


def restated(draw: st.DrawFn, sale: Sale, nth: int) -> list[Placed]:
    """One of its rows once more, as another file tells it."""
    rows = sale.rows()
    book, row = rows[(draw(st.integers(0, 4)) + nth) % len(rows)]
    flaw = FLAWS[(draw(st.integers(0, 2)) + nth) % 3]
    if flaw == "number" and "number" in row:
        return [(book, row | {"number": f"H{(sale.nth + 400) % 2000}"})]
    if flaw == "status" and book in {"order", "channel"}:
        return [(book, row | {"status": "closed"} | ({"net_minor": 0} if book == "channel" else {}))]
    return [(book, row | {"amount": row["amount"] + 3})]


MEETINGS: Final[tuple[Callable[[st.DrawFn, Sale, int], list[Placed]], ...]] = (
    refund_of, paid_again, ordered_again, booked_again, same_amount, of_its_day, restated,
)  # fmt: skip


@st.composite
def meetings(draw: st.DrawFn, sold: list[Sale]) -> tuple[list[Sale], list[Placed]]:
    """Sales of the history that are met, each in another way, and the rows that meet them."""
    met: list[Sale] = []
    rows: list[Placed] = []
    for nth, meet in enumerate(MEETINGS * 2):
        start = draw(st.integers(0, len(sold) - 1)) + nth * 577
        near = (sold[(start + step) % len(sold)] for step in range(len(sold)))
        sale = next(sale for sale in near if meet is not same_amount or (sale.blank and not sale.unbooked))
        if sale not in met and draw(OFTEN):
            met.append(sale)
            rows += meet(draw, sale, nth)
    return met, rows


def lost(before: State, after: State) -> set[str]:
    """Rows of the history whose match or place in the pool is no longer what it was."""
    now = set(after["members"]), set(after["pool"])
    return {row[3] for row in before["members"] if row not in now[0]} | {
        row[2] for row in before["pool"] if row not in now[1]
    }


def reachable(books: Books, met: list[Sale], rows: list[Placed]) -> set[str]:
    """Rows of the history that these rows may touch: those that share a number or a settlement batch with them."""
    numbers = {number for sale in met for number in (sale.number, sale.txn, sale.batch)}
    numbers |= {row[name] for _, row in rows for name in ("number", "ref", "txn", "refund") if row.get(name)}
    days = {
        f"{row['channel']}:A:{row.get('at', row.get('day', ''))[:10].replace('-', '')}"
        for _, row in rows
        if "at" in row
    }
    found = books.store.rows(
        """
        SELECT txn_id FROM canon.txn
        WHERE merchant_no IN (SELECT unnest($numbers)) OR order_no IN (SELECT unnest($numbers))
        OR channel_txn_no IN (SELECT unnest($numbers)) OR related_no IN (SELECT unnest($numbers))
        OR refund_no IN (SELECT unnest($numbers)) OR reference IN (SELECT unnest($numbers))
        """,
        {"numbers": sorted(numbers | days)},
    )
    ids = {row[0] for row in found} | {f"hb {batch}" for batch in days | numbers} | {f"hv{sale.nth}" for sale in met}
    ids |= {f"{batch}|CNY" for batch in days | numbers}
    return (
        ids
        | {f"{kind}|{batch}|CNY" for kind in ("fee", "payout") for batch in days | numbers}
        | {f"payout|{batch}" for batch in days | numbers}
    )


def is_met_as_if_all_had_come_at_once(
    history: History, meeting: tuple[list[Sale], list[Placed]], others: list[Placed], places: list[int], count: int
) -> None:
    met, late = meeting
    rows = late + others
    with history.copied() as books:
        before = state(books)
        after = run(books, *in_drops(rows, places, count))
        assert [proof for period in PERIODS for proof in proofs.prove(books.store, period) if not proof.holds] == []
        assert lost(before, after) <= reachable(books, met, rows), "the rest of the history is left alone"
        assert apart(after, run(books, [])) == {}, "an empty file changes nothing"
    with history.copied(matched=False) as books:
        assert apart(run(books, rows), after) == {}


@tries(1)
@given(meeting=meetings(sales(A_DAY)), others=events(), places=PLACES)
def test_what_meets_the_history_is_judged_as_if_all_had_come_at_once(
    history: History, meeting: tuple[list[Sale], list[Placed]], others: list[Placed], places: list[int]
) -> None:
    is_met_as_if_all_had_come_at_once(history, meeting, others, places, 2)


@pytest.mark.slow
@tries(15, always_the_same=False)
@given(meeting=meetings(sales(A_DAY_SLOW)), others=events(), places=PLACES)
def test_what_meets_a_long_history_is_judged_as_if_all_had_come_at_once(
    long_history: History, meeting: tuple[list[Sale], list[Placed]], others: list[Placed], places: list[int]
) -> None:
    is_met_as_if_all_had_come_at_once(long_history, meeting, others, places, 4)


# ------------------------------------------------------------------------------------------ mistakes that are mended


@st.composite
def mistakes(draw: st.DrawFn, sold: list[Sale]) -> tuple[list[Placed], list[Placed]]:
    """Rows of the history as a file tells them wrongly, and as they were."""
    wrong: dict[str, Placed] = {}
    for nth in range(6):
        sale = sold[(draw(st.integers(0, len(sold) - 1)) + nth * 577) % len(sold)]
        wrong |= {row["id"]: (book, row) for book, row in restated(draw, sale, nth)}
    right = {row["id"]: (book, row) for sale in sold for book, row in sale.rows() if row["id"] in wrong}
    return list(wrong.values()), [right[name] for name in wrong]


def forgets(history: History, mistake: tuple[list[Placed], list[Placed]], places: list[int], count: int) -> None:
    wrong, right = mistake
    with history.copied() as books:
        before = state(books)
        during = run(books, *in_drops(wrong, places, count))
        assert apart(before, during) != {}
        assert apart(before, run(books, *in_drops(right, places[::-1], count))) == {}


@tries(1)
@given(mistake=mistakes(sales(A_DAY)), places=PLACES)
def test_a_mistake_about_old_rows_that_is_mended_leaves_the_history_as_it_was(
    history: History, mistake: tuple[list[Placed], list[Placed]], places: list[int]
) -> None:
    forgets(history, mistake, places, 2)


@pytest.mark.slow
@tries(10, always_the_same=False)
@given(mistake=mistakes(sales(A_DAY_SLOW)), places=PLACES)
def test_mistakes_about_old_rows_that_are_mended_leave_a_long_history_as_it_was(
    long_history: History, mistake: tuple[list[Placed], list[Placed]], places: list[int]
) -> None:
    forgets(long_history, mistake, places, 4)
