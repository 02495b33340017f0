-- channel_number: the channel's own transaction number, kind, currency and amount agree though the merchant numbers do not.
-- returns left_id, right_id.
-- leaves out: numbers that either side holds twice.
WITH twin AS (
    -- Counted by themselves: an aggregate that carries a text along (min(txn_id)) cannot be spilled to the disk.
    SELECT channel, class, channel_txn_no, currency, amount_minor
    FROM left_open
    WHERE channel_txn_no <> ''
    GROUP BY channel, class, channel_txn_no, currency, amount_minor
    HAVING count(*) > 1
    UNION
    SELECT channel, class, channel_txn_no, currency, amount_minor
    FROM right_open
    WHERE channel_txn_no <> ''
    GROUP BY channel, class, channel_txn_no, currency, amount_minor
    HAVING count(*) > 1
)
SELECT l.txn_id AS left_id, r.txn_id AS right_id
FROM left_open AS l
JOIN right_open AS r
    ON l.channel = r.channel AND l.class = r.class AND l.channel_txn_no = r.channel_txn_no
    AND l.currency = r.currency AND l.amount_minor = r.amount_minor
LEFT JOIN twin AS t
    ON l.channel = t.channel AND l.class = t.class AND l.channel_txn_no = t.channel_txn_no
    AND l.currency = t.currency AND l.amount_minor = t.amount_minor
WHERE l.channel_txn_no <> '' AND t.channel IS NULL
