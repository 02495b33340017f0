"""Name the cause of everything that is open or does not agree, and keep ``diff.*`` in step with it.

Classification is a pure function of what is stored and of the moment it speaks for: every run judges all open rows
and all matches under review again, so a rule that changes, a day that passes or a file that arrives late can change a
label, and the order of arrival cannot. A difference keeps its id (leg and members) through all of that; one that is
no longer found is *cleared*, never deleted.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import polars as pl

from recon import match, times
from recon.differences.coverage import show_coverage, show_refund_due
from recon.differences.explaining import sentences
from recon.differences.reading import model
from recon.differences.rulebook import RULES, check_predicates, compiled, rules_of
from recon.differences.severity import Grader
from recon.match.nearby import show_near
from recon.match.reading import model as match_model
from recon.match.terms import show_fees, show_settings
from recon.model import Leg
from recon.store.journal import audit_all

if TYPE_CHECKING:
    from collections.abc import Iterator

    from recon.differences.rule import Rule
    from recon.differences.settings import Settings
    from recon.store import Store

EVIDENCE: Final = {
    Leg.ORDER_CHANNEL: "evidence_order",
    Leg.CHANNEL_BANK: "evidence_bank",
    Leg.CHANNEL_LEDGER: "evidence_ledger",
}
LINES_SHOWN: Final = 50
"""A difference of a large group (a day's summary voucher) lists this many lines; ``recon explain`` shows all."""


@dataclass(frozen=True, slots=True)
class Classified:
    """What one classification found."""

    by_code: dict[tuple[str, str], int]
    """(leg, code) -> differences standing now."""
    new: int
    cleared: int
    reopened: int
    waiting: int
    """Open rows whose other side is not due or not loaded yet."""

    @property
    def breaks(self) -> int:
        """Differences standing now, timing items included."""
        return sum(self.by_code.values())


def classify(store: Store, settings: Settings, *, run_id: int, as_of_s: int) -> Classified:
    """Judge everything and write diff.difference and diff.member, in one transaction."""
    with store.transaction():
        show_evidence(store, settings, as_of_s)
        waiting = 0
        store.run("DELETE FROM diff.waiting")
        rows: list[dict[str, Any]] = []
        rates = store.rows("SELECT rate_date, currency, base_currency, rate_e8 FROM rate")
        grader = Grader(settings, times.local_date(as_of_s, settings.zone), rates)
        by_code: dict[tuple[str, str], int] = {}
        for leg in RULES:
            rules = rules_of(settings, leg)
            check_predicates(store, settings, leg, EVIDENCE[leg])
            waiting += _keep_waiting(store, leg)
            store.temp("judged", compiled(rules, EVIDENCE[leg]))
            for row in _judged(store, leg).iter_rows(named=True):
                found = _difference(row, leg, rules, settings)
                found["severity"] = str(grader.grade(found))
                rows.append(found)
                by_code[leg, found["code"]] = by_code.get((leg, found["code"]), 0) + 1
        new, cleared, reopened = _write(store, rows, run_id=run_id, as_of_s=as_of_s)
    return Classified(by_code, new, cleared, reopened, waiting)


def _keep_waiting(store: Store, leg: Leg) -> int:
    """Note in diff.waiting what the open rows of a leg wait for; returns how many wait for something."""
    store.run(f"CREATE OR REPLACE TEMP VIEW item_evidence AS SELECT * FROM {EVIDENCE[leg]}")  # noqa: S608 - names are ours
    store.insert("diff.waiting", model("writing/waiting"), {"leg": str(leg)})
    counted = store.value(
        "SELECT sum(number) FROM diff.waiting WHERE leg = $leg AND waits_for <> 'nothing'", {"leg": str(leg)}
    )
    return int(counted or 0)


def show_evidence(store: Store, settings: Settings, as_of_s: int) -> None:
    """Make the evidence tables (temporary) of all legs for the moment ``as_of_s``."""
    show_settings(
        store,
        match.Settings(
            contracts=settings.contracts,
            zone=settings.zone,
            base_currency=settings.base_currency,
            tolerance=settings.tolerance,
            calendar=settings.calendar,
        ),
    )
    store.temp(
        "setting",
        "SELECT *, $as_of AS as_of_s, CAST($day AS DATE) AS as_of_date, $rate_days AS rate_days, $edge AS edge_s"
        " FROM setting",
        {
            "as_of": as_of_s,
            "day": times.local_date(as_of_s, settings.zone).isoformat(),
            "rate_days": settings.rate_days,
            "edge": settings.edge_s,
        },
    )
    for name in ("pool", "review", "given_up"):
        store.run(f"CREATE OR REPLACE TEMP VIEW {name} AS SELECT * FROM match.{name}")  # noqa: S608 - names are ours
    store.run("CREATE OR REPLACE TEMP VIEW member AS SELECT * FROM match.review_member")
    store.run("CREATE OR REPLACE TEMP VIEW batch AS SELECT * FROM match.settlement")
    show_coverage(store, settings)
    show_near(store)  # from here on txn is what hangs together with open and judged rows, when that is kept
    store.temp("item_member", model("item_member"))
    store.temp("item_txn", "SELECT t.* FROM txn AS t SEMI JOIN item_member AS m ON t.txn_id = m.txn_id")
    store.run("CREATE OR REPLACE TEMP VIEW work AS SELECT * FROM item_txn")
    show_fees(store)
    store.temp("named_channel", match_model("named_channel"))
    store.temp("order_row", match_model("order_side"))
    store.temp("channel_row", match_model("channel_side"))
    store.temp("ledger_row", match_model("ledger_side"))
    show_refund_due(store, settings)
    store.temp("neighbour", model("neighbour"))
    store.temp("side_fact", model("side_fact"))
    for evidence in EVIDENCE.values():
        store.temp(evidence, model(evidence))


def _judged(store: Store, leg: Leg) -> pl.DataFrame:
    """Judged rows of one leg with id, members, printed lines and what they contribute to the books' gap."""
    store.temp("named", model("writing/named"), {"leg": str(leg)})
    return store.frame(model("writing/judged_row"), {"leg": str(leg), "shown": LINES_SHOWN})


def _difference(row: dict[str, Any], leg: Leg, rules: tuple[Rule, ...], settings: Settings) -> dict[str, Any]:
    rule = next(rule for rule in rules if rule.code == row["code"])
    because_zh, because_en = sentences(rule, row, settings.base_currency)
    left, right, currency = row["left_minor"], row["right_minor"], row["currency"]
    if rule.code == "FEE_MISMATCH":
        left, right = row["expected_fee_minor"], row["charged_fee_minor"]
    elif leg == Leg.CHANNEL_LEDGER and rule.code.startswith("FX_"):
        left, right, currency = row["expected_base_minor"], row["booked_base_minor"], settings.base_currency
    return {
        "diff_id": row["diff_id"],
        "code": rule.code,
        "kind": rule.kind,
        "leg": str(leg),
        "channel": row["channel"],
        "order_no": row["order_no"],
        "reference": row["reference"],
        "batch_no": row["batch_no"],
        "currency": currency,
        "left_minor": left,
        "right_minor": right,
        "delta_minor": (left or 0) - (right or 0),
        "gap_minor": row["gap_minor"],
        "business_date": row["business_date"],
        "because_zh": because_zh,
        "because_en": because_en,
        "action": str(rule.action),
        "evidence": row["evidence"],
        "holds": row["holds"],
        "match_id": row["match_id"],
        "clears_on": row["clears_on"] if rule.kind == "timing" else None,
        "members": row["members"],
    }


_SCHEMA: Final[dict[str, type[pl.DataType]]] = {
    **dict.fromkeys(
        ("diff_id", "code", "kind", "leg", "channel", "order_no", "reference", "batch_no", "currency"), pl.String
    ),
    **dict.fromkeys(("left_minor", "right_minor", "delta_minor", "gap_minor"), pl.Int64),
    "business_date": pl.Date,
    **dict.fromkeys(("because_zh", "because_en", "action", "evidence", "holds", "match_id"), pl.String),
    "clears_on": pl.Date,
    **dict.fromkeys(("members", "severity"), pl.String),
}


def _write(store: Store, rows: list[dict[str, Any]], *, run_id: int, as_of_s: int) -> tuple[int, int, int]:
    """Bring diff.* in step with ``rows``; returns (new, cleared, re-opened)."""
    store.temp("found", pl.DataFrame(rows, schema=_SCHEMA))
    gone = store.rows(
        "SELECT diff_id, state FROM diff.difference WHERE state IN ('open', 'assigned', 'suspended')"
        " AND diff_id NOT IN (SELECT diff_id FROM found) ORDER BY diff_id"
    )
    back = store.rows(
        "SELECT diff_id, state FROM diff.difference WHERE state = 'cleared'"
        " AND diff_id IN (SELECT diff_id FROM found) ORDER BY diff_id"
    )
    new = int(store.value("SELECT count(*) FROM found WHERE diff_id NOT IN (SELECT diff_id FROM diff.difference)") or 0)
    store.temp("changed", model("writing/changed"))
    changed = store.rows(
        "SELECT diff_id, state, code_before, code, kind_before, kind FROM changed ORDER BY diff_id, code"
    )
    store.temp("merged", model("writing/merged"), {"as_of": as_of_s, "run": run_id})
    store.run(
        "UPDATE diff.difference SET state = 'cleared', last_run = $run WHERE state IN ('open', 'assigned', 'suspended')"
        " AND diff_id NOT IN (SELECT diff_id FROM found)",
        {"run": run_id},
    )
    store.run("DELETE FROM diff.member WHERE diff_id IN (SELECT diff_id FROM found)")
    store.run("DELETE FROM diff.difference WHERE diff_id IN (SELECT diff_id FROM found)")
    store.insert("diff.difference", "SELECT * FROM merged")
    store.insert(
        "diff.member",
        """
        SELECT diff_id, split_part(item, chr(31), 1) AS side, split_part(item, chr(31), 2) AS txn_id
        FROM (SELECT diff_id, unnest(string_split(members, chr(30))) AS item FROM found)
        """,
    )
    _link(store)
    audit_all(
        store,
        [
            *(
                (as_of_s, "engine", diff_id, f"{state}>cleared", "the other side arrived or the rows changed")
                for diff_id, state in gone
            ),
            *((as_of_s, "engine", diff_id, f"{state}>open", "found again") for diff_id, state in back),
            *_changes(changed, as_of_s),
        ],
    )
    return new, len(gone), len(back)


_SETTLED: Final = ("resolved", "written_off", "suspended")


def _changes(changed: list[tuple[Any, ...]], as_of_s: int) -> Iterator[tuple[int, str, str, str, str]]:
    """Audit entries of differences that are no longer what they were: another cause, or settled and open again."""
    for diff_id, state, before, after, kind_before, kind in changed:
        if before != after:
            expired = kind_before == "timing" and kind == "break"
            reason = "its day has passed" if expired else "the rows, the rules or the settings changed"
            yield as_of_s, "engine", diff_id, f"{before}>{after}", reason
        if state in _SETTLED:
            yield as_of_s, "engine", diff_id, f"{state}>open", "it is no longer what was decided about"


def _link(store: Store) -> None:
    """Link differences of one event on several legs: those that share a channel row."""
    store.temp("link", model("writing/link"))
    store.run(
        "UPDATE diff.difference AS d SET linked = l.linked FROM link AS l"
        " WHERE d.diff_id = l.diff_id AND d.linked <> l.linked"
    )
