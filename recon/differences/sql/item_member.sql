-- item_member: the rows of every thing that has to be judged: each open row alone, each match that has something to say.
-- returns item_id (a txn_id or a match_id), leg, match_id ('' for open rows), side, txn_id (a batch on the left of the bank leg).
-- leaves out: matches whose two sides agree in everything.
SELECT p.txn_id AS item_id, p.leg, '' AS match_id, p.side, p.txn_id
FROM pool AS p
UNION ALL
SELECT m.match_id AS item_id, m.leg, m.match_id, m.side, m.txn_id
FROM member AS m
JOIN review AS r ON m.leg = r.leg AND m.match_id = r.match_id
