-- group_id: members of what the groups passes found, with the id of each match: a hash of the leg and all members.
WITH identified AS (
    SELECT
        pass,
        group_no,
        'M' || left(sha256($leg || '|' || string_agg(txn_id, '|' ORDER BY side, txn_id)), 16) AS match_id
    FROM grouped
    GROUP BY pass, group_no
)
SELECT g.pass, g.side, g.txn_id, i.match_id
FROM grouped AS g
JOIN identified AS i USING (pass, group_no)
