-- original: the payment that a refund or chargeback belongs to, for channel rows that print only the channel's own number.
-- returns channel, channel_txn_no, merchant_no (of the payment).
-- leaves out: numbers whose payments do not agree on the merchant number.
SELECT t.channel, t.channel_txn_no, min(t.merchant_no) AS merchant_no
FROM txn AS t
WHERE
    t.book = 'channel' AND t.kind = 'payment' AND t.merchant_no <> ''
    AND t.channel_txn_no IN (SELECT w.related_no FROM work AS w WHERE w.book = 'channel' AND w.merchant_no = '' AND w.related_no <> '')
GROUP BY t.channel, t.channel_txn_no
HAVING min(t.merchant_no) = max(t.merchant_no)
