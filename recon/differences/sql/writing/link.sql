-- link: differences of one event on several legs: those that share a row.
SELECT a.diff_id, string_agg(DISTINCT b.diff_id, ',' ORDER BY b.diff_id) AS linked
FROM diff.member AS a
JOIN diff.member AS b ON a.txn_id = b.txn_id AND a.diff_id <> b.diff_id
GROUP BY a.diff_id
