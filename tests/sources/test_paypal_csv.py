"""PayPal's Activity and Statement CSV: what proves how they are written, what settings say, and what is refused."""

from __future__ import annotations

import io
from pathlib import Path

import openpyxl
import pytest

from recon.errors import SourceError
from recon.sources import Reading, Settings, by_name, identify
from recon.sources.paypal_activity import PayPalActivity
from recon.sources.piece import Piece

SAMPLES = Path(__file__).resolve().parents[3] / "shared" / "samples"
HEADER = "Date,Time,TimeZone,Name,Type,Status,Currency,Gross,Fee,Net,Transaction ID,Balance"


def line(  # a line of the Activity report
    date: str = "13/02/2026",
    *,
    gross: str = "10.00",
    fee: str = "-0.50",
    net: str = "9.50",
    balance: str = "",
    zone: str = "GMT+08:00",
    kind: str = "Express Checkout Payment",
    status: str = "Completed",
    unit: str = "USD",
) -> str:
    amounts = ",".join(f'"{amount}"' for amount in (gross, fee, net))
    return f'{date},09:00:00,{zone},Ann Example,{kind},{status},{unit},{amounts},ID,"{balance}"'


def read(*lines: str, **settings: object) -> Reading:
    piece = Piece("Download.CSV", "\n".join([HEADER, *lines]).encode())
    return PayPalActivity().read(piece, Settings(**settings))  # type: ignore[arg-type]


def days(reading: Reading) -> list[str]:
    assert reading.txns is not None
    return [str(day) for day in reading.txns["business_date"]]


def test_the_setting_tells_the_order_of_dates_that_prove_none() -> None:
    ambiguous = line("03/02/2026")
    with pytest.raises(SourceError, match=r"Download\.CSV:2: .*\n.*paypal_date_order"):
        read(ambiguous)
    assert days(read(ambiguous, paypal_date_order="D/M/Y")) == ["2026-02-03"]
    assert days(read(ambiguous, paypal_date_order="M/D/Y")) == ["2026-03-02"]


def test_what_the_file_proves_counts_more_than_the_setting() -> None:
    assert days(read(line("13/02/2026"), line("03/02/2026"), paypal_date_order="M/D/Y")) == ["2026-02-13", "2026-02-03"]


def test_a_date_that_is_the_same_day_either_way_needs_no_proof() -> None:
    assert days(read(line("02/02/2026"))) == ["2026-02-02"]


def test_dates_in_sequence_prove_nothing_without_a_balance_that_runs() -> None:
    rising = [line(f"{day:02}/{month:02}/2026") for day, month in ((11, 1), (2, 2), (1, 3))]
    with pytest.raises(SourceError, match="may have the day or the month first"):
        read(*rising)
    balances = ["109.50", "119.00", "128.50"]
    proved = [
        line(f"{day:02}/{month:02}/2026", balance=amount)
        for (day, month), amount in zip(((11, 1), (2, 2), (1, 3)), balances, strict=True)
    ]
    assert days(read(*proved)) == ["2026-01-11", "2026-02-02", "2026-03-01"]
    assert days(read(*reversed(proved))) == ["2026-03-01", "2026-02-02", "2026-01-11"]


def test_a_balance_that_runs_proves_nothing_where_both_orders_rise() -> None:
    rising = [line(f"0{day}/02/2026", balance=f"{100 + 9.5 * day:.2f}") for day in (1, 3, 4, 5)]
    with pytest.raises(SourceError, match="may have the day or the month first"):
        read(*rising)


def test_the_sums_prove_a_decimal_mark_that_no_single_amount_proves() -> None:
    """1,100 + -0,100 is 1,000 either way; beside a balance without decimals only one way runs."""
    reading = read(
        line(gross="1,100", fee="-1", net="0,100", balance="5", unit="KWD"),
        line(gross="2", fee="0", net="2", balance="7", unit="KWD"),
    )
    assert reading.txns is not None
    assert reading.txns["amount_minor"].to_list() == [1100, 2000]


def test_the_setting_tells_the_decimal_mark_that_nothing_proves() -> None:
    ambiguous = line(gross="1,100", fee="", net="", unit="KWD")
    with pytest.raises(SourceError, match=r"\n.*paypal_decimal_mark"):
        read(ambiguous)
    for mark, minor in ((",", 1100), (".", 1100000)):
        txns = read(ambiguous, paypal_decimal_mark=mark).txns
        assert txns is not None
        assert txns["amount_minor"].to_list() == [minor]


def test_whole_amounts_need_no_decimal_mark() -> None:
    txns = read(line(gross="1500", fee="-50", net="1450", unit="JPY")).txns
    assert txns is not None
    assert txns.select("amount_minor", "fee_minor", "net_minor").row(0) == (1500, -50, 1450)


def test_a_type_may_be_taught_and_is_asked_for_with_the_line_to_write() -> None:
    unknown = line(kind="Zahlung der Zukunft")
    with pytest.raises(
        SourceError, match=r'CSV:2: .*\n(.*\n)*  \[sources\.paypal_types\]\n  "Zahlung der Zukunft" = "T'
    ):
        read(unknown)
    txns = read(unknown, paypal_types={"zahlung der  ZUKUNFT": "T1107"}).txns
    assert txns is not None
    assert txns.select("kind", "memo").row(0) == ("adjustment", "T1107")  # a refund that brings money


def test_a_zone_of_several_meanings_may_be_taught() -> None:
    txns = read(line(zone="CST"), paypal_zones={"CST": "America/Chicago"}).txns
    assert txns is not None
    assert txns["occurred_s"].to_list() == [1770994800]
    assert read(line(zone="CST")).rejects["column"].to_list() == ["TimeZone"]


def test_the_account_is_what_the_workspace_says() -> None:
    reading = read(line(kind="General Withdrawal", gross="-10.00", fee="0.00", net="-10.00"), paypal_account="PP1")
    assert reading.txns is not None
    assert (reading.account, *reading.txns.select("account", "batch_no").row(0)) == (
        "PP1",
        "PP1",
        "paypal:PP1:20260213",
    )


@pytest.mark.parametrize(
    ("status", "impact", "expected"),
    [
        ("Pending", "Credit", "success"),
        ("Completed", "Memo", "excluded"),
        ("Completed", "", "excluded"),  # other rows have an impact, this one has none
        ("Pending", "Memo", "pending"),
        ("Denied", "Memo", "closed"),
        ("Something new", "Debit", "success"),
    ],
)
def test_the_balance_impact_tells_whether_money_moved(status: str, impact: str, expected: str) -> None:
    other = line() + ",Credit"
    piece = Piece(
        "Download.CSV", "\n".join([f"{HEADER},Balance Impact", other, f"{line(status=status)},{impact}"]).encode()
    )
    reading = PayPalActivity().read(piece, Settings())
    assert reading.txns is not None
    found = "excluded" if reading.excluded.height else reading.txns["status"].to_list()[-1]
    assert found == expected


@pytest.mark.parametrize(
    ("status", "kind", "balance", "expected"),
    [
        ("Pending", "General Withdrawal", "109.50", "success"),
        ("Pending", "General Withdrawal", "100.00", "pending"),
        ("Pending", "Express Checkout Payment", "109.50", "success"),
        ("Pending", "Express Checkout Payment", "100.00", "pending"),
        ("Denied", "Express Checkout Payment", "100.00", "closed"),
        ("Reversed", "Express Checkout Payment", "109.50", "success"),
        ("Completed", "General Authorization", "100.00", "excluded"),
        ("Who knows", "Express Checkout Payment", "109.50", "success"),
        ("Who knows", "Express Checkout Payment", "100.00", "pending"),
        ("Who knows", "Express Checkout Payment", "", "rejected"),
        ("Pending", "General Withdrawal", "", "success"),
        ("Pending", "Express Checkout Payment", "", "pending"),
        ("Canceled", "Express Checkout Payment", "", "closed"),
    ],
)
def test_without_a_balance_impact_the_balance_tells_and_else_the_status(
    status: str, kind: str, balance: str, expected: str
) -> None:
    first = line(balance="100.00" if balance else "")
    reading = read(first, line(status=status, kind=kind, balance=balance))
    assert reading.txns is not None
    if reading.rejects.height:
        assert (expected, reading.rejects["column"].to_list()) == ("rejected", ["Status"])
    else:
        assert expected == ("excluded" if reading.excluded.height else reading.txns["status"].to_list()[-1])


@pytest.mark.parametrize("name", ["paypal_activity", "paypal_statement"])
def test_a_workbook_is_refused_because_its_dates_were_read_by_a_spreadsheet(name: str) -> None:
    source = by_name(name)
    book = openpyxl.Workbook()
    assert book.active is not None
    book.active.append(list(source.required))  # type: ignore[attr-defined]
    data = io.BytesIO()
    book.save(data)
    piece = Piece("Download.xlsx", data.getvalue())
    assert identify(piece).name == name
    with pytest.raises(SourceError, match="a spreadsheet has read the dates in its own order"):
        source.read(piece, Settings())


@pytest.mark.samples
def test_the_public_export_is_british_and_its_balances_run() -> None:
    (path,) = SAMPLES.glob("*account_statement_import_paypal*activity_en.csv")
    piece = Piece(path.name, path.read_bytes())
    assert identify(piece).name == "paypal_activity"
    reading = PayPalActivity().read(piece, Settings())
    assert reading.txns is not None
    kinds = {row[0]: row[1] for row in reading.txns.group_by("kind").len().rows()}
    assert kinds == {"payment": 26, "conversion": 32, "payout": 14, "transfer": 2, "hold": 2}
    assert (days(reading)[0], days(reading)[-1]) == ("2015-12-29", "2016-11-01")
    assert [control.ok for control in reading.controls] == [True] * 4
    assert reading.rejects.is_empty()
