"""One movement, one row: which rows of a bill tell again what another bill tells.

Alipay's trade bill and account bill, WeChat Pay's trade bill and fund flow, PayPal's settlement report, detail report
and activity download show the same money twice or three times. ``Source.confirms`` says which of two bills is the
stronger: *A confirms B* makes B's row the transaction and A's row its confirmation, whichever file came first. Of more
than two, the row of the strongest bill that has the movement stands, and all others confirm it.

The rows that stand are in canon.txn. A row that confirms one of them is in canon.txn_confirmed, with the identity of
that row (``confirms_txn_id``) and whether both tell the same amount (``agrees``). It is paired by

    channel, kind and channel_txn_no    amount: what reached the account, net - fee of the row, else its amount
    a fee row: also by related_no       amount: fee_minor of the row that has this channel_txn_no, when it is not zero

copy by copy: equal amounts first (of one day, then of any day), so that of three partial refunds under one trade number
each meets its own. What is left under a number and goes the same way is the same movement all the same: in several
parts, net of the fee, or contradicting (sql/confirm.sql). A contradiction is news, not an error: the stronger row
stands, and ``recon status --contradictions`` lists both. Where a number is that of the original movement (Alipay's
refunds have the trade's), only what lies on one day is taken for a contradiction, and equal amounts at most a day apart
for equal.

A row that nothing confirms stays a transaction of its own: payouts, transfers, fees that only the account bill has.

canon.told says on which days rows of a number are stored (a hash of eight bytes, which may lie, but only by naming a
day too many), so that a file looks for its numbers on a few days and not in the whole store.

This is a function of the rows that are stored, not of the order of files: after each file the movements whose numbers
its rows carry are paired anew, and only these. A row that leaves canon.txn keeps the file that took it out
(``removed_by``), one that comes back is noted in canon.txn_returned, so that matching re-opens what they had settled.
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib.resources import files
from typing import Final

import polars as pl

from recon import sources
from recon.ingest.identity import forget
from recon.store import HASH_PROBE, Store

_SQL: Final = files("recon.ingest") / "sql"
_CELLS: Final = (
    "txn_id, source, book, channel, kind, currency, amount_minor, fee_minor, net_minor, business_date, "
    "channel_txn_no, related_no, refund_no, file_id"
)
_NUMBERS: Final = (
    "SELECT channel_txn_no AS number FROM {rows} WHERE channel_txn_no <> '' "
    "UNION SELECT related_no FROM {rows} WHERE kind = 'fee' AND related_no <> ''"
)
_DAYS: Final = (
    "SELECT DISTINCT hash(number) AS number_hash, business_date FROM ("
    "SELECT channel_txn_no AS number, business_date FROM {rows} WHERE {condition} AND channel_txn_no <> '' "
    "UNION ALL SELECT related_no, business_date FROM {rows} WHERE {condition} AND kind = 'fee' AND related_no <> '')"
)
_ON_DAY: Final = "business_date IN (SELECT business_date FROM told_day)"
_BOTH: Final = {
    "canon.txn": "'' AS confirmed_before, true AS agreed_before",
    "canon.txn_confirmed": "confirms_txn_id AS confirmed_before, agrees AS agreed_before",
}
"""Where rows stand or confirm, and what they confirm now."""


@dataclass(frozen=True, slots=True)
class Confirmed:
    """What the arrival of a file changed."""

    lines: pl.DataFrame
    """``line_no`` of the file's rows that confirm another bill's row; one row each."""
    earlier: int = 0
    """Rows of earlier files that confirm rows of this one."""
    contradictions: int = 0
    """Rows of which it is now known that they tell another amount than the row they confirm."""


NOTHING: Final = Confirmed(pl.DataFrame(schema={"line_no": pl.Int64}))


def stronger_sources() -> dict[str, frozenset[str]]:
    """Return for each source that confirms others all that are stronger, directly or through another; weakest last.

    Raises AssertionError when sources confirm each other in a circle: then none of them is the transaction.
    """
    said = {source.name: source.confirms for source in sources.discover() if source.confirms}

    def above(name: str, path: tuple[str, ...]) -> frozenset[str]:
        if name in path:
            msg = f"sources confirm each other in a circle: {' > '.join((*path, name))}"
            raise AssertionError(msg)
        direct = said.get(name, ())
        return frozenset(direct).union(*(above(other, (*path, name)) for other in direct))

    found = {name: above(name, ()) for name in said}
    # What A confirms is confirmed by whom confirms A, too, so the larger set belongs to the weaker source.
    return dict(sorted(found.items(), key=lambda item: (len(item[1]), item[0])))


def confirm(store: Store, *, source: str, file_id: int) -> Confirmed:
    """Pair anew the movements of the rows of ``file_id``, which are stored already; move each row where it stands."""
    known = stronger_sources()
    family = _family(source, known)
    if not family:
        return NOTHING
    store.temp("family", pl.DataFrame({"source": sorted(family)}))
    _keep_days(store, known, file_id)
    if not _gather(store, source, file_id):
        return NOTHING
    store.temp("paired", "SELECT '' AS txn_id, '' AS confirms_txn_id, true AS agrees LIMIT 0")
    for weaker, stronger in known.items():
        if weaker in family:
            store.temp("stronger", pl.DataFrame({"source": sorted(stronger)}))
            for by in ("own", "trade"):
                _pair(store, weaker, by)
    changed = _move(store, file_id)
    forget(store, "family", "movement", "stronger", "paired", "said", "claimed", "changed")
    return changed


def _family(source: str, known: dict[str, frozenset[str]]) -> frozenset[str]:
    """Return all sources that can tell the same movements as ``source``; empty when there is no other."""
    family = frozenset({source})
    while True:
        wider = family.union(*({weaker, *above} for weaker, above in known.items() if family & {weaker, *above}))
        if wider == family:
            return family if len(family) > 1 else frozenset()
        family = wider


def _keep_days(store: Store, known: dict[str, frozenset[str]], file_id: int) -> None:
    """Add to canon.told the days of the numbers of ``file_id``; of all rows when it is not sure to be right."""
    every = "|".join(sorted({name for weaker, above in known.items() for name in (weaker, *above)}))
    sound = store.value(
        f"SELECT count(*) FROM canon.told_state WHERE probe = ({HASH_PROBE}) AND sources = $sources",  # noqa: S608 - a constant
        {"sources": every},
    )
    if sound:
        store.insert("canon.told", _DAYS.format(rows="canon.txn", condition="file_id = $file_id"), {"file_id": file_id})
        return
    for table in ("told", "told_state"):
        store.run(f"DELETE FROM canon.{table}")  # noqa: S608 - names are ours
    for table in _BOTH:
        condition = "source IN (SELECT unnest(string_split($sources, '|')))"
        store.insert("canon.told", _DAYS.format(rows=table, condition=condition), {"sources": every})
    store.insert("canon.told_state", f"SELECT ({HASH_PROBE}) AS probe, $sources AS sources", {"sources": every})


def _show_days(store: Store, numbers: str) -> None:
    """Make ``told_day``: the days on which rows of the temporary ``numbers`` may be stored."""
    store.temp(
        "told_day",
        f"SELECT DISTINCT business_date FROM canon.told WHERE number_hash IN (SELECT hash(number) FROM {numbers})",  # noqa: S608
    )


def _gather(store: Store, source: str, file_id: int) -> int:
    """Make ``movement``: the rows of the movements that this file and another bill tell; returns their number.

    The numbers of rows that this file restated count, too: what they confirmed, or what confirmed them, may now stand
    alone. A fee row has two numbers and thereby leads from one movement to another.
    """
    others = "source IN (SELECT source FROM family) AND source <> $source"
    if not any(
        store.value(f"SELECT 1 FROM {table} WHERE {others} LIMIT 1", {"source": source})  # noqa: S608 - names are ours
        for table in _BOTH
    ):
        return 0
    store.temp(
        "number",
        " UNION ".join(
            _NUMBERS.format(rows=rows)
            for rows in (
                "(FROM canon.txn WHERE file_id = $file_id)",
                "(FROM canon.txn_superseded WHERE superseded_by = $file_id)",
            )
        ),
        {"file_id": file_id},
    )
    _show_days(store, "number")
    # Each part asks for the numbers by itself: the numbers of a whole store are not made distinct first.
    told = " UNION ".join(
        f"SELECT {name} AS number FROM {table} "  # noqa: S608 - names are ours
        f"WHERE {_ON_DAY} AND {name} IN (SELECT number FROM number) AND {others}{also}"
        for table in _BOTH
        for name, also in (("channel_txn_no", ""), ("related_no", " AND kind = 'fee'"))
    )
    store.temp("new_number", told, {"source": source})
    store.temp("number", "FROM new_number")
    store.temp(
        "movement",
        f"SELECT {_CELLS}, '' AS confirmed_before, true AS agreed_before FROM canon.txn LIMIT 0",  # noqa: S608
    )
    while store.value("SELECT count(*) FROM new_number"):
        _show_days(store, "new_number")
        for table, before in _BOTH.items():
            store.insert(
                "movement",
                f"""
                SELECT {_CELLS}, {before}
                FROM {table}
                WHERE {_ON_DAY} AND channel_txn_no IN (SELECT number FROM new_number)
                AND source IN (SELECT source FROM family) AND txn_id NOT IN (SELECT txn_id FROM movement)
                UNION ALL
                SELECT {_CELLS}, {before}
                FROM {table}
                WHERE {_ON_DAY} AND related_no IN (SELECT number FROM new_number)
                AND kind = 'fee' AND channel_txn_no NOT IN (SELECT number FROM new_number)
                AND source IN (SELECT source FROM family) AND txn_id NOT IN (SELECT txn_id FROM movement)
                """,  # noqa: S608 - names are ours
            )
        store.temp("new_number", f"({_NUMBERS.format(rows='movement')}) EXCEPT FROM number")
        store.insert("number", "FROM new_number")
    forget(store, "number", "new_number", "told_day")
    return int(store.value("SELECT count(*) FROM movement"))


def _pair(store: Store, weaker: str, by: str) -> None:
    given = {"by": by}
    if store.temp("said", _sql("said"), given | {"source": weaker}) and store.temp("claimed", _sql("claimed"), given):
        store.insert("paired", _sql("confirm"))


def _move(store: Store, file_id: int) -> Confirmed:
    """Bring canon.txn and canon.txn_confirmed to what ``paired`` says of the rows of ``movement``."""
    given = {"file_id": file_id}
    store.temp(
        "changed",
        """
        SELECT m.txn_id, m.business_date, m.file_id, m.confirmed_before,
            coalesce(p.confirms_txn_id, '') AS confirms_txn_id, coalesce(p.agrees, true) AS agrees
        FROM movement AS m
        LEFT JOIN paired AS p ON p.txn_id = m.txn_id
        WHERE coalesce(p.confirms_txn_id, '') <> m.confirmed_before OR coalesce(p.agrees, true) <> m.agreed_before
        """,
    )
    if store.value("SELECT count(*) FROM changed WHERE confirmed_before = ''"):
        store.insert(
            "canon.txn_confirmed",
            """
            SELECT t.*, c.confirms_txn_id, c.agrees,
                CASE WHEN t.file_id <> $file_id THEN CAST($file_id AS INTEGER) END AS removed_by
            FROM canon.txn AS t
            JOIN changed AS c ON c.txn_id = t.txn_id AND c.business_date = t.business_date
            WHERE c.confirmed_before = ''
            """,
            given,
        )
        store.run(
            "DELETE FROM canon.txn WHERE business_date IN (SELECT business_date FROM changed) "
            "AND txn_id IN (SELECT txn_id FROM changed WHERE confirmed_before = '')"
        )
    if store.value("SELECT count(*) FROM changed WHERE confirmed_before <> ''"):
        _return(store, file_id)
        store.run(
            """
            UPDATE canon.txn_confirmed AS t SET confirms_txn_id = c.confirms_txn_id, agrees = c.agrees
            FROM changed AS c WHERE c.txn_id = t.txn_id AND c.confirmed_before <> ''
            """
        )
    earlier, contradictions = store.rows(
        """
        SELECT count(*) FILTER (file_id <> $file_id AND confirms_txn_id <> ''), count(*) FILTER (NOT agrees)
        FROM changed
        """,
        given,
    )[0]
    lines = store.frame("SELECT line_no FROM canon.txn_confirmed WHERE file_id = $file_id AND version = 1", given)
    return Confirmed(lines, int(earlier), int(contradictions))


def _return(store: Store, file_id: int) -> None:
    """Move the rows of ``changed`` that confirm nothing any more back to canon.txn."""
    back = "txn_id IN (SELECT txn_id FROM changed WHERE confirms_txn_id = '')"
    store.insert(
        "canon.txn",
        f"SELECT * EXCLUDE (confirms_txn_id, agrees, removed_by) FROM canon.txn_confirmed WHERE {back}",  # noqa: S608
    )
    store.insert(
        "canon.txn_returned",
        f"SELECT txn_id, CAST($file_id AS INTEGER) AS returned_by FROM canon.txn_confirmed WHERE {back}",  # noqa: S608
        {"file_id": file_id},
    )
    store.run(f"DELETE FROM canon.txn_confirmed WHERE {back}")  # noqa: S608 - a constant


def _sql(name: str) -> str:
    return (_SQL / f"{name}.sql").read_text(encoding="utf-8")
