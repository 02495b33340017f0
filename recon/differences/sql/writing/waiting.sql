-- waiting: open rows of one leg that are not judged, summed up by what they wait for.
SELECT
    $leg AS leg,
    shape AS side,
    channel,
    currency,
    waits_for,
    count(*) AS number,
    CAST(sum(coalesce(left_minor, right_minor)) AS BIGINT) AS amount_minor,
    min(business_date) AS first_date,
    max(business_date) AS last_date
FROM item_evidence
WHERE waits_for <> ''
GROUP BY ALL
