"""The list of differences as other tools read it: exactly the columns of ``recon diffs --format csv``."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Final

import polars as pl

from recon import times
from recon.differences.rule import ACTIONS, Action
from recon.differences.rulebook import RULES

if TYPE_CHECKING:
    from collections.abc import Iterable

    from recon.differences.rulebook import AddedRule
    from recon.store import Store

COLUMNS: Final = (
    "diff_id", "code", "title", "kind", "leg", "channel", "order_no", "reference", "batch_no", "currency", "left_minor",
    "right_minor", "delta_minor", "business_date", "first_seen", "age_days", "state", "because", "action", "evidence",
)  # fmt: skip
"""Columns of the CSV, which other tools rely on."""

MORE: Final = ("severity", "assignee", "clears_on")
"""What tables, JSON and parquet have besides."""


def titles(language: str = "zh", added: Iterable[AddedRule] = ()) -> dict[str, str]:
    """Code -> title in ``zh`` or ``en``; of the program's rules and the workspace's own (``added``)."""
    every = [*(rule for rules in RULES.values() for rule in rules), *(each.rule for each in added)]
    return {rule.code: (rule.zh if language == "zh" else rule.en) for rule in every}


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which differences: each word blank for all; ``state`` blank for all but cleared ones."""

    period: str = ""
    code: str = ""
    channel: str = ""
    leg: str = ""
    state: str = ""
    severity: str = ""


def select(
    store: Store,
    wanted: Wanted | None = None,
    *,
    language: str = "zh",
    zone: str = times.BEIJING,
    added: Iterable[AddedRule] = (),
) -> pl.DataFrame:
    """Differences that fit, oldest first.

    Columns are :data:`COLUMNS` and :data:`MORE`: amounts Int64 minor units (null where that side has no row), dates
    Date, ``first_seen`` local date-time text, ``age_days`` whole days from business date to the last judgement.
    """
    frame = store.frame(
        """
        SELECT * FROM diff.difference
        WHERE ($period = '' OR strftime(business_date, '%Y-%m') = $period) AND ($code = '' OR code = $code)
            AND ($channel = '' OR channel = $channel) AND ($leg = '' OR leg = $leg)
            AND ($severity = '' OR severity = $severity)
            AND (state = $state OR ($state = '' AND state <> 'cleared'))
        ORDER BY business_date, leg, code, diff_id
        """,
        asdict(wanted or Wanted()),
    )
    words = {str(action): text[0 if language == "zh" else 1] for action, text in ACTIONS.items()}
    seen = pl.from_epoch("first_seen_s", time_unit="s").dt.replace_time_zone("UTC").dt.convert_time_zone(zone)
    judged = (
        pl.from_epoch("last_seen_s", time_unit="s").dt.replace_time_zone("UTC").dt.convert_time_zone(zone).dt.date()
    )
    return frame.with_columns(
        pl.col("code")
        .replace_strict(titles(language, added), default=pl.col("code"), return_dtype=pl.String)
        .alias("title"),
        pl.col("action").replace_strict(words, default=words[str(Action.INVESTIGATE)], return_dtype=pl.String),
        pl.col("because_zh" if language == "zh" else "because_en").alias("because"),
        seen.dt.strftime("%Y-%m-%d %H:%M:%S").alias("first_seen"),
        (judged - pl.col("business_date")).dt.total_days().alias("age_days"),
    ).select(*COLUMNS, *MORE)
