"""银联商户差错文件 ZME: disputes and corrections of one merchant and one settlement day; fixed width, 339 bytes a line.

Where: beside the ZM (see unionpay_zm) in the zip ``{merId}_{YYYYMMDD}.zip``, as ``INN{YYMMDD}88ZME_{merId}``; a day
without a dispute has none.

    E23 48022901    00040000    000731 0205101500 622280*********0000 000002500000 5712 07 01 005607 0203215916 0203 …

22 fields, cut like those of a ZM (recon/sources/unionpay_records.py).

What comes out:

- 差错交易标志 (1) says the kind. E23 退单 and E25 二次退单 are chargebacks, E24 再请款 is a chargeback reversal,
  E74 and E84 手工退货 are refunds; all others are adjustments (E22 请款, E32-E34 and E80 贷记调整, E73 差错例外 …, and
  flags that are not known here). A row that moves no money is excluded.
- Direction: C and D of 结算金额 (16), ``C`` is money to the merchant. A chargeback or refund with C is a reject, and
  so is a reversal with D.
- amount = 结算金额 - 商户手续费 (15), fee = 商户手续费, net = 结算金额. 交易金额 (7), which is printed without a sign,
  must be that amount; a row of which this does not hold is a reject. This proves that the fields stand where this page
  says, for no genuine file was seen. E05 调单回复 is a fee: its 交易金额 is what the answer to an enquiry costs.
- related_no = 查询流水号 of the payment in dispute, put together from 上一笔交易日期时间 (12) and 系统跟踪号 (11) as
  UnionPay does: ``{YYYY}{MMDDhhmmss}{trace}8`` (all 1 215 numbers known end in 8). Its year is the last one that puts
  it before the dispute. By it the order of the payment is found; a ZME prints no order number.
- The dispute itself has no 查询流水号: channel_txn_no is its own time and trace number, ``{YYYYMMDDhhmmss}{trace}``,
  and native_id the flag and that.
- The settlement day is that of the file's name; the file prints no year anywhere, so a renamed file is refused. The
  batch is that of the ZM of the same day: UnionPay pays out one sum a day.

Sources: UnionPay's demo code (the lengths), a program that names the fields, and the flags of the files that UnionPay
sends to acquirers (recon refuses those, see recon/sources/misfits.py). Uncertain, for want of a file: which flags reach
a merchant, the sign of a fee that is returned, and whether the day's RD counts these rows.
"""

from __future__ import annotations

import datetime as dt
import re
from typing import TYPE_CHECKING, ClassVar, Final

import polars as pl

from recon import times
from recon.errors import SourceError
from recon.model import Book, Channel, Kind, Status
from recon.sources import cells, unionpay_records
from recon.sources.source import Reading, Settings, Source
from recon.sources.unionpay_records import Fields, signed, unsigned

if TYPE_CHECKING:
    from recon.sources.piece import Piece

FIELDS: Final[Fields] = (
    ("差错交易标志", 3), ("代理机构标识码", 11), ("发送机构标识码", 11), ("系统跟踪号", 6), ("交易传输时间", 10),
    ("账号", 19), ("交易金额", 12), ("商户类型", 4), ("终端类型", 2), ("支付卡类型", 2),
    ("上一笔交易系统跟踪号", 6), ("上一笔交易日期时间", 10), ("上一笔交易清算日期", 4), ("上一笔交易金额", 12),
    ("商户手续费", 13), ("结算金额", 13), ("集团商户代码", 15), ("商户代码", 15), ("分账清算标识", 1),
    ("分期付款附加手续费", 12), ("分期付款期数", 2), ("保留使用", 135),
)  # fmt: skip
"""Fields 1 to 22: name and length in bytes."""
WIDTH: Final = unionpay_records.width(FIELDS)
_START: Final = re.compile(
    rb"[A-Z]\d\d [\d ]{11} [\d ]{11} \d{6} \d{10} [\d* ]{19} \d{12} [\d ]{4} [\d ]{2} .. [\d ]{6} [\d ]{10} [\d ]{4} "
)
_KINDS: Final = {
    "E05": Kind.FEE,
    "E23": Kind.CHARGEBACK,
    "E25": Kind.CHARGEBACK,
    "E24": Kind.CHARGEBACK_REVERSAL,
    "E74": Kind.REFUND,
    "E84": Kind.REFUND,
}
_WORDS: Final = {
    "E05": "调单回复", "E22": "请款", "E23": "退单", "E24": "再请款", "E25": "二次退单", "E32": "贷记调整",
    "E33": "转账转入贷记调整", "E34": "转账转出贷记调整", "E35": "转账转入请款", "E36": "转账转出请款",
    "E73": "差错例外", "E74": "手工退货", "E80": "贷记调整(存入)", "E84": "手工退货",
}  # fmt: skip


class UnionpayZme(Source):
    """银联商户差错文件 ZME."""

    name: ClassVar[str] = "unionpay_zme"
    title: ClassVar[str] = "银联商户差错文件 ZME"
    raw_table: ClassVar[str] = "unionpay.zme"
    looks_for: ClassVar[str] = (
        f"lines of {WIDTH} bytes in fixed-width fields: E23, two institution codes, trace no, time; no 查询流水号"
    )

    def identify(self, piece: Piece) -> bool:
        """Tell by the first fields of the first line, whatever its length: a damaged file is ours to refuse."""
        return _START.match(piece.start[:WIDTH]) is not None

    def read(self, piece: Piece, settings: Settings) -> Reading:
        """Read the file. Raises SourceError when a line has another length, or the name does not tell the year."""
        del settings  # the day is the file's
        day = unionpay_records.name_day(piece.name)
        raw = unionpay_records.cut(piece, FIELDS, "ZME")
        if day is None:
            raise SourceError(
                "the settlement day is not in the file's name, and a ZME prints its days without a year",
                path=piece.name,
                remedy="Give the file the name back that it had in the zip: INN{YYMMDD}88ZME_{merId}.",
            )
        typed, rejects = cells.read_cells(_with_years(raw, day), _wanted())
        account = typed["account"].unique()
        txns, excluded = _canonical(typed, day)
        return Reading(
            raw=raw,
            account=account.item() if account.len() == 1 else "",
            period_start=day,
            period_end=day,
            txns=txns,
            rejects=rejects,
            excluded=excluded,
        )


def _with_years(raw: pl.DataFrame, day: dt.date) -> pl.DataFrame:
    """Add ``moment`` (of the dispute) and ``origin`` (查询流水号 of the payment it is about; blank: not printed)."""
    sent, before = cells.printed("交易传输时间"), cells.printed("上一笔交易日期时间")
    trace = cells.printed("上一笔交易系统跟踪号")
    origin = unionpay_records.year_before(before, day) + before + trace + pl.lit("8")
    told = before.str.contains(r"^\d{10}$") & trace.str.contains(r"^\d{6}$")
    return raw.with_columns(
        (unionpay_records.year(sent, day) + sent).alias("moment"),
        pl.when(told).then(origin).otherwise(pl.lit("")).alias("origin"),
    )


def _wanted() -> dict[str, cells.Cell]:
    """Return the cells of a row."""
    flag = cells.printed("差错交易标志")
    settled, fee, printed = (
        signed("结算金额").typed,
        signed("商户手续费").typed.fill_null(0),
        unsigned("交易金额").typed,
    )
    gross = settled - fee
    is_fee = flag == "E05"
    out = flag.is_in([code for code, kind in _KINDS.items() if kind in (Kind.CHARGEBACK, Kind.REFUND)])
    contrary = (out & (gross > 0)) | ((flag == "E24") & (gross < 0))
    still = (settled == 0) & (fee == 0)
    adds_up = (gross.abs() == printed) | (is_fee & (settled.abs() == printed)) | still
    return {
        "occurred_s": cells.Cell(
            "交易传输时间",
            times.epoch_s(pl.col("moment"), ("%Y%m%d%H%M%S",), times.BEIJING),
            "is no time MMDDhhmmss",
            required=True,
        ),
        "account": cells.text("商户代码", required=True),
        "flag": cells.Cell(
            "差错交易标志", pl.when(flag.str.contains(r"^[A-Z]\d\d$")).then(flag), "is no flag like E23", required=True
        ),
        "number": cells.Cell(
            "系统跟踪号", pl.col("moment") + cells.printed("系统跟踪号"), "is no trace number", required=True
        ),
        "printed_minor": unsigned("交易金额"),
        "fee_minor": signed("商户手续费"),
        "settled_minor": cells.Cell("结算金额", signed("结算金额").typed, signed("结算金额").reason, required=True),
        "direction": cells.Cell(
            "结算金额",
            pl.when(~contrary.fill_null(value=False)).then(pl.lit("as the flag says")),
            "goes the other way than 差错交易标志 says (C is money to the merchant, D from him)",
        ),
        "sum": cells.Cell(
            "交易金额",
            pl.when(adds_up.fill_null(value=True)).then(pl.lit("adds up")),
            "is not 结算金额 - 商户手续费: the fields do not stand where they are expected",
        ),
        "origin": cells.Cell("上一笔交易日期时间", pl.col("origin"), "is no time MMDDhhmmss"),
    }


def _canonical(typed: pl.DataFrame, day: dt.date) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Typed cells -> columns of ``model.TXN``, and the rows that move no money. Returns (txns, excluded)."""
    fee = pl.col("fee_minor").fill_null(0)
    still = (pl.col("settled_minor") == 0) & (fee == 0)
    word = pl.col("flag").replace_strict(_WORDS, default="", return_dtype=pl.String)
    shown = pl.concat_str([pl.col("flag"), word], separator=" ").str.strip_chars()
    excluded = typed.filter(still).select("line_no", (pl.lit("moves no money: ") + shown).alias("reason"))
    kinds = {flag: kind.value for flag, kind in _KINDS.items()}
    kind = pl.col("flag").replace_strict(kinds, default=Kind.ADJUSTMENT.value, return_dtype=pl.String)
    is_fee = pl.col("flag") == "E05"
    settled = pl.lit(day)
    rows = typed.filter(~still).select(
        "line_no",
        pl.lit(Book.CHANNEL.value).alias("book"),
        pl.lit(Channel.UNIONPAY.value).alias("channel"),
        "account",
        kind.alias("kind"),
        pl.lit(Status.SUCCESS.value).alias("status"),
        pl.concat_str(["flag", "number"], separator="/").alias("native_id"),
        pl.lit("CNY").alias("currency"),
        pl.when(is_fee).then("settled_minor").otherwise(pl.col("settled_minor") - fee).alias("amount_minor"),
        pl.when(is_fee).then(None).otherwise("fee_minor").alias("fee_minor"),
        pl.col("settled_minor").alias("net_minor"),
        "occurred_s",
        settled.alias("business_date"),
        pl.col("number").alias("channel_txn_no"),
        pl.col("origin").alias("related_no"),
        unionpay_records.batch(pl.col("account"), settled).alias("batch_no"),
        shown.alias("memo"),
    )
    return rows, excluded
