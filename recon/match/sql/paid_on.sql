-- paid_on: the day on which the payment of a refund was made, where the channel's fee has changed on some day.
-- returns channel, merchant_no, paid_day (of the first payment).
-- leaves out: channels whose terms are the same on all days.
SELECT p.channel, p.merchant_no, min(p.business_date) AS paid_day
FROM txn AS p
WHERE
    p.book = 'channel' AND p.kind = 'payment' AND p.merchant_no <> ''
    AND p.channel IN (SELECT c.channel FROM contract_fee AS c GROUP BY c.channel HAVING min(c.since) < max(c.since))
    AND p.merchant_no IN (SELECT w.merchant_no FROM work AS w WHERE w.book = 'channel' AND w.kind = 'refund')
GROUP BY p.channel, p.merchant_no
