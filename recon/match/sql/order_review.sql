-- order_review: matches of the order leg that have something to say.
-- returns match_id of those whose amounts (beyond the tolerance), states, months or fees do not agree.
SELECT p.match_id
FROM pairing AS p
LEFT JOIN tolerance AS t ON t.leg = 'order_channel' AND p.channel = t.channel
WHERE
    abs(left_minor - right_minor) > coalesce(t.tolerance_minor, 0)
    OR left_status <> 'success'
    OR year(left_date) * 12 + month(left_date) <> year(right_date) * 12 + month(right_date)
    OR fee_gap_minor <> 0
