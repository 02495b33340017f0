-- claimed: standing rows of the stronger bills as the account should show them.
-- returns the key (book, channel, kind, number), amount_minor (what reached the account before the fee), net_minor (after
--   it), the day, and whether the number is that of the original movement, which several refunds share.
-- $by 'own': the movement itself; 'trade': the fee that the row says was taken for it.
SELECT
    m.txn_id, m.book, m.channel, m.currency, m.refund_no,
    CASE WHEN $by = 'own' THEN m.kind ELSE 'fee' END AS kind,
    m.channel_txn_no AS number,
    CASE WHEN $by = 'own' THEN coalesce(m.net_minor - coalesce(m.fee_minor, 0), m.amount_minor) ELSE m.fee_minor END AS amount_minor,
    CASE WHEN $by = 'own' THEN coalesce(m.net_minor, m.amount_minor) ELSE m.fee_minor END AS net_minor,
    m.business_date AS day,
    m.kind = 'refund' AND m.related_no = m.channel_txn_no AS shared
FROM movement AS m
SEMI JOIN stronger AS s ON s.source = m.source
WHERE
    m.channel_txn_no <> ''
    AND ($by = 'own' OR (m.kind <> 'fee' AND coalesce(m.fee_minor, 0) <> 0))
    AND m.txn_id NOT IN (SELECT txn_id FROM paired)
