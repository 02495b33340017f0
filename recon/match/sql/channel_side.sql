-- channel_side: the channel rows that the order leg and the ledger leg compare.
-- returns payments, refunds, chargebacks and their reversals; key_no is the merchant order number of the payment;
--   settled_minor is what reaches the channel account before the fee (gross less the discounts that the merchant paid);
--   rate_e8 is the published rate of its day (null: base currency or none);
--   expected_fee_minor is the contract's fee, signed as the bill signs it (the cast to DECIMAL(24, 0) rounds half up).
-- leaves out: fees, payouts, conversions, holds and failed refunds, each listed in match.excluded with its reason.
SELECT
    t.txn_id,
    t.channel,
    CASE WHEN t.kind IN ('payment', 'chargeback_reversal') THEN 'payment' ELSE 'refund' END AS class,
    t.kind,
    t.status,
    t.currency,
    t.amount_minor,
    t.fee_minor,
    t.net_minor,
    coalesce(t.net_minor - coalesce(t.fee_minor, 0), t.amount_minor) AS settled_minor,
    t.occurred_s,
    t.business_date,
    coalesce(nullif(t.merchant_no, ''), p.merchant_no, '') AS key_no,
    t.channel_txn_no,
    t.refund_no,
    t.batch_no,
    t.fingerprint,
    d.rate_e8,
    CASE
        WHEN t.fee_minor IS NULL OR c.channel IS NULL OR t.kind NOT IN ('payment', 'refund') THEN NULL
        WHEN t.kind = 'payment' THEN -least(
            greatest(
                CAST(CAST(CAST((CASE WHEN c.fee_on = 'received' THEN t.net_minor - t.fee_minor ELSE t.amount_minor END) * c.fee_rate_ppm AS DECIMAL(24, 0)) * 0.000001 AS DECIMAL(24, 0)) AS BIGINT) + c.fee_fixed_minor,
                c.fee_min_minor
            ),
            c.fee_max_minor
        )
        WHEN c.refund_fee = 'kept' THEN 0
        ELSE CAST(CAST(CAST(-t.amount_minor * c.fee_rate_ppm AS DECIMAL(24, 0)) * 0.000001 AS DECIMAL(24, 0)) AS BIGINT)
    END AS expected_fee_minor
FROM work AS t
LEFT JOIN contract AS c ON t.channel = c.channel
CROSS JOIN setting AS s
LEFT JOIN rate AS d
    ON t.currency = d.currency AND s.base_currency = d.base_currency AND t.business_date = d.rate_date AND t.currency <> s.base_currency
LEFT JOIN original AS p ON t.channel = p.channel AND t.related_no = p.channel_txn_no AND t.merchant_no = ''
WHERE
    t.book = 'channel'
    AND t.kind IN ('payment', 'refund', 'chargeback', 'chargeback_reversal')
    AND t.status <> 'closed'
