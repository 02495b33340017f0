-- bank_review: matches of the bank leg that have something to say.
-- returns match_id of those whose amounts do not agree within the tolerance.
SELECT p.match_id
FROM pairing AS p
LEFT JOIN tolerance AS t ON t.leg = 'channel_bank' AND p.channel = t.channel
WHERE abs(p.left_minor - p.right_minor) > coalesce(t.tolerance_minor, 0)
