-- shop: the shop of chosen orders, as the order book has it.
-- returns order_no, shop.
-- leaves out: orders without a shop; orders not in fulfilment_order, which the caller shows to the query.
SELECT t.order_no, min(t.shop) AS shop
FROM canon.txn AS t
INNER JOIN fulfilment_order AS o ON o.order_no = t.order_no
WHERE t.book = 'order' AND t.shop <> ''
GROUP BY t.order_no
