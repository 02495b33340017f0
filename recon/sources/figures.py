"""Figures that a file prints about itself, in the form in which a control compares them with what is computed.

    amount("1,234.5", "CNY") -> "1234.50"      amount("-1793.9999", "CNY") -> "-1793.9999": no amount, shown as printed
    count("007") -> "7"                        count("1,024") -> "1024"

A damaged figure must not end the reading of the file: as printed it agrees with nothing, and the control says so.
"""

from __future__ import annotations

from recon import money


def amount(printed: str, currency: str) -> str:
    """A printed sum as :func:`recon.money.show` shows it; as it is printed when it is no amount."""
    try:
        return money.show(money.parse(printed, currency), currency)
    except money.MoneyError:
        return printed


def count(printed: str) -> str:
    """A printed number of rows without commas and leading zeros; of any length."""
    return printed.replace(",", "").lstrip("0") or "0"
