"""What the golden files of Amazon's settlement report do not say by themselves."""

from __future__ import annotations

import pytest

from recon.sources import Reading, Settings
from recon.sources.amazon_settlement import AmazonSettlement
from recon.sources.piece import Piece

HEADER = "settlement-id\ttotal-amount\tcurrency\ttransaction-type\tamount-type\tamount-description\tamount\tposted-date"


def read(*lines: str) -> Reading:
    return AmazonSettlement().read(Piece("report.txt", "\n".join([HEADER, *lines]).encode()), Settings())


def total(amount: str, currency: str = "EUR") -> str:
    return f"1\t{amount}\t{currency}\t\t\t\t\t"


def part(amount: str, what: str = "Principal") -> str:
    return f"1\t\t\tOrder\tItemPrice\t{what}\t{amount}\t2026-02-03"


@pytest.mark.parametrize(
    ("whole", "parts"),
    [
        ("84.10", ["100.00", "-15.90"]),
        ("84,10", ["100,00", "-15,9"]),
        ("1.084,10", ["1.100,00", "-15,90"]),
        ("84", ["84"]),
    ],
)
def test_the_amounts_add_up_to_the_total_whatever_the_decimal_mark(whole, parts):
    (control,) = read(total(whole), *map(part, parts)).controls
    assert control.ok


def test_a_file_with_both_decimal_marks_is_not_guessed_at():
    reading = read(total("84.10"), part("100,00"), part("-15.90"))
    assert reading.rejects.select("line_no", "value").rows() == [(3, "100,00")]
    assert not reading.controls[0].ok


def test_an_inch_mark_does_not_swallow_the_next_line():
    reading = read(total("20.00"), part("10.00", 'Monitor 24"'), part("10.00"))
    assert (reading.raw.height, reading.controls[0].ok) == (3, True)


def test_a_report_without_its_first_line_does_not_agree_with_itself():
    assert [(c.printed, c.ok) for c in read(part("10.00")).controls] == [("none", False)]


def test_the_currency_of_the_settlement_decides_the_decimals():
    assert read(total("1000", "JPY"), part("999.5")).rejects["value"].to_list() == ["999.5"]


def test_a_report_without_any_settlement_was_cut():
    (control,) = read().controls
    assert not control.ok
