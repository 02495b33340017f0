-- rate: one published rate a day and currency, as minor units of the base currency per minor unit, times 10^8.
-- returns rate_date, currency, base_currency, rate_e8. Printed rates are per whole unit: a currency with another number of
--   decimals than the base currency (yen, dinars) is scaled by their difference.
-- leaves out: a second rate of a day (two origins): the smaller stays, which is stable, and doubles no row.
SELECT
    p.rate_date, p.currency, p.base_currency,
    min(CASE
        WHEN c.factor_e3 IS NULL THEN p.rate_e8
        ELSE CAST(CAST(CAST(p.rate_e8 AS DECIMAL(20, 0)) * c.factor_e3 * 0.001 AS DECIMAL(24, 0)) AS BIGINT)
    END) AS rate_e8
FROM published_rate AS p
CROSS JOIN setting AS s
LEFT JOIN scale AS c ON p.currency = c.currency AND p.base_currency = s.base_currency
GROUP BY p.rate_date, p.currency, p.base_currency
