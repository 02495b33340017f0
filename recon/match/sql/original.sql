-- original: the payment that a refund or chargeback belongs to, for channel rows that print only the channel's own number.
-- returns channel, channel_txn_no, merchant_no (of the payment).
-- leaves out: numbers whose payments do not agree on the merchant number.
WITH paid AS (
    SELECT DISTINCT t.channel, t.channel_txn_no, t.merchant_no
    FROM txn AS t
    WHERE
        t.book = 'channel' AND t.kind = 'payment' AND t.merchant_no <> ''
        AND t.channel_txn_no IN (SELECT w.related_no FROM work AS w WHERE w.book = 'channel' AND w.merchant_no = '' AND w.related_no <> '')
),
alone AS (
    SELECT channel, channel_txn_no
    FROM paid
    GROUP BY channel, channel_txn_no
    HAVING count(*) = 1
)
SELECT p.channel, p.channel_txn_no, p.merchant_no
FROM paid AS p
JOIN alone AS a ON p.channel = a.channel AND p.channel_txn_no = a.channel_txn_no
