-- link: differences of one event on several legs: those that stand and share a row.
-- leaves out: cleared ones; they keep their rows, but an event that they told of is over.
WITH standing AS (
    SELECT m.diff_id, m.txn_id
    FROM diff.member AS m
    JOIN diff.difference AS d ON m.diff_id = d.diff_id
    WHERE d.state <> 'cleared'
)
SELECT a.diff_id, string_agg(DISTINCT b.diff_id, ',' ORDER BY b.diff_id) AS linked
FROM standing AS a
JOIN standing AS b ON a.txn_id = b.txn_id AND a.diff_id <> b.diff_id
GROUP BY a.diff_id
