-- shop: merchant order number -> shop, for the channel movements that are still open.
-- returns key_no, shop.
-- leaves out: numbers used by more than one shop.
SELECT t.merchant_no AS key_no, min(t.shop) AS shop
FROM txn AS t
WHERE
    t.book = 'order' AND t.kind = 'payment'
    AND t.merchant_no IN (SELECT l.key_no FROM left_open AS l WHERE l.batch_no <> '')
GROUP BY t.merchant_no
HAVING min(t.shop) = max(t.shop)
