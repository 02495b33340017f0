-- bridge: order number -> the merchant order number that was sent to the channel, for the orders that open vouchers cite.
-- returns order_no, key_no.
-- leaves out: orders whose own number was sent; numbers the channel does not know; orders paid under more than one number.
SELECT t.order_no, min(t.merchant_no) AS key_no
FROM txn AS t
WHERE
    t.book = 'order' AND t.kind = 'payment' AND t.order_no <> t.merchant_no
    AND t.order_no IN (SELECT r.key_no FROM right_open AS r)
    AND t.merchant_no IN (SELECT l.key_no FROM left_side AS l)
GROUP BY t.order_no
HAVING min(t.merchant_no) = max(t.merchant_no)
