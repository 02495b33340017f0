-- bank_due_day_only: an open line of a channel on an open batch's due day, with nearly its amount: paired.
-- returns left_id, right_id.
-- leaves out: lines that name another day or another reference, amounts farther off than the setting allows, and lines or
--   batches for which another one is not at least ten times farther off (which of the two it is, a person decides).
WITH candidate AS (
    SELECT l.txn_id AS left_id, r.txn_id AS right_id, abs(l.amount_minor - r.amount_minor) AS gap_minor
    FROM left_open AS l
    JOIN right_open AS r ON l.channel = r.channel AND l.currency = r.currency AND l.due_date = r.business_date
    CROSS JOIN setting AS s
    WHERE
        (l.reference = '' OR l.by_day = 1) AND r.named_day = ''
        AND abs(l.amount_minor - r.amount_minor) * 1000000 <= abs(l.amount_minor) * s.near_payout_ppm
),
ranked AS (
    SELECT
        left_id,
        right_id,
        gap_minor,
        row_number() OVER (PARTITION BY left_id ORDER BY gap_minor, right_id) AS for_left,
        row_number() OVER (PARTITION BY right_id ORDER BY gap_minor, left_id) AS for_right
    FROM candidate
)
SELECT a.left_id, a.right_id
FROM ranked AS a
LEFT JOIN ranked AS b ON a.left_id = b.left_id AND b.for_left = 2
LEFT JOIN ranked AS c ON a.right_id = c.right_id AND c.for_right = 2
WHERE
    a.for_left = 1 AND a.for_right = 1
    AND (b.gap_minor IS NULL OR a.gap_minor * 10 < b.gap_minor)
    AND (c.gap_minor IS NULL OR a.gap_minor * 10 < c.gap_minor)
