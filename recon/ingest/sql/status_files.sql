-- status_files: what became of the rows of each file, and of the figures that it prints about itself.
-- returns one row a file, by file_id; the columns are those of recon.ingest.status.files.
-- leaves out: nothing; a file of an older version of recon has no binding in its controls, and all of them bind.
WITH rule AS (
    SELECT file_id, reason, count(DISTINCT line_no) AS lines FROM meta.excluded GROUP BY file_id, reason
),
excluded AS (
    SELECT file_id, CAST(sum(lines) AS BIGINT) AS lines,
        string_agg(lines || ' ' || reason, '; ' ORDER BY lines DESC, reason) AS reasons
    FROM rule GROUP BY file_id
),
control AS (
    SELECT file_id, unnest(from_json(control, '["JSON"]')) AS figure FROM meta.file
),
agreement AS (
    SELECT file_id, count(*) AS figures, count(*) FILTER (figure ->> 'ok' = 'true') AS agree,
        string_agg(
            (figure ->> 'name') || ': printed ' || (figure ->> 'printed') || ', computed ' || (figure ->> 'computed'),
            '; '
        ) FILTER (figure ->> 'ok' <> 'true') AS odd
    FROM control GROUP BY file_id
)
SELECT
    f.file_id, f.name, f.source, f.account, f.encoding, f.period_start, f.period_end, f.rows_raw, f.rows_canon,
    f.rows_new, f.rows_overlap, f.rows_restated, f.rows_confirmed, f.rows_excluded, f.rows_rejected,
    coalesce(x.reasons, '') AS excluded,
    f.rows_raw = f.rows_canon + f.rows_excluded + f.rows_rejected
        AND f.rows_canon = f.rows_new + f.rows_overlap + f.rows_restated + f.rows_confirmed
        AND f.rows_excluded = coalesce(x.lines, 0) AS adds_up,
    CASE WHEN a.figures IS NULL THEN '' ELSE a.agree || '/' || a.figures END AS totals,
    coalesce(a.odd, '') AS odd, f.accepted, f.accepted_by, f.ingested_s
FROM meta.file AS f
LEFT JOIN excluded AS x ON x.file_id = f.file_id
LEFT JOIN agreement AS a ON a.file_id = f.file_id
ORDER BY f.file_id
