-- coverage: from which day to which day the files loaded speak for a book (and channel; '' = the whole book).
-- returns book, channel, currency ('' for all), from_date, until_date.
-- leaves out: days of the ledger on which hardly anything is booked: a few vouchers dated ahead do not mean that the day is
--   booked (a day counts when it has at least a quarter of the average day's entries).
WITH span AS (
    SELECT book, channel, currency, business_date, count(*) AS entries
    FROM txn
    GROUP BY book, channel, currency, business_date
),
ledger_day AS (
    SELECT business_date, CAST(sum(entries) AS BIGINT) AS entries FROM span WHERE book = 'ledger' GROUP BY business_date
),
ledger_all AS (
    SELECT CAST(sum(entries) AS BIGINT) AS entries, count(*) AS days FROM ledger_day
)
SELECT 'order' AS book, '' AS channel, '' AS currency, min(business_date) AS from_date, max(business_date) AS until_date
FROM span
WHERE book = 'order'
HAVING count(*) > 0
UNION ALL
SELECT
    'channel' AS book,
    s.channel,
    '' AS currency,
    min(s.business_date) AS from_date,
    greatest(max(s.business_date), coalesce(max(f.period_end), max(s.business_date))) AS until_date
FROM span AS s
LEFT JOIN printed_end AS f ON s.channel = f.channel
WHERE s.book = 'channel'
GROUP BY s.channel
UNION ALL
SELECT 'bank' AS book, '' AS channel, currency, min(business_date) AS from_date, max(business_date) AS until_date
FROM span
WHERE book = 'bank'
GROUP BY currency
UNION ALL
SELECT 'ledger' AS book, '' AS channel, '' AS currency, min(d.business_date) AS from_date, max(d.business_date) AS until_date
FROM ledger_day AS d
CROSS JOIN ledger_all AS a
WHERE d.entries * 4 * a.days >= a.entries
HAVING count(*) > 0
