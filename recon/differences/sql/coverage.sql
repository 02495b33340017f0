-- coverage: from which day to which day the files loaded speak for a book: per channel for the channel book, per currency for
--   the bank, as a whole for orders and ledger.
-- returns book, channel, currency ('' where it does not count), from_date, until_date, entries.
-- leaves out: days of the ledger on which hardly anything is booked: a few vouchers dated ahead do not mean that the day is
--   booked (a day counts when it has at least a quarter of the average entries of the days around it, 13 booked ones before
--   and after; were it of all days, the ledger of a shop whose season is over would never speak again).
WITH span AS (
    SELECT
        book,
        CASE WHEN book = 'channel' THEN channel ELSE '' END AS channel,
        CASE WHEN book = 'bank' THEN currency ELSE '' END AS currency,
        business_date,
        CAST(sum(entries) AS BIGINT) AS entries
    FROM counted
    GROUP BY
        book,
        CASE WHEN book = 'channel' THEN channel ELSE '' END,
        CASE WHEN book = 'bank' THEN currency ELSE '' END,
        business_date
),
ledger_day AS (
    SELECT s.business_date, s.entries, count(*) AS nth
    FROM span AS s
    JOIN span AS b ON b.book = 'ledger' AND b.business_date <= s.business_date
    WHERE s.book = 'ledger'
    GROUP BY s.business_date, s.entries
),
around AS (
    SELECT d.business_date, CAST(sum(n.entries) AS BIGINT) AS entries, count(*) AS days
    FROM ledger_day AS d
    JOIN ledger_day AS n ON abs(d.nth - n.nth) <= 13
    GROUP BY d.business_date
),
printed AS (
    SELECT book, channel, currency, max(period_end) AS period_end
    FROM printed_span
    GROUP BY book, channel, currency
)
SELECT
    s.book,
    s.channel,
    s.currency,
    min(s.business_date) AS from_date,
    greatest(max(s.business_date), coalesce(max(f.period_end), max(s.business_date))) AS until_date,
    CAST(sum(s.entries) AS BIGINT) AS entries
FROM span AS s
LEFT JOIN around AS a ON s.book = 'ledger' AND s.business_date = a.business_date
LEFT JOIN printed AS f ON s.book = f.book AND s.channel = f.channel AND s.currency = f.currency
WHERE s.book <> 'ledger' OR s.entries * 4 * a.days >= a.entries
GROUP BY s.book, s.channel, s.currency
