-- summed_day: the days on which batches of changed_day have rows (and maybe others): all rows that are summed up again
-- are of these days.
SELECT k.business_date
FROM counted AS k
JOIN changed_day AS c ON k.channel = c.channel AND k.currency = c.currency AND k.batch_no = c.name
WHERE k.book = 'channel'
UNION
SELECT k.business_date
FROM counted AS k
JOIN changed_day AS c ON k.channel = c.channel AND k.currency = c.currency AND CAST(k.business_date AS VARCHAR) = c.name
WHERE k.book = 'channel'
