-- residual: per leg and currency, the distance between the two books of a period and everything that explains it.
-- returns left_minor - right_minor, explained by differences of the period, by UNEXPLAINED ones, carried from or to another
--   period (one side here, the other there), waiting (the other side not loaded yet), booked net of fees, and tolerated
--   (matched within the tolerance); residual is the rest.
-- leaves out: excluded rows, and orders that are not successful (they claim no money).
WITH side_row AS (
    SELECT
        m.leg, m.side, m.txn_id, m.match_id, t.currency,
        -- the ledger books what reaches the channel account: gross less the discounts that the merchant paid
        CASE
            WHEN m.leg = 'channel_ledger' AND m.side = 'left' THEN coalesce(t.net_minor - coalesce(t.fee_minor, 0), t.amount_minor)
            ELSE t.amount_minor
        END AS amount_minor,
        coalesce(nullif(t.period, ''), substr(CAST(t.business_date AS STRING), 1, 7)) AS period,
        CASE WHEN t.book = 'order' AND t.status <> 'success' THEN 0 ELSE 1 END AS counts
    FROM (
        SELECT leg, side, txn_id, match_id FROM member
        UNION ALL
        SELECT leg, side, txn_id, '' AS match_id FROM pool
    ) AS m
    JOIN txn AS t ON m.txn_id = t.txn_id
    WHERE NOT (m.leg = 'channel_bank' AND m.side = 'left')
    UNION ALL
    SELECT
        m.leg, m.side, m.txn_id, m.match_id, b.currency, b.net_minor AS amount_minor, substr(CAST(b.business_date AS STRING), 1, 7) AS period, 1 AS counts
    FROM (
        SELECT leg, side, txn_id, match_id FROM member
        UNION ALL
        SELECT leg, side, txn_id, '' AS match_id FROM pool
    ) AS m
    JOIN batch AS b ON m.txn_id = b.batch_id
    WHERE m.leg = 'channel_bank' AND m.side = 'left'
    UNION ALL
    -- fees and payouts booked by voucher: the item stands in the voucher's period
    SELECT
        x.leg, x.side, x.txn_id, x.match_id, t.currency, t.amount_minor, t.period, 1 AS counts
    FROM match_of AS k
    JOIN member AS x ON k.leg = x.leg AND k.match_id = x.match_id AND x.side = 'left'
    JOIN member AS y ON k.leg = y.leg AND k.match_id = y.match_id AND y.side = 'right'
    JOIN txn AS t ON y.txn_id = t.txn_id
    WHERE k.leg = 'channel_ledger' AND k.pass = 'voucher_batch'
),
signed AS (
    SELECT
        leg, side, txn_id, match_id, currency, period,
        counts * CASE WHEN side = 'left' THEN amount_minor ELSE -amount_minor END AS gap_minor
    FROM side_row
),
judged AS (
    SELECT DISTINCT d.leg, dm.txn_id, d.diff_id, d.code, substr(CAST(d.business_date AS STRING), 1, 7) AS diff_period
    FROM standing AS d
    JOIN diff_member AS dm ON d.diff_id = dm.diff_id
),
match_gap AS (
    SELECT leg, match_id, period, currency, CAST(sum(gap_minor) AS BIGINT) AS gap_minor FROM signed WHERE match_id <> '' GROUP BY leg, match_id, period, currency
),
placed AS (
    SELECT
        s.leg, s.currency, s.side, s.gap_minor,
        CASE
            WHEN j.code = 'UNEXPLAINED' THEN 'unexplained'
            WHEN j.diff_id IS NOT NULL AND j.diff_period = s.period THEN 'explained'
            WHEN j.diff_id IS NOT NULL THEN 'carried'
            WHEN s.match_id = '' THEN 'waiting'
            WHEN k.pass = 'voucher_net' THEN 'net'
            WHEN g.gap_minor = 0 THEN 'even'
            WHEN k.state = 'tolerated' AND k.delta_minor = g.gap_minor THEN 'tolerated'
            WHEN s.leg = 'channel_bank' THEN 'carried'
            ELSE 'residual'
        END AS place
    FROM signed AS s
    LEFT JOIN judged AS j ON s.leg = j.leg AND s.txn_id = j.txn_id
    LEFT JOIN match_gap AS g ON s.leg = g.leg AND s.match_id = g.match_id AND s.period = g.period AND s.currency = g.currency
    LEFT JOIN match_of AS k ON s.leg = k.leg AND s.match_id = k.match_id
    WHERE s.period = (SELECT period FROM asked)
)
SELECT
    leg,
    currency,
    CAST(sum(CASE WHEN side = 'left' THEN gap_minor ELSE 0 END) AS BIGINT) AS left_minor,
    CAST(sum(CASE WHEN side = 'right' THEN -gap_minor ELSE 0 END) AS BIGINT) AS right_minor,
    CAST(sum(CASE WHEN place = 'explained' THEN gap_minor ELSE 0 END) AS BIGINT) AS explained_minor,
    CAST(sum(CASE WHEN place = 'unexplained' THEN gap_minor ELSE 0 END) AS BIGINT) AS unexplained_minor,
    CAST(sum(CASE WHEN place = 'carried' THEN gap_minor ELSE 0 END) AS BIGINT) AS carried_minor,
    CAST(sum(CASE WHEN place = 'waiting' THEN gap_minor ELSE 0 END) AS BIGINT) AS waiting_minor,
    CAST(sum(CASE WHEN place = 'net' THEN gap_minor ELSE 0 END) AS BIGINT) AS booked_net_minor,
    CAST(sum(CASE WHEN place = 'tolerated' THEN gap_minor ELSE 0 END) AS BIGINT) AS tolerated_minor,
    CAST(sum(CASE WHEN place = 'residual' THEN gap_minor ELSE 0 END) AS BIGINT) AS residual_minor
FROM placed
GROUP BY leg, currency
ORDER BY leg, currency
