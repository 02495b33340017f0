"""What the golden files of ``paypal_stl`` do not show: the public samples, reports in parts, and how kinds are told."""

from __future__ import annotations

from pathlib import Path

import pytest

from recon.errors import SourceError
from recon.sources import Reading, Settings, identify
from recon.sources.paypal_stl import COLUMNS, PayPalSettlement
from recon.sources.piece import Piece

SAMPLES = Path(__file__).resolve().parents[3] / "shared" / "samples"
SMASHPIG = "wikimedia+wikimedia-fundraising-SmashPig__PaymentProviders__PayPal__Tests__Data__"
HEAD = '"SH",2026/02/03 00:00:00 +0800,2026/02/03 23:59:59 +0800,"PP1",""'
NAMES = ",".join(['"CH"', *(f'"{name}"' for name in COLUMNS)])


def row(code: str = "T0006", side: str = "CR", amount: int = 1000, currency: str = "USD", when: str = "") -> str:
    when = when or "2026/02/03 09:00:00 +0800"
    return f'"SB","ID1","INV1","","","{code}",{when},{when},"{side}",{amount},"{currency}",,,,"","","","","",,,'


def read(*lines: str) -> Reading:
    return PayPalSettlement().read(Piece("stl.csv", "\r\n".join(lines).encode()), Settings())


def sample(name: str) -> Reading:
    piece = Piece(name, (SAMPLES / f"{SMASHPIG}{name}").read_bytes())
    assert isinstance(identify(piece), PayPalSettlement)
    return PayPalSettlement().read(piece, Settings())


def only(reading: Reading) -> dict[str, object]:
    assert reading.txns is not None
    return reading.txns.row(0, named=True)


@pytest.mark.samples
def test_the_public_sample_reads_and_its_trimmed_totals_are_noticed() -> None:
    reading = sample("stl.csv")
    assert reading.txns is not None
    assert reading.txns.select("currency", "kind", "amount_minor", "fee_minor").rows() == [
        ("AUD", "payment", 5200, -225),
        ("AUD", "payment", 535, -75),
        ("GBP", "payment", 834, -87),
        ("GBP", "refund", -134, 47),
        ("GBP", "payout", -100, 0),
    ]
    assert reading.txns["reference"].to_list()[-1] == "1047428557493"
    assert reading.rejects.is_empty()
    wrong = {control.name for control in reading.controls if not control.ok}
    assert "SF GBP fee credits" in wrong
    assert "SF AUD gross credits" not in wrong


@pytest.mark.samples
def test_a_converted_refund_is_one_refund_and_two_conversions_of_its_net() -> None:
    reading = sample("stl_brl_refund.csv")
    assert reading.txns is not None
    assert reading.txns.select("currency", "kind", "net_minor", "related_no").rows() == [
        ("BRL", "refund", -1162, "3K905"),
        ("USD", "conversion", -211, "451689"),
        ("BRL", "conversion", 1162, "451689"),
    ]


@pytest.mark.samples
def test_the_detail_report_is_another_format() -> None:
    data = (SAMPLES / f"{SMASHPIG}trr_express_with_non_data_rows.csv").read_bytes()
    assert not PayPalSettlement().identify(Piece("trr.csv", data))


@pytest.mark.parametrize(
    ("currency", "hundredths", "minor"),
    [("USD", 1234, 1234), ("JPY", 15000, 150), ("HUF", 123450, 123450), ("TWD", 500, 500), ("KWD", 1234, 12340)],
)
def test_hundredths_become_the_minor_units_of_the_currency(currency: str, hundredths: int, minor: int) -> None:
    assert only(read(HEAD, NAMES, row(amount=hundredths, currency=currency)))["amount_minor"] == minor


@pytest.mark.parametrize(
    ("code", "side", "kind"),
    [
        ("T0013", "CR", "payment"),
        ("T0001", "DR", "transfer"),
        ("T0107", "DR", "fee"),
        ("T0201", "CR", "conversion"),
        ("T0300", "CR", "payout"),
        ("T0403", "DR", "payout"),
        ("T1101", "CR", "payout"),
        ("T1104", "DR", "payout"),
        ("T1106", "DR", "chargeback"),
        ("T1106", "CR", "adjustment"),
        ("T1107", "CR", "adjustment"),
        ("T1113", "DR", "refund"),
        ("T1115", "CR", "transfer"),
        ("T1202", "DR", "adjustment"),
        ("T1203", "DR", "adjustment"),
        ("T1205", "CR", "chargeback_reversal"),
        ("T1207", "DR", "chargeback"),
        ("T1503", "DR", "hold"),
        ("T2107", "CR", "hold"),
        ("T9800", "CR", "adjustment"),
    ],
)
def test_the_kind_follows_the_event_code_and_the_side(code: str, side: str, kind: str) -> None:
    assert only(read(HEAD, NAMES, row(code, side)))["kind"] == kind


def test_the_accounting_day_is_the_day_printed_not_that_of_utc_or_of_the_workspace() -> None:
    txn = only(read(HEAD, NAMES, row(when="2026/02/28 23:30:00 -0800")))
    assert (str(txn["business_date"]), txn["occurred_s"]) == ("2026-02-28", 1772350200)


def test_a_second_part_of_a_report_is_not_compared_with_the_whole_report() -> None:
    total = '"RF","USD",5000,0,0,0,"CR",0,"CR",5000,"CR",0,"CR",0,"CR",0,"CR",0,5'
    reading = read('"FH",02', HEAD, NAMES, row(), total, '"RC",5', '"FF",1')
    assert [(control.name, control.ok) for control in reading.controls] == [("FF rows", True)]


def test_a_report_without_rows_is_read() -> None:
    reading = read('"FH",01', HEAD, NAMES, '"SC",0', '"FF",0')
    assert reading.raw.is_empty()
    assert all(control.ok for control in reading.controls)


def test_rows_before_the_names_of_their_columns_are_refused() -> None:
    with pytest.raises(SourceError, match=r"stl\.csv:1: SB records without a CH record"):
        read(row(), NAMES)


def test_a_header_without_the_columns_of_money_is_refused() -> None:
    with pytest.raises(SourceError, match="the CH record lacks the columns Fee Currency"):
        read(HEAD, NAMES.replace('"Fee Currency"', '"Fee"'), row())
