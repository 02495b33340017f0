-- voucher_channel_number: a voucher cites the channel's transaction number, or a refund voucher the order number; amounts agree.
-- returns left_id, right_id. The n-th voucher takes the n-th movement; the channel's number, which says more, goes first.
-- leaves out: movements without such a number.
WITH r AS (
    SELECT
        txn_id, channel, class, currency, amount_minor, key_no,
        row_number() OVER (PARTITION BY channel, class, key_no, currency, amount_minor ORDER BY business_date, txn_id) AS nth
    FROM right_open
),
l AS (
    SELECT
        txn_id, channel, class, currency, amount_minor, channel_txn_no,
        row_number() OVER (PARTITION BY channel, class, channel_txn_no, currency, amount_minor ORDER BY business_date, txn_id) AS nth
    FROM left_open
    WHERE channel_txn_no <> ''
),
by_channel_number AS (
    SELECT l.txn_id AS left_id, r.txn_id AS right_id
    FROM l
    JOIN r
        ON l.channel = r.channel AND l.class = r.class AND l.channel_txn_no = r.key_no
        AND l.currency = r.currency AND l.amount_minor = r.amount_minor AND l.nth = r.nth
),
refund AS (
    SELECT
        o.txn_id, o.channel, o.currency, o.amount_minor, o.key_no,
        row_number() OVER (PARTITION BY o.channel, o.key_no, o.currency, o.amount_minor ORDER BY o.business_date, o.txn_id) AS nth
    FROM left_open AS o
    LEFT JOIN by_channel_number AS b ON o.txn_id = b.left_id
    WHERE o.class = 'refund' AND o.key_no <> '' AND b.left_id IS NULL
),
red AS (
    SELECT
        o.txn_id, o.channel, o.currency, o.amount_minor, o.key_no,
        row_number() OVER (PARTITION BY o.channel, o.key_no, o.currency, o.amount_minor ORDER BY o.business_date, o.txn_id) AS nth
    FROM right_open AS o
    LEFT JOIN by_channel_number AS b ON o.txn_id = b.right_id
    WHERE o.class = 'refund' AND b.right_id IS NULL
)
SELECT left_id, right_id FROM by_channel_number
UNION ALL
SELECT l.txn_id AS left_id, r.txn_id AS right_id
FROM refund AS l
JOIN red AS r
    ON l.channel = r.channel AND l.key_no = r.key_no
    AND l.currency = r.currency AND l.amount_minor = r.amount_minor AND l.nth = r.nth
