"""Figures that one file prints about the rows of another, compared as soon as both are in the store.

A summary (Alipay's 汇总, UnionPay's RD) may come before the rows it is about or after them: members of a zip come one
by one, in the order of their names. So its figures are kept in meta.total and looked at again with every file that
brings rows they are about:

    waiting    not all days of the span have a file of that source yet, or a month that comes in numbered parts
               (``_1.csv``, ``_2.csv``) has fewer rows than the summary counts; likewise a report of which the last part
               tells the totals (PayPal's settlement)
    agrees     the rows add up to the figure
    differs    they do not: the file that came second is refused, unless the user takes it with a reason, the figure
               binds nobody (``Total.binding``), or rows of the detail were rejected, which explains it
    outdated   a later summary of the same source, account and days prints the figure again

A figure that agreed is compared again when a further file brings rows of its days; one that differs and was taken
anyway refuses nothing any more.
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib.resources import files
from typing import TYPE_CHECKING, Final

import polars as pl

from recon import money
from recon.errors import SourceError
from recon.ingest.identity import forget

if TYPE_CHECKING:
    from collections.abc import Sequence

    from recon.sources import Total
    from recon.store import Store

_SQL: Final = (files("recon.ingest") / "sql" / "total.sql").read_text(encoding="utf-8")
_SHOWN: Final = 20


@dataclass(frozen=True, slots=True)
class Compared:
    """Figures that were compared because a file came."""

    agree: int = 0
    differ: int = 0
    accepted: bool = False
    """Whether one differs that would have refused the file."""


def keep(store: Store, totals: Sequence[Total], *, file_id: int) -> None:
    """Store the figures that the file prints; equal ones of an earlier summary are outdated."""
    if not totals:
        return
    rows = [
        {
            "file_id": file_id,
            "name": total.name,
            "source": total.source,
            "account": total.account,
            "first_date": total.first,
            "last_date": total.last,
            "measure": total.measure,
            "direction": total.direction,
            "kinds": ",".join(sorted(total.kinds)),
            "statuses": ",".join(sorted(total.statuses)),
            "currency": total.currency,
            "binding": total.binding,
            "printed": total.printed,
            "state": "waiting",
        }
        for total in totals
    ]
    names = [total.name for total in totals]
    if len(set(names)) != len(names):
        msg = f"a summary names two figures alike: {sorted({name for name in names if names.count(name) > 1})}"
        raise AssertionError(msg)
    store.append("meta.total", pl.DataFrame(rows, schema_overrides={"file_id": pl.Int32}))
    store.run(
        """
        UPDATE meta.total AS old SET state = 'outdated'
        FROM meta.total AS new
        WHERE new.file_id = $file_id AND old.file_id < $file_id AND old.name = new.name AND old.source = new.source
        AND old.account = new.account AND old.first_date = new.first_date AND old.last_date = new.last_date
        """,
        {"file_id": file_id},
    )


def compare(store: Store, *, name: str, file_id: int, accept: bool) -> Compared:
    """Compare the figures of the file ``name``, and those about its rows; store what comes out.

    Raises SourceError when a figure does not agree, unless ``accept``.
    """
    found = store.temp(
        "checked",
        """
        SELECT t.*
        FROM meta.total AS t
        WHERE t.state <> 'outdated' AND (t.file_id = $file_id OR EXISTS (
            SELECT 1 FROM meta.file AS f
            WHERE f.file_id = $file_id AND f.source = t.source AND f.account = t.account
            AND f.period_start <= t.last_date AND f.period_end >= t.first_date
        ))
        """,
        {"file_id": file_id},
    )
    if not found:
        return Compared()
    store.temp("judged", _judged(store))
    news = store.frame("SELECT * FROM judged WHERE state = 'differs' AND before <> 'differs' ORDER BY file_id, place")
    refusing = news.filter(pl.col("binding") & (pl.col("rejects") == 0))
    if refusing.height and not accept:
        raise _mismatch(store, name, file_id, refusing)
    store.run(
        """
        UPDATE meta.total AS t
        SET state = j.state, computed = j.computed, compared_by = CAST($file_id AS INTEGER)
        FROM judged AS j
        WHERE t.file_id = j.file_id AND t.name = j.name AND j.covered
        """,
        {"file_id": file_id},
    )
    agree = int(store.value("SELECT count(*) FROM judged WHERE state = 'agrees' AND before <> 'agrees'"))
    forget(store, "checked", "judged")
    return Compared(agree=agree, differ=news.height, accepted=refusing.height > 0)


def _judged(store: Store) -> pl.DataFrame:
    """Rows of ``checked`` with computed, covered, details, rejects, the new ``state`` and the one ``before``."""
    checked = store.frame("SELECT *, rowid AS place FROM checked")
    judged = checked.drop("computed").join(store.frame(_SQL), on=["file_id", "name"], how="left")
    agrees = pl.col("printed") == pl.col("computed")
    counts = pl.col("measure") == "rows"
    # Of a month in parts only the counts tell whether all of them are there.
    complete = (counts.any() & (~counts | (pl.col("computed") >= pl.col("printed"))).all()).over("file_id", "source")
    state = (
        pl.when(~pl.col("covered") | (pl.col("in_parts") & ~complete & ~agrees))
        .then(pl.lit("waiting"))
        .when(agrees)
        .then(pl.lit("agrees"))
        .otherwise(pl.lit("differs"))
    )
    return judged.rename({"state": "before"}).with_columns(state.alias("state"))


def _mismatch(store: Store, name: str, file_id: int, odd: pl.DataFrame) -> SourceError:
    names = dict(store.rows("SELECT file_id, name FROM meta.file"))
    lines = [
        f"{row['name']}: printed {_shown(row['printed'], row)} ({names[row['file_id']]}), "
        f"computed {_shown(row['computed'], row)} ({row['details']})"
        for row in odd.head(_SHOWN).iter_rows(named=True)
    ]
    if odd.height > _SHOWN:
        lines.append(f"... and {odd.height - _SHOWN} more")
    own = odd["file_id"].eq(file_id).all()
    what = "the totals that it prints are not those of the rows" if own else "its rows do not add up to the totals"
    other = odd.item(0, "details") if own else names[odd.item(0, "file_id")]
    return SourceError(
        f"{what} of {other}",
        path=name,
        excerpt="\n".join(lines),
        remedy="One of the two is incomplete or was edited: download both again. "
        "To load it as it is: --accept-mismatch REASON",
    )


def _shown(figure: int, row: dict[str, str]) -> str:
    return str(figure) if row["measure"] == "rows" else money.show(figure, row["currency"])
