-- pairing_bank: one row per match of this run on the bank leg.
-- left_id, right_id, left_day and right_day are those of a pair's rows; null for a group, whose members stand in group_id.
SELECT
    p.match_id,
    p.pass,
    l.channel,
    1 AS left_n,
    1 AS right_n,
    l.currency,
    l.amount_minor AS left_minor,
    r.amount_minor AS right_minor,
    p.left_id,
    p.right_id,
    l.business_date AS left_day,
    r.business_date AS right_day,
    least(l.business_date, r.business_date) AS first_date
FROM pair_id AS p
JOIN left_side AS l ON l.txn_id = p.left_id
JOIN right_side AS r ON r.txn_id = p.right_id
UNION ALL
SELECT
    l.match_id, l.pass, l.channel, l.left_n, r.right_n, l.currency, l.left_minor, r.right_minor,
    NULL, NULL, NULL, NULL, least(l.left_date, r.right_date)
FROM (
    SELECT
        g.match_id,
        g.pass,
        min(s.channel) AS channel,
        count(*) AS left_n,
        min(s.currency) AS currency,
        CAST(sum(s.amount_minor) AS BIGINT) AS left_minor,
        min(s.business_date) AS left_date
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
        min(s.business_date) AS right_date
    FROM group_id AS g
    JOIN right_side AS s ON s.txn_id = g.txn_id
    WHERE g.side = 'right'
    GROUP BY g.match_id
) AS r ON l.match_id = r.match_id
