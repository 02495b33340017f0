"""What the golden files of ``ofx`` do not show."""

from __future__ import annotations

import pytest

from recon.sources import Reading, Settings
from recon.sources.ofx import Ofx
from recon.sources.piece import Piece


def read(*tags: str) -> Reading:
    row = "".join(tags)
    text = f"<OFX><STMTRS><CURDEF>USD<BANKACCTFROM><ACCTID>9100</BANKACCTFROM><STMTTRN>{row}</STMTTRN></STMTRS></OFX>"
    return Ofx().read(Piece("x.ofx", text.encode()), Settings())


def cells(reading: Reading, *names: str) -> list[tuple[object, ...]]:
    assert reading.txns is not None
    return reading.txns.select(names).rows()


@pytest.mark.parametrize(
    ("printed", "minor"), [("1.50", 150), ("-1.5", -150), ("+001.5000", 150), ("1,50", 150), ("-1,5", -150), ("7", 700)]
)
def test_an_amount_has_its_own_sign_and_a_point_or_a_comma(printed: str, minor: int) -> None:
    assert cells(read("<DTPOSTED>20260203", f"<TRNAMT>{printed}", "<FITID>1"), "amount_minor") == [(minor,)]


@pytest.mark.parametrize("printed", ["1,234", "1,234.50", "1.234,50", "$5", "1.505", "NaN", "1e3", ""])
def test_an_amount_that_can_be_read_in_two_ways_or_none_is_a_reject(printed: str) -> None:
    reading = read("<DTPOSTED>20260203", f"<TRNAMT>{printed}", "<FITID>1")
    assert (cells(reading, "amount_minor"), reading.rejects["column"].to_list()) == ([], ["TRNAMT"])


@pytest.mark.parametrize(
    ("printed", "occurred_s"),
    [
        ("20260203", None),
        ("20260203091502", None),
        ("20260203000000[-5:EST]", None),
        ("20260203120000[0:GMT]", None),
        ("20260203091502[0:GMT]", 1770110102),
        ("20260203091502.123[+8:CST]", 1770081302),
        ("20260203091502[-5:EST]", 1770128102),
        ("20260203091502[5.5]", 1770090302),
        ("202602030915[-3.50]", 1770122700),
    ],
)
def test_a_time_counts_when_its_offset_is_printed(printed: str, occurred_s: int | None) -> None:
    reading = read(f"<DTPOSTED>{printed}", "<TRNAMT>1", "<FITID>1")
    ((day, moment),) = cells(reading, "business_date", "occurred_s")
    assert (str(day), moment) == ("2026-02-03", occurred_s)


def test_a_fitid_that_starts_from_one_in_every_file_is_no_identity_by_itself() -> None:
    first, second = (read(f"<DTPOSTED>2026020{day}", "<TRNAMT>1", "<FITID>1") for day in (3, 4))
    assert cells(first, "native_id") + cells(second, "native_id") == [("1/20260203/100",), ("1/20260204/100",)]


def test_lower_case_tags_and_attributes_are_tags() -> None:
    reading = read('<dtposted id="1">20260203', "<trnamt>1", "<fitid>1", "<name>a &lt;b&gt;")
    assert cells(reading, "counterparty") == [("a <b>",)]


@pytest.mark.parametrize(
    "declared",
    [
        '<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;">',
        '<!ENTITY c SYSTEM "file:///etc/hostname">',
    ],
    ids=["a multiplying entity", "an entity outside"],
)
def test_an_entity_is_neither_multiplied_nor_looked_up(declared: str) -> None:
    row = "<STMTTRN><DTPOSTED>20260203<TRNAMT>1<FITID>1<NAME>&c;</STMTTRN>"
    body = f"<OFX><STMTRS><CURDEF>USD<BANKACCTFROM><ACCTID>9100</BANKACCTFROM>{row}</STMTRS></OFX>"
    reading = Ofx().read(Piece("x.ofx", f'<?xml version="1.0"?><!DOCTYPE OFX [{declared}]>{body}'.encode()), Settings())
    assert cells(reading, "counterparty") == [("&c;",)]
