-- conservation: every row of a book is, per leg and currency, in exactly one place: matched, open, or excluded with a reason.
-- returns counts and money (minor units) of each place; the law is rows = matched + open + excluded, for both.
WITH book_row AS (
    SELECT 'order_channel' AS leg, 'left' AS side, t.txn_id, t.book, t.currency, t.amount_minor FROM txn AS t WHERE t.book = 'order'
    UNION ALL
    SELECT 'order_channel' AS leg, 'right' AS side, t.txn_id, t.book, t.currency, t.amount_minor FROM txn AS t WHERE t.book = 'channel'
    UNION ALL
    SELECT 'channel_ledger' AS leg, 'left' AS side, t.txn_id, t.book, t.currency, t.amount_minor FROM txn AS t WHERE t.book = 'channel'
    UNION ALL
    SELECT 'channel_ledger' AS leg, 'right' AS side, t.txn_id, t.book, t.currency, t.amount_minor FROM txn AS t WHERE t.book = 'ledger'
    UNION ALL
    SELECT 'channel_bank' AS leg, 'right' AS side, t.txn_id, t.book, t.currency, t.amount_minor FROM txn AS t WHERE t.book = 'bank'
),
batch_row AS (
    SELECT
        t.txn_id, t.book, t.currency, t.amount_minor,
        CASE WHEN t.kind = 'payout' THEN t.txn_id ELSE concat(t.batch_no, '|', t.currency) END AS batch_id
    FROM txn AS t
    WHERE t.book = 'channel'
),
placed AS (
    SELECT
        r.leg, r.side, r.book, r.currency, r.amount_minor,
        CASE WHEN m.txn_id IS NULL THEN 0 ELSE 1 END AS matched,
        CASE WHEN p.txn_id IS NULL THEN 0 ELSE 1 END AS is_open,
        CASE WHEN x.txn_id IS NULL THEN 0 ELSE 1 END AS excluded
    FROM book_row AS r
    LEFT JOIN member AS m ON r.leg = m.leg AND r.side = m.side AND r.txn_id = m.txn_id
    LEFT JOIN pool AS p ON r.leg = p.leg AND r.side = p.side AND r.txn_id = p.txn_id
    LEFT JOIN excluded AS x ON r.leg = x.leg AND r.txn_id = x.txn_id
    UNION ALL
    SELECT
        'channel_bank' AS leg, 'left' AS side, r.book, r.currency, r.amount_minor,
        -- a row without money (closed) is excluded though its day's batch has others that are not
        CASE WHEN m.txn_id IS NULL OR x.txn_id IS NOT NULL THEN 0 ELSE 1 END AS matched,
        CASE WHEN p.txn_id IS NULL OR x.txn_id IS NOT NULL THEN 0 ELSE 1 END AS is_open,
        CASE WHEN x.txn_id IS NULL THEN 0 ELSE 1 END AS excluded
    FROM batch_row AS r
    LEFT JOIN member AS m ON m.leg = 'channel_bank' AND m.side = 'left' AND r.batch_id = m.txn_id
    LEFT JOIN pool AS p ON p.leg = 'channel_bank' AND p.side = 'left' AND r.batch_id = p.txn_id
    LEFT JOIN excluded AS x ON x.leg = 'channel_bank' AND r.txn_id = x.txn_id
)
SELECT
    leg,
    side,
    book,
    currency,
    count(*) AS rows_read,
    CAST(sum(matched) AS BIGINT) AS rows_matched,
    CAST(sum(is_open) AS BIGINT) AS rows_open,
    CAST(sum(excluded) AS BIGINT) AS rows_excluded,
    CAST(sum(CASE WHEN matched + is_open + excluded <> 1 THEN 1 ELSE 0 END) AS BIGINT) AS rows_astray,
    CAST(sum(amount_minor) AS BIGINT) AS money_read,
    CAST(sum(amount_minor * matched) AS BIGINT) AS money_matched,
    CAST(sum(amount_minor * is_open) AS BIGINT) AS money_open,
    CAST(sum(amount_minor * excluded) AS BIGINT) AS money_excluded
FROM placed
GROUP BY leg, side, book, currency
ORDER BY leg, side, book, currency
