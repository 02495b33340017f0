"""BMO (Bank of Montreal), account activity, as its e-banking exports it.

Where from: BMO Online Banking > account > Download transactions > CSV. A heading line, blank lines, and:

    First Bank Card,Transaction Type,Date Posted, Transaction Amount,Description
    '5678650000004124',DEBIT,20260518,-68.32,[CW]SAMPLE MOBILE

What comes out: one ``bank`` row per line, as recon/sources/bank_table.py says for all tables of banks.

- amount: Transaction Amount, signed. Transaction Type says CREDIT or DEBIT; a row in which the two contradict each
  other is a reject, since no balance is printed that would prove the sign.
- account = First Bank Card, the number of the card that belongs to the account. The currency is not printed: state it
  under ``[bank.accounts]`` in recon.toml.
- No time, no serial, no balance, no counterparty. memo = Description.

The credit card's list (Item #, Card #) is the format ``card_bill``.

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
        required=("FirstBankCard", "TransactionType", "DatePosted", "TransactionAmount", "Description"),
        day=("DatePosted",),
        amount=("TransactionAmount",),
        flag=("TransactionType",),
        signed=True,
        account=("FirstBankCard",),
        unstated_currency="",
        memo=("Description",),
    ),
)


class Bmo(Source):
    """BMO account activity."""

    name: ClassVar[str] = "bmo"
    title: ClassVar[str] = "BMO account activity"
    raw_table: ClassVar[str] = "bmo.statement"
    book = Book.BANK
    looks_for: ClassVar[str] = "a header with First Bank Card, Transaction Type, Date Posted and Transaction Amount"

    def identify(self, piece: Piece) -> bool:
        """Claim a text, workbook or web page whose header has these columns."""
        return claims(piece, _LAYOUTS)

    def read(self, piece: Piece, settings: Settings) -> Reading:
        """Read every row below the header. Raises SourceError when there is none, or when numbers are destroyed."""
        return bank_table.read(piece, settings, _LAYOUTS)
