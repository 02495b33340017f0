-- refund_number: the same refund number, currency and amount; the n-th copy on one side takes the n-th on the other.
-- returns left_id, right_id.
-- leaves out: refunds without a number on either side.
WITH l AS (
    SELECT
        txn_id, channel, refund_no, currency, amount_minor,
        row_number() OVER (PARTITION BY channel, refund_no, currency, amount_minor ORDER BY business_date, txn_id) AS nth
    FROM left_open
    WHERE class = 'refund' AND refund_no <> ''
),
r AS (
    SELECT
        txn_id, channel, refund_no, currency, amount_minor,
        row_number() OVER (PARTITION BY channel, refund_no, currency, amount_minor ORDER BY business_date, txn_id) AS nth
    FROM right_open
    WHERE class = 'refund' AND refund_no <> ''
)
SELECT l.txn_id AS left_id, r.txn_id AS right_id
FROM l
JOIN r ON l.channel = r.channel AND l.refund_no = r.refund_no AND l.currency = r.currency AND l.amount_minor = r.amount_minor AND l.nth = r.nth
