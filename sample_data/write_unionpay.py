"""UnionPay ZM: one file per settlement day, 42 fields of fixed width, 607 bytes a line, CRLF, GBK.

A file is called ``INN26020388ZM_<merId>`` after its settlement day, which ends at 23:00. The transaction amount has no
sign; fee, settlement and clearing amounts carry ``C`` (to the merchant) or ``D`` in front of twelve digits, a blank
when zero. A refund (txnType 04) has an order number of its own and points to its payment by origQryId, trace number and
time. A day without transactions has no file.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

import polars as pl

from sample_data import text
from sample_data.contract import ACCOUNTS, UNIONPAY, Plan, date_of

WIDTH: Final = 607
NOTES: Final = ("", "云杉小集", "", "云杉家居")
CARDS: Final = ("622280*********0000", "622609******0048   ", "621700*********8888")
NO_AMOUNT: Final = " 000000000000"
TAIL: Final = 98


def write(folder: Path, moves: pl.DataFrame, payments: pl.DataFrame, plan: Plan) -> dict[str, int]:
    """One file per settlement day of the month and of the day after it. Gives the lines of each file."""
    mine = moves.filter(pl.col("channel") == UNIONPAY)
    mine = mine.with_columns(origin_at=payments["at"][mine["pay"]])
    lines = mine.select("day", _line().alias("line"))
    folder.mkdir(parents=True, exist_ok=True)
    written: dict[str, int] = {}
    for day in range(plan.first_day, plan.after_day + 1):
        rows = lines.filter(pl.col("day") == day).select("line")
        if rows.is_empty():
            continue
        name = f"INN{date_of(day):%y%m%d}88ZM_{ACCOUNTS[UNIONPAY]}"
        data = text.lines(rows, " ", "\r\n").decode().encode("gbk")
        if len(data) != len(rows) * (WIDTH + 2):
            raise ValueError(f"{name}: {len(data)} bytes for {len(rows)} lines")
        (folder / name).write_bytes(data)
        written[name] = len(rows)
    return written


def _line() -> pl.Expr:
    """The 42 fields, each padded to its width, joined by single blanks."""
    refund = pl.col("kind") == "refund"
    query = pl.when(refund).then("refund_id").otherwise("txn_no")
    note = [name.encode("gbk").ljust(32).decode("gbk") for name in NOTES]
    net = pl.col("amount") + pl.col("fee")

    def fixed(value: str, width: int) -> pl.Expr:
        return pl.lit(value.ljust(width))

    def of_refund(value: pl.Expr, width: int) -> pl.Expr:
        return pl.when(refund).then(value).otherwise(pl.lit("")).str.pad_end(width)

    return pl.concat_str(
        fixed("S22", 3),
        fixed("48020000", 11),
        fixed("00040000", 11),
        query.str.slice(14, 6),
        text.moment(pl.col("at"), "%m%d%H%M%S"),
        text.pick(CARDS, pl.col("pay") % len(CARDS)),
        text.number(pl.col("amount").abs(), 12),
        fixed("5712", 4),
        fixed("07", 2),
        query.str.pad_end(21),
        fixed("05", 2),
        pl.when(refund).then("refund_no").otherwise("mno").str.pad_end(32),
        fixed("01", 2),
        of_refund(pl.col("txn_no").str.slice(14, 6), 6),
        of_refund(text.moment(pl.col("origin_at"), "%m%d%H%M%S"), 10),
        _signed(pl.col("fee")),
        _signed(net),
        fixed("0201", 4),
        fixed("", 15),
        pl.when(refund).then(pl.lit("04")).otherwise(pl.lit("01")),
        fixed("", 2),
        fixed("000201", 6),
        fixed("", 2),
        fixed("", 4),
        fixed("", 32),
        fixed("", 1),
        of_refund(pl.col("txn_no"), 21),
        fixed(ACCOUNTS[UNIONPAY], 15),
        fixed("", 1),
        fixed("0" * 15, 15),
        fixed("", 32),
        fixed(NO_AMOUNT, 13),
        _signed(net),
        fixed("01080001", 8),
        text.pick(note, pl.col("pay") % len(note)),
        fixed(NO_AMOUNT, 13),
        fixed(NO_AMOUNT, 13),
        fixed(NO_AMOUNT[:-1], 12),
        fixed("", 2),
        fixed("7", 1),
        of_refund(pl.col("mno"), 32),
        fixed("", TAIL),
        separator=" ",
    )


def _signed(amount: pl.Expr) -> pl.Expr:
    """X+n12: ``C`` to the merchant, ``D`` from the merchant, blank when zero."""
    sign = pl.when(amount > 0).then(pl.lit("C")).when(amount < 0).then(pl.lit("D")).otherwise(pl.lit(" "))
    return pl.concat_str(sign, text.number(amount.abs(), 12))
