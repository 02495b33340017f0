"""Bank statement of any bank, for a column mapping of recon.toml: one line a movement of the account.

    account                   own account number; one for the whole file is a constant
    booked_on, occurred_at    one of them is required; a time gives the day too
    money_in, money_out       both, or
    amount                    one signed column; with direction (in | out) it may be unsigned
    out_is                    positive (as printed by most banks, and assumed) | negative: how money_out is printed
    balance                   after the line; proves amounts, signs and order
    currency                  blank = that of the account under [bank.accounts]
    serial                    the bank's own number of the line
    counterparty, memo

    [sources.mapping.hang_seng]
    template = "bank"
    date_order = "D/M/Y"
    columns = { booked_on = "Date", amount = "Billing amount", currency = "Billing currency", balance = "Balance" }

What comes out: one ``bank`` row a line, positive is money in. native_id = serial/YYYYMMDD/amount, ``""`` without a
serial (twins are then counted). A blank side is zero; with both sides blank the line is a reject. Control: the balance
chain, one for each account and currency, where a balance is mapped.
"""

from __future__ import annotations

from typing import Final

import polars as pl

from recon.model import Book, Kind, Status
from recon.sources import balance, cells, template
from recon.sources.source import Reading, Settings
from recon.sources.template import Column, Doubt, Holds, Records

_DIRECTIONS: Final = {"in": "in", "out": "out"}
_SIGNS: Final = {"positive": "positive", "negative": "negative"}


class BankLines(Records):
    """Statement of any bank."""

    name = "bank"
    book = Book.BANK
    columns = (
        Column("account", "本方账号", Holds.NUMBER),
        Column("booked_on", "记账日期", Holds.DAY),
        Column("occurred_at", "交易时间", Holds.TIME),
        Column("money_in", "收入金额", Holds.AMOUNT),
        Column("money_out", "支出金额", Holds.AMOUNT),
        Column("out_is", "支出符号", Holds.WORD, words=_SIGNS),
        Column("amount", "交易金额", Holds.AMOUNT),
        Column("direction", "收支方向", Holds.WORD, words=_DIRECTIONS),
        Column("balance", "余额", Holds.AMOUNT),
        Column("currency", "币种", Holds.CURRENCY),
        Column("serial", "流水号", Holds.NUMBER),
        Column("counterparty", "对方户名"),
        Column("memo", "摘要"),
    )
    required = ()
    either = (("booked_on", "occurred_at"), ("amount", "money_in"), ("amount", "money_out"))

    def canonical(self, frame: pl.DataFrame, settings: Settings) -> Reading:
        """Return ``txns`` of the bank book and the balance chain; columns as the manual above says."""
        unit = template.currency(frame, "currency", settings.base_currency)
        amounts = ("money_in", "money_out", "amount", "balance")
        typed, rejects = template.typed_rows(
            frame,
            {
                "account": cells.text("account"),
                "booked_on": template.day("booked_on"),
                "occurred": template.moment_or_day(frame, "occurred_at", settings.zone),
                **{name: template.amount(frame, name, unit, required=False) for name in amounts},
                "direction": template.choice(frame, "direction", _DIRECTIONS),
                "out_is": template.choice(frame, "out_is", _SIGNS),
                "unit": unit,
                "printed_currency": cells.text("currency"),
                "serial": cells.text("serial"),
                "counterparty": cells.text("counterparty"),
                "memo": cells.text("memo"),
            },
            _doubts(),
        )
        named = pl.when(pl.col("printed_currency") != "").then("unit").otherwise(pl.lit(""))
        lines = typed.with_columns(
            _moved().alias("amount_minor"), pl.col("balance").alias("balance_minor"), named.alias("currency")
        )
        accounts = lines["account"].unique().to_list()
        return Reading(
            raw=frame,
            account=accounts[0] if len(accounts) == 1 else "",
            txns=lines.select(_row()),
            rejects=rejects,
            controls=balance.chain(lines),
        )


def _doubts() -> tuple[Doubt, ...]:
    sides = pl.col("money_in").is_null() & pl.col("money_out").is_null()
    dated = pl.col("booked_on").is_null() & pl.col("occurred").is_null()
    return (
        Doubt("booked_on", dated, "is blank, and occurred_at is blank too"),
        Doubt("amount", sides & pl.col("amount").is_null(), "is blank, and so are money_in and money_out"),
        Doubt("amount", ~sides & pl.col("amount").is_not_null(), "is printed, and money_in or money_out too"),
        Doubt(
            "amount",
            (pl.col("direction") == "in") & (pl.col("amount") < 0),
            "is negative, but the direction is in",
        ),
    )


def _moved() -> pl.Expr:
    out = pl.when(pl.col("out_is") == "negative").then(-pl.col("money_out")).otherwise("money_out")
    sides = pl.col("money_in").fill_null(0) - out.fill_null(0)
    signed = pl.when(pl.col("direction") == "out").then(-pl.col("amount").abs()).otherwise("amount")
    return pl.coalesce(signed, sides)


def _row() -> list[pl.Expr]:
    """Columns of ``model.TXN`` from the typed cells of a line."""
    moment = pl.col("occurred").struct
    day = pl.coalesce("booked_on", moment.field("day"))
    native = pl.concat_str("serial", day.dt.strftime("%Y%m%d"), pl.col("amount_minor").cast(pl.String), separator="/")
    return [
        pl.col("line_no"),
        pl.lit(Book.BANK.value).alias("book"),
        pl.col("account"),
        pl.lit(Kind.BANK_LINE.value).alias("kind"),
        pl.lit(Status.SUCCESS.value).alias("status"),
        pl.when(pl.col("serial") != "").then(native).otherwise(pl.lit("")).alias("native_id"),
        pl.col("currency"),
        pl.col("amount_minor"),
        moment.field("s").alias("occurred_s"),
        day.alias("business_date"),
        pl.col("serial").alias("reference"),
        pl.col("counterparty"),
        pl.col("memo"),
    ]
