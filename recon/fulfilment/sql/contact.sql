-- contact: every contact with the customers of chosen orders.
-- returns order_no, contacted_s (UTC epoch seconds), way as printed.
-- leaves out: contacts without a time; orders not in fulfilment_order, which the caller shows to the query.
SELECT c.order_no, c.contacted_s, c.way
FROM canon.contact AS c
INNER JOIN fulfilment_order AS o ON o.order_no = c.order_no
WHERE c.contacted_s IS NOT NULL
