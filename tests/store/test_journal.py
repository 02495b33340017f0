"""Runs and the chain of state changes: whatever is edited afterwards shows."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import recon
from recon.errors import StoreError
from recon.store import Store, audit, begin_run, end_run, open_store, verify
from recon.store.anchors import anchor, heads
from recon.store.journal import head


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


# ------------------------------------------------------------------------------------------------ heads noted outside


def test_a_chain_that_was_cut_off_is_as_intact_as_a_longer_one_until_a_head_was_noted(store: Store) -> None:
    noted = [head(chained(store))]
    store.run("DELETE FROM meta.audit WHERE seq = 3")
    assert verify(store) == []
    assert verify(store, noted) == ["entry 3 was noted and is gone: the chain was cut off after entry 2"]


def test_a_chain_that_was_written_anew_is_not_the_one_that_was_noted(store: Store) -> None:
    noted = [head(chained(store))]
    with open_store(None) as forged:
        for number in range(1, 4):
            audit(forged, at_s=number, actor="小王", subject=f"D{number}", action="open>resolved", reason="别的理由")
        assert verify(forged) == []
        assert verify(forged, noted) == ["entry 3 is not the one that was noted"]


def test_entries_in_another_order_break_the_chain(store: Store) -> None:
    chained(store)
    store.run("UPDATE meta.audit SET seq = CASE seq WHEN 2 THEN 3 WHEN 3 THEN 2 ELSE seq END WHERE seq > 1")
    assert len(verify(store)) == 4


def test_a_head_leaves_out_what_it_is_told_to(store: Store) -> None:
    assert head(store) == (0, "")
    chained(store, 2)
    audit(store, at_s=9, actor="小王", subject="2026-02", action="lock", reason="closed")
    assert head(store)[0] == 3
    assert head(store, beside=("lock", "reopen"))[0] == 2


def test_heads_are_noted_once_each_in_a_file_beside_the_store(store: Store, tmp_path: Path) -> None:
    path = tmp_path / "audit.heads"
    anchor(store, path)
    assert heads(path) == []
    for count in (2, 2, 1):
        anchor(chained(store, count), path)
        anchor(store, path)
    assert [seq for seq, _ in heads(path)] == [2, 4, 5]
    assert verify(store, heads(path)) == []
    path.write_text(path.read_text(encoding="utf-8") + "five abc\n", encoding="utf-8")
    with pytest.raises(StoreError, match="this is no head of the audit chain"):
        heads(path)


@given(st.integers(1, 12), st.sampled_from(["edit", "delete", "swap", "cut", "insert"]), st.data())
@settings(max_examples=40, deadline=None)
def test_whatever_is_done_to_a_noted_chain_shows(count: int, deed: str, data: st.DataObject) -> None:
    with open_store(None) as store:
        noted = [head(chained(store, count))]
        victim = data.draw(st.integers(1, count))
        if deed == "edit":
            store.run("UPDATE meta.audit SET reason = reason || '.' WHERE seq = $seq", {"seq": victim})
        elif deed == "delete":
            store.run("DELETE FROM meta.audit WHERE seq = $seq", {"seq": victim})
        elif deed == "cut":
            store.run("DELETE FROM meta.audit WHERE seq >= $seq", {"seq": victim})
        elif deed == "swap":
            store.run("UPDATE meta.audit SET actor = reason, reason = actor WHERE seq = $seq", {"seq": victim})
        else:
            store.run("UPDATE meta.audit SET seq = seq + 1 WHERE seq >= $seq", {"seq": victim})
        assert verify(store, noted) != []
