-- bank_reference: the bank line carries the reference that the channel printed for the payout; amounts agree.
-- returns left_id, right_id.
-- leaves out: references that more than one line carries.
WITH candidate AS (
    SELECT l.txn_id AS left_id, r.txn_id AS right_id
    FROM left_open AS l
    JOIN right_open AS r ON l.channel = r.channel AND l.currency = r.currency AND l.amount_minor = r.amount_minor
    WHERE l.reference <> '' AND (l.reference = r.reference OR instr(r.memo, l.reference) > 0)
),
counted AS (
    SELECT left_id, right_id, count(*) OVER (PARTITION BY left_id) AS lines, count(*) OVER (PARTITION BY right_id) AS batches
    FROM candidate
)
SELECT left_id, right_id FROM counted WHERE lines = 1 AND batches = 1
