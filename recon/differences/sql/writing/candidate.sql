-- candidate: open rows that might be the other side of a one-sided difference (see candidates.py for the columns).
-- leaves out: rows more than $days days apart or more than $near minor units off.
WITH near AS (
    SELECT
        f.name || ':' || t.line_no AS place, t.business_date AS day, t.currency, t.amount_minor,
        coalesce(nullif(t.refund_no, ''), nullif(t.channel_txn_no, ''), nullif(t.order_no, ''), t.reference) AS number,
        CASE
            WHEN t.book = 'channel' AND $leg = 'channel_ledger'
                THEN coalesce(t.net_minor - coalesce(t.fee_minor, 0), t.amount_minor)
            ELSE t.amount_minor
        END - $amount AS gap_minor,
        true AS is_known
    FROM match.pool AS p
    JOIN canon.txn AS t ON t.txn_id = p.txn_id
    JOIN meta.file AS f ON f.file_id = t.file_id
    WHERE
        p.leg = $leg AND p.side <> $side AND t.status <> 'closed' AND t.currency = $currency
        AND (t.channel = $channel OR t.channel = '' OR $channel = '') AND sign(t.amount_minor) = sign($amount)
    UNION ALL
    SELECT b.batch_id, b.due_date, b.currency, b.net_minor, b.reference, b.net_minor - $amount, true
    FROM match.pool AS p
    JOIN match.settlement AS b ON b.batch_id = p.txn_id
    WHERE p.leg = $leg AND p.side = 'left' AND $side = 'right' AND b.currency = $currency AND b.channel = $channel
    UNION ALL
    -- a payer that no channel's pattern recognises: only the very amount is worth a look
    SELECT f.name || ':' || t.line_no, t.business_date, t.currency, t.amount_minor, t.reference, 0, false
    FROM canon.txn AS t
    JOIN meta.file AS f ON f.file_id = t.file_id
    WHERE
        $leg = 'channel_bank' AND $side = 'left' AND t.book = 'bank' AND t.channel = '' AND t.currency = $currency
        AND t.amount_minor = $amount
)
SELECT place, day, currency, amount_minor, number, datediff(day, CAST($day AS DATE)) AS days_apart, gap_minor, is_known
FROM near
WHERE abs(gap_minor) <= $near AND abs(datediff(day, CAST($day AS DATE))) <= $days
ORDER BY abs(gap_minor), abs(days_apart), place
LIMIT $limit
