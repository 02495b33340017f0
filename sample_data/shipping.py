"""Parcels of the month: one per order line of the two big shops, with a few that deserve a second look.

Orders of the small shop are carried home and PayPal's go abroad by mail, so neither has a parcel here. About one signed
parcel in sixty is never confirmed by its buyer; some of those buyers were called. A few parcels left the house but were
never scanned, one proof picture serves two parcels, and one proof is not where the path says.

What asks whether goods were really sent is planted among the parcels of orders that nobody paid back (:func:`planted`):
a scan long after outbound, a signature before outbound, a waybill used twice, a paid order without a parcel, a parcel
without an order; and one buyer who let three orders in a row run over. ``shipping_truth.csv`` holds all of it but the
buyer, and the parcels that were never scanned.

Proof pictures are drawn here: small, blank of any person, each different.
"""

from __future__ import annotations

import datetime as dt
import io
from pathlib import Path
from typing import Any, Final

import numpy as np
import polars as pl
from PIL import Image, ImageDraw

from sample_data import text
from sample_data.contract import DAY_S, PAYPAL, SMALL_SHOP, Plan, day_number

COLUMNS: Final = (
    "order_no", "waybill_no", "carrier", "region", "outbound_at", "first_scan_at", "signed_at", "sign_proof",
    "confirmed_at", "receiver_name", "receiver_phone", "amount", "last_contact_at", "last_contact_by",
)  # fmt: skip
CARRIERS: Final = ("顺丰速运", "中通快递", "圆通速递", "京东物流", "极兔速递")
PREFIXES: Final = ("SF", "ZT", "YT", "JD", "JT")
REGIONS: Final = ("same_city", "cross_province", "remote")
WAYS: Final = ("phone", "sms", "wechat")
FAMILY: Final = ("宁", "顾", "沈", "陆", "姚", "汤", "柳", "白")
PROOFS: Final = 10


def write(
    inbox: Path, proofs: Path, book: pl.DataFrame, plan: Plan, rng: np.random.Generator
) -> tuple[int, pl.DataFrame]:
    """``shipments.csv`` and the proof pictures; ``book`` as of ``books.order_book``. Gives the rows and the truth."""
    wanted = (pl.col("record") == "payment") & (pl.col("status") == "success")
    sent = book.filter(wanted & (pl.col("shop") != SMALL_SHOP) & (pl.col("channel") != PAYPAL))
    paid_back = book.filter(pl.col("record") == "refund")["order_no"].unique()
    parcels = _parcels(sent.unique("order_no", keep="first", maintain_order=True), plan, rng)
    parcels, truth = planted(parcels, set(paid_back), plan)
    text.write_csv(inbox / "shipments.csv", parcels)
    proofs.mkdir(parents=True, exist_ok=True)
    for number in range(1, PROOFS + 1):
        (proofs / _picture_name(number)).write_bytes(_picture(number, rng))
    return len(parcels), truth


def planted(parcels: pl.DataFrame, paid_back: set[str], plan: Plan) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Plant what does not go together, one of each kind for every 400 parcels; returns parcels and truth.

    The truth has the columns kind, order_no (several joined by ", ") and waybill_no, as ``recon shipping`` has them.
    """
    placed = parcels.with_row_index("place")
    sure = (pl.col("place") > 2 * PROOFS) & pl.col("confirmed_at").is_not_null()
    free = placed.filter(sure & ~pl.col("order_no").is_in(list(paid_back)))
    truth: list[tuple[str, str, str]] = []
    changed: list[dict[str, Any]] = []
    gone: list[int] = []
    for start in range(0, len(free) - 200, 400):
        late, early, twice, again, lost, ghost, *idle = free[start : start + 180 : 20].to_dicts()
        late |= _after(late, "outbound_at", first_scan_at=55, signed_at=90)
        truth.append(("late_first_scan", late["order_no"], late["waybill_no"]))
        early |= _after(early, "outbound_at", first_scan_at=3, signed_at=-20)
        truth.append(("signed_before_outbound", early["order_no"], early["waybill_no"]))
        again["waybill_no"] = twice["waybill_no"]
        both = sorted((twice, again), key=lambda row: (row["outbound_at"], row["order_no"]))
        truth.append(("waybill_reused", ", ".join(row["order_no"] for row in both), twice["waybill_no"]))
        gone.append(lost["place"])
        truth.append(("paid_not_shipped", lost["order_no"], ""))
        if ghost["outbound_at"] >= f"{plan.period}-09":  # before, its order may be one of the month before
            number = f"{ghost['order_no'][:8]}9{ghost['order_no'][9:]}"
            stray = ghost | {"order_no": number, "waybill_no": f"{ghost['waybill_no']}9", "place": len(parcels) + start}
            truth.append(("delivered_without_order", number, stray["waybill_no"]))
            changed.append(stray)
        for row in idle:
            row |= {"receiver_name": "钟**", "receiver_phone": f"199****{start:04d}", "confirmed_at": None}
        changed += [late, early, again, *idle]
    kept = placed.filter(~pl.col("place").is_in([*gone, *(row["place"] for row in changed)]))
    whole = pl.concat([kept, pl.DataFrame(changed, schema=placed.schema)]).sort("place").drop("place")
    old = (plan.as_of.replace(tzinfo=None) - dt.timedelta(hours=48)).isoformat(sep=" ")
    never = whole.filter(pl.col("first_scan_at").is_null() & (pl.col("outbound_at") <= old))
    truth += [("late_first_scan", *row) for row in never.select("order_no", "waybill_no").iter_rows()]
    columns = ("kind", "order_no", "waybill_no")
    return whole, pl.DataFrame(sorted(truth), schema=columns, orient="row")


def _after(row: dict[str, str], event: str, **hours: int) -> dict[str, str]:
    """Move events of a parcel to so many hours after another one."""
    moment = dt.datetime.fromisoformat(row[event])
    return {name: str(moment + dt.timedelta(hours=more)) for name, more in hours.items()}


def _parcels(sent: pl.DataFrame, plan: Plan, rng: np.random.Generator) -> pl.DataFrame:
    rows = len(sent)
    now = day_number(plan.as_of.date()) * DAY_S + 10 * 3600
    region = rng.choice(3, rows, p=(0.25, 0.65, 0.10))
    carrier = rng.integers(0, len(CARRIERS), rows)
    created = sent["created_at"].to_numpy()
    outbound = created + rng.integers(3 * 3600, 40 * 3600, rows)
    scan = outbound + rng.integers(1_800, 14 * 3600, rows)
    least, most = np.array([8, 30, 70])[region] * 3600, np.array([40, 96, 200])[region] * 3600
    signed = scan + rng.integers(least, most)
    confirmed = signed + rng.integers(3_600, 7 * DAY_S, rows)
    ghost = rng.random(rows) < 0.004
    silent = rng.random(rows) < 0.017
    called = silent & (rng.random(rows) < 0.4)

    def seen(at: np.ndarray, *, unless: np.ndarray) -> pl.Series:
        return pl.Series(at).set(pl.Series((at > now) | unless), None)

    def when(at: pl.Series) -> pl.Series:
        return at.to_frame("at").select(text.moment(pl.col("at"))).to_series()

    signed_at = seen(signed, unless=ghost)
    contact = seen(signed + 5 * DAY_S, unless=~called)
    waybill = pl.Series(7_000_000_000 + np.arange(rows) * 37)
    phone = pl.Series(rng.integers(0, 10_000, rows))
    return sent.select(
        "order_no",
        pl.concat_str(text.pick(PREFIXES, pl.lit(pl.Series(carrier))), text.number(pl.lit(waybill), 13)).alias(
            "waybill_no"
        ),
        text.pick(CARRIERS, pl.lit(pl.Series(carrier))).alias("carrier"),
        text.pick(REGIONS, pl.lit(pl.Series(region))).alias("region"),
        when(seen(outbound, unless=outbound > now)).alias("outbound_at"),
        when(seen(scan, unless=ghost)).alias("first_scan_at"),
        when(signed_at).alias("signed_at"),
        _proofs_of(signed_at).alias("sign_proof"),
        when(seen(confirmed, unless=ghost | silent)).alias("confirmed_at"),
        pl.concat_str(text.pick(FAMILY, pl.lit(pl.Series(carrier + region))), pl.lit("**")).alias("receiver_name"),
        pl.concat_str(pl.lit("199****"), text.number(pl.lit(phone), 4)).alias("receiver_phone"),
        text.money(pl.col("amount")).alias("amount"),
        when(contact).alias("last_contact_at"),
        pl.when(pl.lit(contact.is_not_null())).then(text.pick(WAYS, pl.lit(phone % 3))).alias("last_contact_by"),
    ).select(COLUMNS)


def _proofs_of(signed_at: pl.Series) -> pl.Series:
    """Paths for the first signed parcels: one each, then one picture again, then one that is not there."""
    paths = [None] * len(signed_at)
    first = signed_at.is_not_null().arg_true().head(PROOFS + 2).to_list()
    names = [*(f"proofs/{_picture_name(number)}" for number in range(1, PROOFS + 1)), f"proofs/{_picture_name(1)}"]
    proofs = pl.Series(paths, dtype=pl.String)
    for row, name in zip(first, [*names, "proofs/sign-99.png"], strict=False):
        proofs[row] = name
    return proofs


def _picture_name(number: int) -> str:
    return f"sign-{number:02d}.{'jpg' if number % 3 == 0 else 'png'}"


def _picture(number: int, rng: np.random.Generator) -> bytes:
    """A parcel with a label and a scribble for a signature, 120 x 90 pixels."""
    image = Image.new("RGB", (120, 90), (236, 238, 240))
    draw = ImageDraw.Draw(image)
    shade = 150 + number * 7
    draw.rectangle((18, 22, 100, 78), fill=(shade, shade - 30, shade - 70), outline=(90, 70, 40))
    draw.line((18, 40, 100, 40), fill=(120, 95, 60), width=3)
    draw.rectangle((50, 46, 94, 72), fill=(250, 250, 250), outline=(120, 120, 120))
    points = [(52 + step * 4, int(rng.integers(50, 70))) for step in range(10)]
    draw.line(points, fill=(30, 40, 120), width=2)
    for line in range(number % 4 + 1):
        draw.line((22, 46 + line * 6, 44, 46 + line * 6), fill=(80, 60, 30))
    buffer = io.BytesIO()
    if number % 3 == 0:
        image.save(buffer, format="JPEG", quality=70)
    else:
        image.quantize(16).save(buffer, format="PNG", optimize=True)
    return buffer.getvalue()
