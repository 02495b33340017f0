-- batch_side: settlement batches and payouts as the left side of the bank leg.
-- returns one row per batch; amount_minor is what should arrive; day_text is the trade day as bank texts write it.
-- leaves out: batches that net to nothing (no payout follows).
SELECT
    batch_id AS txn_id, channel, account, currency, batch_no, reference, business_date, due_date, last_date,
    net_minor AS amount_minor,
    replace(CAST(business_date AS STRING), '-', '') AS day_text
FROM batch
WHERE kind IN ('batch', 'payout') AND net_minor <> 0
