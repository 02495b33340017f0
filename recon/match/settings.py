"""What matching may tolerate, and the terms it needs. Everything the SQL uses comes from these as *tables*."""

from __future__ import annotations

from dataclasses import dataclass

from recon.contract import DEFAULTS, Contract
from recon.times import BEIJING


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Tolerances of the passes."""

    contracts: tuple[Contract, ...] = DEFAULTS
    zone: str = BEIJING
    base_currency: str = "CNY"
    window_s: int = 172_800
    """Same number and amount are one event when their times lie no farther apart (two days: clocks, late callbacks)."""
    voucher_days: int = 3
    """A voucher without a number may lie this many days from the one movement that has its amount."""
    near_payout_ppm: int = 100_000
    """A payout that only its due day identifies may differ from its batch by this many millionths (10 %)."""

    def contract(self, channel: str) -> Contract:
        """Terms of ``channel``; the plain defaults for one that is not configured."""
        return next((item for item in self.contracts if item.channel == channel), Contract(channel=channel))
