-- changed: differences that stand already and are now of another cause or amount, with what they were.
SELECT f.diff_id, d.state, d.code AS code_before, f.code, d.kind AS kind_before, f.kind, d.left_minor AS left_before, d.right_minor AS right_before
FROM found AS f
JOIN diff.difference AS d ON f.diff_id = d.diff_id
WHERE
    d.state <> 'cleared'
    AND (f.code <> d.code OR f.left_minor IS DISTINCT FROM d.left_minor OR f.right_minor IS DISTINCT FROM d.right_minor)
