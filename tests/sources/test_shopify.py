"""What the golden files of Shopify's orders do not say by themselves, and genuine exports where they lie."""

from __future__ import annotations

from pathlib import Path

import pytest

from recon.sources import Reading, Settings, identify
from recon.sources.piece import Piece
from recon.sources.shopify import Shopify

SAMPLES = Path(__file__).resolve().parents[3] / "shared" / "samples"
HEADER = (
    "Name,Financial Status,Paid at,Currency,Total,Created at,Payment Method,Refunded Amount,Outstanding Balance,"
    "Payment Reference,Payment ID"
)
PAID = "2026-02-03 23:30:00 -0800"


def read(*lines: str) -> Reading:
    return Shopify().read(Piece("orders_export.csv", "\n".join([HEADER, *lines]).encode()), Settings())


def order(status: str = "paid", method: str = "PayPal", reference: str = "rA", payment_id: str = "") -> str:
    return f"#1001,{status},{PAID},USD,100.00,{PAID},{method},0.00,40.00,{reference},{payment_id}"


@pytest.mark.parametrize(
    ("status", "shown", "minor"),
    [
        ("paid", "success", 10000),
        ("refunded", "success", 10000),
        ("partially_paid", "success", 6000),
        ("authorized", "pending", 10000),
        ("expired", "closed", 10000),
    ],
)
def test_the_financial_status_says_whether_and_how_much_was_paid(status, shown, minor):
    assert read(order(status)).txns.select("status", "amount_minor").rows() == [(shown, minor)]


@pytest.mark.parametrize(
    ("method", "channel"),
    [
        ("PayPal Express Checkout", "paypal"),
        ("Alipay Global", "alipay"),
        ("WeChat Pay", "wechat"),
        ("Union Pay", "unionpay"),
        ("Shopify Payments", ""),
        ("PayPal + Alipay", ""),
        ("", ""),
    ],
)
def test_the_channel_is_what_the_payment_method_names(method, channel):
    assert read(order(method=method)).txns["channel"].to_list() == [channel]


@pytest.mark.parametrize(
    ("reference", "payment_id", "number"),
    [("rA", "rB", "rA"), ("", "rB", "rB"), ("rA + rB", "rA + rB", "#1001"), ("", "", "#1001")],
)
def test_the_merchant_number_is_a_single_reference_else_the_name(reference, payment_id, number):
    assert read(order(reference=reference, payment_id=payment_id)).txns["merchant_no"].to_list() == [number]


def test_the_day_is_the_one_on_the_stores_own_clock():
    assert str(read(order()).txns["business_date"].item()) == "2026-02-03"


def test_an_item_line_without_its_order_is_a_reject():
    reading = read("#1000,,,,,2026-02-03 10:00:00 +0800,,,,,", order(), "#1001,,,,,2026-02-03 10:00:00 +0800,,,,,")
    assert reading.rejects["line_no"].to_list() == [2]
    assert reading.excluded["line_no"].to_list() == [4]


@pytest.mark.samples
def test_genuine_exports_of_two_stores_are_read():
    path = next(SAMPLES.glob("*shopify_orders_export*"))
    piece = Piece(path.name, path.read_bytes())
    assert identify(piece).name == "shopify"
    reading = Shopify().read(piece, Settings())
    assert (reading.raw.height, reading.rejects.height, reading.excluded.height) == (4, 0, 2)
    assert reading.txns.select("order_no", "status", "currency", "amount_minor", "merchant_no").rows() == [
        ("#71737", "pending", "BDT", 170000, "#71737.1"),
        ("#1001", "success", "AUD", 55, "rUCuvMASKED"),
    ]
