"""How long a customer may take to confirm, when to remind, who looks after whom; ``[fulfilment]`` of recon.toml."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Literal

from recon.errors import UsageError
from recon.places import PROVINCES, REGIONS, place
from recon.times import BEIJING

HOUR_S: Final = 3_600


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Reasonable confirmation windows by region and carrier, the two reminders before their end, and what follows."""

    zone: str = BEIJING
    base_currency: str = "CNY"
    same_city_hours: int = 24
    cross_province_hours: int = 48
    """Also of parcels whose region is not known, and of those to another city of the province."""
    remote_hours: int = 72
    remote_provinces: tuple[str, ...] = ("新疆", "西藏", "青海", "甘肃", "宁夏", "内蒙古", "海南")
    """Provinces that count as remote where the region is not printed and follows from the places of a parcel."""
    ships_from: str = ""
    """Where parcels come from that do not print it: "浙江杭州". Blank: their region is not known."""
    same_city_carriers: tuple[str, ...] = ("顺丰同城", "闪送", "达达", "蜂鸟", "美团配送", "UU跑腿")
    """Carriers that deliver within a city only, by the beginning of their name."""
    first_reminder_percent: int = 20
    """The first reminder is due when this share of the window remains."""
    second_reminder_hours: int = 2
    """The second reminder is due when this many hours remain (never before the first)."""
    valid_refund_days: int = 7
    """A refund of an order that was signed for more than this many days ago is a valid refund (有效退款)."""
    low_activity_orders: int = 3
    """A customer whose last orders, this many or more, were all overdue is a low-activity customer (低活跃用户)."""
    low_activity_policy: str = "签收当日由专人电话回访，不再等待自动提醒；按时确认一单后恢复。"
    """What follows for low-activity customers, as it stands beside their list."""
    audit_hours: int = 48
    """A parcel that is first scanned this many hours after it left the house, or later, goes to the audit queue."""
    ship_within_hours: int = 48
    """A paid order that has not left the house this many hours later is listed as paid and never shipped."""
    shipping_coverage_percent: int = 20
    """Orders of a shop are held to have been shipped when at least this share of its orders has a parcel; a shop that
    loads no shipments, or sells at the counter, is not judged."""
    owners_by: Literal["hash", "shop", "region"] = "hash"
    """How overdue orders are shared among the owners: evenly, by the order's shop, or by the parcel's region."""
    owners: Mapping[str, str] = field(default_factory=dict)
    """Who looks after overdue orders: "name" = "shops or regions, separated by commas" (blank with owners_by = "hash").
    Each owner has a sheet of the overdue list. What falls to nobody stands on a sheet of its own."""
    carrier_hours: Mapping[str, int] = field(default_factory=dict)
    """Windows of a carrier that differ, in hours: "carrier" = hours, or "carrier/region" = hours. The carrier is
    written as the files print it, or the beginning of that; the longest name that fits counts."""

    def __post_init__(self) -> None:
        """Refuse settings that make no sense. Raises UsageError."""
        positive = ("same_city_hours", "cross_province_hours", "remote_hours", "low_activity_orders", "audit_hours")
        for name in (*positive, "ship_within_hours"):
            if getattr(self, name) <= 0:
                raise UsageError("is not above zero", place=f"[fulfilment] {name}")
        for name in ("first_reminder_percent", "shipping_coverage_percent"):
            if not 0 <= getattr(self, name) <= 100:  # noqa: PLR2004 - per cent
                raise UsageError("is not between 0 and 100", place=f"[fulfilment] {name}")
        for name in ("second_reminder_hours", "valid_refund_days"):
            if getattr(self, name) < 0:
                raise UsageError("is negative", place=f"[fulfilment] {name}")
        self._check_names()

    def _check_names(self) -> None:
        for name in self.remote_provinces:
            if name not in PROVINCES:
                known = "Written without 省 and 自治区: " + ", ".join(PROVINCES)
                raise UsageError(f'holds "{name}", which is no province', place=_REMOTE, remedy=known)
        if self.ships_from and not place(self.ships_from):
            remedy = 'Province and city: ships_from = "浙江杭州"'
            raise UsageError(
                f'is "{self.ships_from}", which is no place', place="[fulfilment] ships_from", remedy=remedy
            )
        for key, hours in self.carrier_hours.items():
            carrier, _, region = key.partition("/")
            if not carrier or (region and region not in REGIONS) or hours <= 0:
                remedy = f'"carrier" = hours, or "carrier/region" = hours; regions are {", ".join(REGIONS)}'
                raise UsageError(f'has "{key}" = {hours}', place="[fulfilment] carrier_hours", remedy=remedy)
        for name, share in self.owners.items():
            unknown = [word for word in shares(share) if self.owners_by == "region" and word not in REGIONS]
            if unknown:
                explanation = f'gives "{name}" the region "{unknown[0]}", which is none'
                raise UsageError(explanation, place="[fulfilment] owners", remedy=f"Regions: {', '.join(REGIONS)}")

    @property
    def windows_s(self) -> Mapping[str, int]:
        """Seconds from signature to deadline by ``canon.shipment.region`` (``""`` = unknown)."""
        return {
            "same_city": self.same_city_hours * HOUR_S,
            "cross_province": self.cross_province_hours * HOUR_S,
            "remote": self.remote_hours * HOUR_S,
            "": self.cross_province_hours * HOUR_S,
        }

    def window_s(self, carrier: str, region: str) -> int:
        """Seconds from signature to deadline of a parcel of this carrier; region as ``canon.shipment.region``."""
        found = [
            ((len(name), bool(where)), hours)
            for key, hours in self.carrier_hours.items()
            for name, _, where in [key.partition("/")]
            if carrier.startswith(name) and (not where or REGIONS[where] == region)
        ]
        return max(found)[1] * HOUR_S if found else self.windows_s[region]


_REMOTE: Final = "[fulfilment] remote_provinces"


def shares(text: str) -> list[str]:
    """Return the items of a list written with commas (``,`` or ``，`` or ``、``)."""
    return [item for part in text.replace("，", ",").replace("、", ",").split(",") if (item := part.strip())]
