"""The journal says what was being sent when a program was killed."""

from __future__ import annotations

import pytest

from recon.delivery import Entry, Journal
from recon.delivery.journal import NAME
from recon.errors import StoreError


def events(journal: Journal) -> dict[str, str]:
    return {entry.key: entry.event for entry in journal.entries()}


def test_the_last_entry_of_each_message_counts(tmp_path) -> None:
    with Journal(tmp_path) as journal:
        journal.note(["a", "b"], "sending", at_s=1)
        journal.note(["a"], "sent", at_s=2, tries=3, said="200 好")
    with Journal(tmp_path) as journal:
        assert journal.entries() == [
            Entry(key="a", event="sent", at_s=2, tries=3, said="200 好"),
            Entry(key="b", event="sending", at_s=1, tries=0, said=""),
        ]
        journal.forget()
        assert journal.entries() == []


@pytest.mark.parametrize(("cut", "left"), [(1, "sending"), (40, "sending")])
def test_an_answer_that_was_being_written_when_the_program_was_killed_is_unknown(tmp_path, cut, left) -> None:
    with Journal(tmp_path) as journal:
        journal.note(["a"], "sending", at_s=1)
        journal.note(["a"], "sent", at_s=2)
    path = tmp_path / NAME
    path.write_bytes(path.read_bytes()[: -1 - cut])
    with Journal(tmp_path) as journal:
        assert events(journal) == {"a": left}
        journal.note(["b"], "sending", at_s=3)
        assert events(journal) == {"a": left, "b": "sending"}


def test_one_process_at_a_time_sends(tmp_path) -> None:
    with Journal(tmp_path), pytest.raises(StoreError, match="another process is sending"):
        Journal(tmp_path)
    with Journal(tmp_path):
        pass


def test_nobody_else_may_read_it(tmp_path) -> None:
    with Journal(tmp_path) as journal:
        journal.note(["a"], "sending", at_s=1)
    assert (tmp_path / NAME).stat().st_mode & 0o077 == 0
