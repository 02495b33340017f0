-- bank_due_day_only: the only open line of a channel on the only open batch's due day, with nearly its amount: paired.
-- returns left_id, right_id.
-- leaves out: lines that name another day or another reference, and amounts farther off than the setting allows.
WITH candidate AS (
    SELECT l.txn_id AS left_id, r.txn_id AS right_id
    FROM left_open AS l
    JOIN right_open AS r ON l.channel = r.channel AND l.currency = r.currency AND l.due_date = r.business_date
    CROSS JOIN setting AS s
    WHERE
        l.reference = '' AND r.named_day = ''
        AND abs(l.amount_minor - r.amount_minor) * 1000000 <= abs(l.amount_minor) * s.near_payout_ppm
),
counted AS (
    SELECT left_id, right_id, count(*) OVER (PARTITION BY left_id) AS lines, count(*) OVER (PARTITION BY right_id) AS batches
    FROM candidate
)
SELECT left_id, right_id FROM counted WHERE lines = 1 AND batches = 1
