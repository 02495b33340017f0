-- ageing: open breaks of this and earlier periods by the day they go back to.
-- returns one row per day and currency: number, size_minor (sum of absolute amounts).
-- leaves out timing items: they are expected, and listed with the day on which they clear.
select
    d.business_date,
    d.currency,
    cast(count(*) as bigint) as number,
    cast(sum(abs(d.delta_minor)) as bigint) as size_minor
from diff.difference as d
where d.kind = 'break'
    and d.state in ('open', 'assigned', 'suspended')
    and d.business_date <= $last
group by d.business_date, d.currency
order by d.business_date, d.currency
