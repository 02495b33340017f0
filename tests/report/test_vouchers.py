"""冲正凭证: what is proposed, what is not, and that nothing unbalanced is ever written."""

from __future__ import annotations

import csv
import io
import tempfile
from collections.abc import Sequence
from pathlib import Path

import pytest

from recon.report import Settings, Terms, vouchers
from recon.report.vouchers.layouts.template import COLUMNS
from recon.store import Store
from recon.times import parse_moment

AS_OF = parse_moment("2026-03-02T10:00:00+08:00")
SETTINGS = Settings()


def proposals(store: Store) -> vouchers.Proposals:
    return vouchers.propose(store, SETTINGS, period="2026-02", as_of_s=AS_OF)


def lines(voucher: vouchers.Voucher) -> list[tuple[str, int, int]]:
    return [(line.account_code, line.debit_minor, line.credit_minor) for line in voucher.lines]


def template(made: Sequence[vouchers.Voucher]) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "vouchers.csv"
        (layout,) = vouchers.chosen(["template"], place="formats")
        vouchers.write(made, SETTINGS.vouchers, layout=layout, base_currency="CNY", as_of_s=AS_OF, out=out)
        return out.read_bytes()


def sheet(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))


def refund(
    books, amount: int, *, order_no: str = "O1", reference: str = "R1", payment: int = 10_000, **more: object
) -> str:
    """Put a payment with its channel refund, and the difference that finance has not booked the refund."""
    paid = books.txn(
        "channel", "payment", payment, "02-03", merchant_no=order_no, channel_txn_no=f"A-{order_no}", **more
    )
    back = books.txn(
        "channel",
        "refund",
        -amount,
        "02-20",
        merchant_no=order_no,
        refund_no=reference,
        related_no=f"A-{order_no}",
        **more,
    )
    currency = str(more.get("currency", "CNY"))
    channel = str(more.get("channel", "alipay"))
    books.difference(
        "REFUND_NOT_SYNCED", "channel_ledger", -amount, "02-20", members={back: "left"}, order_no=order_no,
        reference=reference, currency=currency, channel=channel,
    )  # fmt: skip
    return paid


def test_the_original_is_repeated_with_the_refunds_amount_in_red(books, store) -> None:
    refund(books, 3_000)
    books.voucher("记-7", [("1012.01", 10_000, 0), ("6001", 0, 10_000)], reference="O1")
    (made,) = proposals(store).vouchers
    assert lines(made) == [("1012.01", -3_000, 0), ("6001", 0, -3_000)]
    assert (made.voucher_no, str(made.day), made.period) == ("冲-202602-0001", "2026-02-28", "2026-02")
    assert made.original == "2026-02:记-7"
    assert made.reference == "R1"
    assert "2026-02 记-7" in made.summary


def test_an_original_of_more_lines_is_shared_out_and_the_rest_goes_to_the_largest(books, store) -> None:
    refund(books, 3_333)
    books.voucher("记-7", [("1012.01", 10_000, 0), ("6001", 0, 8_850), ("2221", 0, 1_150)], reference="O1")
    (made,) = proposals(store).vouchers
    assert lines(made) == [("1012.01", -3_333, 0), ("6001", 0, -2_950), ("2221", 0, -383)]
    assert made.is_balanced
    assert "尾差计入最大行" in made.summary


def test_the_matched_voucher_wins_over_one_that_only_cites_the_number(books, store) -> None:
    paid = refund(books, 3_000)
    entry = books.voucher("记-1", [("1012.01", 10_000, 0), ("6001", 0, 10_000)], reference="summary")
    books.match("channel_ledger", [paid], [entry])
    books.voucher("记-2", [("1012.01", 10_000, 0), ("6001.09", 0, 10_000)], reference="O1")
    assert proposals(store).vouchers[0].original == "2026-02:记-1"


def test_a_foreign_refund_is_reversed_at_the_originals_rate(books, store) -> None:
    refund(books, 500, payment=2_000, channel="paypal", currency="USD")
    books.voucher(
        "记-3",
        [("1012.04", 14_001, 0), ("6001", 0, 14_001)],
        reference="O1",
        channel="paypal",
        currency="USD",
        paid=2_000,
        rate_e8=700_050_000,
    )
    (made,) = proposals(store).vouchers
    assert lines(made) == [("1012.04", -3_500, 0), ("6001", 0, -3_500)]
    row = sheet(template([made]))[0]
    assert (row["借方"], row["币种"], row["原币金额"], row["汇率"]) == ("-35.00", "USD", "-5.00", "7.0005")


@pytest.mark.parametrize(
    ("entries", "amount", "reason"),
    [
        ([], 3_000, "was not found"),
        ([[("1012.01", 10_000, 0), ("6001", 0, 9_000)]], 3_000, "does not balance"),
        ([[("1012.01", 2_000, 0), ("6001", 0, 2_000)]], 3_000, "larger than the original"),
        (
            [[("1012.01", 9_000, 0), ("6001", 0, 9_000)], [("1012.01", 8_000, 0), ("6001", 0, 8_000)]],
            3_000,
            "certainty",
        ),
    ],
)
def test_what_cannot_be_reversed_is_listed_with_its_reason(books, store, caplog, entries, amount, reason) -> None:
    refund(books, amount)
    for place, entry in enumerate(entries):
        books.voucher(f"记-{place}", entry, reference="O1")
    found = proposals(store)
    assert found.vouchers == ()
    assert reason in found.skipped[0].reason_en
    assert reason in caplog.text


@pytest.mark.parametrize(("signed", "is_valid"), [("2026-02-20", True), ("2026-02-25", False), (None, False)])
def test_a_refund_of_an_order_signed_more_than_seven_days_ago_is_a_valid_refund(books, store, signed, is_valid) -> None:
    refund(books, 3_000)
    books.voucher("记-7", [("1012.01", 10_000, 0), ("6001", 0, 10_000)], reference="O1")
    books.put("canon.shipment", order_no="O1", signed_s=parse_moment(signed) if signed else None, file_id=1, line_no=1)
    (made,) = proposals(store).vouchers
    assert made.is_valid_refund is is_valid
    assert ("有效退款" in made.summary) is is_valid


def test_the_summary_says_whether_the_order_system_knows_of_the_refund(books, store) -> None:
    refund(books, 3_000)
    books.voucher("记-7", [("1012.01", 10_000, 0), ("6001", 0, 10_000)], reference="O1")
    assert "订单系统未登记退款" in proposals(store).vouchers[0].summary
    books.txn("order", "refund", -3_000, "02-20", order_no="O1", merchant_no="O1")
    assert "订单系统已登记退款" in proposals(store).vouchers[0].summary


def test_of_a_transaction_booked_twice_the_later_voucher_is_reversed_whole(books, store) -> None:
    first = books.voucher("记-1", [("1012.01", 10_000, 0), ("6001", 0, 10_000)], reference="O1", day="02-03")
    second = books.voucher("记-9", [("1012.01", 10_000, 0), ("6001", 0, 10_000)], reference="O1", day="02-05")
    books.difference(
        "DUPLICATE_ENTRY", "channel_ledger", -10_000, "02-03", members={first: "right", second: "right"}, reference="O1"
    )
    (made,) = proposals(store).vouchers
    assert made.original == "2026-02:记-9"
    assert lines(made) == [("1012.01", -10_000, 0), ("6001", 0, -10_000)]


def test_the_voucher_that_was_matched_is_never_the_superfluous_one(books, store) -> None:
    paid = books.txn("channel", "payment", 10_000, "02-05", merchant_no="O1")
    spare = books.voucher("记-1", [("1012.01", 10_000, 0), ("6001", 0, 10_000)], reference="O1", day="02-03")
    used = books.voucher("记-9", [("1012.01", 10_000, 0), ("6001", 0, 10_000)], reference="O1", day="02-05")
    books.match("channel_ledger", [paid], [used])
    books.difference(
        "DUPLICATE_ENTRY", "channel_ledger", -10_000, "02-03", members={spare: "right", used: "right"}, reference="O1"
    )
    assert [voucher.original for voucher in proposals(store).vouchers] == ["2026-02:记-1"]


def test_a_refund_of_a_locked_month_is_booked_in_the_next_open_one(books, store) -> None:
    refund(books, 3_000)
    books.voucher("记-7", [("1012.01", 10_000, 0), ("6001", 0, 10_000)], reference="O1")
    march = {"period": "2026-03", "as_of_s": AS_OF + 30 * 86_400}
    assert vouchers.propose(store, SETTINGS, **march).vouchers == ()
    store.run(
        "INSERT INTO meta.period (period, locked, as_of_s, run_id) VALUES ('2026-02', true, $at, 1)", {"at": AS_OF}
    )
    (made,) = vouchers.propose(store, SETTINGS, **march).vouchers
    assert (made.voucher_no, made.period, str(made.day), made.original) == (
        "冲-202603-0001",
        "2026-03",
        "2026-03-31",
        "2026-02:记-7",
    )
    assert made.is_balanced


def test_what_is_resolved_is_not_proposed_again(books, store) -> None:
    refund(books, 3_000)
    books.voucher("记-7", [("1012.01", 10_000, 0), ("6001", 0, 10_000)], reference="O1")
    books.run("UPDATE diff.difference SET state = 'resolved'")
    assert proposals(store) == vouchers.Proposals((), ())


def test_the_file_has_the_templates_captions_and_balances(books, store) -> None:
    for number in range(3):
        refund(books, 1_000 + number, order_no=f"O{number}", reference=f"=R{number}")
        books.voucher(f"记-{number}", [("1012.01", 10_000, 0), ("6001", 0, 10_000)], reference=f"O{number}")
    content = template(proposals(store).vouchers)
    assert content.startswith(b"\xef\xbb\xbf")
    rows = sheet(content)
    assert tuple(rows[0]) == COLUMNS
    assert (
        sum(int(row["借方"].replace(".", "") or 0) for row in rows)
        == sum(int(row["贷方"].replace(".", "") or 0) for row in rows)
        == -3_003
    )
    assert rows[0]["业务单号"] == "'=R0"  # no spreadsheet takes it for a formula


def test_numbers_go_on_after_the_highest_that_is_loaded_of_the_month_with_the_word(books, store) -> None:
    entry = [("1012.01", 10_000, 0), ("6001", 0, 10_000)]
    for number, period in (
        ("记-202602-000118", "2026-02"),
        ("记-9", "2026-02"),
        ("收-500", "2026-02"),
        ("记-700", "2026-03"),
    ):
        books.voucher(number, entry, period=period, reference=f"X{number}")
    for order in ("O1", "O2"):
        refund(books, 3_000, order_no=order, reference=f"R{order}")
        books.voucher(f"记-{order[1]}", entry, reference=order)

    def numbers(into: str = "", **terms: object) -> list[tuple[int, str, str]]:
        settings = Settings(vouchers=Terms(**terms))
        found = vouchers.propose(store, settings, period="2026-02", as_of_s=AS_OF, into=into)
        return [(made.number, made.period, str(made.day)) for made in found.vouchers]

    assert numbers() == [(119, "2026-02", "2026-02-28"), (120, "2026-02", "2026-02-28")]
    assert numbers(word="收")[0][0] == 501
    assert numbers(word="转")[0][0] == 1
    assert numbers(first_number=9_001)[1][0] == 9_002
    assert numbers(into="2026-03")[0] == (701, "2026-03", "2026-03-31")


def test_a_reversal_of_a_double_booking_cites_what_the_voucher_cites(books, store) -> None:
    entry = [("1012.01", 10_000, 0), ("6001", 0, 10_000)]
    first, second = (
        books.voucher(number, entry, reference="O1", day=day) for number, day in (("记-1", "02-03"), ("记-9", "02-05"))
    )
    books.difference(
        "DUPLICATE_ENTRY",
        "channel_ledger",
        -10_000,
        "02-03",
        members={first: "right", second: "right"},
        reference="A-77",
    )
    (made,) = proposals(store).vouchers
    assert made.reference == "O1"
    assert "重复记账 O1" in made.summary
