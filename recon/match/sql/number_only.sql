-- number_only: what is left of one merchant order number on both sides, amounts not equal: paired, with the remainder.
-- returns group_no, side, txn_id; one row a side is an amount that differs, several are a cart whose sum differs.
-- leaves out: closed orders; refunds whose numbers are known on both sides (they are different refunds).
WITH l AS (
    SELECT channel, class, key_no, currency, max(refund_no) AS refund_no
    FROM left_open
    WHERE key_no <> '' AND status <> 'closed'
    GROUP BY channel, class, key_no, currency
),
r AS (
    SELECT channel, class, key_no, currency, max(refund_no) AS refund_no
    FROM right_open
    WHERE key_no <> ''
    GROUP BY channel, class, key_no, currency
),
hit AS (
    SELECT l.channel, l.class, l.key_no, l.currency
    FROM l
    JOIN r ON l.channel = r.channel AND l.class = r.class AND l.key_no = r.key_no AND l.currency = r.currency
    WHERE l.class = 'payment' OR l.refund_no = '' OR r.refund_no = ''
)
SELECT concat(h.channel, '|', h.class, '|', h.key_no, '|', h.currency) AS group_no, 'left' AS side, x.txn_id
FROM hit AS h
JOIN left_open AS x ON h.channel = x.channel AND h.class = x.class AND h.key_no = x.key_no AND h.currency = x.currency
WHERE x.status <> 'closed'
UNION ALL
SELECT concat(h.channel, '|', h.class, '|', h.key_no, '|', h.currency) AS group_no, 'right' AS side, x.txn_id
FROM hit AS h
JOIN right_open AS x ON h.channel = x.channel AND h.class = x.class AND h.key_no = x.key_no AND h.currency = x.currency
