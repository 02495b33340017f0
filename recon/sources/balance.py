"""The running balance of a statement proves amounts, signs and the order of lines: balance before + amount = balance.

Some banks print the oldest line first, some the newest; the direction is the one in which the chain has fewer breaks.
A chain that holds only with all signs turned means that the in and out columns were taken for each other, and says so.

    chain(frame)  ->  Control("balance chain of 1105... CNY", printed="1205.00", computed="1205.00")
                      Control("balance chain of 1105... CNY, 2 breaks, the first at line 17", "110.00", "105.00")
"""

from __future__ import annotations

import polars as pl

from recon import money
from recon.sources.source import Control


def chain(frame: pl.DataFrame) -> tuple[Control, ...]:
    """Check every account's running balance; one control per account and currency, in order of appearance.

    ``frame``, in the order of the file: line_no, account, currency (String), amount_minor (Int64, signed, never null),
    balance_minor (Int64, null where none is printed: the amounts up to the next printed balance are summed).
    When the chain holds, the control shows the last balance and the same computed from the first; when it breaks, the
    printed and the expected balance of the first line (in the order of time) that does not follow from the one before.
    """
    groups = frame.partition_by("account", "currency", maintain_order=True)
    return tuple(_check(group) for group in groups if group["balance_minor"].count() > 1)


def _check(group: pl.DataFrame) -> Control:
    forward, backward = _steps(group), _steps(group.reverse())
    steps = min(forward, backward, key=lambda found: found["broken"].sum())
    account, currency = group.row(0, named=True)["account"], group.row(0, named=True)["currency"]
    name = " ".join(word for word in ("balance chain of", account, currency) if word)
    breaks = steps.filter("broken")
    if breaks.is_empty():
        last = steps.row(-1, named=True)
        return Control(name, money.show(last["balance_minor"], currency), money.show(last["expected"], currency))
    first = breaks.row(0, named=True)
    count = "1 break" if breaks.height == 1 else f"{breaks.height} breaks"
    name = f"{name}, {count}, the first at line {first['line_no']}"
    turned = group.with_columns(-pl.col("amount_minor"))
    if not min(_steps(turned)["broken"].sum(), _steps(turned.reverse())["broken"].sum()):
        name += " (it holds with all signs turned: are the in and out columns interchanged?)"
    return Control(name, money.show(first["balance_minor"], currency), money.show(first["expected"], currency))


def _steps(group: pl.DataFrame) -> pl.DataFrame:
    """Rows with a printed balance, oldest first: the balance expected from the one before, and whether it differs."""
    moved = group.with_columns(pl.col("amount_minor").cum_sum().alias("moved")).filter(
        pl.col("balance_minor").is_not_null()
    )
    balance, total = pl.col("balance_minor"), pl.col("moved")
    expected = (balance.shift(1) + total - total.shift(1)).fill_null(balance)
    return moved.with_columns(expected.alias("expected")).with_columns((pl.col("expected") != balance).alias("broken"))
