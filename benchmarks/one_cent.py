"""One cent: what is said of pairs that differ by exactly one minor unit, and of as many that are equal.

    python benchmarks/one_cent.py                     100,000 pairs of each kind, on two legs
    python benchmarks/one_cent.py --pairs 2000 --strict

A WeChat Pay day bill, an order export and a voucher export are written: ``--pairs`` payments whose order agrees to the
fen and as many whose order is one fen off, up or down; the same with vouchers, in every combination; and, as a control,
a hundredth as many that are two fen off in both books. The amounts are spread from four fen to a hundred million yuan.
The program is run on them as a user runs it, with a tolerance of nothing and of one fen (``[match.tolerance]``), and
``recon diffs --format csv`` must list exactly

    tolerance 0    every pair that is one or two fen off, each with its own remainder, and no other
    tolerance 1    the pairs that are two fen off, and no other

A misfire is a pair that is listed and should not be, or is not and should. Nothing here imports the program. The exit
code is 0 whatever the figures are; with ``--strict`` it is 1 when there is a misfire.
"""

from __future__ import annotations

import argparse
import csv
import os
import random
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[1]
AS_OF: Final = "2026-03-02T10:00:00+08:00"
DAY: Final = "2026-02-03"
BILL: Final = (
    "交易时间,公众账号ID,商户号,特约商户号,设备号,微信订单号,商户订单号,用户标识,交易类型,交易状态,付款银行,货币种类,应结订单金额,代金券金额,"
    "微信退款单号,商户退款单号,退款金额,充值券退款金额,退款类型,退款状态,商品名称,商户数据包,手续费,费率,订单金额,申请退款金额,费率备注"
)
TOTALS: Final = "总交易单数,应结订单总金额,退款总金额,充值券退款总金额,手续费总金额,订单总金额,申请退款总金额"
LEGS: Final = ("order_channel", "channel_ledger")
Listed = set[tuple[str, str, int]]
"""Leg, order number, remainder (minor units)."""


@dataclass(frozen=True, slots=True)
class Pair:
    """One payment in fen, and how much more its order and its voucher say."""

    number: int
    amount: int
    order_gap: int
    voucher_gap: int

    @property
    def order_no(self) -> str:
        """Number of the order."""
        return f"OC{self.number:08d}"

    def gap(self, leg: str) -> int:
        """Left minus right on a leg."""
        return self.order_gap if leg == "order_channel" else -self.voucher_gap


def pairs(count: int, seed: int) -> list[Pair]:
    """``count`` pairs of each kind on each leg, and the control."""
    draw = random.Random(seed)
    made = []
    for number in range(2 * count + max(count // 100, 1)):
        amount = draw.randint(4, 10 ** draw.randint(1, 10))
        side = draw.choice((-1, 1))
        if number >= 2 * count:
            made.append(Pair(number, amount, 2 * side, 2 * side))
        else:
            made.append(Pair(number, amount, side * (number % 2), side * (number // 2 % 2)))
    return made


def yuan(fen: int) -> str:
    """Print fen as yuan."""
    return f"{fen // 100}.{fen % 100:02d}"


def write(inbox: Path, made: list[Pair]) -> None:
    """Write the three files."""
    fees = [(pair.amount * 6 + 500) // 1000 for pair in made]
    times = [f"{DAY} {n // 3600 % 24:02d}:{n // 60 % 60:02d}:{n % 60:02d}" for n in range(len(made))]
    with (inbox / "1900012345All2026-02-03.csv").open("w", encoding="utf-8", newline="") as bill:
        bill.write(f"{BILL}\r\n")
        for pair, fee, at in zip(made, fees, times, strict=True):
            cells = (
                at, "wx00yunshan0000001", "1900012345", "0", "", f"42000021{pair.number:020d}", pair.order_no,
                f"oYs0{pair.number:09d}SAMPLEopenid000", "JSAPI", "SUCCESS", "OTHERS", "CNY", yuan(pair.amount), "0.00",
                "0", "0", "0.00", "0.00", "", "", "毛巾", "", f"{yuan(fee)}000", "0.60%", yuan(pair.amount), "0.00", "",
            )  # fmt: skip
            bill.write(",".join(f"`{cell}" for cell in cells) + "\r\n")
        paid = yuan(sum(pair.amount for pair in made))
        totals = (str(len(made)), paid, "0.00", "0.00", f"{yuan(sum(fees))}000", paid, "0.00")
        bill.write(f"{TOTALS}\r\n" + ",".join(f"`{cell}" for cell in totals) + "\r\n")
    with (inbox / "orders.csv").open("w", encoding="utf-8", newline="") as orders:
        orders.write("record,order_no,channel,amount,status,occurred_at\n")
        for pair, at in zip(made, times, strict=True):
            orders.write(f"payment,{pair.order_no},wechat,{yuan(pair.amount + pair.order_gap)},success,{at}\n")
    with (inbox / "vouchers.csv").open("w", encoding="utf-8", newline="") as vouchers:
        vouchers.write(
            "voucher_no,line_no,voucher_date,period,account_code,account_name,summary,debit,credit,reference\n"
        )
        for pair in made:
            head, booked = f"记-{pair.number:08d}", yuan(pair.amount + pair.voucher_gap)
            vouchers.write(f"{head},1,{DAY},2026-02,1012.02,其他货币资金-微信支付,销售,{booked},,{pair.order_no}\n")
            vouchers.write(f"{head},2,{DAY},2026-02,6001,主营业务收入,销售,,{booked},{pair.order_no}\n")
        # The day's fees are booked by themselves: a voucher that is one fen less is then no voucher net of a fen's fee.
        batch, fee = "wechat:1900012345:20260203", yuan(sum(fees))
        vouchers.write(f"记-F,1,{DAY},2026-02,6603.01,财务费用-手续费,手续费,{fee},,{batch}\n")
        vouchers.write(f"记-F,2,{DAY},2026-02,1012.02,其他货币资金-微信支付,手续费,,{fee},{batch}\n")


def recon(workspace: Path, *words: str) -> str:
    """Run the program; returns what it printed. Ends the benchmark when it fails."""
    command = [sys.executable, "-m", "recon", "-w", str(workspace), *words]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, capture_output=True, env=environment, check=False, encoding="utf-8")  # noqa: S603
    if done.returncode:
        sys.exit(f"recon {' '.join(words[:2])} ended with {done.returncode}:\n{done.stderr}")
    return done.stdout


def listed(workspace: Path) -> Listed:
    """What the program lists on the two legs."""
    rows = csv.DictReader(recon(workspace, "diffs", "--as-of", AS_OF, "--format", "csv").splitlines())
    return {(row["leg"], row["order_no"], int(row["delta_minor"])) for row in rows if row["leg"] in LEGS}


def expected(made: list[Pair], tolerance: int) -> Listed:
    """What it should list."""
    return {(leg, pair.order_no, pair.gap(leg)) for pair in made for leg in LEGS if abs(pair.gap(leg)) > tolerance}


def report(made: list[Pair], tolerance: int, found: Listed) -> tuple[str, int]:
    """A line on one tolerance, and its misfires."""
    wanted = expected(made, tolerance)
    false, missed = len(found - wanted), len(wanted - found)
    line = f"tolerance {tolerance}: {2 * len(made):,} comparisons, {len(wanted):,} to list, {len(found):,} listed; "
    return line + f"misfires {false + missed} ({false} listed wrongly, {missed} not listed)", false + missed


def main(arguments: list[str] | None = None) -> int:
    """Write, run, compare."""
    parser = argparse.ArgumentParser(description="Pairs one minor unit apart, and equal ones.")
    parser.add_argument("--pairs", type=int, default=100_000, metavar="N", help="pairs of each kind on each leg")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--strict", action="store_true", help="exit code 1 when there is a misfire")
    given = parser.parse_args(arguments)
    start = time.perf_counter()
    made = pairs(given.pairs, given.seed)
    misfires = 0
    with tempfile.TemporaryDirectory() as folder:
        workspace = Path(folder) / "workspace"
        recon(workspace.parent, "init", str(workspace))
        write(workspace / "inbox", made)
        settings = workspace / "recon.toml"
        settings.write_text('[ledger.accounts]\n"1012.02" = "wechat"\n', encoding="utf-8")
        recon(workspace, "run", "--as-of", AS_OF)
        for tolerance in (0, 1):
            if tolerance:
                with settings.open("a", encoding="utf-8") as file:
                    file.write(f"[match.tolerance]\norder_channel = {tolerance}\nchannel_ledger = {tolerance}\n")
                recon(workspace, "match", "--as-of", AS_OF)
            line, wrong = report(made, tolerance, listed(workspace))
            print(line)
            misfires += wrong
    print(f"{time.perf_counter() - start:.0f} s")
    return 1 if given.strict and misfires else 0


if __name__ == "__main__":
    sys.exit(main())
