-- total: each figure of the temporary table checked, and the same computed from the rows it is about.
-- returns file_id, name, computed (a count, or minor units), covered (every day has a file of that source), in_parts (one
--   of those files is a numbered part of several, or the figure is of the rows of its own source: of a report in parts), rejects (rows of those files that could not be read).
-- leaves out: nothing; every row of checked comes back once.
WITH told AS (
    SELECT source, account, kind, status, currency, business_date, amount_minor, fee_minor, net_minor FROM canon.txn
    UNION ALL
    SELECT source, account, kind, status, currency, business_date, amount_minor, fee_minor, net_minor FROM canon.txn_confirmed
),
-- One row a day and kind first: a month of a million rows is looked at once, whatever the number of figures.
day_sum AS (
    SELECT source, account, kind, status, currency, business_date,
        count(*) FILTER (amount_minor > 0) AS rows_in, count(*) FILTER (amount_minor < 0) AS rows_out, count(*) AS rows_all,
        sum(amount_minor) FILTER (amount_minor > 0) AS amount_in, sum(amount_minor) FILTER (amount_minor < 0) AS amount_out,
        sum(fee_minor) FILTER (fee_minor > 0) AS fee_in, sum(fee_minor) FILTER (fee_minor < 0) AS fee_out,
        sum(net_minor) FILTER (net_minor > 0) AS net_in, sum(net_minor) FILTER (net_minor < 0) AS net_out
    FROM told
    SEMI JOIN checked USING (source, account)
    -- Days of other months lie in other row groups, which need not be read.
    WHERE business_date BETWEEN (SELECT min(first_date) FROM checked) AND (SELECT max(last_date) FROM checked)
    GROUP BY ALL
),
computed AS (
    SELECT t.file_id, t.name,
        sum(CASE t.measure
            WHEN 'rows' THEN CASE t.direction WHEN 'in' THEN d.rows_in WHEN 'out' THEN d.rows_out ELSE d.rows_all END
            WHEN 'amount_minor' THEN
                CASE WHEN t.direction = 'out' THEN 0 ELSE coalesce(d.amount_in, 0) END
                + CASE WHEN t.direction = 'in' THEN 0 ELSE coalesce(d.amount_out, 0) END
            WHEN 'fee_minor' THEN
                CASE WHEN t.direction = 'out' THEN 0 ELSE coalesce(d.fee_in, 0) END
                + CASE WHEN t.direction = 'in' THEN 0 ELSE coalesce(d.fee_out, 0) END
            ELSE
                CASE WHEN t.direction = 'out' THEN 0 ELSE coalesce(d.net_in, 0) END
                + CASE WHEN t.direction = 'in' THEN 0 ELSE coalesce(d.net_out, 0) END
        END) AS computed
    FROM checked AS t
    JOIN day_sum AS d
        ON d.source = t.source AND d.account = t.account AND d.business_date BETWEEN t.first_date AND t.last_date
    WHERE
        d.currency = t.currency
        AND (t.kinds = '' OR list_contains(string_split(t.kinds, ','), d.kind))
        AND (t.statuses = '' OR list_contains(string_split(t.statuses, ','), d.status))
    GROUP BY t.file_id, t.name
),
covering AS (
    SELECT DISTINCT t.source, t.account, t.first_date, t.last_date, f.file_id, f.name, f.rows_rejected,
        greatest(f.period_start, t.first_date) AS from_date, least(f.period_end, t.last_date) AS to_date
    FROM checked AS t
    JOIN meta.file AS f
        ON f.source = t.source AND f.account = t.account AND f.period_start <= t.last_date AND f.period_end >= t.first_date
),
covered AS (
    SELECT source, account, first_date, last_date, count(DISTINCT day) AS days
    FROM (SELECT *, unnest(generate_series(from_date, to_date, INTERVAL 1 DAY)) AS day FROM covering)
    GROUP BY ALL
),
detail AS (
    SELECT source, account, first_date, last_date, sum(rows_rejected) AS rejects,
        bool_or(regexp_matches(name, '_\d{1,3}\.[A-Za-z]+$')) AS in_parts, string_agg(name, ', ' ORDER BY file_id) AS names
    FROM covering
    GROUP BY ALL
)
SELECT t.file_id, t.name, CAST(coalesce(c.computed, 0) AS BIGINT) AS computed,
    coalesce(v.days, 0) = t.last_date - t.first_date + 1 AS covered,
    coalesce(d.in_parts, false) OR t.source = (SELECT f.source FROM meta.file AS f WHERE f.file_id = t.file_id) AS in_parts,
    CAST(coalesce(d.rejects, 0) AS BIGINT) AS rejects, coalesce(d.names, '') AS details
FROM checked AS t
LEFT JOIN computed AS c ON c.file_id = t.file_id AND c.name = t.name
LEFT JOIN covered AS v USING (source, account, first_date, last_date)
LEFT JOIN detail AS d USING (source, account, first_date, last_date)
