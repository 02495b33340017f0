"""What matching may tolerate, and the terms it needs. Everything the SQL uses comes from these as *tables*."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from recon.calendars import Calendar
from recon.contract import DEFAULTS, Contract
from recon.model import Leg
from recon.times import BEIJING


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Tolerances of the passes."""

    contracts: tuple[Contract, ...] = DEFAULTS
    zone: str = BEIJING
    base_currency: str = "CNY"
    calendar: Calendar = field(default_factory=Calendar)
    window_s: int = 172_800
    """Same number and amount are one event when their times lie no farther apart (two days: clocks, late callbacks)."""
    voucher_days: int = 3
    """A voucher without a number may lie this many days from the one movement that has its amount."""
    near_payout_ppm: int = 100_000
    """A payout that only its due day identifies may differ from its batch by this many millionths (10 %)."""
    tolerance: Mapping[str, int] = field(default_factory=dict)
    """
    Minor units by which two amounts that belong together by a number or a day may differ without being a difference:
    "order_channel" = 1 for a leg, "channel_bank.paypal" = 500 for one channel of it. What is tolerated is matched, its
    remainder is kept and stands in the proofs.
    """

    def __post_init__(self) -> None:
        known = {f"{leg}{tail}" for leg in Leg for tail in ("", *(f".{item.channel}" for item in self.contracts))}
        for name, minor in self.tolerance.items():
            if name not in known:
                msg = f'tolerance: "{name}" is no leg, and no leg with a channel (order_channel, channel_bank.paypal)'
                raise ValueError(msg)
            if minor < 0:
                msg = f'tolerance: "{name}" is {minor}, which is less than nothing'
                raise ValueError(msg)

    def contract(self, channel: str) -> Contract:
        """Terms of ``channel``; the plain defaults for one that is not configured."""
        return next((item for item in self.contracts if item.channel == channel), Contract(channel=channel))

    def tolerance_of(self, leg: Leg, channel: str) -> int:
        """Minor units that ``leg`` tolerates for ``channel``."""
        return self.tolerance.get(f"{leg}.{channel}", self.tolerance.get(str(leg), 0))
