-- evidence_order: one wide row per item of the order leg: everything its rules may ask.
-- returns amounts in minor units, dates, counts; apart is 1 when the amounts of a pair differ by more than the tolerance;
--   waits_for says what the item waits for: files that are not loaded yet, or nothing, when no other side was ever
--   expected; '' when it is judged.
WITH item AS (
    SELECT DISTINCT item_id, match_id FROM item_member WHERE leg = 'order_channel'
),
twin AS (
    -- another order row of the same event that has found its payment: the open one is the second entry of it; refunds
    -- without a number are the same event on the same day only (an order may be refunded again)
    SELECT m.txn_id AS item_id, count(*) AS twins
    FROM item_member AS m
    JOIN item_txn AS t ON m.txn_id = t.txn_id
    JOIN neighbour AS n
        ON t.channel = n.channel AND t.merchant_no = n.merchant_no AND t.kind = n.kind AND t.currency = n.currency
        AND t.amount_minor = n.amount_minor AND t.order_no = n.order_no AND t.refund_no = n.refund_no AND t.txn_id <> n.txn_id
        AND (t.kind = 'payment' OR t.refund_no <> '' OR t.business_date = n.business_date)
    WHERE m.leg = 'order_channel' AND m.side = 'left' AND m.match_id = '' AND n.book = 'order' AND n.open_order = 0
    GROUP BY m.txn_id
),
paid AS (
    -- other successful channel payments of the same merchant order number that an order has claimed
    SELECT m.txn_id AS item_id, count(*) AS payments
    FROM item_member AS m
    JOIN channel_row AS t ON m.txn_id = t.txn_id
    JOIN neighbour AS n ON t.key_no = n.merchant_no AND t.txn_id <> n.txn_id
    WHERE
        m.leg = 'order_channel' AND m.side = 'right' AND m.match_id = '' AND t.class = 'payment'
        AND n.book = 'channel' AND n.kind = 'payment' AND n.open_order = 0
    GROUP BY m.txn_id
),
paid_again AS (
    -- the same order, unpaid under this number, was paid with the same amount under another one
    SELECT m.item_id, count(*) AS payments
    FROM item_member AS m
    JOIN item_txn AS t ON m.txn_id = t.txn_id
    JOIN neighbour AS n
        ON n.book = 'order' AND n.kind = 'payment' AND n.status = 'success' AND t.order_no = n.order_no
        AND t.merchant_no <> n.merchant_no AND t.amount_minor = n.amount_minor AND t.currency = n.currency
    WHERE m.leg = 'order_channel' AND m.side = 'left' AND t.kind = 'payment' AND t.status <> 'success' AND n.open_order = 0
    GROUP BY m.item_id
),
won AS (
    -- a dispute and its reversal, both at the channel: the money went and came back, no book owes the other anything
    SELECT DISTINCT m.txn_id AS item_id
    FROM item_member AS m
    JOIN channel_row AS t ON m.txn_id = t.txn_id
    JOIN neighbour AS n ON t.key_no = n.merchant_no AND t.channel = n.channel AND t.amount_minor = -n.amount_minor
    WHERE
        m.leg = 'order_channel' AND m.side = 'right' AND m.match_id = '' AND n.book = 'channel' AND n.open_order = 1
        AND t.kind IN ('chargeback', 'chargeback_reversal') AND n.kind IN ('chargeback', 'chargeback_reversal')
),
failed AS (
    -- the channel tried to pay this refund and could not: same refund number, or same payment and amount without one
    SELECT m.txn_id AS item_id, max(n.business_date) AS failed_date
    FROM item_member AS m
    JOIN item_txn AS t ON m.txn_id = t.txn_id
    JOIN neighbour AS n ON t.channel = n.channel AND t.merchant_no = n.merchant_no AND t.currency = n.currency
    WHERE
        m.leg = 'order_channel' AND m.side = 'left' AND m.match_id = '' AND t.kind = 'refund'
        AND n.book = 'channel' AND n.kind = 'refund' AND n.status = 'closed'
        AND (t.refund_no = n.refund_no OR ((t.refund_no = '' OR n.refund_no = '') AND t.amount_minor = n.amount_minor))
    GROUP BY m.txn_id
),
gapped AS (
    -- rows whose other side may lie on a day whose bill is not loaded (by their clock, the channel's cutoff and the edge);
    -- a refund may lie on any day until it is due
    SELECT DISTINCT f.item_id
    FROM side_fact AS f
    CROSS JOIN setting AS s
    JOIN missing_day AS m
        ON (f.side = 'left' AND m.book = 'channel' AND (f.channel = m.channel OR f.channel = ''))
        OR (f.side = 'right' AND m.book = 'order')
    LEFT JOIN contract AS k ON m.channel = k.channel
    LEFT JOIN refund_due AS w ON f.first_date = w.day AND f.class = 'refund'
    WHERE
        f.leg = 'order_channel'
        AND (
            f.first_date = m.day
            OR (
                f.occurred_s + s.zone_offset_s + coalesce(k.early_s, 0) + s.edge_s >= m.start_s
                AND f.occurred_s + s.zone_offset_s + coalesce(k.early_s, 0) - s.edge_s < m.start_s + 86400
            )
            OR (f.side = 'left' AND m.day >= f.first_date AND m.day <= w.due_date)
        )
),
order_number AS (
    SELECT merchant_no, min(order_no) AS order_no FROM neighbour WHERE book = 'order' AND kind = 'payment' GROUP BY merchant_no
),
fx AS (
    -- amounts against base amount and rate of the order: x is a rounding of base / rate when |x * rate - base| < rate
    SELECT
        l.item_id,
        max(CASE
            WHEN
                abs(CAST(l.amount_minor AS DECIMAL(38, 0)) * l.minor_rate_e8 - CAST(l.base_amount_minor AS DECIMAL(38, 0)) * 100000000) < l.minor_rate_e8
                AND abs(CAST(r.amount_minor AS DECIMAL(38, 0)) * l.minor_rate_e8 - CAST(l.base_amount_minor AS DECIMAL(38, 0)) * 100000000) < l.minor_rate_e8
                THEN 1 ELSE 0
        END) AS same_quotient,
        max(CASE
            WHEN d.rate_e8 IS NULL OR d.rate_e8 = l.minor_rate_e8 THEN 0
            -- the side that the order's own rate does not explain must be what another day's rate makes of the base amount
            WHEN abs(CAST(l.amount_minor AS DECIMAL(38, 0)) * l.minor_rate_e8 - CAST(l.base_amount_minor AS DECIMAL(38, 0)) * 100000000) < l.minor_rate_e8 AND abs(CAST(r.amount_minor AS DECIMAL(38, 0)) * d.rate_e8 - CAST(l.base_amount_minor AS DECIMAL(38, 0)) * 100000000) < d.rate_e8 THEN 1
            WHEN abs(CAST(r.amount_minor AS DECIMAL(38, 0)) * l.minor_rate_e8 - CAST(l.base_amount_minor AS DECIMAL(38, 0)) * 100000000) < l.minor_rate_e8 AND abs(CAST(l.amount_minor AS DECIMAL(38, 0)) * d.rate_e8 - CAST(l.base_amount_minor AS DECIMAL(38, 0)) * 100000000) < d.rate_e8 THEN 1
            ELSE 0
        END) AS other_day,
        min(CASE
            WHEN d.rate_e8 IS NULL OR d.rate_e8 = l.minor_rate_e8 THEN NULL
            WHEN abs(CAST(l.amount_minor AS DECIMAL(38, 0)) * l.minor_rate_e8 - CAST(l.base_amount_minor AS DECIMAL(38, 0)) * 100000000) < l.minor_rate_e8 AND abs(CAST(r.amount_minor AS DECIMAL(38, 0)) * d.rate_e8 - CAST(l.base_amount_minor AS DECIMAL(38, 0)) * 100000000) < d.rate_e8 THEN d.rate_date
            WHEN abs(CAST(r.amount_minor AS DECIMAL(38, 0)) * l.minor_rate_e8 - CAST(l.base_amount_minor AS DECIMAL(38, 0)) * 100000000) < l.minor_rate_e8 AND abs(CAST(l.amount_minor AS DECIMAL(38, 0)) * d.rate_e8 - CAST(l.base_amount_minor AS DECIMAL(38, 0)) * 100000000) < d.rate_e8 THEN d.rate_date
        END) AS other_rate_date
    FROM side_fact AS l
    JOIN side_fact AS r ON l.item_id = r.item_id AND l.leg = r.leg AND r.side = 'right'
    CROSS JOIN setting AS s
    LEFT JOIN rate AS d
        ON l.currency = d.currency AND s.base_currency = d.base_currency
        AND abs(datediff(d.rate_date, l.first_date)) <= s.rate_days
    WHERE l.leg = 'order_channel' AND l.side = 'left' AND l.base_amount_minor IS NOT NULL AND l.minor_rate_e8 IS NOT NULL
    GROUP BY l.item_id
)
SELECT
    i.item_id,
    i.match_id,
    CASE WHEN r.item_id IS NULL THEN 'left' WHEN l.item_id IS NULL THEN 'right' ELSE 'pair' END AS shape,
    coalesce(r.channel, l.channel) AS channel,
    coalesce(r.kind, l.kind) AS kind,
    coalesce(r.class, l.class) AS class,
    coalesce(l.n, 0) AS left_n,
    coalesce(r.n, 0) AS right_n,
    coalesce(l.order_no, o.order_no, nullif(r.key_no, ''), '') AS order_no,
    CASE
        WHEN coalesce(r.class, l.class) = 'refund' AND coalesce(r.kind, l.kind) = 'refund'
            THEN coalesce(nullif(r.refund_no, ''), nullif(l.refund_no, ''), nullif(r.channel_txn_no, ''), nullif(l.channel_txn_no, ''), '')
        ELSE coalesce(nullif(r.channel_txn_no, ''), nullif(l.channel_txn_no, ''), '')
    END AS reference,
    '' AS batch_no,
    coalesce(l.currency, r.currency) AS currency,
    CASE WHEN r.fee_gaps > 0 AND abs(l.amount_minor - r.amount_minor) <= coalesce(o2.tolerance_minor, 0) THEN r.expected_fee_minor END AS expected_fee_minor,
    CASE WHEN r.fee_gaps > 0 AND abs(l.amount_minor - r.amount_minor) <= coalesce(o2.tolerance_minor, 0) THEN r.fee_minor END AS charged_fee_minor,
    r.fee_minor - r.expected_fee_minor AS fee_delta_minor,
    l.amount_minor AS left_minor,
    r.amount_minor AS right_minor,
    coalesce(l.amount_minor, 0) - coalesce(r.amount_minor, 0) AS delta_minor,
    CASE
        WHEN l.item_id IS NOT NULL AND r.item_id IS NOT NULL AND abs(l.amount_minor - r.amount_minor) > coalesce(o2.tolerance_minor, 0) THEN 1 ELSE 0
    END AS apart,
    coalesce(l.status, '') AS left_status,
    coalesce(r.status, '') AS right_status,
    l.first_date AS left_date,
    r.first_date AS right_date,
    least(coalesce(l.first_date, r.first_date), coalesce(r.first_date, l.first_date)) AS business_date,
    CASE
        WHEN l.item_id IS NULL OR r.item_id IS NULL THEN 0
        WHEN year(l.first_date) * 12 + month(l.first_date) <> year(r.first_date) * 12 + month(r.first_date) THEN 1 ELSE 0
    END AS crosses,
    coalesce(t.twins, 0) AS twins,
    coalesce(p.payments, a.payments, 0) AS payments,
    coalesce(x.same_quotient, 0) AS same_quotient,
    coalesce(x.other_day, 0) AS other_day,
    x.other_rate_date,
    l.base_amount_minor,
    l.fx_rate_e8,
    coalesce(r.fee_gaps, 0) AS fee_gaps,
    r.fee_minor AS fee_minor,
    CASE WHEN l.item_id IS NOT NULL AND r.item_id IS NOT NULL THEN greatest(l.last_date, r.last_date) ELSE w.due_date END AS clears_on,
    e.failed_date,
    s.as_of_date,
    CASE
        WHEN r.item_id IS NULL AND l.status = 'closed' THEN 'nothing'
        WHEN w2.item_id IS NOT NULL THEN 'nothing'
        -- a marketplace's export names no channel: the marketplace collects, no channel bill of ours will show it
        WHEN r.item_id IS NULL AND l.channel = '' AND l.source <> 'orders' THEN 'nothing'
        WHEN r.item_id IS NULL AND l.class = 'payment' AND l.status <> 'success' THEN 'nothing'
        WHEN r.item_id IS NULL AND (vc.until_date IS NULL OR l.first_date < vc.from_date OR g.item_id IS NOT NULL) THEN 'channel_bill'
        WHEN l.item_id IS NULL AND g.item_id IS NOT NULL THEN 'order_export'
        WHEN
            r.item_id IS NULL AND l.class = 'payment'
            AND coalesce(l.occurred_s + s.zone_offset_s + s.edge_s + coalesce(k.early_s, 0), (datediff(l.first_date, DATE '1970-01-01') + 1) * 86400 - 1)
            >= (datediff(vc.until_date, DATE '1970-01-01') + 1) * 86400
            THEN 'channel_bill'
        WHEN
            r.item_id IS NULL AND l.class = 'payment'
            AND s.as_of_s < coalesce(l.occurred_s, datediff(l.first_date, DATE '1970-01-01') * 86400 - s.zone_offset_s) + coalesce(k.lag_s, 0)
            THEN 'channel_lag'
        WHEN
            l.item_id IS NULL
            AND (
                vo.until_date IS NULL
                OR coalesce(r.occurred_s + s.zone_offset_s, datediff(r.first_date, DATE '1970-01-01') * 86400) >= (datediff(vo.until_date, DATE '1970-01-01') + 1) * 86400
                OR coalesce(r.occurred_s + s.zone_offset_s, datediff(r.first_date, DATE '1970-01-01') * 86400) < datediff(vo.from_date, DATE '1970-01-01') * 86400
            )
            THEN 'order_export'
        ELSE ''
    END AS waits_for
FROM item AS i
LEFT JOIN side_fact AS l ON i.item_id = l.item_id AND l.leg = 'order_channel' AND l.side = 'left'
LEFT JOIN side_fact AS r ON i.item_id = r.item_id AND r.leg = 'order_channel' AND r.side = 'right'
CROSS JOIN setting AS s
LEFT JOIN contract AS k ON coalesce(r.channel, l.channel) = k.channel
LEFT JOIN tolerance AS o2 ON o2.leg = 'order_channel' AND coalesce(r.channel, l.channel) = o2.channel
LEFT JOIN twin AS t ON i.item_id = t.item_id
LEFT JOIN paid AS p ON i.item_id = p.item_id
LEFT JOIN paid_again AS a ON i.item_id = a.item_id
LEFT JOIN won AS w2 ON i.item_id = w2.item_id
LEFT JOIN gapped AS g ON i.item_id = g.item_id
LEFT JOIN failed AS e ON i.item_id = e.item_id
LEFT JOIN fx AS x ON i.item_id = x.item_id
LEFT JOIN order_number AS o ON r.key_no = o.merchant_no
LEFT JOIN refund_due AS w ON l.first_date = w.day
LEFT JOIN coverage AS vc ON vc.book = 'channel' AND l.channel = vc.channel
LEFT JOIN coverage AS vo ON vo.book = 'order'
