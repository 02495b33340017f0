"""银联商户对账文件 ZM: UnionPay's file of one merchant and one settlement day; fixed width, 607 bytes a line.

Where: merchant.unionpay.com > 对账文件下载, or the file interface (txnType 76, fileType 00), from about 9:00 on the
morning after. It comes as a zip ``{merId}_{YYYYMMDD}.zip``; the member is ``INN{YYMMDD}88ZM_{merId}``. Its other
members (ZME: unionpay_zme, RD: unionpay_rd) are formats of their own. The interface's answer as it came over the wire
(``...&fileContent=eJ...``) is opened, too.

    S22 48022901    00040000    005607 0203215916 622280*********0000 000002500000 4900 07 202602032159160056078 05 …

42 fields of fixed length, one blank between them, no header and no trailer. The lengths count *bytes* of GBK, so the
line is cut as bytes and each field is decoded by itself. Field numbers as in UnionPay's description
(《全渠道平台接入接口规范 第3部分 文件接口》 6.1).

What comes out:

- 交易类型 (20) says the kind: 01, 03, 11, 13 are payments; 04 (退货), 31 and 33 (撤销) are refunds; any other row is an
  adjustment when it moves money and is excluded when it moves none (02 预授权, 32 its reversal, 71-79).
- amount = 交易金额 (7), which is printed without a sign: positive on a payment, negative on a refund. A C or D of
  结算金额 (17) that says the contrary is a reject. fee = 商户手续费 (16), net = 清算净额 (33); ``C`` is money to the
  merchant, ``D`` money from him, a blank stands before zero only.
- 交易传输时间 (5) has no year; it is the one of 查询流水号 (10), which repeats the time, else the file name's.
- A refund has 查询流水号 and 商户订单号 of its own; the payment is named by 原交易查询流水号 (27) and, in newer files,
  原始交易订单号 (41).
- One file is one settlement day, which begins and ends at about 23:00 and not at the same second every day. The day in
  the file name counts if every row lies within two days of it; otherwise (a renamed file) each row's day is told by
  the cutoff of the settings.

A line of another length refuses the file (see recon/sources/unionpay_records.py). Files with LF instead of CRLF are
read. A day without a transaction has no ZM member, or an empty one: in a zip that is no failure, but an empty file by
itself is refused, because a download that was cut off looks the same.

The currency is CNY; the file names none. Of the last field (98 bytes, blank in all files seen) only the first part is
known, 清算金额; it is kept in raw. Older descriptions have it and 原始交易订单号 as one field of 131 bytes, which cuts
the same.

Sources: UnionPay's own demo code and sample, 1 207 + 8 genuine rows, three independent programs. No genuine refund row
was seen: signs of refunds follow note 5 of the description.
"""

from __future__ import annotations

import codecs
import datetime as dt
import re
from typing import TYPE_CHECKING, ClassVar, Final

import polars as pl

from recon import times
from recon.model import Book, Channel, Kind, Status
from recon.sources import cells, unionpay_records
from recon.sources.source import Reading, Settings, Source
from recon.sources.unionpay_records import Fields, signed, unsigned

if TYPE_CHECKING:
    from recon.sources.piece import Piece

FIELDS: Final[Fields] = (
    ("交易代码", 3), ("代理机构标识码", 11), ("发送机构标识码", 11), ("系统跟踪号", 6), ("交易传输时间", 10),
    ("账号", 19), ("交易金额", 12), ("商户类别", 4), ("终端类型", 2), ("查询流水号", 21),
    ("支付方式(旧)", 2), ("商户订单号", 32), ("支付卡类型", 2), ("原始交易系统跟踪号", 6), ("原始交易日期时间", 10),
    ("商户手续费", 13), ("结算金额", 13), ("支付方式", 4), ("集团商户代码", 15), ("交易类型", 2),
    ("交易子类", 2), ("业务类型", 6), ("账号类型", 2), ("账单类型", 4), ("账单号码", 32),
    ("交互方式", 1), ("原交易查询流水号", 21), ("商户代码", 15), ("分账入账方式", 1), ("二级商户代码", 15),
    ("二级商户简称", 32), ("二级商户分账入账金额", 13), ("清算净额", 13), ("终端号", 8), ("商户自定义域", 32),
    ("优惠金额", 13), ("发票金额", 13), ("分期付款附加手续费", 12), ("分期付款期数", 2), ("交易介质", 1),
    ("原始交易订单号", 32), ("尾部域", 98),
)  # fmt: skip
"""Fields 1 to 42: name and length in bytes."""
WIDTH: Final = unionpay_records.width(FIELDS)
_START: Final = re.compile(
    rb"[A-Z]\d\d [\d ]{11} [\d ]{11} \d{6} \d{10} [\d* ]{19} \d{12} [\d ]{4} [\d ]{2} [\dA-Za-z ]{21} .. [ -~]{32} "
)
PAYMENTS: Final = ("01", "03", "11", "13")
REFUNDS: Final = ("04", "31", "33")


class UnionpayZm(Source):
    """银联商户对账文件 ZM."""

    name: ClassVar[str] = "unionpay_zm"
    title: ClassVar[str] = "银联商户对账文件 ZM"
    raw_table: ClassVar[str] = "unionpay.zm"
    looks_for: ClassVar[str] = (
        f"lines of {WIDTH} bytes in fixed-width fields: S22, two institution codes, trace no, time"
    )

    def identify(self, piece: Piece) -> bool:
        """Tell by the first fields of the first line, whatever its length: a damaged file is ours to refuse."""
        return _START.match(piece.start[: WIDTH + len(codecs.BOM_UTF8)].removeprefix(codecs.BOM_UTF8)) is not None

    def read(self, piece: Piece, settings: Settings) -> Reading:
        """Read the file. Raises SourceError at the first line that is not as long as a record, blank lines aside."""
        raw = unionpay_records.cut(piece, FIELDS, "ZM")
        typed, rejects = cells.read_cells(_with_year(raw, piece.name), _wanted())
        settled = unionpay_records.settlement_day(piece.name, typed)
        account = typed["account"].unique()
        txns, excluded = _canonical(typed, settled, settings.unionpay_cutoff)
        return Reading(
            raw=raw,
            account=account.item() if account.len() == 1 else "",
            period_start=settled,
            period_end=settled,
            txns=txns,
            rejects=rejects,
            excluded=excluded,
        )


def _with_year(raw: pl.DataFrame, name: str) -> pl.DataFrame:
    """Add the time with its year: that of 查询流水号 where it repeats the time, else the nearest to the name's day."""
    moment, query_id = cells.printed("交易传输时间"), cells.printed("查询流水号")
    told = pl.when(query_id.str.slice(4, 10) == moment).then(query_id.str.slice(0, 4))
    year = told.otherwise(unionpay_records.year(moment, unionpay_records.name_day(name)))
    return raw.with_columns((year + moment).alias("moment"))


def _wanted() -> dict[str, cells.Cell]:
    """Return the cells of a row."""
    printed_kind = cells.printed("交易类型")
    payment, refund = printed_kind.is_in(PAYMENTS), printed_kind.is_in(REFUNDS)
    settled, fee = signed("结算金额").typed, signed("商户手续费").typed
    gross = settled - fee  # not the settled amount: a fee may be more than the payment it is charged on
    contrary = (payment & (gross < 0)) | (refund & (gross > 0))
    return {
        "occurred_s": cells.Cell(
            "交易传输时间",
            times.epoch_s(pl.col("moment"), ("%Y%m%d%H%M%S",), times.BEIJING),
            "is no time MMDDhhmmss, or neither 查询流水号 nor the file name tells its year",
            required=True,
        ),
        "account": cells.text("商户代码", required=True),
        "kind": cells.Cell(
            "交易类型",
            pl.when(payment)
            .then(pl.lit(Kind.PAYMENT.value))
            .when(refund)
            .then(pl.lit(Kind.REFUND.value))
            .when(printed_kind.str.contains(r"^\d\d$"))
            .then(pl.lit(Kind.ADJUSTMENT.value)),
            "is not two digits",
            required=True,
        ),
        "printed_kind": cells.text("交易类型"),
        "printed_minor": unsigned("交易金额"),
        "fee_minor": signed("商户手续费"),
        "settled_minor": signed("结算金额"),
        "direction": cells.Cell(
            "结算金额",
            pl.when(~contrary.fill_null(value=False)).then(pl.lit("as the kind says")),
            "goes the other way than 交易类型 says (C is money to the merchant, D from him)",
        ),
        "cleared_minor": signed("清算净额"),
        "query_id": cells.text("查询流水号", required=True),
        "order_id": cells.text("商户订单号"),
        "origin_query_id": cells.text("原交易查询流水号"),
        "origin_order_id": cells.text("原始交易订单号"),
        "memo": cells.text("商户自定义域"),
    }


def _canonical(typed: pl.DataFrame, settled: dt.date | None, cutoff: str) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Typed cells -> columns of ``model.TXN``, and the rows that move no money. Returns (txns, excluded)."""
    net = pl.coalesce("cleared_minor", "settled_minor", pl.lit(0))
    still = (pl.col("kind") == Kind.ADJUSTMENT) & (net == 0) & (pl.col("settled_minor").fill_null(0) == 0)
    reason = pl.lit("moves no money: 交易类型 ") + pl.col("printed_kind")
    excluded = typed.filter(still).select("line_no", reason.alias("reason"))
    refund = pl.col("kind") == Kind.REFUND
    implied = pl.coalesce("settled_minor", "cleared_minor", pl.lit(0)) - pl.col("fee_minor").fill_null(0)
    amount = pl.when(refund).then(-pl.col("printed_minor")).otherwise(pl.col("printed_minor"))
    by_cutoff = times.business_date(pl.col("occurred_s"), cutoff=cutoff)
    day = by_cutoff if settled is None else pl.lit(settled)
    blank = pl.lit("")
    rows = typed.filter(~still).select(
        "line_no",
        pl.lit(Book.CHANNEL.value).alias("book"),
        pl.lit(Channel.UNIONPAY.value).alias("channel"),
        "account",
        "kind",
        pl.lit(Status.SUCCESS.value).alias("status"),
        pl.col("query_id").alias("native_id"),
        pl.lit("CNY").alias("currency"),
        pl.when(pl.col("kind") == Kind.ADJUSTMENT).then(implied).otherwise(amount).alias("amount_minor"),
        "fee_minor",
        net.alias("net_minor"),
        "occurred_s",
        day.alias("business_date"),
        pl.when(refund).then(pl.col("origin_order_id")).otherwise(pl.col("order_id")).alias("merchant_no"),
        pl.col("query_id").alias("channel_txn_no"),
        pl.col("origin_query_id").alias("related_no"),
        pl.when(refund).then(pl.col("order_id")).otherwise(blank).alias("refund_no"),
        unionpay_records.batch(pl.col("account"), day).alias("batch_no"),
        "memo",
    )
    return rows, excluded
