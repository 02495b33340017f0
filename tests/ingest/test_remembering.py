"""A file that is as it was is known without a look into it; one that changed, or was refused, is read."""

from __future__ import annotations

import os
import zipfile
from pathlib import Path

import pytest

from recon.errors import SourceError
from recon.ingest import Ingested, Known, Refused, opening
from recon.ingest.remembering import Remembered

A = {"native_id": "A", "amount_minor": 100}
B = {"native_id": "B", "amount_minor": 200}
LONG_AGO = 1_700_000_000


@pytest.fixture(autouse=True)
def _settled(monkeypatch: pytest.MonkeyPatch) -> None:
    """Files of a test are as old as they need to be."""
    monkeypatch.setattr("recon.ingest.remembering.SETTLED_S", -10)


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Names of the files that were opened."""
    names: list[str] = []
    pieces = opening.pieces

    def heard(file: Path | SourceError, **options: int):
        names.append(file.name if isinstance(file, Path) else file.path)
        return pieces(file, **options)

    monkeypatch.setattr(opening, "pieces", heard)
    return names


def test_a_file_that_is_as_it_was_is_known_and_not_opened(desk, page, read) -> None:
    path = desk.put(page(A), "a.csv")
    (first,) = desk.load(path)
    before = desk.everything()
    (again,) = desk.load(path)
    assert isinstance(first, Ingested)
    assert again == Known(path.as_posix(), first.file_id)
    assert read == ["a.csv"]
    assert desk.everything() == before


def test_a_folder_opens_only_what_is_new(desk, page, read) -> None:
    desk.put(page(A), "inbox/a.csv")
    desk.load(desk.folder / "inbox")
    desk.put(page(B), "inbox/b.csv")
    known, new = desk.load(desk.folder / "inbox")
    assert isinstance(known, Known)
    assert isinstance(new, Ingested)
    assert read == ["a.csv", "b.csv"]


def test_members_of_a_zip_are_known_by_the_zip(desk, page, read) -> None:
    path = desk.folder / "month.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("1.csv", page(A))
        archive.writestr("2.csv", page(B))
    first = desk.load(path)
    again = desk.load(path)
    assert [(item.name, item.file_id) for item in again] == [(item.name, item.file_id) for item in first]
    assert all(isinstance(item, Known) for item in again)
    assert read == ["month.zip"]


def test_a_file_that_was_written_again_is_read_again_whatever_its_size_and_time(desk, page, read) -> None:
    path = desk.put(page(A), "a.csv")
    os.utime(path, (LONG_AGO, LONG_AGO))
    desk.load(path)
    path.write_bytes(page({**A, "amount_minor": 101}))
    os.utime(path, (LONG_AGO, LONG_AGO))
    (result,) = desk.load(path)
    assert isinstance(result, Ingested)
    assert list(desk.ids().values()) == [101]
    assert read == ["a.csv", "a.csv"]


def test_another_file_under_an_old_name_is_read(desk, page) -> None:
    path = desk.put(page(A), "a.csv")
    desk.load(path)
    desk.put(page(B), "new.csv").replace(path)
    (result,) = desk.load(path)
    assert isinstance(result, Ingested)


def test_a_refused_file_is_tried_each_time(desk, read) -> None:
    path = desk.put(b"", "empty.csv")
    for _ in range(2):
        (result,) = desk.load(path)
        assert isinstance(result, Refused)
    assert read == ["empty.csv", "empty.csv"]
    assert desk.rows("SELECT * FROM meta.inbox") == []


def test_a_zip_of_which_a_member_was_refused_is_read_again(desk, page, read) -> None:
    path = desk.folder / "month.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("1.csv", page(A))
        archive.writestr("2.csv", b"")
    desk.load(path)
    known, refused = desk.load(path)
    assert isinstance(known, Known)
    assert isinstance(refused, Refused)
    assert read == ["month.zip", "month.zip"]


def test_a_file_written_just_now_may_be_written_again_within_the_same_tick(desk, page, read, monkeypatch) -> None:
    monkeypatch.setattr("recon.ingest.remembering.SETTLED_S", 2)
    path = desk.put(page(A), "a.csv")
    desk.load(path)
    desk.load(path)
    assert read == ["a.csv", "a.csv"]
    assert desk.rows("SELECT * FROM meta.inbox") == []


def test_a_file_that_is_gone_is_no_longer_known(desk, page) -> None:
    path = desk.put(page(A), "a.csv")
    desk.load(path)
    path.unlink()
    assert Remembered(desk.store).known(path) == []
