-- changed_day: batches of channel accounts (name: the batch number, else the day) whose sums may have changed:
-- by rows that are new, restated, or confirm another bill's row now or no longer.
SELECT DISTINCT
    channel, account, currency,
    CASE WHEN batch_no <> '' AND kind <> 'payout' THEN batch_no ELSE CAST(business_date AS VARCHAR) END AS name
FROM (
    SELECT channel, account, currency, batch_no, kind, business_date
    FROM canon.txn
    WHERE book = 'channel' AND file_id > $last
    UNION ALL
    SELECT channel, account, currency, batch_no, kind, business_date
    FROM canon.txn_superseded
    WHERE book = 'channel' AND superseded_by > $last
    UNION ALL
    SELECT channel, account, currency, batch_no, kind, business_date
    FROM canon.txn_confirmed
    WHERE book = 'channel' AND removed_by > $last
    UNION ALL
    SELECT channel, account, currency, batch_no, kind, business_date
    FROM canon.txn
    WHERE book = 'channel' AND txn_id IN (SELECT txn_id FROM canon.txn_returned WHERE returned_by > $last)
)
