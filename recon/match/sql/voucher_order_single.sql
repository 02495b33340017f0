-- voucher_order_single: the voucher cites an order number, the channel knows the payment number; one voucher books it all.
-- returns left_id, right_id. The n-th voucher takes the n-th movement; a second voucher of the same payment stays open.
-- leaves out: carts booked order by order (voucher_order).
WITH l AS (
    SELECT
        txn_id, channel, class, currency, amount_minor, key_no,
        row_number() OVER (PARTITION BY channel, class, key_no, currency, amount_minor ORDER BY business_date, txn_id) AS nth
    FROM left_open
),
r AS (
    SELECT
        o.txn_id, o.channel, o.class, o.currency, o.amount_minor, b.key_no,
        row_number() OVER (PARTITION BY o.channel, o.class, b.key_no, o.currency, o.amount_minor ORDER BY o.business_date, o.txn_id) AS nth
    FROM right_open AS o
    JOIN bridge AS b ON o.key_no = b.order_no
)
SELECT l.txn_id AS left_id, r.txn_id AS right_id
FROM l
JOIN r
    ON l.channel = r.channel AND l.class = r.class AND l.key_no = r.key_no
    AND l.currency = r.currency AND l.amount_minor = r.amount_minor AND l.nth = r.nth
