"""Laws of matching and classification over random small books with every kind of flaw in them.

``pytest -m slow tests/test_properties.py`` tries many more books than the default run. The same laws beside a long
history: tests/test_properties_beside_history.py.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from recon.differences import proofs
from recon.model import Leg
from tests.match.books import Books, Placed, dropped, opened

PERIODS = ("2026-01", "2026-02", "2026-03")


def tries(count: int, *, always_the_same: bool = True) -> Callable[..., Any]:
    """How many random books a property meets; the default run meets the same ones each time.

    Books that fail are shown as they were drawn: making them smaller takes minutes, and they are small.
    """
    return settings(
        max_examples=count,
        derandomize=always_the_same,
        deadline=None,
        phases=[Phase.explicit, Phase.reuse, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )


# ------------------------------------------------------------------------------------------------ random books


OFTEN = st.sampled_from([True, True, True, True, False])
SELDOM = st.sampled_from([False, False, False, False, True])
AMOUNTS = st.sampled_from([100, 500, 999, 1000, 12_800, 98_765])
COPIES = st.sampled_from([0, 1, 1, 1, 1, 1, 2])


@dataclass(frozen=True)
class Purchase:
    """What really happened: one payment (for one order, or for a cart) on one day."""

    nth: int
    channel: str
    day: str
    clock: str
    parts: list[int]
    names: list[str]

    @property
    def number(self) -> str:
        return f"P{self.nth}"

    @property
    def txn(self) -> str:
        return f"T{self.nth}"

    @property
    def when(self) -> dict[str, str]:
        return {"channel": self.channel, "at": f"{self.day} {self.clock}"}


@st.composite
def purchases(draw: st.DrawFn, nth: int) -> Purchase:
    parts = [draw(AMOUNTS) for _ in range(draw(st.sampled_from([1, 1, 1, 2, 3])))]
    return Purchase(
        nth=nth,
        channel=draw(st.sampled_from(["alipay", "wechat", "unionpay"])),
        day=draw(st.sampled_from(["01-31", "02-03", "02-03", "02-04", "02-14", "02-28"])),
        clock=draw(st.sampled_from(["09:00:00", "12:30:05", "22:30:00"])),
        parts=parts,
        names=[f"A{nth}{part}" if len(parts) > 1 or draw(SELDOM) else f"P{nth}" for part in range(len(parts))],
    )


@st.composite
def payments(draw: st.DrawFn, bought: Purchase) -> list[Placed]:
    """How the order system and the channel tell of it: missing, twice, with another amount, state or fee."""
    rows: list[Placed] = []
    for part, (name, amount) in enumerate(zip(bought.names, bought.parts, strict=True)):
        for copy in range(draw(COPIES)):
            row = {"id": f"o{bought.nth}{part}{copy}", "order_no": name, "number": bought.number, **bought.when}
            row["amount"] = amount + draw(st.sampled_from([0, 0, 0, 0, 1, -50]))
            row["status"] = draw(st.sampled_from(["success"] * 6 + ["pending", "closed"]))
            row["txn"] = bought.txn if draw(SELDOM) else ""
            rows.append(("order", row | {"shop": draw(st.sampled_from(["S1", "S2"]))}))
    total = sum(bought.parts)
    for copy in range(draw(COPIES)):
        row = {"id": f"c{bought.nth}{copy}", "number": bought.number, "txn": bought.txn + "+" * copy, **bought.when}
        row |= {"amount": total, "fee": -(total * 6 + 500) // 1000 + draw(SELDOM)}
        closed = draw(st.sampled_from([False] * 6 + [True]))
        rows.append(("channel", row | ({"status": "closed", "net_minor": 0} if closed else {})))
    return rows


@st.composite
def refunds(draw: st.DrawFn, bought: Purchase) -> list[Placed]:
    """Refunds of it in the three books, with and without their numbers."""
    rows: list[Placed] = []
    amount = -draw(AMOUNTS)
    for copy in range(draw(st.sampled_from([0, 0, 1, 2]))):
        name = f"{bought.nth}{copy}"
        day = draw(st.sampled_from(["02-04", "02-28", "03-01"]))
        about = {"number": bought.number, "amount": amount, "channel": bought.channel, "at": f"{day} 15:00:00"}
        if draw(OFTEN):
            row = {"id": f"r{name}", "order_no": bought.names[0], "refund": f"R{name}" if draw(OFTEN) else ""}
            rows.append(("order", row | about | {"status": draw(st.sampled_from(["success", "success", "pending"]))}))
        if draw(OFTEN):
            row = {"id": f"d{name}", "refund": f"R{name}", "txn": f"U{name}"} | about
            hidden = {"number": "", "related_no": bought.txn, "amount": amount - draw(SELDOM)}
            rows.append(("channel", row if draw(OFTEN) else row | hidden))
        if draw(OFTEN):
            cited = draw(st.sampled_from([f"R{name}", bought.number, ""]))
            row = {"id": f"w{name}", "ref": cited, "amount": amount, "channel": bought.channel, "day": day}
            rows.append(("ledger", row))
    return rows


@st.composite
def vouchers(draw: st.DrawFn, bought: Purchase) -> list[Placed]:
    """Its vouchers: order by order, citing this or that number, a cent off, net of the fee, twice, a month late."""
    rows: list[Placed] = []
    for part, (name, amount) in enumerate(zip(bought.names, bought.parts, strict=True)):
        for copy in range(draw(st.sampled_from([0, 1, 1, 1, 2]))):
            cited = name if len(bought.parts) > 1 else draw(st.sampled_from([name, bought.number, bought.txn, "X", ""]))
            row = {"id": f"v{bought.nth}{part}{copy}", "ref": cited, "channel": bought.channel}
            net = -(amount * 6 + 500) // 1000
            row["amount"] = amount + draw(st.sampled_from([0, 0, 0, 0, -1, net]))
            rows.append(("ledger", row | {"day": draw(st.sampled_from([bought.day, bought.day, "03-01"]))}))
    return rows


@st.composite
def events(draw: st.DrawFn) -> list[Placed]:
    """Rows of some purchases, each seen (or not, or otherwise) by each of the four books."""
    rows: list[Placed] = []
    for nth in range(draw(st.integers(1, 6))):
        bought = draw(purchases(nth))
        rows += draw(payments(bought)) + draw(refunds(bought)) + draw(vouchers(bought))
    return rows + draw(payouts(rows))


@st.composite
def payouts(draw: st.DrawFn, rows: list[Placed]) -> list[Placed]:
    """Bank lines, and vouchers of fees and payouts, for the trade days of these rows: late, short, split, missing."""
    days: dict[tuple[str, str], list[int]] = defaultdict(list)
    fees: dict[tuple[str, str], int] = defaultdict(int)
    for book, row in rows:
        if book == "channel" and row.get("status") != "closed":
            days[row["channel"], row["at"][:5]].append(row["amount"] + row.get("fee", 0))
            fees[row["channel"], row["at"][:5]] += row.get("fee", 0)
    found: list[Placed] = []
    withdrawn: dict[str, int] = defaultdict(int)
    for nth, ((channel, day), nets) in enumerate(sorted(days.items())):
        batch = f"{channel}:A:2026{day.replace('-', '')}"
        arrives = dt.date.fromisoformat(f"2026-{day}") + dt.timedelta(days=draw(st.sampled_from([1, 1, 1, 2, 9])))
        net = sum(nets) + draw(st.sampled_from([0, 0, 0, -7]))
        # The account bill shows some payouts once more: of a day, of several days, or of some other sum.
        withdrawn[channel] += sum(nets)
        told = draw(st.sampled_from(["no", "no", "yes", "later", "otherwise"]))
        amount = withdrawn[channel] if told == "yes" else 500
        if told in {"yes", "otherwise"} and amount > 0:
            row = {"id": f"q{nth}", "kind": "payout", "channel": channel, "amount": -amount, "day": f"{arrives}"}
            found.append(("channel", row | {"batch_no": "", "ref": f"W{nth}" if draw(st.booleans()) else ""}))
        if told != "later":
            withdrawn[channel] = 0
        memo = draw(st.sampled_from(["", "", f"结算 {batch[-8:]}", "结算 20260203", f"提现 W{nth}"]))
        line = {"id": f"b{nth}", "amount": net, "channel": channel, "day": f"{arrives}", "memo": memo}
        parts = draw(st.sampled_from([0, 1, 1, 1, 2]))
        if parts == 1 and net:
            found.append(("bank", line))
        elif parts == 2 and abs(net) > 1:
            found += [
                ("bank", line | {"amount": net - net // 3}),
                ("bank", line | {"id": f"b{nth}+", "amount": net // 3}),
            ]
        if draw(st.booleans()) and fees[channel, day]:
            row = {"id": f"f{nth}", "ref": batch, "kind": "fee", "amount": fees[channel, day], "channel": channel}
            found.append(("ledger", row | {"day": day}))
        if draw(st.booleans()) and net:
            row = {"id": f"p{nth}", "ref": batch, "kind": "payout", "amount": -net, "channel": channel}
            found.append(("ledger", row | {"day": f"{arrives}"}))
    return found


def state(books: Books) -> dict[str, list[tuple[Any, ...]]]:
    """Everything that matching and classification have to say, but for when and from which file."""
    return {
        what: books.store.rows(f"SELECT {columns} ORDER BY ALL")
        for what, columns in {
            "matches": "leg, match_id, pass, cardinality, state, currency, left_minor, right_minor FROM match.match",
            "members": "leg, match_id, side, txn_id FROM match.member",
            "pool": "leg, side, txn_id FROM match.pool",
            "review": "leg, match_id FROM match.review",
            "batches": "* FROM match.settlement",
            "announcements": "* FROM match.announcement",
            "differences": "diff_id, code, kind, leg, channel, order_no, reference, batch_no, currency, left_minor,"
            " right_minor, gap_minor, business_date, because_zh, holds, match_id, clears_on, state, linked"
            " FROM diff.difference WHERE state <> 'cleared'",
        }.items()
    }


def apart(one: dict[str, list[tuple[Any, ...]]], other: dict[str, list[tuple[Any, ...]]]) -> dict[str, list[Any]]:
    """What two states do not share, by table: only in the first, only in the second."""
    return {
        what: [sorted(set(one[what]) - set(other[what]), key=repr), sorted(set(other[what]) - set(one[what]), key=repr)]
        for what in one
        if one[what] != other[what]
    }


def run(books: Books, *drops: Iterable[Placed]) -> dict[str, list[tuple[Any, ...]]]:
    for drop in drops:
        books.put(dropped(drop))
        books.match()
        books.classify()
    return state(books)


Tell = Callable[..., dict[str, list[tuple[Any, ...]]]]
"""Lets drops arrive in a store and returns what it says then; :func:`run` judges the differences too."""


# ------------------------------------------------------------------------------------------------ laws


def keeps_the_laws(rows: list[Placed]) -> None:
    with opened() as books:
        before = run(books, rows)
        for period in PERIODS:
            assert [proof for proof in proofs.prove(books.store, period) if not proof.holds] == []
        off = books.store.rows(
            "SELECT * FROM match.match WHERE state = 'confirmed' AND delta_minor <> 0 AND pass <> 'voucher_net'"
        )
        assert off == [], "what is confirmed agrees"
        assert apart(before, run(books, [])) == {}, "an empty file changes nothing"


def arrives_in_any_order(rows: list[Placed], places: list[int], tell: Tell = run) -> None:
    drops: dict[int, list[Placed]] = defaultdict(list)
    for row, drop in zip(rows, places, strict=False):
        drops[drop].append(row)
    with opened() as books:
        at_once = tell(books, rows)
    with opened() as books:
        assert apart(at_once, tell(books, *drops.values())) == {}


def restates(rows: list[Placed], flaws: list[str], tell: Tell = run) -> None:
    """A first export with mistakes, then the corrected rows: as if the mistakes had never been."""
    wrong: list[Placed] = []
    for (book, row), flaw in zip(rows, flaws, strict=False):
        first = dict(row)
        if flaw == "amount":
            first["amount"] += 3
        elif flaw == "number" and "number" in row:
            first["number"] = "P0"
        elif flaw == "status" and book in {"order", "channel"}:
            first["status"] = "closed"
        wrong.append((book, first))
    corrected = [right for right, first in zip(rows, wrong, strict=False) if right != first]
    with opened() as books:
        at_once = tell(books, rows)
    with opened() as books:
        assert apart(at_once, tell(books, wrong, corrected)) == {}


PLACES = st.lists(st.integers(0, 3), min_size=120, max_size=120)
FLAWS = st.lists(st.sampled_from(["", "", "", "amount", "number", "status"]), min_size=120, max_size=120)


@tries(2)
@given(events())
def test_random_books_are_conserved_explained_and_left_alone_by_a_second_run(rows: list[Placed]) -> None:
    keeps_the_laws(rows)


@tries(2)
@given(events(), PLACES)
def test_drops_in_any_order_say_what_one_load_says(rows: list[Placed], places: list[int]) -> None:
    arrives_in_any_order(rows, places)


@tries(2)
@given(events(), FLAWS)
def test_a_restatement_is_judged_as_if_it_had_always_been_so(rows: list[Placed], flaws: list[str]) -> None:
    restates(rows, flaws)


@pytest.mark.slow
@tries(100, always_the_same=False)
@given(events())
def test_many_random_books_are_conserved_explained_and_left_alone_by_a_second_run(rows: list[Placed]) -> None:
    keeps_the_laws(rows)


@pytest.mark.slow
@tries(80, always_the_same=False)
@given(events(), PLACES)
def test_many_drops_in_any_order_say_what_one_load_says(rows: list[Placed], places: list[int]) -> None:
    arrives_in_any_order(rows, places)


@pytest.mark.slow
@tries(60, always_the_same=False)
@given(events(), FLAWS)
def test_many_restatements_are_judged_as_if_it_had_always_been_so(rows: list[Placed], flaws: list[str]) -> None:
    restates(rows, flaws)


# ------------------------------------------------------------------------------------------------ coming and going

ORDER: Placed = ("order", {"id": "o1", "number": "A1", "amount": 900, "at": "02-03 10:00:00"})
PAYMENT: Placed = ("channel", {"id": "c1", "number": "A1", "amount": 900, "at": "02-03 10:00:00"})
OTHER: Placed = ("channel", {"id": "c2", "number": "A2", "amount": 100, "at": "02-03 10:00:00"})
VOUCHER: Placed = ("ledger", {"id": "v1", "ref": "A1", "amount": 900, "day": "02-03"})


def states(books: Books, code: str) -> list[str]:
    found = books.store.rows("SELECT state FROM diff.difference WHERE code = $code", {"code": code})
    return [row[0] for row in found]


def test_a_difference_clears_when_the_other_side_arrives_and_opens_again_when_it_goes() -> None:
    with opened() as books:
        run(books, [ORDER, OTHER])
        assert states(books, "CHANNEL_MISSING") == ["open"]
        books.put(dropped([PAYMENT]))
        books.match()
        assert (books.classify().cleared, states(books, "CHANNEL_MISSING")) == (1, ["cleared"])
        closed = (PAYMENT[0], PAYMENT[1] | {"status": "closed", "net_minor": 0})
        books.put(dropped([closed]))
        books.match()
        assert (books.classify().reopened, states(books, "CHANNEL_MISSING")) == (1, ["open"])
        told = books.store.rows("SELECT action FROM meta.audit ORDER BY seq")
        assert told == [("open>cleared",), ("cleared>open",)]


def test_a_decision_of_a_person_survives_the_next_run() -> None:
    with opened() as books:
        run(books, [ORDER, OTHER])
        books.store.run("UPDATE diff.difference SET state = 'resolved' WHERE code = 'CHANNEL_MISSING'")
        run(books, [VOUCHER])
        assert states(books, "CHANNEL_MISSING") == ["resolved"]


# ------------------------------------------------------------------------------------------------ proofs can fail


@pytest.fixture
def proven() -> Iterable[Books]:
    with opened() as books:
        run(books, [ORDER, PAYMENT, OTHER, VOUCHER])
        assert all(proof.holds for proof in proofs.prove(books.store, "2026-02"))
        yield books


def broken(books: Books) -> set[tuple[str, str]]:
    return {(proof.name, proof.leg) for proof in proofs.prove(books.store, "2026-02") if not proof.holds}


def test_a_row_that_is_lost_breaks_conservation(proven: Books) -> None:
    proven.store.run("DELETE FROM match.member WHERE txn_id = 'c1' AND leg = 'order_channel'")
    assert ("conservation", "order_channel") in broken(proven)


def test_a_row_in_two_places_breaks_conservation(proven: Books) -> None:
    proven.store.run("INSERT INTO match.pool VALUES ('channel_ledger', 'left', 'c1')")
    assert ("conservation", "channel_ledger") in broken(proven)


def test_an_amount_that_changes_behind_a_match_breaks_the_residual(proven: Books) -> None:
    proven.store.run("UPDATE canon.txn SET amount_minor = 901, net_minor = 901 WHERE txn_id = 'c1'")
    assert {("residual", "order_channel"), ("residual", "channel_ledger")} <= broken(proven)


def test_a_difference_that_is_told_with_another_amount_breaks_the_residual(proven: Books) -> None:
    proven.store.run("UPDATE diff.difference SET gap_minor = gap_minor + 1 WHERE leg = 'order_channel'")
    assert ("residual", "order_channel") in broken(proven)


@pytest.mark.parametrize("leg", [Leg.ORDER_CHANNEL, Leg.CHANNEL_LEDGER])
def test_a_row_in_two_groups_breaks_the_law_of_once(proven: Books, leg: Leg) -> None:
    proven.store.run(
        "INSERT INTO match.member BY NAME SELECT $leg AS leg, 'c1' AS txn_id, 'right' AS side, 'M-other' AS match_id",
        {"leg": str(leg)},
    )
    assert ("once", "") in broken(proven)
