-- voucher_channel_number: a voucher cites the channel's transaction number, or a refund voucher the order number; amounts agree.
-- returns left_id, right_id.
-- leaves out: movements or vouchers with more than one candidate.
WITH l AS (
    SELECT txn_id, channel, class, currency, amount_minor, channel_txn_no AS number FROM left_open WHERE channel_txn_no <> ''
    UNION ALL
    SELECT txn_id, channel, class, currency, amount_minor, key_no AS number
    FROM left_open
    WHERE class = 'refund' AND key_no <> '' AND key_no <> channel_txn_no
),
candidate AS (
    SELECT l.txn_id AS left_id, r.txn_id AS right_id
    FROM l
    JOIN right_open AS r
        ON l.channel = r.channel AND l.class = r.class AND l.number = r.key_no
        AND l.currency = r.currency AND l.amount_minor = r.amount_minor
),
ranked AS (
    SELECT
        left_id,
        right_id,
        row_number() OVER (PARTITION BY left_id ORDER BY right_id) AS for_left,
        row_number() OVER (PARTITION BY right_id ORDER BY left_id) AS for_right
    FROM candidate
)
SELECT left_id, right_id FROM ranked WHERE for_left = 1 AND for_right = 1
