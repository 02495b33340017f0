"""What classification needs to know of the workspace."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from recon.calendars import Calendar
from recon.contract import DEFAULTS, Contract
from recon.times import BEIJING

if TYPE_CHECKING:
    from recon.differences.rulebook import AddedRule


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Terms and tolerances of the rules."""

    contracts: tuple[Contract, ...] = DEFAULTS
    zone: str = BEIJING
    base_currency: str = "CNY"
    calendar: Calendar = field(default_factory=Calendar)
    tolerance: Mapping[str, int] = field(default_factory=dict)
    refund_days: int = 3
    """Working days a channel has for a refund; the last one included."""
    rate_days: int = 10
    """How many days away a published rate may lie to count as "another day's rate"."""
    rules_off: tuple[str, ...] = ()
    """Rules this workspace does not want: ``CODE`` or ``leg.CODE``."""
    rules_added: tuple[AddedRule, ...] = ()
    """Rules of this workspace's own."""
    high_minor: int = 100_000
    """A break of at least this much (minor units of the base currency) is of high severity."""
    high_days: int = 30
    """So is one that is at least this many days old."""
    medium_minor: int = 10_000
    """A break of at least this much is of medium severity."""
    medium_days: int = 7
    """So is one that is at least this many days old."""
    edge_s: int = 300
    """A payment this near the end of the loaded bills may stand in the next one: it waits."""
