"""The answer of UnionPay's file interface is opened like the zip that is in it, however a program has saved it."""

from __future__ import annotations

import base64
import io
import zipfile
import zlib
from pathlib import Path
from urllib.parse import quote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recon.errors import SourceError
from recon.ingest import file_transfer
from recon.ingest.opening import opened
from recon.ingest.refusing import failed_download
from recon.sources.piece import Piece

LIMIT = 1_000_000
MEMBERS = {"INN26020388ZM_898310048990001": b"S22 ...\r\n" * 40, "RD201026020301_898310048990001": b"RD"}
NAME = "898310048990001_20260203.zip"


def archive() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as file:
        for name, data in MEMBERS.items():
            file.writestr(name, data)
    return buffer.getvalue()


ARCHIVE = archive()
DEFLATED = zlib.compress(ARCHIVE)
TEXT = base64.b64encode(DEFLATED).decode()
WRAPPED = base64.encodebytes(DEFLATED).decode()


def answer(text: str) -> bytes:
    return f"accessType=0&bizType=000000&fileContent={text}&fileName={NAME}&respCode=00&respMsg=成功[0000000]".encode()


SAVED = {
    "the answer": answer(TEXT),
    "percent-encoded": answer(quote(TEXT, safe="")),
    "plus signs turned into blanks": answer(TEXT.replace("+", " ")),
    "printed by a program": f"{{respCode=00, fileContent={TEXT}, fileName={NAME}, txnType=76}}".encode(),
    "Base64 alone": TEXT.encode(),
    "Base64 in lines": WRAPPED.replace("\n", "\r\n").encode(),
    "deflated": DEFLATED,
}


@pytest.mark.parametrize("saved", SAVED.values(), ids=SAVED)
def test_the_members_of_the_zip_inside_are_what_is_read(saved: bytes, tmp_path: Path) -> None:
    path = tmp_path / "answer.txt"
    path.write_bytes(saved)
    pieces = [piece for piece in opened([path], max_file_bytes=LIMIT) if isinstance(piece, Piece)]
    assert {piece.name.rsplit("!/", 1)[-1]: piece.data for piece in pieces} == MEMBERS
    inside = f"{path.as_posix()}!/{NAME}!/" if NAME.encode() in saved else f"{path.as_posix()}!/"
    assert all(piece.name.startswith(inside) for piece in pieces)


@pytest.mark.parametrize(
    ("saved", "reason"),
    [
        (answer(TEXT[: len(TEXT) // 2]), "fileContent is cut or damaged"),
        (answer("%%%"), "fileContent is cut or damaged"),
        (TEXT[:200].encode(), "fileContent is cut or damaged"),
        (answer(base64.b64encode(zlib.compress(b"no zip")).decode()), "fileContent holds no zip"),
        (
            answer(base64.b64encode(zlib.compress(b"PK" + b"\x00" * 2 * LIMIT)).decode()),
            "unpacks to more than 1,000,000",
        ),
    ],
)
def test_a_damaged_answer_is_refused_with_a_reason(saved: bytes, reason: str) -> None:
    with pytest.raises(SourceError, match=reason):
        file_transfer.content("answer.txt", saved, LIMIT)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"order_no,amount\n1,2.00\n",
        b"x^2,x^3\n1,2\n",
        b"x\x9cno stream at all",
        zlib.compress(b"a text"),
        b"eJ" * 20,
        answer(""),
    ],
)
def test_other_files_are_not_taken_for_one(data: bytes) -> None:
    try:
        found = file_transfer.content("bill.csv", data, LIMIT)
    except SourceError:
        found = None
    assert found is None


def test_a_name_in_the_answer_leads_nowhere_else() -> None:
    found = file_transfer.content("a.txt", answer(TEXT).replace(NAME.encode(), b"../../etc/passwd"), LIMIT)
    assert found is not None
    assert found[0] == "a.txt!/.."


@pytest.mark.parametrize(
    ("head", "said"),
    [
        ("accessType=0&respCode=98&respMsg=文件不存在[5131098]&txnType=76", "98 文件不存在[5131098]"),
        ("respCode=12&respMsg=%E6%97%A0%E6%95%88%E4%BA%A4%E6%98%93&version=5.1.0", "12 无效交易"),
        ("{respMsg=no file, respCode=98, txnType=76}", "98 no file"),
        ("respCode=00&respMsg=成功", ""),
        ("order_no,respCode\n1,98\n", ""),
    ],
)
def test_an_answer_without_a_file_says_why(head: str, said: str) -> None:
    assert file_transfer.failed(head) == said
    error = failed_download(Piece("answer.txt", head.encode()))
    assert (error is not None) == bool(said)
    assert error is None or f'"{said}"' in str(error)


@settings(deadline=None, max_examples=100)
@given(data=st.binary(max_size=60), at=st.integers(0, len(answer(TEXT)) - 1))
def test_whatever_is_changed_the_zip_is_whole_or_the_file_is_refused(data: bytes, at: int) -> None:
    saved = answer(TEXT)
    try:
        found = file_transfer.content("a", saved[:at] + data + saved[at + len(data) :], LIMIT)
    except SourceError:
        return
    assert found is None or found[1] == ARCHIVE
