-- voucher_order: the voucher cites an order number, the channel knows the payment number: the order book is the bridge.
-- returns group_no, side, txn_id: all vouchers of the orders of one payment against that payment, sums agreeing (a cart
--   booked order by order), one voucher for one payment included.
-- leaves out: numbers whose sums differ (voucher_order_only), refunds cited by refund number.
WITH resolved AS (
    SELECT r.txn_id, r.channel, r.class, r.currency, r.amount_minor, b.key_no
    FROM right_open AS r
    JOIN bridge AS b ON r.key_no = b.order_no
),
r AS (
    SELECT channel, class, key_no, currency, CAST(sum(amount_minor) AS BIGINT) AS total
    FROM resolved
    GROUP BY channel, class, key_no, currency
),
l AS (
    SELECT channel, class, key_no, currency, CAST(sum(amount_minor) AS BIGINT) AS total
    FROM left_open
    WHERE key_no <> ''
    GROUP BY channel, class, key_no, currency
),
hit AS (
    SELECT l.channel, l.class, l.key_no, l.currency
    FROM l
    JOIN r ON l.channel = r.channel AND l.class = r.class AND l.key_no = r.key_no AND l.currency = r.currency
    WHERE l.total = r.total
)
SELECT concat(h.channel, '|', h.class, '|', h.key_no, '|', h.currency) AS group_no, 'left' AS side, x.txn_id
FROM hit AS h
JOIN left_open AS x ON h.channel = x.channel AND h.class = x.class AND h.key_no = x.key_no AND h.currency = x.currency
UNION ALL
SELECT concat(h.channel, '|', h.class, '|', h.key_no, '|', h.currency) AS group_no, 'right' AS side, x.txn_id
FROM hit AS h
JOIN resolved AS x ON h.channel = x.channel AND h.class = x.class AND h.key_no = x.key_no AND h.currency = x.currency
