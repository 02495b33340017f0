-- voucher_number: a voucher cites the merchant order number (payments) or the refund number (refunds); amounts agree.
-- returns left_id, right_id. The n-th voucher takes the n-th movement, so a second voucher of one movement stays open.
-- leaves out: vouchers that cite another number (the next passes), and daily summaries.
WITH l AS (
    SELECT txn_id, channel, class, currency, amount_minor, number
    FROM (
        SELECT txn_id, channel, class, currency, amount_minor, CASE WHEN class = 'refund' AND refund_no <> '' THEN refund_no ELSE key_no END AS number
        FROM left_open
    ) AS numbered
    WHERE number <> ''
),
candidate AS (
    SELECT
        l.txn_id AS left_id,
        r.txn_id AS right_id,
        row_number() OVER (PARTITION BY l.txn_id ORDER BY r.business_date, r.txn_id) AS for_left,
        row_number() OVER (PARTITION BY r.txn_id ORDER BY l.txn_id) AS for_right
    FROM l
    JOIN right_open AS r
        ON l.channel = r.channel AND l.class = r.class AND l.number = r.key_no
        AND l.currency = r.currency AND l.amount_minor = r.amount_minor
)
SELECT left_id, right_id FROM candidate WHERE for_left = 1 AND for_right = 1
