-- match_row: the matches of this run as they are stored.
SELECT
    p.match_id,
    $leg AS leg,
    p.pass,
    CASE
        WHEN p.left_n = 1 AND p.right_n = 1 THEN '1:1'
        WHEN p.left_n = 1 THEN '1:N'
        WHEN p.right_n = 1 THEN 'N:1'
        ELSE 'N:M'
    END AS cardinality,
    CASE
        WHEN s.state = 'paired' AND abs(p.left_minor - p.right_minor) <= coalesce(t.tolerance_minor, 0) THEN 'tolerated'
        ELSE s.state
    END AS state,
    p.currency,
    p.left_minor,
    p.right_minor,
    p.left_minor - p.right_minor AS delta_minor,
    $run AS run_id,
    p.first_date
FROM pairing AS p
JOIN pass_state AS s USING (pass)
LEFT JOIN tolerance AS t ON t.leg = $leg AND p.channel = t.channel
