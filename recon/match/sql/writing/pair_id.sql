-- pair_id: what the pairs passes found, with the id of each match: a hash of the leg and both members.
SELECT pass, left_id, right_id, 'M' || left(sha256($leg || '|' || left_id || '|' || right_id), 16) AS match_id
FROM pair
