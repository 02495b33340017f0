"""银联商户对账文件 ZM: UnionPay's file of one merchant and one settlement day; fixed width, 607 bytes a line.

Where: merchant.unionpay.com > 对账文件下载, or the file interface (txnType 76, fileType 00), on the morning after. It
comes as a zip ``{merId}_{YYYYMMDD}.zip``; the member is ``INN{YYMMDD}88ZM_{merId}``. The other members (ZME, RD…) are
other formats.

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

A line of another length means a cut download or a file that an editor has re-saved in another encoding: the file is
refused, since nothing in it can be trusted to stand in its place.

Sources: UnionPay's own demo code and sample, 1 207 + 8 genuine rows, three independent programs. No genuine refund row
was seen: signs of refunds follow note 5 of the description.
"""

from __future__ import annotations

import datetime as dt
import re
from typing import TYPE_CHECKING, ClassVar, Final

import polars as pl

from recon import times
from recon.errors import SourceError
from recon.model import Book, Channel, Kind, Status
from recon.sources import cells
from recon.sources.source import Reading, Settings, Source

if TYPE_CHECKING:
    from recon.sources.piece import Piece

FIELDS: Final[tuple[tuple[str, int], ...]] = (
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
WIDTH: Final = sum(length for _, length in FIELDS) + len(FIELDS) - 1
_START: Final = re.compile(
    rb"[A-Z]\d\d [\d ]{11} [\d ]{11} \d{6} \d{10} [\d* ]{19} \d{12} [\d ]{4} [\d ]{2} [\dA-Za-z ]{21} .. [ -~]{32} "
)
_NAME: Final = re.compile(r"INN(\d{6})\d\dZM_")
PAYMENTS: Final = ("01", "03", "11", "13")
REFUNDS: Final = ("04", "31", "33")
DAYS_AROUND: Final = 2


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
        return _START.match(piece.data[:WIDTH]) is not None

    def read(self, piece: Piece, settings: Settings) -> Reading:
        """Read the file. Raises SourceError at the first line that is not as long as a record, blank lines aside."""
        raw = _fields(piece)
        typed, rejects = cells.read_cells(_with_year(raw, piece.name), _wanted())
        settled = _settlement_day(piece.name, typed)
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


def _fields(piece: Piece) -> pl.DataFrame:
    """Cut the bytes: ``line_no`` and the 42 fields as text, blanks around them kept."""
    lines = piece.data.splitlines()
    frame = pl.DataFrame({"line": pl.Series(lines, dtype=pl.Binary)}).with_row_index("line_no", offset=1)
    frame = frame.filter(pl.col("line") != b"").with_columns(pl.col("line_no").cast(pl.Int64))
    odd = frame.filter(pl.col("line").bin.size() != WIDTH).head(1)
    if odd.height:
        line_no, line = odd.row(0)
        raise SourceError(
            f"the line has {len(line)} bytes, a ZM record has {WIDTH}: the file was cut or saved in another encoding",
            path=piece.name,
            line_no=line_no,
            excerpt=f"{line_no} | {line[:80].decode('gb18030', errors='replace')}",
            remedy="Download the file again and load it as it comes, without opening and saving it in an editor.",
        )
    columns: dict[str, pl.Series] = {"line_no": frame["line_no"]}
    start = 0
    for name, length in FIELDS:
        cut = frame["line"].bin.slice(start, length)
        columns[name] = cut.cast(pl.String) if piece.data.isascii() else _decoded(cut)
        start += length + 1
    return pl.DataFrame(columns)


def _decoded(cut: pl.Series) -> pl.Series:
    """Decode one field of all lines at once. A character that the field's end cuts in half becomes U+FFFD."""
    return pl.Series(b"\n".join(cut.to_list()).decode("gb18030", errors="replace").split("\n")[: cut.len()])


def _name_day(name: str) -> dt.date | None:
    """Settlement day in a file name like ``INN26020388ZM_898310048990001``."""
    found = _NAME.findall(name)
    try:
        return dt.datetime.strptime(f"20{found[-1]} +0000", "%Y%m%d %z").date() if found else None
    except ValueError:
        return None


def _with_year(raw: pl.DataFrame, name: str) -> pl.DataFrame:
    """Add the time with its year: that of 查询流水号 where it repeats the time, else the nearest to the name's day."""
    moment, query_id = cells.printed("交易传输时间"), cells.printed("查询流水号")
    day = _name_day(name)
    other: pl.Expr = pl.lit(None, dtype=pl.String)
    if day:
        month = moment.str.slice(0, 2)
        crossed = {12: (month == "01") * 1, 1: (month == "12") * -1}.get(day.month, pl.lit(0))
        other = (pl.lit(day.year) + crossed).cast(pl.String)
    year = pl.when(query_id.str.slice(4, 10) == moment).then(query_id.str.slice(0, 4)).otherwise(other)
    return raw.with_columns((year + moment).alias("moment"))


def _signed(column: str) -> cells.Cell:
    """Return an X+n12 cell in fen: ``C`` positive, ``D`` negative, a blank only before zero; null if all blank."""
    text = pl.col(column)
    flag, digits = text.str.slice(0, 1), text.str.slice(1).str.strip_chars().cast(pl.Int64, strict=False)
    fen = pl.when(flag == "C").then(digits).when(flag == "D").then(-digits).when(digits == 0).then(digits)
    return cells.Cell(column, fen, "is not C or D and an amount in fen (a blank instead of the letter: only before 0)")


def _wanted() -> dict[str, cells.Cell]:
    """Return the cells of a row."""
    printed_kind = cells.printed("交易类型")
    payment, refund = printed_kind.is_in(PAYMENTS), printed_kind.is_in(REFUNDS)
    fen = pl.when(pl.col("交易金额").str.contains(r"^\d{12}$")).then(pl.col("交易金额").cast(pl.Int64, strict=False))
    settled, fee = _signed("结算金额").typed, _signed("商户手续费").typed
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
        "printed_minor": cells.Cell("交易金额", fen, "is not an amount of 12 digits in fen", required=True),
        "fee_minor": _signed("商户手续费"),
        "settled_minor": _signed("结算金额"),
        "direction": cells.Cell(
            "结算金额",
            pl.when(~contrary.fill_null(value=False)).then(pl.lit("as the kind says")),
            "goes the other way than 交易类型 says (C is money to the merchant, D from him)",
        ),
        "cleared_minor": _signed("清算净额"),
        "query_id": cells.text("查询流水号", required=True),
        "order_id": cells.text("商户订单号"),
        "origin_query_id": cells.text("原交易查询流水号"),
        "origin_order_id": cells.text("原始交易订单号"),
        "memo": cells.text("商户自定义域"),
    }


def _settlement_day(name: str, typed: pl.DataFrame) -> dt.date | None:
    """Return the day in the file name, or None when there is none or a row lies more than two days away from it."""
    day = _name_day(name)
    if day is None or not typed.height:
        return day
    days = typed.select(times.business_date(pl.col("occurred_s")).alias("day"))["day"]
    around = dt.timedelta(days=DAYS_AROUND)
    return day if days.is_between(day - around, day + around).all() else None


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
        (pl.lit("unionpay:") + pl.col("account") + ":" + day.dt.to_string("%Y%m%d")).alias("batch_no"),
        "memo",
    )
    return rows, excluded
