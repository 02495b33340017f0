-- chain_found: rows that carry a number that is asked for.
-- returns key, txn_id, once each.
-- leaves out numbers that are not in asked_number (key, number), which the caller shows to the query.
with carried as (
    select t.txn_id, t.order_no as number from canon.txn as t where t.order_no <> ''
    union all
    select t.txn_id, t.merchant_no from canon.txn as t where t.merchant_no <> ''
    union all
    select t.txn_id, t.channel_txn_no from canon.txn as t where t.channel_txn_no <> ''
    union all
    select t.txn_id, t.related_no from canon.txn as t where t.related_no <> ''
    union all
    select t.txn_id, t.refund_no from canon.txn as t where t.refund_no <> ''
    union all
    select t.txn_id, t.reference from canon.txn as t where t.reference <> ''
)
select distinct a.key, c.txn_id
from asked_number as a
inner join carried as c on c.number = a.number
order by a.key, c.txn_id
