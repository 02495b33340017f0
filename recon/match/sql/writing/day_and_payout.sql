-- day_and_payout: batches and payout rows of the accounts that have both, where the contract pays by the trade day.
-- leaves out: batches that come to nothing.
SELECT b.kind, b.batch_id, b.channel, b.account, b.currency, b.net_minor, b.business_date, b.last_date
FROM match.batch AS b
LEFT JOIN contract AS c ON b.channel = c.channel
WHERE
    b.kind IN ('batch', 'payout') AND b.net_minor <> 0 AND coalesce(c.settle, 'daily') <> 'balance'
    AND EXISTS (
        SELECT 1 FROM match.batch AS p
        WHERE p.kind = 'payout' AND p.channel = b.channel AND p.account = b.account AND p.currency = b.currency
    )
