-- largest: the breaks of the period with the most money, per currency.
-- returns up to $most rows per currency, largest first.
-- leaves out timing items and what is resolved, written off or cleared.
with ranked as (
    select
        d.diff_id, d.leg, d.code, d.channel, d.order_no, d.reference, d.batch_no, d.currency, d.delta_minor,
        d.business_date, d.state, d.evidence,
        row_number() over (partition by d.currency order by abs(d.delta_minor) desc, d.diff_id) as place
    from diff.difference as d
    where d.kind = 'break'
        and d.state in ('open', 'assigned', 'suspended')
        and d.business_date between $first and $last
)
select
    r.diff_id, r.leg, r.code, r.channel, r.order_no, r.reference, r.batch_no, r.currency, r.delta_minor,
    r.business_date, r.state, r.evidence
from ranked as r
where r.place <= $most
order by r.currency, r.place
