-- side_fact: what one side of an item says, its rows summed up.
-- returns one row per item, leg and side; sums in minor units (on the ledger leg what reaches the channel account); texts are the smallest of the side's rows;
--   fx_rate_e8 is the printed rate (per whole unit), minor_rate_e8 the same per minor unit.
-- leaves out: batches (batch_fact has them).
SELECT
    m.leg,
    m.item_id,
    m.side,
    count(*) AS n,
    min(coalesce(nullif(t.channel, ''), o.channel, '')) AS channel,
    min(t.source) AS source,
    min(t.kind) AS kind,
    min(CASE WHEN t.book = 'ledger' THEN t.kind WHEN t.kind IN ('payment', 'chargeback_reversal') THEN 'payment' ELSE 'refund' END) AS class,
    CASE WHEN min(t.status) = max(t.status) THEN min(t.status) ELSE 'pending' END AS status,
    min(t.currency) AS currency,
    CAST(sum(CASE WHEN m.leg = 'channel_ledger' AND m.side = 'left' THEN coalesce(c.settled_minor, t.amount_minor) ELSE t.amount_minor END) AS BIGINT) AS amount_minor,
    CAST(sum(coalesce(c.fee_minor, t.fee_minor)) AS BIGINT) AS fee_minor,
    CAST(sum(c.expected_fee_minor) AS BIGINT) AS expected_fee_minor,
    CAST(sum(CASE WHEN c.expected_fee_minor <> c.fee_minor THEN 1 ELSE 0 END) AS BIGINT) AS fee_gaps,
    CAST(sum(t.base_amount_minor) AS BIGINT) AS base_amount_minor,
    min(t.fx_rate_e8) AS fx_rate_e8,
    min(CASE
        WHEN s.factor_e3 IS NULL THEN t.fx_rate_e8
        ELSE CAST(CAST(CAST(t.fx_rate_e8 AS DECIMAL(20, 0)) * s.factor_e3 * 0.001 AS DECIMAL(24, 0)) AS BIGINT)
    END) AS minor_rate_e8,
    min(coalesce(c.rate_e8, g.rate_e8)) AS day_rate_e8,
    min(t.occurred_s) AS occurred_s,
    min(t.business_date) AS first_date,
    max(t.business_date) AS last_date,
    min(t.period) AS first_period,
    max(t.period) AS last_period,
    min(t.order_no) AS order_no,
    min(coalesce(nullif(c.key_no, ''), t.merchant_no)) AS key_no,
    min(t.channel_txn_no) AS channel_txn_no,
    min(t.refund_no) AS refund_no,
    min(t.batch_no) AS batch_no,
    min(t.reference) AS reference,
    min(t.account) AS account,
    min(t.memo) AS memo
FROM item_member AS m
JOIN item_txn AS t ON m.txn_id = t.txn_id
LEFT JOIN channel_row AS c ON m.txn_id = c.txn_id
LEFT JOIN ledger_row AS g ON m.txn_id = g.txn_id
LEFT JOIN order_row AS o ON m.txn_id = o.txn_id
LEFT JOIN scale AS s ON t.currency = s.currency
GROUP BY m.leg, m.item_id, m.side
