-- confirm: which row of one bill (said) tells the movement of which standing row (claimed) again, copy by copy.
-- returns txn_id, confirms_txn_id, agrees.
-- leaves out: rows that nothing stands for; they are transactions of their own.
WITH shared_number AS (
    SELECT book, channel, kind, number FROM claimed GROUP BY book, channel, kind, number HAVING bool_or(shared)
    UNION
    SELECT book, channel, kind, number FROM said WHERE shared
),
said_copy AS (
    SELECT *, row_number() OVER (
        PARTITION BY book, channel, kind, number, currency, amount_minor, day ORDER BY refund_no, txn_id
    ) AS copy
    FROM said
),
claimed_copy AS (
    SELECT *, row_number() OVER (
        PARTITION BY book, channel, kind, number, currency, amount_minor, day ORDER BY refund_no, txn_id
    ) AS copy
    FROM claimed
),
same_day AS (
    SELECT s.txn_id, c.txn_id AS confirms_txn_id
    FROM said_copy AS s
    JOIN claimed_copy AS c USING (book, channel, kind, number, currency, amount_minor, day, copy)
),
-- Both bills may date a movement otherwise (posted and completed, another zone, a settlement day).
said_later AS (
    SELECT *, row_number() OVER (
        PARTITION BY book, channel, kind, number, currency, amount_minor ORDER BY day, refund_no, txn_id
    ) AS copy
    FROM said
    WHERE txn_id NOT IN (SELECT txn_id FROM same_day)
),
claimed_later AS (
    SELECT *, row_number() OVER (
        PARTITION BY book, channel, kind, number, currency, amount_minor ORDER BY day, refund_no, txn_id
    ) AS copy
    FROM claimed
    WHERE txn_id NOT IN (SELECT confirms_txn_id FROM same_day)
),
other_day AS (
    SELECT s.txn_id, c.txn_id AS confirms_txn_id
    FROM said_later AS s
    JOIN claimed_later AS c USING (book, channel, kind, number, currency, amount_minor, copy)
    LEFT JOIN shared_number AS n USING (book, channel, kind, number)
    WHERE n.number IS NULL OR abs(s.day - c.day) <= 1
),
-- What is left and goes the same way is the same movement all the same: in parts, net of the fee, or contradicting.
-- Of a number that several refunds share, only those of one day are.
said_rest AS (
    SELECT s.* EXCLUDE (copy), sign(s.amount_minor) AS way, CASE WHEN n.number IS NULL THEN DATE '0001-01-01' ELSE s.day END AS span
    FROM said_later AS s
    LEFT JOIN shared_number AS n USING (book, channel, kind, number)
    WHERE s.txn_id NOT IN (SELECT txn_id FROM other_day)
),
claimed_rest AS (
    SELECT c.* EXCLUDE (copy), sign(c.amount_minor) AS way, CASE WHEN n.number IS NULL THEN DATE '0001-01-01' ELSE c.day END AS span
    FROM claimed_later AS c
    LEFT JOIN shared_number AS n USING (book, channel, kind, number)
    WHERE c.txn_id NOT IN (SELECT confirms_txn_id FROM other_day)
),
said_sum AS (
    SELECT book, channel, kind, number, way, span, min(currency) AS low, max(currency) AS high, sum(amount_minor) AS amount
    FROM said_rest
    GROUP BY ALL
),
claimed_sum AS (
    SELECT book, channel, kind, number, way, span, min(currency) AS low, max(currency) AS high, sum(amount_minor) AS amount,
        sum(net_minor) AS net, count(*) AS members
    FROM claimed_rest
    GROUP BY ALL
),
said_place AS (
    SELECT *, row_number() OVER (
        PARTITION BY book, channel, kind, number, way, span ORDER BY day, abs(amount_minor), refund_no, txn_id
    ) AS place
    FROM said_rest
),
claimed_place AS (
    SELECT *, row_number() OVER (
        PARTITION BY book, channel, kind, number, way, span ORDER BY day, abs(amount_minor), refund_no, txn_id
    ) AS place
    FROM claimed_rest
)
SELECT txn_id, confirms_txn_id, true AS agrees FROM same_day
UNION ALL
SELECT txn_id, confirms_txn_id, true AS agrees FROM other_day
UNION ALL
SELECT s.txn_id, c.txn_id AS confirms_txn_id,
    a.low = a.high AND b.low = b.high AND a.low = b.low AND a.amount IN (b.amount, b.net) AS agrees
FROM said_place AS s
JOIN said_sum AS a USING (book, channel, kind, number, way, span)
JOIN claimed_sum AS b USING (book, channel, kind, number, way, span)
JOIN claimed_place AS c USING (book, channel, kind, number, way, span)
WHERE c.place = least(s.place, b.members)
