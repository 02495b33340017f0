-- listing_key: the differences of one cause, in the order of the list: by day and id.
-- returns diff_id.
-- leaves out cleared ones: there is nothing left to do.
select d.diff_id
from diff.difference as d
where d.state <> 'cleared'
    and d.leg = $leg
    and d.code = $code
    and d.business_date between $first and $last
order by d.business_date, d.diff_id
