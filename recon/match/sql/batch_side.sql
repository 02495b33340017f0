-- batch_side: settlement batches and payouts as the left side of the bank leg.
-- returns one row per batch; amount_minor is what should arrive; day_text is the trade day as bank texts write it; by_day is
--   1 for a trade day's batch (its reference, if any, is that of the channel's payout row, which banks need not cite).
-- leaves out: batches that net to nothing (no payout follows).
SELECT
    batch_id AS txn_id, channel, account, currency, batch_no, reference, business_date, due_date, last_date,
    net_minor AS amount_minor,
    CASE WHEN kind = 'batch' THEN 1 ELSE 0 END AS by_day,
    replace(CAST(business_date AS STRING), '-', '') AS day_text
FROM batch
WHERE kind IN ('batch', 'payout') AND net_minor <> 0
