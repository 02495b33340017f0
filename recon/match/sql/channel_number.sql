-- channel_number: the channel's own transaction number, kind, currency and amount agree though the merchant numbers do not.
-- returns left_id, right_id.
-- leaves out: numbers that either side holds twice.
WITH l AS (
    SELECT channel, class, channel_txn_no, currency, amount_minor, min(txn_id) AS txn_id, count(*) AS copies
    FROM left_open
    WHERE channel_txn_no <> ''
    GROUP BY channel, class, channel_txn_no, currency, amount_minor
),
r AS (
    SELECT channel, class, channel_txn_no, currency, amount_minor, min(txn_id) AS txn_id, count(*) AS copies
    FROM right_open
    WHERE channel_txn_no <> ''
    GROUP BY channel, class, channel_txn_no, currency, amount_minor
)
SELECT l.txn_id AS left_id, r.txn_id AS right_id
FROM l
JOIN r
    ON l.channel = r.channel AND l.class = r.class AND l.channel_txn_no = r.channel_txn_no
    AND l.currency = r.currency AND l.amount_minor = r.amount_minor
WHERE l.copies = 1 AND r.copies = 1
