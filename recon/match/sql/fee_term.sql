-- fee_term: the terms of the fee that hold for each channel account, currency and trade day in question.
-- returns channel, account, currency, business_date and the terms: rate in millionths, minor units, round_e7 (what is added,
--   times 10^-7 minor units, before rounding half up: 0 half up, 4999999 up, -4999999 down).
-- leaves out: channels without a contract. Of several terms the account's go before the currency's, later before earlier.
WITH place AS (
    SELECT channel, account, currency, business_date
    FROM work
    WHERE book = 'channel'
    UNION
    SELECT w.channel, w.account, w.currency, p.paid_day AS business_date
    FROM work AS w
    JOIN paid_on AS p ON w.channel = p.channel AND w.merchant_no = p.merchant_no
    WHERE w.book = 'channel'
),
ranked AS (
    SELECT
        p.channel, p.account, p.currency, p.business_date,
        c.rate_ppm, c.fixed_minor, c.min_minor, c.max_minor, c.fee_on, c.refund_fee, c.round_e7, c.tolerance_minor,
        row_number() OVER (
            PARTITION BY p.channel, p.account, p.currency, p.business_date
            ORDER BY c.account DESC, c.currency DESC, c.since DESC, c.term_no DESC
        ) AS nth
    FROM place AS p
    JOIN contract_fee AS c
        ON p.channel = c.channel AND (c.account = '' OR p.account = c.account) AND (c.currency = '' OR p.currency = c.currency)
        AND p.business_date >= c.since
)
SELECT
    channel, account, currency, business_date,
    rate_ppm, fixed_minor, min_minor, max_minor, fee_on, refund_fee, round_e7, tolerance_minor
FROM ranked
WHERE nth = 1
