-- number: every number by which the order book knows an order, whatever became of its payment.
-- returns number.
-- leaves out: blanks.
SELECT DISTINCT t.order_no AS number FROM canon.txn AS t WHERE t.book = 'order' AND t.order_no <> ''
UNION
SELECT DISTINCT t.merchant_no AS number FROM canon.txn AS t WHERE t.book = 'order' AND t.merchant_no <> ''
