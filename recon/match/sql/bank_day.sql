-- bank_day: the bank line's text names the batch or its trade day, and the amount is the batch's net.
-- returns left_id, right_id.
-- leaves out: lines that two batches or batches that two lines would fit.
WITH candidate AS (
    SELECT l.txn_id AS left_id, r.txn_id AS right_id
    FROM left_open AS l
    JOIN right_open AS r ON l.channel = r.channel AND l.currency = r.currency AND l.amount_minor = r.amount_minor
    WHERE
        (instr(r.memo, l.day_text) > 0 OR (l.batch_no <> '' AND instr(r.memo, l.batch_no) > 0))
        AND r.business_date >= l.business_date
),
counted AS (
    SELECT left_id, right_id, count(*) OVER (PARTITION BY left_id) AS lines, count(*) OVER (PARTITION BY right_id) AS batches
    FROM candidate
)
SELECT left_id, right_id FROM counted WHERE lines = 1 AND batches = 1
