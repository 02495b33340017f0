-- voucher_day: one voucher books the payments of a settlement batch (a trade day): the sum of what is still open agrees.
-- returns group_no, side, txn_id.
-- leaves out: batches whose sum differs (voucher_day_shop tries the shops of the day one by one).
WITH r AS (
    SELECT channel, class, currency, key_no AS batch_no, min(txn_id) AS txn_id, CAST(sum(amount_minor) AS BIGINT) AS total
    FROM right_open
    WHERE class IN ('payment', 'refund') AND key_no <> ''
    GROUP BY channel, class, currency, key_no
),
l AS (
    SELECT channel, class, currency, batch_no, CAST(sum(amount_minor) AS BIGINT) AS total
    FROM left_open
    WHERE batch_no <> ''
    GROUP BY channel, class, currency, batch_no
),
hit AS (
    SELECT l.channel, l.class, l.currency, l.batch_no
    FROM l
    JOIN r ON l.channel = r.channel AND l.class = r.class AND l.currency = r.currency AND l.batch_no = r.batch_no
    WHERE l.total = r.total
)
SELECT concat(h.channel, '|', h.class, '|', h.batch_no, '|', h.currency) AS group_no, 'left' AS side, x.txn_id
FROM hit AS h
JOIN left_open AS x ON h.channel = x.channel AND h.class = x.class AND h.batch_no = x.batch_no AND h.currency = x.currency
UNION ALL
SELECT concat(h.channel, '|', h.class, '|', h.batch_no, '|', h.currency) AS group_no, 'right' AS side, x.txn_id
FROM hit AS h
JOIN right_open AS x ON h.channel = x.channel AND h.class = x.class AND h.batch_no = x.key_no AND h.currency = x.currency
