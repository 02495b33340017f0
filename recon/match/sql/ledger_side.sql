-- ledger_side: voucher lines on a channel's account.
-- returns amount in the voucher's own currency (minor units, debit positive), the same as booked in base currency, and the
--   rate of the voucher's day (the rates template first, else the voucher's own; times 10^8, null for base currency).
-- leaves out: entries between channel accounts (conversions), listed in match.excluded.
SELECT
    t.txn_id,
    t.channel,
    t.kind AS class,
    t.kind,
    t.status,
    t.currency,
    t.amount_minor,
    t.base_amount_minor,
    CASE
        WHEN t.currency = s.base_currency THEN NULL
        WHEN d.rate_e8 IS NOT NULL OR c.factor_e3 IS NULL THEN coalesce(d.rate_e8, t.fx_rate_e8)
        ELSE CAST(CAST(CAST(t.fx_rate_e8 AS DECIMAL(20, 0)) * c.factor_e3 * 0.001 AS DECIMAL(24, 0)) AS BIGINT)
    END AS rate_e8,
    t.business_date,
    t.period,
    t.reference AS key_no
FROM work AS t
CROSS JOIN setting AS s
LEFT JOIN scale AS c ON t.currency = c.currency
LEFT JOIN rate AS d ON t.currency = d.currency AND s.base_currency = d.base_currency AND t.business_date = d.rate_date
WHERE t.book = 'ledger' AND t.kind IN ('payment', 'refund', 'fee', 'payout')
