-- reversal_originals: the sale vouchers that may be the original of each refund, by two roads.
-- returns diff_id, road (1: the payment was matched with the voucher, 2: the voucher's number is one of the payment's),
-- period, voucher_no, reference of the ledger row, amount_minor of the ledger row.
-- leaves out vouchers of refunds, fees and payouts.
with refund as (
    select
        d.diff_id, d.channel, d.order_no, d.currency, c.merchant_no,
        case when c.related_no <> '' then c.related_no else c.channel_txn_no end as payment_no
    from diff.difference as d
    join diff.member as m
        on m.diff_id = d.diff_id and m.side = 'left'
    join canon.txn as c
        on c.txn_id = m.txn_id
    where d.leg = 'channel_ledger'
        and d.code = 'REFUND_NOT_SYNCED'
        and d.state in ('open', 'assigned', 'suspended')
        and (
        d.business_date between $first and $last
        or (
            d.business_date < $first
            and strftime(d.business_date, '%Y-%m') in (select k.period from meta.period as k where k.locked)
        )
    )
),
payment as (
    select r.diff_id, p.txn_id, p.merchant_no, p.channel_txn_no, p.order_no
    from refund as r
    join canon.txn as p
        on p.book = 'channel' and p.kind = 'payment' and p.channel = r.channel and p.merchant_no = r.merchant_no
    where r.merchant_no <> ''
    union
    select r.diff_id, p.txn_id, p.merchant_no, p.channel_txn_no, p.order_no
    from refund as r
    join canon.txn as p
        on p.book = 'channel' and p.kind = 'payment' and p.channel = r.channel and p.channel_txn_no = r.payment_no
    where r.payment_no <> ''
),
key as (
    select diff_id, channel, order_no as number from refund where order_no <> ''
    union
    select diff_id, channel, merchant_no from refund where merchant_no <> ''
    union
    select diff_id, channel, payment_no from refund where payment_no <> ''
    union
    select r.diff_id, r.channel, p.channel_txn_no
    from payment as p
    join refund as r on r.diff_id = p.diff_id
    where p.channel_txn_no <> ''
    union
    select r.diff_id, r.channel, o.order_no
    from refund as r
    join canon.txn as o
        on o.book = 'order' and o.kind = 'payment' and o.channel = r.channel and o.merchant_no = r.merchant_no
    where r.merchant_no <> '' and o.order_no <> ''
),
entry as (
    select p.diff_id, 1 as road, b.txn_id
    from payment as p
    join match.member as a
        on a.leg = 'channel_ledger' and a.side = 'left' and a.txn_id = p.txn_id
    join match.member as b
        on b.leg = 'channel_ledger' and b.side = 'right' and b.match_id = a.match_id
    union
    select k.diff_id, 2, l.txn_id
    from key as k
    join canon.txn as l
        on l.book = 'ledger' and l.kind = 'payment' and l.channel = k.channel and l.reference = k.number
)
select distinct e.diff_id, e.road, v.period, v.voucher_no, l.reference, l.amount_minor
from entry as e
join canon.txn as l
    on l.txn_id = e.txn_id
join canon.voucher as v
    on v.file_id = l.file_id and v.line_no = l.line_no
where l.kind = 'payment'
order by e.diff_id, e.road, v.period, v.voucher_no, l.reference, l.amount_minor
