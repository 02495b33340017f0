-- batch: what the channel owes the bank. One row per settlement batch and currency, and one per payout row.
-- returns sums in minor units; net_minor is what should arrive, positive to the merchant's bank; fee_minor are the fees that
--   the movements carry, other_fee_minor those that stand as rows of their own. A batch of several days counts from its last.
-- kind day: rows without a batch stay in the channel's balance until a payout row takes them out; their day's sums are
--   kept because finance books the fees of the day.
-- leaves out: rows the channel closed, unless the bill nets them all the same (a failed refund stays deducted until returned).
SELECT
    concat(batch_no, '|', currency) AS batch_id,
    'batch' AS kind,
    channel,
    account,
    currency,
    batch_no,
    '' AS reference,
    max(business_date) AS business_date,
    count(*) AS members,
    CAST(sum(CASE WHEN kind = 'fee' THEN 0 ELSE amount_minor END) AS BIGINT) AS gross_minor,
    CAST(sum(CASE WHEN kind = 'fee' THEN 0 ELSE coalesce(fee_minor, 0) END) AS BIGINT) AS fee_minor,
    CAST(sum(coalesce(net_minor, amount_minor + coalesce(fee_minor, 0))) AS BIGINT) AS net_minor,
    CAST(sum(CASE WHEN kind = 'fee' THEN amount_minor ELSE 0 END) AS BIGINT) AS other_fee_minor
FROM work
WHERE book = 'channel' AND batch_no <> '' AND kind <> 'payout' AND (status <> 'closed' OR coalesce(net_minor, 0) <> 0)
GROUP BY channel, account, currency, batch_no
UNION ALL
SELECT
    txn_id AS batch_id,
    'payout' AS kind,
    channel,
    account,
    currency,
    batch_no,
    reference,
    business_date,
    1 AS members,
    -amount_minor AS gross_minor,
    coalesce(fee_minor, 0) AS fee_minor,
    -amount_minor AS net_minor,
    0 AS other_fee_minor
FROM work
WHERE book = 'channel' AND kind = 'payout' AND status <> 'closed'
UNION ALL
SELECT
    concat('day|', channel, '|', account, '|', CAST(business_date AS STRING), '|', currency) AS batch_id,
    'day' AS kind,
    channel,
    account,
    currency,
    concat(channel, ':', account, ':', replace(CAST(business_date AS STRING), '-', '')) AS batch_no,
    '' AS reference,
    business_date,
    count(*) AS members,
    CAST(sum(CASE WHEN kind = 'fee' THEN 0 ELSE amount_minor END) AS BIGINT) AS gross_minor,
    CAST(sum(CASE WHEN kind = 'fee' THEN 0 ELSE coalesce(fee_minor, 0) END) AS BIGINT) AS fee_minor,
    0 AS net_minor,
    CAST(sum(CASE WHEN kind = 'fee' THEN amount_minor ELSE 0 END) AS BIGINT) AS other_fee_minor
FROM work
WHERE
    book = 'channel' AND batch_no = '' AND status <> 'closed'
    AND kind IN ('payment', 'refund', 'chargeback', 'chargeback_reversal', 'fee')
GROUP BY channel, account, currency, business_date
