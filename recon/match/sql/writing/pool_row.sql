-- pool_row: what no pass has found a partner for; it waits for the next file.
SELECT $leg AS leg, 'left' AS side, txn_id
FROM left_open
UNION ALL
SELECT $leg AS leg, 'right' AS side, txn_id
FROM right_open
