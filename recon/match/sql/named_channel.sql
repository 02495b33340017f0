-- named_channel: the channel of an order that does not name one: that of the only channel that knows its merchant number.
-- returns merchant_no, channel.
-- leaves out: numbers that two channels know.
SELECT t.merchant_no, min(t.channel) AS channel
FROM txn AS t
WHERE
    t.book = 'channel'
    AND t.merchant_no IN (SELECT w.merchant_no FROM work AS w WHERE w.book = 'order' AND w.channel = '' AND w.merchant_no <> '')
GROUP BY t.merchant_no
HAVING min(t.channel) = max(t.channel)
