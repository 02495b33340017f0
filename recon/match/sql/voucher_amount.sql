-- voucher_amount: a voucher without any number, and the only open movement of its channel with that amount near its day.
-- returns left_id, right_id.
-- leaves out: amounts that fit more than once on either side (a person decides), vouchers that cite something.
WITH candidate AS (
    SELECT l.txn_id AS left_id, r.txn_id AS right_id
    FROM right_open AS r
    JOIN left_open AS l
        ON r.channel = l.channel AND r.class = l.class AND r.currency = l.currency AND r.amount_minor = l.amount_minor
    CROSS JOIN setting AS s
    WHERE r.key_no = '' AND abs(datediff(r.business_date, l.business_date)) <= s.voucher_days
),
counted AS (
    SELECT left_id, right_id, count(*) OVER (PARTITION BY left_id) AS vouchers, count(*) OVER (PARTITION BY right_id) AS movements
    FROM candidate
)
SELECT left_id, right_id FROM counted WHERE vouchers = 1 AND movements = 1
