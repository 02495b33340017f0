-- order_side: the order book's rows that the order leg compares.
-- returns one row per payment or refund of the order system; amount in minor units, signed from the merchant's view.
-- leaves out: nothing; closed and pending orders stay, since the channel may have succeeded all the same.
SELECT
    txn_id,
    channel,
    CASE WHEN kind = 'payment' THEN 'payment' ELSE 'refund' END AS class,
    kind,
    status,
    currency,
    amount_minor,
    fee_minor,
    base_amount_minor,
    occurred_s,
    business_date,
    merchant_no AS key_no,
    channel_txn_no,
    refund_no,
    fingerprint
FROM work
WHERE book = 'order' AND kind IN ('payment', 'refund')
