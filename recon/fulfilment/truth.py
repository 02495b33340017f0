"""发货真实性验证: were the goods really sent? Outbound, first scan and signature must follow each other, and an order.

    late_first_scan          left the house 48 hours or more before the carrier first scanned it, or not scanned yet:
                             a waybill was filled in to stop the clock. These are the audit queue.
    signed_before_outbound   signed for before it left the house
    scan_out_of_order        scanned before it left the house (clocks differ by up to an hour), or signed before scanned
    waybill_reused           one waybill, several orders: a waybill used twice, or orders packed together; same receiver
                             and same day say the second, and it is listed with that word
    paid_not_shipped         paid, not paid back in full, and nothing left the house within 48 hours
    delivered_without_order  signed for, and the order book does not know the order; or a carrier delivered a waybill
                             that no order names

What cannot be told is not told. An order is held to be shipped only in a shop and channel that ships
(``shipping_coverage_percent``); a missing scan counts only where scans are printed; both books must be loaded for the
time in question: an order paid two hours before the last shipment known may yet be in the next file. What was left out
for such a reason is counted in :attr:`Truth.not_judged`. All is seen as of one moment: what is later has not happened.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import polars as pl

from recon import times
from recon.fulfilment import parcels as parcel
from recon.fulfilment.parcels import sql
from recon.fulfilment.settings import HOUR_S, Settings
from recon.store import Store

FINDING: Final[dict[str, type[pl.DataType]]] = {
    "kind": pl.String,
    "is_audit": pl.Boolean,  # of the audit queue
    "order_no": pl.String,  # joined by ", " where a waybill has several
    "waybill_no": pl.String,
    "carrier": pl.String,
    "shop": pl.String,
    "paid_s": pl.Int64,
    "outbound_s": pl.Int64,
    "first_scan_s": pl.Int64,
    "signed_s": pl.Int64,
    "hours": pl.Int64,  # whole hours that it is about: until the scan, since the payment ...
    "currency": pl.String,
    "amount_minor": pl.Int64,  # of the order; null = not printed
    "business_date": pl.Date,
    "because_zh": pl.String,
    "because_en": pl.String,
    "evidence": pl.String,  # file:line items joined by "; "
}
"""Columns of :attr:`Truth.findings`."""
NOT_JUDGED: Final[dict[str, type[pl.DataType]]] = {
    "kind": pl.String,
    "what": pl.String,  # shop and channel, or blank
    "number": pl.Int64,
    "reason_zh": pl.String,
    "reason_en": pl.String,
}
"""Columns of :attr:`Truth.not_judged`."""
KINDS: Final = (
    "late_first_scan", "signed_before_outbound", "scan_out_of_order", "waybill_reused", "paid_not_shipped",
    "delivered_without_order",
)  # fmt: skip
CLOCKS_S: Final = HOUR_S
"""A warehouse and a carrier may differ by this much about the same moment."""
LEAD_S: Final = 7 * times.DAY_S
"""A parcel may belong to an order that was paid this long ago; before that the order book must be loaded."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Truth:
    """What was looked at, and what was found."""

    findings: pl.DataFrame
    """Columns of :data:`FINDING`; by kind, day, order and waybill."""
    not_judged: pl.DataFrame
    """Columns of :data:`NOT_JUDGED`: what could not be told, and why."""
    parcels: int
    """Parcels of the period looked at."""
    orders: int
    """Paid orders of the period looked at."""


def truth(store: Store, settings: Settings, *, as_of_s: int, period: str = "") -> Truth:
    """Look at all parcels and orders as of a moment; of ``period`` (``YYYY-MM``) alone when it is given."""
    parcels = _happened(parcel.parcels(store, settings), as_of_s)
    paid = store.frame(sql("paid")).filter((pl.col("paid_s") <= as_of_s).fill_null(value=True))
    left_out: list[dict[str, Any]] = []
    found = [
        *_late(parcels, settings, as_of_s, left_out),
        *_disordered(parcels),
        *_reused(parcels),
        *_unshipped(paid, parcels, settings, as_of_s, left_out),
        *_unordered(store, parcels, paid, as_of_s, left_out),
    ]
    findings = _shaped(found, paid, settings)
    days = parcels.select(
        times.business_date(pl.coalesce("outbound_s", "first_scan_s", "signed_s"), settings.zone).alias("day")
    )["day"]
    paid_days = paid.select(times.business_date(pl.col("paid_s"), settings.zone).alias("day"))["day"]
    if period:
        first, last = times.month_bounds(period)
        findings = findings.filter(pl.col("business_date").is_between(first, last))
        days, paid_days = days.filter(days.is_between(first, last)), paid_days.filter(paid_days.is_between(first, last))
    return Truth(
        findings=_with_evidence(store, findings),
        not_judged=pl.DataFrame(left_out, schema=NOT_JUDGED),
        parcels=days.len(),
        orders=paid_days.len(),
    )


def _happened(parcels: pl.DataFrame, as_of_s: int) -> pl.DataFrame:
    events = ("outbound_s", "first_scan_s", "signed_s", "confirmed_s")
    return parcels.with_columns(pl.when(pl.col(name) <= as_of_s).then(name).alias(name) for name in events)


def _row(kind: str, given: dict[str, Any], day_s: int | None, seconds: int, zh: str, en: str) -> dict[str, Any]:
    same = {name: given.get(name) for name in FINDING if name in given}
    told = {"kind": kind, "is_audit": kind == "late_first_scan", "because_zh": zh, "because_en": en}
    return same | told | {"day_s": day_s, "hours": max(seconds, 0) // HOUR_S}


# ------------------------------------------------------------------------------------------------ parcels


def _late(
    parcels: pl.DataFrame, settings: Settings, as_of_s: int, left_out: list[dict[str, Any]]
) -> list[dict[str, Any]]:
    """Parcels that left the house long before their first scan, or were never scanned."""
    limit = settings.audit_hours * HOUR_S
    waited = pl.coalesce("first_scan_s", pl.lit(as_of_s)) - pl.col("outbound_s")
    old = parcels.filter(pl.col("outbound_s").is_not_null() & (waited >= limit)).with_columns(waited.alias("waited_s"))
    scanned = old.filter(pl.col("first_scan_s").is_not_null())
    never = old.filter(pl.col("first_scan_s").is_null() & pl.col("signed_s").is_null())
    due = parcels.filter(as_of_s - pl.col("outbound_s") >= limit)
    if never.height and due["first_scan_s"].count() * 100 < settings.shipping_coverage_percent * due.height:
        reason = ("多数包裹没有首扫时间，无法判断是否揽收", "most parcels print no first scan")
        left_out.append(_left("late_first_scan", "", never.height, reason))
        never = never.clear()
    rows = []
    for row in pl.concat([scanned, never]).iter_rows(named=True):
        hours = row["waited_s"] // HOUR_S
        if row["first_scan_s"] is None:
            zh = f"出库后 {hours} 小时仍无首扫记录。"
            en = f"Not scanned {hours} hours after it left the house."
        else:
            zh = f"出库后 {hours} 小时才有首扫记录。"
            en = f"First scanned {hours} hours after it left the house."
        rows.append(_row("late_first_scan", row, row["outbound_s"], row["waited_s"], zh, en))
    return rows


def _disordered(parcels: pl.DataFrame) -> list[dict[str, Any]]:
    """Parcels whose events do not follow each other."""
    rows = []
    odd = parcels.filter(
        (pl.col("signed_s") < pl.col("outbound_s"))
        | (pl.col("first_scan_s") < pl.col("outbound_s") - CLOCKS_S)
        | (pl.col("signed_s") < pl.col("first_scan_s"))
    )
    for row in odd.iter_rows(named=True):
        out, scan, signed = row["outbound_s"], row["first_scan_s"], row["signed_s"]
        if out is not None and signed is not None and signed < out:
            gap = out - signed
            zh, en = f"签收早于出库 {_span_zh(gap)}。", f"Signed for {_span_en(gap)} before it left the house."
            rows.append(_row("signed_before_outbound", row, out, gap, zh, en))
            continue
        if signed is not None and scan is not None and signed < scan:
            gap = scan - signed
            zh, en = f"签收早于首扫 {_span_zh(gap)}。", f"Signed for {_span_en(gap)} before its first scan."
        else:
            gap = out - scan
            zh, en = f"首扫早于出库 {_span_zh(gap)}。", f"First scanned {_span_en(gap)} before it left the house."
        rows.append(_row("scan_out_of_order", row, scan, gap, zh, en))
    return rows


def _span_zh(seconds: int) -> str:
    return f"{seconds // HOUR_S} 小时" if seconds >= HOUR_S else f"{max(seconds // 60, 1)} 分钟"


def _span_en(seconds: int) -> str:
    return f"{seconds // HOUR_S} hours" if seconds >= HOUR_S else f"{max(seconds // 60, 1)} minutes"


def _reused(parcels: pl.DataFrame) -> list[dict[str, Any]]:
    """Waybills that several orders name."""
    named = parcels.filter(pl.col("waybill_no") != "").sort("outbound_s", "order_no", nulls_last=True)
    grouped = named.group_by("waybill_no", maintain_order=True).agg(
        pl.col("order_no").unique(maintain_order=True),
        pl.col("carrier", "currency").max(),
        pl.col("outbound_s", "first_scan_s", "signed_s").max(),
        pl.col("outbound_s").min().alias("earliest_s"),
        pl.concat_str("receiver_name", pl.lit("|"), "receiver_phone").n_unique().alias("receivers"),
        (pl.col("receiver_phone") == "").any().alias("is_nameless"),
        pl.col("amount_minor").sum(),
    )
    rows = []
    for row in grouped.filter(pl.col("order_no").list.len() > 1).iter_rows(named=True):
        orders = row["order_no"]
        is_together = (
            row["receivers"] == 1
            and not row["is_nameless"]
            and (row["outbound_s"] or 0) - (row["earliest_s"] or 0) < times.DAY_S
        )
        zh = f"同一运单号用于 {len(orders)} 个订单" + (
            "，收货人相同、同日出库，可能是合并发货。" if is_together else "。"
        )
        en = f"One waybill for {len(orders)} orders" + (
            "; same receiver and day: perhaps packed together." if is_together else "."
        )
        day_s = next((row[name] for name in ("outbound_s", "first_scan_s", "signed_s") if row[name] is not None), None)
        told = row | {"order_no": ", ".join(orders)}
        rows.append(_row("waybill_reused", told, day_s, (row["outbound_s"] or 0) - (row["earliest_s"] or 0), zh, en))
    return rows


# ------------------------------------------------------------------------------------------------ orders


def _unshipped(
    paid: pl.DataFrame, parcels: pl.DataFrame, settings: Settings, as_of_s: int, left_out: list[dict[str, Any]]
) -> list[dict[str, Any]]:
    """Orders that were paid and never left the house."""
    moved = parcels.filter(pl.any_horizontal(pl.col("outbound_s", "first_scan_s", "signed_s").is_not_null()))
    until_s = (
        moved.select(pl.max_horizontal("outbound_s", "first_scan_s", "signed_s").max()).item() if moved.height else None
    )
    owed = paid.filter(pl.col("amount_minor") + pl.col("refunded_minor") > 0)
    if until_s is None or not owed.height:
        return []
    due = owed.filter(pl.col("paid_s") + settings.ship_within_hours * HOUR_S <= min(as_of_s, until_s))
    # A parcel whose events have no time (a date alone) has left the house as well, unless others do print times.
    prints_times = moved.height * 100 >= settings.shipping_coverage_percent * parcels.height
    there = (moved if prints_times else parcels)["order_no"].unique()
    numbers = pl.concat_str("order_no", pl.lit("\x1f"), "merchant_nos").str.split("\x1f")
    shipped = due.with_columns(numbers.list.eval(pl.element().is_in(there.implode())).list.any().alias("is_shipped"))
    shops = shipped.group_by("shop", "channel").agg(
        pl.len().alias("number"), pl.col("is_shipped").sum().alias("with_parcel")
    )
    ships = pl.col("with_parcel") * 100 >= settings.shipping_coverage_percent * pl.col("number")
    counted = shops.with_columns((ships & (pl.col("with_parcel") > 0)).alias("ships")).sort("shop", "channel")
    for row in counted.filter(~pl.col("ships")).iter_rows(named=True):
        reason = (
            f"该店铺与渠道的订单仅 {row['with_parcel']} 单有包裹，视为不发货或未导入物流",
            f"only {row['with_parcel']} of its orders have a parcel: it does not ship, or no shipments are loaded",
        )
        what = " / ".join(name for name in (row["shop"], row["channel"]) if name)
        left_out.append(_left("paid_not_shipped", what, row["number"] - row["with_parcel"], reason))
    listed = shipped.filter(~pl.col("is_shipped")).join(
        counted.filter("ships").select("shop", "channel"), on=["shop", "channel"], how="semi"
    )
    labels = set(parcels["order_no"])
    rows = []
    for row in listed.iter_rows(named=True):
        waited_s = as_of_s - row["paid_s"]
        hours = waited_s // HOUR_S
        if row["order_no"] in labels:
            zh = f"付款后 {hours} 小时，已填运单但没有出库、揽收记录。"
            en = f"Paid {hours} hours ago; a waybill is filled in, and nothing left the house."
        else:
            zh, en = f"付款后 {hours} 小时仍没有发货记录。", f"Paid {hours} hours ago, and nothing was shipped."
        rows.append(_row("paid_not_shipped", row, row["paid_s"], waited_s, zh, en))
    return rows


def _unordered(
    store: Store, parcels: pl.DataFrame, paid: pl.DataFrame, as_of_s: int, left_out: list[dict[str, Any]]
) -> list[dict[str, Any]]:
    """Parcels that were delivered and belong to no order."""
    if not paid.height:
        return []
    first_s, last_s = paid["paid_s"].min(), paid["paid_s"].max()
    known = store.frame(sql("number"))["number"]
    strays = store.frame(sql("stray")).filter(pl.col("signed_s") <= as_of_s)
    if not parcels.height:  # only a carrier speaks, and it knows no orders
        strays = strays.clear()
    unknown = pl.concat(
        [
            parcels.filter(pl.col("signed_s").is_not_null() & ~pl.col("order_no").is_in(known.implode())),
            strays.with_columns(order_no=pl.lit("")),
        ],
        how="diagonal",
    )
    begun = pl.min_horizontal("outbound_s", "first_scan_s", "signed_s")
    is_covered = (begun >= pl.lit(first_s) + LEAD_S) & (begun <= pl.lit(last_s))
    judged = unknown.filter(is_covered)
    if outside := unknown.height - judged.height:
        reason = (
            "订单可能在已导入的订单之前或之后",
            "their orders may be older or newer than the orders loaded",
        )
        left_out.append(_left("delivered_without_order", "", outside, reason))
    rows = []
    for row in judged.iter_rows(named=True):
        if row["order_no"]:
            zh = f"包裹已签收，订单系统中没有订单 {row['order_no']}。"
            en = f"Delivered; the order book has no order {row['order_no']}."
        else:
            zh, en = (
                "承运商显示已签收，没有任何订单使用该运单号。",
                "A carrier delivered it; no order names this waybill.",
            )
        rows.append(_row("delivered_without_order", row, row["signed_s"], 0, zh, en))
    return rows


def _left(kind: str, what: str, number: int, reason: tuple[str, str]) -> dict[str, Any]:
    return {"kind": kind, "what": what, "number": number, "reason_zh": reason[0], "reason_en": reason[1]}


# ------------------------------------------------------------------------------------------------ shape


def _shaped(rows: list[dict[str, Any]], paid: pl.DataFrame, settings: Settings) -> pl.DataFrame:
    """Findings with shop and payment of their order where they have one order; evidence is added later."""
    schema = {name: kind for name, kind in FINDING.items() if name != "business_date"} | {"day_s": pl.Int64}
    frame = pl.DataFrame([{name: row.get(name) for name in schema} for row in rows], schema=schema)
    of = paid.select("order_no", pl.col("shop").alias("of_shop"), pl.col("paid_s").alias("of_paid_s"))
    joined = frame.join(of, on="order_no", how="left").with_columns(
        pl.coalesce("shop", "of_shop").alias("shop"),
        pl.coalesce("paid_s", "of_paid_s").alias("paid_s"),
        times.business_date(pl.col("day_s"), settings.zone).alias("business_date"),
    )
    order = pl.col("kind").replace_strict({kind: place for place, kind in enumerate(KINDS)}, return_dtype=pl.Int64)
    texts = [name for name, kind in FINDING.items() if kind is pl.String]
    shaped = joined.with_columns(pl.col(texts).fill_null("")).sort(order, "business_date", "order_no", "waybill_no")
    return shaped.select(pl.col(name).cast(kind) for name, kind in FINDING.items())


def _with_evidence(store: Store, findings: pl.DataFrame) -> pl.DataFrame:
    wanted = findings.select("order_no", "waybill_no").unique()
    with store.shown("finding_row", wanted):
        lines = store.frame(sql("place"))
    where = pl.format("{}:{}", "file_name", "line_no").str.join("; ").alias("evidence")
    told = lines.sort("file_name", "line_no").group_by("order_no", "waybill_no", maintain_order=True).agg(where)
    joined = findings.drop("evidence").join(told, on=["order_no", "waybill_no"], how="left", maintain_order="left")
    return joined.with_columns(pl.col("evidence").fill_null("")).select(*FINDING)
