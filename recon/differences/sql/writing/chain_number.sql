-- chain_number: the numbers by which rows lead to others: order, payment, channel, related and refund number.
-- returns key, number, once each. A reference leads to its row, and from there nowhere: vouchers of a day share one.
-- leaves out rows that are not in chain_reached (key, txn_id), which the caller shows to the query.
with carried as (
    select r.key, t.order_no, t.merchant_no, t.channel_txn_no, t.related_no, t.refund_no
    from chain_reached as r
    inner join canon.txn as t on t.txn_id = r.txn_id
),
every as (
    select c.key, c.order_no as number from carried as c
    union
    select c.key, c.merchant_no from carried as c
    union
    select c.key, c.channel_txn_no from carried as c
    union
    select c.key, c.related_no from carried as c
    union
    select c.key, c.refund_no from carried as c
)
select e.key, e.number
from every as e
where e.number <> ''
order by e.key, e.number
