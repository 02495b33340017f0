"""Alipay 账务明细 and 账务汇总: every movement of the balance that the trade bill's payments, refunds and fees make.

The same zips as the trade bill's (see write_alipay), in a folder of their own because they have the same names: the
month, whose rows come in two numbered parts, and the day after it. 支出 is printed negative. A fee is a row of its own
behind its payment, with the trade number in 备注; a fee given back, should there be one, stands behind its refund.

A payout is a row 提现 of what its trade days leave net of fees, in the small hours of the day on which the bank is to
receive it, also when the bank then shows another sum or none: the channel does not know that. 20,000.00 stay in the
account, and 账户余额 runs on through all files.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from pathlib import Path
from typing import Final, TypeAlias

import polars as pl

from sample_data import text
from sample_data.bank import Payout
from sample_data.contract import ACCOUNTS, ALIPAY, ALIPAY_PID, DAY_S, Plan, date_of
from sample_data.write_alipay import BUYERS, GOODS, overlapping_days, yuan, zipped

Transfer: TypeAlias = tuple[int, list[Payout]]
"""A day, and the payouts that the channel sends to the bank together on it."""

COLUMNS: Final = (
    "账务流水号,业务流水号,商户订单号,商品名称,发生时间,对方账号,收入金额（+元）,支出金额（-元）,账户余额（元）,交易渠道,业务类型,备注,"
    "业务描述,业务账单来源,业务基础订单号,业务订单号"
)
SUMMARY_COLUMNS: Final = "类型,收入笔数,收入金额（+元）,支出笔数,支出金额（-元）,总金额（元）"
KINDS: Final = ("交易付款", "交易退款", "收费", "退费", "提现")
PAYMENT, REFUND, FEE, FEE_BACK, PAYOUT = range(5)
DESCRIPTIONS: Final = ("0010001|交易收款-交易收款", "0020001|交易退款-余额退款", "", "", "")
OPENING: Final = 2_000_000
SENT_AT_S: Final = 3_600
"""Withdrawals leave after one o'clock at night."""


def write(
    folder: Path, moves: pl.DataFrame, sent: Sequence[Transfer], service_fees: Sequence[tuple[int, int]], plan: Plan
) -> dict[str, int]:
    """All zips. ``sent`` are the payouts of all channels, ``service_fees`` (day, fen) stand in this bill alone.

    Gives the rows of each file.
    """
    rows = _movements(moves.filter(pl.col("channel") == ALIPAY), sent, service_fees)
    account, month = ACCOUNTS[ALIPAY], plan.period.replace("-", "")
    in_month = rows.filter(pl.col("day") < plan.after_day)
    folder.mkdir(parents=True, exist_ok=True)
    half = len(in_month) // 2
    stem = f"{account}_{month}"
    head, exported = _heading(plan.first, plan.after)
    members = {
        f"{stem}_账务明细(汇总)_1.csv": _summary(in_month, head, exported),
        f"{stem}_账务明细_1.csv": _detail(in_month.head(half), head, exported),
        f"{stem}_账务明细_2.csv": _detail(in_month.slice(half), head, exported),
    }
    written = {f"{month}_{ALIPAY_PID}.zip": len(in_month)}
    (folder / f"{month}_{ALIPAY_PID}.zip").write_bytes(zipped(members))
    for day in (plan.after_day, *overlapping_days(plan, "alipay account")):
        one, of_day = date_of(day), rows.filter(pl.col("day") == day)
        stem = f"{account}_{one:%Y%m%d}"
        head, exported = _heading(one, one + dt.timedelta(days=1))
        members = {
            f"{stem}_账务汇总.csv": _summary(of_day, head, exported),
            f"{stem}_账务明细.csv": _detail(of_day, head, exported),
        }
        (folder / f"{stem}.csv.zip").write_bytes(zipped(members))
        written[f"{stem}.csv.zip"] = len(of_day)
    return written


def _movements(moves: pl.DataFrame, sent: Sequence[Transfer], service_fees: Sequence[tuple[int, int]]) -> pl.DataFrame:
    """Rows of the account in order of time: at, day, word, amount, trade_no, mno, pay, memo, serial, balance."""
    refund = pl.col("kind") == "refund"
    charged = pl.when(pl.col("fee") < 0).then(FEE).otherwise(FEE_BACK)
    memo = (
        pl.when(pl.col("fee") < 0)
        .then(pl.format("服务费[{}]", "txn_no"))
        .otherwise(pl.format("服务费退回({})", "txn_no"))
    )
    common = ("at", "day", pl.col("txn_no").alias("trade_no"), "mno", "pay")
    sales = moves.select(
        *common,
        pl.when(refund).then(REFUND).otherwise(PAYMENT).alias("word"),
        pl.col("settled").alias("amount"),
        pl.lit("").alias("memo"),
    )
    fees = moves.filter(pl.col("fee") != 0).select(
        *common, charged.alias("word"), pl.col("fee").alias("amount"), memo.alias("memo")
    )
    rows = pl.concat([sales, fees, _payouts(sent).select(sales.columns), _services(service_fees).select(sales.columns)])
    # A fee follows its trade in the same second; movements of one second are told apart by their trade.
    rows = rows.sort("at", "trade_no", "word", maintain_order=True).with_row_index("nth")
    serial = pl.concat_str(
        text.day(pl.col("day"), "%Y%m%d"), pl.lit("2000400111"), text.number(pl.col("nth").cast(pl.Int64) + 1, 14)
    )
    return rows.with_columns(serial.alias("serial"), (OPENING + pl.col("amount").cum_sum()).alias("balance"))


def _services(fees: Sequence[tuple[int, int]]) -> pl.DataFrame:
    """Service fees: taken late on their day, of no trade."""
    rows = pl.DataFrame(fees, schema={"day": pl.Int64, "amount": pl.Int64}, orient="row")
    return rows.with_columns(
        -pl.col("amount"),
        (pl.col("day") * DAY_S + 23 * 3_600 + 1_200).alias("at"),
        pl.concat_str(text.day(pl.col("day"), "%Y%m%d"), pl.lit("500310060003000000000000")).alias("trade_no"),
        pl.lit("").alias("mno"),
        pl.lit(None, pl.Int64).alias("pay"),
        pl.lit(FEE).alias("word"),
        pl.lit("花呗分期服务费").alias("memo"),
    )


def _payouts(sent: Sequence[Transfer]) -> pl.DataFrame:
    """Withdrawals of what the trade days have left."""
    mine = [(day, sum(one.batch.net for one in group)) for day, group in sent if group[0].batch.channel == ALIPAY]
    days, amounts = [day for day, _ in mine], [-amount for _, amount in mine]
    rows = pl.DataFrame({"day": days, "amount": amounts}, schema={"day": pl.Int64, "amount": pl.Int64})
    return rows.with_columns(
        (pl.col("day") * DAY_S + SENT_AT_S + pl.col("day") * 97 % 1_800).alias("at"),
        pl.concat_str(text.day(pl.col("day"), "%Y%m%d"), pl.lit("110070001502000000000000")).alias("trade_no"),
        pl.lit("").alias("mno"),
        pl.lit(None, pl.Int64).alias("pay"),
        pl.lit(PAYOUT).alias("word"),
        pl.lit("自动提现").alias("memo"),
    )


def _heading(start: dt.date, end: dt.date) -> tuple[str, str]:
    """Lines of account and days, and the line of the download."""
    lines = (
        f"#账号：[{ACCOUNTS[ALIPAY]}]\r\n"
        f"#起始日期：[{start:%Y年%m月%d日} 00:00:00]   终止日期：[{end:%Y年%m月%d日} 00:00:00]\r\n"
    )
    return lines, f"#导出时间：[{end + dt.timedelta(days=2):%Y年%m月%d日} 09:14:02]\r\n"


def _detail(rows: pl.DataFrame, head: str, exported: str) -> bytes:
    def tabbed(value: pl.Expr) -> pl.Expr:
        return pl.concat_str(value, pl.lit("\t"))

    amount, word, pay = pl.col("amount"), pl.col("word"), pl.col("pay")
    sale = word <= REFUND
    buyer = text.pick(BUYERS, pay % len(BUYERS))
    login = pl.concat_str(buyer, pl.lit("("), text.number(pay * 37 % 900 + 100, 3), pl.lit("***@example.com)"))
    other = pl.when(sale).then(login).when(word == PAYOUT).then(pl.lit("中国建设银行(0123)")).otherwise(pl.lit(""))
    goods = pl.when(sale).then(text.pick(GOODS, pay % len(GOODS))).otherwise(pl.lit(""))
    zero = pl.lit("0.00")
    cells = rows.select(
        tabbed(pl.col("serial")).alias("1"),
        tabbed(pl.col("trade_no")).alias("2"),
        tabbed(pl.col("mno")).alias("3"),
        tabbed(goods).alias("4"),
        text.moment(pl.col("at")).alias("5"),
        tabbed(other).alias("6"),
        pl.when(amount > 0).then(text.money(amount)).otherwise(zero).alias("7"),
        pl.when(amount < 0).then(text.money(amount)).otherwise(zero).alias("8"),
        text.money(pl.col("balance")).alias("9"),
        pl.lit("支付宝").alias("10"),
        text.pick(KINDS, word).alias("11"),
        pl.col("memo").alias("12"),
        text.pick(DESCRIPTIONS, word).alias("13"),
        pl.lit("").alias("14"),
        tabbed(pl.lit("")).alias("15"),
        tabbed(pl.lit("")).alias("16"),
    )
    body = text.lines(cells, ",", "\r\n").decode()
    dashes = "-" * 41
    trailer = "".join(
        f"#{name}合计：{len(side)}笔，共{yuan(int(side.sum()))}元\r\n"
        for name, side in (("支出", _side(rows, -1)), ("收入", _side(rows, 1)))
    )
    return (
        f"#支付宝账务明细查询\r\n{head}#{dashes}账务明细列表{dashes[1:]}\r\n{COLUMNS}\r\n{body}"
        f"#{dashes}账务明细列表结束{dashes[5:]}\r\n{trailer}{exported}"
    ).encode("gbk")


def _summary(rows: pl.DataFrame, head: str, exported: str) -> bytes:
    lines = []
    for number, word in enumerate(KINDS):
        of_word = rows.filter(pl.col("word") == number)
        if len(of_word):
            lines.append(_sums(word, of_word))
    dashes = "-" * 41
    body = "".join([*lines, _sums("合计", rows)])
    return (
        f"#支付宝账务汇总查询\r\n{head}#{dashes}账务汇总列表{dashes[1:]}\r\n{SUMMARY_COLUMNS}\r\n{body}"
        f"#{dashes[1:]}账务汇总列表结束{dashes[4:]}\r\n{exported}"
    ).encode("gbk")


def _sums(word: str, rows: pl.DataFrame) -> str:
    into, out = _side(rows, 1), _side(rows, -1)
    net = yuan(int(rows["amount"].sum()))
    return f"{word}\t,{len(into)},{yuan(int(into.sum()))},{len(out)},{yuan(int(out.sum()))},{net}\r\n"


def _side(rows: pl.DataFrame, sign: int) -> pl.Series:
    return rows.filter(pl.col("amount").sign() == sign)["amount"]
