"""The invented merchant 云杉家居: accounts, shops, what each channel charges and when it pays out.

These are facts, not choices of the dice: the sample ``recon.toml`` states the same contracts. Amounts are integers of
minor units (fen, cents) in numpy arrays; rates of exchange are integers of 1/10000 (``rate_e4``). Times are *local
seconds*: seconds since 1970-01-01 00:00 on the clock of Asia/Shanghai, so that a day is a plain division.

Channels are numbered as in :data:`CHANNELS`; arrays carry that number.
"""

from __future__ import annotations

import datetime as dt
import zlib
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

import holidays
import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]

CHANNELS: Final = ("alipay", "wechat", "unionpay", "paypal")
ALIPAY, WECHAT, UNIONPAY, PAYPAL = range(4)
CHANNEL_NAMES: Final = ("支付宝", "微信支付", "银联", "PayPal")
SHARES: Final = (42, 38, 14, 6)
"""Per cent of payments."""

ACCOUNTS: Final = ("20880312345678900156", "1900012345", "898310048990001", "YSHOME7K2PAYL")
"""The account as each channel's bill prints it."""

ALIPAY_PID: Final = "2088031234567890"
WECHAT_APP_ID: Final = "wx00yunshan0000001"
CCB_ACCOUNT: Final = "11050110003600000123"
USD_ACCOUNT: Final = "USD00440001234500001"
COMPANY: Final = "云杉家居（示例）有限公司"
COMPANY_EN: Final = "YUNSHAN HOME (SAMPLE) CO., LTD."

SHOPS: Final = ("云杉家居旗舰店", "云杉优选", "云杉小集")
SMALL_SHOP: Final = 2
"""The shop of small tickets: UnionPay only, booked by one voucher a day."""

LEDGER_CHANNEL: Final = ("1012.01", "1012.02", "1012.03", "1012.04")
LEDGER_CHANNEL_NAMES: Final = (
    "其他货币资金-支付宝",
    "其他货币资金-微信支付",
    "其他货币资金-银联",
    "其他货币资金-PayPal",
)
LEDGER_BANK_CNY: Final = ("1002.01", "银行存款-建设银行")
LEDGER_BANK_USD: Final = ("1002.02", "银行存款-美元户")
LEDGER_REVENUE: Final = ("6001", "主营业务收入")
LEDGER_FEE: Final = ("6603.01", "财务费用-手续费")

DAY_S: Final = 86_400
EPOCH: Final = dt.date(1970, 1, 1)
UNIONPAY_EARLY_S: Final = 3_600
"""UnionPay's accounting day turns at 23:00: it runs an hour ahead of the calendar."""

NEW_TERMS_AFTER: Final = 15
"""Days of the month with the old terms; the benchmark's recon.toml says since when the new ones hold."""
NEW_TERMS_PARTS: Final = 54

BASE: Final = "CNY"
CURRENCIES: Final = ("CNY", "USD", "EUR")
CNY, USD, EUR = range(3)


def half_up(numerator: Ints, denominator: Ints | int) -> Ints:
    """Quotient rounded half up to an integer; numerators are not negative."""
    return (2 * numerator + denominator) // (2 * np.asarray(denominator, dtype=np.int64))


def contract_fee(channel: Ints, amount: Ints) -> Ints:
    """Fee of one payment by contract, positive minor units; ``amount`` is the positive gross.

    Alipay and WeChat 0.60 %, UnionPay 0.50 % and at least one fen, PayPal 3.40 % + 0.30; each rounded half up per
    transaction.
    """
    parts = np.array([60, 60, 50, 340], dtype=np.int64)[channel]
    fixed = np.array([0, 0, 0, 30], dtype=np.int64)[channel]
    least = np.array([0, 0, 1, 0], dtype=np.int64)[channel]
    return np.maximum(half_up(amount * parts, 10_000) + fixed, least)


def returned_fee(channel: Ints, refund: Ints) -> Ints:
    """Fee given back on one refund, positive minor units; ``refund`` is the positive refunded amount.

    Alipay keeps the fee; the others return the rate's part, half up; PayPal keeps its fixed part.
    """
    parts = np.array([0, 60, 50, 340], dtype=np.int64)[channel]
    return half_up(refund * parts, 10_000)


def lowered(channel: Ints, day: Ints, plan: Plan) -> npt.NDArray[np.bool_]:
    """Whether the new terms hold: in a month with noise WeChat Pay charges 0.54 % from the 16th on.

    ``day`` is the trade day of the payment, also where its refund is in question.
    """
    return (channel == WECHAT) & (day >= plan.first_day + NEW_TERMS_AFTER) & plan.noise


def lowered_fee(amount: Ints) -> Ints:
    """Fee by WeChat Pay's new terms, charged on a payment or given back on a refund, positive minor units."""
    return half_up(amount * NEW_TERMS_PARTS, 10_000)


def business_day(channel: Ints, at: Ints) -> Ints:
    """Accounting day of the channel, as days since 1970-01-01; ``at`` is local seconds."""
    return (at + np.where(channel == UNIONPAY, UNIONPAY_EARLY_S, 0)) // DAY_S


@dataclass(frozen=True, slots=True)
class Plan:
    """What was asked for, and the calendar that follows from it."""

    period: str
    orders: int
    seed: int
    difference_rate: Fraction
    noise: bool = False

    def dice(self, name: str) -> np.random.Generator:
        """Dice of the noise called ``name``: noise never takes a draw away from the month it disturbs."""
        return np.random.default_rng([self.seed, zlib.crc32(name.encode())])

    @property
    def first(self) -> dt.date:
        """First day of the month."""
        return dt.date.fromisoformat(f"{self.period}-01")

    @property
    def after(self) -> dt.date:
        """First day of the next month: channel bills and vouchers cover it too."""
        return (self.first.replace(day=28) + dt.timedelta(days=4)).replace(day=1)

    @property
    def last(self) -> dt.date:
        """Last day of the month: bank statements end here."""
        return self.after - dt.timedelta(days=1)

    @property
    def days(self) -> int:
        """Days of the month."""
        return (self.after - self.first).days

    @property
    def first_day(self) -> int:
        """First day as days since 1970-01-01."""
        return day_number(self.first)

    @property
    def after_day(self) -> int:
        """First day of the next month as days since 1970-01-01."""
        return day_number(self.after)

    @property
    def as_of(self) -> dt.datetime:
        """The moment for which the truth is stated: the second of the next month, ten o'clock."""
        zone = dt.timezone(dt.timedelta(hours=8))
        return dt.datetime.combine(self.after + dt.timedelta(days=1), dt.time(10), tzinfo=zone)

    @property
    def first_pending_day(self) -> int:
        """First refund day whose third working day has not passed at ``as_of`` (days since 1970-01-01)."""
        day = self.last
        while working_day_after(day - dt.timedelta(days=1), 3) >= self.as_of.date():
            day -= dt.timedelta(days=1)
        return day_number(day)

    def month(self, shift: int) -> str:
        """``YYYY-MM`` of the month before (-1), the month (0) or the month after (1)."""
        days = (self.first - dt.timedelta(days=1), self.first, self.after)
        return days[shift + 1].strftime("%Y-%m")


def day_number(day: dt.date) -> int:
    """Days since 1970-01-01."""
    return (day - EPOCH).days


def date_of(day: int) -> dt.date:
    """Date of a day number."""
    return EPOCH + dt.timedelta(days=day)


def working_day_after(day: dt.date, count: int) -> dt.date:
    """The ``count``-th working day after ``day`` by the Chinese calendar, make-up workdays included."""
    calendar = holidays.country_holidays("CN")
    while count:
        day += dt.timedelta(days=1)
        count -= calendar.is_working_day(day)
    return day


def payout_due(channel: int, day: int) -> int:
    """Day on which the payout of a trade day is due: T+1, for UnionPay the next working day."""
    return day_number(working_day_after(date_of(day), 1)) if channel == UNIONPAY else day + 1


def batch_no(channel: int, day: int) -> str:
    """Settlement batch of one trade day, ``channel:account:YYYYMMDD``."""
    return f"{CHANNELS[channel]}:{ACCOUNTS[channel]}:{date_of(day):%Y%m%d}"
