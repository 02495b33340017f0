-- paid: every order that the order book says was paid, with what of it was paid back.
-- returns order_no, shop, channel, merchant_nos (numbers sent to the channel, joined by chr(31)), currency, paid_s (first
--         payment, UTC epoch seconds, null when only dates are printed), amount_minor, refunded_minor (negative or 0).
-- leaves out: payments that are pending or closed; orders of which nothing was paid.
SELECT
    t.order_no,
    max(t.shop) AS shop,
    max(t.channel) AS channel,
    string_agg(DISTINCT t.merchant_no, chr(31)) AS merchant_nos,
    min(t.currency) AS currency,
    min(CASE WHEN t.kind = 'payment' THEN t.occurred_s END) AS paid_s,
    CAST(sum(CASE WHEN t.kind = 'payment' THEN t.amount_minor ELSE 0 END) AS BIGINT) AS amount_minor,
    CAST(sum(CASE WHEN t.kind = 'refund' THEN t.amount_minor ELSE 0 END) AS BIGINT) AS refunded_minor
FROM canon.txn AS t
WHERE t.book = 'order' AND t.order_no <> '' AND t.kind IN ('payment', 'refund') AND t.status = 'success'
GROUP BY t.order_no
HAVING sum(CASE WHEN t.kind = 'payment' THEN t.amount_minor ELSE 0 END) > 0
