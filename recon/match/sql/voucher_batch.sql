-- voucher_batch: vouchers of fees and payouts against the fees and payouts of a batch; total is signed as the voucher is.
-- returns left_id (an item of batch_item), right_id.
-- leaves out: a voucher that cites no batch, payout or bank reference with that very amount; a sum whose parts are booked.
WITH i AS (
    SELECT
        item_id, channel, class, currency, amount_minor, number,
        row_number() OVER (PARTITION BY channel, class, number, currency, amount_minor ORDER BY item_id) AS nth
    FROM (
        SELECT DISTINCT item_id, channel, class, currency, amount_minor, number
        FROM batch_item
        WHERE number <> ''
    ) AS b
),
r AS (
    SELECT
        txn_id, channel, class, currency, amount_minor, key_no,
        row_number() OVER (PARTITION BY channel, class, key_no, currency, amount_minor ORDER BY txn_id) AS nth
    FROM right_open
),
candidate AS (
    -- a payout may be cited by its batch or by its bank reference: one voucher of the two takes it
    SELECT
        i.item_id AS left_id,
        r.txn_id AS right_id,
        row_number() OVER (PARTITION BY i.item_id ORDER BY r.txn_id) AS for_left
    FROM i
    JOIN r
        ON i.channel = r.channel AND i.class = r.class AND i.currency = r.currency
        AND i.number = r.key_no AND i.amount_minor = r.amount_minor AND i.nth = r.nth
),
booked_in_parts AS (
    SELECT w.whole_id
    FROM batch_whole AS w
    JOIN candidate AS c ON w.part_id = c.left_id
)
SELECT c.left_id, c.right_id
FROM candidate AS c
WHERE c.for_left = 1 AND c.left_id NOT IN (SELECT b.whole_id FROM booked_in_parts AS b)
