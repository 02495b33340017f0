-- voucher_storno: a voucher, its cancellation in red and the voucher booked again, whatever number of the payment each cites:
--   together with its other vouchers (a cart booked order by order) they book it once.
-- returns group_no, side, txn_id.
-- leaves out: payments with one blue voucher (a red one beside it books a refund), sums that are not the payment's
--   amount, and refunds booked in red (of red vouchers that could do either, the earlier ones cancel).
WITH red AS (
    SELECT channel, currency, key_no
    FROM right_open
    WHERE class = 'refund' AND key_no <> ''
    GROUP BY channel, currency, key_no
),
blue AS (
    SELECT r.channel, r.currency, r.key_no
    FROM right_open AS r
    JOIN red AS d ON r.channel = d.channel AND r.currency = d.currency AND r.key_no = d.key_no
    WHERE r.class = 'payment'
    GROUP BY r.channel, r.currency, r.key_no
),
cancelling AS (
    -- red vouchers that take back a blue one of the same number and amount; a red one of another amount books a refund
    SELECT DISTINCT r.txn_id
    FROM right_open AS r
    JOIN right_open AS x
        ON r.channel = x.channel AND r.currency = x.currency AND r.key_no = x.key_no AND r.amount_minor = -x.amount_minor
    JOIN blue AS b ON r.channel = b.channel AND r.currency = b.currency AND r.key_no = b.key_no
    WHERE r.class = 'refund' AND x.class = 'payment'
),
payment AS (
    -- the open payment that such a number means: the merchant number, that of the order, or the channel's own
    SELECT b.channel, b.currency, l.key_no AS number, l.txn_id
    FROM blue AS b
    JOIN left_open AS l ON b.channel = l.channel AND b.currency = l.currency AND b.key_no = l.key_no
    WHERE l.class = 'payment'
    UNION
    SELECT b.channel, b.currency, l.key_no AS number, l.txn_id
    FROM blue AS b
    JOIN bridge AS o ON b.key_no = o.order_no
    JOIN left_open AS l ON b.channel = l.channel AND b.currency = l.currency AND o.key_no = l.key_no
    WHERE l.class = 'payment'
    UNION
    SELECT b.channel, b.currency, l.key_no AS number, l.txn_id
    FROM blue AS b
    JOIN left_open AS l ON b.channel = l.channel AND b.currency = l.currency AND b.key_no = l.channel_txn_no
    WHERE l.class = 'payment'
),
single AS (
    SELECT channel, currency, number, min(txn_id) AS txn_id
    FROM payment
    GROUP BY channel, currency, number
    HAVING count(*) = 1
),
citing AS (
    -- every voucher that means this payment, whatever of its numbers it cites
    SELECT s.txn_id AS left_id, r.txn_id, r.class, r.amount_minor, r.business_date
    FROM single AS s
    JOIN right_open AS r ON s.channel = r.channel AND s.currency = r.currency AND s.number = r.key_no
    WHERE r.class = 'payment' OR r.txn_id IN (SELECT c.txn_id FROM cancelling AS c)
    UNION
    SELECT s.txn_id AS left_id, r.txn_id, r.class, r.amount_minor, r.business_date
    FROM single AS s
    JOIN bridge AS o ON s.number = o.key_no
    JOIN right_open AS r ON s.channel = r.channel AND s.currency = r.currency AND o.order_no = r.key_no
    WHERE r.class = 'payment' OR r.txn_id IN (SELECT c.txn_id FROM cancelling AS c)
    UNION
    SELECT s.txn_id AS left_id, r.txn_id, r.class, r.amount_minor, r.business_date
    FROM single AS s
    JOIN left_open AS l ON s.txn_id = l.txn_id
    JOIN right_open AS r ON s.channel = r.channel AND s.currency = r.currency AND l.channel_txn_no = r.key_no
    WHERE l.channel_txn_no <> '' AND (r.class = 'payment' OR r.txn_id IN (SELECT c.txn_id FROM cancelling AS c))
),
refund AS (
    -- refunds of the payment that wait for a voucher of their own
    SELECT s.txn_id AS left_id, r.amount_minor, CAST(count(*) AS BIGINT) AS refunds
    FROM single AS s
    JOIN left_open AS l ON s.txn_id = l.txn_id
    JOIN left_open AS r ON l.channel = r.channel AND l.currency = r.currency AND l.key_no = r.key_no
    WHERE r.class = 'refund'
    GROUP BY s.txn_id, r.amount_minor
),
counted AS (
    SELECT
        left_id, txn_id, class, amount_minor,
        count(CASE WHEN class = 'payment' THEN 1 END) OVER (PARTITION BY left_id, abs(amount_minor)) AS blues,
        count(CASE WHEN class = 'refund' THEN 1 END) OVER (PARTITION BY left_id, abs(amount_minor)) AS reds,
        row_number() OVER (PARTITION BY left_id, class, amount_minor ORDER BY business_date, txn_id) AS nth
    FROM citing
),
voucher AS (
    -- A payment that is booked, cancelled, booked again and then refunded whole has as many red vouchers as blue ones: the
    -- last of them book the refunds.
    SELECT c.left_id, c.txn_id, c.amount_minor
    FROM counted AS c
    LEFT JOIN refund AS f ON c.left_id = f.left_id AND c.amount_minor = f.amount_minor
    WHERE
        c.class = 'payment' OR c.blues < 2 OR c.nth < c.blues
        OR c.reds - c.blues + 1 > coalesce(f.refunds, 0)
),
booked AS (
    SELECT left_id, CAST(sum(amount_minor) AS BIGINT) AS total
    FROM voucher
    GROUP BY left_id
    HAVING CAST(sum(CASE WHEN amount_minor > 0 THEN 1 ELSE 0 END) AS BIGINT) > 1
),
hit AS (
    SELECT b.left_id
    FROM booked AS b
    JOIN left_open AS l ON b.left_id = l.txn_id
    WHERE b.total = l.amount_minor
)
SELECT left_id AS group_no, 'left' AS side, left_id AS txn_id
FROM hit
UNION ALL
SELECT h.left_id AS group_no, 'right' AS side, v.txn_id
FROM hit AS h
JOIN voucher AS v ON h.left_id = v.left_id
