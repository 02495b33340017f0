"""What lies in an inbox and is no bill: bombs, traps, names that are more than names; each refused with its reason."""

from __future__ import annotations

import gzip
import io
import os
import struct
import subprocess
import sys
import tracemalloc
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from recon.errors import SourceError
from recon.ingest import Ingested, Refused, Settings, opening, refusing
from recon.ingest.opening import opened, shown
from recon.sources import json_text
from recon.sources import piece as pieces
from recon.sources.piece import Piece

LIMIT = 1_000_000_000


def read(*paths: Path, limit: int = LIMIT) -> list[tuple[str, bytes | str]]:
    """Name and bytes of each piece, or name and explanation of what cannot be opened."""
    return [
        (item.name, item.data) if isinstance(item, Piece) else (item.path, item.explanation)
        for item in opened(paths, max_file_bytes=limit)
    ]


def zipped(*members: tuple[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members:
            archive.writestr(zipfile.ZipInfo(name), data, zipfile.ZIP_DEFLATED)
    return buffer.getvalue()


def explained(path: Path, **options: int) -> list[str]:
    return [str(said) for _, said in read(path, **options)]


# ------------------------------------------------------------------------------------------------ archives


@pytest.fixture
def small_is_suspect(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make bombs of some kilobytes bombs, so that no test unpacks 64 MB."""
    monkeypatch.setattr(opening, "_SUSPECT", 100_000)


BOMB = "it unpacks to more than 200 times what it is, or its parts overlap: no bill is packed so"


@pytest.mark.usefixtures("small_is_suspect")
@pytest.mark.parametrize("packed", [zipped(("a.csv", bytes(10**6))), gzip.compress(bytes(10**6))], ids=["zip", "gzip"])
def test_what_is_packed_better_than_any_bill_is_not_unpacked(tmp_path: Path, packed: bytes) -> None:
    path = tmp_path / "bill.csv.zip"
    path.write_bytes(packed)
    assert explained(path) == [BOMB]


def test_many_copies_of_one_member_that_overlap_are_refused(tmp_path: Path) -> None:
    """Each entry of the directory points to the same packed bytes, as in zips that unpack a few KB to terabytes."""
    data = bytearray(zipped(("a.csv", os.urandom(2000)), ("b.csv", os.urandom(2000))))
    second = data.index(b"PK\x01\x02", data.index(b"PK\x01\x02") + 1)
    struct.pack_into("<I", data, second + 42, 0)
    path = tmp_path / "bills.zip"
    path.write_bytes(data)
    assert explained(path) == [BOMB]


def test_a_zip_of_too_many_members_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(opening, "_MEMBERS", 3)
    path = tmp_path / "bills.zip"
    path.write_bytes(zipped(*((f"{number}.csv", b"x") for number in range(4))))
    assert explained(path) == ["the zip holds 4 files, more than the 3 that are looked at"]


def quine() -> bytes:
    """A gzip in a gzip, as deep as a program would follow it."""
    data = b"x"
    for _ in range(50):
        data = gzip.compress(data)
    return data


@pytest.mark.parametrize("inner", [quine(), zipped(("a.zip", zipped(("a.csv", b"x"))))], ids=["gzips", "zips"])
def test_archives_in_archives_are_not_followed(tmp_path: Path, inner: bytes) -> None:
    path = tmp_path / "bill.zip"
    path.write_bytes(inner)
    assert explained(path) == ["it is an archive inside an archive"]


@pytest.mark.parametrize("at", ["directory", "member", "data"])
def test_a_member_that_is_not_what_the_zip_says_is_refused(tmp_path: Path, at: str) -> None:
    data = bytearray(zipped(("a.csv", b"0123456789" * 50)))
    place = {"directory": data.index(b"PK\x01\x02") + 16, "member": 4, "data": 40}[at]
    data[place] ^= 0xFF
    path = tmp_path / "bill.zip"
    path.write_bytes(data)
    (found,) = read(path)
    assert isinstance(found[1], bytes) or "damaged" in found[1]


@pytest.mark.parametrize("name", ["../../etc/cron.d/x.csv", "/etc/passwd", "C:\\Windows\\x.csv", "a/../../x.csv"])
def test_a_name_that_leads_outside_is_a_name_and_nothing_is_written(tmp_path: Path, name: str) -> None:
    path = tmp_path / "in" / "bill.zip"
    path.parent.mkdir()
    path.write_bytes(zipped((name, b"x")))
    before = sorted(tmp_path.rglob("*"))
    assert read(path) == [(f"{path.as_posix()}!/{name}", b"x")]
    assert sorted(tmp_path.rglob("*")) == before


@pytest.mark.parametrize(
    ("name", "printed"),
    [
        ("a\x1b[2J.csv", "a\\x1b[2J.csv"),
        ("a\nrecon: all is well.csv", "a\\nrecon: all is well.csv"),
        ("\u202egnp.vsc", "\\u202egnp.vsc"),
        ("\x9b31m.csv", "\\x9b31m.csv"),
        ("账单 💰.csv", "账单 💰.csv"),
    ],
)
def test_a_name_is_shown_so_that_it_moves_nothing(tmp_path: Path, name: str, printed: str) -> None:
    assert shown(name) == printed
    path = tmp_path / "bill.zip"
    path.write_bytes(zipped((name, b"x")))
    assert read(path) == [(f"{path.as_posix()}!/{printed}", b"x")]


def test_a_file_whose_name_is_no_text_is_read(desk, page) -> None:
    path = Path(os.fsdecode(os.fsencode(desk.folder) + b"/\xb5\xa5.txt"))
    path.write_bytes(page({"native_id": "A"}))
    (result,) = desk.load(desk.folder)
    assert isinstance(result, Ingested)
    assert result.name.endswith("/\\udcb5\\udca5.txt")
    assert desk.rows("SELECT name FROM meta.file") == [(result.name,)]


# ------------------------------------------------------------------------------------------------ folders


def test_folders_may_be_deep(tmp_path: Path) -> None:
    here = tmp_path
    for _ in range(400):
        here = here / "d"
        here.mkdir()
    (here / "a.csv").write_bytes(b"x")
    assert [data for _, data in read(tmp_path)] == [b"x"]


def test_links_that_go_in_circles_are_followed_once(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "bill.csv").write_bytes(b"x")
    (tmp_path / "a" / "up").symlink_to(tmp_path)
    (tmp_path / "b").symlink_to(tmp_path / "a")
    assert [data for _, data in read(tmp_path)] == [b"x"]


def test_a_linked_folder_is_read(tmp_path: Path) -> None:
    elsewhere, inbox = tmp_path / "elsewhere", tmp_path / "inbox"
    elsewhere.mkdir()
    inbox.mkdir()
    (elsewhere / "a.csv").write_bytes(b"x")
    (inbox / "bills").symlink_to(elsewhere)
    assert read(inbox) == [((inbox / "bills" / "a.csv").as_posix(), b"x")]


@pytest.mark.parametrize("target", ["gone.csv", "a.csv"])
def test_a_link_that_leads_nowhere_is_told(tmp_path: Path, target: str) -> None:
    (tmp_path / "a.csv").symlink_to(tmp_path / target)  # the second leads to itself
    (found,) = read(tmp_path)
    assert found[0] == (tmp_path / "a.csv").as_posix()
    assert found[1] in {
        "it is a link that leads nowhere, or was moved away",
        "it cannot be read: Too many levels of symbolic links",
    }


def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    pipe = tmp_path / "bill.csv"
    os.mkfifo(pipe)
    assert read(pipe) == [(pipe.as_posix(), "it is no ordinary file (a device, pipe or socket)")]
    assert read(tmp_path) == []


def test_a_folder_that_may_not_be_read_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "closed").mkdir()
    (tmp_path / "z.csv").write_bytes(b"x")
    scandir = os.scandir

    def refuses(path: Path) -> Iterator[os.DirEntry[str]]:
        if path.name == "closed":
            raise PermissionError(13, "Permission denied")
        return scandir(path)

    monkeypatch.setattr(os, "scandir", refuses)
    assert read(tmp_path) == [
        ((tmp_path / "closed").as_posix(), "the folder cannot be read: Permission denied"),
        ((tmp_path / "z.csv").as_posix(), b"x"),
    ]


# ------------------------------------------------------------------------------------------------ large files


@pytest.fixture
def nothing_is_small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make every file one that is read as far as it is needed."""
    monkeypatch.setattr(opening, "_AT_ONCE", 10)
    monkeypatch.setattr(pieces, "CHUNK_BYTES", 7)


@pytest.mark.usefixtures("nothing_is_small")
@pytest.mark.parametrize("packed", ["", "zip", "gzip"])
def test_a_large_file_is_the_same_file(desk, page, packed: str) -> None:
    data = page({"native_id": "A"}, {"native_id": "B"}, {"native_id": "C"})
    forms = {"": data, "zip": zipped(("bill.csv", data)), "gzip": gzip.compress(data)}
    (piece,) = opened([desk.put(forms[packed], "bill")], max_file_bytes=LIMIT)
    assert isinstance(piece, Piece)
    assert "data" not in vars(piece)
    assert (piece.sha256, piece.size) == (Piece("", data).sha256, len(data))
    (result,) = desk.load(desk.folder / "bill")
    assert result.rows_new == 3


@pytest.mark.usefixtures("nothing_is_small")
@pytest.mark.parametrize("packed", ["zip", "gzip"])
def test_damage_in_a_large_archive_is_told_when_it_is_met(tmp_path: Path, packed: str) -> None:
    data = zlib.compress(os.urandom(100)) * 100
    whole = zipped(("bill.csv", data)) if packed == "zip" else gzip.compress(data)
    path = tmp_path / "bill"
    path.write_bytes(whole[:60] + bytes([whole[60] ^ 0xFF]) + whole[61:])
    (found,) = explained(path)
    assert "is truncated or damaged" in found


def test_a_file_larger_than_the_limit_is_refused_before_it_is_read(tmp_path: Path) -> None:
    path = tmp_path / "bill.csv"
    with path.open("wb") as file:
        file.truncate(5 * 1024**3)  # a hole: nothing is on the disk
    assert explained(path) == ["it has 5,368,709,120 bytes, more than the 1,000,000,000 that are read"]


@pytest.mark.parametrize("when", ["before", "while"])
@pytest.mark.usefixtures("nothing_is_small")
def test_a_file_that_changes_while_it_is_read_is_refused(
    desk, page, monkeypatch: pytest.MonkeyPatch, when: str
) -> None:
    path = desk.put(page({"native_id": "A"}, {"native_id": "B"}), "bill.txt")
    if when == "while":
        survey = Piece.survey.func

        def grows(piece: Piece) -> object:
            found = survey(piece)
            with path.open("ab") as file:
                file.write(b"\n")
            return found

        monkeypatch.setattr(Piece, "survey", property(grows))
    else:
        start = Piece.start.func

        def is_replaced(piece: Piece) -> object:
            path.with_name("new").write_bytes(b"NOTEBOOK")
            path.with_name("new").rename(path)
            return start(piece)

        monkeypatch.setattr(Piece, "start", property(is_replaced))
    (result,) = desk.load(path)
    assert isinstance(result, Refused)
    assert result.error.explanation == "the file changed while it was read"
    assert desk.rows("SELECT count(*) FROM meta.file") == [(0,)]


def test_a_file_that_grows_between_the_look_and_the_reading_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "bill.csv"
    path.write_bytes(b"x")
    file = opening._File("bill.csv", path, path.stat(), LIMIT)
    path.write_bytes(b"xy")
    with pytest.raises(SourceError, match="the file changed while it was read"):
        file.open()


# ------------------------------------------------------------------------------------------------ lines and bytes


@pytest.mark.slow
def test_a_line_of_two_gigabytes_takes_no_memory(desk, page) -> None:
    path = desk.put(page({"native_id": "A"}), "bill.csv")
    size = path.stat().st_size
    with path.open("ab") as file:
        file.write(b"\nlong line")
        file.truncate(2_000_000_000)  # the rest is a hole of NUL bytes
    tracemalloc.start()
    (result,) = desk.load(path)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert isinstance(result, Refused)
    assert (
        result.error.text()
        .splitlines()[0]
        .endswith("bill.csv:3: the line has more than 16,777,216 bytes: it is no table of records")
    )
    assert most < 50_000_000
    assert size < 1000


BOUNDED = """
import resource, sys
from pathlib import Path
from recon.errors import SourceError
from recon.ingest import refusing
from recon.ingest.opening import opened
from recon.sources import discover

every = discover()
pages = int(Path("/proc/self/statm").read_text().split()[0])
most = pages * resource.getpagesize() + 100_000_000
resource.setrlimit(resource.RLIMIT_AS, (most, most))
(piece,) = opened([Path(sys.argv[1])], max_file_bytes=2 * 1024**3)
try:
    refusing.refuse(piece)
except SourceError as error:
    print(error.explanation)
for source in every:
    source.identify(piece)
print(piece.size)
"""
"""What recon does to a file before it reads it, with 100 MB of address space beyond the loaded program."""


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="the address space is bounded as Linux tells it")
@pytest.mark.parametrize("start", [b"", b'1,2,3\n"'])
def test_a_line_of_400_megabytes_is_refused_within_a_hundred(tmp_path: Path, start: bytes) -> None:
    path = tmp_path / "bill.csv"
    with path.open("wb") as file:
        file.write(start + b"x" * 100_000)
        file.truncate(400_000_000)
    command = [sys.executable, "-c", BOUNDED, str(path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    expected = "the line has more than 16,777,216 bytes: it is no table of records\n400000000\n"
    assert (done.stderr, done.stdout) == ("", expected)


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="the address space is bounded as Linux tells it")
def test_a_bomb_of_400_megabytes_is_refused_within_a_hundred(tmp_path: Path) -> None:
    path = tmp_path / "bill.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive, archive.open("bill.csv", "w") as member:
        for _ in range(40):
            member.write(b"\n" * 10_000_000)
    script = BOUNDED.split("try:", maxsplit=1)[0] + "print(piece.explanation)"
    done = subprocess.run([sys.executable, "-c", script, str(path)], capture_output=True, text=True, check=False)
    assert (done.stderr, done.stdout) == ("", f"{BOMB}\n")


def test_a_line_is_measured_over_chunks_and_by_either_line_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pieces, "CHUNK_BYTES", 4)
    survey = Piece("", b"ab\ncdefghij\rk\r\nlmnopqrstuvw").survey
    assert (survey.longest_line, survey.longest_line_no) == (12, 3)
    assert Piece("", b"a\nb\nc\n").survey.longest_line == 0


@pytest.mark.parametrize("start", ["<", " \n{", "["])
def test_a_document_may_stand_in_one_line_as_long_as_it_is_not_too_large(
    monkeypatch: pytest.MonkeyPatch, start: str
) -> None:
    monkeypatch.setattr(pieces, "CHUNK_BYTES", 16)
    monkeypatch.setattr(refusing, "LINE_BYTES", 100)
    monkeypatch.setattr(refusing, "DOCUMENT_BYTES", 1000)
    refusing.refuse(Piece("bill.xml", start.encode() + b"x" * 500))
    with pytest.raises(SourceError, match=r"the document has 1,5\d\d bytes, more than the 1,000"):
        refusing.refuse_large(Piece("bill.xml", start.encode() + b"x" * 1500))


def test_a_workbook_that_is_too_large_is_refused_before_any_format_opens_it(desk, monkeypatch) -> None:
    monkeypatch.setattr(refusing, "DOCUMENT_BYTES", 100)
    (result,) = desk.load(desk.put(zipped(("[Content_Types].xml", os.urandom(500)), ("xl/workbook.xml", b"<x/>"))))
    assert result.error.explanation.startswith("the document has ")


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030", "utf-16"])
def test_a_nul_byte_in_a_text_is_refused_with_its_line(encoding: str) -> None:
    with pytest.raises(SourceError, match=r"bill:3: there is a NUL byte in the text"):
        _ = Piece("bill", "订单号,金额\n1,2.00\n2,\x00.00\n".encode(encoding)).text


@pytest.mark.parametrize("data", [b"\xff\xfe\x00\xd8\x41\x00", "a\ud800b".encode("utf-8", "surrogatepass")])
def test_half_of_a_character_is_no_text(data: bytes) -> None:
    with pytest.raises(SourceError, match=r"is (no utf-16|neither UTF-8 nor GB18030)"):
        _ = Piece("bill", data).text


@pytest.mark.parametrize("half", ["\\ud800", "\\uDFFF", "\\ud83d \\ude00"])
def test_an_escape_of_half_a_character_is_refused_with_its_line(half: str) -> None:
    with pytest.raises(SourceError, match="answer:2: an escape stands for half of a character"):
        json_text.documents(Piece("answer", f'[{{"a": 1}},\n{{"b": ["{half}"]}}]'.encode()))


@pytest.mark.parametrize("whole", ["\\ud83d\\ude00", "\\\\ud800", "\\u4e91"])
def test_an_escape_of_a_whole_character_is_read(whole: str) -> None:
    assert len(json_text.documents(Piece("answer", f'{{"a": "{whole}"}}'.encode()))) == 1


def test_no_setting_is_needed_for_an_ordinary_month() -> None:
    assert Settings().max_file_bytes == 2 * 1024**3
