-- reversal_refunds: channel refunds without a reversal voucher, each with the original payment's own numbers.
-- returns one row per difference: diff_id, channel, order_no, reference, currency, refund_minor (positive), merchant_no,
-- payment_no (the channel's number of the original payment), signed_s (of the order, or null), order_refunds (refund rows
-- that the order book has for it), business_date.
-- of the period, and of earlier periods that are locked: what is left of these is booked in this one.
-- leaves out what is resolved, written off or cleared.
select
    d.diff_id,
    d.channel,
    d.order_no,
    d.reference,
    d.currency,
    cast(abs(d.delta_minor) as bigint) as refund_minor,
    coalesce(max(c.merchant_no), '') as merchant_no,
    coalesce(max(case when c.related_no <> '' then c.related_no else c.channel_txn_no end), '') as payment_no,
    max(s.signed_s) as signed_s,
    cast(count(distinct o.txn_id) as bigint) as order_refunds,
    d.business_date
from diff.difference as d
left join diff.member as m
    on m.diff_id = d.diff_id and m.side = 'left'
left join canon.txn as c
    on c.txn_id = m.txn_id
left join canon.shipment as s
    on s.order_no = d.order_no and d.order_no <> ''
left join canon.txn as o
    on o.book = 'order' and o.kind = 'refund' and o.order_no = d.order_no and d.order_no <> ''
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
group by d.diff_id, d.channel, d.order_no, d.reference, d.currency, d.delta_minor, d.business_date
order by d.business_date, d.diff_id
