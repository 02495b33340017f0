-- voucher_number_only: a voucher cites the number of a movement with another amount: paired, with the remainder.
-- returns group_no, side, txn_id: all that is open of one number (order by order vouchers of a cart included).
-- leaves out: second vouchers of a movement that is already booked (they find nothing open).
WITH numbered AS (
    SELECT txn_id, channel, class, currency, CASE WHEN class = 'refund' AND refund_no <> '' THEN refund_no ELSE key_no END AS number
    FROM left_open
),
l AS (
    SELECT txn_id, channel, class, currency, number FROM numbered WHERE number <> ''
),
cited AS (
    SELECT r.txn_id, r.channel, r.class, r.currency, coalesce(b.key_no, r.key_no) AS number
    FROM right_open AS r
    LEFT JOIN bridge AS b ON r.key_no = b.order_no
    WHERE r.class IN ('payment', 'refund') AND r.key_no <> ''
),
by_channel_number AS (
    SELECT r.txn_id, r.channel, r.class, r.currency, min(x.number) AS number
    FROM cited AS r
    JOIN (
        SELECT o.channel, o.class, o.currency, o.channel_txn_no, n.number
        FROM left_open AS o
        JOIN l AS n ON o.txn_id = n.txn_id
        WHERE o.channel_txn_no <> ''
    ) AS x ON r.channel = x.channel AND r.class = x.class AND r.currency = x.currency AND r.number = x.channel_txn_no
    GROUP BY r.txn_id, r.channel, r.class, r.currency
),
resolved AS (
    SELECT c.txn_id, c.channel, c.class, c.currency, coalesce(n.number, c.number) AS number
    FROM cited AS c
    LEFT JOIN by_channel_number AS n ON c.txn_id = n.txn_id
),
hit AS (
    SELECT DISTINCT l.channel, l.class, l.currency, l.number
    FROM l
    JOIN resolved AS r ON l.channel = r.channel AND l.class = r.class AND l.currency = r.currency AND l.number = r.number
)
SELECT concat(h.channel, '|', h.class, '|', h.number, '|', h.currency) AS group_no, 'left' AS side, x.txn_id
FROM hit AS h
JOIN l AS x ON h.channel = x.channel AND h.class = x.class AND h.number = x.number AND h.currency = x.currency
UNION ALL
SELECT concat(h.channel, '|', h.class, '|', h.number, '|', h.currency) AS group_no, 'right' AS side, x.txn_id
FROM hit AS h
JOIN resolved AS x ON h.channel = x.channel AND h.class = x.class AND h.number = x.number AND h.currency = x.currency
