-- timing: open items of the period that are expected to clear by themselves.
-- returns one row per leg, code, channel, currency and expected day: number, delta_minor (left minus right; of items that
-- agree in amount but not in the day, what they move between the two books of the period).
-- leaves out breaks: somebody has to do something about those.
select
    d.leg,
    d.code,
    d.channel,
    d.currency,
    d.clears_on,
    cast(count(*) as bigint) as number,
    cast(sum(case when d.delta_minor = 0 then d.gap_minor else d.delta_minor end) as bigint) as delta_minor
from diff.difference as d
where d.kind = 'timing'
    and d.state in ('open', 'assigned', 'suspended')
    and d.business_date between $first and $last
group by d.leg, d.code, d.channel, d.currency, d.clears_on
order by d.clears_on nulls last, d.leg, d.code, d.channel, d.currency
