-- shop: merchant order number -> shop, for the channel movements that are still open.
-- returns key_no, shop.
-- leaves out: numbers used by more than one shop.
WITH named AS (
    -- Distinct and then counted, not min(shop) = max(shop): texts in an aggregate's state cannot be spilled to the disk.
    SELECT DISTINCT t.merchant_no AS key_no, t.shop
    FROM txn AS t
    WHERE
        t.book = 'order' AND t.kind = 'payment'
        AND t.merchant_no IN (SELECT l.key_no FROM left_open AS l WHERE l.batch_no <> '')
),
alone AS (
    SELECT key_no
    FROM named
    GROUP BY key_no
    HAVING count(*) = 1
)
SELECT n.key_no, n.shop
FROM named AS n
JOIN alone AS a ON n.key_no = a.key_no
