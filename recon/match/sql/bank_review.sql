-- bank_review: matches of the bank leg that have something to say.
-- returns match_id of those whose amounts do not agree.
SELECT match_id
FROM pairing
WHERE left_minor <> right_minor
