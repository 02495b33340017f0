-- orders: what the order system says was paid and refunded in the period.
-- returns one row per channel and currency: rows, amount_minor, and of these the part that the order leg does not compare.
-- leaves out rows that are pending or closed: they are claims, not money.
select
    o.channel,
    o.currency,
    cast(count(*) as bigint) as row_count,
    cast(sum(o.amount_minor) as bigint) as amount_minor,
    cast(sum(case when e.txn_id is null then 0 else 1 end) as bigint) as excluded_count,
    cast(sum(case when e.txn_id is null then 0 else o.amount_minor end) as bigint) as excluded_minor
from canon.txn as o
left join (select distinct txn_id from match.excluded where leg = 'order_channel') as e
    on e.txn_id = o.txn_id
where o.book = 'order'
    and o.status = 'success'
    and o.business_date between $first and $last
group by o.channel, o.currency
order by o.channel, o.currency
