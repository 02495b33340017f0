-- differences: what was found in the period, summed.
-- returns one row per leg, code, kind, channel, currency and is_open: number, gap_minor (left book minus right book),
-- size_minor (sum of absolute amounts).
-- leaves out cleared differences: the other side has arrived, so the books agree.
select
    d.leg,
    d.code,
    d.kind,
    d.channel,
    d.currency,
    case when d.state in ('open', 'assigned', 'suspended') then 1 else 0 end as is_open,
    cast(count(*) as bigint) as number,
    cast(sum(d.gap_minor) as bigint) as gap_minor,
    cast(sum(abs(d.delta_minor)) as bigint) as size_minor
from diff.difference as d
where d.state <> 'cleared'
    and d.business_date between $first and $last
group by d.leg, d.code, d.kind, d.channel, d.currency, is_open
order by d.leg, d.code, d.kind, d.channel, d.currency, is_open
