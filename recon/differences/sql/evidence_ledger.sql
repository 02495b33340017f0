-- evidence_ledger: one wide row per item of the ledger leg.
-- returns amounts in minor units of the voucher's currency, booked and expected base amounts, periods; books_net is 1 for a
--   voucher that books the movement after its fee; apart is 1 when the amounts of a pair differ by more than the tolerance;
--   waits_for is '' for what is judged. The left of a matched fee or payout voucher is no row but a batch's sum.
WITH item AS (
    SELECT DISTINCT item_id, match_id FROM item_member WHERE leg = 'channel_ledger'
),
l AS (
    SELECT * FROM side_fact WHERE leg = 'channel_ledger' AND side = 'left'
),
r AS (
    SELECT * FROM side_fact WHERE leg = 'channel_ledger' AND side = 'right'
),
twin AS (
    -- another voucher that cites the same number with the same amount and has found its movement
    SELECT m.txn_id AS item_id, count(*) AS twins
    FROM item_member AS m
    JOIN item_txn AS t ON m.txn_id = t.txn_id
    JOIN neighbour AS n
        ON t.channel = n.channel AND t.reference = n.reference AND t.kind = n.kind AND t.currency = n.currency
        AND t.amount_minor = n.amount_minor AND t.txn_id <> n.txn_id
    WHERE m.leg = 'channel_ledger' AND m.side = 'right' AND m.match_id = '' AND t.reference <> '' AND n.book = 'ledger' AND n.open_ledger = 0
    GROUP BY m.txn_id
),
gapped AS (
    -- vouchers that may book a day whose bill is not loaded (they may be dated some days later)
    SELECT DISTINCT f.item_id
    FROM side_fact AS f
    CROSS JOIN setting AS s
    JOIN missing_day AS m
        ON m.book = 'channel' AND f.channel = m.channel
        AND datediff(f.first_date, m.day) >= 0 AND datediff(f.first_date, m.day) <= s.voucher_days
    WHERE f.leg = 'channel_ledger' AND f.side = 'right'
),
order_number AS (
    SELECT merchant_no, min(order_no) AS order_no FROM neighbour WHERE book = 'order' AND kind = 'payment' GROUP BY merchant_no
),
cited_order AS (
    SELECT order_no FROM neighbour WHERE book = 'order' GROUP BY order_no
),
cited_movement AS (
    -- the channel movement that a voucher cites: by merchant, refund or channel number, or through the order
    SELECT
        item_id, min(channel_txn_no) AS channel_txn_no, min(refund_no) AS refund_no, min(merchant_no) AS merchant_no,
        max(booked) AS booked, max(failed_date) AS failed_date
    FROM (
        SELECT
            r.item_id, n.channel_txn_no, n.refund_no, n.merchant_no,
            CASE WHEN n.open_ledger = 0 AND n.status <> 'closed' AND n.settled_minor = r.amount_minor THEN 1 ELSE 0 END AS booked,
            CASE WHEN n.status = 'closed' THEN n.business_date END AS failed_date
        FROM r
        JOIN neighbour AS n ON n.book = 'channel' AND r.channel = n.channel AND r.kind = n.kind AND r.reference = n.merchant_no
        WHERE r.reference <> ''
        UNION ALL
        SELECT
            r.item_id, n.channel_txn_no, n.refund_no, n.merchant_no,
            CASE WHEN n.open_ledger = 0 AND n.status <> 'closed' AND n.settled_minor = r.amount_minor THEN 1 ELSE 0 END AS booked,
            CASE WHEN n.status = 'closed' THEN n.business_date END AS failed_date
        FROM r
        JOIN neighbour AS n ON n.book = 'channel' AND r.channel = n.channel AND r.kind = n.kind AND r.reference = n.refund_no
        WHERE r.reference <> ''
        UNION ALL
        SELECT
            r.item_id, n.channel_txn_no, n.refund_no, n.merchant_no,
            CASE WHEN n.open_ledger = 0 AND n.status <> 'closed' AND n.settled_minor = r.amount_minor THEN 1 ELSE 0 END AS booked,
            CASE WHEN n.status = 'closed' THEN n.business_date END AS failed_date
        FROM r
        JOIN neighbour AS n ON n.book = 'channel' AND r.channel = n.channel AND r.kind = n.kind AND r.reference = n.channel_txn_no
        WHERE r.reference <> ''
        UNION ALL
        SELECT
            r.item_id, n.channel_txn_no, n.refund_no, n.merchant_no,
            CASE WHEN n.open_ledger = 0 AND n.status <> 'closed' AND n.settled_minor = r.amount_minor THEN 1 ELSE 0 END AS booked,
            CASE WHEN n.status = 'closed' THEN n.business_date END AS failed_date
        FROM r
        JOIN neighbour AS b ON b.book = 'order' AND b.kind = 'payment' AND r.reference = b.order_no
        JOIN neighbour AS n ON n.book = 'channel' AND r.channel = n.channel AND r.kind = n.kind AND b.merchant_no = n.merchant_no
        WHERE r.reference <> ''
    ) AS cited
    GROUP BY item_id
),
valued AS (
    SELECT
        r.item_id,
        CAST(CAST(CAST(r.amount_minor AS DECIMAL(20, 0)) * coalesce(l.day_rate_e8, r.day_rate_e8) * 0.00000001 AS DECIMAL(24, 0)) AS BIGINT) AS by_left_day,
        CAST(CAST(CAST(r.amount_minor AS DECIMAL(20, 0)) * r.day_rate_e8 * 0.00000001 AS DECIMAL(24, 0)) AS BIGINT) AS by_right_day
    FROM r
    LEFT JOIN l ON r.item_id = l.item_id
    CROSS JOIN setting AS s
    WHERE r.currency <> s.base_currency AND r.base_amount_minor IS NOT NULL
),
other_rate AS (
    SELECT item_id, min(rate_date) AS rate_date
    FROM (
        -- the booked amount is what another day's rate, or the rate printed on the voucher, makes of it (to one minor unit a line)
        SELECT r.item_id, d.rate_date
        FROM r
        CROSS JOIN setting AS s
        JOIN rate AS d
            ON r.currency = d.currency AND s.base_currency = d.base_currency
            AND abs(datediff(d.rate_date, r.first_date)) <= s.rate_days
        WHERE
            abs(CAST(r.base_amount_minor AS DECIMAL(38, 0)) * 100000000 - CAST(r.amount_minor AS DECIMAL(38, 0)) * d.rate_e8)
            <= 100000000 * r.n
        UNION
        SELECT r.item_id, CAST(NULL AS DATE) AS rate_date
        FROM r
        WHERE
            r.minor_rate_e8 IS NOT NULL
            AND abs(CAST(r.base_amount_minor AS DECIMAL(38, 0)) * 100000000 - CAST(r.amount_minor AS DECIMAL(38, 0)) * r.minor_rate_e8)
            <= 100000000 * r.n
    ) AS fitting
    GROUP BY item_id
),
gap AS (
    -- wrong_base: no rate and no rounding explains the booked base amount: it is an amount that differs, in base currency
    SELECT
        g.item_id,
        CASE WHEN abs(g.base_gap_minor) <= g.tolerance_minor THEN 0 ELSE g.base_gap_minor END AS base_gap_minor,
        CASE WHEN o.item_id IS NULL THEN 0 ELSE 1 END AS other_day,
        o.rate_date AS other_rate_date,
        CASE WHEN o.item_id IS NULL AND abs(g.base_gap_minor) > g.n AND abs(g.base_gap_minor) > g.tolerance_minor THEN 1 ELSE 0 END AS wrong_base
    FROM (
        SELECT
            v.item_id,
            r.n,
            coalesce(t.tolerance_minor, 0) AS tolerance_minor,
            CASE
                WHEN r.base_amount_minor = v.by_left_day OR r.base_amount_minor = v.by_right_day THEN 0
                ELSE v.by_left_day - r.base_amount_minor
            END AS base_gap_minor
        FROM valued AS v
        JOIN r ON v.item_id = r.item_id
        LEFT JOIN tolerance AS t ON t.leg = 'channel_ledger' AND r.channel = t.channel
    ) AS g
    LEFT JOIN other_rate AS o ON g.item_id = o.item_id
)
SELECT
    i.item_id,
    i.match_id,
    CASE WHEN r.item_id IS NULL THEN 'left' WHEN l.item_id IS NULL AND i.match_id = '' THEN 'right' ELSE 'pair' END AS shape,
    coalesce(l.channel, r.channel) AS channel,
    coalesce(l.kind, r.kind) AS kind,
    coalesce(l.class, r.class) AS class,
    coalesce(l.n, 0) AS left_n,
    coalesce(r.n, 0) AS right_n,
    coalesce(o.order_no, nullif(l.key_no, ''), c.order_no, om.order_no, '') AS order_no,
    CASE
        WHEN l.item_id IS NULL AND coalesce(t.twins, 0) + coalesce(cm.booked, 0) > 0 AND r.kind = 'refund' THEN coalesce(nullif(cm.refund_no, ''), nullif(cm.channel_txn_no, ''), r.reference)
        WHEN l.item_id IS NULL AND coalesce(t.twins, 0) + coalesce(cm.booked, 0) > 0 THEN coalesce(nullif(cm.channel_txn_no, ''), r.reference)
        WHEN l.item_id IS NULL THEN r.reference
        WHEN l.kind = 'refund' THEN coalesce(nullif(l.refund_no, ''), l.channel_txn_no)
        ELSE l.channel_txn_no
    END AS reference,
    '' AS batch_no,
    CASE WHEN i.match_id <> '' AND g.wrong_base = 1 AND coalesce(l.amount_minor, r.amount_minor) = r.amount_minor THEN s.base_currency ELSE coalesce(l.currency, r.currency) END AS currency,
    CASE
        WHEN i.match_id <> '' AND g.wrong_base = 1 AND coalesce(l.amount_minor, r.amount_minor) = r.amount_minor THEN v.by_left_day
        WHEN l.item_id IS NULL AND i.match_id <> '' THEN r.amount_minor
        ELSE l.amount_minor
    END AS left_minor,
    CASE
        WHEN i.match_id <> '' AND g.wrong_base = 1 AND coalesce(l.amount_minor, r.amount_minor) = r.amount_minor THEN r.base_amount_minor
        ELSE r.amount_minor
    END AS right_minor,
    CASE
        WHEN i.match_id <> '' AND g.wrong_base = 1 AND coalesce(l.amount_minor, r.amount_minor) = r.amount_minor THEN v.by_left_day - r.base_amount_minor
        WHEN l.item_id IS NULL AND i.match_id <> '' THEN 0
        ELSE coalesce(l.amount_minor, 0) - coalesce(r.amount_minor, 0)
    END AS delta_minor,
    CASE
        WHEN i.match_id <> '' AND g.wrong_base = 1 AND coalesce(l.amount_minor, r.amount_minor) = r.amount_minor THEN 1
        WHEN l.item_id IS NOT NULL AND r.item_id IS NOT NULL AND abs(l.amount_minor - r.amount_minor) > coalesce(tl.tolerance_minor, 0) THEN 1
        ELSE 0
    END AS apart,
    CASE WHEN k.pass = 'voucher_net' THEN 1 ELSE 0 END AS books_net,
    l.first_date AS left_date,
    r.first_date AS right_date,
    least(coalesce(l.first_date, r.first_date), coalesce(r.first_date, l.first_date)) AS business_date,
    coalesce(r.first_period, '') AS first_period,
    coalesce(r.last_period, '') AS last_period,
    CASE
        WHEN l.item_id IS NULL OR r.item_id IS NULL THEN 0
        WHEN
            year(l.first_date) * 100 + month(l.first_date) <> CAST(replace(r.first_period, '-', '') AS INT)
            OR year(l.first_date) * 100 + month(l.first_date) <> CAST(replace(r.last_period, '-', '') AS INT)
            THEN 1 ELSE 0
    END AS wrong_period,
    r.base_amount_minor AS booked_base_minor,
    v.by_left_day AS expected_base_minor,
    CASE WHEN i.match_id = '' THEN 0 ELSE coalesce(g.base_gap_minor, 0) END AS base_gap_minor,
    coalesce(g.other_day, 0) AS other_day,
    g.other_rate_date,
    r.fx_rate_e8,
    s.base_currency,
    coalesce(t.twins, 0) + coalesce(cm.booked, 0) AS twins,
    CAST(NULL AS DATE) AS clears_on,
    cm.failed_date,
    s.as_of_date,
    CASE
        WHEN r.item_id IS NULL AND (vl.until_date IS NULL OR l.first_date > vl.until_date OR l.first_date < vl.from_date) THEN 'vouchers'
        WHEN l.item_id IS NULL AND i.match_id = '' AND (vc.until_date IS NULL OR r.first_date > vc.until_date OR r.first_date < vc.from_date OR y.item_id IS NOT NULL) THEN 'channel_bill'
        ELSE ''
    END AS waits_for
FROM item AS i
LEFT JOIN l ON i.item_id = l.item_id
LEFT JOIN r ON i.item_id = r.item_id
CROSS JOIN setting AS s
LEFT JOIN match_of AS k ON k.leg = 'channel_ledger' AND i.match_id = k.match_id
LEFT JOIN tolerance AS tl ON tl.leg = 'channel_ledger' AND coalesce(l.channel, r.channel) = tl.channel
LEFT JOIN twin AS t ON i.item_id = t.item_id
LEFT JOIN gapped AS y ON i.item_id = y.item_id
LEFT JOIN valued AS v ON i.item_id = v.item_id
LEFT JOIN gap AS g ON i.item_id = g.item_id
LEFT JOIN order_number AS o ON l.key_no = o.merchant_no
LEFT JOIN cited_order AS c ON r.reference = c.order_no
LEFT JOIN cited_movement AS cm ON i.item_id = cm.item_id
LEFT JOIN order_number AS om ON cm.merchant_no = om.merchant_no
LEFT JOIN coverage AS vl ON vl.book = 'ledger'
LEFT JOIN coverage AS vc ON vc.book = 'channel' AND r.channel = vc.channel
