-- cart: one payment for several (sub-)orders, or several for one: rows of one merchant order number whose sums agree.
-- returns group_no, side, txn_id.
-- leaves out: closed orders (nothing was paid for them); numbers with one row on each side.
WITH l AS (
    SELECT channel, class, key_no, currency, CAST(sum(amount_minor) AS BIGINT) AS total, count(*) AS members
    FROM left_open
    WHERE key_no <> '' AND status <> 'closed'
    GROUP BY channel, class, key_no, currency
),
r AS (
    SELECT channel, class, key_no, currency, CAST(sum(amount_minor) AS BIGINT) AS total, count(*) AS members
    FROM right_open
    WHERE key_no <> ''
    GROUP BY channel, class, key_no, currency
),
hit AS (
    SELECT l.channel, l.class, l.key_no, l.currency
    FROM l
    JOIN r ON l.channel = r.channel AND l.class = r.class AND l.key_no = r.key_no AND l.currency = r.currency
    WHERE l.total = r.total AND l.members + r.members > 2
)
SELECT concat(h.channel, '|', h.class, '|', h.key_no, '|', h.currency) AS group_no, 'left' AS side, x.txn_id
FROM hit AS h
JOIN left_open AS x ON h.channel = x.channel AND h.class = x.class AND h.key_no = x.key_no AND h.currency = x.currency
WHERE x.status <> 'closed'
UNION ALL
SELECT concat(h.channel, '|', h.class, '|', h.key_no, '|', h.currency) AS group_no, 'right' AS side, x.txn_id
FROM hit AS h
JOIN right_open AS x ON h.channel = x.channel AND h.class = x.class AND h.key_no = x.key_no AND h.currency = x.currency
