-- fee_row: the fees that stand as rows of their own, by the movement that they belong to (an account bill without its trade
--   bill).
-- returns channel, channel_txn_no (of the movement), fee_minor (sum, signed).
-- leaves out: fees that name no movement.
SELECT t.channel, t.related_no AS channel_txn_no, CAST(sum(t.amount_minor) AS BIGINT) AS fee_minor
FROM txn AS t
WHERE t.book = 'channel' AND t.kind = 'fee' AND t.related_no <> '' AND t.status <> 'closed'
GROUP BY t.channel, t.related_no
