"""What a workspace holds: the files loaded, and how much of each book stands where. Reads only."""

from __future__ import annotations

from importlib.resources import files as package_files
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import polars as pl

    from recon.store import Store


def files(store: Store) -> pl.DataFrame:
    """Return one row a loaded file, in order of arrival, with its account of rows.

        rows_raw = rows_canon + rows_excluded + rows_rejected
        rows_canon = rows_new + rows_overlap + rows_restated + rows_confirmed

    Columns: file_id, name, source, account, encoding, period_start, period_end, these counts, excluded (each stated
    rule with the number of its rows), adds_up (whether the law holds and as many exclusions are stored), totals (of the
    totals that the file prints about itself, how many agree with its rows: ``3/3``, blank when it prints none), odd
    (those that do not, as printed and as computed), accepted, accepted_by (why and by whom the file was taken all the
    same), ingested_s.
    """
    return store.frame(_sql("status_files"))


def rejects(store: Store) -> pl.DataFrame:
    """Return the cells and rows that could not be read: place (``file:line``), column, value, reason."""
    return store.frame(
        """
        SELECT f.name || ':' || r.line_no AS place, r."column", r.value, r.reason
        FROM meta.reject AS r JOIN meta.file AS f ON f.file_id = r.file_id
        ORDER BY r.file_id, r.line_no
        """
    )


def contradictions(store: Store) -> pl.DataFrame:
    """Return one row for each row of a bill that tells another amount than the row that stands for the movement.

    Columns: channel, kind, number, business_date, currency, told_minor (as the confirming bill says), told_by (its
    source), told_at (file:line), stands_minor (of the row that stands: what reached the account; of a fee its
    fee_minor), stands_by, stands_at. By channel, number and kind.
    """
    return store.frame(
        """
        SELECT
            c.channel, c.kind, CASE WHEN c.channel_txn_no = '' THEN c.related_no ELSE c.channel_txn_no END AS number,
            c.business_date, c.currency, coalesce(c.net_minor - coalesce(c.fee_minor, 0), c.amount_minor) AS told_minor,
            c.source AS told_by, f.name || ':' || c.line_no AS told_at,
            CASE
                WHEN c.kind = 'fee' AND t.kind <> 'fee' THEN t.fee_minor
                ELSE coalesce(t.net_minor - coalesce(t.fee_minor, 0), t.amount_minor)
            END AS stands_minor,
            t.source AS stands_by, g.name || ':' || t.line_no AS stands_at
        FROM canon.txn_confirmed AS c
        JOIN canon.txn AS t ON t.txn_id = c.confirms_txn_id
        JOIN meta.file AS f ON f.file_id = c.file_id
        JOIN meta.file AS g ON g.file_id = t.file_id
        WHERE NOT c.agrees
        ORDER BY c.channel, number, c.kind, c.txn_id
        """
    )


def totals(store: Store) -> pl.DataFrame:
    """Return one row for each figure that a file prints about itself or about the rows of another, in order of arrival.

    Columns: file (its name), name, about (source, account and days of the other file's rows; blank: itself), printed,
    computed (both as shown; computed is blank as long as it waits), state (agrees, differs, waiting, outdated),
    binding (false: a mismatch refuses nothing), measure and currency (of another file's rows: ``rows``, or the column
    in minor units that printed and computed then are).
    """
    return store.frame(_sql("status_totals"))


def overview(store: Store) -> pl.DataFrame:
    """Return the workspace in figures: subject, item, count, detail (texts; count Int64).

    Subjects in this order: files (by source), totals (figures about another file's rows, by state), rejects, book (rows
    by book and channel, with first and last day), confirmed (rows of one bill that tell movements of another, by both
    sources), leg (matched, open and excluded rows), waiting (open rows that are not judged, by what they wait for),
    difference (by code, those not settled), period (locked or open), run (the last).
    """
    return store.frame(
        """
        WITH line AS (
            SELECT 1 AS part, 'files' AS subject, source AS item, count(*) AS count, sum(rows_raw) || ' rows' AS detail
            FROM meta.file GROUP BY source
            UNION ALL
            SELECT 1, 'totals', state, count(*), 'figures that a summary prints of another file''s rows'
            FROM meta.total GROUP BY state
            UNION ALL
            SELECT 2, 'rejects', f.name, count(*), 'cells or rows that could not be read'
            FROM meta.reject AS r JOIN meta.file AS f ON f.file_id = r.file_id GROUP BY f.name
            UNION ALL
            SELECT 3, 'book', book || CASE WHEN channel = '' THEN '' ELSE ' ' || channel END, count(*),
                   min(business_date) || ' .. ' || max(business_date)
            FROM canon.txn GROUP BY book, channel
            UNION ALL
            SELECT 3, 'confirmed', c.source || ' by ' || t.source, count(*),
                   count(*) FILTER (NOT c.agrees) || ' tell another amount'
            FROM canon.txn_confirmed AS c JOIN canon.txn AS t ON t.txn_id = c.confirms_txn_id
            GROUP BY c.source, t.source
            UNION ALL
            -- Most matches are of two rows: only the members of the others are looked for.
            SELECT 4, 'leg', leg || ' matched', sum(rows), pass FROM (
                SELECT leg, pass, 2 * count(*) AS rows FROM match.match WHERE cardinality = '1:1' GROUP BY leg, pass
                UNION ALL
                SELECT m.leg, g.pass, count(*)
                FROM match.member AS m JOIN match.match AS g ON g.match_id = m.match_id
                WHERE g.cardinality <> '1:1' GROUP BY m.leg, g.pass
            ) GROUP BY leg, pass
            UNION ALL
            SELECT 4, 'leg', leg || ' open', count(*), side FROM match.pool GROUP BY leg, side
            UNION ALL
            SELECT 4, 'leg', leg || ' excluded', count(*), reason FROM match.excluded GROUP BY leg, reason
            UNION ALL
            SELECT 4, 'leg', 'channel_bank searches given up', count(*), 'too many candidates: ' || max(candidates)
            FROM match.given_up HAVING count(*) > 0
            UNION ALL
            SELECT 5, 'waiting', leg || ' for ' || waits_for, sum(number), min(first_date) || ' .. ' || max(last_date)
            FROM diff.waiting GROUP BY leg, waits_for
            UNION ALL
            SELECT 6, 'difference', leg || ' ' || code, count(*), kind
            FROM diff.difference WHERE state NOT IN ('cleared', 'resolved', 'written_off') GROUP BY leg, code, kind
            UNION ALL
            SELECT 7, 'period', period, 1, CASE WHEN locked THEN 'locked' ELSE 'open' END FROM meta.period
            UNION ALL
            SELECT 8, 'run', command, run_id, version
            FROM (SELECT * FROM meta.run ORDER BY run_id DESC LIMIT 1)
        )
        SELECT subject, item, CAST(count AS BIGINT) AS count, detail FROM line ORDER BY part, subject, item, detail
        """
    )


def periods(store: Store) -> list[str]:
    """Months (``YYYY-MM``) in which a book has something, in order."""
    found = store.rows("SELECT DISTINCT strftime(business_date, '%Y-%m') AS period FROM canon.txn ORDER BY period")
    return [row[0] for row in found]


def _sql(name: str) -> str:
    return (package_files("recon.ingest") / "sql" / f"{name}.sql").read_text(encoding="utf-8")
