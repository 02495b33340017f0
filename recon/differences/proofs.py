"""The proofs that a close owes its user, computed from the store and printed in the report.

conservation   per leg, book and currency: every row is matched, open or excluded with a reason, once; so is its money
residual       per leg and currency: left book - right book of the period = what differences explain + what another
               period explains + what waits for files + what is tolerated + UNEXPLAINED; nothing is left over
told           the sum of the differences as listed equals what the residual proof calls explained
once           no row stands in two groups of a leg

A proof that does not hold means that the program is wrong, not the books: ``recon close`` stops.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from recon.differences.reading import model

if TYPE_CHECKING:
    from recon.store import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """One law, checked for one leg (and book, currency). Money in minor units."""

    name: str
    leg: str
    book: str
    currency: str
    holds: bool
    detail: str
    """The figures of the law, in words, as the report prints them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Residual:
    """The distance between the two books of a leg in a period, and what explains it (minor units)."""

    leg: str
    currency: str
    left_minor: int
    right_minor: int
    explained_minor: int
    unexplained_minor: int
    carried_minor: int
    waiting_minor: int
    booked_net_minor: int
    tolerated_minor: int
    residual_minor: int


def prove(store: Store, period: str) -> list[Proof]:
    """Check all laws for ``period`` (conservation and once for the whole store). Never raises on a failed law."""
    return [*_conservation(store), *_residual(store, period), _once(store)]


def residuals(store: Store, period: str) -> list[Residual]:
    """Per leg and currency, what lies between the two books of ``period``; by leg and currency."""
    _show(store)
    store.temp("asked", "SELECT $period AS period", {"period": period})
    frame = store.frame(model("residual"))
    return [Residual(**row) for row in frame.iter_rows(named=True)]


def _show(store: Store) -> None:
    for name, text in (
        ("txn", "SELECT * FROM canon.txn"),
        ("pool", "SELECT * FROM match.pool"),
        ("member", "SELECT * FROM match.member"),
        ("match_of", "SELECT leg, match_id, pass, state, delta_minor FROM match.match"),
        ("excluded", "SELECT * FROM match.excluded"),
        ("batch", "SELECT * FROM match.settlement"),
        ("standing", "SELECT * FROM diff.difference WHERE state <> 'cleared'"),
        ("diff_member", "SELECT * FROM diff.member"),
    ):
        store.run(f"CREATE OR REPLACE TEMP VIEW {name} AS {text}")


def _conservation(store: Store) -> list[Proof]:
    _show(store)
    return [
        Proof(
            name="conservation",
            leg=row["leg"],
            book=row["book"],
            currency=row["currency"],
            holds=row["rows_astray"] == 0
            and row["rows_read"] == row["rows_matched"] + row["rows_open"] + row["rows_excluded"]
            and row["money_read"] == row["money_matched"] + row["money_open"] + row["money_excluded"],
            detail=(
                f"{row['rows_read']} rows = {row['rows_matched']} matched + {row['rows_open']} open"
                f" + {row['rows_excluded']} excluded; {row['money_read']} minor units = {row['money_matched']}"
                f" + {row['money_open']} + {row['money_excluded']}"
            ),
        )
        for row in store.frame(model("conservation")).iter_rows(named=True)
    ]


def _residual(store: Store, period: str) -> list[Proof]:
    listed_gaps = store.rows(model("writing/told"), {"period": period})
    told = {(leg, currency): int(gap) for leg, currency, gap in listed_gaps}
    proofs = []
    for item in residuals(store, period):
        distance = item.left_minor - item.right_minor
        parts = (
            item.explained_minor
            + item.unexplained_minor
            + item.carried_minor
            + item.waiting_minor
            + item.booked_net_minor
            + item.tolerated_minor
        )
        listed = told.get((item.leg, item.currency), 0)
        proofs.append(
            Proof(
                name="residual",
                leg=item.leg,
                book="",
                currency=item.currency,
                holds=item.residual_minor == 0 and distance == parts and listed == item.explained_minor,
                detail=(
                    f"{item.left_minor} - {item.right_minor} = {distance}: explained {item.explained_minor}"
                    f" (listed {listed}), unexplained {item.unexplained_minor}, other periods {item.carried_minor},"
                    f" waiting {item.waiting_minor}, booked net {item.booked_net_minor},"
                    f" tolerated {item.tolerated_minor}, residual {item.residual_minor}"
                ),
            )
        )
    return proofs


def _once(store: Store) -> Proof:
    twice = int(
        store.value(
            "SELECT count(*) FROM (SELECT leg, txn_id FROM match.member GROUP BY leg, txn_id HAVING count(*) > 1)"
        )
        or 0
    )
    return Proof(
        name="once",
        leg="",
        book="",
        currency="",
        holds=twice == 0,
        detail=f"{twice} rows stand in two groups of one leg",
    )
