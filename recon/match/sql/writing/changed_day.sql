-- changed_day: batches of channel accounts (name: the batch number, else the day) whose sums may have changed:
-- by rows that are new, restated, or confirm another bill's row now or no longer.
SELECT DISTINCT
    channel, account, currency,
    CASE WHEN batch_no <> '' AND kind <> 'payout' THEN batch_no ELSE CAST(business_date AS VARCHAR) END AS name
FROM (
    SELECT book, channel, account, currency, batch_no, kind, business_date FROM fresh
    UNION ALL
    SELECT book, channel, account, currency, batch_no, kind, business_date FROM gone
)
WHERE book = 'channel'
