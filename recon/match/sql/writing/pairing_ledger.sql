-- pairing_ledger: one row per match of this run on the ledger leg, with the facts that ledger_review asks.
-- The left of a voucher_batch pair is an item of batch_item (a day's fee, a payout), not a row of left_side: it has no day.
-- left_id, right_id, left_day and right_day are those of a pair's rows; null for a group, whose members stand in group_id.
WITH lefts AS (
    SELECT txn_id, channel, currency, amount_minor, business_date, rate_e8, business_date AS day
    FROM left_side
    UNION ALL
    SELECT DISTINCT
        item_id AS txn_id, channel, currency, amount_minor, business_date, CAST(NULL AS BIGINT) AS rate_e8,
        CAST(NULL AS DATE) AS day
    FROM batch_item
)
SELECT
    p.match_id,
    p.pass,
    l.channel,
    1 AS left_n,
    1 AS right_n,
    l.currency,
    l.amount_minor AS left_minor,
    r.amount_minor AS right_minor,
    strftime(l.business_date, '%Y-%m') AS left_period,
    r.period AS right_period_first,
    r.period AS right_period_last,
    r.base_amount_minor,
    coalesce(l.rate_e8, r.rate_e8) AS left_rate_e8,
    r.rate_e8 AS right_rate_e8,
    p.left_id,
    p.right_id,
    l.day AS left_day,
    r.business_date AS right_day,
    least(l.day, r.business_date) AS first_date
FROM pair_id AS p
JOIN lefts AS l ON l.txn_id = p.left_id
JOIN right_side AS r ON r.txn_id = p.right_id
UNION ALL
SELECT
    l.match_id, l.pass, l.channel, l.left_n, r.right_n, l.currency, l.left_minor, r.right_minor, l.left_period,
    r.right_period_first, r.right_period_last, r.base_amount_minor, coalesce(l.rate_e8, r.rate_e8), r.rate_e8,
    NULL, NULL, NULL, NULL, least(l.left_date, r.right_date)
FROM (
    SELECT
        g.match_id,
        g.pass,
        min(s.channel) AS channel,
        count(*) AS left_n,
        min(s.currency) AS currency,
        CAST(sum(s.amount_minor) AS BIGINT) AS left_minor,
        strftime(min(s.business_date), '%Y-%m') AS left_period,
        min(s.business_date) AS left_date,
        min(s.rate_e8) AS rate_e8
    FROM group_id AS g
    JOIN left_side AS s ON s.txn_id = g.txn_id
    WHERE g.side = 'left'
    GROUP BY g.match_id, g.pass
) AS l
JOIN (
    SELECT
        g.match_id,
        count(*) AS right_n,
        CAST(sum(s.amount_minor) AS BIGINT) AS right_minor,
        min(s.period) AS right_period_first,
        max(s.period) AS right_period_last,
        min(s.business_date) AS right_date,
        CAST(sum(s.base_amount_minor) AS BIGINT) AS base_amount_minor,
        min(s.rate_e8) AS rate_e8
    FROM group_id AS g
    JOIN right_side AS s ON s.txn_id = g.txn_id
    WHERE g.side = 'right'
    GROUP BY g.match_id
) AS r ON l.match_id = r.match_id
