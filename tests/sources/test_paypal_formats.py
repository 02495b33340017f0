"""One invented month of a PayPal account in all of PayPal's formats: the same movement is the same row in each."""

from __future__ import annotations

import re

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recon.errors import SourceError
from recon.sources import Reading, Settings, by_name, discover
from recon.sources.piece import Piece
from tests.sources import paypal_books as books
from tests.sources.paypal_books import FEBRUARY, MONTH, Event, Locale, at

SAME = (
    "book", "channel", "kind", "status", "native_id", "currency", "amount_minor", "fee_minor", "net_minor",
    "occurred_s", "business_date", "merchant_no", "channel_txn_no", "related_no", "refund_no", "memo",
)  # fmt: skip


MOVED = [event.id for event in MONTH if event.moves]
KINDS = {
    "payment": "01 02 03 06 28 29",
    "conversion": "04 05 24 25",
    "transfer": "07",
    "refund": "08",
    "hold": "09 10 17 18 19 20 21 22",
    "chargeback": "11 15",
    "fee": "12 14 16",
    "chargeback_reversal": "13",
    "payout": "23 26 27",
}


def read(source: str, data: bytes, settings: Settings | None = None) -> Reading:
    piece = Piece(source, data)
    assert [found.name for found in discover() if found.identify(piece)] == [source]
    return by_name(source).read(piece, settings or Settings())


def same(reading: Reading, *, money: bool = False) -> pl.DataFrame:
    """What must be equal in all formats, by Transaction ID; ``money``: of the rows that moved money alone."""
    assert reading.txns is not None
    assert reading.rejects.is_empty()
    assert [control for control in reading.controls if not control.ok] == []
    rows = reading.txns.filter(pl.col("native_id").is_in(MOVED)) if money else reading.txns
    return rows.select(SAME).sort("native_id")


SETTLED = same(read("paypal_stl", books.stl(MONTH, FEBRUARY)))


def test_the_settlement_report_has_what_moved_money_each_of_its_kind() -> None:
    assert SETTLED["native_id"].to_list() == MOVED
    assert set(SETTLED["status"]) == {"success"}
    kinds = {kind: sorted(f"A{number:0>16}" for number in numbers.split()) for kind, numbers in KINDS.items()}
    found = {kind: sorted(rows["native_id"]) for (kind,), rows in SETTLED.group_by("kind")}
    assert found == kinds


def test_the_detail_report_shows_the_same_rows_and_what_is_denied_or_pending() -> None:
    reading = read("paypal_trr", books.trr(MONTH, FEBRUARY))
    assert same(reading, money=True).equals(SETTLED)
    rest = same(reading).filter(~pl.col("native_id").is_in(MOVED))
    assert rest.select("merchant_no", "status", "net_minor").rows() == [("P7", "closed", None), ("P6", "pending", None)]
    assert reading.excluded.height == 1


def test_the_transaction_search_shows_the_same_rows() -> None:
    reading = read("paypal_json", books.search(MONTH, FEBRUARY))
    assert same(reading).equals(same(read("paypal_trr", books.trr(MONTH, FEBRUARY))))
    assert (reading.account, reading.period_start, reading.period_end) == (books.ACCOUNT, *FEBRUARY)
    assert reading.excluded.height == 1


@pytest.mark.parametrize("locale", books.LOCALES, ids=str)
def test_the_activity_report_shows_the_same_rows_whatever_its_language_and_notation(locale: Locale) -> None:
    reading = read("paypal_activity", books.activity(MONTH, locale))
    assert same(reading).equals(same(read("paypal_trr", books.trr(MONTH, FEBRUARY))))
    assert reading.excluded.height == 1


@pytest.mark.parametrize("locale", books.LOCALES, ids=str)
def test_the_statement_shows_the_same_rows_without_the_custom_field(locale: Locale) -> None:
    codes = SETTLED.with_columns(pl.col("memo").str.head(5))
    assert same(read("paypal_statement", books.statement(MONTH, locale))).equals(codes)


@pytest.mark.parametrize("newest_first", [False, True])
@pytest.mark.parametrize(
    "without", [("Balance Impact",), ("Balance",), ("Balance Impact", "Balance"), ("Balance Impact", "Fee", "Net")]
)
def test_an_activity_report_of_other_columns_shows_the_same_movements(
    without: tuple[str, ...], newest_first: bool
) -> None:
    reading = read("paypal_activity", books.activity(MONTH, books.BRITISH, without=without, newest_first=newest_first))
    told = ("kind", "status", "native_id", "currency", "amount_minor", "occurred_s", "merchant_no", "related_no")
    assert reading.txns is not None
    expected = same(read("paypal_trr", books.trr(MONTH, FEBRUARY)))
    assert reading.txns.select(told).sort("native_id").equals(expected.select(told))


def test_withdrawals_carry_their_bank_reference_where_the_format_prints_one() -> None:
    for source, data in (
        ("paypal_stl", books.stl(MONTH, FEBRUARY)),
        ("paypal_json", books.search(MONTH, FEBRUARY)),
    ):
        txns = read(source, data).txns
        assert txns is not None
        payouts = txns.filter(pl.col("reference") != "").select("reference", "batch_no").sort("reference")
        assert payouts.rows() == [
            ("104712345678", f"paypal:{books.ACCOUNT}:20260225"),
            ("104712345679", f"paypal:{books.ACCOUNT}:20260226"),
        ]


def test_names_of_people_are_masked_and_their_mail_stays_in_raw() -> None:
    for source, data in (
        ("paypal_trr", books.trr(MONTH, FEBRUARY)),
        ("paypal_activity", books.activity(MONTH, books.GERMAN)),
        ("paypal_statement", books.statement(MONTH, books.GERMAN)),
        ("paypal_json", books.search(MONTH, FEBRUARY)),
    ):
        txns = read(source, data).txns
        assert txns is not None
        assert txns.filter(pl.col("native_id") == "A0000000000000001")["counterparty"].to_list() == ["A***"]
        assert "Example" not in str(txns.to_dicts())
        assert "buyer@" not in str(txns.to_dicts())


def test_who_confirms_whom_never_goes_round() -> None:
    order = ["paypal_stl", "paypal_trr", "paypal_activity", "paypal_statement", "paypal_json"]
    for place, name in enumerate(order):
        assert getattr(by_name(name), "confirms", ()) == tuple(order[:place])


# -- any events, in any notation -----------------------------------------------------------------------------------

CODES = sorted(code for code in books.TYPES if code != "T1300")
UNITS = st.sampled_from(["USD", "EUR", "JPY", "HUF", "KWD"])


@st.composite
def events(draw: st.DrawFn) -> list[Event]:
    days = sorted(draw(st.lists(st.integers(1, 28), min_size=1, max_size=12)))
    found = []
    for number, day in enumerate(days):
        unit = draw(UNITS)
        whole = 10 if unit == "KWD" else 1  # hundredths of a dinar are what the settlement report can print
        gross = whole * draw(st.integers(-(10**7), 10**7).filter(bool))
        fee = whole * draw(st.integers(-1000, 1000)) if draw(st.booleans()) else 0
        code = draw(st.sampled_from(CODES))
        found.append(Event(code, f"E{number:016}", at(day), unit, gross, fee, f"P{number}"))
    return books.running(found, opening=0)


@pytest.mark.slow
@given(events(), st.sampled_from(books.LOCALES))
@settings(max_examples=100, deadline=None)
def test_any_events_read_the_same_from_any_of_the_formats(happened: list[Event], locale: Locale) -> None:
    told = Settings(
        paypal_date_order="M/D/Y" if locale.date.startswith("{m}") else "D/M/Y",
        paypal_decimal_mark="," if locale.mark == "," else ".",
    )
    settled = by_name("paypal_stl").read(Piece("stl", books.stl(happened, FEBRUARY)), told).txns
    assert settled is not None
    for source, data in (
        ("paypal_trr", books.trr(happened, FEBRUARY)),
        ("paypal_json", books.search(happened, FEBRUARY)),
        ("paypal_activity", books.activity(happened, locale)),
        ("paypal_statement", books.statement(happened, locale)),
    ):
        reading = by_name(source).read(Piece(source, data), told)
        assert reading.txns is not None
        assert reading.txns.select(SAME).sort("native_id").equals(settled.select(SAME).sort("native_id")), source
        assert all(control.ok for control in reading.controls)


@pytest.mark.slow
@given(events(), st.sampled_from(books.LOCALES))
@settings(max_examples=100, deadline=None)
def test_a_file_that_is_read_without_settings_is_read_right(happened: list[Event], locale: Locale) -> None:
    """What is not proved is refused; what is proved is never wrong."""
    right = by_name("paypal_trr").read(Piece("trr", books.trr(happened, FEBRUARY)), Settings()).txns
    assert right is not None
    for source, data in (
        ("paypal_activity", books.activity(happened, locale)),
        ("paypal_statement", books.statement(happened, locale)),
    ):
        piece, refusal = Piece(source, data), ""
        try:
            txns = by_name(source).read(piece, Settings()).txns
        except SourceError as error:
            txns, refusal = right, error.explanation
        assert not refusal or "nothing in the file tells" in refusal
        assert txns is not None
        assert txns.select(SAME).sort("native_id").equals(right.select(SAME).sort("native_id"))


@pytest.mark.parametrize("report", ["paypal_stl", "paypal_trr"])
@pytest.mark.parametrize("stray", ["\x1f", "a", " "])
def test_a_quote_inside_a_cell_is_a_reject_of_that_row_and_costs_no_other(report: str, stray: str) -> None:
    write = {"paypal_stl": books.stl, "paypal_trr": books.trr}[report]
    whole = read(report, write(MONTH, FEBRUARY))
    lines = write(MONTH, FEBRUARY).decode().split("\n")
    at = next(place for place, line in enumerate(lines) if line.startswith('"SB"'))
    assert '"DR"' in lines[at] or '"CR"' in lines[at]
    lines[at] = re.sub('"(DR|CR)"', rf'{stray}"\1"', lines[at], count=1)
    damaged = by_name(report).read(Piece(report, "\n".join(lines).encode()), Settings())
    assert whole.txns is not None
    assert damaged.txns is not None
    assert damaged.raw.height == whole.raw.height
    assert set(damaged.rejects["line_no"]) <= {at + 1}
    assert whole.txns.height - damaged.txns.height == damaged.rejects["line_no"].n_unique()
