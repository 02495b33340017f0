-- voucher_order_single: the voucher cites an order number, the channel knows the payment number; one voucher books it all.
-- returns left_id, right_id. A second voucher of the same payment stays open.
-- leaves out: carts booked order by order (voucher_order).
WITH candidate AS (
    SELECT
        l.txn_id AS left_id,
        r.txn_id AS right_id,
        row_number() OVER (PARTITION BY l.txn_id ORDER BY r.business_date, r.txn_id) AS for_left,
        row_number() OVER (PARTITION BY r.txn_id ORDER BY l.txn_id) AS for_right
    FROM left_open AS l
    JOIN bridge AS b ON l.key_no = b.key_no
    JOIN right_open AS r
        ON b.order_no = r.key_no AND l.channel = r.channel AND l.class = r.class
        AND l.currency = r.currency AND l.amount_minor = r.amount_minor
)
SELECT left_id, right_id FROM candidate WHERE for_left = 1 AND for_right = 1
