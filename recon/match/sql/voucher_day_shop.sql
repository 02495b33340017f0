-- voucher_day_shop: one voucher books the payments that one shop had in a settlement batch; the shop is known from the orders.
-- returns group_no, side, txn_id.
-- leaves out: a batch that more than one shop's sum would explain (ambiguous).
WITH placed AS (
    SELECT l.txn_id, l.channel, l.class, l.currency, l.batch_no, l.amount_minor, s.shop
    FROM left_open AS l
    JOIN shop AS s ON l.key_no = s.key_no
    WHERE l.batch_no <> ''
),
l AS (
    SELECT channel, class, currency, batch_no, shop, CAST(sum(amount_minor) AS BIGINT) AS total
    FROM placed
    GROUP BY channel, class, currency, batch_no, shop
),
r AS (
    SELECT channel, class, currency, key_no AS batch_no, txn_id, amount_minor AS total
    FROM right_open
    WHERE class IN ('payment', 'refund') AND key_no <> ''
),
hit AS (
    SELECT
        l.channel, l.class, l.currency, l.batch_no, l.shop, r.txn_id AS right_id,
        count(*) OVER (PARTITION BY r.txn_id) AS shops,
        count(*) OVER (PARTITION BY l.channel, l.class, l.currency, l.batch_no, l.shop) AS vouchers
    FROM l
    JOIN r ON l.channel = r.channel AND l.class = r.class AND l.currency = r.currency AND l.batch_no = r.batch_no AND l.total = r.total
)
SELECT h.right_id AS group_no, 'left' AS side, x.txn_id
FROM hit AS h
JOIN placed AS x
    ON h.channel = x.channel AND h.class = x.class AND h.batch_no = x.batch_no AND h.currency = x.currency AND h.shop = x.shop
WHERE h.shops = 1 AND h.vouchers = 1
UNION ALL
SELECT right_id AS group_no, 'right' AS side, right_id AS txn_id FROM hit WHERE shops = 1 AND vouchers = 1
