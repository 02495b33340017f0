-- listing: every difference of the period with what a person needs to work on it.
-- returns one row per difference, by code, day and id.
-- leaves out cleared ones: there is nothing left to do.
select
    d.diff_id, d.leg, d.code, d.kind, d.channel, d.order_no, d.reference, d.batch_no, d.currency,
    d.left_minor, d.right_minor, d.delta_minor, d.business_date, d.first_seen_s, d.clears_on, d.state,
    d.because_zh, d.because_en, d.action, d.evidence, d.linked
from diff.difference as d
where d.state <> 'cleared'
    and d.business_date between $first and $last
order by d.code, d.leg, d.business_date, d.diff_id
