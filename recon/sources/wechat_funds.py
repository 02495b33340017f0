"""微信支付资金账单: WeChat Pay's funds-flow bill: every movement of one account of the merchant, with its balance.

Where: pay.weixin.qq.com > 交易中心 > 资金账单 > 下载, or API v2 ``downloadfundflow`` / v3 ``bill/fundflowbill``, from
10:00 of the next day. One bill for each account: 基本账户 (BASIC), 运营账户 (OPERATION), 手续费账户 (FEES). UTF-8 from
the API, UTF-8 or GBK from the portal (``{mchid}基本账户{YYYY-MM-DD}_{YYYY-MM-DD}.csv``), maybe gzipped.

    记账时间,微信支付业务单号,资金流水单号,业务名称,业务类型,收支类型,收支金额(元),账户结余(元),资金变更提交申请人,备注,…
    `2026-02-03 10:00:01,`4200…,`19…,`交易,`交易,`收入,`60.00,`160.00,`system,`,`YS0002
    `2026-02-03 10:00:01,`4200…,`19…,`交易,`扣除交易手续费,`支出,`0.36,`159.64,`system,`,`YS0002
    `2026-02-03 11:00:00,`5030…,`4200…,`退款,`退款,`支出,`44.73,`114.91,`1900012345API,`退款总金额45.00元;含手续费…
    资金流水总笔数,收入笔数,收入金额,支出笔数,支出金额
    `3,`1,`60.00,`2,`45.09

v2 prints （元） in full width, and counts as 20.0. Amounts are unsigned, 收支类型 says which way the money went;
exports of the portal may sign them (-99.00), and may lack 业务名称, 收支类型 and the two lines of sums.

What comes out, by 业务类型 (the list is open):

- 交易, money in: a payment. amount = 收支金额; merchant_no = 业务凭证号.
- 退款, money out: a refund. 微信支付业务单号 is the number of the refund, 业务凭证号 the merchant's refund number, and
  资金流水单号 the number of the payment (older bills print a number of another kind there; then related_no is blank).
- Fees come as rows of their own, 扣除交易手续费 and 退还交易手续费: kind fee, related_no = 微信支付业务单号, the number
  of the payment or refund. Or they are netted in its row, as 备注 says (退款总金额45.00元;含手续费0.27元): then amount
  is the whole, fee what is in it, net what moved. Every other 手续费 is a fee, too.
- 提现 or 结算, money out: a payout to the bank; its reference is 业务凭证号.
- 充值, 分账, 企业付款, 转账, 红包 and the like: a transfer.
- 退款关闭 (a refund that failed, its money is back), a payout that the bank returned, and what is not known here: an
  adjustment. Every row is kept; memo says what it was.

A trade bill of the same days tells payments, refunds and their fees more fully: its rows then stand for the movements,
and those of this bill confirm them. Alone, this bill serves for both. Payments, refunds, their fees, closed refunds and
分账 belong to the settlement of their day; the others to none.

The bill does not print whose account it is, and a payout belongs to the trade bill's days of the same account only. It
is the merchant number of the portal's file name, else that of recon.toml (``[sources] wechat_account``), else the one
in 资金变更提交申请人 (1900012345API, clerk@1900012345), if there is one only; a bill that leaves it open is refused.

Controls: the five sums of the last two lines, and that they are there (where 收支类型 is); the balance chain: every
账户结余 but one is the balance before another row, in whatever order the rows stand. Where the sums are, they prove
that the bill is whole, and a broken chain is only noted.

A bill whose long numbers a spreadsheet has destroyed is refused: nothing could be matched by it.

Sources: WeChat Pay's format description of 2024-11-25 (pay.weixin.qq.com) and the v2 example of 2018; a genuine capture
of 2021 (two refunds); what programs that read bills of 2024 and 2026 do with netted refunds and fee rows. No genuine
row of a payout, of 退款关闭 or 分账 was seen.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, ClassVar, Final

import polars as pl

from recon import money, times
from recon.errors import SourceError
from recon.model import Book, Channel, Kind, Status
from recon.sources import cells, figures
from recon.sources.source import Control, Reading, Settings, Source
from recon.sources.wechat_bill import NO_SUMS, Bill, is_bill, read_bill

if TYPE_CHECKING:
    from recon.sources.piece import Piece
    from recon.sources.table import Table

_ALWAYS: Final = ("记账时间", "微信支付业务单号", "资金流水单号", "业务类型", "收支金额(元)")
EDITIONS: Final = ((*_ALWAYS, "收支类型"), _ALWAYS)
"""Columns by which a header is recognised: of the API, and of the portal's shorter export."""
OTHERS: Final = ("业务名称", "账户结余(元)", "资金变更提交申请人", "备注", "业务凭证号")
COUNT: Final = "资金流水总笔数"
SUMS: Final = {"收入笔数": 1, "收入金额": 1, "支出笔数": -1, "支出金额": -1}
"""Names of sums -> the way the money went."""
NUMBERS: Final = ("微信支付业务单号", "资金流水单号")

_CLOSED: Final = "退款(关闭|失败|退回)"
_IN: Final = (1,)
_OUT: Final = (-1,)
_EITHER: Final = (-1, 0, 1)
_KINDS: Final[tuple[tuple[str, tuple[int, ...], Kind], ...]] = (
    ("手续费|服务费", _EITHER, Kind.FEE),
    (_CLOSED, _EITHER, Kind.ADJUSTMENT),
    ("退款", _OUT, Kind.REFUND),
    ("^交易", _IN, Kind.PAYMENT),
    ("提现|结算", _OUT, Kind.PAYOUT),
    ("提现|结算|退款|^交易", _EITHER, Kind.ADJUSTMENT),
    ("充值|分账|转账|付款|红包", _EITHER, Kind.TRANSFER),
)
"""Form of 业务类型, the way the money went, kind; the first that holds."""
_BY_NAME: Final = (Kind.PAYOUT, Kind.TRANSFER)
"""Kinds that 业务名称 tells where 业务类型 is none of these; a payment or refund it does not make."""
_SETTLED: Final = f"^交易|退款|交易手续费|{_CLOSED}|分账"
"""Form of 业务类型 of the rows that the settlement of their day adds up."""
_TRANSACTION: Final = r"^(4\d{27}|100\d{25})$"
_PAYER: Final = r"(?:^|@)(\d{8,10})(?:API)?$"
_NAMED: Final = re.compile(r"(?<!\d)(\d{8,10})(?:基本|运营|手续费)账户")
_WHOLE: Final = r"总金额\s*(\d+(?:\.\d+)?)"
_WITHIN: Final = r"含手续费\s*(\d+(?:\.\d+)?)"
_WRONG_WAY: Final = "is not an amount with at most 2 decimals that goes the way 收支类型 says"


class WechatFunds(Source):
    """微信支付资金账单."""

    name: ClassVar[str] = "wechat_funds"
    title: ClassVar[str] = "微信支付资金账单"
    raw_table: ClassVar[str] = "wechat.funds"
    confirms: ClassVar[tuple[str, ...]] = ("wechat_trade",)
    looks_for: ClassVar[str] = "a header with 记账时间, 微信支付业务单号, 资金流水单号, 业务类型, 收支金额(元)"

    def identify(self, piece: Piece) -> bool:
        """Tell by the column names, wherever the header stands."""
        return is_bill(piece, EDITIONS, {})

    def read(self, piece: Piece, settings: Settings) -> Reading:
        """Read the bill.

        Raises SourceError without a header, when a spreadsheet has destroyed the numbers, or when it is nobody's.
        """
        bill = read_bill(piece, EDITIONS, first_sum=COUNT)
        table = bill.table
        cells.refuse_destroyed_ids(piece.name, table.frame, NUMBERS)
        absent = [pl.lit("").alias(name) for name in OTHERS if not table.has(name)]
        frame = table.frame.with_columns(absent)
        typed, bad = cells.read_cells(frame, _wanted(table))
        account = _account(piece.name, frame, settings.wechat_account)
        balance = money.minor_units(pl.col("账户结余(元)"))
        moved = frame.select("line_no", _moved(table).alias("moved_minor"), balance.alias("balance_minor"))
        moved = moved.with_columns(
            (_way(frame) if table.has("收支类型") else pl.col("moved_minor").sign()).alias("way")
        )
        return Reading(
            raw=table.raw,
            account=account,
            txns=_canonical(typed, account),
            rejects=pl.concat([table.rejects, bad]).sort("line_no", maintain_order=True),
            controls=(*_sums(bill, moved), *_chain(moved, binding=bill.figures is None)),
        )


def _moved(table: Table) -> pl.Expr:
    """Minor units, signed; null where the printed sign contradicts 收支类型."""
    amount = money.minor_units(pl.col("收支金额(元)"))
    if not table.has("收支类型"):
        return amount
    way = _printed_way()
    return pl.when((way == 1) & (amount >= 0)).then(amount).when(way == -1).then(-amount.abs())


def _way(frame: pl.DataFrame) -> pl.Series:
    return frame.select(_printed_way()).to_series()


def _printed_way() -> pl.Expr:
    """1 money in, -1 money out; null where neither is printed."""
    return cells.printed("收支类型").replace_strict({"收入": 1, "支出": -1}, default=None, return_dtype=pl.Int64)


def _wanted(table: Table) -> dict[str, cells.Cell]:
    """Return the cells of a row."""
    way = {"way": cells.word("收支类型", {"收入": "in", "支出": "out"})} if table.has("收支类型") else {}
    return {
        **way,
        "occurred_s": cells.moment("记账时间", times.BEIJING),
        "moved_minor": cells.Cell("收支金额(元)", _moved(table), _WRONG_WAY, required=True),
        "balance_minor": cells.amount("账户结余(元)", required=False),
        "type": cells.text("业务类型", required=True),
        "label": cells.text("业务名称"),
        "business_no": cells.text("微信支付业务单号"),
        "flow_no": cells.text("资金流水单号"),
        "voucher_no": cells.text("业务凭证号"),
        "remark": cells.text("备注"),
    }


def _account(path: str, frame: pl.DataFrame, stated: str) -> str:
    """Merchant number whose account this is. Raises SourceError when the rows' account stays open."""
    named = _NAMED.search(path)
    if named or stated:
        return named[1] if named else stated
    payers = frame.select(cells.printed("资金变更提交申请人").str.extract(_PAYER, 1).drop_nulls().unique()).to_series()
    if payers.len() != 1 and frame.height:
        raise SourceError(
            "nothing in the bill says whose account it is"
            if not payers.len()
            else "the bill names more than one merchant, and not whose account it is",
            path=path,
            remedy='State the merchant number in recon.toml, under [sources]: wechat_account = "1900012345"',
        )
    return str(payers.item()) if payers.len() else ""


def _kind() -> pl.Expr:
    """Kind of a row; what is not known is an adjustment."""
    way = pl.col("sign")
    by_name = [("label", *rule) for rule in _KINDS if rule[2] in _BY_NAME]
    tries = [
        pl.when(pl.col(column).str.contains(form) & way.is_in(ways)).then(pl.lit(kind.value))
        for column, form, ways, kind in [*(("type", *rule) for rule in _KINDS), *by_name]
    ]
    return pl.coalesce(*tries, pl.lit(Kind.ADJUSTMENT.value))


def _with_kinds(typed: pl.DataFrame) -> pl.DataFrame:
    """Add ``kind``, ``closed`` and ``settled``, worked out once for each type, name and direction: a bill has few."""
    told = typed.with_columns(pl.col("moved_minor").sign().alias("sign"))
    known = told.select("type", "label", "sign").unique()
    known = known.with_columns(
        _kind().alias("kind"),
        pl.col("type").str.contains(_CLOSED).alias("closed"),
        pl.col("type").str.contains(_SETTLED).alias("settled"),
    )
    return told.join(known, on=["type", "label", "sign"], how="left", maintain_order="left")


def _canonical(typed: pl.DataFrame, account: str) -> pl.DataFrame:
    """Typed cells -> columns of ``model.TXN``."""
    typed = _with_kinds(typed)
    moved = pl.col("moved_minor")
    whole, within = (money.minor_units(pl.col("remark").str.extract(form, 1)) for form in (_WHOLE, _WITHIN))
    of_trade = pl.col("kind").is_in([Kind.PAYMENT.value, Kind.REFUND.value])
    # 备注 tells a fee, and either the row is less by it, or the fee has a row of its own.
    netted = of_trade & (moved.abs() == whole - within)
    business_date = times.business_date(pl.col("occurred_s"))
    fee, refund = pl.col("kind") == Kind.FEE, pl.col("kind") == Kind.REFUND
    closed = pl.col("closed")
    back = refund | closed | (fee & pl.col("type").str.contains("退"))
    original = pl.when(pl.col("flow_no").str.contains(_TRANSACTION)).then(pl.col("flow_no")).otherwise(pl.lit(""))
    blank = pl.lit("")
    batch = pl.lit(f"wechat:{account}:") + business_date.dt.to_string("%Y%m%d")
    numbers = pl.concat_str("business_no", "flow_no", "type", separator="/")
    return typed.select(
        "line_no",
        pl.lit(Book.CHANNEL.value).alias("book"),
        pl.lit(Channel.WECHAT.value).alias("channel"),
        pl.lit(account).alias("account"),
        "kind",
        pl.lit(Status.SUCCESS.value).alias("status"),
        pl.when((pl.col("business_no") != "") | (pl.col("flow_no") != ""))
        .then(numbers)
        .otherwise(blank)
        .alias("native_id"),
        pl.lit("CNY").alias("currency"),
        pl.when(netted).then(moved.sign() * whole).otherwise(moved).alias("amount_minor"),
        pl.when(netted).then(-moved.sign() * within).alias("fee_minor"),
        moved.alias("net_minor"),
        "occurred_s",
        business_date.alias("business_date"),
        pl.when(~back & (fee | (pl.col("kind") == Kind.PAYMENT)))
        .then("voucher_no")
        .otherwise(blank)
        .alias("merchant_no"),
        pl.when(fee).then(blank).otherwise("business_no").alias("channel_txn_no"),
        pl.when(fee | closed).then("business_no").when(refund).then(original).otherwise(blank).alias("related_no"),
        pl.when(back).then("voucher_no").otherwise(blank).alias("refund_no"),
        pl.when("settled").then(batch).otherwise(blank).alias("batch_no"),
        pl.when(of_trade | fee | closed).then(blank).otherwise("voucher_no").alias("reference"),
        pl.concat_str(
            pl.when(pl.col("label") != pl.col("type")).then("label").replace("", None),
            "type",
            pl.col("remark").replace("", None),
            separator=" ",
            ignore_nulls=True,
        ).alias("memo"),
    )


def _sums(bill: Bill, moved: pl.DataFrame) -> list[Control]:
    """Figures of the last two lines against the rows (rejected rows count, as far as they can be read)."""
    if bill.figures is None:
        return [NO_SUMS] if bill.table.has("收支类型") else []
    controls: list[Control] = []
    for name, figure in bill.figures.items():
        rows = moved.filter(pl.col("way") == SUMS[name]) if name in SUMS else moved
        if name == COUNT or name.endswith("笔数"):
            controls.append(Control(name, figure.removesuffix(".0"), str(rows.height)))
        elif name in SUMS:
            controls.append(
                Control(name, figures.amount(figure, "CNY"), money.show(int(rows["moved_minor"].abs().sum()), "CNY"))
            )
    return controls


def _chain(moved: pl.DataFrame, *, binding: bool) -> list[Control]:
    """Whether the printed balances are one chain, whatever the order of the rows.

    The balance before a row is that after another one, but for the first; a missing or wrong row leaves a second start.
    """
    rows = moved.drop_nulls(["moved_minor", "balance_minor"]).with_columns(
        (pl.col("balance_minor") - pl.col("moved_minor")).alias("before_minor")
    )
    if rows.height < 2:
        return []
    for ordered in (rows, rows.reverse()):  # nearly every bill is in order, and then a look at each neighbour is enough
        if (ordered["balance_minor"].head(-1) == ordered["before_minor"].slice(1)).all():
            opening, closing = ordered.item(0, "before_minor"), ordered.item(-1, "balance_minor")
            return [_whole(closing, opening + int(rows["moved_minor"].sum()), binding=binding)]
    befores = _copies(rows, "before_minor")
    afters = _copies(rows, "balance_minor")
    starts = befores.join(afters, left_on=["before_minor", "copy"], right_on=["balance_minor", "copy"], how="anti")
    ends = afters.join(befores, left_on=["balance_minor", "copy"], right_on=["before_minor", "copy"], how="anti")
    starts, ends = starts.sort("line_no"), ends.sort("line_no")
    if starts.height <= 1:
        total = int(rows["moved_minor"].sum())
        opening = starts.item(0, "before_minor") if starts.height else rows.item(0, "before_minor")
        closing = ends.item(0, "balance_minor") if ends.height else opening
        return [_whole(closing, opening + total, binding=binding)]
    breaks = starts.height - 1
    at = starts.row(1, named=True)
    name = f"balance chain, {breaks} break{'s' if breaks > 1 else ''}, the first at line {at['line_no']}"
    expected = int(ends.item(0, "balance_minor"))
    return [Control(name, money.show(int(at["before_minor"]), "CNY"), money.show(expected, "CNY"), binding)]


def _whole(printed: int, computed: int, *, binding: bool) -> Control:
    return Control("balance chain", money.show(printed, "CNY"), money.show(computed, "CNY"), binding)


def _copies(rows: pl.DataFrame, column: str) -> pl.DataFrame:
    """Number equal values of ``column`` by line, so that each of them meets one of the other side."""
    return rows.select("line_no", column, pl.int_range(pl.len()).over(column, order_by="line_no").alias("copy"))
