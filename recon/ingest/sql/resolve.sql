-- resolve: what each row of a new file is to the rows stored under the same identity.
-- returns rid, line_no, txn_id, version, outcome: 'overlap' (said already), 'restated' (takes the place of txn_id), 'new'.
-- leaves out: nothing; every row of fresh_key comes back once. Copies are counted: n equal rows meet at most n stored ones.
WITH crowded AS (
    -- The common case is an identity seen once and never stored; only the others need to be ranked.
    SELECT base_id FROM fresh_key GROUP BY base_id HAVING count(*) > 1
    UNION
    SELECT base_id FROM stored_key
),
fresh AS (
    SELECT f.rid, f.line_no, f.base_id, f.content,
        row_number() OVER (PARTITION BY f.base_id, f.content ORDER BY f.line_no, f.rid) AS copy
    FROM fresh_key AS f
    SEMI JOIN crowded AS c ON c.base_id = f.base_id
),
stored AS (
    SELECT s.txn_id, s.version, s.ordinal, s.base_id, s.content,
        row_number() OVER (PARTITION BY s.base_id, s.content ORDER BY s.ordinal) AS copy
    FROM stored_key AS s
),
overlap AS (
    SELECT f.rid, f.line_no, s.txn_id, s.version
    FROM fresh AS f
    JOIN stored AS s ON s.base_id = f.base_id AND s.content = f.content AND s.copy = f.copy
),
fresh_left AS (
    SELECT f.rid, f.line_no, f.base_id,
        row_number() OVER (PARTITION BY f.base_id ORDER BY f.content, f.line_no, f.rid) AS place
    FROM fresh AS f
    ANTI JOIN overlap AS o ON o.rid = f.rid
),
stored_left AS (
    SELECT s.txn_id, s.version, s.base_id, row_number() OVER (PARTITION BY s.base_id ORDER BY s.ordinal) AS place
    FROM stored AS s
    ANTI JOIN overlap AS o ON o.txn_id = s.txn_id
),
restated AS (
    SELECT f.rid, f.line_no, s.txn_id, s.version + 1 AS version
    FROM fresh_left AS f
    JOIN stored_left AS s ON s.base_id = f.base_id AND s.place = f.place
),
taken AS (
    SELECT base_id, max(ordinal) AS ordinal FROM stored_key GROUP BY base_id
),
added AS (
    SELECT f.rid, f.line_no, f.base_id,
        coalesce(t.ordinal, 0) + row_number() OVER (PARTITION BY f.base_id ORDER BY f.place) AS ordinal
    FROM fresh_left AS f
    ANTI JOIN restated AS r ON r.rid = f.rid
    LEFT JOIN taken AS t ON t.base_id = f.base_id
)
SELECT rid, line_no, txn_id, version, 'overlap' AS outcome FROM overlap
UNION ALL
SELECT rid, line_no, txn_id, version, 'restated' AS outcome FROM restated
UNION ALL
SELECT rid, line_no, CASE WHEN ordinal = 1 THEN base_id ELSE base_id || '#' || ordinal END AS txn_id, 1 AS version,
    'new' AS outcome
FROM added
UNION ALL
SELECT f.rid, f.line_no, f.base_id AS txn_id, 1 AS version, 'new' AS outcome
FROM fresh_key AS f
ANTI JOIN crowded AS c ON c.base_id = f.base_id
