-- bank_amount: a line of the batch's net amount that arrived between the trade day and the end of the grace days.
-- returns left_id, right_id.
-- leaves out: lines whose text names another trade day; amounts that fit more than once (a person decides).
WITH candidate AS (
    SELECT l.txn_id AS left_id, r.txn_id AS right_id
    FROM left_open AS l
    JOIN right_open AS r
        ON l.channel = r.channel AND l.currency = r.currency AND l.amount_minor = r.amount_minor
        AND r.business_date >= l.business_date AND r.business_date <= l.last_date
    WHERE r.named_day = '' OR r.named_day = l.day_text
),
counted AS (
    SELECT left_id, right_id, count(*) OVER (PARTITION BY left_id) AS lines, count(*) OVER (PARTITION BY right_id) AS batches
    FROM candidate
)
SELECT left_id, right_id FROM counted WHERE lines = 1 AND batches = 1
