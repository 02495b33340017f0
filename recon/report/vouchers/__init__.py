"""冲正凭证: reversal vouchers that the tool proposes and never posts.

voucher     one proposed voucher and its lines
proposing   which vouchers are reversed, by how much, under which numbers
layouts     the import files: one module each; recon.report.voucher_terms says how the finance system wants them

A proposal repeats the original: same accounts, same direction, negative amounts (红字), with the original's number and
the refund's in its summary. It balances, or it is not written.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from pathlib import Path

from recon.report.voucher_terms import Terms
from recon.report.vouchers.layouts import ALL, Import, Layout, chosen, discover
from recon.report.vouchers.proposing import propose
from recon.report.vouchers.voucher import Line, Proposals, Skipped, Voucher

__all__ = [
    "ALL",
    "Import",
    "Layout",
    "Line",
    "Proposals",
    "Skipped",
    "Terms",
    "Voucher",
    "chosen",
    "discover",
    "propose",
    "write",
]


def write(
    vouchers: Sequence[Voucher], terms: Terms, *, layout: Layout, base_currency: str, as_of_s: int, out: Path
) -> None:
    """Write the import file of one layout: the same bytes for the same vouchers, settings and as-of."""
    made = dt.datetime.fromtimestamp(as_of_s, tz=dt.UTC)
    content = Import(vouchers=tuple(vouchers), terms=terms, base_currency=base_currency, made=made)
    layout.write(content, out)
