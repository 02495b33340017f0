-- refund_number_only: the same refund number and currency, other amounts: paired, with the remainder as the difference.
-- returns left_id, right_id.
-- leaves out: numbers that either side holds twice.
WITH l AS (
    SELECT channel, refund_no, currency, min(txn_id) AS txn_id, count(*) AS copies
    FROM left_open
    WHERE class = 'refund' AND refund_no <> ''
    GROUP BY channel, refund_no, currency
),
r AS (
    SELECT channel, refund_no, currency, min(txn_id) AS txn_id, count(*) AS copies
    FROM right_open
    WHERE class = 'refund' AND refund_no <> ''
    GROUP BY channel, refund_no, currency
)
SELECT l.txn_id AS left_id, r.txn_id AS right_id
FROM l
JOIN r ON l.channel = r.channel AND l.refund_no = r.refund_no AND l.currency = r.currency
WHERE l.copies = 1 AND r.copies = 1
