-- bridge: order number -> the merchant order number that was sent to the channel, for the orders that open vouchers cite.
-- returns order_no, key_no.
-- leaves out: orders whose own number was sent; numbers the channel does not know; orders paid under more than one number.
WITH sent AS (
    SELECT DISTINCT t.order_no, t.merchant_no AS key_no
    FROM txn AS t
    WHERE
        t.book = 'order' AND t.kind = 'payment' AND t.order_no <> t.merchant_no
        AND t.order_no IN (SELECT r.key_no FROM right_open AS r)
        AND t.merchant_no IN (SELECT l.key_no FROM left_side AS l)
),
alone AS (
    SELECT order_no
    FROM sent
    GROUP BY order_no
    HAVING count(*) = 1
)
SELECT s.order_no, s.key_no
FROM sent AS s
JOIN alone AS a ON s.order_no = a.order_no
