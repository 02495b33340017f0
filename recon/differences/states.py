"""What people decide: the state of a difference, and whether a period is closed. Every change is in the audit chain.

    open -> assigned -> resolved | written_off | suspended         (cleared: the other side has arrived)

``cleared`` is set by matching alone. A decision can be taken back (resolved -> open) with a reason like any other; one
that settled the difference is taken back before another takes its place, so that nothing is settled twice by mistake.
Locking a period freezes its documents, not the work on its differences: the lists of a closed month are worked through
in the next one. ``recon close --reopen REASON`` opens a period again.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import polars as pl

from recon.errors import LockedPeriodError, UsageError
from recon.store.journal import audit, audit_all

if TYPE_CHECKING:
    from collections.abc import Sequence

    from recon.store import Store

STATES: Final = ("open", "assigned", "resolved", "written_off", "suspended")
"""States that a person may set."""
TRANSITIONS: Final[dict[str, frozenset[str]]] = {
    "open": frozenset({"assigned", "resolved", "written_off", "suspended"}),
    "assigned": frozenset({"open", "resolved", "written_off", "suspended"}),
    "suspended": frozenset({"open", "assigned", "resolved", "written_off"}),
    "resolved": frozenset({"open"}),
    "written_off": frozenset({"open"}),
    "cleared": frozenset(),
}
"""State -> the states that a person may set it to."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Transition:
    """One change of state."""

    diff_id: str
    before: str
    after: str
    assignee: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What a person decides about one difference, and why."""

    diff_id: str
    state: str
    reason: str


def objection(before: str, after: str) -> str:
    """Say why a person may not set a difference from one state to another; blank when that is allowed."""
    if before == "cleared":
        return "is cleared: its other side has arrived"
    if after not in TRANSITIONS[before]:
        return f"is {before}, which does not become {after}; set it to open first"
    return ""


def resolve(
    store: Store, diff_id: str, *, state: str, reason: str, actor: str, at_s: int, assignee: str = ""
) -> Transition:
    """Set the state of one difference and enter it in the audit chain, in one transaction.

    ``assignee`` is who works on it, of an ``assigned`` one. Raises UsageError when there is no such difference or
    state, when the reason is blank, when somebody is named whom no assignment needs, when the other side has arrived
    already, or when the state does not follow from the one it has.
    """
    if state not in STATES:
        raise UsageError(f'"{state}" is no state', place="--state", remedy=f"States are: {', '.join(STATES)}")
    if not reason.strip():
        raise UsageError("a change of state needs a reason", place="--reason")
    if assignee and state != "assigned":
        raise UsageError("only what is assigned is assigned to somebody", place="--to", remedy="--state assigned")
    found = store.rows("SELECT state FROM diff.difference WHERE diff_id = $id", {"id": diff_id})
    if not found:
        raise UsageError(f'there is no difference "{diff_id}"', remedy="List them: recon diffs")
    before = found[0][0]
    if against := "" if before == state else objection(before, state):
        raise UsageError(f"{diff_id} {against}", remedy=f"See: recon explain {diff_id}")
    with store.transaction():
        store.run(
            "UPDATE diff.difference SET state = $state, assignee = $assignee WHERE diff_id = $id",
            {"state": state, "assignee": assignee, "id": diff_id},
        )
        action = f"{before}>{state}" + (f" to {assignee}" if assignee else "")
        audit(store, at_s=at_s, actor=actor, subject=diff_id, action=action, reason=reason)
    return Transition(diff_id=diff_id, before=before, after=state, assignee=assignee)


def resolve_all(store: Store, decisions: Sequence[Decision], *, actor: str, at_s: int) -> None:
    """Set the states of many differences and enter each in the audit chain, all or none.

    The caller has found that there are such differences and that nothing speaks against it (:func:`objection`).
    """
    frame = pl.DataFrame(
        [(each.diff_id, each.state) for each in decisions],
        schema={"diff_id": pl.String, "state": pl.String},
        orient="row",
    )
    with store.transaction():
        with store.shown("decision", frame):
            before = dict(
                store.rows("SELECT d.diff_id, d.state FROM diff.difference AS d JOIN decision AS n USING (diff_id)")
            )
            store.run(
                "UPDATE diff.difference AS d SET state = n.state,"
                " assignee = CASE WHEN n.state = 'assigned' THEN d.assignee ELSE '' END"
                " FROM decision AS n WHERE d.diff_id = n.diff_id"
            )
        entries = [
            (at_s, actor, each.diff_id, f"{before[each.diff_id]}>{each.state}", each.reason) for each in decisions
        ]
        audit_all(store, entries)


def lock(store: Store, period: str, *, as_of_s: int, run_id: int, actor: str, at_s: int) -> None:
    """Close ``period`` as of a moment. The caller holds the transaction."""
    store.run("DELETE FROM meta.period WHERE period = $period", {"period": period})
    store.run(
        "INSERT INTO meta.period (period, locked, as_of_s, run_id) VALUES ($period, true, $as_of_s, $run_id)",
        {"period": period, "as_of_s": as_of_s, "run_id": run_id},
    )
    audit(store, at_s=at_s, actor=actor, subject=period, action="lock", reason="closed")


def keep_metrics(store: Store, period: str, metrics: pl.DataFrame) -> None:
    """Keep a closed period's figures (rows of ``meta.metric``) for the trend of later ones; replaces earlier ones."""
    store.run("DELETE FROM meta.metric WHERE period = $period", {"period": period})
    store.append("meta.metric", metrics)


def reopen(store: Store, period: str, *, reason: str, actor: str, at_s: int) -> None:
    """Open a closed ``period`` again. The caller holds the transaction. Raises UsageError when the reason is blank."""
    if not reason.strip():
        raise UsageError("a closed period is reopened with a reason", place="--reopen")
    store.run("UPDATE meta.period SET locked = false WHERE period = $period", {"period": period})
    audit(store, at_s=at_s, actor=actor, subject=period, action="reopen", reason=reason)


def is_locked(store: Store, period: str) -> bool:
    """Tell whether ``period`` was closed and not reopened since."""
    return bool(store.value("SELECT locked FROM meta.period WHERE period = $period", {"period": period}))


def require_open(store: Store, period: str) -> None:
    """Raise LockedPeriodError when ``period`` is closed."""
    if is_locked(store, period):
        raise LockedPeriodError(
            "the period is closed",
            place=period,
            remedy=f'Open it again, with a reason that is kept: recon close {period} --reopen "REASON"',
        )


def moment_of(store: Store, period: str) -> int | None:
    """Return the moment that documents of ``period`` speak for.

    That of its close, so that a document made later is the document made then; for a period not closed, that of the
    last matching. None when nothing was matched yet.
    """
    found = store.value(
        """
        SELECT coalesce(
            (SELECT as_of_s FROM meta.period WHERE period = $period AND locked),
            (SELECT as_of_s FROM meta.run WHERE command IN ('match', 'run', 'close') ORDER BY run_id DESC LIMIT 1)
        )
        """,
        {"period": period},
    )
    return None if found is None else int(found)


def count_breaks(store: Store, *, period: str = "") -> int:
    """Count the breaks (not the timing items) that nobody has settled, of ``period`` or of all."""
    return int(
        store.value(
            """
            SELECT count(*) FROM diff.difference
            WHERE kind = 'break' AND state IN ('open', 'assigned', 'suspended')
              AND ($period = '' OR strftime(business_date, '%Y-%m') = $period)
            """,
            {"period": period},
        )
    )
