"""业务规则沙盒: what a changed set of rules would call the differences of a period, beside what they are called now.

Nothing is stored: both sets are run on the same evidence (temporary tables), and only the names are compared.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from recon.differences.classifying import EVIDENCE, show_evidence
from recon.differences.reading import model
from recon.differences.rulebook import check_predicates, check_rules, compiled, rules_of

if TYPE_CHECKING:
    from recon.differences.settings import Settings
    from recon.model import Leg
    from recon.store import Store


def columns_of(store: Store, settings: Settings, leg: Leg, *, as_of_s: int) -> list[tuple[str, str]]:
    """Names and SQL types of the facts that a rule of ``leg`` may ask, in the order of the evidence model."""
    show_evidence(store, settings, as_of_s)
    return [(str(name), str(kind)) for name, kind, *_ in store.rows(f"DESCRIBE {EVIDENCE[leg]}")]


def try_rules(
    store: Store, current: Settings, changed: Settings, *, as_of_s: int, period: str = ""
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Run both rule sets on what is stored, for the moment ``as_of_s``, and compare the names.

    Returns (changes, counts). changes: diff_id, leg, channel, order_no, reference, batch_no, currency, delta_minor,
    business_date, before, after - one row per item whose name differs, by leg, date and number. counts: leg, code,
    before, after - how many items have the name under each set. ``period`` blank: all periods.
    Raises UsageError when a changed rule does not fit.
    """
    check_rules(changed)
    show_evidence(store, current, as_of_s)
    changes: list[pl.DataFrame] = []
    counts: list[pl.DataFrame] = []
    for leg, evidence in EVIDENCE.items():
        check_predicates(store, changed, leg, evidence)
        store.temp("named_before", compiled(rules_of(current, leg), evidence))
        store.temp("named_after", compiled(rules_of(changed, leg), evidence))
        store.temp("named", model("writing/named"), {"leg": str(leg)})
        inside = {"leg": str(leg), "period": period}
        changes.append(
            store.frame(
                """
                SELECT n.diff_id, $leg AS leg, b.channel, b.order_no, b.reference, b.batch_no, b.currency,
                    b.delta_minor, b.business_date, b.code AS before, a.code AS after
                FROM named_before AS b JOIN named_after AS a USING (item_id) JOIN named AS n USING (item_id)
                WHERE b.code <> a.code AND ($period = '' OR strftime(b.business_date, '%Y-%m') = $period)
                ORDER BY b.business_date, b.order_no, b.reference, b.batch_no, b.item_id
                """,
                inside,
            )
        )
        counts.append(
            store.frame(
                """
                WITH told AS (
                    SELECT code, 1 AS b, 0 AS a, business_date FROM named_before
                    UNION ALL SELECT code, 0, 1, business_date FROM named_after
                )
                SELECT $leg AS leg, code, CAST(sum(b) AS BIGINT) AS before, CAST(sum(a) AS BIGINT) AS after
                FROM told WHERE $period = '' OR strftime(business_date, '%Y-%m') = $period
                GROUP BY code ORDER BY code
                """,
                inside,
            )
        )
    return pl.concat(changes), pl.concat(counts)
