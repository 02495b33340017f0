-- bank_merged: one line for all open batches of a channel that fall due on the same day (days off paid together).
-- returns group_no, side, txn_id.
-- leaves out: sums that more than one line fits.
WITH l AS (
    SELECT channel, account, currency, due_date, min(business_date) AS first_date, max(last_date) AS last_date, count(*) AS members,
        CAST(sum(amount_minor) AS BIGINT) AS total
    FROM left_open
    GROUP BY channel, account, currency, due_date
),
candidate AS (
    SELECT l.channel, l.account, l.currency, l.due_date, r.txn_id AS right_id
    FROM l
    JOIN right_open AS r
        ON l.channel = r.channel AND l.currency = r.currency AND l.total = r.amount_minor
        AND r.business_date >= l.first_date AND r.business_date <= l.last_date
    WHERE l.members > 1
),
counted AS (
    SELECT
        channel, account, currency, due_date, right_id,
        count(*) OVER (PARTITION BY channel, account, currency, due_date) AS lines,
        count(*) OVER (PARTITION BY right_id) AS sums
    FROM candidate
)
SELECT c.right_id AS group_no, 'left' AS side, x.txn_id
FROM counted AS c
JOIN left_open AS x ON c.channel = x.channel AND c.account = x.account AND c.currency = x.currency AND c.due_date = x.due_date
WHERE c.lines = 1 AND c.sums = 1
UNION ALL
SELECT right_id AS group_no, 'right' AS side, right_id AS txn_id FROM counted WHERE lines = 1 AND sums = 1
