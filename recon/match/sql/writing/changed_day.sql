-- changed_day: trade days of channel accounts whose sums new or restated rows may have changed.
SELECT DISTINCT channel, account, currency, business_date
FROM (
    SELECT channel, account, currency, business_date
    FROM canon.txn
    WHERE book = 'channel' AND file_id > $last
    UNION ALL
    SELECT channel, account, currency, business_date
    FROM canon.txn_superseded
    WHERE book = 'channel' AND superseded_by > $last
)
