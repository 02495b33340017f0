"""What the golden files of ``camt`` do not show: the public samples, pages, directions and dates."""

from __future__ import annotations

from pathlib import Path

import pytest

from recon.errors import SourceError
from recon.sources import Reading, Settings
from recon.sources.camt import Camt
from recon.sources.piece import Piece

SAMPLES = Path(__file__).resolve().parents[3] / "shared" / "samples"
BOOKED = "<Sts>BOOK</Sts><BookgDt><Dt>2026-02-03</Dt></BookgDt>"


def read(body: str, *, head: str = "", root: str = "BkToCstmrStmt", part: str = "Stmt") -> Reading:
    account = "<Id>S1</Id><Acct><Id><IBAN>NL26VAYB8060476890</IBAN></Id></Acct>"
    xml = f"<Document>\n<{root}><{part}>{account}{head}\n{body}\n</{part}></{root}></Document>"
    return Camt().read(Piece("camt.xml", xml.encode()), Settings())


def entry(amount: str, side: str, rest: str = BOOKED) -> str:
    return f'<Ntry><Amt Ccy="USD">{amount}</Amt><CdtDbtInd>{side}</CdtDbtInd>{rest}</Ntry>\n'


def balance(code: str, amount: str) -> str:
    kind = f"<Tp><CdOrPrtry><Cd>{code}</Cd></CdOrPrtry></Tp>"
    return f'<Bal>{kind}<Amt Ccy="USD">{amount}</Amt><CdtDbtInd>CRDT</CdtDbtInd></Bal>'


def sample(name: str) -> Reading:
    piece = Piece(name, (SAMPLES / f"genkgo+camt__test__data__{name}").read_bytes())
    assert Camt().identify(piece)
    return Camt().read(piece, Settings())


@pytest.mark.samples
@pytest.mark.parametrize(
    ("name", "line_no", "minor", "counterparty"),
    [
        ("camt052.v2.xml", 58, -20000000, "Company Name"),
        ("camt052.v8.xml", 58, -20000000, ""),
        ("camt053.v2.five.decimals.xml", 61, 885, ""),
        ("camt053.v2.minimal.xml", 90, 885, "NAME NAME"),
        ("camt053.v4.xml", 110, 885, "NAME NAME"),
        (
            "camt054.v4.xml",
            63,
            -20000000,
            "Example Creditor 3 - V1 | Example Creditor 3 - V2 | Example Creditor 3 - V3",
        ),
    ],
)
def test_the_public_samples_of_many_versions_read(name: str, line_no: int, minor: int, counterparty: str) -> None:
    reading = sample(name)
    assert reading.txns is not None
    assert reading.txns.select("line_no", "amount_minor", "counterparty").rows() == [(line_no, minor, counterparty)]


@pytest.mark.samples
def test_samples_without_a_row_say_why() -> None:
    assert sample("camt052.v6.Amt-zero.xml").excluded["reason"].to_list() == ["not booked yet: Sts PDNG"]
    assert sample("camt054.v2.with-account-name.xml").excluded["reason"][0].startswith("camt.054 without AcctSvcrRef")
    assert sample("camt054.v8-with-financial-institution.xml").rejects["reason"].to_list() == [
        "is blank, and so is BookgDt"
    ]
    assert sample("camt53.only-Dt-with-DtTm.xml").raw.is_empty()
    with pytest.raises(SourceError, match="the message holds no statement"):
        sample("camt053.v2.wrong.xml")


@pytest.mark.samples
def test_a_sample_whose_balances_do_not_add_up_is_noticed() -> None:
    (control,) = sample("camt053.v2.five.decimals.xml").controls
    assert (control.printed, control.computed) == ("27.05", "27.00")


@pytest.mark.parametrize(
    ("opening", "closing"), [("OPBD", "CLBD"), ("PRCD", "CLBD"), ("PRCD", "ITBD"), ("ITBD", "ITBD"), ("ITBD", "CLBD")]
)
def test_opening_and_entries_make_closing_on_every_page(opening: str, closing: str) -> None:
    head = balance(opening, "10.00") + balance("CLAV", "99.00") + balance(closing, "12.50")
    (control,) = read(entry("4.00", "CRDT") + entry("1.50", "DBIT"), head=head).controls
    assert (control.printed, control.computed) == ("12.50", "12.50")


def test_one_booking_has_one_identity_in_statement_report_and_notification() -> None:
    body = entry("4.00", "CRDT", f"{BOOKED}<AcctSvcrRef>R1</AcctSvcrRef>")
    readings = [
        read(body),
        read(body, root="BkToCstmrAcctRpt", part="Rpt"),
        read(body, root="BkToCstmrDbtCdtNtfctn", part="Ntfctn"),
    ]
    ids = [reading.txns["native_id"].to_list() for reading in readings if reading.txns is not None]
    assert ids == [["R1/20260203/400"]] * 3


def test_a_reversal_under_the_reference_of_its_payment_does_not_replace_it() -> None:
    there = f"{BOOKED}<AcctSvcrRef>R1</AcctSvcrRef>"
    reading = read(entry("4.00", "CRDT", there) + entry("4.00", "DBIT", f"<RvslInd>true</RvslInd>{there}"))
    assert reading.txns is not None
    assert reading.txns["native_id"].n_unique() == 2
    assert reading.txns["amount_minor"].sum() == 0


@pytest.mark.parametrize(
    ("date", "occurred_s"),
    [
        ("<Dt>2026-02-03</Dt>", None),
        ("<DtTm>2026-02-03T00:00:00.000000000</DtTm>", None),
        ("<DtTm>2026-02-03T09:15:02.123</DtTm>", 1770081302),
        ("<DtTm>2026-02-03T09:15:02+01:00</DtTm>", 1770106502),
        ("<DtTm>2026-02-03T01:15:02Z</DtTm>", 1770081302),
    ],
)
def test_the_day_is_as_printed_and_a_time_only_where_one_is_printed(date: str, occurred_s: int | None) -> None:
    reading = read(entry("1.00", "CRDT", f"<Sts>BOOK</Sts><BookgDt>{date}</BookgDt>"))
    assert reading.txns is not None
    assert [str(day) for day in reading.txns["business_date"]] == ["2026-02-03"]
    assert reading.txns["occurred_s"].to_list() == [occurred_s]


def test_a_false_encoding_is_an_error_of_the_file() -> None:
    piece = Piece("camt.xml", b'<?xml version="1.0" encoding="gb2312"?><Document>\xff\xff</Document>')
    with pytest.raises(SourceError, match="says its encoding is gb2312"):
        Camt().read(piece, Settings())
