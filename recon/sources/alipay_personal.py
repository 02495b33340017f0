r"""支付宝个人账单: the bill that Alipay gives to the holder of a personal account, which small merchants are paid on.

Where: Alipay app > 我的 > 账单 > 开具交易流水证明 > 用于个人对账; it comes by mail as a zip with a password. Until 2023
also consumeprod.alipay.com > 交易记录 > 下载查询结果. GBK; cells are filled up with blanks, numbers end in a tab, every
line ends in a comma. Three editions, known by their columns, wherever these stand:

    web, until 2023   交易号,商家订单号,交易创建时间,付款时间,…,金额（元）,收/支,交易状态,…,成功退款（元）,…,资金状态,
    app, 2021         收/支,交易对方,对方账号,商品说明,收/付款方式,金额,交易状态,交易分类,交易订单号,…,交易时间,
    app, since 2023   交易时间,交易分类,交易对方,对方账号,商品说明,收/支,金额,收/付款方式,交易状态,交易订单号,…,备注,

    2026-02-03 09:00:05 ,收入    ,*云  ,156***@x.example,收钱码收款    ,收入,99.00 ,,交易成功,2026…01\t,YS1\t,,
    2026-02-03 11:59:59 ,退款    ,*云  ,156***@x.example,退款-台灯     ,支出,20.00 ,,退款成功,2026…01_RF1\t,,,
    2026-02-03 09:00:06 ,商业服务,支付宝,sys***@x.example,服务费[2026…01],支出,0.59 ,,交易成功,2026…09\t,,,

The lines about the file (account, days, counts) stand below the table in the older editions, above it in the newest.

What comes out, seen by a merchant (positive is money to him):

- 收入 is a payment. What his own investments earn (投资理财, 收益发放) is a transfer.
- 支出 is a transfer: he bought something. With 退款成功 it is a refund that he gave, with 商品说明 ``服务费[trade]`` a
  fee of that trade, and ``服务费退回(trade)`` under 收入 a fee given back.
- A refund's number is ``<payment's number>_<refund's number>``: the first links it, the second is the refund number. A
  refund under 不计收支 (formerly 其他) is of something he bought: a transfer to him.
- 交易关闭 is two things. A payment that was refunded in full is closed afterwards: it took place, if the web's line has
  a 付款时间, or the app's line names a side, or the file has its refund. Else it was never paid, and is excluded.
- 不计收支 states no direction: 提现 is a payout, 充值 a transfer to him; the rest moves between his own pots (余额宝,
  funds, credit) and is excluded with that reason.
- 等待 ... (等待确认收货) is pending.
- The web's edition may print a refund in 成功退款 of the payment's line instead of a line of its own: it becomes a
  refund without a time, on the day on which the line was last changed. 服务费 there is the fee of the line, charged.
- account is the login name. Nothing settles by days here, so there is no batch.
- Opened and saved in Excel, times lose their seconds: such a time is the start of its minute.
- A bare comma in 商品说明 or 备注 is put back where it belongs, if time, sum and words then stand in place.

The bill confirms a merchant's bills of the same trades where both are loaded.

Controls: 共 ... 笔记录 against the lines of the table, and the web's counts and sums by 资金状态: these refuse the
file. The app's counts and sums are noted only: Alipay says beside them that they are made otherwise than by adding up.

Sources: four public files (those of the app edited by hand), the notes of the programs that read them, and for the
refunds and fees of a merchant one program's tests of 2026. Not seen: a merchant's file as it was issued.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar, Final

import polars as pl

from recon import money, times
from recon.model import EXCLUDED, Book, Channel, Kind, Status
from recon.sources import alipay_page, cells, export, figures
from recon.sources.source import Control, Reading, Settings, Source

if TYPE_CHECKING:
    from recon.sources.piece import Piece
    from recon.sources.table import Table

NUMBER: Final = "交易订单号"
TIME: Final = "交易时间"
SIDE: Final = "收/支"
AMOUNT: Final = "金额(元)"
STATE: Final = "交易状态"
GOODS: Final = "商品说明"
FUNDS: Final = "资金状态"
EDITIONS: Final = (
    (NUMBER, "商家订单号", "交易创建时间", "付款时间", AMOUNT, SIDE, STATE, FUNDS),
    (NUMBER, "商家订单号", TIME, GOODS, AMOUNT, SIDE, STATE),
)
"""Columns by which a header is recognised: the web's and the app's."""
FAMILY: Final = "交易记录"
ALIASES: Final = {
    "交易号": NUMBER,
    "商户订单号": "商家订单号",
    "金额": AMOUNT,
    "商品名称": GOODS,
    "类型": "交易分类",
}
TRAILER: Final = r"^[\s\",]*-{10,}"
TEXTS: Final = (GOODS, "备注")
SIDES: Final = {"收入": "in", "支出": "out", "不计收支": "none", "其他": "none"}
FUND_SIDES: Final = {"已收入": "in", "待收入": "in", "已支出": "out", "待支出": "out"}
STATES: Final = (
    ("成功|完成", Status.SUCCESS.value),
    ("关闭|失败|撤销|取消|拒绝", Status.CLOSED.value),
    ("等待|待|处理中|进行中", Status.PENDING.value),
)
_NO_STATE: Final = "is no state known here (... 成功, ... 关闭, ... 失败, 等待 ...)"
NO_MONEY: Final = "the amount is 0: no money moved"
NEVER_PAID: Final = "closed, and nothing in the file says that it was ever paid"
NEUTRAL: Final = "不计收支: no direction is stated; money between the holder's own pots, or lent"
NO_SIDE: Final = "closed and refunded, and the file does not say who paid whom"
_FEE: Final = r"服务费[^\[\](){}]*[\[({](\d{16,32})[\])}]"
_COUNT: Final = re.compile(r"共(\d+)笔记录")
_SUM: Final = re.compile(r"(?:^|\s)([^\s:]{2,4}):(\d+)笔[,\s]*([\d.,]+)元")


class AlipayPersonal(Source):
    """支付宝个人账单."""

    name: ClassVar[str] = "alipay_personal"
    title: ClassVar[str] = "支付宝个人账单"
    raw_table: ClassVar[str] = "alipay.personal"
    looks_for: ClassVar[str] = (
        "a header with 交易订单号 (or 交易号), 商家订单号, 收/支, 金额, 交易状态, and 商品说明 or 资金状态"
    )
    confirms: ClassVar[tuple[str, ...]] = ("alipay_trade", "alipay_account", "alipay_account_web")

    def identify(self, piece: Piece) -> bool:
        """Tell by the column names, wherever the header stands."""
        return alipay_page.find(piece, EDITIONS, family=FAMILY, aliases=ALIASES) is not None

    def read(self, piece: Piece, settings: Settings) -> Reading:
        """Read the bill. Raises SourceError when there is no header or a spreadsheet has destroyed the numbers."""
        del settings  # Alipay prints Beijing time and CNY, wherever the workspace is
        table, found = alipay_page.records(piece, EDITIONS, family=FAMILY, aliases=ALIASES, trailer=TRAILER)
        moments = [name for name in (TIME, "交易创建时间", "最近修改时间") if table.has(name)]
        texts = [name for name in TEXTS if table.has(name)]
        table = alipay_page.mended(
            table, found.separator, texts=texts, moments=moments, words={SIDE: SIDES}, spare=not found.header[-1]
        )
        cells.refuse_destroyed_ids(piece.name, table.frame, [NUMBER])
        around = [*table.before, *(line for _, line in table.after)]
        account, first, last = alipay_page.preamble(around)
        typed, bad = cells.read_cells(_completed(table.frame), _wanted(table))
        rows = _judged(_completed_cells(typed))
        return Reading(
            raw=table.raw,
            account=account,
            period_start=first,
            period_end=last,
            txns=_canonical(rows.filter(pl.col("kind") != ""), account),
            rejects=pl.concat([table.rejects, bad]).sort("line_no", maintain_order=True),
            excluded=rows.filter(pl.col("kind") == "").select(*EXCLUDED),
            controls=tuple(_controls(table, around)),
        )


def _completed(frame: pl.DataFrame) -> pl.DataFrame:
    """Give the web's edition the app's 交易时间: 付款时间 where there is one, else 交易创建时间."""
    if TIME in frame.columns:
        return frame
    paid = cells.printed("付款时间")
    moment = pl.when(paid.is_in(cells.BLANKS)).then("交易创建时间").otherwise("付款时间")
    return frame.with_columns(moment.alias(TIME))


def _wanted(table: Table) -> dict[str, cells.Cell]:
    """Return the cells of a row; columns that not every edition has are optional."""
    minor = money.minor_units(pl.col(AMOUNT))
    wanted = {
        "number": cells.text(NUMBER, required=True),
        "merchant_no": alipay_page.order_number("商家订单号"),
        "occurred_s": cells.moment(TIME, times.BEIJING),
        "minor": cells.Cell(
            AMOUNT,
            pl.when(minor >= 0).then(minor),
            "is not an amount with at most 2 decimals, without a sign",
            required=True,
        ),
        "side": cells.word(SIDE, SIDES, required=False),
        "status": replace(export.state(STATE, STATES, ""), reason=_NO_STATE),
        "state": cells.text(STATE),
    }
    optional = {
        "category": cells.text("交易分类"),
        "goods": cells.text(GOODS),
        "remark": cells.text("备注"),
        "counterparty": cells.text("交易对方"),
        "funds": cells.text(FUNDS),
        "paid_at": cells.text("付款时间"),
        "charged_minor": cells.amount("服务费(元)", required=False),
        "refunded_minor": cells.amount("成功退款(元)", required=False),
        "changed_s": cells.moment("最近修改时间", times.BEIJING, required=False),
    }
    return wanted | {name: cell for name, cell in optional.items() if table.has(cell.column)}


def _completed_cells(typed: pl.DataFrame) -> pl.DataFrame:
    """Add the columns that this edition of the bill does not have."""
    texts = dict.fromkeys(("category", "goods", "remark", "counterparty", "funds"), pl.lit(""))
    amounts = dict.fromkeys(("charged_minor", "refunded_minor", "changed_s"), pl.lit(None, dtype=pl.Int64))
    values = texts | amounts | {"paid_at": pl.lit(None, dtype=pl.String)}
    return typed.with_columns(value.alias(name) for name, value in values.items() if name not in typed.columns)


def _judged(typed: pl.DataFrame) -> pl.DataFrame:
    """Add kind (``""`` = excluded for ``reason``), way (1 = to the holder, -1), payment_no, refund_no and fee_of."""
    printed_side = pl.col("side").fill_null(
        pl.col("funds").replace_strict(FUND_SIDES, default="none", return_dtype=pl.String)
    )
    closed = pl.col("status") == Status.CLOSED
    refund = (pl.col("state") == "退款成功") | ((pl.col("category") == "退款") & ~closed)
    parts = pl.col("number").str.split_exact("_", 1)
    first, second = (parts.struct.field(f"field_{place}") for place in (0, 1))
    rows = typed.with_columns(
        printed_side.alias("side"),
        refund.alias("is_refund"),
        pl.when(refund).then(first).otherwise("number").alias("payment_no"),
        pl.when(refund).then(second.fill_null("")).otherwise(pl.lit("")).alias("refund_no"),
        pl.col("goods").str.normalize("NFKC").str.extract(_FEE, 1).fill_null("").alias("fee_of"),
    )
    refunds = rows.filter("is_refund").group_by("payment_no").agg((pl.col("side") == "out").any().alias("he_refunded"))
    rows = rows.join(refunds, on="payment_no", how="left", maintain_order="left")
    returned = pl.col("he_refunded").is_not_null()
    # The app's line names a side only of what was paid; the web's has a time of payment (null: no such column).
    paid = pl.coalesce(pl.col("paid_at") != "", pl.col("side") != "none")
    paid = (paid | returned | (pl.col("refunded_minor") > 0).fill_null(value=False)) & (pl.col("category") != "退款")
    side = (
        pl.when(closed & (pl.col("side") == "none") & returned)
        .then(pl.when("he_refunded").then(pl.lit("in")).otherwise(pl.lit("out")))
        .otherwise("side")
    )
    rows = rows.with_columns(side.alias("side"), returned.alias("has_refund"), (closed & ~paid).alias("never_paid"))
    kind, way, reason = _rules()
    return rows.with_columns(kind.alias("kind"), way.alias("way"), reason.alias("reason"))


def _rules() -> tuple[pl.Expr, pl.Expr, pl.Expr]:
    """Return the expressions of kind, way and reason; the first rule that holds decides all three."""
    side, said = pl.col("side"), pl.col("category") + " " + pl.col("goods")
    comes_in, goes_out, neutral = side == "in", side == "out", side == "none"
    earned = (pl.col("category") == "投资理财") | pl.col("goods").str.contains("收益发放")
    rules: tuple[tuple[pl.Expr, str, int, str], ...] = (
        (pl.col("minor") == 0, "", 0, NO_MONEY),
        (pl.col("never_paid"), "", 0, NEVER_PAID),
        ((pl.col("fee_of") != "") & ~neutral, Kind.FEE.value, 0, ""),
        (pl.col("is_refund") & goes_out, Kind.REFUND.value, -1, ""),
        (pl.col("is_refund"), Kind.TRANSFER.value, 1, ""),
        ((pl.col("status") == Status.CLOSED) & neutral, "", 0, NO_SIDE),
        (neutral & said.str.contains("提现"), Kind.PAYOUT.value, -1, ""),
        (neutral & pl.col("goods").str.starts_with("充值"), Kind.TRANSFER.value, 1, ""),
        (neutral, "", 0, NEUTRAL),
        (comes_in & earned, Kind.TRANSFER.value, 1, ""),
        (comes_in, Kind.PAYMENT.value, 1, ""),
        (goes_out, Kind.TRANSFER.value, -1, ""),
    )
    kind = pl.coalesce(*(pl.when(holds).then(pl.lit(word)) for holds, word, _, _ in rules))
    reason = pl.coalesce(*(pl.when(holds).then(pl.lit(why)) for holds, _, _, why in rules))
    by_side = pl.when(comes_in).then(1).otherwise(-1)
    way = pl.coalesce(*(pl.when(holds).then(pl.lit(sign) if sign else by_side) for holds, _, sign, _ in rules))
    return kind, way, reason


def _canonical(rows: pl.DataFrame, account: str) -> pl.DataFrame:
    """Judged rows -> columns of ``model.TXN``; a refund that only 成功退款 tells follows its payment."""
    blank = pl.lit("")
    took_place = pl.when(pl.col("status") == Status.CLOSED).then(pl.lit(Status.SUCCESS.value)).otherwise("status")
    charged = pl.when((pl.col("kind") == Kind.PAYMENT) & (pl.col("charged_minor").abs() > 0)).then(
        -pl.col("charged_minor").abs()
    )
    amount = pl.col("minor") * pl.col("way")
    own = rows.select(
        "line_no",
        "kind",
        took_place.alias("status"),
        pl.col("number").alias("native_id"),
        amount.alias("amount_minor"),
        charged.alias("fee_minor"),
        (amount + charged).alias("net_minor"),
        "occurred_s",
        times.business_date(pl.col("occurred_s")).alias("business_date"),
        # 商家订单号 of a fee is the number of the trade, which is no order
        pl.when(pl.col("kind") == Kind.FEE).then(blank).otherwise("merchant_no").alias("merchant_no"),
        pl.col("payment_no").alias("channel_txn_no"),
        pl.when("is_refund").then("payment_no").when(pl.col("kind") == Kind.FEE).then("fee_of").otherwise(blank)
        .alias("related_no"),
        "refund_no",
        "counterparty",
        _memo().alias("memo"),
    )  # fmt: skip
    told = (pl.col("refunded_minor") > 0) & ~pl.col("is_refund") & ~pl.col("has_refund")
    changed = pl.coalesce("changed_s", "occurred_s")
    back = rows.filter(told & pl.col("kind").is_in([Kind.PAYMENT.value, Kind.TRANSFER.value])).select(
        "line_no",
        pl.when(pl.col("kind") == Kind.PAYMENT).then(pl.lit(Kind.REFUND.value)).otherwise("kind").alias("kind"),
        pl.lit(Status.SUCCESS.value).alias("status"),
        (pl.col("number") + "/成功退款").alias("native_id"),
        (-pl.col("refunded_minor") * pl.col("way")).alias("amount_minor"),
        pl.lit(None, dtype=pl.Int64).alias("fee_minor"),
        pl.lit(None, dtype=pl.Int64).alias("net_minor"),
        pl.lit(None, dtype=pl.Int64).alias("occurred_s"),
        times.business_date(changed).alias("business_date"),
        "merchant_no",
        pl.col("payment_no").alias("channel_txn_no"),
        pl.col("payment_no").alias("related_no"),
        "refund_no",
        "counterparty",
        _memo().alias("memo"),
    )
    return pl.concat([own, back]).sort("line_no", maintain_order=True).with_columns(
        pl.lit(Book.CHANNEL.value).alias("book"),
        pl.lit(Channel.ALIPAY.value).alias("channel"),
        pl.lit(account).alias("account"),
        pl.lit("CNY").alias("currency"),
    )  # fmt: skip


def _memo() -> pl.Expr:
    parts = [pl.when(pl.col(name) != "").then(pl.col(name)) for name in ("category", "goods", "remark")]
    return pl.concat_str(parts, separator=" | ", ignore_nulls=True)


def _controls(table: Table, around: list[str]) -> list[Control]:
    """Counts and sums that the file prints about itself against its lines (rejected ones count, as far as readable)."""
    text = unicodedata.normalize("NFKC", "\n".join(around))
    lines = str(table.raw.height)
    count = _COUNT.search(text)
    controls = [Control("笔数", figures.count(count.group(1)) if count else "无", lines)] if text.strip() else []
    for word, number, figure in _SUM.findall(text):
        column = FUNDS if table.has(FUNDS) else SIDE
        rows = table.frame.filter(cells.printed(column) == word)
        computed = rows.select(money.minor_units(pl.col(AMOUNT)).sum()).item()
        binding = column == FUNDS
        controls += [
            Control(f"{word} 笔数", figures.count(number), str(rows.height), binding),
            Control(f"{word} 金额", alipay_page.figure(figure), alipay_page.shown(computed), binding),
        ]
    return controls
