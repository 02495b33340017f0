-- voucher_net: the voucher books what the payment brings after its fee (channel account net, fee expense beside it).
-- returns left_id, right_id.
-- leaves out: payments without a fee; numbers with more than one candidate.
WITH candidate AS (
    SELECT l.txn_id AS left_id, r.txn_id AS right_id
    FROM left_open AS l
    JOIN right_open AS r
        ON l.channel = r.channel AND l.class = r.class AND l.currency = r.currency AND l.key_no = r.key_no
        AND l.net_minor = r.amount_minor
    WHERE l.key_no <> '' AND l.fee_minor <> 0
),
ranked AS (
    SELECT
        left_id,
        right_id,
        row_number() OVER (PARTITION BY left_id ORDER BY right_id) AS for_left,
        row_number() OVER (PARTITION BY right_id ORDER BY left_id) AS for_right
    FROM candidate
)
SELECT left_id, right_id FROM ranked WHERE for_left = 1 AND for_right = 1
