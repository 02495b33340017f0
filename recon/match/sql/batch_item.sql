-- batch_item: the fee and the payout of each batch as finance books them on the channel's account (both take money off it).
-- returns item_id, channel, class (fee | payout), currency, number a voucher may cite, amount_minor signed as the voucher's line.
--   A payout may be cited by its batch, the channel's reference, or the bank's (one transfer may pay several batches).
--   A day's fees may be booked with or without the channel's separate fee rows (dispute fees), or these one by one.
-- leaves out: batches without a fee.
SELECT concat('fee|', batch_id) AS item_id, channel, 'fee' AS class, currency, batch_no AS number, fee_minor AS amount_minor, business_date
FROM batch
WHERE kind IN ('batch', 'day') AND fee_minor <> 0
UNION ALL
SELECT concat('payout|', batch_id) AS item_id, channel, 'payout' AS class, currency, batch_no AS number, -net_minor AS amount_minor, business_date
FROM batch
WHERE kind IN ('batch', 'payout')
UNION ALL
SELECT concat('payout|', batch_id) AS item_id, channel, 'payout' AS class, currency, reference AS number, -net_minor AS amount_minor, business_date
FROM batch
WHERE kind = 'payout' AND reference <> ''
UNION ALL
SELECT concat('payout|', m.match_id) AS item_id, t.channel, 'payout' AS class, t.currency, t.reference AS number, -t.amount_minor AS amount_minor, t.business_date
FROM member AS m
JOIN txn AS t ON m.txn_id = t.txn_id
WHERE m.leg = 'channel_bank' AND m.side = 'right' AND t.reference <> ''
UNION ALL
SELECT concat('fees|', batch_id) AS item_id, channel, 'fee' AS class, currency, batch_no AS number, fee_minor + other_fee_minor AS amount_minor, business_date
FROM batch
WHERE kind = 'day' AND other_fee_minor <> 0
UNION ALL
SELECT concat('fee|', txn_id) AS item_id, channel, 'fee' AS class, currency, channel_txn_no AS number, amount_minor, business_date
FROM txn
WHERE book = 'channel' AND kind = 'fee' AND channel_txn_no <> ''
