-- channel_side: the channel rows that the order leg and the ledger leg compare.
-- returns payments, refunds, chargebacks and their reversals; key_no is the merchant order number of the payment;
--   fee_minor and net_minor are printed, or come from the fee row of the payment;
--   settled_minor is what reaches the channel account before the fee (gross less the discounts that the merchant paid);
--   rate_e8 is the published rate of its day (null: base currency or none);
--   expected_fee_minor is the contract's fee, signed as the bill signs it, by the terms of the payment's day (the cast to
--   DECIMAL(24, 0) rounds half up); within the tolerance it is the fee that was charged.
-- leaves out: fees, payouts, conversions, holds and failed refunds, each listed in match.excluded with its reason.
WITH movement_row AS (
    SELECT
        t.txn_id, t.channel, t.account, t.kind, t.status, t.currency, t.amount_minor, t.occurred_s, t.business_date,
        coalesce(nullif(t.merchant_no, ''), p.merchant_no, '') AS key_no,
        t.channel_txn_no, t.refund_no, t.batch_no, t.fingerprint,
        CASE WHEN t.kind = 'payment' THEN coalesce(t.fee_minor, f.fee_minor) ELSE t.fee_minor END AS fee_minor,
        CASE
            WHEN t.kind = 'payment' AND t.fee_minor IS NULL AND f.fee_minor IS NOT NULL THEN coalesce(t.net_minor, t.amount_minor) + f.fee_minor
            ELSE t.net_minor
        END AS net_minor,
        coalesce(t.net_minor - coalesce(t.fee_minor, 0), t.amount_minor) AS settled_minor,
        CASE WHEN t.kind = 'refund' THEN coalesce(o.paid_day, t.business_date) ELSE t.business_date END AS fee_day,
        CASE WHEN t.kind = 'refund' AND o.paid_day IS NULL THEN 1 ELSE 0 END AS any_day
    FROM work AS t
    LEFT JOIN original AS p ON t.channel = p.channel AND t.related_no = p.channel_txn_no AND t.merchant_no = ''
    LEFT JOIN fee_row AS f ON t.channel = f.channel AND t.channel_txn_no = f.channel_txn_no
    LEFT JOIN paid_on AS o ON t.channel = o.channel AND t.merchant_no = o.merchant_no
    WHERE
        t.book = 'channel'
        AND t.kind IN ('payment', 'refund', 'chargeback', 'chargeback_reversal')
        AND t.status <> 'closed'
),
other_term AS (
    -- refunds whose payment is not loaded, so that its day is not known: earlier terms may be the right ones
    SELECT DISTINCT m.txn_id
    FROM movement_row AS m
    JOIN contract_fee AS c
        ON m.channel = c.channel AND (c.account = '' OR m.account = c.account) AND (c.currency = '' OR m.currency = c.currency)
    WHERE
        m.any_day = 1 AND m.business_date >= c.since AND c.refund_fee = 'rate'
        AND m.fee_minor = CAST(
            CAST(
                CAST(-m.amount_minor * c.rate_ppm AS DECIMAL(24, 0)) * 0.000001 + CAST(c.round_e7 AS DECIMAL(8, 0)) * 0.0000001
                AS DECIMAL(24, 0)
            ) AS BIGINT
        )
),
costed AS (
    SELECT
        m.txn_id, m.channel, m.kind, m.status, m.currency, m.amount_minor, m.fee_minor, m.net_minor, m.settled_minor,
        m.occurred_s, m.business_date, m.key_no, m.channel_txn_no, m.refund_no, m.batch_no, m.fingerprint,
        c.tolerance_minor, c.fixed_minor, c.min_minor, c.max_minor, c.refund_fee,
        CASE WHEN o.txn_id IS NULL THEN 0 ELSE 1 END AS by_other_term,
        CAST(
            CAST(
                CAST(
                    CASE
                        WHEN m.kind = 'payment' AND c.fee_on = 'received' THEN m.net_minor - m.fee_minor
                        WHEN m.kind = 'payment' THEN m.amount_minor
                        ELSE -m.amount_minor
                    END * c.rate_ppm AS DECIMAL(24, 0)
                ) * 0.000001 + CAST(c.round_e7 AS DECIMAL(8, 0)) * 0.0000001 AS DECIMAL(24, 0)
            ) AS BIGINT
        ) AS rate_minor
    FROM movement_row AS m
    LEFT JOIN fee_term AS c
        ON m.channel = c.channel AND m.account = c.account AND m.currency = c.currency AND m.fee_day = c.business_date
    LEFT JOIN other_term AS o ON m.txn_id = o.txn_id
),
expected AS (
    SELECT
        txn_id, channel, kind, status, currency, amount_minor, fee_minor, net_minor, settled_minor, occurred_s, business_date,
        key_no, channel_txn_no, refund_no, batch_no, fingerprint, tolerance_minor,
        CASE
            WHEN fee_minor IS NULL OR rate_minor IS NULL OR kind NOT IN ('payment', 'refund') THEN NULL
            WHEN by_other_term = 1 THEN fee_minor
            WHEN kind = 'payment' THEN -least(greatest(rate_minor + fixed_minor, min_minor), max_minor)
            WHEN refund_fee = 'kept' THEN 0
            WHEN refund_fee = 'rate' THEN rate_minor
            ELSE least(greatest(rate_minor + fixed_minor, min_minor), max_minor)
        END AS fee_due_minor
    FROM costed
)
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
    t.settled_minor,
    t.occurred_s,
    t.business_date,
    t.key_no,
    t.channel_txn_no,
    t.refund_no,
    t.batch_no,
    t.fingerprint,
    d.rate_e8,
    CASE WHEN abs(t.fee_due_minor - t.fee_minor) <= t.tolerance_minor THEN t.fee_minor ELSE t.fee_due_minor END AS expected_fee_minor
FROM expected AS t
CROSS JOIN setting AS s
LEFT JOIN rate AS d
    ON t.currency = d.currency AND s.base_currency = d.base_currency AND t.business_date = d.rate_date AND t.currency <> s.base_currency
