"""微信支付交易账单: WeChat Pay's trade bill of a merchant: ALL, SUCCESS or REFUND, new columns or old.

Where: pay.weixin.qq.com > 交易中心 > 交易账单 > 下载, or API v2 ``downloadbill`` / v3 ``bill/tradebill``, from 10:00 of
the next day; ``{mchid}All{YYYY-MM-DD}.csv``, of several days ``..._{YYYY-MM-DD}``. UTF-8 from the API, UTF-8 or GBK
from the portal, maybe gzipped (also under the name .csv).

    交易时间,公众账号ID,商户号,特约商户号,设备号,微信订单号,商户订单号,…,交易状态,…,应结订单金额,…,手续费,费率,订单金额,…
    `2026-02-03 10:00:00,`wx…,`1900012345,`0,`,`4200…,`YS0002,…,`SUCCESS,…,`60.00,…,`0.36000,`0.60%,`60.00,…
    总交易单数,应结订单总金额,退款总金额,充值券退款总金额,手续费总金额,订单总金额,申请退款总金额
    `1,`60.00,`0.00,`0.00,`0.36000,`60.00,`0.00

Every cell starts with a back-tick, and cells are cut where comma and back-tick stand together: 商品名称 and 商户数据包
hold whatever the shop typed. The last two lines are the sums. Columns are found by name: ALL has 27, SUCCESS 20, REFUND
29; merchants of before 2018 still get 24 or 26, with 总金额 and 企业红包金额 (v2 documents: 代金券或立减优惠金额).

What comes out:

- 交易状态 SUCCESS is a payment: amount = 订单金额 (old bills 总金额).
- REFUND and REVOKED are refunds. The row repeats 微信订单号 and 商户订单号 of the payment; its own numbers are
  微信退款单号 and 商户退款单号. amount = -申请退款金额 (old bills -退款金额), which is what the order system knows;
  退款金额 is less by the coupon's part, which the merchant does not pay back. A REVOKED row without a refund amount is
  a reject: nothing says how much was reversed.
- fee = -手续费 (printed positive when charged, negative when given back; five decimals, but rounded to the fen), and
  net = 应结订单金额 - 退款金额 - 手续费, whatever the state of the refund: that is how the settlement adds up.
- 退款状态 SUCCESS is success, PROCESSING is pending (accepted, and taken from the balance already), FAIL is closed,
  CHANGE is closed (the buyer's card is gone, the money is back with the merchant, who must pay it out by hand). The
  bill is a snapshot: a later bill does not correct it.
- The moment (Beijing time) is 交易时间; in ALL bills that is, for a refund, when it was accepted. In REFUND bills
  交易时间 is that of the *payment*; there the moment is 退款成功时间, or 退款申请时间 while there is none, and the
  accounting day that of 退款申请时间: the money leaves the balance when WeChat Pay accepts the refund.
- account = 商户号; in the bill of a service provider (服务商的APPID) the 特约商户号 (子商户号) of the row, whose money
  it is. A payment is the same row in ALL and SUCCESS, a refund in ALL and REFUND: together they double nothing.

A RECHARGE_REFUND bill (v2: refunds paid from the available balance; they are in no other bill) has the columns of a
REFUND bill and is read as one. No column says that these refunds are not taken from the day's settlement: the payout of
such a day is larger than the batch by them.

Controls: every sum of the last two lines, and that they are there: without them the download was cut.

A bill that was saved in a spreadsheet is read as well, from text with tabs or from a workbook, as long as its long
numbers are whole. Without the back-ticks they are not (``4.00123E+27``, times without seconds): such a bill is refused,
because it can be downloaded again, up to five years back in the portal. Where that is not possible any more,
``--accept-mismatch REASON`` takes it: a payment is then known by 商户订单号, a refund by 商户退款单号 or, if that is
rounded too, by 商户订单号; their numbers at WeChat Pay are blank, and they still meet their orders by number and
amount. A row without a whole 商户订单号 is a reject. No row can be recognised in a proper bill: never load both for one
day.

A day without trades has no bill: what the API answers instead (No Bill Exist, NO_STATEMENT_EXIST) is no bill and no
failure. Not read: 微信支付交易（交易+退款）对账文件 and 微信支付结算对账文件, two other exports of the portal.

Sources: WeChat Pay's format description of 2024-11-25 (pay.weixin.qq.com) and its v2 interface documents; genuine
captures of 2018, 2019, 2021 and 2024 and 1 269 rows of the official sandbox. No genuine REVOKED, FAIL or CHANGE row and
no genuine RECHARGE_REFUND bill was seen.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final

import polars as pl

from recon import money, times
from recon.model import REJECT, Book, Channel, Kind, Status
from recon.sources import cells
from recon.sources.source import Control, Reading, Settings, Source
from recon.sources.table import Table
from recon.sources.wechat_bill import NO_SUMS, Bill, destroyed, is_bill, read_bill

if TYPE_CHECKING:
    from recon.sources.piece import Piece

_ALWAYS: Final = ("交易时间", "商户号", "微信订单号", "商户订单号", "交易状态", "货币种类", "手续费", "费率")
EDITIONS: Final = ((*_ALWAYS, "应结订单金额"), (*_ALWAYS, "总金额"))
"""Columns by which a header is recognised: of today and of the bills before 2018."""
ALIASES: Final = {
    "子商户号": "特约商户号",
    "服务商的APPID": "公众账号ID",
    "企业红包金额": "代金券金额",
    "企业红包退款金额": "充值券退款金额",
    "代金券或立减优惠金额": "代金券金额",
    "代金券或立减优惠退款金额": "充值券退款金额",
}
SUMS: Final = {
    "应结订单总金额": "应结订单金额",
    "总交易额": "总金额",
    "退款总金额": "退款金额",
    "总退款金额": "退款金额",
    "充值券退款总金额": "充值券退款金额",
    "总企业红包退款金额": "充值券退款金额",
    "总代金券或立减优惠退款金额": "充值券退款金额",
    "手续费总金额": "手续费",
    "订单总金额": "订单金额",
    "申请退款总金额": "申请退款金额",
}
"""Sums of the last two lines and the columns that they add up."""
COUNT: Final = "总交易单数"
KINDS: Final = {
    "SUCCESS": Kind.PAYMENT.value,
    "REFUND": Kind.REFUND.value,
    "REVOKED": Kind.REFUND.value,
}
STATES: Final = {
    "SUCCESS": Status.SUCCESS.value,
    "PROCESSING": Status.PENDING.value,
    "FAIL": Status.CLOSED.value,
    "CHANGE": Status.CLOSED.value,  # the bank could not pay the buyer; by this channel no refund took place
}
NUMBERS: Final = ("微信订单号", "微信退款单号")
LAST_RESORT: Final = (
    "If it cannot be downloaded any more: --accept-mismatch REASON reads it by the merchant's own numbers."
)
NO_AMOUNT: Final = "is 0 on a REVOKED row; nothing says how much was reversed"


class WechatTrade(Source):
    """微信支付交易账单."""

    name: ClassVar[str] = "wechat_trade"
    title: ClassVar[str] = "微信支付交易账单"
    raw_table: ClassVar[str] = "wechat.trade"
    looks_for: ClassVar[str] = (
        "a header with 交易时间, 商户号, 微信订单号, 商户订单号, 交易状态, 应结订单金额 or 总金额, 手续费, 费率"
    )

    def identify(self, piece: Piece) -> bool:
        """Tell by the column names, wherever the header stands."""
        return is_bill(piece, EDITIONS, ALIASES)

    def read(self, piece: Piece, settings: Settings) -> Reading:
        """Read the bill. Raises SourceError when there is no header or a spreadsheet has destroyed the numbers."""
        bill = read_bill(piece, EDITIONS, first_sum=COUNT, aliases=ALIASES)
        table = bill.table
        frame = _completed(table)
        by_merchant_no = destroyed(frame, NUMBERS)
        if by_merchant_no:
            if not settings.accept_damaged:
                cells.refuse_destroyed_ids(piece.name, frame, NUMBERS, last_resort=LAST_RESORT)
            frame = _by_merchant_no(frame)
        typed, bad = cells.read_cells(frame, _moments(table) | _wanted(frame, by_merchant_no=by_merchant_no))
        typed, unclear = _without_unclear(typed)
        accounts = typed["account"].unique()
        return Reading(
            raw=table.raw,
            account=accounts.item() if accounts.len() == 1 else "",
            txns=_canonical(typed),
            rejects=pl.concat([table.rejects, bad.unique(maintain_order=True), unclear]).sort(
                "line_no", maintain_order=True
            ),
            controls=tuple(_sums(bill)),
        )


def _completed(table: Table) -> pl.DataFrame:
    """Return the cells with the columns that an edition lacks: a payment bill has no refunds, an old bill no split."""
    settled = "应结订单金额" if table.has("应结订单金额") else "总金额"
    stand_ins = {
        "特约商户号": pl.lit("0"),
        "微信退款单号": pl.lit(""),
        "商户退款单号": pl.lit(""),
        "退款金额": pl.lit("0.00"),
        "退款状态": pl.lit(""),
        "商品名称": pl.lit(""),
        "应结订单金额": pl.col(settled),
        "订单金额": pl.col(settled),
    }
    frame = table.frame.with_columns(cell.alias(name) for name, cell in stand_ins.items() if not table.has(name))
    if not table.has("申请退款金额"):
        frame = frame.with_columns(pl.col("退款金额").alias("申请退款金额"))
    return frame


def _moments(table: Table) -> dict[str, cells.Cell]:
    """Return when it happened and when it was booked: in a REFUND bill 交易时间 is neither."""
    if not table.has("退款成功时间", "退款申请时间"):
        return {
            "occurred_s": cells.moment("交易时间", times.BEIJING),
            "booked_s": cells.moment("交易时间", times.BEIJING),
        }
    printed = {name: cells.printed(name).replace("0", "") for name in ("退款成功时间", "退款申请时间")}
    paid_back, asked = (pl.when(time != "").then(time) for time in printed.values())
    reason = "is not a time of the expected form"

    def first(*names: pl.Expr) -> pl.Expr:
        return times.epoch_s(pl.coalesce(*names, "交易时间"), cells.SECONDS, times.BEIJING)

    return {
        "occurred_s": cells.Cell("退款成功时间", first(paid_back, asked), reason),
        "booked_s": cells.Cell("退款申请时间", first(asked, paid_back), reason, required=True),
    }


def _by_merchant_no(frame: pl.DataFrame) -> pl.DataFrame:
    """Blank what a spreadsheet has rounded, and make ``商户单号`` the number that a row is known by instead."""
    refund_no = cells.printed("商户退款单号")
    kept = pl.when(refund_no.str.contains(cells.DESTROYED) | (refund_no == "0")).then(pl.lit("")).otherwise(refund_no)
    order_no = cells.printed("商户订单号")
    blank = frame.with_columns(*(pl.lit("").alias(name) for name in NUMBERS), kept.alias("商户退款单号"))
    return blank.with_columns(
        pl.when((cells.printed("交易状态") != "REFUND") | (order_no == ""))
        .then(order_no)
        .when(pl.col("商户退款单号") == "")
        .then(order_no + "/REFUND")
        .otherwise("商户退款单号")
        .alias("商户单号")
    )


def _whole(column: str) -> cells.Cell:
    """Return a number of the merchant that a spreadsheet may have rounded like the others."""
    bare = cells.printed(column)
    typed = pl.when(~bare.str.contains(cells.DESTROYED)).then(bare)
    return cells.Cell(column, typed, "is a number that a spreadsheet rounded", required=True)


def _number(column: str) -> cells.Cell:
    """Return an identifier; a single ``0`` means that there is none."""
    bare = cells.printed(column)
    return cells.Cell(column, pl.when(bare == "0").then(pl.lit("-")).otherwise(bare), "is blank")


def _unsigned(column: str, places: int | pl.Expr) -> cells.Cell:
    """Return an amount that is never printed negative: a refund's direction is in 交易状态."""
    minor = money.minor_units(pl.col(column), places)
    reason = "is not an amount with at most the decimals of its currency, without a sign"
    return cells.Cell(column, pl.when(minor >= 0).then(minor), reason, required=True)


def _account() -> cells.Cell:
    """Return whose money it is: in a service provider's bill the sub-merchant's."""
    whole, part = cells.printed("商户号"), cells.printed("特约商户号")
    return cells.Cell("商户号", pl.when(part.is_in(["", "0"])).then(whole).otherwise(part), "is blank", required=True)


def _wanted(frame: pl.DataFrame, *, by_merchant_no: bool) -> dict[str, cells.Cell]:
    """Return the cells of a row. ``by_merchant_no``: it is known by 商户单号, its numbers at WeChat Pay are lost."""
    code = cells.printed("货币种类")
    currencies = frame.select(code.unique()).to_series()
    places: int | pl.Expr = 2
    if set(currencies) - {"CNY"}:
        places = money.exponents(code)
    return {
        "account": _account(),
        "payment_no": cells.text("微信订单号", required=not by_merchant_no),
        "own_no": cells.text("商户单号") if by_merchant_no else cells.text("微信订单号", required=True),
        "merchant_no": _whole("商户订单号") if by_merchant_no else cells.text("商户订单号"),
        "printed_kind": cells.text("交易状态"),
        "kind": cells.word("交易状态", KINDS),
        "currency": cells.Cell(
            "货币种类", pl.when(code.str.contains("^[A-Z]{3}$")).then(code), "is no currency", required=True
        ),
        "settled_minor": _unsigned("应结订单金额", places),
        "wechat_refund_no": _number("微信退款单号"),
        "refund_no": _number("商户退款单号"),
        "paid_back_minor": _unsigned("退款金额", places),
        "refund_state": cells.word("退款状态", STATES, required=False),
        "memo": cells.text("商品名称"),
        "charged_minor": cells.amount("手续费", places),
        "order_minor": _unsigned("订单金额", places),
        "asked_back_minor": _unsigned("申请退款金额", places),
    }


def _without_unclear(typed: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Take out REVOKED rows that do not say how much was reversed. Returns (typed, rejects)."""
    unclear = (pl.col("printed_kind") == "REVOKED") & (pl.col("asked_back_minor") == 0)
    rejects = typed.filter(unclear).select(
        "line_no", pl.lit("申请退款金额").alias("column"), pl.lit("0").alias("value"), pl.lit(NO_AMOUNT).alias("reason")
    )
    return typed.filter(~unclear), rejects.cast({name: kind() for name, kind in REJECT.items()})


def _canonical(typed: pl.DataFrame) -> pl.DataFrame:
    """Typed cells -> columns of ``model.TXN``."""
    refund = pl.col("kind") == Kind.REFUND
    blank = pl.lit("")
    wechat_refund_no, refund_no = (pl.col(name).replace("-", "") for name in ("wechat_refund_no", "refund_no"))
    # A reversal may come without a refund number; there is one of them per payment at most.
    revoked = pl.col("printed_kind") == "REVOKED"
    own_no = (
        pl.when(refund & (wechat_refund_no != ""))
        .then(wechat_refund_no)
        .when(revoked)
        .then(pl.col("own_no") + "/REVOKED")
        .otherwise(pl.col("own_no"))
    )
    business_date = times.business_date(pl.col("booked_s"))
    return typed.select(
        "line_no",
        pl.lit(Book.CHANNEL.value).alias("book"),
        pl.lit(Channel.WECHAT.value).alias("channel"),
        "account",
        "kind",
        pl.col("refund_state").fill_null(Status.SUCCESS.value).alias("status"),
        own_no.alias("native_id"),
        "currency",
        pl.when(refund).then(-pl.col("asked_back_minor")).otherwise(pl.col("order_minor")).alias("amount_minor"),
        (-pl.col("charged_minor")).alias("fee_minor"),
        (pl.col("settled_minor") - pl.col("paid_back_minor") - pl.col("charged_minor")).alias("net_minor"),
        "occurred_s",
        business_date.alias("business_date"),
        "merchant_no",
        pl.when(refund).then(wechat_refund_no).otherwise(pl.col("payment_no")).alias("channel_txn_no"),
        pl.when(refund).then(pl.col("payment_no")).otherwise(blank).alias("related_no"),
        pl.when(refund).then(refund_no).otherwise(blank).alias("refund_no"),
        (pl.lit("wechat:") + pl.col("account") + ":" + business_date.dt.to_string("%Y%m%d")).alias("batch_no"),
        "memo",
    )


def _sums(bill: Bill) -> list[Control]:
    """Figures of the last two lines against the rows as printed (rejected rows count, as far as they can be read)."""
    if bill.figures is None:
        return [NO_SUMS]
    controls: list[Control] = []
    for name, figure in bill.figures.items():
        if name == COUNT:
            controls.append(Control(name, figure, str(bill.table.frame.height)))
        elif name in SUMS:
            controls.append(_sum(bill.table, name, figure))
    return controls


def _sum(table: Table, name: str, figure: str) -> Control:
    """Sum of one column. Fees are printed with five decimals, so all are compared with five."""
    column = SUMS[name]
    computed = table.frame.select(money.minor_units(pl.col(column), 5).sum()).item() if table.has(column) else 0
    try:
        printed = money.scaled(figure, 5)
    except money.MoneyError:
        return Control(name, figure, _five_places(computed))
    return Control(name, _five_places(printed), _five_places(computed))


def _five_places(amount: int) -> str:
    sign, digits = "-" if amount < 0 else "", str(abs(amount)).rjust(6, "0")
    part = digits[-5:]
    return f"{sign}{digits[:-5]}.{part.rstrip('0').ljust(2, '0')}"
