-- member_row: the members of this run's matches as they are stored.
SELECT $leg AS leg, left_id AS txn_id, 'left' AS side, match_id
FROM pair_id
UNION ALL
SELECT $leg AS leg, right_id AS txn_id, 'right' AS side, match_id
FROM pair_id
UNION ALL
SELECT $leg AS leg, txn_id, side, match_id
FROM group_id
