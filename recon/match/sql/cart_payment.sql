-- cart_payment: one payment for several (sub-)orders: the first payment of a merchant order number whose amount is their sum.
-- returns group_no, side, txn_id. A second payment of the same cart stays open.
-- leaves out: closed orders (nothing was paid for them); numbers with one order row.
WITH l AS (
    SELECT channel, class, key_no, currency, CAST(sum(amount_minor) AS BIGINT) AS total
    FROM left_open
    WHERE key_no <> '' AND status <> 'closed'
    GROUP BY channel, class, key_no, currency
    HAVING count(*) > 1
),
hit AS (
    SELECT
        l.channel, l.class, l.key_no, l.currency, r.txn_id,
        row_number() OVER (
            PARTITION BY l.channel, l.class, l.key_no, l.currency
            ORDER BY coalesce(r.occurred_s, 0), r.business_date, r.txn_id
        ) AS nth
    FROM l
    JOIN right_open AS r
        ON l.channel = r.channel AND l.class = r.class AND l.key_no = r.key_no AND l.currency = r.currency
        AND l.total = r.amount_minor
)
SELECT h.txn_id AS group_no, 'left' AS side, x.txn_id
FROM hit AS h
JOIN left_open AS x ON h.channel = x.channel AND h.class = x.class AND h.key_no = x.key_no AND h.currency = x.currency
WHERE h.nth = 1 AND x.status <> 'closed'
UNION ALL
SELECT txn_id AS group_no, 'right' AS side, txn_id
FROM hit
WHERE nth = 1
