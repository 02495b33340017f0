-- named: the id of the difference that each item of a leg is: a hash of the leg and all members, the same in every run.
-- returns item_id, diff_id, members (side U+001F txn_id, joined by U+001E).
SELECT
    item_id,
    'D' || upper(left(sha256($leg || '|' || string_agg(txn_id, '|' ORDER BY side, txn_id)), 12)) AS diff_id,
    string_agg(side || chr(31) || txn_id, chr(30) ORDER BY side, txn_id) AS members
FROM item_member
WHERE leg = $leg
GROUP BY item_id
