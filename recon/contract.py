"""What the merchant agreed with each payment channel: fees, settlement, the day's end, its payouts at the bank.

Facts, not behaviour: ingest uses the payout patterns, matching the settlement terms, classification the fee terms. The
defaults are the ordinary public terms; a workspace states its own in recon.toml under ``[channel.NAME]``.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Literal

FeeOn = Literal["gross", "received"]
RefundFee = Literal["kept", "rate", "all"]
FeeRounding = Literal["half_up", "up", "down"]


@dataclass(frozen=True, slots=True, kw_only=True)
class FeeTerms:
    """What a channel charges from a day on, for all its accounts and currencies or for one of them."""

    since: dt.date = dt.date.min
    """First trade day for which these terms hold. A refund is charged by the terms of its payment's day."""
    account: str = ""
    """Merchant account as the channel's bill prints it (商户号, PID); blank: every account without terms of its own."""
    currency: str = ""
    """Blank: every currency without terms of its own."""
    rate_ppm: int = 0
    fixed_minor: int = 0
    min_minor: int = 0
    max_minor: int = 0
    on: FeeOn = "gross"
    refund: RefundFee = "kept"
    rounding: FeeRounding = "half_up"


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
    fee_on: FeeOn = "gross"
    """Charged on the gross amount, or on what the merchant receives after discounts the channel paid."""
    refund_fee: RefundFee = "kept"
    """
    On a refund the channel keeps its fee, returns the rate's part of the refunded amount, or all that a payment of that
    amount costs (fixed part, minimum and maximum included).
    """
    fee_rounding: FeeRounding = "half_up"
    """How the fee of one transaction is rounded to the currency's smallest unit."""
    fee_tolerance_minor: int = 0
    """Minor units by which a fee may differ from the contract's and is right all the same."""
    fees: tuple[FeeTerms, ...] = ()
    """Other terms: from a later day on, of one account, of one currency. Of several that fit, those of the account go
    before those of the currency, and later ones before earlier ones."""
    settle: Literal["daily", "merged", "balance"] = "daily"
    """One payout a trade day, one payout for the days off together, or money stays in a balance until withdrawn."""
    lag_days: int = 1
    """N of T+N."""
    lag_unit: Literal["natural", "working"] = "natural"
    country: str = "CN"
    """Whose banking days count: CN, US, GB-ENG, ECB (the euro's TARGET days), US+CN (both)."""
    countries: Mapping[str, str] = field(default_factory=dict)
    """Whose banking days count for the payouts of a currency: "EUR" = "ECB", "GBP" = "GB-ENG"."""
    grace_days: int = 3
    """Natural days after the due day within which a payout still belongs to its batch when only the amount says so."""
    cutoff: str = "24:00"
    """Local time at which the channel's accounting day ends."""
    lag_hours: int = 24
    """How long after the end of its accounting day a payment may be missing from the bill before it is a difference."""
    payout_patterns: tuple[str, ...] = ()
    """Regular expressions (on NFKC text) of the counterparty or memo of a payout's bank line."""

    @property
    def fee_terms(self) -> tuple[FeeTerms, ...]:
        """All terms of the fee: those of the contract itself, then ``fees``."""
        own = FeeTerms(
            rate_ppm=self.fee_rate_ppm,
            fixed_minor=self.fee_fixed_minor,
            min_minor=self.fee_min_minor,
            max_minor=self.fee_max_minor,
            on=self.fee_on,
            refund=self.refund_fee,
            rounding=self.fee_rounding,
        )
        return (own, *self.fees)

    def calendar_of(self, currency: str) -> str:
        """Whose banking days count for payouts in ``currency``."""
        return self.countries.get(currency, self.country)


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
