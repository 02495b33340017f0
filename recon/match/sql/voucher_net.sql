-- voucher_net: the voucher books what the payment brings after its fee (channel account net, fee expense beside it).
-- returns left_id, right_id. The n-th voucher takes the n-th movement.
-- leaves out: payments without a fee; days whose fees have a voucher of their own (the fee would be booked twice).
WITH l AS (
    SELECT
        txn_id, channel, class, currency, net_minor, key_no,
        row_number() OVER (PARTITION BY channel, class, key_no, currency, net_minor ORDER BY business_date, txn_id) AS nth
    FROM left_open
    WHERE
        key_no <> '' AND fee_minor <> 0
        AND batch_no NOT IN (SELECT f.number FROM fee_booked AS f)
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
    ON l.channel = r.channel AND l.class = r.class AND l.key_no = r.key_no
    AND l.currency = r.currency AND l.net_minor = r.amount_minor AND l.nth = r.nth
