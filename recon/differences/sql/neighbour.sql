-- neighbour: rows of all books that share a merchant number or a voucher reference with an item (an order number, a channel number and a refund number lead to their merchant number).
-- returns their identity, numbers, amounts and days; open_order / open_ledger tell whether they themselves are still open in that leg.
-- leaves out: everything that shares no number with an item.
WITH first_hop AS (
    SELECT c.key_no AS number FROM channel_row AS c WHERE c.key_no <> ''
    UNION
    SELECT t.merchant_no AS number FROM item_txn AS t WHERE t.merchant_no <> ''
    UNION
    SELECT t.reference AS number FROM item_txn AS t WHERE t.book = 'ledger' AND t.reference <> ''
    UNION
    SELECT t.order_no AS number FROM item_txn AS t WHERE t.book = 'order' AND t.status <> 'success'
),
wanted AS (
    SELECT number FROM first_hop
    UNION
    SELECT c.merchant_no AS number
    FROM txn AS c
    WHERE
        c.book = 'channel'
        AND (c.channel_txn_no IN (SELECT number FROM first_hop) OR c.refund_no IN (SELECT number FROM first_hop))
    UNION
    SELECT o.merchant_no AS number FROM txn AS o WHERE o.book = 'order' AND o.order_no IN (SELECT number FROM first_hop)
)
SELECT
    t.txn_id, t.book, t.channel, t.kind, t.status, t.currency, t.amount_minor, t.business_date,
    coalesce(t.net_minor - coalesce(t.fee_minor, 0), t.amount_minor) AS settled_minor,
    t.order_no, t.merchant_no, t.channel_txn_no, t.refund_no, t.reference,
    CASE WHEN po.txn_id IS NULL THEN 0 ELSE 1 END AS open_order,
    CASE WHEN pl.txn_id IS NULL THEN 0 ELSE 1 END AS open_ledger
FROM txn AS t
LEFT JOIN pool AS po ON t.txn_id = po.txn_id AND po.leg = 'order_channel'
LEFT JOIN pool AS pl ON t.txn_id = pl.txn_id AND pl.leg = 'channel_ledger'
WHERE
    t.book IN ('order', 'channel', 'ledger')
    AND (
        t.merchant_no IN (SELECT number FROM wanted)
        OR (t.book = 'channel' AND t.refund_no IN (SELECT number FROM wanted))
        OR (t.book = 'ledger' AND t.reference IN (SELECT number FROM wanted))
        OR (t.book = 'order' AND t.order_no IN (SELECT number FROM wanted))
    )
