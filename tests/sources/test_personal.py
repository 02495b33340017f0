"""Which printed columns hold names and addresses of people, so that what the program shows can mask them."""

from __future__ import annotations

import pytest

from recon.sources import Settings, by_name
from recon.sources.piece import Piece
from tests.sources import paypal_books as books

SHOWN = {
    "paypal_trr": "Transaction ID; Item Name; Option 1 Name; Payer's Account ID; Invoice ID; Transaction Event Code",
    "paypal_activity": (
        "Type; Status; Transaction ID; From Email Address; To Email Address; Absender E-Mail-Adresse; Adresse email; "
        "De l'adresse email; Dirección de correo electrónico del remitente; 发件人邮箱地址; Item Title; Country"
    ),
    "paypal_statement": "Description; Bank Name; Name der Bank; Sort; Invoice ID; Balance; 说明",
    "paypal_json": "transaction_info.transaction_id; payer_info.account_id; payer_info.country_code; cart_info.items",
    "shopify": "Name; Email; Financial Status; Lineitem name; Shipping; Shipping Method; Billing Country",
}
MASKED = {
    "paypal_trr": "First Name; Last Name; Consumer Business Name; Shipping Name; Billing Address Zip",
    "paypal_activity": (
        "Name; Shipping Address; Address Line 1; Address Line 2/District/Neighborhood; Town/City; Zip/Postal Code; "
        "Contact Phone Number; 姓名; 收货地址; 联系电话号码; Lieferadresse; Adresszusatz; Ort; PLZ; "
        "Telefonnummer; Adresse de livraison; Ville; Code postal; Nom; Dirección de envío; Ciudad; Teléfono; Nombre"
    ),
    "paypal_statement": "Name; 名称; Nom; Nombre",
    "paypal_json": (
        "payer_info.payer_name.given_name; payer_info.phone_number.national_number; payer_info.address.line1; "
        "shipping_info.name; shipping_info.address.city"
    ),
    "shopify": "Billing Name; Shipping Name; Shipping Street; Billing Address1; Shipping Zip; Billing Phone; Phone",
}


@pytest.mark.parametrize("source", list(SHOWN))
def test_names_and_addresses_are_known_by_their_columns(source: str) -> None:
    personal = by_name(source).personal
    assert personal
    assert [name for name in MASKED[source].split("; ") if not personal.search(name)] == []
    assert [name for name in SHOWN[source].split("; ") if personal.search(name)] == []


def test_names_of_people_in_the_columns_of_the_paypal_reports_are_all_known() -> None:
    """The name of the invented payer stands in no column that is shown as it is."""
    for name, page in {
        "paypal_trr": books.trr(books.MONTH, books.FEBRUARY),
        "paypal_activity": books.activity(books.MONTH, books.GERMAN),
        "paypal_statement": books.statement(books.MONTH, books.AMERICAN),
        "paypal_json": books.search(books.MONTH, books.FEBRUARY),
    }.items():
        source = by_name(name)
        raw = source.read(Piece(f"{name}.csv", page), Settings()).raw
        assert source.personal
        open_columns = [column for column in raw.columns if not source.personal.search(column)]
        names = {event.name for event in books.MONTH if event.name}
        assert names
        cells = {str(cell) for row in raw.select(open_columns).rows() for cell in row}
        assert not names & cells
