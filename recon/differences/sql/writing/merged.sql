-- merged: the differences found now, with what is kept of the same difference from earlier runs.
-- What a person has settled stays settled as long as it is the same: another cause or other amounts open it again.
SELECT
    f.* EXCLUDE (members),
    CASE
        WHEN d.state IS NULL OR d.state = 'cleared' THEN 'open'
        WHEN c.diff_id IS NOT NULL AND d.state IN ('resolved', 'written_off', 'suspended') THEN 'open'
        ELSE d.state
    END AS state,
    coalesce(d.first_seen_s, $as_of) AS first_seen_s,
    $as_of AS last_seen_s,
    coalesce(d.first_run, $run) AS first_run,
    $run AS last_run,
    '' AS linked,
    CASE WHEN d.state = 'assigned' THEN coalesce(d.assignee, '') ELSE '' END AS assignee
FROM found AS f
LEFT JOIN diff.difference AS d ON f.diff_id = d.diff_id
LEFT JOIN changed AS c ON f.diff_id = c.diff_id
