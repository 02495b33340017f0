-- bank_side: credits from payment channels on the bank statements.
-- returns one row per line; named_day is a trade day that the text names ('' when none, or only the day of arrival).
-- leaves out: lines of nobody the channels know and money paid to a channel, listed in match.excluded.
SELECT
    txn_id, channel, account, currency, reference, memo, business_date, amount_minor,
    CASE
        WHEN regexp_extract(memo, '20[0-9]{6}', 0) = replace(CAST(business_date AS STRING), '-', '') THEN ''
        ELSE regexp_extract(memo, '20[0-9]{6}', 0)
    END AS named_day
FROM txn
WHERE book = 'bank' AND channel <> '' AND amount_minor > 0
