-- explorer: the differences of the period with all that is said of them, as recon diffs lists them.
-- returns one row a difference.
-- leaves out cleared ones: there is nothing left to do.
select
    d.diff_id, d.leg, d.code, d.kind, d.channel, d.order_no, d.reference, d.batch_no, d.currency,
    d.left_minor, d.right_minor, d.delta_minor, d.business_date, d.clears_on, d.state, d.severity, coalesce(d.assignee, '') as assignee,
    d.because_zh, d.because_en, d.action, d.evidence, d.holds, d.linked
from diff.difference as d
where d.state <> 'cleared'
    and d.business_date between $first and $last
order by d.business_date, d.leg, d.code, d.diff_id
