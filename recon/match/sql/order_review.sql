-- order_review: matches of the order leg that have something to say.
-- returns match_id of those whose amounts, states, months or fees do not agree.
SELECT match_id
FROM pairing
WHERE
    left_minor <> right_minor
    OR left_status <> 'success'
    OR year(left_date) * 12 + month(left_date) <> year(right_date) * 12 + month(right_date)
    OR fee_gap_minor <> 0
