"""HSBC Hong Kong, account statement (滙豐銀行), as its e-banking exports it.

Where from: HSBC HK Personal or Business Internet Banking > account > Download > CSV (UTF-8; every amount and its
currency are followed by a tab):

    Date,Description,Billing amount,Billing currency,Balance,Balance currency
    20/03/2026,FUND TRANSFER FROM       12-345678-9 SAMPLE LTD,"500.00" <tab>,HKD,"3,713.17" <tab>,HKD

What comes out: one ``bank`` row per line, as recon/sources/bank_table.py says for all tables of banks.

- Days are printed DD/MM/YYYY; HSBC Hong Kong prints no other order.
- amount: Billing amount, signed, in Billing currency; one file may hold the parts of an account in several currencies.
  The balance of each currency proves the signs. The newest line stands first.
- The file names no account, prints no time and no serial. memo = Description.

The credit card's list (Post date, Merchant name) is the format ``card_bill``.

Source: one anonymised export (formats/paypal-banks-orders-vouchers.md section 3b, read 2026-11).
"""

from __future__ import annotations

from typing import ClassVar, Final

from recon.model import Book
from recon.sources import bank_table
from recon.sources.bank_layout import Layout, claims
from recon.sources.piece import Piece
from recon.sources.source import Reading, Settings, Source

_LAYOUTS: Final = (
    Layout(
        required=("Date", "Description", "Billingamount", "Billingcurrency", "Balance", "Balancecurrency"),
        day=("Date",),
        day_form="%d/%m/%Y",
        amount=("Billingamount",),
        balance=("Balance",),
        currency=("Billingcurrency",),
        memo=("Description",),
    ),
)


class Hsbc(Source):
    """HSBC Hong Kong account statement."""

    name: ClassVar[str] = "hsbc"
    title: ClassVar[str] = "HSBC Hong Kong statement"
    raw_table: ClassVar[str] = "hsbc.statement"
    book = Book.BANK
    looks_for: ClassVar[str] = "a header with Date, Billing amount, Billing currency, Balance and Balance currency"

    def identify(self, piece: Piece) -> bool:
        """Claim a text, workbook or web page whose header has these columns."""
        return claims(piece, _LAYOUTS)

    def read(self, piece: Piece, settings: Settings) -> Reading:
        """Read every row below the header. Raises SourceError when there is none, or when numbers are destroyed."""
        return bank_table.read(piece, settings, _LAYOUTS)
