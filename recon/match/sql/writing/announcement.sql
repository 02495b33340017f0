-- announcement: what payout rows say of the batches that they announce, as it is stored.
SELECT t.txn_id, t.batch_id, p.business_date AS paid_date, p.reference
FROM told AS t
JOIN match.batch AS p ON p.kind = 'payout' AND p.batch_id = t.txn_id
