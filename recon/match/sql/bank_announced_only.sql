-- bank_announced_only: the line that cites the reference of a payout row which pays several batches, with another amount than
--   their sum: paired.
-- returns group_no, side, txn_id.
-- leaves out: references that more than one line cites.
WITH l AS (
    SELECT a.txn_id, min(a.reference) AS reference, min(o.channel) AS channel, min(o.currency) AS currency
    FROM announcement AS a
    JOIN left_open AS o ON a.batch_id = o.txn_id
    WHERE a.reference <> ''
    GROUP BY a.txn_id
    HAVING count(*) > 1
),
candidate AS (
    SELECT l.txn_id AS left_id, r.txn_id AS right_id
    FROM l
    JOIN right_open AS r ON l.channel = r.channel AND l.currency = r.currency
    WHERE l.reference = r.reference OR instr(r.memo, l.reference) > 0
),
counted AS (
    SELECT left_id, right_id, count(*) OVER (PARTITION BY left_id) AS lines, count(*) OVER (PARTITION BY right_id) AS sums
    FROM candidate
)
SELECT c.right_id AS group_no, 'left' AS side, o.txn_id
FROM counted AS c
JOIN announcement AS a ON c.left_id = a.txn_id
JOIN left_open AS o ON a.batch_id = o.txn_id
WHERE c.lines = 1 AND c.sums = 1
UNION ALL
SELECT right_id AS group_no, 'right' AS side, right_id AS txn_id FROM counted WHERE lines = 1 AND sums = 1
