-- held: days of a balance that payout rows empty: settlement numbers that are none of the channel's own but made of account
-- and day, where the contract says balance and the same account shows payouts.
SELECT b.batch_id
FROM match.batch AS b
JOIN contract AS c ON b.channel = c.channel
WHERE
    b.kind = 'batch' AND c.settle = 'balance'
    AND b.batch_no = b.channel || ':' || b.account || ':' || strftime(b.business_date, '%Y%m%d')
    AND EXISTS (
        SELECT 1 FROM match.batch AS p
        WHERE p.kind = 'payout' AND p.channel = b.channel AND p.account = b.account AND p.currency = b.currency
    )
