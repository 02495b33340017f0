"""What a user reads when a file is refused: one input per message, the whole text."""

from __future__ import annotations

import gzip
import io
import os
import struct
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import ClassVar

import polars as pl
import pytest
from openpyxl import Workbook

from recon import sources
from recon.ingest import Refused, Settings, ingest
from recon.model import REJECT
from recon.sources import Control, Reading, Source
from recon.sources.piece import Piece
from recon.store import Store, open_store


class Slip(Source):
    """``SLIP account``, then one bank line of fen a line; ``total N`` is what the file says they add up to."""

    name: ClassVar[str] = "slip"
    title: ClassVar[str] = "小票"
    raw_table: ClassVar[str] = "slip.line"
    looks_for: ClassVar[str] = "a first line SLIP"

    def identify(self, piece: Piece) -> bool:
        return piece.head.startswith("SLIP")

    def read(self, piece: Piece, _settings: sources.Settings) -> Reading:
        heading, *lines = piece.text.splitlines()
        table = pl.DataFrame({"text": lines}, schema={"text": pl.String}).with_row_index("line_no", offset=2)
        raw = table.filter(~pl.col("text").str.starts_with("total")).with_columns(pl.col("line_no").cast(pl.Int64))
        typed = raw.with_columns(pl.col("text").cast(pl.Int64, strict=False).alias("amount_minor"))
        bad = typed.filter(pl.col("amount_minor").is_null())
        txns = typed.filter(pl.col("amount_minor").is_not_null()).select(
            "line_no",
            "amount_minor",
            book=pl.lit("bank"),
            kind=pl.lit("bank_line"),
            status=pl.lit("success"),
            account=pl.lit(heading.removeprefix("SLIP").strip()),
            business_date=pl.date(2026, 2, 3),
        )
        printed = [line.removeprefix("total ") for line in lines if line.startswith("total")]
        return Reading(
            raw=raw,
            txns=txns,
            rejects=bad.select("line_no", column=pl.lit("金额"), value="text", reason=pl.lit("is not an amount")).cast(
                REJECT
            ),
            controls=tuple(Control("合计", each, str(txns["amount_minor"].sum())) for each in printed),
        )


def zipped(name: str, data: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr(zipfile.ZipInfo(name, (2026, 2, 3, 0, 0, 0)), data)
    return buffer.getvalue()


def protected(archive: bytes) -> bytes:
    data = bytearray(archive)
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = data.index(mark) + offset
        data[at : at + 2] = struct.pack("<H", 1)
    return bytes(data)


def workbook(*row: str) -> bytes:
    book = Workbook()
    book.active.append(row)
    held = io.BytesIO()
    book.save(held)
    return held.getvalue()


WORKBOOK = workbook("a", "b")
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
UNKNOWN = """  Looked for:
  slip (小票): a first line SLIP
  Other files: describe the table once (recon sources learn FILE), an import template (recon sources show orders), or \
--source NAME."""
MERCHANTS = (
    "Load the merchant's files: INN…ZM_{merId} and INN…ZME_{merId} in the zip {merId}_{YYYYMMDD}.zip, "
    "from merchant.unionpay.com > 对账文件下载."
)

MESSAGES = {
    "empty": (
        b"\xef\xbb\xbf\r\n",
        """bill: the file is empty
  Download it again. A day without any movement still has a heading in the real bill.""",
    ),
    "unknown": (b"a,b\n1,2\n", f"bill: the format is unknown\n  first line: a,b\n{UNKNOWN}"),
    "web page": (
        "<!DOCTYPE html>\n<html><head><title>\n 登录 - 商家中心 </title>".encode("gbk"),
        """bill: it is a web page, not a bill (its title: "登录 - 商家中心")
  The login or the download had expired and the page was saved instead. Log in and download again.""",
    ),
    "failed download": (
        b"<xml><return_code>FAIL</return_code><return_msg>mch_id?</return_msg><error_code>20001</error_code></xml>",
        """bill: it is the answer of a failed bill download: "mch_id?; 20001"
  Correct what it complains of and ask for the bill again.""",
    ),
    "failed download, JSON": (
        '{"code":"SIGN_ERROR","message":"签名错误","detail":{"field":"signature"}}'.encode(),
        """bill: it is the answer of a failed bill download: "签名错误; SIGN_ERROR"
  Correct what it complains of and ask for the bill again.""",
    ),
    "no trades, v2": (
        b"<xml><return_code><![CDATA[FAIL]]></return_code><return_msg><![CDATA[No Bill Exist]]></return_msg></xml>",
        """bill: it is the answer that there is no bill, because nothing was traded: "No Bill Exist"
  Nothing to load. If it was asked for before 10:00 of the next day, ask again.""",
    ),
    "no trades, v3": (
        '\ufeff\n{"code":"NO_STATEMENT_EXIST","message":"账单不存在"}'.encode(),
        """bill: it is the answer that there is no bill, because nothing was traded: "账单不存在; NO_STATEMENT_EXIST"
  Nothing to load. If it was asked for before 10:00 of the next day, ask again.""",
    ),
    "bill not made yet": (
        '{"code":"STATEMENT_CREATING","message":"账单生成中"}'.encode(),
        """bill: it is the answer that the bill is still being made: "账单生成中; STATEMENT_CREATING"
  Ask for it again after 10:00 of the next day.""",
    ),
    "export of another kind": (
        "微信支付交易（交易+退款）对账文件,,\n商户号：1900012345\n".encode("gbk"),
        """bill: it is the export 微信支付交易(交易+退款)对账文件, which is not read
  Load the bill of 交易中心 > 交易账单 (ALL) of the same days instead.""",
    ),
    "answer without a file": (
        "bizType=000000&respCode=98&respMsg=文件不存在[5131098]&txnType=76".encode(),
        """bill: it is the answer of a failed bill download: "98 文件不存在[5131098]"
  Ask UnionPay for the file again; from about 9:00 on there is the day before. A day without transactions has none.""",
    ),
    "answer that is cut": (
        b"fileContent=eJwL8GZm&fileName=1_20260204.zip&respCode=00",
        """bill: fileContent is cut or damaged (it ends too early)
  Ask the interface for the file again, or download the zip from merchant.unionpay.com.""",
    ),
    "acquirer's file": (
        b"48022901    00040000    005607 0203215916 622280*********0000 000002500000 ",
        f"""bill: it is UnionPay's file for an acquirer (IND…ACOM), not for a merchant
  {MERCHANTS}""",
    ),
    "acquirer's dispute file": (
        b"E23 48022901    00040000    000731 0205101500 622280*********0000 000002500000 0220 200000 5712 ",
        f"""bill: it is UnionPay's dispute file for an acquirer (IND…AERR), not for a merchant
  {MERCHANTS}""",
    ),
    "no header": (
        b"05/01/2023,DOLLARAMA # 845   _M,1.96,,13.04\r\n05/01/2023,SFCA MSP,,0.01,37.10\r\n",
        """bill: it is a bank's table without a header line: nothing says which column is money in, whether the day or \
the month stands first, and which account and currency it is
  Export the statement as OFX (QFX, QBO) instead, or as a table with a header line.""",
    ),
    "other XML": (
        b'<?xml version="1.0"?>\n<Error>Expired</Error>\n',
        f"""bill: it is XML that no format claims; perhaps an error message instead of a bill
  <?xml version="1.0"?>
  <Error>Expired</Error>
{UNKNOWN}""",
    ),
    "JSON": (
        b'{"code": "40004"}',
        f"""bill: it is JSON that no format claims; perhaps an error message instead of a bill
  {{"code": "40004"}}
{UNKNOWN}""",
    ),
    "spreadsheet": (
        WORKBOOK,
        f"bill: it is a spreadsheet, and none of its sheets has the columns of a known format\n{UNKNOWN}",
    ),
    "damaged spreadsheet": (
        zipped("[Content_Types].xml", b""),
        """bill: the workbook cannot be opened (Cannot detect file format)
  Download it again; if it is protected by a password, save it without one.""",
    ),
    "protected spreadsheet": (
        OLE + "EncryptedPackage".encode("utf-16-le"),
        """bill: the spreadsheet is protected by a password
  Open it with its password, save it without one, and load that.""",
    ),
    "PDF": (
        b"%PDF-1.7",
        """bill: it is a PDF document, not a bill
  Download the statement as CSV, text or XML instead.""",
    ),
    "RAR": (b"Rar!\x1a\x07\x00", "bill: it is a RAR archive, not a bill\n  Unpack it and load the files in it."),
    "truncated zip": (
        zipped("a.csv", b"SLIP")[:40],
        """bill: the zip is truncated or damaged (File is not a zip file)
  Download it again; if it still fails, unpack it yourself and load the files in it.""",
    ),
    "truncated gzip": (
        gzip.compress(b"SLIP", mtime=0)[:-4],
        """bill: the gzip is truncated or damaged (Compressed file ended before the end-of-stream marker was reached)
  Download it again; if it still fails, unpack it yourself and load the files in it.""",
    ),
    "protected zip": (
        protected(zipped("a.csv", b"SLIP")),
        """bill!/a.csv: it is protected by a password
  Unpack the archive with its password (the channel tells it) and load the files in it.""",
    ),
    "nested zip": (
        zipped("a.zip", zipped("a.csv", b"SLIP")),
        """bill!/a.zip: it is an archive inside an archive
  Unpack the outer archive and load what is in it.""",
    ),
    "empty zip": (b"PK\x05\x06" + bytes(18), "bill: the zip holds no file\n  Download it again."),
    "bomb": (
        gzip.compress(bytes(50_000)),
        """bill: it unpacks to more than 40,000 bytes
  Unpack it yourself and look at it; if it is a real bill, load the unpacked file.""",
    ),
    "no text": (
        b"SLIP 1\n100\n\xff\xff\n",
        """bill:3: byte 11 (0xFF) is neither UTF-8 nor GB18030 text
  Download the file again; do not convert it with an editor that guesses encodings.""",
    ),
    "broken UTF-16": (
        "SLIP 1".encode("utf-16") + b"\x00",
        """bill:1: byte 14 (0x00) is no utf-16, which the file begins as
  Download the file again; do not convert it with an editor that guesses encodings.""",
    ),
    "separator": (
        b"SLIP 1\n1\x1f00\n",
        """bill:2: the control character U+001F stands in the text; no bill prints it
  2 | 1␟00
  Download the file again; do not edit it.""",
    ),
    "totals": (
        b"SLIP 1\n100\n250\ntotal 351\n",
        """bill: the totals that the file prints are not those of its rows
  合计: printed 351, computed 350
  The file is incomplete or was edited: download it again. To load it as it is: --accept-mismatch REASON""",
    ),
    "rejects": (
        b"SLIP 1\n100\n1oo\n2oo\n3oo\n4oo\n",
        """bill: 4 of 5 rows cannot be read
  line 3: column 金额: "1oo" is not an amount
  line 4: column 金额: "2oo" is not an amount
  line 5: column 金额: "3oo" is not an amount
  Load the file as it was downloaded; if its layout has changed, report it or use an import template.
  How many are too many: [ingest] max_rejects and max_reject_percent in recon.toml""",
    ),
    "currency": (
        b"SLIP 6222 9\n100\n",
        """bill:2: the statement prints no currency, and that of the account "6222 9" is not stated
  State it in recon.toml under [bank.accounts], for example: "6222 9" = "CNY\"""",
    ),
}


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Names in messages are as the user gave them; so the file is given by a relative name."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sources, "discover", lambda: (Slip(),))


@pytest.fixture
def store() -> Iterator[Store]:
    with open_store(None) as store:
        yield store


def refusal(store: Store, path: str, *, source: str = "") -> str:
    limits = Settings(max_rejects=3, max_file_bytes=40_000)
    (result,) = ingest([Path(path)], store, limits, run_id=1, at_s=0, source=source)
    assert isinstance(result, Refused)
    assert store.value("SELECT count(*) FROM meta.file") == 0
    return str(result.error)


@pytest.mark.parametrize("case", MESSAGES)
def test_a_refused_file_says_where_what_and_what_to_do(store: Store, case: str) -> None:
    data, message = MESSAGES[case]
    Path("bill").write_bytes(data)
    assert refusal(store, "bill") == message


def test_an_empty_file_of_unionpay_may_be_a_day_without_transactions(store: Store) -> None:
    Path("INN26020388ZM_898310048990001").write_bytes(b"")
    assert refusal(store, "INN26020388ZM_898310048990001") == (
        "INN26020388ZM_898310048990001: the file is empty\n"
        "  If UnionPay had no transaction on that day, nothing is missing: its RD says 0. "
        "Otherwise download the file again."
    )


def test_an_empty_file_in_unionpays_zip_is_a_day_without_transactions(store: Store) -> None:
    Path("day.zip").write_bytes(zipped("INN26020388ZME_898310048990001", b""))
    (result,) = ingest([Path("day.zip")], store, Settings(), run_id=1, at_s=0)
    assert isinstance(result, Refused)
    assert result.error.exit_code == 0
    assert str(result.error) == (
        "day.zip!/INN26020388ZME_898310048990001: "
        "the file is empty, because UnionPay had no such transaction on that day\n"
        "  Nothing to load."
    )


def test_a_missing_file(store: Store) -> None:
    assert refusal(store, "nowhere.csv") == "nowhere.csv: there is no such file or folder"


@pytest.mark.skipif(os.geteuid() == 0, reason="the superuser may read everything")
def test_an_unreadable_file(store: Store) -> None:
    Path("bill").write_bytes(b"SLIP 1\n")
    Path("bill").chmod(0)
    assert refusal(store, "bill") == "bill: it cannot be read: Permission denied"


def test_a_spreadsheet_given_to_a_text_format(store: Store) -> None:
    Path("bill").write_bytes(WORKBOOK)
    assert refusal(store, "bill", source="slip") == (
        "bill: it is a spreadsheet or an archive, not text\n  This format is a text file: load it as it was downloaded."
    )


def test_a_web_page_given_to_a_format_by_force(store: Store) -> None:
    Path("bill").write_bytes(b"<html></html>")
    assert refusal(store, "bill", source="slip").startswith("bill: it is a web page, not a bill\n")


def test_a_file_that_several_formats_claim(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    class Ticket(Slip):
        name = "ticket"

    monkeypatch.setattr(sources, "discover", lambda: (Slip(), Ticket()))
    Path("bill").write_bytes(b"SLIP 1\n")
    assert refusal(store, "bill") == (
        "bill: more than one format claims this file: slip, ticket\n"
        "  Say which it is with --source NAME, and report the file: formats must not overlap."
    )
