-- judged_row: the judged items of one leg with their id, members, printed lines and what they add to the books' gap.
-- returns the evidence columns plus code, holds, diff_id, members (side U+001F txn_id, joined by U+001E), gap_minor, evidence.
WITH worth AS (
    SELECT m.item_id, m.side,
        CASE
            WHEN $leg = 'channel_ledger' AND m.side = 'left' THEN coalesce(t.net_minor - coalesce(t.fee_minor, 0), t.amount_minor)
            ELSE t.amount_minor
        END AS amount_minor,
        coalesce(nullif(t.period, ''), strftime(t.business_date, '%Y-%m')) AS period
    FROM item_member AS m JOIN item_txn AS t ON m.txn_id = t.txn_id
    WHERE m.leg = $leg AND NOT (t.book = 'order' AND t.status <> 'success') AND NOT ($leg = 'channel_bank' AND m.side = 'left')
    UNION ALL
    SELECT m.item_id, m.side, b.net_minor, strftime(b.business_date, '%Y-%m')
    FROM item_member AS m JOIN match.batch AS b ON m.txn_id = b.batch_id
    WHERE m.leg = $leg AND $leg = 'channel_bank' AND m.side = 'left'
    UNION ALL
    -- a day's fee or a payout booked by voucher: worth what the voucher books, in the voucher's period
    SELECT m.item_id, m.side, t.amount_minor, t.period
    FROM item_member AS m
    JOIN item_member AS r ON m.leg = r.leg AND m.item_id = r.item_id AND r.side = 'right'
    JOIN item_txn AS t ON r.txn_id = t.txn_id
    WHERE m.leg = $leg AND $leg = 'channel_ledger' AND m.side = 'left' AND m.txn_id NOT IN (SELECT txn_id FROM item_txn)
),
gap AS (
    SELECT w.item_id, CAST(sum(CASE w.side WHEN 'left' THEN w.amount_minor ELSE -w.amount_minor END) AS BIGINT) AS gap_minor
    FROM worth AS w JOIN judged AS j ON w.item_id = j.item_id
    WHERE w.period = strftime(j.business_date, '%Y-%m')
    GROUP BY w.item_id
),
batch_day AS (
    -- the days on which judged batches have rows
    SELECT k.business_date FROM counted AS k
    JOIN match.batch AS b ON k.batch_no = b.batch_no AND k.currency = b.currency AND b.kind = 'batch'
    JOIN item_member AS m ON m.txn_id = b.batch_id AND m.leg = $leg AND m.side = 'left'
    JOIN judged AS j ON m.item_id = j.item_id
    WHERE k.book = 'channel'
),
batch_row AS (
    -- no more than can be shown, before names are compared: a batch of a large merchant has tens of thousands of rows
    SELECT t.batch_no, t.currency, t.file_id, t.line_no,
        row_number() OVER (PARTITION BY t.batch_no, t.currency, t.file_id ORDER BY t.line_no) AS nth
    FROM canon.txn AS t
    WHERE t.book = 'channel' AND t.business_date IN (SELECT business_date FROM batch_day)
    AND t.batch_no IN (
        SELECT b.batch_no FROM match.batch AS b
        JOIN item_member AS m ON b.batch_id = m.txn_id AND m.leg = $leg AND m.side = 'left'
        JOIN judged AS j ON m.item_id = j.item_id
        WHERE b.kind = 'batch'
    )
),
line AS (
    SELECT m.item_id, m.side, t.file_id, t.line_no FROM item_member AS m JOIN item_txn AS t ON m.txn_id = t.txn_id
    JOIN judged AS j ON m.item_id = j.item_id WHERE m.leg = $leg
    UNION ALL
    SELECT m.item_id, m.side, r.file_id, r.line_no FROM item_member AS m
    JOIN match.batch AS b ON m.txn_id = b.batch_id AND b.kind = 'batch'
    JOIN judged AS j ON m.item_id = j.item_id
    JOIN batch_row AS r ON b.batch_no = r.batch_no AND b.currency = r.currency
    WHERE m.leg = $leg AND m.side = 'left' AND r.nth <= $shown
    UNION ALL
    -- the channel's payout row that tells of a batch's payout
    SELECT DISTINCT m.item_id, m.side, t.file_id, t.line_no FROM item_member AS m
    JOIN match.announcement AS a ON m.txn_id = a.batch_id
    JOIN judged AS j ON m.item_id = j.item_id
    JOIN txn AS t ON a.txn_id = t.txn_id
    WHERE m.leg = $leg AND m.side = 'left'
),
printed AS (
    SELECT item_id, string_agg(name || ':' || line_no, '; ' ORDER BY side, name, line_no) AS evidence
    FROM (
        SELECT l.*, f.name, row_number() OVER (PARTITION BY l.item_id, l.side ORDER BY f.name, l.line_no) AS nth
        FROM line AS l JOIN meta.file AS f ON f.file_id = l.file_id
    ) WHERE nth <= $shown GROUP BY item_id
)
SELECT j.*, w.diff_id, w.members, coalesce(g.gap_minor, 0) AS gap_minor,
    coalesce(p.evidence, '') AS evidence
FROM judged AS j JOIN named AS w ON j.item_id = w.item_id
LEFT JOIN gap AS g ON j.item_id = g.item_id LEFT JOIN printed AS p ON j.item_id = p.item_id
ORDER BY j.business_date, w.diff_id
