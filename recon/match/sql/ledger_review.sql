-- ledger_review: matches of the ledger leg that have something to say.
-- returns match_id of those whose amounts or base amounts (beyond the tolerance) or periods do not agree. A voucher that books
--   the net is no difference, nor is one of a day's fees or payout in another month than the day (the money arrives later);
--   a foreign voucher may use the rate of the movement's day or of its own.
WITH valued AS (
    SELECT
        match_id,
        pass,
        coalesce(t.tolerance_minor, 0) AS tolerance_minor,
        left_minor,
        right_minor,
        left_period,
        right_period_first,
        right_period_last,
        base_amount_minor,
        CAST(CAST(CAST(right_minor AS DECIMAL(20, 0)) * left_rate_e8 * 0.00000001 AS DECIMAL(24, 0)) AS BIGINT) AS by_left_day,
        CAST(CAST(CAST(right_minor AS DECIMAL(20, 0)) * right_rate_e8 * 0.00000001 AS DECIMAL(24, 0)) AS BIGINT) AS by_right_day
    FROM pairing AS p
    LEFT JOIN tolerance AS t ON t.leg = 'channel_ledger' AND p.channel = t.channel
)
SELECT match_id
FROM valued
WHERE
    (abs(left_minor - right_minor) > tolerance_minor AND pass <> 'voucher_net')
    OR right_period_first <> right_period_last
    OR (right_period_first <> left_period AND pass <> 'voucher_batch')
    OR (
        abs(coalesce(base_amount_minor, by_left_day, 0) - coalesce(by_left_day, base_amount_minor, 0)) > tolerance_minor
        AND abs(coalesce(base_amount_minor, by_right_day, 0) - coalesce(by_right_day, base_amount_minor, 0)) > tolerance_minor
    )
