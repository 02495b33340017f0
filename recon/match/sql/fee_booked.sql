-- fee_booked: days and batches whose fees have a voucher of their own.
-- returns number (what the fee voucher cites).
SELECT DISTINCT t.reference AS number
FROM txn AS t
WHERE t.book = 'ledger' AND t.kind = 'fee' AND t.reference <> ''
