-- number_amount: the same merchant order number, kind of movement, currency and amount, within the time window.
-- returns left_id, right_id. Several equal rows are paired in the order of their times: the n-th with the n-th, so that
--   one payment explains one order row and a second copy stays open.
-- leaves out: refunds whose numbers are known on both sides and differ; rows farther apart than the window.
WITH l AS (
    SELECT
        txn_id, channel, class, key_no, currency, amount_minor, occurred_s, refund_no,
        row_number() OVER (PARTITION BY channel, class, key_no, currency, amount_minor ORDER BY coalesce(occurred_s, 0), business_date, txn_id) AS nth
    FROM left_open
    WHERE key_no <> ''
),
r AS (
    SELECT
        txn_id, channel, class, key_no, currency, amount_minor, occurred_s, refund_no,
        row_number() OVER (PARTITION BY channel, class, key_no, currency, amount_minor ORDER BY coalesce(occurred_s, 0), business_date, txn_id) AS nth
    FROM right_open
    WHERE key_no <> ''
)
SELECT l.txn_id AS left_id, r.txn_id AS right_id
FROM l
JOIN r
    ON l.channel = r.channel AND l.class = r.class AND l.key_no = r.key_no
    AND l.currency = r.currency AND l.amount_minor = r.amount_minor AND l.nth = r.nth
CROSS JOIN setting AS s
WHERE
    (l.class = 'payment' OR l.refund_no = '' OR r.refund_no = '' OR l.refund_no = r.refund_no)
    AND (l.class = 'refund' OR abs(coalesce(l.occurred_s, r.occurred_s, 0) - coalesce(r.occurred_s, l.occurred_s, 0)) <= s.window_s)
