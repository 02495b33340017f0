-- listing: chosen differences with what a person needs to work on them.
-- returns one row per row of listing_piece (place, diff_id), which the caller shows to the query, by its place.
-- leaves out differences that are not in listing_piece.
select
    d.diff_id, d.leg, d.code, d.kind, d.channel, d.order_no, d.reference, d.batch_no, d.currency,
    d.left_minor, d.right_minor, d.delta_minor, d.business_date, d.first_seen_s, d.clears_on, d.state, d.severity, d.assignee,
    d.because_zh, d.because_en, d.action, d.evidence, d.linked
from listing_piece as p
inner join diff.difference as d on d.diff_id = p.diff_id
order by p.place
