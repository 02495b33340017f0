-- fingerprint: equal fingerprints are an exact match: amount, currency, second, merchant order number, channel and kind agree.
-- returns left_id, right_id.
-- leaves out: a fingerprint that either side holds twice (twins go on to the passes that count).
WITH twin AS (
    -- Counted by themselves: an aggregate that carries a text along (min(txn_id)) cannot be spilled to the disk.
    SELECT fingerprint FROM left_open GROUP BY fingerprint HAVING count(*) > 1
    UNION
    SELECT fingerprint FROM right_open GROUP BY fingerprint HAVING count(*) > 1
)
SELECT l.txn_id AS left_id, r.txn_id AS right_id
FROM left_open AS l
JOIN right_open AS r ON l.fingerprint = r.fingerprint
LEFT JOIN twin AS t ON l.fingerprint = t.fingerprint
WHERE t.fingerprint IS NULL
