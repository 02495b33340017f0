"""How long a customer may take to confirm, and when to remind; ``[fulfilment]`` of recon.toml."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from recon.errors import UsageError
from recon.times import BEIJING

HOUR_S: Final = 3_600


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Reasonable confirmation windows by region, counted from the signature, and the two reminders before their end."""

    zone: str = BEIJING
    base_currency: str = "CNY"
    same_city_hours: int = 24
    cross_province_hours: int = 48
    """Also of parcels whose region is not known."""
    remote_hours: int = 72
    first_reminder_percent: int = 20
    """The first reminder is due when this share of the window remains."""
    second_reminder_hours: int = 2
    """The second reminder is due when this many hours remain (never before the first)."""
    valid_refund_days: int = 7
    """A refund of an order that was signed for more than this many days ago is a valid refund (有效退款)."""

    def __post_init__(self) -> None:
        """Refuse settings that make no sense. Raises UsageError."""
        for name in ("same_city_hours", "cross_province_hours", "remote_hours"):
            if getattr(self, name) <= 0:
                raise UsageError("is not above zero", place=f"[fulfilment] {name}")
        if not 0 <= self.first_reminder_percent <= 100:  # noqa: PLR2004 - per cent
            raise UsageError("is not between 0 and 100", place="[fulfilment] first_reminder_percent")
        for name in ("second_reminder_hours", "valid_refund_days"):
            if getattr(self, name) < 0:
                raise UsageError("is negative", place=f"[fulfilment] {name}")

    @property
    def windows_s(self) -> Mapping[str, int]:
        """Seconds from signature to deadline by ``canon.shipment.region`` (``""`` = unknown)."""
        return {
            "same_city": self.same_city_hours * HOUR_S,
            "cross_province": self.cross_province_hours * HOUR_S,
            "remote": self.remote_hours * HOUR_S,
            "": self.cross_province_hours * HOUR_S,
        }
