"""What the merchant agreed with each payment channel: fees, settlement, the day's end, its payouts at the bank.

Facts, not behaviour: ingest uses the payout patterns, matching the settlement terms, classification the fee terms. The
defaults are the ordinary public terms; a workspace states its own in recon.toml under ``[channel.NAME]``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal


@dataclass(frozen=True, slots=True, kw_only=True)
class Contract:
    """Terms of one channel. Money in minor units of the transaction's currency."""

    channel: str
    fee_rate_ppm: int = 0
    """Fee in millionths of the amount it is charged on: 6000 = 0.60 %."""
    fee_fixed_minor: int = 0
    fee_min_minor: int = 0
    fee_max_minor: int = 0
    """0 = no maximum."""
    fee_on: Literal["gross", "received"] = "gross"
    """Charged on the gross amount, or on what the merchant receives after discounts the channel paid."""
    refund_fee: Literal["kept", "rate", "all"] = "kept"
    """On a refund the channel keeps its fee, returns the rate's part of the refunded amount, or returns all."""
    settle: Literal["daily", "merged", "balance"] = "daily"
    """One payout a trade day, one payout for the days off together, or money stays in a balance until withdrawn."""
    lag_days: int = 1
    """N of T+N."""
    lag_unit: Literal["natural", "working"] = "natural"
    country: str = "CN"
    """Whose banking days count."""
    grace_days: int = 3
    """Natural days after the due day within which a payout still belongs to its batch when only the amount says so."""
    cutoff: str = "24:00"
    """Local time at which the channel's accounting day ends."""
    lag_hours: int = 24
    """How long after the end of its accounting day a payment may be missing from the bill before it is a difference."""
    payout_patterns: tuple[str, ...] = ()
    """Regular expressions (on NFKC text) of the counterparty or memo of a payout's bank line."""


DEFAULTS: Final[tuple[Contract, ...]] = (
    Contract(channel="alipay", fee_rate_ppm=6000, refund_fee="kept", payout_patterns=(r"支付宝", r"(?i)alipay")),
    Contract(
        channel="wechat",
        fee_rate_ppm=6000,
        refund_fee="rate",
        payout_patterns=(r"财付通", r"微信支付", r"(?i)tenpay|wechat ?pay"),
    ),
    Contract(
        channel="unionpay",
        fee_rate_ppm=5000,
        fee_min_minor=1,
        refund_fee="rate",
        lag_unit="working",
        cutoff="23:00",
        payout_patterns=(r"银联", r"(?i)unionpay|china ?ums"),
    ),
    Contract(
        channel="paypal",
        fee_rate_ppm=34000,
        fee_fixed_minor=30,
        refund_fee="rate",
        settle="balance",
        lag_days=3,
        lag_unit="working",
        country="US",
        payout_patterns=(r"(?i)paypal",),
    ),
)
