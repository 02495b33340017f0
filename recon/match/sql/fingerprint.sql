-- fingerprint: equal fingerprints are an exact match: amount, currency, second, merchant order number, channel and kind agree.
-- returns left_id, right_id.
-- leaves out: a fingerprint that either side holds twice (twins go on to the passes that count).
WITH l AS (
    SELECT fingerprint, min(txn_id) AS txn_id, count(*) AS copies FROM left_open GROUP BY fingerprint
),
r AS (
    SELECT fingerprint, min(txn_id) AS txn_id, count(*) AS copies FROM right_open GROUP BY fingerprint
)
SELECT l.txn_id AS left_id, r.txn_id AS right_id
FROM l
JOIN r ON l.fingerprint = r.fingerprint
WHERE l.copies = 1 AND r.copies = 1
