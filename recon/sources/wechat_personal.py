"""微信支付账单明细: the bill of a personal WeChat account, as a small shop has it that is paid by a collection code.

Where: WeChat > 我 > 服务 > 钱包 > 账单 > 常见问题 > 下载账单 > 用于个人对账; it comes by mail as a zip, whose password
comes as a message: unpack it first. Until 2025 a CSV in UTF-8, since September 2025 an .xlsx.

    微信支付账单明细,,,,,,,,
    起始时间：[2026-02-01 00:00:00] 终止时间：[2026-02-28 23:59:59],,,,,,,,
    共3笔记录,,,,,,,,
    收入：1笔 23.00元,,,,,,,,
    …
    ----------------------微信支付账单明细列表--------------------,,,,,,,,
    交易时间,交易类型,交易对方,商品,收/支,金额(元),支付方式,当前状态,交易单号,商户单号,备注
    2026-02-03 19:29:00,二维码收款,用户A,"收款方备注:二维码收款","收入",¥23.00,"零钱",已收钱,"1000…"	,"/"	,"/"

The header is found by its names: 16 to 17 lines of notes stand above it, more every year. ``/`` is blank, numbers are
followed by a tab. In an .xlsx amounts may be bare numbers and times the serial days of a spreadsheet (46295.84).

What comes out, as the owner of a shop sees it:

- 收入 is a payment by 交易单号, merchant_no = 商户单号; but money given back for the owner's own purchases (…-退款),
  red packets, gifts of merchants (商户消费) and what comes of his own money at WeChat (零钱…, 理财…) are transfers.
- 支出 is a refund where 交易类型 says so (…-退款), else a transfer: what the owner spends is none of the shop's.
- A payment whose 当前状态 is 已退款(￥1.00), 已全额退款 or 已退还 was paid back, in part or whole: a refund of that
  much comes out of the same line, unless a line of its own tells it (same 交易对方 and amount). It has no time of its
  own and stands on the day of the payment.
- 中性交易 (收/支 is ``/``): 零钱提现 and 零钱通转出-到 a bank are payouts, less the 服务费 of 备注, which is their fee;
  零钱充值 is a transfer in. The others are excluded: they move between the owner's own pockets or do not say which way.
- 当前状态 with 失败, 关闭 or 撤销: closed; with 处理中 or 待: pending; else success.

Times are Beijing time. There is no account number in the bill, and a nickname may change: account stays blank.

Controls: 共…笔记录, and number and sum of 收入, 支出 and 中性交易. A workbook in which a second sheet has the table was
put together by somebody: it shows as a control that does not agree.

Sources: public examples of 2019 to 2026 (CSV, .xlsx) and the notes of three programs that read the .xlsx of 2026. How a
refund shows in the bill of the one who pays it back was seen nowhere.
"""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from typing import TYPE_CHECKING, ClassVar, Final

import polars as pl

from recon import money, times
from recon.model import Book, Channel, Kind, Status
from recon.sources import cells, figures, sheet
from recon.sources.source import Control, Reading, Settings, Source
from recon.sources.table import Table, layout, read_table

if TYPE_CHECKING:
    from recon.sources.piece import Piece

REQUIRED: Final = ("交易时间", "交易类型", "交易对方", "收/支", "金额(元)", "当前状态", "交易单号")
OTHERS: Final = ("商品", "支付方式", "商户单号", "备注")
NUMBERS: Final = ("交易单号", "商户单号")
WAYS: Final = {"收入": "in", "支出": "out", "/": "neutral", "中性交易": "neutral", "不计收支": "neutral"}
NO_MONEY: Final = "the amount is 0: no money moved"
NO_WAY: Final = "中性交易: it moves between the owner's own accounts, or the bill does not say which way"
_TRAILER: Final = r'^"?共\s*\d+\s*笔记录'
_NO_SALE: Final = "退款|红包|商户消费|零钱|理财|提现|充值|收益|利息"
_TO_BANK: Final = "^零钱提现|^零钱通转出-到[^零]"
_FULLY: Final = "已全额退款|已退还|已退回"
_PARTLY: Final = r"已退款\D*(\d+(?:\.\d+)?)"
_CHARGED: Final = r"服务费\D*(\d+(?:\.\d+)?)"
_PERIOD: Final = re.compile(r"起始时间:\[(\d{4}-\d\d-\d\d)[^\]]*\]\s*终止时间:\[(\d{4}-\d\d-\d\d)")
_RECORDS: Final = re.compile(r"共\s*(\d+)\s*笔记录")
_SUM: Final = re.compile(r"(收入|支出|中性交易):\s*(\d+)\s*笔\s*([\d,.]+)\s*元")


class WechatPersonal(Source):
    """微信支付账单明细（个人）."""

    name: ClassVar[str] = "wechat_personal"
    title: ClassVar[str] = "微信支付账单明细（个人）"
    raw_table: ClassVar[str] = "wechat.personal"
    confirms: ClassVar[tuple[str, ...]] = ("wechat_trade", "wechat_funds")
    looks_for: ClassVar[str] = "a header with 交易时间, 交易类型, 交易对方, 收/支, 金额(元), 当前状态, 交易单号"

    def identify(self, piece: Piece) -> bool:
        """Tell by the column names, wherever the header stands."""
        if sheet.is_spreadsheet(piece):
            return sheet.sheet_has(piece, REQUIRED)
        return layout(piece.head_lines, (REQUIRED,)) is not None

    def read(self, piece: Piece, settings: Settings) -> Reading:
        """Read the bill. Raises SourceError when there is no header or a spreadsheet has destroyed the numbers."""
        del settings  # the bill's times are Beijing time, wherever the workspace is
        table, copies = _table(piece)
        frame = table.frame.with_columns(pl.lit("").alias(name) for name in OTHERS if not table.has(name))
        cells.refuse_destroyed_ids(piece.name, frame, NUMBERS)
        typed, bad = cells.read_cells(frame, _wanted(in_sheet=sheet.is_spreadsheet(piece)))
        told = typed.with_columns(_kind().alias("kind"))
        words = unicodedata.normalize("NFKC", "\n".join(table.before))
        start, end = _period(words)
        return Reading(
            raw=table.raw,
            period_start=start,
            period_end=end,
            txns=_canonical(told.filter(pl.col("kind").is_not_null())),
            excluded=told.filter(pl.col("kind").is_null()).select(
                "line_no",
                pl.when(pl.col("amount") == 0).then(pl.lit(NO_MONEY)).otherwise(pl.lit(NO_WAY)).alias("reason"),
            ),
            rejects=pl.concat([table.rejects, bad]).sort("line_no", maintain_order=True),
            controls=(*_sums(words, frame), *copies),
        )


def _period(words: str) -> tuple[dt.date | None, dt.date | None]:
    """First and last day that the notes name, (None, None) when they do not name two days."""
    found = _PERIOD.search(words)
    try:
        start, end = (dt.date.fromisoformat(day) for day in found.groups()) if found else (None, None)
    except ValueError:
        return None, None
    return start, end


def _table(piece: Piece) -> tuple[Table, list[Control]]:
    """Records, and what is to be said of a workbook that has several such tables."""
    if sheet.is_spreadsheet(piece):
        found = sheet.count_sheets(piece, REQUIRED)
        odd = [Control("工作表", "1", str(found))] if found > 1 else []
        return sheet.read_sheet(piece, required=REQUIRED, trailer=_TRAILER), odd
    required, separator = layout(piece.head_lines, (REQUIRED,)) or (REQUIRED, ",")
    return read_table(piece, required=required, separator=separator, trailer=_TRAILER, multiline=False), []


def _wanted(*, in_sheet: bool) -> dict[str, cells.Cell]:
    """Return the cells of a row. A workbook may hold times as serial days, and midnight is a date in it."""
    amount = money.minor_units(pl.col("金额(元)"))
    unsigned = "is not an amount with at most 2 decimals, without a sign"
    printed = cells.printed("交易时间")
    moment = times.epoch_s(pl.col("交易时间"), cells.SECONDS, times.BEIJING)
    if in_sheet:
        midnight = times.epoch_s(printed + " 00:00:00", cells.SECONDS, times.BEIJING)
        moment = pl.coalesce(moment, times.serial_s(printed, times.BEIJING), midnight)
    return {
        "occurred_s": cells.Cell("交易时间", moment, "is not a time of the expected form", required=True),
        "type": cells.text("交易类型", required=True),
        "counterparty": cells.text("交易对方"),
        "goods": cells.text("商品"),
        "way": cells.word("收/支", WAYS),
        "amount": cells.Cell("金额(元)", pl.when(amount >= 0).then(amount), unsigned, required=True),
        "state": cells.text("当前状态"),
        "txn_no": cells.text("交易单号"),
        "merchant_no": cells.text("商户单号"),
        "remark": cells.text("备注"),
    }


def _kind() -> pl.Expr:
    """Kind of a row; null where it is none."""
    way, kind = pl.col("way"), pl.col("type")
    rules = (
        ((way == "in") & ~kind.str.contains(_NO_SALE), Kind.PAYMENT),
        ((way == "out") & kind.str.contains("退款"), Kind.REFUND),
        ((way == "in") | (way == "out") | kind.str.contains("^零钱充值"), Kind.TRANSFER),
        (kind.str.contains(_TO_BANK), Kind.PAYOUT),
    )
    tries = [pl.when(holds & (pl.col("amount") > 0)).then(pl.lit(word.value)) for holds, word in rules]
    return pl.coalesce(*tries)


def _told(column: str, form: str) -> pl.Expr:
    """Amount in a text, minor units; null where there is none."""
    return money.minor_units(pl.col(column).str.extract(form, 1))


def _canonical(told: pl.DataFrame) -> pl.DataFrame:
    """Typed cells -> columns of ``model.TXN``; a refund that only the state of a payment tells follows it."""
    state = pl.col("state")
    fee = pl.when(pl.col("kind") == Kind.PAYOUT).then(_told("remark", _CHARGED))
    charged = pl.when(fee <= pl.col("amount")).then(fee)
    rows = told.with_columns(
        charged.alias("charged"),
        pl.when((pl.col("way") == "in") | pl.col("type").str.contains("^零钱充值")).then(1).otherwise(-1).alias("sign"),
        times.business_date(pl.col("occurred_s")).alias("business_date"),
        pl.when(state.str.contains("失败|关闭|撤销|取消"))
        .then(pl.lit(Status.CLOSED.value))
        .when(state.str.contains("处理中|^待"))
        .then(pl.lit(Status.PENDING.value))
        .otherwise(pl.lit(Status.SUCCESS.value))
        .alias("status"),
        pl.concat_str(
            *(pl.when(pl.col(name) != "").then(name) for name in ("type", "goods", "remark")),
            separator=" ",
            ignore_nulls=True,
        ).alias("memo"),
    )
    own_no = pl.col("kind").is_in([Kind.PAYMENT.value, Kind.REFUND.value])
    movements = rows.select(
        "line_no",
        "kind",
        "status",
        pl.col("txn_no").alias("native_id"),
        (pl.col("sign") * (pl.col("amount") - pl.col("charged").fill_null(0))).alias("amount_minor"),
        (-pl.col("charged")).alias("fee_minor"),
        (pl.col("sign") * pl.col("amount")).alias("net_minor"),
        "occurred_s",
        "business_date",
        pl.when(own_no).then("merchant_no").otherwise(pl.lit("")).alias("merchant_no"),
        pl.col("txn_no").alias("channel_txn_no"),
        pl.lit("").alias("related_no"),
        "counterparty",
        "memo",
    )
    refunds = _paid_back(rows).select(
        "line_no",
        pl.lit(Kind.REFUND.value).alias("kind"),
        pl.lit(Status.SUCCESS.value).alias("status"),
        pl.when(pl.col("txn_no") != "").then(pl.col("txn_no") + "/退款").otherwise(pl.lit("")).alias("native_id"),
        (-pl.col("back")).alias("amount_minor"),
        pl.lit(None, dtype=pl.Int64).alias("fee_minor"),
        (-pl.col("back")).alias("net_minor"),
        pl.lit(None, dtype=pl.Int64).alias("occurred_s"),
        "business_date",
        "merchant_no",
        pl.lit("").alias("channel_txn_no"),
        pl.col("txn_no").alias("related_no"),
        "counterparty",
        pl.concat_str("memo", "state", separator=" ").alias("memo"),
    )
    return pl.concat([movements, refunds]).sort("line_no", maintain_order=True).with_columns(
        pl.lit(Book.CHANNEL.value).alias("book"),
        pl.lit(Channel.WECHAT.value).alias("channel"),
        pl.lit("CNY").alias("currency"),
    )  # fmt: skip


def _paid_back(rows: pl.DataFrame) -> pl.DataFrame:
    """Payments that were paid back as their state says, with ``back``, but for those whose refund has its own line."""
    whole = pl.when(pl.col("state").str.contains(_FULLY)).then("amount")
    back = pl.coalesce(whole, _told("state", _PARTLY))
    said = rows.filter(pl.col("kind") == Kind.PAYMENT).with_columns(back.alias("back"))
    said = said.filter((pl.col("back") > 0) & (pl.col("back") <= pl.col("amount")))
    lines = rows.filter(pl.col("kind") == Kind.REFUND).select("line_no", "counterparty", pl.col("amount").alias("back"))
    keys = ["counterparty", "back", "copy"]
    return _copies(said, keys).join(_copies(lines, keys), on=keys, how="anti", maintain_order="left")


def _copies(rows: pl.DataFrame, keys: list[str]) -> pl.DataFrame:
    """Number the rows that are equal in all ``keys`` but the last, which is the number."""
    return rows.with_columns(pl.int_range(pl.len()).over(*keys[:-1], order_by="line_no").alias(keys[-1]))


def _sums(words: str, frame: pl.DataFrame) -> list[Control]:
    """Counts and sums of the notes against the rows as printed (rejected rows count, as far as they can be read)."""
    controls = [Control("笔记录", found, str(frame.height)) for found in _RECORDS.findall(words)[:1]]
    ways = frame.select(
        cells.printed("收/支").replace_strict(WAYS, default="", return_dtype=pl.String).alias("way"),
        money.minor_units(pl.col("金额(元)")).alias("amount"),
    )
    for name, count, figure in _SUM.findall(words):
        rows = ways.filter(pl.col("way") == WAYS[name])
        controls += [
            Control(f"{name} 笔数", figures.count(count), str(rows.height)),
            Control(f"{name} 金额", figures.amount(figure, "CNY"), money.show(int(rows["amount"].sum()), "CNY")),
        ]
    return controls
