"""WeChat Pay trade bill ALL, 27 columns: a month file from the portal (BOM, CRLF), and a day file as the API gives it.

Every value starts with a backtick. A refund row carries the original payment's numbers, its amount is positive in its
own column and its fee negative; fees are printed with five decimals though they are whole fen. The last two lines are
totals: 总交易单数 counts payments and refunds.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

import polars as pl

from sample_data import text
from sample_data.contract import ACCOUNTS, WECHAT, WECHAT_APP_ID, Plan, date_of
from sample_data.write_alipay import GOODS, overlapping_days, yuan

COLUMNS: Final = (
    "交易时间,公众账号ID,商户号,特约商户号,设备号,微信订单号,商户订单号,用户标识,交易类型,交易状态,付款银行,货币种类,应结订单金额,代金券金额,"
    "微信退款单号,商户退款单号,退款金额,充值券退款金额,退款类型,退款状态,商品名称,商户数据包,手续费,费率,订单金额,申请退款金额,费率备注"
)
TOTALS: Final = "总交易单数,应结订单总金额,退款总金额,充值券退款总金额,手续费总金额,订单总金额,申请退款总金额"
TRADES: Final = ("JSAPI", "NATIVE", "APP", "MWEB")
BANKS: Final = ("OTHERS", "CFT", "ICBC_DEBIT", "CMB_CREDIT", "PSBC_DEBIT", "CCB_DEBIT")


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
        head = f"{mark}{COLUMNS}{end}".encode()
        (folder / name).write_bytes(head + _body(rows, end) + _totals(rows, end).encode())
    return {name: len(rows) for name, (rows, _, _) in files.items()}


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
        pl.lit("0.60%"),
        paid,
        returned,
        none,
    )
    cells = [pl.concat_str(pl.lit("`"), value).alias(str(column)) for column, value in enumerate(values)]
    return text.lines(rows.select(cells), ",", end)


def _totals(rows: pl.DataFrame, end: str) -> str:
    refund = rows["kind"] == "refund"
    paid = yuan(int(rows.filter(~refund)["amount"].sum()))
    returned = yuan(-int(rows.filter(refund)["amount"].sum()))
    settled = yuan(int(rows.filter(~refund)["settled"].sum()))
    sent_back = yuan(-int(rows.filter(refund)["settled"].sum()))
    fee = yuan(-int(rows["fee"].sum())) + "000"
    values = (str(len(rows)), settled, sent_back, "0.00", fee, paid, returned)
    return f"{TOTALS}{end}" + ",".join(f"`{value}" for value in values) + end
