-- told: what the differences listed for a period add up to, per leg and currency of the books (not of the difference: an FX
-- difference on the ledger leg is told in base currency).
SELECT d.leg, t.currency, CAST(sum(d.gap_minor) AS BIGINT) AS gap_minor
FROM diff.difference AS d
JOIN (
    SELECT m.diff_id, min(coalesce(x.currency, b.currency)) AS currency
    FROM diff.member AS m
    LEFT JOIN canon.txn AS x ON m.txn_id = x.txn_id
    LEFT JOIN match.batch AS b ON m.txn_id = b.batch_id
    GROUP BY m.diff_id
) AS t ON d.diff_id = t.diff_id
WHERE d.state <> 'cleared' AND d.code <> 'UNEXPLAINED' AND strftime(d.business_date, '%Y-%m') = $period
GROUP BY d.leg, t.currency
