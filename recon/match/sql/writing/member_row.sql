-- member_row: the members of this run's matches as they are stored: with the day of the row and the first day of its match.
WITH joined AS (
    SELECT left_id AS txn_id, 'left' AS side, match_id
    FROM pair_id
    UNION ALL
    SELECT right_id AS txn_id, 'right' AS side, match_id
    FROM pair_id
    UNION ALL
    SELECT txn_id, side, match_id
    FROM group_id
),
dated AS (
    SELECT j.txn_id, j.side, j.match_id, s.business_date
    FROM joined AS j
    LEFT JOIN (
        SELECT 'left' AS side, txn_id, business_date FROM left_side
        UNION ALL
        SELECT 'right' AS side, txn_id, business_date FROM right_side
    ) AS s ON j.side = s.side AND j.txn_id = s.txn_id
),
first_day AS (
    SELECT match_id, min(business_date) AS first_date
    FROM dated
    GROUP BY match_id
)
SELECT $leg AS leg, d.txn_id, d.side, d.match_id, d.business_date, f.first_date
FROM dated AS d
JOIN first_day AS f ON d.match_id = f.match_id
