-- rate: one published rate a day and currency, base units per one unit times 10^8.
-- returns rate_date, currency, base_currency, rate_e8.
-- leaves out: a second rate of a day (two origins): the smaller stays, which is stable, and doubles no row.
SELECT rate_date, currency, base_currency, min(rate_e8) AS rate_e8
FROM published_rate
GROUP BY rate_date, currency, base_currency
