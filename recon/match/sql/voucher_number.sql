-- voucher_number: a voucher cites the merchant order number (payments), the refund number (refunds) or the channel's own
--   number (disputes); amounts agree.
-- returns left_id, right_id. The n-th voucher takes the n-th movement, so a second voucher of one movement stays open.
-- leaves out: vouchers that cite another number (the next passes), and daily summaries.
WITH numbered AS (
    SELECT
        txn_id, channel, class, currency, amount_minor, business_date,
        CASE
            WHEN kind IN ('chargeback', 'chargeback_reversal') THEN channel_txn_no
            WHEN class = 'refund' AND refund_no <> '' THEN refund_no
            ELSE key_no
        END AS number
    FROM left_open
),
l AS (
    SELECT
        txn_id, channel, class, currency, amount_minor, number,
        row_number() OVER (PARTITION BY channel, class, number, currency, amount_minor ORDER BY business_date, txn_id) AS nth
    FROM numbered
    WHERE number <> ''
),
r AS (
    SELECT
        txn_id, channel, class, currency, amount_minor, key_no,
        row_number() OVER (PARTITION BY channel, class, key_no, currency, amount_minor ORDER BY business_date, txn_id) AS nth
    FROM right_open
)
SELECT l.txn_id AS left_id, r.txn_id AS right_id
FROM l
JOIN r
    ON l.channel = r.channel AND l.class = r.class AND l.number = r.key_no
    AND l.currency = r.currency AND l.amount_minor = r.amount_minor AND l.nth = r.nth
