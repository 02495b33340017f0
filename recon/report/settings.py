"""What the report stage may be told: whose report it is, its language, targets, and what personal data it may show."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from recon import contract, times
from recon.report.voucher_terms import Terms

Language = Literal["zh", "en"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Settings of all documents. Shares are parts per million: 3000 = 0.30 %."""

    merchant: str = ""
    zone: str = times.BEIJING
    language: Language = "zh"
    base_currency: str = "CNY"
    contracts: tuple[contract.Contract, ...] = contract.DEFAULTS
    target_rate_ppm: int = 3_000
    """Difference rate that the year aims at; the rate part of the health score is 85 when it is met exactly."""
    target_match_ppm: int = 995_000
    target_accuracy_ppm: int = 990_000
    """Of each channel: transactions without a break, of those compared."""
    target_unexplained_ppm: int = 10_000
    """Unexplained money, of all money in differences."""
    valid_refund_days: int = 7
    """A refund of an order signed for longer ago than this is a valid refund (有效退款)."""
    repeat_reasons: tuple[str, ...] = ("repeat",)
    """Beginnings of the reasons in ``match.excluded`` that mean: this channel row shows another row's money again."""
    largest: int = 12
    """How many of the largest differences the health report prints."""
    show_personal_data: bool = False
    """Print names and telephone numbers in full; otherwise 张** and 138****0000."""
    proof_root: Path | None = None
    """The folder that the picture paths of the shipments file are relative to."""
    thumbnails: int = 2_000
    """Delivery proofs embedded in the overdue workbook; further ones are links."""
    templates: Path | None = None
    """A folder with the merchant's own health.html.j2 and health.css, and perhaps files of the explorer."""
    fonts: Path | None = None
    """A folder with other NotoSansSC-*.ttf files; None: those of the package."""
    vouchers: Terms = field(default_factory=Terms)
    """How the finance system wants the reversal vouchers."""
