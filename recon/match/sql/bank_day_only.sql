-- bank_day_only: the bank line names the payout's reference, its batch or its trade day, but the amount is another: paired.
-- returns left_id, right_id.
-- leaves out: days that two open lines or two open batches name; lines before the due day (they name the day they came).
WITH candidate AS (
    SELECT l.txn_id AS left_id, r.txn_id AS right_id
    FROM left_open AS l
    JOIN right_open AS r ON l.channel = r.channel AND l.currency = r.currency
    WHERE
        (l.reference <> '' AND (l.reference = r.reference OR instr(r.memo, l.reference) > 0))
        OR ((l.reference = '' OR l.by_day = 1) AND (instr(r.memo, l.day_text) > 0 OR (l.batch_no <> '' AND instr(r.memo, l.batch_no) > 0)) AND r.business_date >= l.due_date)
),
counted AS (
    SELECT left_id, right_id, count(*) OVER (PARTITION BY left_id) AS lines, count(*) OVER (PARTITION BY right_id) AS batches
    FROM candidate
)
SELECT left_id, right_id FROM counted WHERE lines = 1 AND batches = 1
