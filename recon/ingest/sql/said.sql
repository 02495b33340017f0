-- said: rows of the bill $source that may tell again what another bill tells, with the number they tell it by.
-- returns the key (book, channel, kind, number), the amount that reached the account (minor units), its day, and whether
--   the number is that of the original movement, which several refunds share.
-- $by 'own': the channel's number of the movement; 'trade': a fee row by the number of the trade that it was charged on.
SELECT
    txn_id, book, channel, kind, currency, refund_no,
    CASE WHEN $by = 'own' THEN channel_txn_no ELSE related_no END AS number,
    coalesce(net_minor - coalesce(fee_minor, 0), amount_minor) AS amount_minor,
    business_date AS day,
    kind = 'refund' AND related_no = channel_txn_no AS shared
FROM movement
WHERE
    source = $source
    AND CASE WHEN $by = 'own' THEN channel_txn_no <> '' ELSE kind = 'fee' AND related_no <> '' END
    AND txn_id NOT IN (SELECT txn_id FROM paired)
