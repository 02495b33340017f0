"""Parcels of the month: one per order line of the two big shops, with a few that deserve a second look.

Orders of the small shop are carried home and PayPal's go abroad by mail, so neither has a parcel here. About one signed
parcel in sixty is never confirmed by its buyer; some of those buyers were called. A few parcels left the house but were
never scanned, one proof picture serves two parcels, and one proof is not where the path says.

Proof pictures are drawn here: small, blank of any person, each different.
"""

from __future__ import annotations

import io
from pathlib import Path
from typing import Final

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


def write(inbox: Path, proofs: Path, book: pl.DataFrame, plan: Plan, rng: np.random.Generator) -> int:
    """``shipments.csv`` and the proof pictures; ``book`` as of ``books.order_book``. Gives the rows."""
    wanted = (pl.col("record") == "payment") & (pl.col("status") == "success")
    sent = book.filter(wanted & (pl.col("shop") != SMALL_SHOP) & (pl.col("channel") != PAYPAL))
    parcels = _parcels(sent.unique("order_no", keep="first", maintain_order=True), plan, rng)
    text.write_csv(inbox / "shipments.csv", parcels)
    proofs.mkdir(parents=True, exist_ok=True)
    for number in range(1, PROOFS + 1):
        (proofs / _picture_name(number)).write_bytes(_picture(number, rng))
    return len(parcels)


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
