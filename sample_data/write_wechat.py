"""WeChat Pay's two bills, each as a month file from the portal (BOM, CRLF) and a day file as the API gives it (LF).

The trade bill ALL, 27 columns. Every value starts with a backtick. A refund row carries the original payment's numbers,
its amount is positive in its own column and its fee negative; fees are printed with five decimals though they are whole
fen. The last two lines are totals: 总交易单数 counts payments and refunds.

The funds-flow bill of the 基本账户, v3, 11 columns. The same payments and refunds as money that moved, each followed by
its fee; early every morning 提现, the net of the day before on its way to the bank. Each row prints the balance after
it, the last two lines are totals.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

import polars as pl

from sample_data import text
from sample_data.books import Batch
from sample_data.contract import ACCOUNTS, DAY_S, WECHAT, WECHAT_APP_ID, Plan, date_of
from sample_data.write_alipay import GOODS, overlapping_days, yuan

COLUMNS: Final = (
    "交易时间,公众账号ID,商户号,特约商户号,设备号,微信订单号,商户订单号,用户标识,交易类型,交易状态,付款银行,货币种类,应结订单金额,代金券金额,"
    "微信退款单号,商户退款单号,退款金额,充值券退款金额,退款类型,退款状态,商品名称,商户数据包,手续费,费率,订单金额,申请退款金额,费率备注"
)
TOTALS: Final = "总交易单数,应结订单总金额,退款总金额,充值券退款总金额,手续费总金额,订单总金额,申请退款总金额"
TRADES: Final = ("JSAPI", "NATIVE", "APP", "MWEB")
BANKS: Final = ("OTHERS", "CFT", "ICBC_DEBIT", "CMB_CREDIT", "PSBC_DEBIT", "CCB_DEBIT")

FUNDS: Final = (
    "记账时间,微信支付业务单号,资金流水单号,业务名称,业务类型,收支类型,收支金额(元),账户结余(元),"
    "资金变更提交申请人,备注,业务凭证号"
)
FUNDS_TOTALS: Final = "资金流水总笔数,收入笔数,收入金额,支出笔数,支出金额"
OPENING: Final = 5_000_000
"""Fen on the account before the month."""


def write(folder: Path, moves: pl.DataFrame, plan: Plan) -> dict[str, int]:
    """Both bills. Gives the rows of each file, totals not counted."""
    mine = moves.filter(pl.col("channel") == WECHAT)
    in_month = pl.col("day") < plan.after_day
    files = {
        f"{ACCOUNTS[WECHAT]}All{plan.first}_{plan.last}.csv": (mine.filter(in_month), "\ufeff", "\r\n"),
        f"{ACCOUNTS[WECHAT]}All{plan.after}.csv": (mine.filter(~in_month), "", "\n"),
    }
    if plan.noise:  # the month in three downloads that overlap, and a few days by themselves
        tenth, twentieth = plan.first_day + 9, plan.first_day + 19
        files.pop(f"{ACCOUNTS[WECHAT]}All{plan.first}_{plan.last}.csv")
        spans = [(plan.first_day, tenth), (tenth - 1, twentieth), (twentieth, plan.after_day - 1)]
        spans += [(day, day) for day in overlapping_days(plan, "wechat")]
        for start, last in spans:
            days = f"{date_of(start)}" if start == last else f"{date_of(start)}_{date_of(last)}"
            files[f"{ACCOUNTS[WECHAT]}All{days}.csv"] = (mine.filter(pl.col("day").is_between(start, last)), "", "\r\n")
    folder.mkdir(parents=True, exist_ok=True)
    for name, (rows, mark, end) in files.items():
        (folder / name).write_bytes(trade_bill(rows, mark, end))
    return {name: len(rows) for name, (rows, _, _) in files.items()}


def trade_bill(rows: pl.DataFrame, mark: str, end: str) -> bytes:
    """One trade bill of ``books.channel_moves``; ``mark`` is what stands before it, ``end`` ends a line."""
    return f"{mark}{COLUMNS}{end}".encode() + _body(rows, end) + _totals(rows, end).encode()


def _body(rows: pl.DataFrame, end: str) -> bytes:
    refund = pl.col("kind") == "refund"
    nothing, none = pl.lit("0.00"), pl.lit("")

    def of_payment(value: pl.Expr, otherwise: pl.Expr) -> pl.Expr:
        return pl.when(~refund).then(value).otherwise(otherwise)

    paid = of_payment(text.money(pl.col("amount")), nothing)
    returned = of_payment(nothing, text.money(-pl.col("amount")))
    settled, sent_back = (
        of_payment(text.money(pl.col("settled")), nothing),
        of_payment(nothing, text.money(-pl.col("settled"))),
    )
    coupons = of_payment(text.money(pl.col("amount") - pl.col("settled") + pl.col("discount")), nothing)
    values = (
        text.moment(pl.col("at")),
        pl.lit(WECHAT_APP_ID),
        pl.lit(ACCOUNTS[WECHAT]),
        pl.lit("0"),
        none,
        pl.col("txn_no"),
        pl.col("mno"),
        pl.concat_str(pl.lit("oYs0"), text.number(pl.col("pay") * 7_919 % 10**9, 9), pl.lit("SAMPLEopenid000")),
        text.pick(TRADES, pl.col("pay") % len(TRADES)),
        of_payment(pl.lit("SUCCESS"), pl.lit("REFUND")),
        text.pick(BANKS, pl.col("pay") % len(BANKS)),
        pl.lit("CNY"),
        settled,
        coupons,
        of_payment(pl.lit("0"), pl.col("refund_id")),
        of_payment(pl.lit("0"), pl.col("refund_no")),
        sent_back,
        nothing,
        of_payment(none, pl.lit("ORIGINAL")),
        of_payment(none, pl.lit("SUCCESS")),
        text.pick(GOODS, pl.col("pay") % len(GOODS)),
        none,
        pl.concat_str(text.money(-pl.col("fee")), pl.lit("000")),
        _rate_of(rows),
        paid,
        returned,
        none,
    )
    cells = [pl.concat_str(pl.lit("`"), value).alias(str(column)) for column, value in enumerate(values)]
    return text.lines(rows.select(cells), ",", end)


def _rate_of(rows: pl.DataFrame) -> pl.Expr:
    """The printed rate; months with noise change it on a day."""
    if "cheaper" not in rows.columns:
        return pl.lit("0.60%")
    return pl.when("cheaper").then(pl.lit("0.54%")).otherwise(pl.lit("0.60%"))


def _totals(rows: pl.DataFrame, end: str) -> str:
    refund = rows["kind"] == "refund"
    paid = yuan(int(rows.filter(~refund)["amount"].sum()))
    returned = yuan(-int(rows.filter(refund)["amount"].sum()))
    settled = yuan(int(rows.filter(~refund)["settled"].sum()))
    sent_back = yuan(-int(rows.filter(refund)["settled"].sum()))
    fee = yuan(-int(rows["fee"].sum())) + "000"
    values = (str(len(rows)), settled, sent_back, "0.00", fee, paid, returned)
    return f"{TOTALS}{end}" + ",".join(f"`{value}" for value in values) + end


def write_funds(folder: Path, moves: pl.DataFrame, batches: list[Batch], plan: Plan) -> dict[str, int]:
    """Both funds-flow bills. Gives the rows of each file, totals not counted."""
    flow = funds_flow(moves, batches)
    day = pl.col("at") // DAY_S
    name = f"{ACCOUNTS[WECHAT]}基本账户"
    files = {
        f"{name}{plan.first}_{plan.last}.csv": (flow.filter(day < plan.after_day), "\ufeff", "\r\n"),
        f"{name}{plan.after}_{plan.after}.csv": (flow.filter(day == plan.after_day), "", "\n"),
    }
    for file, (rows, mark, end) in files.items():
        (folder / file).write_bytes(funds_bill(rows, mark, end))
    return {file: len(rows) for file, (rows, _, _) in files.items()}


def funds_bill(rows: pl.DataFrame, mark: str, end: str) -> bytes:
    """One funds-flow bill of rows of :func:`funds_flow`."""
    return f"{mark}{FUNDS}{end}".encode() + _funds_body(rows, end) + _funds_totals(rows, end).encode()


def funds_flow(moves: pl.DataFrame, batches: list[Batch]) -> pl.DataFrame:
    """Print what moved on the account, in order of time: the bill's cells, and ``at`` and ``moved`` as numbers."""
    moved = _moved(moves.filter(pl.col("channel") == WECHAT))
    payouts = _withdrawals([one for one in batches if one.channel == WECHAT])
    flow = pl.concat([moved.select(payouts.columns), payouts]).sort("at", maintain_order=True)
    at, number = pl.col("at"), pl.int_range(1, pl.len() + 1)
    own_number = pl.concat_str(pl.lit(ACCOUNTS[WECHAT]), text.day(at // DAY_S, "%Y%m%d"), text.number(number, 10))
    return flow.with_columns(
        pl.col("flow_no").fill_null(own_number), (OPENING + pl.col("moved").cum_sum()).alias("balance")
    )


def _moved(moves: pl.DataFrame) -> pl.DataFrame:
    """Payments and refunds, each with its fee in a row of its own."""
    refund, nothing = pl.col("kind") == "refund", pl.lit(None, pl.String)

    def of_refund(value: pl.Expr | str, otherwise: pl.Expr | str) -> pl.Expr:
        return pl.when(refund).then(value).otherwise(otherwise)

    told = ("退款总金额", text.money(-pl.col("settled")), "元;含手续费", text.money(pl.col("fee")), "元")
    remark = pl.concat_str(pl.lit(part) if isinstance(part, str) else part for part in told)
    both = moves.with_columns(
        business_no=of_refund("refund_id", "txn_no"),
        voucher_no=of_refund("refund_no", "mno"),
        name=of_refund(pl.lit("退款"), pl.lit("交易")),
        payer=of_refund(pl.lit(f"{ACCOUNTS[WECHAT]}API"), pl.lit("system")),
    )
    money = both.with_columns(
        type=pl.col("name"),
        moved=pl.col("settled"),
        flow_no=of_refund("txn_no", nothing),
        remark=of_refund(remark, pl.lit("")),
    )
    fees = both.with_columns(
        type=of_refund(pl.lit("退还交易手续费"), pl.lit("扣除交易手续费")),
        moved=pl.col("fee"),
        flow_no=nothing,
        remark=pl.lit(""),
    )
    order = pl.int_range(pl.len()).alias("order")
    return pl.concat([money.with_columns(order), fees.with_columns(order).filter(pl.col("fee") != 0)]).sort(
        "order", maintain_order=True
    )


def _withdrawals(batches: list[Batch]) -> pl.DataFrame:
    """The net of each trade day, on its way to the bank before the bank's day begins."""
    due, at = pl.col("due"), pl.col("due") * DAY_S + 3_600 + pl.col("due") * 331 % 3_000
    return pl.DataFrame(
        {"due": [one.due for one in batches], "moved": [-one.net for one in batches]},
        schema={"due": pl.Int64, "moved": pl.Int64},
    ).select(
        at.alias("at"),
        pl.concat_str(pl.lit("10100"), text.day(due, "%Y%m%d"), text.number(due * 7_919, 15)).alias("business_no"),
        pl.lit(None, pl.String).alias("flow_no"),
        pl.lit("充值/提现").alias("name"),
        pl.lit("提现").alias("type"),
        "moved",
        pl.lit("system").alias("payer"),
        pl.lit("").alias("remark"),
        pl.concat_str(pl.lit("TX"), text.day(due, "%Y%m%d"), pl.lit("01")).alias("voucher_no"),
    )


def _funds_body(rows: pl.DataFrame, end: str) -> bytes:
    values = (
        text.moment(pl.col("at")),
        pl.col("business_no"),
        pl.col("flow_no"),
        pl.col("name"),
        pl.col("type"),
        pl.when(pl.col("moved") < 0).then(pl.lit("支出")).otherwise(pl.lit("收入")),
        text.money(pl.col("moved").abs()),
        text.money(pl.col("balance")),
        pl.col("payer"),
        pl.col("remark"),
        pl.col("voucher_no"),
    )
    cells = [pl.concat_str(pl.lit("`"), value).alias(str(column)) for column, value in enumerate(values)]
    return text.lines(rows.select(cells), ",", end)


def _funds_totals(rows: pl.DataFrame, end: str) -> str:
    came, went = (rows.filter(pl.col("moved") * way > 0)["moved"] for way in (1, -1))
    values = (str(len(rows)), str(len(came)), yuan(int(came.sum())), str(len(went)), yuan(-int(went.sum())))
    return f"{FUNDS_TOTALS}{end}" + ",".join(f"`{value}" for value in values) + end
