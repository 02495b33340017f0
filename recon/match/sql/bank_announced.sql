-- bank_announced: one line for the batches that one payout row of the channel pays together: their sum, and the row's
--   reference where the bank cites it.
-- returns group_no, side, txn_id.
-- leaves out: batches announced one by one (they carry the reference themselves), sums that more than one line fits.
WITH l AS (
    SELECT
        a.txn_id, min(a.reference) AS reference, min(o.channel) AS channel, min(o.currency) AS currency,
        max(o.business_date) AS first_date, max(o.last_date) AS last_date, CAST(sum(o.amount_minor) AS BIGINT) AS total
    FROM announcement AS a
    JOIN left_open AS o ON a.batch_id = o.txn_id
    GROUP BY a.txn_id
    HAVING count(*) > 1
),
candidate AS (
    SELECT
        l.txn_id AS left_id, r.txn_id AS right_id,
        CASE WHEN l.reference <> '' AND (l.reference = r.reference OR instr(r.memo, l.reference) > 0) THEN 1 ELSE 0 END AS cited
    FROM l
    JOIN right_open AS r
        ON l.channel = r.channel AND l.currency = r.currency AND l.total = r.amount_minor
        AND r.business_date >= l.first_date AND r.business_date <= l.last_date
),
best AS (
    SELECT c.left_id, c.right_id
    FROM candidate AS c
    WHERE c.cited = 1 OR c.left_id NOT IN (SELECT x.left_id FROM candidate AS x WHERE x.cited = 1)
),
counted AS (
    SELECT left_id, right_id, count(*) OVER (PARTITION BY left_id) AS lines, count(*) OVER (PARTITION BY right_id) AS sums
    FROM best
)
SELECT c.right_id AS group_no, 'left' AS side, o.txn_id
FROM counted AS c
JOIN announcement AS a ON c.left_id = a.txn_id
JOIN left_open AS o ON a.batch_id = o.txn_id
WHERE c.lines = 1 AND c.sums = 1
UNION ALL
SELECT right_id AS group_no, 'right' AS side, right_id AS txn_id FROM counted WHERE lines = 1 AND sums = 1
