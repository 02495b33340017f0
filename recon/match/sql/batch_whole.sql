-- batch_whole: items of batch_item that are sums of others: a day's fees with its separate fee rows, one payout row or one
--   bank line for several batches, one batch in several bank lines.
-- returns whole_id, part_id (an item_id each): what is booked by its parts is not booked as a whole once more.
WITH separate_fee AS (
    -- a fee that stands as a row of its own, and the number of its day
    SELECT
        txn_id, currency,
        CASE WHEN batch_no <> '' THEN batch_no ELSE concat(channel, ':', account, ':', replace(CAST(business_date AS STRING), '-', '')) END AS day_no
    FROM txn
    WHERE book = 'channel' AND kind = 'fee' AND channel_txn_no <> ''
)
SELECT concat('fees|', batch_no, '|', currency) AS whole_id, concat('fee|', batch_no, '|', currency) AS part_id
FROM batch
WHERE other_fee_minor <> 0
UNION
SELECT concat('fees|', batch_no, '|', currency) AS whole_id, concat('other_fee|', batch_no, '|', currency) AS part_id
FROM batch
WHERE other_fee_minor <> 0
UNION
SELECT concat('other_fee|', day_no, '|', currency) AS whole_id, concat('fee|', txn_id) AS part_id
FROM separate_fee
UNION
SELECT concat('fees|', day_no, '|', currency) AS whole_id, concat('fee|', txn_id) AS part_id
FROM separate_fee
UNION
SELECT concat('payout|', txn_id) AS whole_id, concat('payout|', batch_id) AS part_id
FROM announcement
WHERE txn_id IN (SELECT a.txn_id FROM announcement AS a GROUP BY a.txn_id HAVING count(*) > 1)
UNION
SELECT
    CASE WHEN k.left_n > 1 THEN concat('payout|', r.txn_id) ELSE concat('payout|', l.txn_id) END AS whole_id,
    CASE WHEN k.left_n > 1 THEN concat('payout|', l.txn_id) ELSE concat('payout|', r.txn_id) END AS part_id
FROM (
    SELECT
        leg, match_id,
        CAST(sum(CASE WHEN side = 'left' THEN 1 ELSE 0 END) AS BIGINT) AS left_n
    FROM member
    WHERE leg = 'channel_bank'
    GROUP BY leg, match_id
    HAVING count(*) > 2
) AS k
JOIN member AS l ON k.leg = l.leg AND k.match_id = l.match_id AND l.side = 'left'
JOIN member AS r ON k.leg = r.leg AND k.match_id = r.match_id AND r.side = 'right'
