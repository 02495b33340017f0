"""Work lists: how long a workbook takes, how large it is, and how much memory it needs beyond what was there before.

    python benchmarks/workbooks.py                              100,000 differences, 3,000 overdue orders with proofs
    python benchmarks/workbooks.py --rows 500000 --orders 20000

Each list is written in a process of its own, from a database file that was written before. Its price in memory is the
largest resident set that the kernel reports of the process (VmHWM, so Linux alone) once the list is written, less the
resident set once the program and its libraries are loaded, the database is open and a first query has been answered.

Differences are spread over eleven causes and three currencies; their sentences, numbers and evidence have the lengths
that a real month has. Delivery proofs are drawn as photographs of 1600 x 1200 pixels.
"""

from __future__ import annotations

import argparse
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Final

import polars as pl
from PIL import Image, ImageDraw

ROOT: Final = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from recon.fulfilment import LOW_ACTIVITY, UNCONFIRMED  # noqa: E402
from recon.report import Confirmations, Settings, listing, overdue  # noqa: E402
from recon.store import Store, open_store  # noqa: E402

AS_OF: Final = 1_772_416_800
CAUSES: Final = (
    ("order_channel", "ORDER_MISSING"), ("order_channel", "CHANNEL_MISSING"), ("order_channel", "AMOUNT_MISMATCH"),
    ("order_channel", "REFUND_NOT_SYNCED"), ("order_channel", "FEE_MISMATCH"), ("order_channel", "FX_ROUNDING"),
    ("channel_bank", "PAYOUT_MISSING"), ("channel_ledger", "VOUCHER_MISSING"), ("channel_ledger", "DUPLICATE_ENTRY"),
    ("channel_ledger", "REFUND_NOT_SYNCED"), ("channel_ledger", "WRONG_PERIOD"),
)  # fmt: skip


def books(path: Path, rows: int) -> None:
    """Write a database with ``rows`` differences of February 2026."""
    draw = random.Random(7)
    cells = []
    for number in range(rows):
        leg, code = CAUSES[number % len(CAUSES)]
        delta = draw.randrange(-500_000, 500_000)
        currency = ("CNY", "CNY", "CNY", "JPY", "KWD")[number % 5]
        order = f"YS202602{number:010d}"
        cells.append(
            {
                "diff_id": f"D{draw.getrandbits(48):012X}", "code": code, "kind": "break", "leg": leg,
                "channel": ("alipay", "wechat", "unionpay", "paypal")[number % 4], "order_no": order,
                "reference": f"42000029732026{draw.randrange(10**14):014d}", "batch_no": "wechat:1900012345:20260203",
                "currency": currency, "left_minor": 13_266 + delta, "right_minor": 13_266, "delta_minor": delta,
                "gap_minor": delta, "business_date": f"2026-02-{number % 28 + 1:02d}",
                "because_zh": f"订单 {order} 在订单系统为 {currency} 132.66，渠道为 {currency} {delta}，"
                f"相差 {delta}（正好等于扣除手续费后的净额）。",
                "because_en": f"Order {order}: the order system has {currency} 132.66, the channel {delta}.",
                "action": "correct_order",
                "evidence": f"inbox/orders.csv:{number}; inbox/wechat/1900012345All2026-02-01_2026-02-28.csv:{number}",
                "holds": code, "match_id": "", "clears_on": None, "state": "open", "first_seen_s": AS_OF,
                "last_seen_s": AS_OF, "first_run": 1, "last_run": 1, "linked": "",
            }
        )  # fmt: skip
    frame = pl.DataFrame(cells, schema_overrides={"clears_on": pl.Date, "left_minor": pl.Int64})
    with open_store(path) as store:
        store.append("diff.difference", frame.with_columns(pl.col("business_date").str.to_date()))


def proofs(folder: Path, count: int) -> None:
    """Draw photographs of parcels, each different."""
    folder.mkdir()
    for number in range(count):
        image = Image.new("RGB", (1600, 1200), (200 + number % 50, 190, 170))
        draw = ImageDraw.Draw(image)
        draw.rectangle((300, 250, 1300, 1000), fill=(170, 120 + number % 90, 80))
        draw.text((700, 600), f"{number}", fill=(0, 0, 0), font_size=120)
        image.save(folder / f"{number}.jpg", quality=85)


def late(count: int) -> pl.DataFrame:
    """Orders that are overdue, one proof each."""
    rows = [
        {
            "order_no": f"YS202602{number:010d}", "waybill_no": f"SF{number:013d}", "carrier": "顺丰速运",
            "region": "remote", "signed_s": AS_OF - 400_000 - number, "deadline_s": AS_OF - 100_000 - number,
            "window_hours": 72, "state": "overdue", "overdue_s": 100_000, "overdue_hours": 27, "last_contact_by": "",
            "receiver_name": "张示例", "receiver_phone": "13800001234", "currency": "CNY", "amount_minor": 12_345,
            "sign_proof": f"proofs/{number}.jpg",
            "evidence": f"inbox/shipments.csv:{number}",
        }
        for number in range(count)
    ]  # fmt: skip
    frame = pl.DataFrame(rows)
    cells = []
    for name, kind in UNCONFIRMED.items():
        cell = pl.col(name) if name in frame.columns else pl.lit(None)
        cells.append((cell.cast(kind).fill_null("") if kind is pl.String else cell.cast(kind)).alias(name))
    return frame.select(cells)


def resident_mb(*, peak: bool = False) -> float:
    """Resident set of this process, now or at its largest; getrusage would tell the parent's, from before exec."""
    wanted = "VmHWM:" if peak else "VmRSS:"
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(wanted)) / 1024


def measured(name: str, folder: Path) -> str:
    """Write one list in this process; returns its line of the table."""
    out = folder / f"{name}.xlsx"
    settings = Settings(merchant="云杉家居", proof_root=folder)
    store: Store | None = None
    frame = pl.DataFrame()
    if name == "differences":
        store = open_store(folder / "recon.duckdb", read_only=True)
        store.frame("SELECT count(*) FROM diff.difference")
    else:
        frame = late(sum(1 for _ in (folder / "proofs").iterdir()))
    before = resident_mb()
    started = time.perf_counter()
    if store is not None:
        listing.write(store, settings, period="2026-02", as_of_s=AS_OF, out=out)
        rows = int(store.value("SELECT count(*) FROM diff.difference"))
    else:
        found = Confirmations(orders=frame, customers=pl.DataFrame(schema=LOW_ACTIVITY), policy="")
        overdue.write(found, settings, period="2026-02", as_of_s=AS_OF, out=out)
        rows = frame.height
    seconds = time.perf_counter() - started
    peak = resident_mb(peak=True)
    size = out.stat().st_size / 1024**2
    return f"| {name:<12} | {rows:>8,} | {seconds:>7.1f} | {size:>7.1f} | {before:>9.0f} | {peak - before:>12.0f} |"


def main() -> None:
    """Write what is needed, then each list in a process of its own."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=100_000, help="differences")
    parser.add_argument("--orders", type=int, default=3_000, help="overdue orders, each with a proof")
    parser.add_argument("--measure", nargs=2, metavar=("LIST", "FOLDER"), help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.measure:
        print(measured(given.measure[0], Path(given.measure[1])))
        return
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        books(folder / "recon.duckdb", given.rows)
        proofs(folder / "proofs", given.orders)
        print("| list         |     rows | seconds |      MB | before MB | more at peak |")
        print("|--------------|---------:|--------:|--------:|----------:|-------------:|")
        for each in ("differences", "overdue"):
            line = [sys.executable, __file__, "--measure", each, str(folder)]
            print(subprocess.run(line, check=True, capture_output=True, text=True).stdout.strip(), flush=True)  # noqa: S603


if __name__ == "__main__":
    main()
