"""Alipay 业务明细 and its 业务明细(汇总): GBK text in a zip whose member names are GBK without the UTF-8 flag.

One zip for the month (``202602_<PID>.zip``) and one for the day after it (``<account>_20260301.csv.zip``). A refund row
repeats the payment's trade number with negative amounts; its request number tells refunds apart. Identifiers and text
cells end in a TAB, and so does one money column, as Alipay prints them. The trailer's totals and the summary's net are
added up from the rows.

The zip is written by hand: Python's own writer would set the UTF-8 flag, and time stamps must not depend on the day.
"""

from __future__ import annotations

import datetime as dt
import struct
import zlib
from pathlib import Path
from typing import Final

import polars as pl

from sample_data import text
from sample_data.contract import ACCOUNTS, ALIPAY, ALIPAY_PID, SHOPS, Plan, date_of

COLUMNS: Final = (
    "支付宝交易号,商户订单号,业务类型,商品名称,创建时间,完成时间,门店编号,门店名称,操作员,终端号,对方账户,订单金额（元）,商家实收（元）,"
    "支付宝红包（元）,集分宝（元）,支付宝优惠（元）,商家优惠（元）,券核销金额（元）,券名称,商家红包消费金额（元）,卡消费金额（元）,"
    "退款批次号/请求号,服务费（元）,分润（元）,备注"
)
SUMMARY_COLUMNS: Final = (
    "门店编号,门店名称,交易订单总笔数,退款订单总笔数,订单金额（元）,商家实收（元）,支付宝优惠（元）,商家优惠（元）,卡消费金额（元）,"
    "服务费（元）,分润（元）,实收净额（元）"
)
BUYERS: Final = ("*宁", "*小雨", "**轩", "*桂芳", "*一诺")
GOODS: Final = ("云杉四件套", "原木餐椅", "亚麻窗帘", "羊毛地毯", "陶瓷餐具", "收纳柜")


def write(folder: Path, moves: pl.DataFrame, created: pl.Series, plan: Plan) -> dict[str, int]:
    """Both zips; ``created`` is the order's creation time of each move. Gives the rows of each file."""
    mine = moves.with_columns(created=created).filter(pl.col("channel") == ALIPAY)
    account, month = ACCOUNTS[ALIPAY], plan.period.replace("-", "")
    in_month = pl.col("day") < plan.after_day
    last = date_of(plan.after_day)
    files: dict[str, tuple[str, dt.date, dt.date, pl.DataFrame]] = {
        f"{month}_{ALIPAY_PID}.zip": (f"{account}_{month}", plan.first, plan.after, mine.filter(in_month)),
        f"{account}_{last:%Y%m%d}.csv.zip": (
            f"{account}_{last:%Y%m%d}",
            plan.after,
            plan.after + dt.timedelta(days=1),
            mine.filter(~in_month),
        ),
    }
    for day in overlapping_days(plan, "alipay"):  # somebody took the day's bill at the time, too
        one = date_of(day)
        stem = f"{account}_{one:%Y%m%d}"
        files[f"{stem}.csv.zip"] = (stem, one, one + dt.timedelta(days=1), mine.filter(pl.col("day") == day))
    folder.mkdir(parents=True, exist_ok=True)
    for name, (stem, start, end, rows) in files.items():
        (folder / name).write_bytes(trade_zip(stem, start, end, rows))
    return {name: len(rows) for name, (_, _, _, rows) in files.items()}


def trade_zip(stem: str, start: dt.date, end: dt.date, rows: pl.DataFrame) -> bytes:
    """Both bills of the days from ``start`` to before ``end``; ``rows`` are moves with ``created``."""
    head = _head(start, end)
    exported = f"#导出时间：[{end + dt.timedelta(days=2):%Y年%m月%d日} 09:12:31]\r\n"
    detail = _detail(rows, head, exported)
    summary = _summary(rows, head, exported)
    # The summary comes first, as in some downloads: who takes the first member reads the wrong file.
    return zipped({f"{stem}_业务明细(汇总).csv": summary, f"{stem}_业务明细.csv": detail})


def overlapping_days(plan: Plan, name: str) -> list[int]:
    """Days of the month whose own bill was kept beside the month's; only with noise."""
    if not plan.noise:
        return []
    days = plan.dice(f"day bills {name}").choice(plan.days, 4, replace=False)
    return sorted(plan.first_day + int(day) for day in days)


def _head(start: dt.date, end: dt.date) -> str:
    return (
        f"#账号：[{ACCOUNTS[ALIPAY]}]\r\n"
        f"#起始日期：[{start:%Y年%m月%d日} 00:00:00]   终止日期：[{end:%Y年%m月%d日} 00:00:00]\r\n"
    )


def _detail(rows: pl.DataFrame, head: str, exported: str) -> bytes:
    tab, zero = pl.lit("\t"), pl.lit("0.00")

    def tabbed(value: pl.Expr) -> pl.Expr:
        return pl.concat_str(value, tab)

    refund = pl.col("kind") == "refund"
    goods = text.pick(GOODS, pl.col("pay") % len(GOODS))
    cells = rows.select(
        tabbed(pl.col("txn_no")).alias("1"),
        tabbed(pl.col("mno")).alias("2"),
        tabbed(pl.when(refund).then(pl.lit("退款")).otherwise(pl.lit("交易"))).alias("3"),
        goods.alias("4"),
        text.moment(pl.col("created")).alias("5"),
        text.moment(pl.col("at")).alias("6"),
        tabbed(pl.lit("YSHOME01")).alias("7"),
        pl.lit(SHOPS[0]).alias("8"),
        tab.alias("9"),
        tab.alias("10"),
        tabbed(
            pl.concat_str(
                text.pick(BUYERS, pl.col("pay") % len(BUYERS)),
                pl.lit("("),
                text.number(pl.col("pay") * 37 % 900 + 100, 3),
                pl.lit("***@example.com)"),
            )
        ).alias("11"),
        text.money(pl.col("amount")).alias("12"),
        text.money(pl.col("settled")).alias("13"),
        zero.alias("14"),
        zero.alias("15"),
        text.money(pl.col("discount")).alias("16"),
        text.money(pl.col("amount") - pl.col("settled")).alias("17"),
        zero.alias("18"),
        pl.lit("").alias("19"),
        tabbed(zero).alias("20"),
        zero.alias("21"),
        tabbed(pl.col("refund_no").fill_null("")).alias("22"),
        text.money(pl.col("fee")).alias("23"),
        zero.alias("24"),
        goods.alias("25"),
    )
    body = text.lines(cells, ",", "\r\n").decode()
    paid, returned = rows.filter(~refund), rows.filter(refund)
    dashes = "-" * 41
    sent_back, taken_back = _yuan(returned, "settled"), _coupons(returned)
    return (
        f"#支付宝业务明细查询\r\n{head}#{dashes}业务明细列表{dashes[1:]}\r\n{COLUMNS}\r\n{body}"
        f"#{dashes}业务明细列表结束{dashes[5:]}\r\n"
        f"#交易合计：{len(paid)}笔，商家实收共{_yuan(paid, 'settled')}元，商家优惠共{_coupons(paid)}元\r\n"
        f"#退款合计：{len(returned)}笔，商家实收退款共{sent_back}元，商家优惠退款共{taken_back}元\r\n{exported}"
    ).encode("gbk")


def _summary(rows: pl.DataFrame, head: str, exported: str) -> bytes:
    paid = int((rows["kind"] == "payment").sum())
    amount, settled, fee = _yuan(rows), _yuan(rows, "settled"), _yuan(rows, "fee")
    net = yuan(int(rows["settled"].sum()) + int(rows["fee"].sum()))
    given = f"{_yuan(rows, 'discount')},{_coupons(rows)}"
    numbers = f"{paid},{len(rows) - paid},{amount},{settled},{given},0.00,{fee},0.00,{net}"
    dashes = "-" * 41
    return (
        f"#支付宝业务汇总查询\r\n{head}#{dashes}业务汇总列表{dashes[1:]}\r\n{SUMMARY_COLUMNS}\r\n"
        f"YSHOME01\t,{SHOPS[0]}\t,{numbers}\r\n合计\t,\t,{numbers}\r\n"
        f"#{dashes[1:]}业务汇总列表结束{dashes[4:]}\r\n{exported}"
    ).encode("gbk")


def _yuan(rows: pl.DataFrame, column: str = "amount") -> str:
    return yuan(int(rows[column].sum()))


def _coupons(rows: pl.DataFrame) -> str:
    return yuan(int((rows["amount"] - rows["settled"]).sum()))


def yuan(minor: int) -> str:
    """Minor units as text, ``-12.34``."""
    return f"{'-' if minor < 0 else ''}{abs(minor) // 100}.{abs(minor) % 100:02d}"


def zipped(members: dict[str, bytes]) -> bytes:
    """A zip of deflated members with GBK names, no UTF-8 flag and one fixed time stamp (1980-01-01)."""
    body, directory = b"", b""
    for name, data in members.items():
        packer = zlib.compressobj(6, zlib.DEFLATED, -15)
        packed = packer.compress(data) + packer.flush()
        path = name.encode("gbk")
        common = struct.pack("<5H3I2H", 20, 0, 8, 0, 33, zlib.crc32(data), len(packed), len(data), len(path), 0)
        directory += b"PK\x01\x02" + struct.pack("<H", 20) + common + struct.pack("<3H2I", 0, 0, 0, 0, len(body)) + path
        body += b"PK\x03\x04" + common + path + packed
    count = len(members)
    return body + directory + b"PK\x05\x06" + struct.pack("<4H2IH", 0, 0, count, count, len(directory), len(body), 0)
