-- printed_end: the last day that the files of a book say they cover (a bill may print its period though nothing happened).
-- returns book, channel, currency as coverage has them, period_end.
-- leaves out: files that print no period.
SELECT
    t.book,
    CASE WHEN t.book = 'channel' THEN t.channel ELSE '' END AS channel,
    CASE WHEN t.book = 'bank' THEN t.currency ELSE '' END AS currency,
    max(f.period_end) AS period_end
FROM txn AS t
JOIN file AS f ON t.file_id = f.file_id
WHERE f.period_end IS NOT NULL
GROUP BY
    t.book,
    CASE WHEN t.book = 'channel' THEN t.channel ELSE '' END,
    CASE WHEN t.book = 'bank' THEN t.currency ELSE '' END
