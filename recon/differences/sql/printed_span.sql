-- printed_span: the days that the files of a book say they cover (a bill may print its period though nothing happened).
-- returns book, channel, currency as coverage has them, period_start, period_end; one row a span.
-- leaves out: files that print no period.
SELECT DISTINCT
    t.book,
    CASE WHEN t.book = 'channel' THEN t.channel ELSE '' END AS channel,
    CASE WHEN t.book = 'bank' THEN t.currency ELSE '' END AS currency,
    coalesce(f.period_start, f.period_end) AS period_start,
    f.period_end
FROM counted AS t
JOIN file AS f ON t.file_id = f.file_id
WHERE f.period_end IS NOT NULL
