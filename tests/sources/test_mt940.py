"""What the golden files of ``mt940`` do not show."""

from __future__ import annotations

import pytest

from recon.sources import Reading, Settings
from recon.sources.mt940 import Mt940
from recon.sources.piece import Piece


def read(*records: str, opening: str = "C260202EUR1000,") -> Reading:
    head = (":20:X", ":25:NL26VAYB8060476890", ":28C:1/1", f":60F:{opening}")
    return Mt940().read(Piece("x.sta", "\n".join((*head, *records, "-")).encode()), Settings())


def cells(reading: Reading, *names: str) -> list[tuple[object, ...]]:
    assert reading.txns is not None
    return reading.txns.select(names).rows()


@pytest.mark.parametrize(
    ("mark", "minor"),
    [("C", 1250), ("D", -1250), ("RC", -1250), ("RD", 1250), ("CR", 1250), ("DN", -1250), ("RCR", -1250)],
)
def test_the_mark_gives_the_direction_and_a_third_letter_says_nothing(mark: str, minor: int) -> None:
    assert cells(read(f":61:2602030203{mark}12,50NTRFNONREF"), "amount_minor") == [(minor,)]


@pytest.mark.parametrize(("printed", "minor"), [("300,", 30000), ("0,1", 10), ("300", 30000), ("00000000012,34", 1234)])
def test_the_comma_is_the_decimal_sign(printed: str, minor: int) -> None:
    assert cells(read(f":61:2602030203C{printed}NTRFNONREF"), "amount_minor") == [(minor,)]


@pytest.mark.parametrize("printed", ["1.250,00", "1,250,00", "1.250.00", ",", "12,345"])
def test_an_amount_in_another_form_is_a_reject_and_never_a_smaller_amount(printed: str) -> None:
    reading = read(f":61:2602030203C{printed}NTRFNONREF")
    assert (cells(reading, "amount_minor"), reading.rejects["line_no"].to_list()) == ([], [5])


@pytest.mark.parametrize(
    ("dates", "day"),
    [
        ("2602030204", "2026-02-04"),
        ("260203", "2026-02-03"),
        ("2601021231", "2025-12-31"),
        ("2512310102", "2026-01-02"),
        ("260230", "2026-02-28"),
        ("2602300301", "2026-03-01"),
        ("240230", "2024-02-29"),
        ("260431", "2026-04-30"),
        ("991231", "1999-12-31"),
    ],
)
def test_the_entry_date_counts_in_the_year_nearest_to_the_value_date(dates: str, day: str) -> None:
    ((found,),) = cells(read(f":61:{dates}C1,NTRFNONREF"), "business_date")
    assert str(found) == day


def test_a_cut_line_that_looks_like_a_tag_is_text() -> None:
    reading = read(":61:2602030203C1,NTRFNONREF", ":86:106?00CARD?20paid 2026-02-02T16", ":26:37 Folgenr. 007")
    assert cells(reading, "memo") == [("CARD | paid 2026-02-02T16:26:37 Folgenr. 007",)]


def test_a_full_line_continues_in_the_middle_of_a_word_and_a_short_one_does_not() -> None:
    reading = read(":61:2602030203C1,NTRFNONREF", f":86:{'x' * 64}y", "z", "w")
    assert cells(reading, "memo") == [(f"{'x' * 64}yz w",)]


def test_the_text_below_the_closing_balance_belongs_to_no_entry() -> None:
    reading = read(":61:2602030203C1,NTRFNONREF", ":86:mine", ":62F:C260203EUR1001,", ":86:of the statement")
    assert cells(reading, "memo") == [("mine",)]
    assert [control.ok for control in reading.controls] == [True]


def test_a_missing_entry_breaks_the_balance() -> None:
    (control,) = read(":61:2602030203C1,NTRFNONREF", ":62F:C260203EUR1003,").controls
    assert (control.printed, control.computed, control.ok) == ("1003.00", "1001.00", False)


def test_an_overdrawn_balance_is_negative() -> None:
    (control,) = read(":61:2602030203D1,NTRFNONREF", ":62F:D260203EUR6,", opening="D260202EUR5,").controls
    assert (control.printed, control.ok) == ("-6.00", True)


@pytest.mark.parametrize(
    ("printed", "reference", "native_id"),
    [
        ("NONREF//B1", "B1", "B1/20260203/100"),
        ("R1//B1", "B1", "B1/20260203/100"),
        ("R1", "R1", ""),
        ("NONREF", "", ""),
        ("EREF", "", ""),
    ],
)
def test_the_banks_reference_is_the_identity_and_the_customers_is_not(
    printed: str, reference: str, native_id: str
) -> None:
    assert cells(read(f":61:2602030203C1,NTRF{printed}"), "reference", "native_id") == [(reference, native_id)]


ENTRY = ":61:2602030203C250,00NTRFNONREF//BR0002"


def test_a_statement_without_its_closing_balance_was_cut() -> None:
    (control,) = read(ENTRY).controls
    assert (control.ok, control.printed) == (False, "no record :62F: or :62M:, it is cut off")


def test_a_statement_without_its_opening_balance_was_cut() -> None:
    whole = read(ENTRY, ":62F:C260203EUR1250,", opening="")
    text = f":20:X\n:25:NL26VAYB8060476890\n{ENTRY}\n:62F:C260203EUR1250,\n-"
    cut = Mt940().read(Piece("x.sta", text.encode()), Settings())
    assert [control.ok for control in (*whole.controls, *cut.controls)] == [False, False]


@pytest.mark.parametrize(
    ("printed", "agrees"), [("1EUR250,00", [True, True]), ("2EUR250,00", [False, True]), ("1EUR249,00", [True, False])]
)
def test_an_intraday_report_is_held_to_its_own_number_and_sum(printed: str, agrees: list[bool]) -> None:
    text = "\n".join((":20:X", ":25:NL26VAYB8060476890", ":28C:1/1", ":34F:EUR0,", ENTRY, f":90C:{printed}", "-"))
    reading = Mt940().read(Piece("x.942", text.encode()), Settings())
    assert [control.ok for control in reading.controls] == agrees
