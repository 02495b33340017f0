"""The report's vocabulary: names of codes, channels, legs and states in Chinese and English, and how figures are said.

Every text of the documents exists in both languages side by side, ``say("差异率", "Difference rate")``, so that neither
can be changed alone. Amounts are said from integers: ``say.money(48_326_418_60, "CNY")`` is "4,832.6 万元" or
"CNY 48,326.4k", ``say.exact`` prints every minor unit, ``say.share(3, 1000)`` is "0.30%". Nothing here computes.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from recon import money
from recon.report.settings import Language

Pair = tuple[str, str]

CODES: Final[dict[str, Pair]] = {
    "ORDER_MISSING": ("掉单", "Order missing"),
    "CHANNEL_MISSING": ("渠道无此交易", "Missing at channel"),
    "DUPLICATE_PAYMENT": ("重复支付", "Paid twice"),
    "DUPLICATE_ENTRY": ("重复记账", "Booked twice"),
    "AMOUNT_MISMATCH": ("金额不符", "Amounts differ"),
    "ORDER_SPLIT": ("拆单汇总不一致", "Cart does not add up"),
    "STATUS_MISMATCH": ("状态不符", "States differ"),
    "REFUND_NOT_SYNCED": ("退款未同步", "Refund not synced"),
    "REFUND_PENDING": ("退款在途", "Refund pending"),
    "REFUND_OVERDUE": ("退款超时", "Refund overdue"),
    "REFUND_AMOUNT_MISMATCH": ("退款金额不符", "Refund amounts differ"),
    "CROSS_DAY": ("跨日切", "Across the day's end"),
    "CHARGEBACK": ("拒付未入账", "Chargeback"),
    "FX_ROUNDING": ("汇率换算误差", "FX rounding"),
    "FX_RATE": ("汇率差异", "FX rate"),
    "FEE_MISMATCH": ("手续费差异", "Fee differs"),
    "PAYOUT_IN_TRANSIT": ("结算在途", "Payout in transit"),
    "PAYOUT_MISSING": ("结算未到账", "Payout missing"),
    "PAYOUT_AMOUNT_MISMATCH": ("结算金额不符", "Payout amount differs"),
    "BANK_UNIDENTIFIED": ("不明入账", "Unidentified receipt"),
    "VOUCHER_MISSING": ("漏记账", "Not booked"),
    "VOUCHER_AMOUNT_MISMATCH": ("凭证金额不符", "Booked amount differs"),
    "WRONG_PERIOD": ("跨期入账", "Booked in another period"),
    "VOUCHER_ORPHAN": ("无源凭证", "Voucher without source"),
    "UNEXPLAINED": ("未解释", "Unexplained"),
}
"""Difference codes, in the order in which they are listed."""

ON_SEVERAL_LEGS: Final = frozenset({"REFUND_NOT_SYNCED", "DUPLICATE_ENTRY", "FX_ROUNDING", "FX_RATE", "UNEXPLAINED"})
"""Codes whose name alone does not say which books disagree."""

CHANNELS: Final[dict[str, Pair]] = {
    "alipay": ("支付宝", "Alipay"),
    "wechat": ("微信支付", "WeChat Pay"),
    "unionpay": ("银联", "UnionPay"),
    "paypal": ("PayPal", "PayPal"),
    "": ("未识别渠道", "No channel"),
}

LEGS: Final[dict[str, Pair]] = {
    "order_channel": ("订单—渠道", "Order – channel"),
    "channel_bank": ("渠道—银行", "Channel – bank"),
    "channel_ledger": ("渠道—账务", "Channel – ledger"),
}
SIDES: Final[dict[str, tuple[Pair, Pair]]] = {
    "order_channel": (("订单金额", "Order amount"), ("渠道金额", "Channel amount")),
    "channel_bank": (("渠道金额", "Channel amount"), ("银行金额", "Bank amount")),
    "channel_ledger": (("渠道金额", "Channel amount"), ("账务金额", "Ledger amount")),
}
"""Captions of the two amounts of a difference: left book, right book."""
LEDGER_SUFFIX: Final[dict[str, Pair]] = {
    "channel_bank": ("（银行）", " (bank)"),
    "channel_ledger": ("（账务）", " (ledger)"),
}
BOOKS: Final[dict[str, Pair]] = {
    "order": ("订单", "Orders"),
    "channel": ("渠道", "Channels"),
    "bank": ("银行", "Bank"),
    "ledger": ("账务", "Ledger"),
    "shipment": ("物流", "Shipments"),
}
KINDS: Final[dict[str, Pair]] = {"timing": ("时间性", "timing"), "break": ("差异", "break")}
STATES: Final[dict[str, Pair]] = {
    "open": ("未处理", "open"),
    "assigned": ("处理中", "assigned"),
    "resolved": ("已解决", "resolved"),
    "written_off": ("已核销", "written off"),
    "suspended": ("挂账", "suspended"),
    "cleared": ("已自动消除", "cleared"),
}
SEVERITIES: Final[dict[str, Pair]] = {"high": ("高", "high"), "medium": ("中", "medium"), "low": ("低", "low")}
RESULTS: Final[tuple[str, ...]] = ("assigned", "resolved", "written_off", "suspended")
"""States that a person may set from the workbook."""

MOVEMENTS: Final[dict[str, Pair]] = {
    "payment": ("其他收款", "Other receipts"),
    "refund": ("其他退款", "Other refunds"),
    "chargeback": ("拒付", "Chargebacks"),
    "chargeback_reversal": ("拒付撤回", "Chargebacks reversed"),
    "fee": ("单列手续费", "Fees as rows"),
    "hold": ("冻结与解冻", "Holds and releases"),
    "transfer": ("充值与转账", "Transfers"),
    "adjustment": ("渠道调账", "Adjustments"),
}

EVENTS: Final[dict[str, Pair]] = {
    "payment": ("收款", "payment"),
    "refund": ("退款", "refund"),
    "chargeback": ("拒付", "chargeback"),
    "chargeback_reversal": ("拒付撤回", "chargeback reversed"),
    "fee": ("手续费", "fee"),
    "payout": ("结算付款", "payout"),
    "conversion": ("货币兑换", "conversion"),
    "hold": ("冻结与解冻", "hold or release"),
    "transfer": ("充值与转账", "transfer"),
    "adjustment": ("渠道调账", "adjustment"),
    "bank_line": ("银行流水", "bank line"),
    "entry": ("记账", "entry"),
    "outbound": ("出库", "outbound"),
    "first_scan": ("揽收首扫", "first scan"),
    "signed": ("签收", "signed"),
    "confirmed": ("确认收货", "confirmed"),
    "contact": ("触达客户", "customer contacted"),
    "reminder": ("提醒", "reminder"),
}
"""What happens to money and parcels: movements, and the steps of a shipment."""
STATUSES: Final[dict[str, Pair]] = {
    "success": ("成功", "success"),
    "pending": ("处理中", "pending"),
    "closed": ("关闭", "closed"),
    "sent": ("已发出", "sent"),
    "uncertain": ("可能已发出", "perhaps sent"),
}
"""Final states of a movement in its own book, and of a reminder."""

REGIONS: Final[dict[str, Pair]] = {
    "same_city": ("同城", "same city"),
    "cross_province": ("跨省", "cross-province"),
    "remote": ("偏远", "remote"),
}

SHIPPING: Final[dict[str, Pair]] = {
    "late_first_scan": ("审核队列：出库久未揽收", "Audit queue: late first scan"),
    "signed_before_outbound": ("签收早于出库", "Signed before outbound"),
    "scan_out_of_order": ("扫描时序颠倒", "Scans out of order"),
    "waybill_reused": ("运单号重复使用", "Waybill used twice"),
    "paid_not_shipped": ("已付款未发货", "Paid, never shipped"),
    "delivered_without_order": ("无订单签收", "Delivered without an order"),
}
"""Findings about shipments, in the order in which they are listed."""

WAYS: Final[dict[str, Pair]] = {
    "phone": ("电话", "phone"),
    "sms": ("短信", "SMS"),
    "wechat": ("微信", "WeChat"),
    "wecom": ("企业微信", "WeCom"),
    "email": ("邮件", "e-mail"),
}
"""Ways of reaching a customer; others are printed as the shipments file has them."""

_MINUS: Final = "−"


@dataclass(frozen=True, slots=True)
class Unit:
    """Unit of one chart or column: minor units are divided by ``10**power`` and printed with ``places`` decimals.

    ``label`` names it (万元, CNY thousand); ``suffix`` and ``name`` say it beside a single number (1,032.4k CNY).
    """

    power: int
    places: int
    label: str
    suffix: str
    name: str

    def show(self, minor: int) -> str:
        """Print an amount in this unit, without the unit's name; what is too small for it is "<0.1", never 0.0."""
        scaled = money.half_up(minor * 10**self.places, 10**self.power)
        if minor and not scaled:
            return (f"<{_fixed(1, self.places)}") if minor > 0 else f">{_fixed(-1, self.places)}"
        return _fixed(scaled, self.places)


@dataclass(frozen=True, slots=True)
class Speaker:
    """Says words and figures in one language. Call it with both texts: ``say("合计", "Total")``."""

    language: Language

    def __call__(self, zh: str, en: str) -> str:
        """Return the text of the speaker's language."""
        return zh if self.language == "zh" else en

    def name(self, table: dict[str, Pair], key: str) -> str:
        """Name of ``key`` in a vocabulary above; the key itself when the vocabulary does not have it."""
        return self(*table.get(key, (key, key)))

    def channel(self, channel: str) -> str:
        """Shown name of a channel."""
        return self.name(CHANNELS, channel)

    def leg(self, leg: str) -> str:
        """Shown name of a leg."""
        return self.name(LEGS, leg)

    def book(self, book: str) -> str:
        """Shown name of a book."""
        return self.name(BOOKS, book)

    def code(self, code: str) -> str:
        """Title of a difference code."""
        return self.name(CODES, code)

    def cause(self, leg: str, code: str) -> str:
        """Title of a code on a leg; codes that occur on several legs say which, unless it is the first."""
        suffix = self.name(LEDGER_SUFFIX, leg) if code in ON_SEVERAL_LEGS and leg in LEDGER_SUFFIX else ""
        return self.code(code) + suffix

    def joined(self, items: list[str]) -> str:
        """Join names as the language does: 、 or commas."""
        return self("、", ", ").join(items)

    # -- figures ---------------------------------------------------------------------------------------------------

    def unit(self, largest_minor: int, currency: str) -> Unit:
        """Unit in which amounts up to ``largest_minor`` of ``currency`` read well: 元, 万元, 亿元; CNY thousand."""
        decimals = money.exponent(currency)
        whole = abs(largest_minor) // 10**decimals
        if self.language == "zh":
            name = "元" if currency == "CNY" else f" {currency}"
            steps = ((10**9, 8, 2, "亿"), (10**5, 4, 1, "万"))
            for least, power, places, word in steps:
                if whole >= least:
                    return Unit(decimals + power, places, word + name, "", word + name)
            return Unit(decimals, decimals, name.strip(), "", name.strip())
        for least, power, word in ((10**9, 6, "million"), (10**5, 3, "thousand")):
            if whole >= least:
                return Unit(
                    decimals + power, 1, f"{currency} {word}", {"million": "m", "thousand": "k"}[word], currency
                )
        return Unit(decimals, decimals, currency, "", currency)

    def money(self, minor: int, currency: str) -> str:
        """Say an amount in a unit that reads well, with its unit."""
        unit = self.unit(minor, currency)
        shown = unit.show(minor)
        return f"{shown} {unit.name}" if self.language == "zh" else f"{currency} {shown}{unit.suffix}"

    def exact(self, minor: int, currency: str) -> str:
        """Print every minor unit with thousands commas and a true minus sign."""
        return money.show(minor, currency, grouped=True).replace("-", _MINUS)

    def share(self, part: int, whole: int, places: int = 2) -> str:
        """Say ``part / whole`` in per cent; a dash when there is no whole."""
        if not whole:
            return "–"
        return _fixed(money.half_up(part * 100 * 10**places, whole), places) + "%"

    def ppm(self, ppm: int, places: int = 2) -> str:
        """Say parts per million in per cent."""
        return self.share(ppm, 1_000_000, places)

    def points(self, ppm: int, places: int = 2) -> str:
        """Say a change of a share in percentage points, without sign."""
        return _fixed(money.half_up(abs(ppm) * 10**places, 10_000), places) + self(" 个百分点", " pp")

    def count(self, number: int) -> str:
        """Print a number of things with thousands commas."""
        return f"{number:,}".replace("-", _MINUS)

    def things(self, number: int, one: str, several: str) -> str:
        """Print a number of things with the English word for one or for several of them."""
        return f"{self.count(number)} {one if number == 1 else several}"

    def month(self, period: str) -> str:
        """Say a period: 2026年2月, February 2026."""
        year, month = period.split("-")
        return self(f"{year}年{int(month)}月", f"{_MONTHS[int(month) - 1]} {year}")

    def month_short(self, period: str) -> str:
        """Say the month of a period on an axis: 2月, Feb."""
        month = int(period.split("-")[1])
        return self(f"{month}月", _MONTHS[month - 1][:3])


_MONTHS: Final = (
    "January February March April May June July August September October November December".split()  # noqa: SIM905
)


def _fixed(scaled: int, places: int) -> str:
    """Print an integer that was scaled by ``10**places`` with commas and that many decimals."""
    digits = str(abs(scaled)).rjust(places + 1, "0")
    whole, part = (digits[:-places], "." + digits[-places:]) if places else (digits, "")
    return (_MINUS if scaled < 0 else "") + f"{int(whole):,}" + part
