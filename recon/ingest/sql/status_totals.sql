-- status_totals: every figure that a file prints about itself (meta.file.control) or about another's rows (meta.total).
-- returns the columns of recon.ingest.status.totals, in order of arrival and as they stand in the file.
-- leaves out: nothing.
WITH own AS (
    SELECT file_id, unnest(from_json(control, '["JSON"]')) AS figure,
        generate_subscripts(from_json(control, '["JSON"]'), 1) AS place
    FROM meta.file
),
figure AS (
    SELECT file_id, 0 AS part, place, figure ->> 'name' AS name, '' AS about, figure ->> 'printed' AS printed,
        figure ->> 'computed' AS computed, CASE WHEN figure ->> 'ok' = 'true' THEN 'agrees' ELSE 'differs' END AS state,
        coalesce(figure ->> 'binding' = 'true', true) AS binding, '' AS measure, '' AS currency
    FROM own
    UNION ALL
    SELECT file_id, 1, rowid, name, concat_ws(' ', source, account, first_date, last_date), CAST(printed AS VARCHAR),
        coalesce(CAST(computed AS VARCHAR), ''), state, binding, measure, currency
    FROM meta.total
)
SELECT f.name AS file, g.name, g.about, g.printed, g.computed, g.state, g.binding, g.measure, g.currency
FROM figure AS g JOIN meta.file AS f ON f.file_id = g.file_id
ORDER BY g.file_id, g.part, g.place
