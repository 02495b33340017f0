-- evidence_bank: one wide row per item of the bank leg.
-- returns amounts in minor units; apart is 1 when those of a pair differ by more than the tolerance; bank_until is the last day the loaded statements of that currency reach;
--   waits_for is '' for what is judged; paid_date the last day on which the channel's own payout rows say that it paid (null: they say nothing);
--   given_up is the number of candidates where a search for parts was given up, else 0.
WITH item AS (
    SELECT DISTINCT item_id, match_id FROM item_member WHERE leg = 'channel_bank'
),
l AS (
    SELECT
        m.item_id,
        count(*) AS n,
        min(b.channel) AS channel,
        min(b.currency) AS currency,
        min(b.batch_no) AS batch_no,
        max(b.reference) AS reference,
        CAST(sum(b.net_minor) AS BIGINT) AS amount_minor,
        min(b.business_date) AS first_date,
        max(b.due_date) AS due_date,
        max(b.paid_date) AS paid_date,
        min(CASE WHEN b.kind = 'batch' THEN 1 ELSE 0 END) AS is_batch
    FROM item_member AS m
    JOIN batch AS b ON m.txn_id = b.batch_id
    WHERE m.leg = 'channel_bank' AND m.side = 'left'
    GROUP BY m.item_id
),
gapped AS (
    -- credits that may be the payout of a day whose bill is not loaded
    SELECT DISTINCT f.item_id
    FROM side_fact AS f
    JOIN missing_day AS m ON m.book = 'channel' AND f.channel = m.channel AND f.first_date >= m.day AND f.first_date <= m.last_date
    WHERE f.leg = 'channel_bank' AND f.side = 'right'
),
first_due AS (
    SELECT channel, currency, min(due_date) AS due_date FROM batch WHERE kind IN ('batch', 'payout') GROUP BY channel, currency
)
SELECT
    i.item_id,
    i.match_id,
    CASE WHEN r.item_id IS NULL THEN 'left' WHEN l.item_id IS NULL THEN 'right' ELSE 'pair' END AS shape,
    coalesce(l.channel, r.channel) AS channel,
    'payout' AS kind,
    'payout' AS class,
    coalesce(l.n, 0) AS left_n,
    coalesce(r.n, 0) AS right_n,
    '' AS order_no,
    coalesce(nullif(l.reference, ''), r.reference, '') AS reference,
    coalesce(l.batch_no, '') AS batch_no,
    coalesce(l.currency, r.currency) AS currency,
    l.amount_minor AS left_minor,
    r.amount_minor AS right_minor,
    coalesce(l.amount_minor, 0) - coalesce(r.amount_minor, 0) AS delta_minor,
    CASE
        WHEN l.item_id IS NOT NULL AND r.item_id IS NOT NULL AND abs(l.amount_minor - r.amount_minor) > coalesce(o.tolerance_minor, 0) THEN 1 ELSE 0
    END AS apart,
    l.first_date AS left_date,
    r.first_date AS right_date,
    least(coalesce(l.first_date, r.first_date), coalesce(r.first_date, l.first_date)) AS business_date,
    l.due_date,
    l.paid_date,
    l.is_batch,
    coalesce(u.candidates, 0) AS given_up,
    v.until_date AS bank_until,
    l.due_date AS clears_on,
    s.as_of_date,
    coalesce(r.memo, '') AS memo,
    CASE
        WHEN l.item_id IS NULL AND (d.due_date IS NULL OR r.first_date < d.due_date OR g.item_id IS NOT NULL) THEN 'channel_bill'
        -- more refunds than payments: the channel keeps it back from what it pays next
        WHEN r.item_id IS NULL AND l.amount_minor < 0 THEN 'next_payout'
        ELSE ''
    END AS waits_for
FROM item AS i
LEFT JOIN l ON i.item_id = l.item_id
LEFT JOIN side_fact AS r ON i.item_id = r.item_id AND r.leg = 'channel_bank' AND r.side = 'right'
CROSS JOIN setting AS s
LEFT JOIN tolerance AS o ON o.leg = 'channel_bank' AND coalesce(l.channel, r.channel) = o.channel
LEFT JOIN gapped AS g ON i.item_id = g.item_id
LEFT JOIN given_up AS u ON i.item_id = u.txn_id
LEFT JOIN coverage AS v ON v.book = 'bank' AND coalesce(l.currency, r.currency) = v.currency
LEFT JOIN first_due AS d ON r.channel = d.channel AND r.currency = d.currency
