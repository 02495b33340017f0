-- listing_cause: what the overview of the list of differences says.
-- returns one row per leg, code and currency: kind, number, open (that nobody has dealt with), net_minor, size_minor (sum of
-- absolute amounts).
-- leaves out cleared differences: there is nothing left to do.
select
    d.leg,
    d.code,
    d.currency,
    min(d.kind) as kind,
    cast(count(*) as bigint) as number,
    cast(count(*) filter (where d.state = 'open') as bigint) as open,
    cast(sum(d.delta_minor) as bigint) as net_minor,
    cast(sum(abs(d.delta_minor)) as bigint) as size_minor
from diff.difference as d
where d.state <> 'cleared'
    and d.business_date between $first and $last
group by d.leg, d.code, d.currency
order by d.leg, d.code, d.currency
