-- voucher_batch: vouchers of fees and payouts against the fees and payouts of a batch; total is signed as the voucher is.
-- returns left_id (fee|batch or payout|batch of batch_item), right_id.
-- leaves out: a voucher that cites no batch, payout or bank reference with that very amount.
WITH candidate AS (
    SELECT i.item_id AS left_id, r.txn_id AS right_id
    FROM batch_item AS i
    JOIN right_open AS r
        ON i.channel = r.channel AND i.class = r.class AND i.currency = r.currency
        AND i.number = r.key_no AND i.amount_minor = r.amount_minor
    WHERE i.number <> ''
),
ranked AS (
    SELECT
        left_id,
        right_id,
        row_number() OVER (PARTITION BY left_id ORDER BY right_id) AS for_left,
        row_number() OVER (PARTITION BY right_id ORDER BY left_id) AS for_right
    FROM candidate
)
SELECT left_id, right_id FROM ranked WHERE for_left = 1 AND for_right = 1
