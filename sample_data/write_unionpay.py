"""UnionPay: for each settlement day a ZM (the transactions) and an RD (what they add up to), as a merchant gets them.

A ZM has 42 fields of fixed width, 607 bytes a line, CRLF, GBK, and is called ``INN26020388ZM_<merId>`` after its
settlement day, which ends at 23:00. The transaction amount has no sign; fee, settlement and clearing amounts carry
``C`` (to the merchant) or ``D`` in front of twelve digits, a blank when zero. A refund (txnType 04) has an order number
of its own and points to its payment by origQryId, trace number and time. The RD is a printed page in GBK.

Both come in a zip, ``<merId>_20260203.zip``. Here they lie as finance teams have them: the first week unpacked, one day
as the answer of the file interface was saved, and zips for the rest of the month. One zip holds a ZME, too: an enquiry
that was answered (E05) and cost nothing. A day without transactions has no file.
"""

from __future__ import annotations

import base64
import zlib
from pathlib import Path
from typing import Final

import polars as pl

from sample_data import text
from sample_data.contract import ACCOUNTS, UNIONPAY, Plan, date_of
from sample_data.write_alipay import zipped

WIDTH: Final = 607
NOTES: Final = ("", "云杉小集", "", "云杉家居")
CARDS: Final = ("622280*********0000", "622609******0048   ", "621700*********8888")
NO_AMOUNT: Final = " 000000000000"
TAIL: Final = 98
UNPACKED_DAYS: Final = 7
ENQUIRY_DAY: Final = 10
"""Days of the month (from 0) before which files lie unpacked, and on which a ZME tells of an enquiry."""


def write(folder: Path, moves: pl.DataFrame, payments: pl.DataFrame, plan: Plan) -> dict[str, int]:
    """One set of files per settlement day of the month and of the day after it. Gives the transactions of each file."""
    mine = moves.filter(pl.col("channel") == UNIONPAY)
    mine = mine.with_columns(origin_at=payments["at"][mine["pay"]])
    folder.mkdir(parents=True, exist_ok=True)
    written: dict[str, int] = {}
    for day in range(plan.first_day, plan.after_day + 1):
        rows = mine.filter(pl.col("day") == day)
        if rows.is_empty():
            continue
        for name, data in _packed(_members(rows, day, plan), day, plan).items():
            (folder / name).write_bytes(data)
            written[name] = 0 if name.startswith("RD") else len(rows)
    return written


def _packed(members: dict[str, bytes], day: int, plan: Plan) -> dict[str, bytes]:
    """Files of one day: unpacked, as the interface answers, or in a zip."""
    nth = day - plan.first_day
    if nth < UNPACKED_DAYS:
        return members
    name = f"{ACCOUNTS[UNIONPAY]}_{date_of(day):%Y%m%d}"
    archive = zipped(members)
    if nth > UNPACKED_DAYS:
        return {f"{name}.zip": archive}
    content = base64.b64encode(zlib.compress(archive)).decode()
    answer = {
        "accessType": "0",
        "bizType": "000000",
        "encoding": "UTF-8",
        "fileContent": content,
        "fileName": f"{name}.zip",
        "fileType": "00",
        "merId": ACCOUNTS[UNIONPAY],
        "respCode": "00",
        "respMsg": "成功[0000000]",
        "settleDate": f"{date_of(day):%m%d}",
        "txnSubType": "01",
        "txnType": "76",
        "version": "5.1.0",
    }
    return {f"{name}.answer.txt": "&".join(f"{key}={value}" for key, value in answer.items()).encode()}


def day_zip(rows: pl.DataFrame, day: int, plan: Plan) -> tuple[str, bytes]:
    """Name and bytes of one settlement day's zip; ``rows`` are moves with ``origin_at``."""
    return f"{ACCOUNTS[UNIONPAY]}_{date_of(day):%Y%m%d}.zip", zipped(_members(rows, day, plan))


def _members(rows: pl.DataFrame, day: int, plan: Plan) -> dict[str, bytes]:
    """ZM, perhaps ZME, and RD of one day."""
    date, merchant = date_of(day), ACCOUNTS[UNIONPAY]
    data = text.lines(rows.select(_line().alias("line")), " ", "\r\n").decode().encode("gbk")
    if len(data) != len(rows) * (WIDTH + 2):
        msg = f"ZM of {date}: {len(data)} bytes for {len(rows)} lines"
        raise ValueError(msg)
    members = {f"INN{date:%y%m%d}88ZM_{merchant}": data}
    paid = rows.filter(pl.col("kind") == "payment")
    if day - plan.first_day == ENQUIRY_DAY and len(paid):
        members[f"INN{date:%y%m%d}88ZME_{merchant}"] = _enquiry(paid.row(0, named=True))
    return members | {f"RD2010{date:%y%m%d}01_{merchant}": _summary(rows, day)}


def _enquiry(payment: dict[str, object]) -> bytes:
    """ZME of one line: the bank of a customer asked for the slip of a payment, and the answer cost nothing."""
    number = str(payment["txn_no"])
    moment, trace, amount = number[4:14], number[14:20], f"{payment['amount']:012}"
    cells = (
        ("E05", 3), ("48020000", 11), ("00040000", 11), ("900001", 6), (moment[:4] + "220000", 10), (CARDS[0], 19),
        ("0" * 12, 12), ("5712", 4), ("07", 2), ("01", 2), (trace, 6), (moment, 10), (moment[:4], 4), (amount, 12),
        (NO_AMOUNT, 13), (NO_AMOUNT, 13), ("", 15), (ACCOUNTS[UNIONPAY], 15), ("", 1), (NO_AMOUNT[:-1], 12), ("", 2),
        ("", 135),
    )  # fmt: skip
    return " ".join(value.ljust(width) for value, width in cells).encode() + b"\r\n"


# -- the printed page ----------------------------------------------------------------------------------------------

CAPTIONS: Final = (
    "            交易笔数               交易金额                         费用                              资金清算差额"
)
SIDES: Final = (
    "                                         借              贷              借              贷               借      "
    "            贷"
)
RULE: Final = "_" * 136


def _summary(rows: pl.DataFrame, day: int) -> bytes:
    """RD: the day's sums by type of transaction and by sort of card (all are debit cards here), 借 and 贷 apart."""
    kinds = [("自助消费", rows.filter(pl.col("kind") == "payment")), ("退货", rows.filter(pl.col("kind") == "refund"))]
    cards = [("借记卡", rows), *((name, rows.clear()) for name in ("贷记卡", "准贷记卡", "其他卡"))]
    page = [
        " " * 73 + "中国银联全渠道商户交易汇总表            ",
        "",
        _padded(f"商户代码:{ACCOUNTS[UNIONPAY]}", 64) + "清算币种:人民币",
        _padded("收单机构:48020000", 64) + f"清算日期:{date_of(day):%Y%m%d}",
        _padded("商户名称:云杉家居", 64) + f"生成日期:{date_of(day + 1):%Y%m%d}",
        "",
        "",
        *_table("交易类型", [(name, part) for name, part in kinds if len(part)], rows),
        "",
        *_table("卡性质  ", cards, rows),
    ]
    return "".join(f"{line}\r\n" for line in page).encode("gbk")


def _table(title: str, parts: list[tuple[str, pl.DataFrame]], rows: pl.DataFrame) -> list[str]:
    lines = [_sums(name, part) for name, part in parts]
    return [title + CAPTIONS, SIDES, RULE, *lines, RULE, _sums("总计", rows)]


def _sums(name: str, rows: pl.DataFrame) -> str:
    figures = []
    for value in ("amount", "fee", None):
        moved = rows[value] if value else rows["amount"] + rows["fee"]
        figures += [-int(moved.filter(moved < 0).sum()), int(moved.filter(moved > 0).sum())]
    cells = "".join(f"{figure // 100}.{figure % 100:02}".rjust(16) for figure in figures)
    return _padded(name, 12) + str(len(rows)).rjust(16) + cells


def _padded(words: str, width: int) -> str:
    """Text filled up to a width on paper, where Chinese characters are twice as wide."""
    return words + " " * (width - len(words.encode("gbk")))


# -- the records of a ZM -------------------------------------------------------------------------------------------


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
