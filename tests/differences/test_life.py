"""The life of a difference: it waits, it expires, it clears, it is decided about, and it comes back when it changes."""

from __future__ import annotations

from recon import times
from recon.differences import states
from tests.match.books import Books, opened

LOADED = {"order": ["02-01", "02-28"], "alipay": ["02-01", "02-28"]}


def judged(books: Books, as_of: str, leg: str = "order_channel") -> list[tuple[str, str, str]]:
    """Judge as of a moment; (id, code, state) of what stands on a leg."""
    books.as_of_s = times.parse_moment(as_of)
    books.match()
    books.classify()
    return [(row["diff_id"], row["code"], row["state"]) for row in books.differences() if row["leg"] == leg]


def told(books: Books) -> list[tuple[str, str]]:
    return books.store.rows("SELECT action, reason FROM meta.audit WHERE action NOT LIKE '%>cleared' ORDER BY seq")


def decide(books: Books, diff_id: str, state: str) -> None:
    states.resolve(books.store, diff_id, state=state, reason="查过", actor="小王", at_s=books.as_of_s)


def test_a_payout_in_transit_that_does_not_come_is_missing_under_the_same_id() -> None:
    with opened() as books:
        books.anchor({"bank": ["02-01", "02-28"]})
        books.put({"channel": [{"id": "c1", "number": "A1", "amount": 900, "at": "02-03 10:00:00"}]})
        ((diff_id, code, state),) = judged(books, "2026-02-04T09:00+08:00", "channel_bank")
        assert (code, state) == ("PAYOUT_IN_TRANSIT", "open")
        assert judged(books, "2026-02-05T09:00+08:00", "channel_bank") == [(diff_id, "PAYOUT_MISSING", "open")]
        assert told(books) == [("PAYOUT_IN_TRANSIT>PAYOUT_MISSING", "its day has passed")]


def test_a_payment_waits_for_the_channels_lag_and_is_missing_after_it() -> None:
    with opened() as books:
        books.anchor(LOADED)
        books.put({"order": [{"id": "o1", "number": "A1", "amount": 900, "at": "02-20 10:00:00"}]})
        assert judged(books, "2026-02-21T09:00+08:00") == []
        waiting = "SELECT leg, side, channel, waits_for, number, amount_minor FROM diff.waiting WHERE number < 10"
        assert books.store.rows(waiting) == [("order_channel", "left", "alipay", "channel_lag", 1, 900)]
        assert [code for _, code, _ in judged(books, "2026-02-21T10:00+08:00")] == ["CHANNEL_MISSING"]
        assert books.store.rows(waiting) == []


def test_a_decision_holds_as_long_as_the_difference_is_the_same() -> None:
    with opened() as books:
        books.anchor(LOADED)
        order = {"id": "o1", "number": "A1", "amount": 900, "at": "02-03 10:00:00"}
        channel = {"id": "c1", "number": "A1", "amount": 800, "at": "02-03 10:00:00"}
        books.put({"order": [order], "channel": [channel]})
        ((diff_id, code, _),) = judged(books, "2026-03-02T10:00+08:00")
        decide(books, diff_id, "resolved")
        assert judged(books, "2026-03-03T10:00+08:00") == [(diff_id, code, "resolved")]
        # The channel states the row anew: the same difference, but not the one that was decided about.
        books.put({"channel": [channel | {"amount": 700}]})
        assert judged(books, "2026-03-04T10:00+08:00") == [(diff_id, code, "open")]
        assert told(books) == [
            ("open>resolved", "查过"),
            ("resolved>open", "it is no longer what was decided about"),
        ]


def test_a_suspended_refund_that_becomes_overdue_is_open_again() -> None:
    with opened() as books:
        books.anchor(LOADED)
        books.put({"order": [{"id": "r1", "number": "A1", "refund": "R1", "amount": -900, "at": "02-24 10:00:00"}]})
        ((diff_id, code, _),) = judged(books, "2026-02-25T10:00+08:00")
        assert code == "REFUND_PENDING"
        decide(books, diff_id, "suspended")
        assert judged(books, "2026-02-26T10:00+08:00") == [(diff_id, "REFUND_PENDING", "suspended")]
        assert judged(books, "2026-03-02T10:00+08:00") == [(diff_id, "REFUND_OVERDUE", "open")]


def test_an_assigned_difference_stays_with_whom_it_is_when_it_changes() -> None:
    with opened() as books:
        books.anchor(LOADED)
        books.put({"order": [{"id": "r1", "number": "A1", "refund": "R1", "amount": -900, "at": "02-24 10:00:00"}]})
        ((diff_id, _, _),) = judged(books, "2026-02-25T10:00+08:00")
        states.resolve(
            books.store, diff_id, state="assigned", reason="催", actor="小王", at_s=books.as_of_s, assignee="小李"
        )
        assert judged(books, "2026-03-02T10:00+08:00") == [(diff_id, "REFUND_OVERDUE", "assigned")]
        assert books.differences()[0]["assignee"] == "小李"
