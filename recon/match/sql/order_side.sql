-- order_side: the order book's rows that the order leg compares.
-- returns one row per payment or refund of the order system; amount in minor units, signed from the merchant's view.
-- leaves out: nothing; closed and pending orders stay, since the channel may have succeeded all the same.
SELECT
    t.txn_id,
    coalesce(nullif(t.channel, ''), n.channel, '') AS channel,
    CASE WHEN t.kind = 'payment' THEN 'payment' ELSE 'refund' END AS class,
    t.kind,
    t.status,
    t.currency,
    t.amount_minor,
    t.fee_minor,
    t.base_amount_minor,
    t.occurred_s,
    t.business_date,
    t.merchant_no AS key_no,
    t.channel_txn_no,
    t.refund_no,
    t.fingerprint
FROM work AS t
LEFT JOIN named_channel AS n ON t.merchant_no = n.merchant_no AND t.channel = ''
WHERE t.book = 'order' AND t.kind IN ('payment', 'refund')
