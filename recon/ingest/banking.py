"""Bank lines: which channel a line belongs to, and the currency of a statement that prints none.

A bank does not know channels. The contract's payout patterns (regular expressions on NFKC text, so that full-width
letters and brackets make no difference) are looked for in the counterparty first; the memo is asked only where the
counterparty names no channel. It holds for credits (payouts) and debits (money sent back to the channel) alike.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import polars as pl

from recon.contract import Contract
from recon.errors import SourceError, UsageError
from recon.model import Book

_IS_BANK = pl.col("book") == Book.BANK.value


def with_channels(txns: pl.DataFrame, contracts: Sequence[Contract]) -> pl.DataFrame:
    """Fill ``channel`` of bank rows that have none. Columns, other rows and order are kept.

    Raises UsageError when a pattern is no regular expression.
    """
    if not txns.select(_IS_BANK.any()).item():
        return txns
    found = [
        pl.when(pl.col(text).str.normalize("NFKC").str.contains(pattern)).then(pl.lit(contract.channel))
        for text in ("counterparty", "memo")
        for contract in contracts
        for pattern in contract.payout_patterns
    ]
    channel = pl.when(_IS_BANK & (pl.col("channel") == "")).then(pl.coalesce([*found, pl.lit("")]))
    try:
        return txns.with_columns(channel.otherwise(pl.col("channel")).alias("channel"))
    except pl.exceptions.ComputeError as error:
        raise UsageError(
            f"a payout pattern is no regular expression: {error}", remedy="Correct payout_patterns in recon.toml."
        ) from error


def with_currency(path: str, txns: pl.DataFrame, accounts: Mapping[str, str]) -> pl.DataFrame:
    """Fill the blank ``currency`` of bank rows from the account's. Columns, other rows and order are kept.

    Raises SourceError for an account whose currency nobody states: a guess would be a wrong sum.
    """
    blank = _IS_BANK & (pl.col("currency") == "")
    if not txns.select(blank.any()).item():
        return txns
    stated = {_bare(account): currency for account, currency in accounts.items()}
    bare = pl.col("account").str.replace_all(r"[\s-]", "")
    currency = bare.replace_strict(stated, default="", return_dtype=pl.String)
    filled = txns.with_columns(pl.when(blank).then(currency).otherwise(pl.col("currency")).alias("currency"))
    unknown = filled.filter(blank).select("line_no", "account").head(1)
    if unknown.height:
        line_no, account = unknown.row(0)
        raise SourceError(
            f'the statement prints no currency, and that of the account "{account}" is not stated',
            path=path,
            line_no=line_no,
            remedy=f'State it in recon.toml under [bank.accounts], for example: "{account}" = "CNY"',
        )
    return filled


def _bare(account: str) -> str:
    return "".join(account.replace("-", "").split())
