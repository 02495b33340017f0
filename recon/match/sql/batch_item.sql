-- batch_item: the fees and the payout of each batch as finance books them on the channel's account (both take money off it).
-- returns item_id, channel, class (fee | payout), currency, number a voucher may cite, amount_minor signed as the voucher's line.
--   A payout may be cited by its batch, by the channel's number or reference, or by the bank's (one transfer may pay several
--   batches). A day's fees may be booked with or without the channel's separate fee rows, or these together or one by one; batch_whole
--   says which items are parts of which.
-- leaves out: batches without a fee.
WITH fee AS (
    SELECT
        channel, currency, batch_no, min(business_date) AS business_date,
        CAST(sum(fee_minor) AS BIGINT) AS fee_minor,
        CAST(sum(other_fee_minor) AS BIGINT) AS other_fee_minor
    FROM batch
    WHERE kind IN ('batch', 'held', 'day')
    GROUP BY channel, currency, batch_no
),
payout AS (
    SELECT batch_id, channel, currency, batch_no, reference, net_minor, business_date
    FROM batch
    WHERE kind IN ('batch', 'payout')
),
row_of AS (
    -- payout rows: the batch that each announces (none when it announces several: then it is a whole of its own), or itself
    SELECT a.txn_id, min(a.batch_id) AS batch_id, count(*) AS batches FROM announcement AS a GROUP BY a.txn_id
    UNION ALL
    SELECT batch_id AS txn_id, batch_id, 1 AS batches FROM batch WHERE kind = 'payout'
),
sent AS (
    -- bank lines: what arrived, and the batch that it pays when it pays one in full
    SELECT
        t.txn_id, t.channel, t.currency, t.reference, t.amount_minor, t.business_date,
        CASE WHEN count(*) = 1 THEN min(l.txn_id) ELSE '' END AS batch_id
    FROM match_of AS k
    JOIN member AS l ON k.leg = l.leg AND k.match_id = l.match_id AND l.side = 'left'
    JOIN member AS r ON k.leg = r.leg AND k.match_id = r.match_id AND r.side = 'right'
    JOIN txn AS t ON r.txn_id = t.txn_id
    WHERE k.leg = 'channel_bank' AND t.reference <> ''
    GROUP BY k.match_id, t.txn_id, t.channel, t.currency, t.reference, t.amount_minor, t.business_date
)
SELECT concat('fee|', batch_no, '|', currency) AS item_id, channel, 'fee' AS class, currency, batch_no AS number, fee_minor AS amount_minor, business_date
FROM fee
WHERE fee_minor <> 0
UNION ALL
SELECT concat('fees|', batch_no, '|', currency) AS item_id, channel, 'fee' AS class, currency, batch_no AS number, fee_minor + other_fee_minor AS amount_minor, business_date
FROM fee
WHERE other_fee_minor <> 0
UNION ALL
SELECT concat('other_fee|', batch_no, '|', currency) AS item_id, channel, 'fee' AS class, currency, batch_no AS number, other_fee_minor AS amount_minor, business_date
FROM fee
WHERE other_fee_minor <> 0 AND fee_minor <> 0
UNION ALL
SELECT concat('fee|', txn_id) AS item_id, channel, 'fee' AS class, currency, channel_txn_no AS number, amount_minor, business_date
FROM txn
WHERE book = 'channel' AND kind = 'fee' AND channel_txn_no <> ''
UNION ALL
SELECT concat('payout|', batch_id) AS item_id, channel, 'payout' AS class, currency, batch_no AS number, -net_minor AS amount_minor, business_date
FROM payout
UNION ALL
SELECT concat('payout|', p.batch_id) AS item_id, p.channel, 'payout' AS class, p.currency, t.channel_txn_no AS number, -p.net_minor AS amount_minor, p.business_date
FROM payout AS p
JOIN row_of AS o ON p.batch_id = o.batch_id
JOIN txn AS t ON o.txn_id = t.txn_id
WHERE o.batches = 1 AND t.channel_txn_no <> ''
UNION ALL
SELECT concat('payout|', batch_id) AS item_id, channel, 'payout' AS class, currency, reference AS number, -net_minor AS amount_minor, business_date
FROM payout
WHERE reference <> ''
UNION ALL
-- one payout row for several batches, booked as one
SELECT concat('payout|', t.txn_id) AS item_id, t.channel, 'payout' AS class, t.currency, t.channel_txn_no AS number, t.amount_minor, t.business_date
FROM row_of AS o
JOIN txn AS t ON o.txn_id = t.txn_id
WHERE o.batches > 1 AND t.channel_txn_no <> ''
UNION ALL
SELECT concat('payout|', t.txn_id) AS item_id, t.channel, 'payout' AS class, t.currency, t.reference AS number, t.amount_minor, t.business_date
FROM row_of AS o
JOIN txn AS t ON o.txn_id = t.txn_id
WHERE o.batches > 1 AND t.reference <> ''
UNION ALL
SELECT concat('payout|', p.batch_id) AS item_id, p.channel, 'payout' AS class, p.currency, s.reference AS number, -p.net_minor AS amount_minor, p.business_date
FROM sent AS s
JOIN payout AS p ON s.batch_id = p.batch_id AND s.amount_minor = p.net_minor
UNION ALL
SELECT concat('payout|', s.txn_id) AS item_id, s.channel, 'payout' AS class, s.currency, s.reference AS number, -s.amount_minor AS amount_minor, s.business_date
FROM sent AS s
LEFT JOIN payout AS p ON s.batch_id = p.batch_id AND s.amount_minor = p.net_minor
WHERE p.batch_id IS NULL
