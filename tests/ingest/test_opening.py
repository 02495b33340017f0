"""Paths become pieces: folders, zips, gzips, spreadsheets; and what is left out on purpose."""

from __future__ import annotations

import gzip
import io
import struct
import zipfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recon.errors import SourceError
from recon.ingest.opening import opened
from recon.sources.piece import Piece

LIMIT = 1_000_000


def shown(*paths: Path, limit: int = LIMIT) -> list[tuple[str, bytes | str]]:
    """Name and bytes of each piece, or name and explanation of what cannot be opened."""
    found = opened(paths, max_file_bytes=limit)
    return [(item.name, item.data) if isinstance(item, Piece) else (item.path, item.explanation) for item in found]


def zipped(members: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return buffer.getvalue()


def zipped_by_windows(name: bytes, data: bytes) -> bytes:
    """A zip as a Chinese Windows writes it: the name in GBK bytes and no flag that tells so."""
    stand_in = "x" * len(name)
    return zipped({stand_in: data}).replace(stand_in.encode(), name)


def with_flag(archive: bytes, flag: int) -> bytes:
    """The same zip with a general purpose flag set, in the member's own header and in the directory."""
    data = bytearray(archive)
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = data.index(mark) + offset
        data[at : at + 2] = struct.pack("<H", struct.unpack("<H", data[at : at + 2])[0] | flag)
    return bytes(data)


def test_a_folder_is_read_to_its_depths_in_the_order_of_names(tmp_path: Path) -> None:
    for name in ("b.csv", "a/2.csv", "a/1.csv", "c.csv"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(name.encode())
    names = ["a/1.csv", "a/2.csv", "b.csv", "c.csv"]
    assert shown(tmp_path) == [((tmp_path / name).as_posix(), name.encode()) for name in names]


@pytest.mark.parametrize(
    "name",
    [
        ".bill.csv", ".git/config.csv", "~$orders.xlsx", "bill.csv.part", "bill.TMP", "bill.crdownload",
        "__MACOSX/a.csv", "Thumbs.db", "proofs/signed.JPG",
    ],
)  # fmt: skip
def test_a_folder_leaves_out_what_is_hidden_unfinished_or_a_picture(tmp_path: Path, name: str) -> None:
    (tmp_path / name).parent.mkdir(exist_ok=True)
    (tmp_path / name).write_bytes(b"x")
    assert shown(tmp_path) == []


def test_a_file_named_by_the_user_is_read_whatever_its_name(tmp_path: Path) -> None:
    path = tmp_path / "bill.tmp"
    path.write_bytes(b"x")
    assert shown(path) == [(path.as_posix(), b"x")]


def test_a_path_that_does_not_exist_is_an_error_and_not_the_end(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes(b"x")
    missing = tmp_path / "no.csv"
    assert shown(missing, tmp_path / "a.csv") == [
        (missing.as_posix(), "there is no such file or folder"),
        ((tmp_path / "a.csv").as_posix(), b"x"),
    ]


def test_members_of_a_zip_are_named_behind_it_and_sorted(tmp_path: Path) -> None:
    path = tmp_path / "bill.zip"
    path.write_bytes(zipped({"b.csv": b"b", "sub/": b"", "sub/a.csv": b"a", "__MACOSX/b.csv": b"", ".x": b""}))
    assert shown(path) == [(f"{path.as_posix()}!/b.csv", b"b"), (f"{path.as_posix()}!/sub/a.csv", b"a")]


NAME = "20260203_业务明细.csv"


@pytest.mark.parametrize(
    "archive",
    [
        zipped({NAME: b"x"}),
        zipped_by_windows(NAME.encode("gbk"), b"x"),
        zipped_by_windows(NAME.encode("utf-8"), b"x"),
    ],
    ids=["utf-8 with flag", "gbk", "utf-8 without flag"],
)
def test_a_chinese_member_name_is_read_whoever_wrote_it(tmp_path: Path, archive: bytes) -> None:
    path = tmp_path / "bill.zip"
    path.write_bytes(archive)
    assert shown(path) == [(f"{path.as_posix()}!/{NAME}", b"x")]


def test_a_name_that_is_flagged_as_utf8_and_is_none_is_read_as_what_it_is(tmp_path: Path) -> None:
    name = "账务组合查询.xls"
    path = tmp_path / "bill.zip"
    path.write_bytes(with_flag(zipped_by_windows(name.encode("gbk"), b"x"), 0x800))
    assert shown(path) == [(f"{path.as_posix()}!/{name}", b"x")]


@settings(max_examples=60, deadline=None)
@given(cut=st.integers(0, 200), at=st.integers(0, 200), byte=st.integers(0, 255))
def test_a_zip_with_such_a_name_and_any_other_damage_is_opened_or_refused(
    tmp_path_factory: pytest.TempPathFactory, cut: int, at: int, byte: int
) -> None:
    data = bytearray(with_flag(zipped_by_windows("账务.xls".encode("gbk"), b"bill" * 20), 0x800))
    data[at % len(data)] = byte
    path = tmp_path_factory.mktemp("flag") / "bill.zip"
    path.write_bytes(bytes(data[: len(data) - cut % 40]))
    assert all(isinstance(item, Piece | SourceError) for item in opened([path], max_file_bytes=LIMIT))


def test_a_zip_is_known_by_content_and_not_by_its_name(tmp_path: Path) -> None:
    path = tmp_path / "bill.csv"
    path.write_bytes(zipped({"a.csv": b"x"}))
    assert shown(path) == [(f"{path.as_posix()}!/a.csv", b"x")]


@pytest.mark.parametrize("name", ["bill.csv.gz", "bill.csv"])
def test_a_gzip_is_opened_whatever_its_name(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(gzip.compress(b"x"))
    assert shown(tmp_path / name) == [((tmp_path / name).as_posix(), b"x")]


@pytest.mark.parametrize(
    "members",
    [{"[Content_Types].xml": b"", "xl/workbook.xml": b""}, {"mimetype": b"", "content.xml": b""}],
    ids=["xlsx", "ods"],
)
def test_a_spreadsheet_is_one_file_although_it_is_a_zip(tmp_path: Path, members: dict[str, bytes]) -> None:
    workbook = zipped(members)
    (tmp_path / "a.xlsx").write_bytes(workbook)
    outer = tmp_path / "b.zip"
    outer.write_bytes(zipped({"orders.xlsx": workbook}))
    assert shown(tmp_path) == [
        ((tmp_path / "a.xlsx").as_posix(), workbook),
        (f"{outer.as_posix()}!/orders.xlsx", workbook),
    ]


def test_one_bad_member_does_not_keep_the_others_back(tmp_path: Path) -> None:
    path = tmp_path / "bill.zip"
    good = zipped({"a.csv": b"a" * 50, "b.csv": b"b" * 50})
    at = good.index(b"b.csv") + len(b"b.csv")
    path.write_bytes(good[:at] + b"\xff\xff" + good[at + 2 :])
    (first, second) = shown(path)
    assert first == (f"{path.as_posix()}!/a.csv", b"a" * 50)
    assert str(second[1]).startswith("the zip member is truncated or damaged")


def test_one_member_is_read_at_a_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "bill.zip"
    path.write_bytes(zipped({"a.csv": b"a", "b.csv": b"b"}))
    read: list[str] = []
    real = zipfile.ZipFile.open

    def noted(archive: zipfile.ZipFile, info: zipfile.ZipInfo):
        read.append(info.filename)
        return real(archive, info)

    monkeypatch.setattr(zipfile.ZipFile, "open", noted)
    pieces = opened([path], max_file_bytes=LIMIT)
    next(pieces)
    assert read == ["a.csv"]


@pytest.mark.parametrize(
    "data",
    [gzip.compress(b"0" * 5000), zipped({"a.csv": b"0" * 2500, "b.csv": b"0" * 2501})],
    ids=["gzip", "zip"],  # a gzip holds the time, and a test's name must not
)
def test_what_unpacks_to_more_than_allowed_is_refused(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "bill"
    path.write_bytes(data)
    assert shown(path, limit=4999) == [(path.as_posix(), "it unpacks to more than 4,999 bytes")]
    assert b"0" in b"".join(content for _, content in shown(path, limit=5001) if isinstance(content, bytes))


def test_a_member_that_claims_to_be_smaller_than_it_is_cannot_exceed_the_limit(tmp_path: Path) -> None:
    honest = zipped({"a.csv": b"0" * 5000})
    path = tmp_path / "bill.zip"
    path.write_bytes(honest.replace(struct.pack("<I", 5000), struct.pack("<I", 10)))
    ((_, explanation),) = shown(path, limit=4999)
    assert isinstance(explanation, str)


def test_a_protected_member_is_refused_with_what_to_do(tmp_path: Path) -> None:
    path = tmp_path / "bill.zip"
    path.write_bytes(with_flag(zipped({"a.csv": b"x"}), 0x1))
    (error,) = opened([path], max_file_bytes=LIMIT)
    assert isinstance(error, SourceError)
    assert (error.explanation, error.path) == ("it is protected by a password", f"{path.as_posix()}!/a.csv")
    assert "Unpack the archive with its password" in error.remedy


@pytest.mark.parametrize(
    "inner",
    [zipped({"a.csv": b"x"}), zipped({"a.csv": b"x" * 99})[:60], gzip.compress(b"x")],
    ids=["zip", "cut", "gzip"],
)
def test_an_archive_in_an_archive_is_refused(tmp_path: Path, inner: bytes) -> None:
    (tmp_path / "a.zip").write_bytes(zipped({"inner": inner}))
    (tmp_path / "b.gz").write_bytes(gzip.compress(inner))
    assert [explanation for _, explanation in shown(tmp_path)] == ["it is an archive inside an archive"] * 2


@settings(max_examples=30, deadline=None)
@given(cut=st.integers(4, 130))
def test_a_truncated_archive_is_refused_wherever_it_was_cut(tmp_path_factory: pytest.TempPathFactory, cut: int) -> None:
    folder = tmp_path_factory.mktemp("cut")
    for name, data in (("a.zip", zipped({"a.csv": bytes(range(256))})), ("b.gz", gzip.compress(bytes(range(256))))):
        (folder / name).write_bytes(data[:cut])
    assert [str(explanation).split(" (")[0] for _, explanation in shown(folder)] == [
        "the zip is truncated or damaged",
        "the gzip is truncated or damaged",
    ]


def test_a_zip_of_a_version_that_does_not_exist_is_refused(tmp_path: Path) -> None:
    data = bytearray(zipped({"a.csv": b"x"}))
    data[data.index(b"PK\x01\x02") + 6] = 154
    (tmp_path / "a.zip").write_bytes(data)
    (tmp_path / "b.zip").write_bytes(zipped({"a.zip": bytes(data)}))
    assert [explanation for _, explanation in shown(tmp_path)] == [
        "the zip is truncated or damaged (zip file version 15.4)",
        "it is an archive inside an archive",
    ]


def test_an_empty_zip_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "bill.zip"
    path.write_bytes(zipped({}))
    assert shown(path) == [(path.as_posix(), "the zip holds no file")]
