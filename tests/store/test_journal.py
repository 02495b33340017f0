"""Runs and the chain of state changes: whatever is edited afterwards shows."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

import recon
from recon.store import Store, audit, begin_run, end_run, open_store, verify


@pytest.fixture
def store() -> Iterator[Store]:
    with open_store(None) as store:
        yield store


def chained(store: Store, count: int = 3) -> Store:
    for number in range(1, count + 1):
        audit(store, at_s=number, actor="小王", subject=f"D{number}", action="open>resolved", reason="补单已入账")
    return store


def test_runs_are_numbered_and_remember_what_they_were(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = iter([100, 160, 200])
    monkeypatch.setattr("recon.store.journal.now_s", lambda: next(clock))
    assert begin_run(store, "ingest", 50) == 1
    end_run(store, 1)
    assert begin_run(store, "match", 60) == 2
    assert store.rows("FROM meta.run ORDER BY run_id") == [
        (1, "ingest", 100, 160, 50, recon.__version__),
        (2, "match", 200, None, 60, recon.__version__),
    ]


def test_an_untouched_chain_is_intact(store: Store) -> None:
    assert verify(store) == []
    assert verify(chained(store)) == []


def test_each_entry_continues_the_one_before(store: Store) -> None:
    first, second, third = chained(store).rows("SELECT previous, hash FROM meta.audit ORDER BY seq")
    assert first[0] == ""
    assert (second[0], third[0]) == (first[1], second[1])
    assert len({first[1], second[1], third[1]}) == 3


@pytest.mark.parametrize(
    ("column", "value"),
    [("at_s", 9), ("actor", "'小李'"), ("subject", "'D9'"), ("action", "'open>written_off'"), ("reason", "''")],
)
def test_an_entry_that_was_changed_is_named(store: Store, column: str, value: object) -> None:
    chained(store).run(f"UPDATE meta.audit SET {column} = {value} WHERE seq = 2")
    assert verify(store) == ["entry 2 was changed after it was written"]


def test_an_entry_that_was_changed_with_its_hash_breaks_the_next(store: Store) -> None:
    chained(store)
    with open_store(None) as forged:
        chained(forged, 1)
        audit(forged, at_s=2, actor="小王", subject="D2", action="open>resolved", reason="改过")
        (forgery,) = forged.rows("SELECT hash FROM meta.audit WHERE seq = 2")
    store.run("UPDATE meta.audit SET reason = '改过', hash = $hash WHERE seq = 2", {"hash": forgery[0]})
    assert verify(store) == ["entry 3 does not continue entry 2: one of them was changed or removed"]


def test_an_entry_that_was_removed_is_missed(store: Store) -> None:
    chained(store).run("DELETE FROM meta.audit WHERE seq = 2")
    assert verify(store) == ["entry 3 follows entry 1: entries in between are missing"]


def test_a_first_entry_that_was_removed_is_missed(store: Store) -> None:
    chained(store).run("DELETE FROM meta.audit WHERE seq = 1")
    assert verify(store) == ["entry 2 follows entry 0: entries in between are missing"]
