-- A channel's account bill shows payouts (提现) of trade days whose sums are known already from the trade bill.
CREATE TABLE match.announcement (
    txn_id VARCHAR NOT NULL,           -- payout row of the channel that tells of a settlement batch's own payout
    batch_id VARCHAR NOT NULL,         -- that batch; one row each when it pays several; '' when it is one of several equal ones
    paid_date DATE NOT NULL,           -- the channel's day of the payout
    reference VARCHAR NOT NULL         -- the bank reference it prints
);
CREATE TABLE match.held (batch_id VARCHAR NOT NULL);   -- days whose money stays in a balance that payout rows empty
CREATE VIEW match.settlement AS        -- match.batch as the bank leg compares it
SELECT
    b.batch_id,
    CASE
        WHEN h.batch_id IS NOT NULL THEN 'held'
        WHEN n.txn_id IS NOT NULL THEN 'announcement'
        ELSE b.kind
    END AS kind,                       -- batch | payout: to be compared; held | announcement | day: not
    b.channel, b.account, b.currency, b.batch_no,
    CASE WHEN b.reference <> '' THEN b.reference ELSE coalesce(a.reference, '') END AS reference,
    b.business_date, b.members, b.gross_minor, b.fee_minor, b.net_minor, b.other_fee_minor,
    greatest(b.due_date, coalesce(a.paid_date, b.due_date)) AS due_date,
    greatest(b.last_date, coalesce(a.paid_date + CAST(b.last_date - b.due_date AS INTEGER), b.last_date)) AS last_date,
    a.paid_date                        -- when the channel says that it paid; NULL: it does not say
FROM match.batch AS b
LEFT JOIN match.held AS h ON b.batch_id = h.batch_id
LEFT JOIN (SELECT DISTINCT txn_id FROM match.announcement) AS n ON b.batch_id = n.txn_id
LEFT JOIN (
    SELECT batch_id, max(paid_date) AS paid_date, CASE WHEN count(*) = 1 THEN min(reference) ELSE '' END AS reference
    FROM match.announcement WHERE batch_id <> '' GROUP BY batch_id
) AS a ON b.batch_id = a.batch_id;
CREATE OR REPLACE VIEW canon.batch AS SELECT * EXCLUDE (kind) FROM match.settlement WHERE kind IN ('batch', 'payout');
CREATE OR REPLACE VIEW match.excluded AS   -- rows that a leg does not compare, each with its reason
SELECT
    'order_channel' AS leg, txn_id,
    CASE
        WHEN status = 'closed' THEN 'no money moved: the channel closed it'
        WHEN kind = 'fee' THEN 'fee row of the channel'
        WHEN kind = 'payout' THEN 'payout: compared with the bank'
        WHEN kind = 'conversion' THEN 'the channel''s own currency conversion'
        WHEN kind = 'hold' THEN 'hold or its release'
        ELSE 'movement without an order'
    END AS reason
FROM canon.txn
WHERE book = 'channel' AND (status = 'closed' OR kind NOT IN ('payment', 'refund', 'chargeback', 'chargeback_reversal'))
UNION ALL
SELECT
    'channel_bank' AS leg, t.txn_id,
    CASE
        WHEN t.status = 'closed' AND (t.kind = 'payout' OR coalesce(t.net_minor, 0) = 0) THEN 'no money moved: the channel closed it'
        WHEN t.kind = 'payout' THEN 'announces the payout of a settlement batch, which is compared itself'
        WHEN t.batch_no = '' OR s.kind = 'held' THEN 'stays in the channel''s balance until paid out'
        ELSE 'its settlement batch comes to nothing: no payout follows'
    END AS reason
FROM canon.txn AS t
LEFT JOIN match.settlement AS s
    ON s.batch_id = CASE WHEN t.kind = 'payout' THEN t.txn_id ELSE concat(t.batch_no, '|', t.currency) END
WHERE
    t.book = 'channel'
    AND (
        (t.status = 'closed' AND (t.kind = 'payout' OR coalesce(t.net_minor, 0) = 0))
        OR (t.batch_no = '' AND t.kind <> 'payout')
        OR s.kind IN ('held', 'announcement')
        OR s.net_minor = 0
    )
UNION ALL
SELECT
    'channel_bank' AS leg, txn_id,
    CASE WHEN channel = '' THEN 'not a line of a payment channel' ELSE 'money paid to the channel' END AS reason
FROM canon.txn
WHERE book = 'bank' AND (channel = '' OR amount_minor <= 0)
UNION ALL
SELECT
    'channel_ledger' AS leg, txn_id,
    CASE
        WHEN status = 'closed' THEN 'no money moved: the channel closed it'
        WHEN kind = 'fee' THEN 'fee row of the channel: booked with the fees of its day'
        WHEN kind = 'payout' THEN 'payout: booked as a payout'
        WHEN kind = 'conversion' THEN 'the channel''s own currency conversion'
        WHEN kind = 'hold' THEN 'hold or its release'
        ELSE 'movement without a sale'
    END AS reason
FROM canon.txn
WHERE book = 'channel' AND (status = 'closed' OR kind NOT IN ('payment', 'refund', 'chargeback', 'chargeback_reversal'))
UNION ALL
SELECT 'channel_ledger' AS leg, txn_id, 'entry between channel accounts' AS reason
FROM canon.txn
WHERE book = 'ledger' AND kind NOT IN ('payment', 'refund', 'fee', 'payout');
