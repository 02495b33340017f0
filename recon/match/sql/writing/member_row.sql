-- member_row: the members of this run's matches as they are stored: with the day of the row and the first day of its match.
SELECT $leg AS leg, left_id AS txn_id, 'left' AS side, match_id, left_day AS business_date, first_date
FROM pairing
WHERE left_id IS NOT NULL
UNION ALL
SELECT $leg AS leg, right_id AS txn_id, 'right' AS side, match_id, right_day AS business_date, first_date
FROM pairing
WHERE right_id IS NOT NULL
UNION ALL
SELECT $leg AS leg, g.txn_id, g.side, g.match_id, s.business_date, p.first_date
FROM group_id AS g
JOIN (SELECT match_id, first_date FROM pairing WHERE left_id IS NULL) AS p ON g.match_id = p.match_id
JOIN (
    SELECT 'left' AS side, txn_id, business_date FROM left_side
    UNION ALL
    SELECT 'right' AS side, txn_id, business_date FROM right_side
) AS s ON g.side = s.side AND g.txn_id = s.txn_id
